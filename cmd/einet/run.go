package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"einet/analysis"
	"einet/network"
	"einet/record"
	"einet/sim"
)

// runCmd simulates a network.
type runCmd struct {
	networkFlags
	engineFlags
	Duration *time.Duration `placeholder:"1s" help:"Model time to simulate; otherwise what the network states."`
	Discard  time.Duration  `placeholder:"500ms" help:"Leave this first part of the run out of the rates and the other statistics."`
	Threads  int            `placeholder:"N" help:"Threads that build the network; otherwise one for each processor."`
	Out      string         `placeholder:"DIR" help:"Where the files go; otherwise results/NAME."`
	Force    bool           `help:"Replace an earlier run in that folder."`
	NoPlots  bool           `help:"Draw no figures."`
	JSON     bool           `help:"Print summary.json on standard output, and nothing else there."`
	Quiet    bool           `short:"q" help:"Print no progress and no table."`
}

// Run simulates and prints what came of it.
func (c *runCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(c.Duration)
	if err != nil {
		return err
	}
	if c.Threads < 0 {
		return usage(fmt.Errorf("--threads %d: must be at least 1, or 0 for one each processor", c.Threads))
	}
	r := &simulation{flags: c, t: t, net: net}
	if r.steps, err = onGrid("duration", fromMilliseconds(net.Duration), net); err != nil {
		return err
	}
	if r.discard, err = onGrid("--discard", c.Discard, net); err != nil {
		return err
	}
	if r.discard >= r.steps && r.discard > 0 {
		return usage(fmt.Errorf("--discard %v: must be shorter than the run, %g ms", c.Discard, net.Duration))
	}
	for _, w := range net.Warnings() {
		t.log.Warn(w)
	}
	if r.dir, err = prepare(c.Out, net.Name, c.Force); err != nil {
		return err
	}
	return r.run(ctx)
}

// A simulation is one run under way.
type simulation struct {
	flags   *runCmd
	t       *terminal
	net     *network.Network
	dir     string
	steps   int64 // to simulate
	discard int64 // of them not in the statistics

	built   built
	engine  *opened
	summary Summary
}

func (r *simulation) run(ctx context.Context) error {
	start := time.Now()
	var err error
	if r.built, err = build(ctx, r.net, r.flags.Threads); err != nil {
		return err
	}
	if r.engine, err = r.flags.start(ctx, r.built.model, r.built.connectome); err != nil {
		return err
	}
	defer r.engine.Close()
	r.describe(time.Since(start))

	spikes, err := record.CreateSpikes(filepath.Join(r.dir, spikesFile), r.net.Dt, record.Populations(r.net))
	if err != nil {
		return machine(err)
	}
	defer spikes.Abort()
	rec := r.recorders(spikes)
	p := newProgress(r.t, r.flags.Quiet, r.net.Dt, r.steps)
	start = time.Now()
	stopped := sim.Run(ctx, r.engine, r.steps, p.update, rec.all...)
	p.done()
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	r.summary.finish(r.net, rec, r.engine.Step(), time.Since(start), stopped != nil)
	if err := r.write(spikes, rec); err != nil {
		return machine(err)
	}
	if stopped != nil {
		fmt.Fprintf(r.t.err, "einet: interrupted at %g ms of model time; what was simulated until then is in %s\n", r.summary.DurationMs, r.dir)
		return errInterrupted
	}
	return r.report()
}

// write puts the run's files into its folder, in place of an earlier run's.
func (r *simulation) write(spikes *record.SpikeWriter, rec *recorders) error {
	if err := removeRun(r.dir); err != nil {
		return err
	}
	if err := spikes.Close(r.engine.Step()); err != nil {
		return err
	}
	if err := record.WriteTraces(filepath.Join(r.dir, tracesFile), rec.traces(r.net)); err != nil {
		return err
	}
	if err := writeNetwork(filepath.Join(r.dir, networkFile), r.net); err != nil {
		return err
	}
	r.summary.PeakRSSMB = peakMemory()
	return r.summary.write(filepath.Join(r.dir, summaryFile))
}

