package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"einet/analysis"
	"einet/dynamics"
	"einet/engines"
	"einet/host"
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
	windowFlags
	JSON  bool `help:"Print summary.json on standard output, and nothing else there."`
	Quiet bool `short:"q" help:"Print no progress and no table."`
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
	if r.window, err = c.window(); err != nil {
		return err
	}
	if _, _, err := rasterSteps(net, r.steps, r.window, 0); err != nil {
		return fmt.Errorf("%s: %w", c.given(), err)
	}
	if r.discard, err = onGrid("--discard", c.Discard, net); err != nil {
		return err
	}
	if r.discard >= r.steps && r.discard > 0 {
		return usage(fmt.Errorf("--discard %v: must be shorter than the run, %g ms", c.Discard, net.Duration))
	}
	if slices.Contains(c.Spikes, "sonata") {
		if err := hdf5.Absent(); err != nil {
			return machine(fmt.Errorf("--spikes sonata: %w", err))
		}
	}
	run := r.run
	if c.Replicas != nil {
		e, err := newEnsemble(r)
		if err != nil {
			return err
		}
		run = e.run
	}
	m, err := dynamics.New(net)
	if err != nil { // refused, before it is warned of
		return usage(err)
	}
	r.warnings = append(net.Warnings(), m.Losses()...)
	for _, w := range r.warnings {
		t.log.Warn(w)
	}
	if r.dir, r.seen, err = destination(c.Out, net.Name, c.Force); err != nil {
		return err
	}
	signal.Ignore(syscall.SIGPIPE) // a reader of what is printed that ends does not end the run
	defer signal.Reset(syscall.SIGPIPE)
	return run(ctx)
}

// A simulation is one run under way.
type simulation struct {
	flags   *runCmd
	t       *terminal
	net     *network.Network
	dir     string
	seen    record.Folder // dir, before the run
	steps   int64         // to simulate
	discard int64         // of them not in the statistics
	window  window        // that figures show

	built   built
	place   *engines.Place
	engine  sim.Engine
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
	defer r.close()
	r.describe(time.Since(start))
	r.release()

	var err error
	if r.files, err = r.t.openSet(r.seen, r.dir); err != nil {
		return err
	}
	defer r.files.Abort()
	if err := r.files.Reserve(reserved); err != nil {
		return machine(err)
	}
	kept, err := newKept(r)
	if err != nil {
		return machine(err)
	}
	defer kept.abort()
	rec := r.recorders(kept)
	p := newProgress(r.t, r.flags.Quiet, r.net.Dt, r.steps)
	start = time.Now()
	times, stopped := sim.Timed(ctx, r.engine, r.steps, p.update, rec.all...)
	p.done()
	if errors.Is(stopped, context.Canceled) {
		times.Add(r.trail(rec))
	}
	if kept.broken != nil || stopped != nil && rec.reached == 0 {
		return stop(stopped)
	}
	r.ended = time.Now()
	defer r.tellOfWriting().Stop()
	r.summary.finish(r.net, rec, r.ended.Sub(start), stopped)
	r.summary.EngineS, r.summary.RecordersS, r.summary.WaitingS = times.Engine.Seconds(), times.Recorders.Seconds(), times.Waiting.Seconds()
	r.warn(rec.statistics, rec.reached)
	err = r.write(kept, rec)
	switch {
	case stopped != nil:
		return errors.Join(r.partly(stopped), err)
	case r.dir == "":
		return err
	}
	return errors.Join(r.report(ctx), err)
}

// reserved is the room on the disk that is kept for what is written when it is full: the spikes of a stretch of the run, which
// are in memory, traces, network and summary.
const reserved = 1 << 26

// stop is the error, with its exit status, of a simulation that ended before its time.
func stop(err error) error {
	if errors.Is(err, context.Canceled) {
		return errInterrupted
	}
	return err
}

// partly prints what came of a run that ended before its time, and returns why.
func (r *simulation) partly(stopped error) error {
	why := stop(stopped)
	if r.dir != "" {
		said := "stopped"
		if why == errInterrupted {
			said = "interrupted"
		}
		fmt.Fprintf(r.t.err, "einet: %s at %g ms of model time; what was simulated until then is in %s\n", said, r.summary.DurationMs, r.dir)
	}
	return errors.Join(r.print(nil), why)
}

// trailFor is the wall time that an interrupted run goes on for at most.
const trailFor = time.Second

// trail simulates the last bit of an interrupted run, so that it has traces of its end as a whole run has.
func (r *simulation) trail(rec *recorders) sim.Times {
	from, m := r.engine.Step(), r.built.model
	if len(rec.trace.Step) > 1 || rec.traceSteps == 0 {
		return sim.Times{}
	}
	to := min(r.steps, from+rec.traceSteps)
	*rec.trace = *sim.NewTrace(m, rec.population, rec.traced, from, to).Thin(traceSamples)
	ctx, cancel := context.WithTimeout(context.Background(), trailFor)
	defer cancel()
	times, _ := sim.Timed(ctx, r.engine, to, nil, rec.all...) // what ends it early, the recorders tell
	return times
}

// start chooses the engine, makes sure that it takes the network, builds the
// network and gives it to the engine.
func (r *simulation) start(ctx context.Context) error {
	model, err := dynamics.New(r.net)
	if err != nil {
		return usage(err)
	}
	if r.place, err = r.flags.choose(r.t, model); err != nil {
		return err
	}
	if r.built, err = build(ctx, r.flags.synapses(), model, r.flags.Threads); err == nil {
		r.engine, err = r.place.Open(ctx, model, r.built.connectome)
	}
	if err != nil {
		return errors.Join(err, r.place.Close())
	}
	return nil
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
	if !r.place.KeepsConnectome {
		r.built.connectome = nil
	}
}

