package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/record"
	"einet/record/hdf5"
	"einet/sim"
)

// runCmd simulates a network.
type runCmd struct {
	networkFlags
	engineFlags
	Duration *span    `placeholder:"1s" help:"Model time to simulate: 500 (ms), \"500 ms\" or 0.5s; otherwise what the network states."`
	Discard  span     `placeholder:"500ms" help:"Leave this first part of the run out of the rates and the other statistics."`
	Replicas *int     `placeholder:"N" help:"Simulate N trials, from --trial (or 0) on, which share the synapses: each gives the spikes of a run with that --trial. The gpu engine runs each in one work group where the network fits one, all at once; cpu and reference as many side by side as there are threads. There are spikes and no figures."`
	Out      string   `placeholder:"DIR" help:"Where the files go; otherwise results/NAME."`
	Force    bool     `help:"Replace an earlier run in that folder. It stays until the new one is written as a whole; of a new one that is interrupted, what was simulated until then replaces it. Without --force, not even an incomplete run (a folder without summary.json) is replaced."`
	Spikes   []string `enum:"csv,sonata" placeholder:"FORMAT" help:"Write spikes in this format too, beside spikes.npz: csv (spikes.csv), sonata (spikes.h5, HDF5). Repeatable."`
	NoPlots  bool     `help:"Draw no figures."`
	JSON     bool     `help:"Print summary.json on standard output, and nothing else there."`
	Quiet    bool     `short:"q" help:"Print no progress and no table."`
}

// Run simulates and prints what came of it.
func (c *runCmd) Run(ctx context.Context, t *terminal) error {
	net, err := c.load(ctx, c.Duration)
	if err != nil {
		return err
	}
	if c.Threads < 0 {
		return usage(fmt.Errorf("--threads %d: must be at least 1, or 0 for one each processor", c.Threads))
	}
	r := &simulation{flags: c, t: t, net: net, steps: int64(net.Steps(net.Duration))}
	if r.steps < 1 {
		if c.Duration != nil {
			return usage(fmt.Errorf("--duration %v: must be at least dt (%g ms)", *c.Duration, net.Dt))
		}
		return usage(fmt.Errorf("%s: duration: %g: there is nothing to simulate: must be at least dt (%g ms), or use --duration", net.Name, net.Duration, net.Dt))
	}
	if r.discard, err = onGrid("--discard", c.Discard, net); err != nil {
		return err
	}
	if r.discard >= r.steps && r.discard > 0 {
		return usage(fmt.Errorf("--discard %v: must be shorter than the run, %g ms", c.Discard, net.Duration))
	}
	if slices.Contains(c.Spikes, "sonata") && !hdf5.Available() {
		return machine(fmt.Errorf("--spikes sonata: %w", hdf5.ErrAbsent))
	}
	run := r.run
	if c.Replicas != nil {
		e, err := newEnsemble(r)
		if err != nil {
			return err
		}
		run = e.run
	} else if _, err := dynamics.New(net); err != nil { // refused, before it is warned of
		return usage(err)
	}
	r.warnings = net.Warnings()
	for _, w := range r.warnings {
		t.log.Warn(w)
	}
	if r.dir, err = destination(c.Out, net.Name, c.Force); err != nil {
		return err
	}
	return run(ctx)
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
	files   *record.Set
	ended   time.Time // of the simulation
	summary Summary

	warnings []string // of the network, and of the results
}

// warn adds what the results of a simulation to a step are to be taken with. They are printed
// where the results are.
func (r *simulation) warn(statistics *analysis.Statistics, step int64) {
	for _, w := range resultWarnings(r.net, statistics, r.discard, max(step, r.discard)) {
		if !r.flags.Quiet {
			r.t.log.Warn(w)
		}
		r.warnings = append(r.warnings, w)
	}
}

