package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"einet/bench"
	"einet/network"
	"einet/network/presets"
)

// benchCmd times the engines.
type benchCmd struct {
	Sizes       []int         `default:"2500,10000,20000" help:"Numbers of neurons of the network ei."`
	Duration    time.Duration `default:"1s" help:"Model time of a measurement."`
	Repetitions int           `default:"3" help:"Measurements, of which the median is shown."`
	Engines     []string      `enum:"reference,gpu" default:"reference,gpu" help:"Engines to time: ${enum}. gpu is every OpenGL device."`
	JSON        bool          `help:"Print the results as JSON."`
	Quiet       bool          `short:"q" help:"Print no progress."`
}

func (c *benchCmd) Run(ctx context.Context, t *terminal) error {
	if c.Repetitions < 1 {
		return usage(fmt.Errorf("--repetitions %d: must be at least 1", c.Repetitions))
	}
	engines, closeAll, err := backends(c.Engines)
	if err != nil {
		return err
	}
	defer closeAll()
	var results []bench.Result
	for _, size := range c.Sizes {
		if size < 10 {
			return usage(fmt.Errorf("--sizes %d: must be at least 10", size))
		}
		net, err := presets.Load(presets.Default, network.Options{Scale: float64(size) / 10_000})
		if err != nil {
			return usage(err)
		}
		steps, err := onGrid("--duration", c.Duration, net)
		if err != nil {
			return err
		}
		err = bench.Network(ctx, net, steps, c.Repetitions, engines, func(r bench.Result) {
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

// printBench prints a table for people. The last column but one is how many
// times faster an engine is than the first one on the same network.
func printBench(t *terminal, results []bench.Result) error {
	w := tabwriter.NewWriter(t.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "N\tsynapses\tbytes each\tbuild s\tengine\tmodel s\tsimulate s\tspread\treal-time factor\tns/neuron-step\tns/event\tspeed\tdigest\t")
	first := results[0]
	for _, r := range results {
		if r.Neurons != first.Neurons {
			first = r
		}
		fmt.Fprintf(w, "%d\t%s\t%.3f\t%.3f\t%s\t%g\t%.3f\t%.0f %%\t%.3g\t%.3g\t%.3g\t%.2f\t%.8s\t\n",
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
