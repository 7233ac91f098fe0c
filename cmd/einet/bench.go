package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"einet/bench"
	"einet/dynamics"
	"einet/network"
	"einet/network/presets"
)

// benchCmd times the engines.
type benchCmd struct {
	Sizes       []int         `default:"2500,10000,20000" help:"Numbers of neurons of the network ei."`
	Duration    time.Duration `default:"1s" help:"Model time of a measurement."`
	Repetitions int           `default:"3" help:"Measurements, of which the median is shown."`
	Engines     []string      `enum:"all,reference,cpu,gpu" default:"all" help:"Engines to time: ${enum}. gpu is every OpenGL device; all is reference, cpu, and gpu where there is one."`
	JSON        bool          `help:"Print the results as JSON."`
	Quiet       bool          `short:"q" help:"Print no progress."`
}

// Run refuses what it can before it measures anything.
func (c *benchCmd) Run(ctx context.Context, t *terminal) error {
	if c.Repetitions < 1 {
		return usage(fmt.Errorf("--repetitions %d: must be at least 1", c.Repetitions))
	}
	models, steps, err := c.models()
	if err != nil {
		return err
	}
	e, err := c.engines(t)
	if err != nil {
		return err
	}
	defer e.Close()
	for _, m := range models {
		if err := e.fit(m); err != nil {
			return err
		}
	}
	var results []bench.Result
	for i, m := range models {
		err = bench.Network(ctx, m.Network, steps[i], c.Repetitions, e.list, func(r bench.Result) {
			results = append(results, r)
			if !c.Quiet {
				fmt.Fprintf(t.err, "einet: %s, N %d, %s: %.3g s\n", r.Network, r.Neurons, r.Engine, r.Simulate.Seconds())
			}
		})
		if err != nil {
			return err
		}
	}
	if c.JSON {
		e := json.NewEncoder(t.out)
		e.SetIndent("", "  ")
		return e.Encode(results)
	}
	return printBench(t, results)
}

// models are the networks of all sizes, and how many steps to simulate of each.
func (c *benchCmd) models() (models []*dynamics.Model, steps []int64, err error) {
	for _, size := range c.Sizes {
		if size < 10 {
			return nil, nil, usage(fmt.Errorf("--sizes %d: must be at least 10", size))
		}
		net, err := presets.Load(presets.Default, network.Options{Scale: float64(size) / 10_000})
		if err != nil {
			return nil, nil, usage(fmt.Errorf("--sizes %d: %w", size, err))
		}
		n, err := onGrid("--duration", c.Duration, net)
		if err != nil {
			return nil, nil, err
		}
		if n < 1 {
			return nil, nil, usage(fmt.Errorf("--duration %v: must be at least dt (%g ms)", c.Duration, net.Dt))
		}
		m, err := dynamics.New(net)
		if err != nil {
			return nil, nil, usage(err)
		}
		models, steps = append(models, m), append(steps, n)
	}
	return models, steps, nil
}

// engines are those that the flags name. A gpu engine that was not asked for by
// name need not be there.
func (c *benchCmd) engines(t *terminal) (*engines, error) {
	all := slices.Contains(c.Engines, "all")
	names := slices.Compact(slices.Sorted(slices.Values(c.Engines)))
	if all {
		names = []string{"cpu", "gpu", "reference"}
	}
	// reference first: the others' speed is in terms of it
	slices.SortStableFunc(names, func(a, b string) int { return order[a] - order[b] })
	e, err := t.engines(names)
	switch {
	case err != nil:
		return nil, err
	case e.noGPU == nil:
	case slices.Contains(c.Engines, "gpu"):
		e.Close()
		return nil, machine(fmt.Errorf("--engines gpu: %s; --engines cpu needs none", oneLine(e.noGPU)))
	default:
		fmt.Fprintf(t.err, "einet: without the gpu engine: %s\n", oneLine(e.noGPU))
	}
	return e, nil
}

// order is that of the engines in a table.
var order = map[string]int{"reference": 0, "cpu": 1, "gpu": 2}

// printBench prints a table for people. The last column but one is how many
// times faster an engine is than the first one on the same network.
func printBench(t *terminal, results []bench.Result) error {
	if len(results) == 0 {
		return errors.New("nothing was measured")
	}
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "N\tsynapses\tbytes each\tbuild s\tengine\tmodel s\tsimulate s\tspread\treal-time factor\tns/neuron-step\tns/event\tspeed\tdigest\t")
	first := results[0]
	for _, r := range results {
		if r.Neurons != first.Neurons {
			first = r
		}
		fmt.Fprintf(w, "%d\t%s\t%.3f\t%.3f\t%s\t%.6g\t%.3f\t%.0f %%\t%.3g\t%.3g\t%.3g\t%.2f\t%.8s\t\n",
			r.Neurons, count(r.Synapses), float64(r.Bytes)/float64(max(1, r.Synapses)), r.Build.Seconds(), engineName(r),
			r.ModelMs/1000, r.Simulate.Seconds(), 100*r.Spread, r.RealTimeFactor(), r.PerNeuronStep(), r.PerDelivery(),
			first.Simulate.Seconds()/r.Simulate.Seconds(), r.Digest)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, r := range results {
		if name := engineName(r); !seen[name] {
			seen[name] = true
			fmt.Fprintf(t.out, "%s: %s\n", name, r.Device)
		}
	}
	return nil
}

// engineName tells gpu engines on several devices apart by the first word of
// the device's name.
func engineName(r bench.Result) string {
	if r.Engine != "gpu" {
		return r.Engine
	}
	word, _, _ := strings.Cut(r.Device, " ")
	return "gpu " + word
}
