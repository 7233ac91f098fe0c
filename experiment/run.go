package experiment

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"einet/analysis"
	"einet/connectome"
	"einet/dynamics"
	"einet/engines"
	"einet/host"
	"einet/network"
	"einet/ranks"
	"einet/record"
	"einet/sim"
)

// A simulation is one run under way.
type simulation struct {
	o       Options
	net     *network.Network
	model   *dynamics.Model
	dir     string
	seen    record.Folder // dir, before the run
	steps   int64         // to simulate
	discard int64         // of them not in the statistics

	connectome *connectome.Connectome // nil once an engine has its own
	place      *engines.Place
	engine     sim.Engine
	divided    *ranks.Engine // the same, where ranks simulate; else nil
	files      *record.Set
	memory     *memoryWatch
	suffix     string    // of the names of a replica's files
	ended      time.Time // of the simulation
	summary    Summary
	atStart    []*weighing // weights of plastic projections

	warnings []string // of the network, and of the results

	resumed *resumed // what it goes on from; nil: the start
	before  before
	saved   saved
}

// warn adds what the results of a simulation to a step are to be taken with. They are printed
// where the results are.
func (r *simulation) warn(statistics *analysis.Statistics, step int64) {
	for _, w := range resultWarnings(r.net, statistics, r.discard, max(step, r.discard)) {
		r.o.Watch.WarnOfResults(w)
		r.warnings = append(r.warnings, w)
	}
}

// run makes the folder only once nothing but the machine can fail, and leaves
// nothing in it unless the run is written as a whole.
func (r *simulation) run(ctx context.Context) (*Summary, error) {
	start := time.Now()
	if err := r.start(ctx); err != nil {
		return nil, err
	}
	defer r.close()
	r.describe(time.Since(start))
	r.release()

	var err error
	if r.atStart, err = r.weighAll(r.engine); err != nil {
		return nil, err
	}
	if r.files, err = OpenSet(r.taking(), r.dir, r.o.Watch.Warn); err != nil {
		return nil, err
	}
	defer r.files.Abort()
	if err := r.files.Reserve(reserved); err != nil {
		return nil, err
	}
	out, err := newOutputs(r)
	if err != nil {
		return nil, err
	}
	defer out.abort()
	rec := r.recorders(out)
	if err := r.goOn(rec, out); err != nil {
		return nil, err
	}
	update, end := r.o.Watch.Progress(r.net.Dt, rec.reached, r.steps)
	start = time.Now()
	times, stopped := r.simulate(ctx, update, rec, out)
	end()
	if errors.Is(stopped, context.Canceled) {
		times.Add(r.trail(rec))
	}
	if out.broken != nil || stopped != nil && rec.reached == 0 {
		return nil, stop(stopped)
	}
	r.ended = time.Now()
	defer r.tellOfWriting().Stop()
	times.Add(r.before.Times)
	r.summary.finish(r.net, rec, r.ended.Sub(start)+r.before.Engine+r.before.Waiting, stopped)
	if r.divided != nil {
		r.summary.ExchangeS = r.divided.Exchanging().Seconds()
	}
	r.summary.EngineS, r.summary.RecordersS, r.summary.WaitingS = times.Engine.Seconds(), times.Recorders.Seconds(), times.Waiting.Seconds()
	r.summary.Checkpoints, r.summary.CheckpointS, r.summary.ResumedMs = r.saved.count, r.saved.took.Seconds(), r.before.Resumed
	r.warn(rec.statistics, rec.reached)
	if e, may := r.engine.(interface{ GaveUp() bool }); may && e.GaveUp() {
		r.o.Watch.Warn("--resident: work groups gave up waiting for one another, and from there on each kernel of a window was a dispatch: nothing was lost, but use fewer work groups")
	}
	err = r.write(out, rec)
	switch {
	case stopped != nil:
		err = errors.Join(r.partly(stopped), err)
	case r.dir != "":
		err = errors.Join(r.draw(ctx), err)
	}
	if r.dir == "" {
		return nil, err
	}
	return &r.summary, err
}

// reserved is the room on the disk that is kept for what is written when it is full: the spikes of a stretch of the run, which
// are in memory, traces, network and summary.
const reserved = 1 << 26

// stop is the error of a simulation that ended before its time.
func stop(err error) error {
	if errors.Is(err, context.Canceled) {
		return ErrInterrupted
	}
	return err
}

