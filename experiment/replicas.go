package experiment

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"einet/analysis"
	"einet/dynamics"
	"einet/engines"
	"einet/sim"
)

// mostReplicas bounds the files that are open at once.
const mostReplicas = 1000

// An ensemble is a run of several trials of one network, with one seed, whose synapses they share, or with each of several.
type ensemble struct {
	*simulation
	seeds    int
	models   []*dynamics.Model // [seed*trials+trial]
	replicas []*replica
	on       *engines.Place
	atOnce   int // replicas that are simulated side by side
	built    time.Duration
	synapses int64 // of a connectome, on average
	took     time.Duration
	counted  struct{ one, end func() } // of those that are simulated one by one
	closing  sync.Mutex                // of files, for which room is made on the disk
}

// A replica is one trial and what is gathered of it.
type replica struct {
	simulation // of this trial alone
	digest     *sim.Digest
	statistics *analysis.Statistics
	groups     *groupStatistics
	out        *outputs
	recorders  []sim.Recorder
	reached    int64 // steps that were simulated
	names      []string
	closed     bool // its files are whole
}

// newEnsemble is an error where the flags or the network ask for what replicas don't give.
func newEnsemble(r *simulation, n int) (*ensemble, error) {
	e := &ensemble{simulation: r, seeds: max(1, r.o.Seeds)}
	switch {
	case n < 1 || n > mostReplicas:
		return nil, usage(fmt.Errorf("--replicas %d: must be from 1 to %d", n, mostReplicas))
	case r.o.Seeds < 0 || n*e.seeds > mostReplicas:
		return nil, usage(fmt.Errorf("--seeds %d: must be from 1 to %d, for --replicas %d of each", r.o.Seeds, mostReplicas/n, n))
	}
	if path := r.net.WeightsOfSeed(); path != "" && e.seeds > 1 {
		return nil, usage(fmt.Errorf("--seeds %d: must be 1: %s are of the synapses of seed %d", e.seeds, path, r.net.Seed))
	}
	if x := r.o.Excerpt; x.FromMs != nil || x.ToMs != nil {
		return nil, usage(fmt.Errorf("%s: the figure of --replicas and --seeds shows all of the time: leave it out", x))
	}
	for s := range e.seeds {
		for k := range n {
			trial := *r.net
			trial.Seed += uint32(s)
			trial.Trial += uint32(k)
			if err := trial.Validate(); err != nil {
				return nil, usage(fmt.Errorf("--replicas %d from trial %d on: %w", n, r.net.Trial, err))
			}
			m, err := dynamics.New(&trial)
			if err != nil {
				return nil, usage(err)
			}
			e.models = append(e.models, m)
		}
	}
	return e, nil
}

// trials are those of each seed.
func (e *ensemble) trials() int { return len(e.models) / e.seeds }

// run leaves the replicas that are complete, and of those under way what was simulated.
func (e *ensemble) run(ctx context.Context) (s *ReplicasSummary, err error) {
	if err := e.choose(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.on.Close()) }()
	if err := e.build(ctx, 0); err != nil { // before there is a folder
		return nil, err
	}
	if e.files, err = OpenSet(e.taking(), e.dir, e.o.Watch.Warn); err != nil {
		return nil, err
	}
	defer e.files.Abort()
	if err := e.files.Reserve(reserved); err != nil {
		return nil, err
	}
	defer e.abort()
	defer e.tellOfNoCheckpoints(checkpointEvery).Stop()
	return e.finish(ctx, e.simulate(ctx))
}

// tellOfNoCheckpoints says when a run of its own would have its first checkpoint that replicas have none.
func (e *ensemble) tellOfNoCheckpoints(after time.Duration) *time.Timer {
	return time.AfterFunc(after, func() {
		if e.o.CheckpointEvery >= 0 {
			e.o.Watch.Warn("replicas have no checkpoints: if the process is killed, all of them begin anew; --trial runs them one by one, with checkpoints")
		}
	})
}

// simulate simulates the trials of one seed after those of another.
func (e *ensemble) simulate(ctx context.Context) error {
	e.replicas = make([]*replica, len(e.models))
	defer func() { e.counted.end() }()
	e.counted.end = func() {}
	for s := range e.seeds {
		if s > 0 {
			if err := e.build(ctx, s); err != nil {
				return err
			}
		}
		start := time.Now()
		err := e.simulateSeed(ctx, s*e.trials())
		e.took += time.Since(start)
		if err != nil {
			return err
		}
	}
	return nil
}

