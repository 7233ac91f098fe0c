package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"einet/bench"
)

// errSpikes ends a command whose engines or machines had different spikes.
var errSpikes = &statusError{exitCheckFailed, errors.New("the spikes differ, which they must not")}

// readAgainst reads the report to lay beside, if one is named, and refuses one of
// other networks.
func (c *benchCmd) readAgainst(ctx context.Context, cases []bench.Case) (*bench.Report, error) {
	if c.Against == "" {
		return nil, nil
	}
	r, err := until(ctx, c.openAgainst)
	switch {
	case errors.Is(err, context.Canceled):
		return nil, err
	case err != nil:
		return nil, usage(fmt.Errorf("--against %s: %w", c.Against, err))
	}
	common := slices.ContainsFunc(cases, func(x bench.Case) bool {
		of := x.Result()
		return slices.ContainsFunc(r.Results, func(o bench.Result) bool { return o.Same(&of) })
	})
	if !common {
		return nil, usage(fmt.Errorf("--against %s: holds none of the networks to simulate, at their sizes and seeds: it was made by %s", c.Against, r.Command))
	}
	return r, nil
}

// openAgainst reads the report as it is.
func (c *benchCmd) openAgainst() (*bench.Report, error) {
	f, err := os.Open(c.Against)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return bench.Read(f)
}

// verdict fails where engines have different spikes, or machines have.
func (c *benchCmd) verdict(t *terminal, r, other *bench.Report) error {
	faults := bench.Disagreements(r.Results)
	if other != nil {
		for _, p := range bench.Beside(r.Results, other.Results) {
			if p.Differs != "" {
				faults = append(faults, fmt.Sprintf("%s, N %d: here and in %s: %s", p.Any.Network, p.Any.Neurons, c.Against, p.Differs))
			}
		}
	}
	slices.Sort(faults)
	for _, fault := range slices.Compact(faults) {
		fmt.Fprintln(t.err, "einet:", fault)
	}
	if len(faults) > 0 {
		return errSpikes
	}
	return nil
}

// printAgainst prints the real-time factors of both reports side by side.
func printAgainst(out io.Writer, r, other *bench.Report, file string) error {
	fmt.Fprintf(out, "\n**Beside %s**, by `%s`. The ratio is how many times longer it took there than here, over the longest stretch from the start that both simulated.\n\n", file, other.Command)
	printMachine(out, &other.Machine)
	fmt.Fprintln(out)
	rows := [][]string{{"network", "N", "engine", "real-time factor here", "there", "ratio", "spikes"}, nil}
	for _, p := range bench.Beside(r.Results, other.Results) {
		row := []string{caseName(p.Any), fmt.Sprint(p.Any.Neurons), p.Any.Label(), "-", "-", "-"}
		if p.Here != nil {
			row[3] = fmt.Sprintf("%.3g", p.Here.Derived.RealTimeFactor)
		}
		if p.There != nil {
			row[4] = fmt.Sprintf("%.3g", p.There.Derived.RealTimeFactor)
		}
		if p.Here != nil && p.There != nil {
			row[5] = speed(p.Here, p.There)
		}
		switch {
		case p.Differs != "":
			row = append(row, "DIFFER: "+p.Differs)
		case p.Compared == 0:
			row = append(row, "not compared: no digest of as many steps")
		default:
			row = append(row, fmt.Sprintf("the same, %d digests", p.Compared))
		}
		rows = append(rows, row)
	}
	return markdown(out, rows)
}
