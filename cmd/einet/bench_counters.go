package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"einet/bench"
	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/gpu"
	"einet/sim"
)

// countedSteps are simulated where --duration does not say: counts do not scatter,
// and a software device is slow.
const countedSteps = 1000

// defaultRepetitions is --repetitions'.
const defaultRepetitions = 3

// A counted is what a gpu engine asked of its device for a network, beside the cpu
// engine.
type counted struct {
	network       string // and procedural, where synapses are drawn again
	neurons       int
	modelMs       float64
	form          string // of the kernels; "": the engine's choice
	device        gpu.Device
	counters      gpu.Counters
	took, cpuTook time.Duration
	digest, cpu   string
}

// checkCounters refuses what --counters makes no sense with.
func (c *benchCmd) checkCounters() error {
	if c.Forms && !c.Counters {
		return usage(errors.New("--forms: only says something of --counters"))
	}
	for flag, given := range map[string]bool{
		"--against": c.Against != "", "--out": c.Out != "", "--format " + c.Format: c.Format != "table",
		"--as-run": c.AsRun, "--no-parts": c.NoParts, "--no-limits": c.NoLimits, "--limit": c.Limit != nil, "--repetitions": c.Repetitions != defaultRepetitions,
		"--engines": len(c.Engines) > 0 && !slices.Contains(c.Engines, engines.GPU.Name) && !slices.Contains(c.Engines, "all"),
	} {
		if c.Counters && given {
			return usage(fmt.Errorf("--counters and %s: it prints tables of the gpu engine beside the cpu engine, and nothing else", flag))
		}
	}
	return nil
}

// count prints the counters of every OpenGL device for every network.
func (c *benchCmd) count(ctx context.Context, t *terminal, places []*engines.Place, none error, cases []bench.Case) error {
	places = slices.DeleteFunc(slices.Clone(places), func(p *engines.Place) bool { return !p.OnDevices })
	if len(places) == 0 {
		why := errors.New("there is none but software, and the suite is for hardware: choose --networks")
		if none != nil {
			why = none
		}
		return machine(fmt.Errorf("--counters: needs an OpenGL device: %w", why))
	}
	var list []counted
	for _, x := range cases {
		if c.Duration == nil {
			x.Steps = min(x.Steps, countedSteps)
		}
		some, err := c.countCase(ctx, t, places, x)
		if err != nil {
			return err
		}
		list = append(list, some...)
	}
	if err := printCounters(t.out, commandLine(t.args), list); err != nil {
		return err
	}
	for _, x := range list {
		if x.digest != x.cpu {
			return &statusError{exitCheckFailed, fmt.Errorf("%s, N %d: the spikes of gpu %s differ from the cpu engine's", x.network, x.neurons, x.device.Renderer)}
		}
	}
	return nil
}

// countCase counts one network on every device.
func (c *benchCmd) countCase(ctx context.Context, t *terminal, places []*engines.Place, x bench.Case) ([]counted, error) {
	m, err := dynamics.New(x.Network)
	if err != nil {
		return nil, usage(err)
	}
	threads := slices.Max(c.threads())
	syn, err := c.synapses().Build(ctx, x.Network, threads)
	if err != nil {
		return nil, err
	}
	onCPU, digest, err := timed(ctx, engines.OnProcessor(engines.CPU, threads), m, syn, x.Steps)
	if err != nil {
		return nil, err
	}
	var list []counted
	for _, p := range places {
		forms := []gpu.Form{{}}
		if c.Forms {
			forms = gpu.Forms(ctx, p.Context, m, syn)
		}
		for _, f := range forms {
			r := counted{
				network: strings.TrimSpace(x.Network.Name + " " + x.Connectivity), neurons: x.Network.Neurons(), modelMs: sim.InMs(x.Steps, x.Network.Dt),
				form: f.Name, device: p.GL, cpuTook: onCPU, cpu: digest,
			}
			on := *p
			on.Forms = f.Options
			if r.took, r.digest, err = timed(ctx, &on, m, syn, x.Steps); err == nil {
				r.counters, r.digest, err = counters(ctx, &on, m, syn, x.Steps)
			}
			if c.Forms && errors.Is(err, gpu.ErrLimit) {
				fmt.Fprintf(t.err, "einet: without %s of %s, N %d: %s\n", f.Name, r.network, r.neurons, engines.OneLine(err))
				continue
			}
			if err != nil {
				return nil, err
			}
			if !c.Quiet {
				fmt.Fprintf(t.err, "einet: %s, N %d, gpu %s%s: %.3g s\n", r.network, r.neurons, p.Device(), r.ofForm(), r.took.Seconds())
			}
			list = append(list, r)
		}
	}
	return list, nil
}

// timed simulates on a new engine; its wall time and digest.
func timed(ctx context.Context, p *engines.Place, m *dynamics.Model, syn *connectome.Connectome, steps int64) (time.Duration, string, error) {
	e, err := p.Open(ctx, m, syn)
	if err != nil {
		return 0, "", err
	}
	d := sim.NewDigest()
	start := time.Now()
	err = sim.Run(ctx, e, steps, nil, d)
	took := time.Since(start)
	return took, d.String(), errors.Join(err, e.Close())
}

