package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"einet/bench"
	"einet/cpu"
	"einet/dynamics"
	"einet/engines"
	"einet/experiment"
	"einet/host"
	"einet/record"
)

// benchCmd times the engines, beside what the machine can do.
type benchCmd struct {
	synapsesFlag
	Suite         string    `enum:"standard,peers,published,plastic," default:"" help:"What to simulate: standard takes about two minutes, peers is the networks that other simulators are measured on at full size (3 GB, minutes), published the same and some more --as-run, plastic one network without long-term plasticity and with it. Otherwise --networks and --sizes say it, and without them it is standard."`
	Networks      []string  `placeholder:"NETWORK" help:"Presets (see einet list) or YAML files; otherwise ei where sizes are given."`
	Sizes         []int     `placeholder:"N" xor:"size" help:"Numbers of neurons to which the networks are scaled."`
	Scale         []float64 `placeholder:"S" xor:"size" help:"Factors on the sizes of the networks instead."`
	FixedIndegree bool      `help:"Sizes change neither in-degrees nor weights, whatever rule of scaling the network states."`
	Set           []string  `sep:"none" placeholder:"PATH=VALUE" help:"Change a value of the networks, as for einet run. Repeatable."`
	Duration      *span     `placeholder:"TIME" help:"Model time of a measurement; otherwise the suite's, or 1 s."`
	Engines       []string  `enum:"all,${engines}" placeholder:"ENGINE" help:"Engines to time: ${enum}. gpu is every OpenGL device; all is reference, cpu, and gpu where there is one. Otherwise all or, of the suites peers and published, cpu and gpu on hardware."`
	Threads       []int     `placeholder:"N" help:"Threads of the cpu engine; otherwise 1 and one for each processor. Networks are built with the most of them."`
	Repetitions   int       `default:"3" help:"Measurements, of which median, shortest and spread are shown."`
	Limit         *span     `placeholder:"TIME" help:"Wall time that an engine may take of a network: a slower one is repeated less, then simulates a tenth or a hundredth of the model time. 0 is no limit. Otherwise 2 s, and no limit for the suites peers and published."`
	NoParts       bool      `help:"Measure no parts of a step, which takes the networks without their synapses and Poisson inputs too."`
	NoLimits      bool      `help:"Don't measure what the machine can do (bandwidth, random increments), which takes 5 s."`
	AsRun         bool      `help:"Instead of parts and limits, networks as einet run simulates them, statistics and spikes.npz included (in a temporary folder, without figures), in turn with the engine alone: how much recorders cost."`
	Counters      bool      `help:"Instead of that, what the gpu engine asks of each OpenGL device (dispatches, bytes, atomics) and how long the device takes for each kernel, beside the cpu engine. 1000 steps, unless --duration says otherwise."`
	Forms         bool      `help:"Of --counters, a row for each form that the kernels have for a network (weights summed in shared memory or not, several windows in a dispatch), for whoever tunes them on a GPU."`
	Against       string    `placeholder:"FILE" help:"Lay this bench.json, of another machine or version, beside. Other spikes are a failed check."`
	outFlag       `set:"out=bench.json, the tables (bench.md) and figures go; otherwise nothing is written"`
	forceFlag     `set:"force=bench in that folder."`
	Format        string `enum:"table,json,go" default:"table" help:"What to print: ${enum}. table is Markdown, json what bench.json holds, go lines for benchstat."`
	JSON          bool   `help:"The same as --format json."`
	quietFlag     `set:"and="`

	seen record.Folder // --out, before anything is measured
}

// defaultLimit is --limit's.
const defaultLimit = 2 * time.Second

// Run refuses what it can before it measures anything.
func (c *benchCmd) Run(ctx context.Context, t *terminal) error {
	if err := c.check(); err != nil {
		return err
	}
	cases, err := c.cases(ctx)
	if err != nil {
		return err
	}
	other, err := c.readAgainst(ctx, cases)
	if err != nil {
		return err
	}
	places, none, err := c.places(t)
	if err != nil {
		return err
	}
	defer engines.CloseAll(places)
	fit, err := c.fit(t, places, cases)
	if err != nil {
		return err
	}
	if c.Counters {
		return c.count(ctx, t, places, none, cases)
	}
	report, err := c.measure(ctx, t, places, cases, fit)
	if err != nil {
		return err
	}
	var unwritten error // what was measured is printed nonetheless
	if c.Out != "" {
		unwritten = c.write(t, report)
	}
	if err := cmp.Or(c.print(t, report, other), unwritten); err != nil {
		return err
	}
	return c.verdict(t, report, other)
}