// run makes the folder only once nothing but the machine can fail, and leaves
// nothing in it unless the run is written as a whole.
func (r *simulation) run(ctx context.Context) error {
	start := time.Now()
	if err := r.start(ctx); err != nil {
		return err
	}
	defer r.engine.Close()
	r.describe(time.Since(start))
	r.release()

	var err error
	if r.files, err = record.NewSet(r.dir); err != nil {
		return machine(fmt.Errorf("--out %s: can't be made or written: %w", r.dir, err))
	}
	defer r.files.Abort()
	kept, err := newKept(r)
	if err != nil {
		return machine(err)
	}
	defer kept.abort()
	rec := r.recorders(kept)
	p := newProgress(r.t, r.flags.Quiet, r.net.Dt, r.steps)
	start = time.Now()
	stopped := sim.Run(ctx, r.engine, r.steps, p.update, rec.all...)
	p.done()
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		return stopped
	}
	r.ended = time.Now()
	defer r.tellOfWriting().Stop()
	r.summary.finish(r.net, rec, r.engine.Step(), r.ended.Sub(start), stopped != nil)
	r.warn(rec.statistics, r.engine.Step())
	if err := r.write(kept, rec); err != nil {
		return machine(err)
	}
	if stopped != nil {
		fmt.Fprintf(r.t.err, "einet: interrupted at %g ms of model time; what was simulated until then is in %s\n", r.summary.DurationMs, r.dir)
		return errors.Join(r.print(nil), errInterrupted)
	}
	return r.report(ctx)
}

// start chooses the engine, makes sure that it takes the network, builds the
// network and gives it to the engine.
func (r *simulation) start(ctx context.Context) error {
	model, err := dynamics.New(r.net)
	if err != nil {
		return usage(err)
	}
	chosen, err := r.flags.resolve(r.t, model)
	if err != nil {
		return err
	}
	synapses, err := r.flags.connect(ctx, r.net, r.flags.Threads)
	if err != nil {
		return errors.Join(err, chosen.Close())
	}
	r.built = built{model, synapses}
	r.engine, err = chosen.start(ctx, model, synapses)
	return err
}

// tellOfWriting says what goes on where the files of a simulation that has ended take long: they
// hold every spike.
func (r *simulation) tellOfWriting() *time.Timer {
	return time.AfterFunc(2*time.Second, func() {
		if !r.flags.Quiet {
			fmt.Fprintf(r.t.err, "einet: simulated; writing the files in %s\n", r.dir)
		}
	})
}

// release frees the host's copy of the synapses where the engine has one of its
// own.
func (r *simulation) release() {
	if r.engine.name == "gpu" {
		r.built.connectome = nil
	}
}

// write puts the run's files into its folder, in place of an earlier run's.
func (r *simulation) write(kept *kept, rec *recorders) error {
	if err := kept.close(r.engine.Step()); err != nil {
		return err
	}
	if err := record.WriteTraces(r.files.Path(tracesFile), rec.traces(r.net)); err != nil {
		return err
	}
	if err := writeNetwork(r.files.Path(networkFile), r.net); err != nil {
		return err
	}
	r.summary.PeakRSSMB = peakMemory()
	r.summary.Warnings = append([]string{}, r.warnings...)
	r.summary.FinishS = time.Since(r.ended).Seconds()
	if err := r.summary.write(r.files.Path(summaryFile)); err != nil {
		return err
	}
	r.summary.files = slices.Concat(runFiles[:1], kept.names, runFiles[1:])
	return r.files.Commit(r.summary.files, stale(r.dir, r.summary.files))
}

// report draws the figures and prints the result. The run is complete without
// figures, so that a Ctrl-C among them only leaves some out.
func (r *simulation) report(ctx context.Context) error {
	var figures []string
	var failed error
	if !r.flags.NoPlots {
		figures, failed = drawFigures(ctx, r.dir, r.dir, window{})
		if errors.Is(failed, context.Canceled) {
			fmt.Fprintf(r.t.err, "einet: interrupted while drawing; the run in %s is complete, and einet plot draws its figures\n", r.dir)
			failed = errInterrupted
		}
	}
	return errors.Join(r.print(figures), failed)
}