// partly says what came of a run that ended before its time, and returns why.
func (r *simulation) partly(stopped error) error {
	why := stop(stopped)
	if r.dir != "" {
		said := "stopped"
		if why == ErrInterrupted {
			said = "interrupted"
		}
		line := fmt.Sprintf("%s at %g ms of model time; what was simulated until then is in %s", said, r.summary.DurationMs, r.dir)
		if slices.Contains(r.summary.Files, CheckpointFile) {
			line += "; einet run --resume " + r.dir + " goes on"
		}
		r.o.Watch.Say(line)
	}
	return why
}

// trailFor is the wall time that an interrupted run goes on for at most.
const trailFor = time.Second

// trail simulates the last bit of an interrupted run, so that it has traces of its end as a whole run has.
func (r *simulation) trail(rec *recorders) sim.Times {
	from, m := r.engine.Step(), r.model
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
	var err error
	r.o.Beside = r.beside(1)
	if r.place, err = r.o.OpenGL.Choose(r.o.Choice, r.model, r.o.Watch.Warn); err != nil {
		return err
	}
	if r.place.OnDevices && r.place.GL.Software && !r.place.IsDivided() {
		r.o.Watch.Mention(r.place.Device() + " computes on the processor: the cpu engine gives the same spikes, much sooner")
	}
	if r.place.IsDivided() {
		if err = r.startRanks(ctx); err != nil {
			return errors.Join(err, r.place.Close())
		}
		return nil
	}
	if r.connectome = r.o.Connectome; r.connectome == nil {
		r.connectome, err = r.o.Synapses.Build(ctx, r.net, r.o.Threads)
	}
	if err == nil {
		r.engine, err = r.place.Open(ctx, r.model, r.connectome)
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
		r.o.Watch.Mention("simulated; writing the files in " + r.dir)
	})
}

// release frees the host's copy of the synapses where the engine has one of its
// own.
func (r *simulation) release() {
	if !r.place.KeepsConnectome && !r.model.IsPlastic() { // whose synapses are written at the end
		r.connectome = nil
	}
}

// close frees the engine and its device.
func (r *simulation) close() {
	r.engine.Close()
	r.place.Close()
}

// write puts the run's files into its folder, in place of an earlier run's. A file that can't be
// written is left out and told of, unless it is spikes.npz: without it nothing is written, and r.dir is "".
func (r *simulation) write(out *outputs, rec *recorders) error {
	r.files.Release()
	names, failed := out.close(rec.reached)
	if len(names) == 0 || names[0] != SpikesFile {
		r.dir = ""
		return failed
	}
	ended := func(name string, err error) {
		if err == nil {
			names = append(names, name)
		}
		failed = errors.Join(failed, err)
	}
	ended(TracesFile, record.WriteTraces(r.files.Path(TracesFile), rec.traces(r.net)))
	if r.atStart != nil {
		ended(FinalWeightsFile, r.leaveWeights(rec.reached))
	}
	if hasPositions(r.net) {
		ended(PositionsFile, writePositions(r.files.Path(PositionsFile), r.net))
	}
	ended(NetworkFile, WriteNetwork(r.files.Path(NetworkFile), lasting(r.net, rec.reached)))
	if r.o.Replay != nil {
		ended(EventsFile, r.writeEvents(r.files.Path(EventsFile), rec.reached, rec.digest.String()))
	}
	if r.saved.there && (r.summary.Interrupted || r.o.CheckpointEnd) {
		names = append(names, CheckpointFile)
	}
	r.summary.PeakRSSMB = host.PeakMB()
	r.summary.Warnings = append([]string{}, r.warnings...)
	r.summary.FinishS = time.Since(r.ended).Seconds()
	ended(SummaryFile, r.summary.write(r.files.Path(SummaryFile)))
	r.summary.Files = names
	var err error
	r.dir, err = Commit(r.files, names, stale(r.dir, names))
	r.summary.Dir = r.dir
	return errors.Join(err, failed)
}

// lasting is the network, simulated for a number of steps.
func lasting(net *network.Network, steps int64) *network.Network {
	n := *net
	n.Duration = sim.InMs(steps, net.Dt)
	return &n
}

// draw draws the figures. The run is complete without, so that a Ctrl-C among them only leaves some out.
func (r *simulation) draw(ctx context.Context) (err error) {
	if r.o.NoFigures {
		return nil
	}
	r.summary.Figures, err = Draw(ctx, r.dir, r.dir, r.o.Excerpt)
	if err == nil {
		err = Report(ctx, []string{r.dir}, filepath.Join(r.dir, ReportFile), r.o.Version)
	}
	if err == nil {
		r.summary.Report = ReportFile
	}
	if errors.Is(err, context.Canceled) {
		r.o.Watch.Say(fmt.Sprintf("interrupted while drawing; the run in %s is complete, einet plot draws its figures and einet report its page", r.dir))
		return ErrInterrupted
	}
	return err
}