// simulateSeed simulates the trials of one seed, from the k-th replica on, all at once where a device takes them.
func (e *ensemble) simulateSeed(ctx context.Context, k int) error {
	models := e.models[k:][:e.trials()]
	if models[0].IsPlastic() { // whose weights each engine tells
		return e.runEach(ctx, k)
	}
	if asked := e.net.Record.Asks(); len(asked) > 0 && e.on.OnDevices {
		e.o.Watch.Warn("replicas are simulated one after another, for the network records state", "record", strings.Join(asked, ", "))
		return e.runEach(ctx, k)
	}
	together, err := e.on.Together(ctx, models, e.connectome, e.o.Watch.Warn)
	if err != nil {
		return err
	}
	if together == nil {
		return e.runEach(ctx, k)
	}
	defer together.Close()
	return e.runTogether(ctx, k, together)
}

// choose chooses the engine.
func (e *ensemble) choose() (err error) {
	e.o.Beside = e.beside(len(e.models))
	e.model = e.models[0]
	e.on, err = e.o.OpenGL.Choose(e.o.Choice, e.model, e.o.Watch.Warn)
	return err
}

// build builds the network with the s-th seed.
func (e *ensemble) build(ctx context.Context, s int) (err error) {
	start := time.Now()
	e.connectome = nil // the one before is needed no more
	e.connectome, err = e.o.Synapses.Build(ctx, e.models[s*e.trials()].Network, e.o.Threads)
	e.built += time.Since(start)
	if err == nil {
		e.synapses += (e.connectome.Synapses() - e.synapses) / int64(s+1)
	}
	return err
}

// begin makes replica k ready to be recorded.
func (e *ensemble) begin(k int) (*replica, error) {
	sizes := make([]int, len(e.net.Populations))
	for i := range sizes {
		sizes[i] = e.net.Populations[i].Size
	}
	r := &replica{simulation: *e.simulation, digest: sim.NewDigest(), statistics: analysis.NewStatistics(sizes, e.net.Dt, e.discard)}
	r.model, r.net = e.models[k], e.models[k].Network
	r.suffix = e.suffixOf(k)
	var err error
	if r.out, err = newOutputs(&r.simulation); err != nil {
		return nil, err
	}
	r.recorders = []sim.Recorder{r.digest, sim.SpikeSink(func(_ int64, s []sim.Spike) error { r.statistics.Add(s); return nil })}
	if r.groups = newGroupStatistics(e.net, e.discard); r.groups != nil {
		r.recorders = append(r.recorders, sim.SpikeSink(func(_ int64, s []sim.Spike) error { r.groups.add(s); return nil }))
	}
	r.recorders = append(r.recorders, r.out.recorders...)
	r.recorders = append(r.recorders, sim.SpikeSink(func(step int64, _ []sim.Spike) error { r.reached = step; return nil }), r.out.watch())
	return r, nil
}

// suffixOf tells the files of a replica from those of others: -TRIAL, or -SEED-TRIAL. Numbers have as many digits as the largest, so
// that names are sorted like them.
func (e *ensemble) suffixOf(k int) string {
	last := e.models[len(e.models)-1].Network
	padded := func(n, largest uint32) string {
		return fmt.Sprintf("-%0*d", len(strconv.FormatUint(uint64(largest), 10)), n)
	}
	net, suffix := e.models[k].Network, ""
	if e.seeds > 1 {
		suffix = padded(net.Seed, last.Seed)
	}
	return suffix + padded(net.Trial, last.Trial)
}

// named is what a file is called: of a replica with what tells it from others.
func (r *simulation) named(file string) string {
	extension := filepath.Ext(file)
	return strings.TrimSuffix(file, extension) + r.suffix + extension
}

// take records spikes up to a step.
func (r *replica) take(step int64, spikes []sim.Spike) error {
	for _, recorder := range r.recorders {
		if err := recorder.Spikes(step, spikes); err != nil {
			return err
		}
	}
	return nil
}