// print prints the result in the form that the flags ask for.
func (r *simulation) print(figures []string) error {
	switch {
	case r.flags.JSON:
		return r.summary.json(r.t.out)
	case !r.flags.Quiet && !r.summary.Interrupted:
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

	traced  int // global id of the first traced neuron
	discard int64
}

// Intervals of the recorded state: potentials and inputs of all neurons every so many ms, and
// every step of a few neurons in the run's last part, or as many steps as leave so many samples.
// A sample of all neurons takes as long as some dozens of their steps, so there are as many
// between two, unless that left fewer samples than leastSamples.
const (
	stateEveryMs    = 20
	stateEverySteps = 50
	leastSamples    = 20
	traceMs         = 200
	traceNeurons    = 3
	traceSamples    = 10000
)

// stateEvery is the number of steps between samples of all neurons.
func (r *simulation) stateEvery() int64 {
	return max(1, int64(r.net.Steps(stateEveryMs)), min(stateEverySteps, (r.steps-r.discard)/leastSamples))
}

func (r *simulation) recorders(kept *kept) *recorders {
	m := r.built.model
	sizes := make([]int, len(m.Populations))
	for i := range sizes {
		sizes[i] = m.Populations[i].Size
	}
	traced, length := 0, min(r.steps, int64(r.net.Steps(traceMs)))
	if kept := withPotential(r.net); len(kept) > 0 {
		traced = kept[0]
	} else {
		length = 0 // sources have nothing to trace
	}
	rec := &recorders{
		digest:     sim.NewDigest(),
		statistics: analysis.NewStatistics(sizes, r.net.Dt, r.discard),
		state:      sim.NewStateSampler(m, r.discard, r.stateEvery()),
		trace:      sim.NewTrace(m, traced, min(traceNeurons, sizes[traced]), r.steps-length, r.steps).Thin(traceSamples),
		traced:     m.Populations[traced].First,
		discard:    r.discard,
	}
	rec.all = []sim.Recorder{
		rec.digest, rec.state, rec.trace,
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { rec.statistics.Add(s); return nil }),
	}
	rec.all = append(rec.all, kept.recorders...)
	return rec
}

// traces is what was recorded of the state, as a file holds it.
func (rec *recorders) traces(net *network.Network) *record.Traces {
	t := &record.Traces{
		DtMs: net.Dt, HistogramAt: rec.state.Steps,
		Step: rec.trace.Step, V: rec.trace.V, Exc: rec.trace.Exc, Inh: rec.trace.Inh, Ext: rec.trace.Ext,
	}
	for k := range rec.trace.V {
		t.Neuron = append(t.Neuron, int64(rec.traced+k))
	}
	for i, p := range record.Populations(net) {
		q, s := &net.Populations[i], &rec.state.Populations[i]
		t.Populations = append(t.Populations, record.Traced{
			Population: p, VTh: q.VTh.Mean(), VReset: q.VReset, EL: q.EL,
			V: record.Histogram{Edges: s.Edges, Counts: s.Counts},
		})
		if q.Neuron.IsSource() {
			t.Populations[i].VTh = 1 // of no meaning, but the file's readers want it above V_reset
		}
	}
	return t
}

// destination is where a run's files go. It is an error where they cannot be written or
// an earlier run is; nothing is made yet.
func destination(out, name string, force bool) (string, error) {
	dir := out
	if dir == "" {
		dir = filepath.Join("results", name)
	}
	return dir, vacant(dir, runFiles, "run", force)
}

// vacant is an error unless files can be written into dir, of which no earlier run or
// the like, as what says, is there. The last of them marks a complete one.
func vacant(dir string, files []string, what string, force bool) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usage(fmt.Errorf("--out %s: is a file, must be a folder", dir))
	}
	for i, f := range slices.Backward(files) {
		if _, err := os.Stat(filepath.Join(dir, f)); err == nil && !force {
			which := "an earlier " + what
			if i < len(files)-1 {
				which = "part of an earlier " + what
			}
			return usage(fmt.Errorf("--out %s: holds %s (%s): choose another folder, or --force to replace it", dir, which, f))
		}
	}
	at := filepath.Clean(dir)
	for at != filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		at = filepath.Dir(at)
	}
	probe, err := os.CreateTemp(at, ".einet-*")
	if err != nil {
		can := "written"
		if at != filepath.Clean(dir) {
			can = "made"
		}
		return machine(fmt.Errorf("--out %s: can't be %s: %w", dir, can, err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
