package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"einet/experiment"
	"einet/network"
	"einet/record"
	"einet/validate"
)

// print writes the report for people: a table for each part, then the verdict.
func (v *validation) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if v.Exact != nil {
		printExact(w, v.Exact)
	}
	if v.Statistical != nil {
		printStatistical(w, v.Statistical)
	}
	if v.Claims != nil {
		printClaims(w, v.Claims)
	}
	for _, s := range v.Notes {
		fmt.Fprintf(w, "note: %s\n", s)
	}
	for _, s := range v.LeftOut {
		fmt.Fprintf(w, "left out: %s\n", s)
	}
	if v.dir != "" {
		fmt.Fprintf(w, "files in %s: %s\n", v.dir, strings.Join(append([]string{reportFile}, v.Figures...), ", "))
	}
	fmt.Fprintf(w, "%s: %s (%.0f s)\n", v.Network, v.verdict(), v.TookS)
	return w.Flush()
}

// verdict is the last line's: not everything that doesn't fail is shown.
func (v *validation) verdict() string {
	switch n := len(v.NotShown); {
	case !v.Pass && !v.fails():
		return "nothing that is claimed fails, but the comparison with seeds noticed nothing that it was tried with"
	case !v.Pass && v.Claims == nil:
		return "NOT everything that was tested holds"
	case !v.Pass:
		return "NOT everything that is claimed holds"
	case n == 1:
		return "nothing that is claimed fails, but one claim is not shown: " + v.NotShown[0]
	case n > 1:
		return fmt.Sprintf("nothing that is claimed fails, but %d claims are not shown: %s", n, strings.Join(v.NotShown, "; "))
	case v.Claims != nil && !v.claims():
		return "nothing is claimed of this network" + v.besides()
	case v.Claims == nil || len(v.LeftOut) > 0 || v.Statistical != nil && v.Statistical.Verdict == validate.Partial:
		return "everything that was tested holds"
	}
	return "everything that is claimed holds"
}

// claims tells whether anything is claimed of the network.
func (v *validation) claims() bool {
	return len(v.Claims.List) == 0 || slices.ContainsFunc(v.Claims.List, func(c validate.Claim) bool { return c.Verdict != validate.NotClaimed })
}

// besides is what was found of a network of which nothing is claimed.
func (v *validation) besides() string {
	switch {
	case v.Statistical != nil && v.Statistical.Verdict == validate.Pass:
		return "; it is consistent with its seeds"
	case v.Statistical != nil || v.Exact != nil:
		return "; everything that was tested holds"
	}
	return ""
}

func printExact(w *tabwriter.Writer, x *validate.Exact) {
	fmt.Fprintf(w, "Engines, %g ms (statistics after %g ms)\n", x.DurationMs, x.DiscardMs)
	fmt.Fprintln(w, "engine\tdevice\tspikes\tdigest\tpopulation\trate [Hz]\tCV\tFano\tcorrelation\t")
	for _, e := range x.Engines {
		for i, p := range e.Populations {
			name, device, spikes, digest := e.Name, e.Device, fmt.Sprint(e.Spikes), e.Digest[:16]
			if i > 0 {
				name, device, spikes, digest = "", "", "", ""
			}
			fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", name, device, spikes, digest,
				p.Name, shown(p.RateHz, 3), shown(p.CV, 3), shown(p.Fano, 3), withError(p.Correlation, p.CorrelationError))
		}
	}
	_ = w.Flush()
	if x.Equal {
		fmt.Fprintf(w, "pass: %d engines, %s\n\n", len(x.Engines), x.Held())
		return
	}
	for _, d := range x.Difference {
		fmt.Fprintf(w, "FAIL: %s on %s differs\n", d.Engine, d.Device)
		if d.Step > 0 {
			fmt.Fprintf(w, "  spikes: first at step %d, neuron %d (%s %d), which fires in %s only\n", d.Step, d.Neuron, d.Population, d.Index, d.FiredIn)
		}
		at, neuron := d.Step, d.Neuron
		if d.StateStep >= 0 {
			at, neuron = d.StateStep, d.StateNeuron
			fmt.Fprintf(w, "  state: first after step %d, neuron %d\n", at, neuron)
		}
		if x := d.Weight; x != nil {
			fmt.Fprintf(w, "  weights: first after step %d, synapse %d of %s: %d w_max/2^31 in the reference, %d here\n", x.Step, x.Synapse, x.Projection, x.Reference, x.Engine)
		}
		for _, s := range d.State {
			fmt.Fprintf(w, "  neuron %d after step %d: %s is %v mV in the reference, %v mV here\n", neuron, at, s.Variable, s.Reference, s.Engine)
		}
	}
	fmt.Fprintln(w)
}

