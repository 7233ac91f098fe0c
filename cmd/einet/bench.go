package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"einet/bench"
	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/gpu"
	"einet/network"
	"einet/network/presets"
	"einet/sim"
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
	engines, closeAll, err := c.engines()
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

// engines are those the flags ask for, and a function that closes what they
// share.
func (c *benchCmd) engines() (engines []bench.Engine, closeAll func(), err error) {
	closeAll = func() {}
	for _, name := range c.Engines {
		if name == "reference" {
			engines = append(engines, bench.Engine{
				Name: name, Device: bench.Processor(),
				Open: func(_ context.Context, m *dynamics.Model, s *connectome.Connectome) (sim.Engine, func() error, error) {
					e := cpuref.New(m, s)
					return e, e.Close, nil
				},
			})
			continue
		}
		devices, err := gpu.Devices()
		if err != nil && !errors.Is(err, gpu.ErrUnavailable) {
			return nil, closeAll, err
		}
		for _, d := range devices {
			g, err := gpu.Open(fmt.Sprint(d.Index))
			if err != nil {
				return nil, closeAll, err
			}
			earlier := closeAll
			closeAll = func() { g.Close(); earlier() }
			engines = append(engines, onDevice(g))
		}
	}
	return engines, closeAll, nil
}

func onDevice(g *gpu.Context) bench.Engine {
	return bench.Engine{
		Name: "gpu", Device: g.Device().Renderer,
		Open: func(ctx context.Context, m *dynamics.Model, s *connectome.Connectome) (sim.Engine, func() error, error) {
			e, err := gpu.New(ctx, g, m, s)
			if err != nil {
				return nil, nil, err
			}
			return e, e.Close, nil
		},
	}
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