// counters are those of a new engine on a device: counting takes time, and is not timed.
func counters(ctx context.Context, p *engines.Place, m *dynamics.Model, syn *connectome.Connectome, steps int64) (c gpu.Counters, digest string, err error) {
	e, err := gpu.NewWith(ctx, p.Context, m, syn, p.Forms)
	if err != nil {
		return c, "", err
	}
	defer func() { err = errors.Join(err, e.Close()) }()
	if err := e.Count(syn); err != nil {
		return c, "", err
	}
	d := sim.NewDigest()
	if err := sim.Run(ctx, e, steps, nil, d); err != nil {
		return c, "", err
	}
	c, err = e.Counters()
	return c, d.String(), err
}

// printCounters prints the tables.
func printCounters(out io.Writer, command string, list []counted) error {
	fmt.Fprintf(out, "`%s`\n\n**What windows ask of the device.** GL calls are all that queue batches. Waits are of the host, for fences and copies to the host: of all, and between the first and the last dispatch of a batch. "+
		"Bytes are what the kernels read and write, caches aside: at most, of update, and with what a work group looks up, of deliver. "+
		"Shares are work groups of deliver (some a spike and page; where synapses are drawn again, parts of those of a source), idle those without a synapse; with sums are the windows whose weights were summed in shared memory first; serial is how many synapses of a spike one invocation sends one after another, at most, and turns the reads in which it has them.\n\n", command)
	rows := [][]string{{"network", "N", "device", "windows", "steps each", "dispatches each", "GL calls each", "waits", "within batches", "bytes / neuron-step", "bytes / event", "atomics / event", "with sums", "shares / spike", "idle", "serial", "turns"}, nil}
	for i := range list {
		x := &list[i].counters
		rows = append(rows, append(list[i].caseName(),
			fmt.Sprint(x.Windows), over(x.Steps, x.Windows, "%.3g"), over(x.Dispatches, x.Windows, "%.3g"), over(x.Calls, x.Windows, "%.3g"), fmt.Sprint(x.Waits), fmt.Sprint(x.WaitsWithin),
			over(x.UpdateBytes, x.NeuronSteps, "%.1f"), over(x.DeliverBytes, x.Events, "%.1f"), over(x.Atomics, x.Events, "%.4f"), over(100*x.Summed, x.Windows, "%.0f %%"),
			over(x.Shares, x.Spikes, "%.3g"), over(100*x.Idle, x.Shares, "%.0f %%"), fmt.Sprint(x.Serial), fmt.Sprint(x.Turns)))
	}
	err := markdown(out, rows)
	fmt.Fprint(out, "\n**Time of the device**, by a timer query for each dispatch, and the wall time of a run without these beside the cpu engine's. "+
		"A software device computes on the processor and is timed by the host, which waits for each dispatch: its times say nothing of a GPU.\n\n")
	rows = [][]string{{"network", "N", "device", "update us / dispatch", "ns / neuron-step", "GB/s", "deliver us / dispatch", "ns / event", "resident us / window", "model ms", "gpu s", "cpu s", "gpu / cpu", "spikes"}, nil}
	for i := range list {
		x := &list[i].counters
		rows = append(rows, append(list[i].caseName(),
			over(x.Update.Nanoseconds(), 1000*x.Updates, "%.1f"), over(x.Update.Nanoseconds(), ofWindows(x, x.NeuronSteps), "%.3g"), over(x.UpdateBytes, ofWindows(x, x.Update.Nanoseconds()), "%.3g"),
			over(x.Deliver.Nanoseconds(), 1000*x.Delivers, "%.1f"), over(x.Deliver.Nanoseconds(), ofWindows(x, x.Events), "%.3g"), over(x.Resident.Nanoseconds(), 1000*x.ResidentWindows, "%.3g"),
			fmt.Sprintf("%g", list[i].modelMs), fmt.Sprintf("%.3f", list[i].took.Seconds()), fmt.Sprintf("%.3f", list[i].cpuTook.Seconds()),
			fmt.Sprintf("%.3g", list[i].took.Seconds()/list[i].cpuTook.Seconds()), list[i].verdict()))
	}
	return errors.Join(err, markdown(out, rows))
}

func (r *counted) caseName() []string {
	device := r.device.Renderer
	if r.device.Software {
		device += ", software"
	}
	device += r.ofForm()
	return []string{r.network, fmt.Sprint(r.neurons), device}
}

// ofForm is what is said of a form behind the device.
func (r *counted) ofForm() string {
	switch {
	case r.form == "":
		return ""
	case r.counters.GaveUp:
		return ": " + r.form + ", gave up"
	}
	return ": " + r.form
}

func (r *counted) verdict() string {
	if r.digest != r.cpu {
		return "differ"
	}
	return "equal"
}

// ofWindows is what was done in all windows, or nothing where some shared a dispatch: these are not in the times of update and deliver.
func ofWindows(x *gpu.Counters, n int64) int64 {
	if x.ResidentWindows > 0 {
		return 0
	}
	return n
}

// over is a quotient, - where there is none.
func over(x, of int64, format string) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf(format, float64(x)/float64(of))
}