// close frees the engine and its device.
func (r *simulation) close() {
	r.engine.Close()
	r.place.Close()
}

// write puts the run's files into its folder, in place of an earlier run's. A file that can't be
// written is left out and told of, unless it is spikes.npz: without it nothing is written, and r.dir is "".
func (r *simulation) write(kept *kept, rec *recorders) error {
	r.files.Release()
	names, failed := kept.close(rec.reached)
	if len(names) == 0 || names[0] != spikesFile {
		r.dir = ""
		return machine(failed)
	}
	ended := func(name string, err error) {
		if err == nil {
			names = append(names, name)
		}
		failed = errors.Join(failed, err)
	}
	ended(tracesFile, record.WriteTraces(r.files.Path(tracesFile), rec.traces(r.net)))
	ended(networkFile, writeNetwork(r.files.Path(networkFile), lasting(r.net, rec.reached)))
	r.summary.PeakRSSMB = host.PeakMB()
	r.summary.Warnings = append([]string{}, r.warnings...)
	r.summary.FinishS = time.Since(r.ended).Seconds()
	ended(summaryFile, r.summary.write(r.files.Path(summaryFile)))
	r.summary.files = names
	var err error
	r.dir, err = commit(r.files, names, stale(r.dir, names))
	if failed != nil {
		err = errors.Join(err, machine(failed))
	}
	return err
}

// lasting is a network that is simulated for so many steps.
func lasting(net *network.Network, steps int64) *network.Network {
	n := *net
	n.Duration = inMs(steps, net.Dt)
	return &n
}

// report draws the figures and prints the result. The run is complete without
// figures, so that a Ctrl-C among them only leaves some out.
func (r *simulation) report(ctx context.Context) error {
	var figures []string
	var failed error
	if !r.flags.NoPlots {
		figures, failed = drawFigures(ctx, r.dir, r.dir, r.window)
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

	population int   // that is traced
	traced     []int // its neurons that are
	traceSteps int64 // that are to be traced
	reached    int64 // the step up to which all have seen everything
	discard    int64
}

// Intervals of the recorded state: potentials and inputs of all neurons every so many ms, and
// every step of a few neurons in the run's last part or the one that figures show, or as many steps as leave so many samples.
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
	population, traced := tracedIn(r.net)
	from, to := int64(0), int64(0)
	if traced != nil { // sources have nothing to trace
		from, to = r.traceInterval()
	}
	rec := &recorders{
		digest:     sim.NewDigest(),
		statistics: analysis.NewStatistics(sizes, r.net.Dt, r.discard),
		state:      sim.NewStateSampler(m, r.discard, r.stateEvery()),
		trace:      sim.NewTrace(m, population, traced, from, to).Thin(traceSamples),
		population: population, traced: traced, traceSteps: min(to-from, int64(r.net.Steps(traceMs))),
		discard: r.discard,
	}
	rec.all = []sim.Recorder{
		rec.digest, rec.state, rec.trace,
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { rec.statistics.Add(s); return nil }),
	}
	rec.all = append(rec.all, kept.recorders...)
	rec.all = append(rec.all, sim.SpikeSink(func(step int64, _ []sim.Spike) error { rec.reached = step; return nil }), kept.watch())
	return rec
}

// tracedIn are the neurons that the figure of currents shows, and their population: the first few whose state the network
// records, or else the first of the first population with a potential. There are none where all are sources.
func tracedIn(net *network.Network) (population int, neurons []int) {
	for _, s := range net.Record.State {
		if s.Neurons.Count() > 0 {
			i := net.Population(s.Population)
			all := sim.Neurons(net, i, &s.Neurons)
			return i, all[:min(traceNeurons, len(all))]
		}
	}
	kept := withPotential(net)
	if len(kept) == 0 {
		return 0, nil
	}
	for k := range min(traceNeurons, net.Populations[kept[0]].Size) {
		neurons = append(neurons, k)
	}
	return kept[0], neurons
}

// traceInterval are the steps of which state is traced: those that figures are to show.
func (r *simulation) traceInterval() (from, to int64) {
	length := int64(r.net.Steps(traceMs))
	switch w := r.window; {
	case w.to != nil:
		to = min(r.steps, int64(r.net.Steps(*w.to)))
	case w.from != nil:
		to = min(r.steps, int64(r.net.Steps(*w.from))+length)
	default:
		to = r.steps
	}
	from = max(0, to-length)
	if w := r.window; w.from != nil {
		from = int64(r.net.Steps(*w.from))
	}
	return from, to
}

// traces is what was recorded of the state, as a file holds it.
func (rec *recorders) traces(net *network.Network) *record.Traces {
	t := &record.Traces{
		DtMs: net.Dt, HistogramAt: rec.state.Steps,
		Step: rec.trace.Step, V: rec.trace.V, Exc: rec.trace.Exc, Inh: rec.trace.Inh, Ext: rec.trace.Ext,
	}
	first := record.Populations(net)[rec.population].First
	for _, k := range rec.traced {
		t.Neuron = append(t.Neuron, int64(first+k))
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
func destination(out, name string, force bool) (string, record.Folder, error) {
	dir := out
	if dir == "" {
		dir = filepath.Join("results", name)
	}
	seen := record.Look(dir)
	return dir, seen, vacant(dir, runFiles, "run", force)
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