// recorders are everything that watches a run.
type recorders struct {
	underWay   *sim.UnderWay
	digest     *sim.Digest
	statistics *analysis.Statistics
	groups     *groupStatistics
	state      *sim.StateSampler
	trace      *sim.Trace
	all        []sim.Recorder

	population int   // that is traced
	traced     []int // its neurons that are
	traceSteps int64 // that are to be traced
	reached    int64 // the step up to which all have seen everything
	discard    int64
}

// What is recorded of the state. Potentials and inputs of all neurons are sampled every stateEveryMs. A sample takes as long as
// some dozens of steps, so stateEverySteps or more lie between two, unless fewer than leastSamples would be left. Of
// traceNeurons neurons every step is recorded, for traceMs at the end of the run or for what figures show; where these are
// more than traceSamples steps, only some of them.
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

func (r *simulation) recorders(out *outputs) *recorders {
	m := r.model
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
		underWay:   sim.NewUnderWay(m),
		digest:     sim.NewDigest(),
		statistics: analysis.NewStatistics(sizes, r.net.Dt, r.discard),
		groups:     newGroupStatistics(r.net, r.discard),
		state:      sim.NewStateSampler(m, r.discard, r.stateEvery()).Spread(),
		trace:      sim.NewTrace(m, population, traced, from, to).Thin(traceSamples),
		population: population, traced: traced, traceSteps: min(to-from, int64(r.net.Steps(traceMs))),
		discard: r.discard,
	}
	rec.all = []sim.Recorder{
		rec.underWay, rec.digest, rec.state, rec.trace,
		sim.SpikeSink(func(_ int64, s []sim.Spike) error { rec.statistics.Add(s); return nil }),
	}
	if rec.groups != nil {
		rec.all = append(rec.all, sim.SpikeSink(func(_ int64, s []sim.Spike) error { rec.groups.add(s); return nil }))
	}
	rec.all = append(rec.all, out.recorders...)
	rec.all = append(rec.all, sim.SpikeSink(func(step int64, _ []sim.Spike) error { rec.reached = step; return nil }), out.watch())
	return rec
}

// tracedIn are the neurons that the figure of currents shows, and their population: the first few whose state the network
// records, or else the first of the first population with a potential. There are none where all are sources.
func tracedIn(net *network.Network) (population int, neurons []int) {
	for _, s := range net.Record.State {
		if s.Neurons.Count() > 0 {
			part, _ := net.Part(s.Population)
			all := sim.Neurons(net, &part, &s.Neurons)
			return part.Population, all[:min(traceNeurons, len(all))]
		}
	}
	chosen := WithPotential(net)
	if len(chosen) == 0 {
		return 0, nil
	}
	for k := range min(traceNeurons, net.Populations[chosen[0]].Size) {
		neurons = append(neurons, k)
	}
	return chosen[0], neurons
}

// traceInterval are the steps of which state is traced: those that figures are to show.
func (r *simulation) traceInterval() (from, to int64) {
	length := int64(r.net.Steps(traceMs))
	switch x := r.o.Excerpt; {
	case x.ToMs != nil:
		to = min(r.steps, int64(r.net.Steps(*x.ToMs)))
	case x.FromMs != nil:
		to = min(r.steps, int64(r.net.Steps(*x.FromMs))+length)
	default:
		to = r.steps
	}
	from = max(0, to-length)
	if x := r.o.Excerpt; x.FromMs != nil {
		from = int64(r.net.Steps(*x.FromMs))
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
		traced := record.Traced{Population: p, VTh: 1, V: record.Histogram{Edges: s.Edges, Counts: s.Counts}}
		if !q.Neuron.IsSource() { // of others they have no meaning, but the file's readers want V_th above V_reset
			traced.VTh, traced.VReset, traced.EL = q.Potentials()
		}
		t.Populations = append(t.Populations, traced)
	}
	return t
}

// WithPotential are the populations that the theory has, which are all but sources.
func WithPotential(net *network.Network) []int {
	var all []int
	for i := range net.Populations {
		if !net.Populations[i].Neuron.IsSource() {
			all = append(all, i)
		}
	}
	return all
}