// check refuses flags that say nothing, or two things.
func (c *benchCmd) check() error {
	if c.Repetitions < 1 {
		return usage(fmt.Errorf("--repetitions %d: must be at least 1", c.Repetitions))
	}
	if c.Limit != nil && !(c.Limit.ms >= 0) {
		return usage(fmt.Errorf("--limit %v: must be a wall time, or 0 for no limit", *c.Limit))
	}
	most := runtime.GOMAXPROCS(0)
	for _, n := range c.Threads {
		if n < 1 || n > most {
			return usage(fmt.Errorf("--threads %d: must be from 1 to %d, the processors there are: more would measure how they are shared", n, most))
		}
	}
	for flag, given := range map[string]bool{"--networks": len(c.Networks) > 0, "--sizes": len(c.Sizes) > 0, "--scale": len(c.Scale) > 0} {
		if given && c.Suite != "" {
			return usage(fmt.Errorf("--suite %s and %s: choose one", c.Suite, flag))
		}
	}
	if c.FixedIndegree && len(c.Sizes) == 0 && len(c.Scale) == 0 {
		return usage(errors.New("--fixed-indegree: only says something of --sizes or --scale"))
	}
	if c.Suite == "published" {
		c.AsRun = true
	}
	if c.AsRun {
		c.NoParts, c.NoLimits = true, true
	}
	if c.Force && c.Out == "" {
		return usage(errors.New("--force: only says something of --out"))
	}
	if c.JSON {
		c.Format = "json"
	}
	if err := c.checkCounters(); err != nil {
		return err
	}
	if c.Out == "" {
		return nil
	}
	c.seen = record.Look(c.Out)
	return experiment.Vacant(c.Out, []string{benchTables, benchFile}, "bench", c.Force)
}

// measure measures the limits of the machine and then the cases, each with the
// engines that it fits.
func (c *benchCmd) measure(ctx context.Context, t *terminal, places []*engines.Place, cases []bench.Case, fit [][]bench.Engine) (*bench.Report, error) {
	tell := func(what string) {
		if !c.Quiet {
			fmt.Fprintln(t.err, "einet:", what)
		}
	}
	r := &bench.Report{Format: bench.Format, Command: commandLine(t.args), Machine: host.Describe()}
	r.Machine.SIMD, r.Machine.Einet = cpu.Kernel(), versionString()
	for _, p := range places {
		if d := p.GL; p.OnDevices {
			r.Machine.OpenGL = append(r.Machine.OpenGL, fmt.Sprintf("%s; %s %s", d.Renderer, d.Vendor, d.Version))
		}
	}
	if !c.NoLimits {
		tell("limits of the machine")
		var err error
		if r.Limits, err = bench.MeasureLimits(ctx, slices.Max(c.threads())); err != nil {
			return nil, err
		}
	}
	o := bench.Options{Repetitions: c.Repetitions, Limit: c.limit(), Parts: !c.NoParts, Workers: slices.Max(c.threads()), Progress: tell}
	for i, x := range cases {
		results, err := bench.Measure(ctx, x, fit[i], o)
		if err != nil {
			return nil, err
		}
		r.Results = append(r.Results, results...)
	}
	return r, nil
}

func (c *benchCmd) limit() time.Duration {
	switch {
	case c.Limit != nil:
		return time.Duration(c.Limit.ms * float64(time.Millisecond))
	case c.ofOthers():
		return 0
	}
	return defaultLimit
}

// ofOthers tells whether the suite is one that other simulators are measured on: at full size, and not on software devices.
func (c *benchCmd) ofOthers() bool { return c.Suite == "peers" || c.Suite == "published" }

// threads are those of the cpu engine.
func (c *benchCmd) threads() []int {
	list := c.Threads
	if len(list) == 0 {
		list = []int{1, runtime.GOMAXPROCS(0)}
	}
	return slices.Compact(slices.Sorted(slices.Values(list)))
}

// fit is the engines that each of the networks fits. It is an error where one does
// not fit this machine, or a device that was asked for by name.
func (c *benchCmd) fit(t *terminal, places []*engines.Place, cases []bench.Case) ([][]bench.Engine, error) {
	list := make([][]bench.Engine, len(cases))
	for i, x := range cases {
		m, err := dynamics.New(x.Network)
		if err != nil {
			return nil, usage(err)
		}
		for _, p := range places {
			if !p.OnDevices {
				if err := engines.OnProcessor(p.Kind, slices.Max(c.threads())).Fits(m, c.synapses(), 0); err != nil {
					return nil, err
				}
			}
		}
		for _, p := range places {
			if p.HasThreads {
				for _, n := range c.threads() {
					on := engines.OnProcessor(p.Kind, n)
					list[i] = append(list[i], bench.Engine{Backend: on.Backend(), Threads: n, AsRun: c.runOn(t, on)})
				}
				continue
			}
			if err := p.Fits(m, c.synapses(), 0); err != nil {
				if slices.Contains(c.Engines, p.Name) {
					return nil, err
				}
				fmt.Fprintf(t.err, "einet: without %s %s for N %d: %s\n", p.Name, p.Device(), x.Network.Neurons(), engines.OneLine(err))
				continue
			}
			list[i] = append(list[i], bench.Engine{Backend: p.Backend(), AsRun: c.runOn(t, p)})
		}
		if len(list[i]) == 0 {
			return nil, machine(fmt.Errorf("%s, N %d: fits no engine", x.Network.Name, x.Network.Neurons()))
		}
	}
	return list, nil
}