// close makes the replica's files, with the room on the disk that is reserved. Those that could not be made are left out, but
// for spikes: without them there is no replica.
func (e *ensemble) close(r *replica) error {
	if r.closed {
		return nil
	}
	e.closing.Lock()
	defer e.closing.Unlock()
	e.files.Release()
	names, err := r.out.close(r.reached)
	if len(names) == 0 || names[0] != r.named(SpikesFile) {
		return err
	}
	if r.summary.WeightsDigest != "" {
		names = append(names, r.named(FinalWeightsFile))
	}
	r.names, r.closed = names, true
	_ = e.files.Reserve(reserved) // what could not be had, could not be had
	return err
}

// abort leaves nothing of files that are not closed.
func (e *ensemble) abort() {
	for _, r := range e.replicas {
		if r != nil {
			_ = r.out.abort()
		}
	}
}

// replicaFiles are those of replicas in a folder, which another run there replaces.
func replicaFiles(dir string) (names []string) {
	for _, file := range slices.Concat([]string{SpikesFile}, AskedFiles, FigureFiles()) {
		extension := filepath.Ext(file)
		found, _ := filepath.Glob(filepath.Join(dir, strings.TrimSuffix(file, extension)+"-[0-9]*"+extension))
		for _, path := range found {
			names = append(names, filepath.Base(path))
		}
	}
	return append(names, PSTHFile, psthName+".png", psthName+".svg")
}

// stale are the files in dir that a run may find there and does not itself write.
func stale(dir string, written []string) []string {
	all := slices.Concat(runFiles, FigureFiles(), AskedFiles, replicaFiles(dir), nodeReportFiles(dir), []string{ReportFile})
	return slices.DeleteFunc(all, func(f string) bool { return slices.Contains(written, f) })
}

// write puts the files into the folder, in place of an earlier run's.
func (e *ensemble) write(s *ReplicasSummary) error {
	e.files.Release()
	if err := WriteNetwork(e.files.Path(NetworkFile), lasting(e.net, e.steps)); err != nil {
		return err
	}
	s.FinishS = time.Since(e.ended).Seconds()
	if err := s.write(e.files.Path(SummaryFile)); err != nil {
		return err
	}
	var names []string
	for _, r := range e.replicas {
		names = append(names, r.names...)
	}
	if hasPositions(e.net) {
		if err := writePositions(e.files.Path(PositionsFile), e.net); err != nil {
			return err
		}
		names = append(names, PositionsFile)
	}
	names = append(names, NetworkFile, SummaryFile)
	var err error
	e.dir, err = Commit(e.files, names, stale(e.dir, names))
	return err
}

// finish writes what came of all that were simulated.
func (e *ensemble) finish(ctx context.Context, stopped error) (*ReplicasSummary, error) {
	e.ended = time.Now()
	whole, failed := e.keep()
	if len(e.replicas) == 0 {
		return nil, errors.Join(stop(stopped), failed)
	}
	e.warn(e.replicas[0].statistics, e.replicas[0].reached)
	s := e.summarise(stopped)
	if err := e.write(s); err != nil {
		failed = errors.Join(failed, err)
	}
	if stopped != nil {
		failed = errors.Join(stop(stopped), failed)
		if e.dir != "" {
			e.o.Watch.Say(fmt.Sprintf("stopped: %d of %d replicas are complete, %d are in part; they are in %s",
				whole, len(e.models), len(e.replicas)-whole, e.dir))
		}
	}
	if s.Dir = e.dir; e.dir == "" {
		return nil, failed
	}
	if stopped == nil {
		failed = errors.Join(failed, e.drawTrials(ctx, s))
	}
	return s, failed
}

// keep leaves the replicas of which something was simulated and is in a file, and the number of steps of the longest. It
// returns how many are as long as was asked for.
func (e *ensemble) keep() (whole int, failed error) {
	asked, begun := e.steps, e.replicas
	e.replicas, e.steps = nil, 0
	for _, r := range begun {
		if r == nil {
			continue
		}
		if r.reached == 0 {
			failed = errors.Join(failed, r.out.abort())
			continue
		}
		if err := e.close(r); err != nil {
			failed = errors.Join(failed, err)
			if !r.closed {
				continue
			}
		}
		e.replicas, e.steps = append(e.replicas, r), max(e.steps, r.reached)
		if r.reached == asked {
			whole++
		}
	}
	return whole, failed
}
