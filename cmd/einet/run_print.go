package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"einet/experiment"
	"einet/report"
)

// printSummary writes what came of a run for people.
func printSummary(out io.Writer, s *experiment.Summary) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	synapses := fmt.Sprintf("%d synapses at %.3f bytes", s.Synapses, s.BytesPerSynapse)
	if s.Connectivity == "procedural" {
		synapses = fmt.Sprintf("about %d synapses, drawn again for each spike", s.Synapses)
	}
	fmt.Fprintf(w, "network\t%s: %d neurons, %s, seed %d\n", s.Network, s.Neurons, synapses, s.Seed)
	fmt.Fprintf(w, "engine\t%s on %s%s\n", s.Engine, s.Device, autoBecause(s.EngineWhy))
	fmt.Fprintf(w, "time\tbuilt in %.3g s; %g ms of model time in %.3g s (real-time factor %.3g); statistics and files in %.3g s\n",
		s.BuildS, s.DurationMs, s.SimulateS, s.RealTimeFactor, s.FinishS)
	if s.Ranks > 0 && s.EngineS > 0 {
		fmt.Fprintf(w, "ranks\t%d, whose exchange of spikes took %.3g s (%.2g %% of the simulation)\n", s.Ranks, s.ExchangeS, 100*s.ExchangeS/s.SimulateS)
	}
	fmt.Fprintf(w, "spikes\t%d, digest %s\n", s.Spikes, s.Digest)
	printWeights(w, s)
	fmt.Fprintln(w, "spike trains\trate [Hz]\tCV of ISI\tneurons\tCV2\tLV\tFano\tcorrelation")
	for _, name := range s.Order {
		p := s.Populations[name]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\n", name, shown(p.RateHz, 2), shown(p.CVISI, 3), p.CVCount,
			shown(p.CV2, 3), shown(p.LV, 3), shown(p.Fano, 3), withError(p.Correlation, p.CorrelationError))
	}
	if len(s.Groups) > 0 {
		fmt.Fprintln(w, "groups\trate [Hz]\tCV of ISI\tneurons\tCV2\tLV\tFano\tcorrelation\tsd of rate in 100 ms [Hz]")
	}
	for _, name := range s.GroupOrder {
		g, called := s.Groups[name], name
		if g.Parts > 0 {
			called += fmt.Sprintf(" (%d)", g.Parts)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\t%s\t%s\n", called, shown(g.RateHz, 2), shown(g.CVISI, 3), g.CVCount,
			shown(g.CV2, 3), shown(g.LV, 3), shown(g.Fano, 3), shown(g.Correlation, 5), shown(g.RateSDHz, 2))
	}
	var deltas []string
	header := "inputs [" + inputUnits(s) + "]\texcitatory\tinhibitory\tnet\tsd\t|net|/exc\tKS of V to uniform\n"
	for _, name := range s.Order {
		p := s.Populations[name]
		if p.Source {
			continue
		}
		fmt.Fprint(w, header)
		header = ""
		in := p.Inputs()
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", name, shown(in[0], 1), shown(in[1], 1), shown(in[2], 1), shown(in[3], 1), orNone(shown(p.NetOverExc, 3)), shown(p.KSUniform, 3))
		if p.Delta {
			deltas = append(deltas, name)
		}
	}
	if len(deltas) > 0 {
		fmt.Fprintf(w, "\tinputs of %s leave out delta synapses, whose spikes move V at once and are no current\n", experiment.FirstOf(deltas))
	}
	var page []string
	if s.Report != "" {
		page = []string{s.Report}
	}
	fmt.Fprintf(w, "files\t%s: %s\n", s.Dir, strings.Join(slices.Concat(s.Files, s.Figures, page), ", "))
	return w.Flush()
}

// printWeights writes how weights of long-term plasticity were at the start and the end, with their digest.
func printWeights(w io.Writer, s *experiment.Summary) {
	if s.WeightsDigest == "" {
		return
	}
	fmt.Fprintf(w, "weights\tof %s, digest %s\n", experiment.FirstOf(slices.Sorted(maps.Keys(s.Weights))), s.WeightsDigest)
	fmt.Fprintln(w, "projections\tmean at start\tat end\tsd at start\tat end\tpart at w_min\tat w_max")
	for _, name := range slices.Sorted(maps.Keys(s.Weights)) {
		x := s.Weights[name]
		fmt.Fprintf(w, "%s [%s]\t%s\t%s\t%s\t%s\t%s\t%s\n", name, x.Unit, brief(x.Start.Mean), brief(x.End.Mean), brief(x.Start.SD), brief(x.End.SD),
			shown(x.End.AtWMin, 3), shown(x.End.AtWMax, 3))
	}
}

