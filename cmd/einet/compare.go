package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"einet/compare"
	"einet/experiment"
	"einet/fault"
	"einet/record"
)

// compareCmd compares two runs.
type compareCmd struct {
	Dirs        []string `arg:"" name:"dir" help:"The folders of two runs."`
	Alike       bool     `help:"Exit with 0 also where spikes differ and statistics don't: where the runs are alike."`
	Seeds       int      `placeholder:"N" help:"Simulate N other seeds of the first run's network, as long as it, so that their scatter makes the bands: for runs with other synapses. 20 are a good number."`
	threadsFlag `set:"of= of these simulations"`
	excerptFlags
	Out       string `placeholder:"DIR" help:"Where the figure goes, with rasters and rates of both; otherwise the folder that holds the first run."`
	NoPlots   bool   `help:"Draw no figure."`
	jsonFlag  `set:"json=what was found as JSON on standard output"`
	quietFlag `set:"and= and no table"`
}

// Help is what the flags don't say.
func (*compareCmd) Help() string {
	return "Exit status: 0 the same spikes and, of long-term plasticity, the same final weights, or with --alike runs that are alike; 1 otherwise. Runs are alike where no statistic is farther " +
		"apart than 3 standard errors or 1 % of it, the bands of einet reproduce. The errors are those of 8 segments of each run, " +
		"where both have the same synapses, or of --seeds."
}

// Run compares and prints.
func (c *compareCmd) Run(ctx context.Context, t *terminal) error {
	if len(c.Dirs) != 2 {
		return usage(fmt.Errorf("compare: %d folders: must be two, A and B", len(c.Dirs)))
	}
	if err := holdRuns(c.Dirs, false, experiment.SpikesFile, experiment.NetworkFile, experiment.SummaryFile); err != nil {
		return err
	}
	x, err := c.excerpt()
	if err != nil {
		return err
	}
	o := compare.Options{Seeds: c.Seeds, Threads: c.Threads, Progress: func(n int) (one, end func()) {
		counter := newCounter(t, c.Quiet, n)
		return counter.add, counter.done
	}}
	r, err := compare.Runs(ctx, c.Dirs[0], c.Dirs[1], o)
	if err != nil {
		return cmp.Or(ctx.Err(), err)
	}
	figure := ""
	if !c.NoPlots {
		if figure, err = c.draw(ctx, t, r, x); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		err = e.Encode(r)
	case !c.Quiet:
		err = printCompared(t.out, r, figure)
	}
	if err != nil {
		return err
	}
	if r.Verdict == compare.Same || c.Alike && (r.Verdict == compare.Alike || r.Verdict == compare.OtherWeights) {
		return nil
	}
	return &statusError{exitCheckFailed, fmt.Errorf("%s and %s: %s: %s", c.Dirs[0], c.Dirs[1], r.Verdict, r.Why)}
}

// draw writes the figure, if there are spikes to draw, and returns where it is.
func (c *compareCmd) draw(ctx context.Context, t *terminal, r *compare.Result, x experiment.Excerpt) (string, error) {
	out, err := placeOf(c.Out, c.Dirs)
	if err != nil {
		return "", err
	}
	if err := r.Draw(ctx, x); compare.NoSpikes(err) {
		return "", nil
	} else if err != nil {
		return "", cmp.Or(ctx.Err(), usage(err))
	}
	files, err := experiment.OpenSet(record.Look(out), out, t.log.Warn)
	if err != nil {
		return "", err
	}
	defer files.Abort()
	names, err := experiment.WriteFigure(files.Path(""), *r.Figure)
	if err != nil {
		return "", err
	}
	if out, err = experiment.Commit(files, names, nil); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s: %s", filepath.Clean(out), strings.Join(names, ", ")), nil
}

// mostKeys of networks are printed.
const mostKeys = 20

func printCompared(out io.Writer, r *compare.Result, figure string) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, side := range []struct {
		name string
		run  *compare.Run
	}{{"a", &r.A}, {"b", &r.B}} {
		fmt.Fprintf(w, "%s\t%s: %s, seed %d, trial %d, %g ms on %s, %d spikes, digest %s\n", side.name, side.run.Dir, side.run.Network,
			side.run.Seed, side.run.Trial, side.run.DurationMs, side.run.Engine, side.run.Spikes, short(side.run.Digest))
	}
	if len(r.Networks) == 0 {
		fmt.Fprintln(w, "network\tthe same, seed and trial included")
	}
	for i, k := range r.Networks {
		first := ""
		if i == 0 {
			first = "network"
		}
		if i == mostKeys {
			fmt.Fprintf(w, "\tand %d more keys\n", len(r.Networks)-i)
			break
		}
		fmt.Fprintf(w, "%s\t%s: %s in a, %s in b\n", first, k.Path, orAbsent(k.A), orAbsent(k.B))
	}
	switch f := r.First; {
	case r.Uncompared != "":
		fmt.Fprintf(w, "spikes\tnot compared one by one: %s\n", r.Uncompared)
	case f == nil:
		fmt.Fprintf(w, "spikes\tthe same for %g ms\n", r.SameForMs)
	default:
		fmt.Fprintf(w, "spikes\tthe first that differs is at %.4f ms (step %d): neuron %d of %s fires in %s alone; %d before it are the same\n",
			f.TimeMs, f.Step, f.Index, f.Population, f.In, f.Before)
	}
	if a, b := r.A.WeightsDigest, r.B.WeightsDigest; a != "" || b != "" {
		fmt.Fprintf(w, "final weights\tdigest %s in a, %s in b\n", orAbsent(short(a)), orAbsent(short(b)))
	}
	bands := ""
	switch {
	case r.Segments > 0:
		bands = fmt.Sprintf("of means over %d segments of %g ms", r.Segments, r.SegmentMs)
	case r.Seeds > 0:
		bands = fmt.Sprintf("of %d other seeds", r.Seeds)
	}
	fmt.Fprintf(w, "statistic\ta\tb\tapart\tband\t%s\n", bands)
	for _, s := range r.Statistics {
		mark := ""
		if s.Off {
			mark = "off"
		}
		band := digits(s.Band)
		if s.Band != nil {
			band = "\u00b1" + band
		}
		fmt.Fprintf(w, "%s: %s\t%s\t%s\t%s\t%s\t%s\n", s.Population, s.Name, digits(s.A), digits(s.B), digits(s.Apart), band, mark)
	}
	fmt.Fprintf(w, "verdict\t%s: %s\n", r.Verdict, r.Why)
	if figure != "" {
		fmt.Fprintf(w, "figure\t%s\n", figure)
	}
	return w.Flush()
}

// digits are the first of a number, whatever its size.
func digits(x *float64) string {
	if x == nil {
		return "-"
	}
	return strconv.FormatFloat(*x, 'g', 4, 64)
}

func short(digest string) string { return digest[:min(16, len(digest))] }

func orAbsent(value string) string {
	if value == "" {
		return "absent"
	}
	return fault.Clip(value)
}