func printStatistical(w *tabwriter.Writer, s *validate.Statistical) {
	fmt.Fprintf(w, "Statistics of %s against %d seeds, %g ms after %g ms%s\n", s.Candidate, s.Seeds, s.DurationMs-s.DiscardMs, s.DiscardMs, ofTheFile(s))
	fmt.Fprintln(w, "population\tstatistic\tmeasured\tseeds' mean\tsd\toff by [sd]\t")
	if s.Compared < s.Seeds {
		fmt.Fprintf(w, "%d seeds are compared: others lack statistics that it has, or have others, as where activity dies out\n", s.Compared)
	}
	c := &s.Comparison
	for _, m := range c.Statistics {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t\n", m.Population, m.Name, rounded(m.Value, 4), rounded(m.Mean, 4), rounded(m.SD, 2), off(m))
	}
	_ = w.Flush()
	fmt.Fprintf(w, "distance from the seeds: %.3g, of a seed from the others up to %.3g; %.0f %% of runs are as far; false alarms: 1 in %d (%.1f %%)\n",
		c.Distance, c.Farthest, 100*c.P, s.Compared+1, 100*c.FalseAlarm)
	if s.Again != nil {
		a := &s.Again.Comparison
		fmt.Fprintf(w, "again, %s: %.3g, of a seed from the others up to %.3g\n", s.Again.Candidate, a.Distance, a.Farthest)
	}
	for _, r := range s.Controls {
		verdict := "not told apart"
		if r.ToldApart {
			verdict = "told apart"
		}
		fmt.Fprintf(w, "control: %s\t%s\t%d of %d\t%.3g\t(seeds up to %.3g)\t%s\t\n", r.Name, verdict, r.Noticed, r.Runs, r.Distance, r.Farthest, r.Reason)
	}
	_ = w.Flush()
	if !c.Consistent {
		for _, m := range c.Decided() {
			fmt.Fprintf(w, "decided: %s, %.0f %% of the squared distance\n", m, 100*m.Share)
		}
	}
	fmt.Fprintf(w, "%s: %s\n\n", s.Verdict, s.Summary)
}

// rounded is a number to n significant digits, - where there is none.
func rounded(x validate.Number, n int) string {
	if math.IsNaN(float64(x)) {
		return "-"
	}
	return fmt.Sprintf("%.*g", n, float64(x))
}

// off is how far a statistic is off, - where it could not be compared.
func off(m validate.Measured) string {
	if math.IsNaN(float64(m.Mean)) || math.IsNaN(float64(m.Value)) {
		return "-"
	}
	return fmt.Sprintf("%+.2f", m.Off)
}

// ofTheFile tells what is discarded of a file, where that is not as much as of the seeds.
func ofTheFile(s *validate.Statistical) string {
	if s.FileDiscardMs == nil || *s.FileDiscardMs == s.DiscardMs {
		return ""
	}
	return fmt.Sprintf(" (of the file: after %g ms)", *s.FileDiscardMs)
}

func printClaims(w *tabwriter.Writer, c *validate.Claims) {
	fmt.Fprintln(w, "What the source claims\tmeasured\tbound\tverdict\t")
	for _, x := range c.List {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", x.Name, valueOf(x.Measured, x.Unit), x.Bound, x.Verdict, inBrackets(x.Note))
		for _, k := range x.Controls {
			verdict := "fails as it must"
			if !k.Fails {
				verdict = "HOLDS, so that nothing is shown"
			}
			fmt.Fprintf(w, "  control: %s\t%s\t\t%s\t%s\n", k.Name, valueOf(k.Measured, x.Unit), verdict, inBrackets(k.Note))
		}
	}
	_ = w.Flush()
	fmt.Fprintln(w)
}

func inBrackets(note string) string {
	if note == "" {
		return ""
	}
	return "(" + note + ")"
}

// valueOf is a measurement with its unit, "-" for none.
func valueOf(x *float64, unit string) string {
	if x == nil {
		return "-"
	}
	return strings.TrimSpace(fmt.Sprintf("%.3g %s", *x, unit))
}

// writeReport writes the figures and report.json into a folder, in place of
// those of an earlier report: all of them, or the earlier ones stay.
func writeReport(files *record.Set, v *validation, net *network.Network) error {
	figures, err := drawValidation(files.Path(""), net, v.Claims)
	if err != nil {
		return machine(err)
	}
	v.Figures = figures
	err = record.WriteFile(files.Path(reportFile), func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
	if err != nil {
		v.Figures = nil
		return machine(err)
	}
	v.dir, err = experiment.Commit(files, append(slices.Clone(figures), reportFile), validationFigures)
	return err
}