// report draws the figures and prints the result.
func (r *simulation) report() error {
	var figures []string
	if !r.flags.NoPlots {
		var err error
		if figures, err = drawFigures(r.dir); err != nil {
			return machine(err)
		}
	}
	switch {
	case r.flags.JSON:
		return r.summary.json(r.t.out)
	case !r.flags.Quiet:
		return r.summary.print(r.t.out, r.dir, figures)
	}
	return nil
}

// recorders are everything that watches a run.
type recorders struct {
	digest     *sim.Digest
	statistics *analysis.Statistics
	state      *sim.StateSampler
	trace      *sim.Trace
	all        []sim.Recorder

	discard int64
}

// Intervals of the recorded state: potentials and inputs of all neurons every
// so many ms, and every step of a few neurons in the run's last part.
const (
	stateEveryMs = 20
	traceMs      = 200
	traceNeurons = 3
)

func (r *simulation) recorders(spikes *record.SpikeWriter) *recorders {
	m := r.built.model
	sizes := make([]int, len(m.Populations))
	for i := range sizes {
		sizes[i] = m.Populations[i].Size
	}
	traced := min(r.steps, int64(r.net.Steps(traceMs)))
	rec := &recorders{
		digest:     sim.NewDigest(),
		statistics: analysis.NewStatistics(sizes, r.net.Dt, r.discard),
		state:      sim.NewStateSampler(m, r.discard, max(1, int64(r.net.Steps(stateEveryMs)))),
		trace:      sim.NewTrace(m, 0, min(traceNeurons, sizes[0]), r.steps-traced, r.steps),
		discard:    r.discard,
	}
	rec.all = []sim.Recorder{
		rec.digest, rec.state, rec.trace,
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { rec.statistics.Add(s); return nil }),
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { return spikes.Write(s) }),
	}
	return rec
}

// traces is what was recorded of the state, as a file holds it.
func (rec *recorders) traces(net *network.Network) *record.Traces {
	t := &record.Traces{
		DtMs: net.Dt, HistogramAt: rec.state.Steps,
		Step: rec.trace.Step, V: rec.trace.V, Exc: rec.trace.Exc, Inh: rec.trace.Inh, Ext: rec.trace.Ext,
	}
	for k := range rec.trace.V {
		t.Neuron = append(t.Neuron, int64(k)) // the first population's ids begin at 0
	}
	for i, p := range record.Populations(net) {
		q, s := &net.Populations[i], &rec.state.Populations[i]
		t.Populations = append(t.Populations, record.Traced{
			Population: p, VTh: q.VTh, VReset: q.VReset, EL: q.EL,
			V: record.Histogram{Edges: s.Edges, Counts: s.Counts},
		})
	}
	return t
}

// fromMilliseconds is a model time as a duration, to the nanosecond.
func fromMilliseconds(ms float64) time.Duration {
	return time.Duration(ms*float64(time.Millisecond) + 0.5)
}

// prepare makes the folder of a run and refuses one that holds a run already,
// or that cannot be written, before any work is done.
func prepare(out, name string, force bool) (string, error) {
	dir := out
	if dir == "" {
		dir = filepath.Join("results", name)
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return "", usage(fmt.Errorf("--out %s: is a file, must be a folder", dir))
	}
	for _, f := range runFiles {
		if _, err := os.Stat(filepath.Join(dir, f)); err == nil && !force {
			return "", usage(fmt.Errorf("--out %s: holds an earlier run (%s): choose another folder, or --force to replace it", dir, f))
		}
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", machine(fmt.Errorf("--out %s: can't be made: %w", dir, err))
	}
	probe, err := os.CreateTemp(dir, ".einet-*")
	if err != nil {
		return "", machine(fmt.Errorf("--out %s: can't be written: %w", dir, err))
	}
	return dir, errors.Join(probe.Close(), os.Remove(probe.Name()))
}