// brief is a number with four digits, and "-" where there is none.
func brief(x *float64) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.4g", *x)
}

// inputUnits is the unit of all populations' inputs, or each one's.
func inputUnits(s *experiment.Summary) string {
	var units, of []string
	for _, name := range s.Order {
		if p := s.Populations[name]; !p.Source {
			units, of = append(units, p.InputUnit), append(of, p.InputUnit+" of "+name)
		}
	}
	if units = slices.Compact(units); len(units) == 1 {
		return units[0]
	}
	return strings.Join(of, ", ")
}

// autoBecause is why auto took an engine.
func autoBecause(why string) string {
	if why == "" {
		return ""
	}
	return " (auto: " + why + ")"
}

// Numbers are printed as the page of a run has them.
var shown, withError = report.Decimals, report.WithError

// orNone says of what can't be there that it is not applicable.
func orNone(text string) string {
	if text == "-" {
		return "n/a"
	}
	return text
}

// printReplicas writes what came of replicas for people.
func printReplicas(out io.Writer, s *experiment.ReplicasSummary) error {
	seeds := fmt.Sprintf("seed %d", s.Seed)
	if s.Seeds > 1 {
		seeds = fmt.Sprintf("seeds %d to %d", s.Seed, s.Trials[len(s.Trials)-1].Seed)
	}
	fmt.Fprintf(out, "network  %s: %d neurons, %d synapses, %s\n", s.Network, s.Neurons, s.Synapses, seeds)
	fmt.Fprintf(out, "engine   %s on %s, %d of %d replicas at once\n", s.Engine, s.Device, s.AtOnce, s.Replicas)
	fmt.Fprintf(out, "time     built in %.3g s; %d x %g ms of model time in %.3g s (real-time factor %.3g a replica)\n",
		s.BuildS, s.Replicas, s.DurationMs, s.SimulateS, s.RealTimeFactor)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	row := func(first, spikes string, each func(name string) (rate, cv string), last string) {
		fmt.Fprintf(w, "%s\t%s\t", first, spikes)
		for _, name := range s.Order {
			rate, cv := each(name)
			fmt.Fprintf(w, "%s\t%s\t", rate, cv)
		}
		fmt.Fprintf(w, "%s\t\n", last)
	}
	head := "trial"
	if s.Seeds > 1 {
		head = "seed, trial"
	}
	fmt.Fprintf(w, "%s\tspikes\t", head)
	for _, name := range s.Order {
		fmt.Fprintf(w, "%s [Hz]\tCV\t", name)
	}
	fmt.Fprint(w, "digest\t\n")
	spikes := make([]*float64, len(s.Trials))
	for k, t := range s.Trials {
		n := float64(t.Spikes)
		spikes[k] = &n
		which := fmt.Sprint(t.Trial)
		if s.Seeds > 1 {
			which = fmt.Sprintf("%d, %d", t.Seed, t.Trial)
		}
		row(which, fmt.Sprint(t.Spikes), func(name string) (rate, cv string) {
			return shown(t.Populations[name].RateHz, 3), shown(t.Populations[name].CVISI, 3)
		}, t.Digest[:16])
	}
	all := experiment.MomentsOf([][]*float64{spikes})
	over := func(first, spikes string, of func(experiment.Moments) string) {
		row(first, spikes, func(name string) (rate, cv string) {
			return of(s.Populations[name].RateHz), of(s.Populations[name].CVISI)
		}, "")
	}
	over("mean", shown(all.Mean, 1), func(m experiment.Moments) string { return shown(m.Mean, 3) })
	over("sd", shown(all.SD, 1), func(m experiment.Moments) string { return shown(m.SD, 3) })
	over("95 % of mean", "", func(m experiment.Moments) string {
		if m.CI95 == nil {
			return "-"
		}
		half := (m.CI95[1] - m.CI95[0]) / 2
		return "\u00b1" + shown(&half, 3)
	})
	if err := w.Flush(); err != nil {
		return err
	}
	first, last := s.Trials[0].File, s.Trials[len(s.Trials)-1].File
	if first != last {
		first += " to " + last
	}
	if n := len(s.Trials[0].Files); n > 1 {
		first += fmt.Sprintf(" and %d more of each trial", n-1)
	}
	_, err := fmt.Fprintf(out, "files    %s: %s\n", s.Dir, strings.Join(append([]string{first, experiment.NetworkFile, experiment.SummaryFile}, s.Files...), ", "))
	return err
}
