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
	"einet/record"
	"einet/sim"
)

// mostReplicas bounds the files that are open at once.
const mostReplicas = 1000

// An ensemble is a run of several trials of one network, which share its synapses. Only
// spikes and what comes of them are kept.
type ensemble struct {
	*simulation
	models   []*dynamics.Model
	replicas []*replica
	on       *engines.Place
	atOnce   int // replicas that are simulated side by side
	took     time.Duration
	closing  sync.Mutex // of files, for which room is made on the disk
}

// A replica is one trial and what is gathered of it.
type replica struct {
	trial      uint32
	file       string
	digest     *sim.Digest
	statistics *analysis.Statistics
	spikes     *record.SpikeWriter
	header     record.Header
	recorded   []sim.Spike
	steps      int64 // that were simulated
	closed     bool  // its file is whole
}

// newEnsemble is an error where the flags or the network ask for what replicas don't give.
func newEnsemble(r *simulation, n int) (*ensemble, error) {
	if n < 1 || n > mostReplicas {
		return nil, usage(fmt.Errorf("--replicas %d: must be from 1 to %d", n, mostReplicas))
	}
	if len(r.o.Spikes) > 0 {
		return nil, usage(fmt.Errorf("--spikes %s: with --replicas each has its spikes as npz only: leave it out", r.o.Spikes[0]))
	}
	if x := r.o.Excerpt; x.FromMs != nil || x.ToMs != nil {
		return nil, usage(fmt.Errorf("%s: with --replicas there are no figures: leave it out", x))
	}
	if asked := r.net.Record.Asks(); len(asked) > 0 {
		return nil, usage(fmt.Errorf("%s: record: with --replicas there are spikes only: remove %s", r.net.Name, strings.Join(asked, ", ")))
	}
	e := &ensemble{simulation: r}
	for k := range n {
		trial := *r.net
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
	return e, nil
}

// run leaves the replicas that are complete, and of those under way what was simulated.
func (e *ensemble) run(ctx context.Context) (s *ReplicasSummary, err error) {
	start := time.Now()
	if err := e.build(ctx); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.on.Close()) }()
	together, err := e.on.Together(ctx, e.models, e.connectome, e.o.Watch.Warn)
	if err != nil {
		return nil, err
	}
	if together != nil {
		defer together.Close()
	}
	built := time.Since(start)
	if e.files, err = OpenSet(e.seen, e.dir, e.o.Watch.Warn); err != nil {
		return nil, err
	}
	defer e.files.Abort()
	if err := e.files.Reserve(reserved); err != nil {
		return nil, err
	}
	defer e.abort()
	start = time.Now()
	if together != nil {
		err = e.runTogether(ctx, together)
	} else {
		err = e.runEach(ctx)
	}
	e.took = time.Since(start)
	return e.finish(built, err)
}

// build chooses the engine, and builds the network.
func (e *ensemble) build(ctx context.Context) error {
	var err error
	e.o.Beside = e.beside(len(e.models))
	if e.on, err = e.o.OpenGL.Choose(e.o.Choice, e.models[0], e.o.Watch.Warn); err != nil {
		return err
	}
	e.model = e.models[0]
	if e.connectome, err = e.o.Synapses.Build(ctx, e.net, e.o.Threads); err != nil {
		return errors.Join(err, e.on.Close())
	}
	return nil
}

// begin makes replica k ready to be recorded.
func (e *ensemble) begin(k int) (*replica, error) {
	sizes := make([]int, len(e.net.Populations))
	for i := range sizes {
		sizes[i] = e.net.Populations[i].Size
	}
	trial := e.models[k].Network.Trial
	r := &replica{
		trial: trial, file: fmt.Sprintf("spikes-%0*d.npz", e.digits(), trial),
		digest: sim.NewDigest(), statistics: analysis.NewStatistics(sizes, e.net.Dt, e.discard),
		header: record.Header{Populations: record.Populations(e.net), Recorded: record.RecordedOf(e.net)},
	}
	var err error
	if r.spikes, err = record.CreateSpikes(e.files.Path(r.file), e.net.Dt, r.header.Populations); err != nil {
		return nil, err
	}
	r.spikes.Only(r.header.Recorded)
	return r, nil
}

// digits is how many the largest trial has: names of as many are sorted like numbers.
func (e *ensemble) digits() int {
	return len(strconv.FormatUint(uint64(e.models[len(e.models)-1].Network.Trial), 10))
}

// take records spikes up to a step, also with record.ErrFull.
func (r *replica) take(step int64, spikes []sim.Spike) error {
	if err := r.digest.Spikes(0, spikes); err != nil {
		return err
	}
	r.statistics.Add(spikes)
	if r.header.Recorded != nil {
		r.recorded = r.header.AppendRecorded(r.recorded[:0], spikes)
		spikes = r.recorded
	}
	err := r.spikes.Write(spikes)
	if err == nil || errors.Is(err, record.ErrFull) {
		r.steps = step
	}
	if err != nil {
		return err
	}
	return nil
}

// close makes the replica's file, with the room on the disk that is reserved.
func (e *ensemble) close(r *replica) error {
	if r.closed {
		return nil
	}
	e.closing.Lock()
	defer e.closing.Unlock()
	e.files.Release()
	if err := r.spikes.Close(r.steps); err != nil {
		return err
	}
	r.closed = true
	_ = e.files.Reserve(reserved) // what could not be had, could not be had
	return nil
}

// abort leaves nothing of files that are not closed.
func (e *ensemble) abort() {
	for _, r := range e.replicas {
		if r != nil {
			_ = r.spikes.Abort()
		}
	}
}

// replicaFiles are those of replicas in a folder, which another run there replaces.
func replicaFiles(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, "spikes-*.npz"))
	for k, path := range found {
		found[k] = filepath.Base(path)
	}
	return found
}

// stale are the files in dir that a run may find there and does not itself write.
func stale(dir string, written []string) []string {
	all := slices.Concat(runFiles, FigureFiles(), AskedFiles, replicaFiles(dir), []string{ReportFile})
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
		names = append(names, r.file)
	}
	names = append(names, NetworkFile, SummaryFile)
	var err error
	e.dir, err = Commit(e.files, names, stale(e.dir, names))
	return err
}

// finish writes what came of all that were simulated.
func (e *ensemble) finish(built time.Duration, stopped error) (*ReplicasSummary, error) {
	e.ended = time.Now()
	whole, failed := e.keep()
	if len(e.replicas) == 0 {
		return nil, errors.Join(stop(stopped), failed)
	}
	e.warn(e.replicas[0].statistics, e.replicas[0].steps)
	s := e.summarise(built, stopped)
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
		if r.steps == 0 {
			failed = errors.Join(failed, r.spikes.Abort())
			continue
		}
		if err := e.close(r); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		e.replicas, e.steps = append(e.replicas, r), max(e.steps, r.steps)
		if r.steps == asked {
			whole++
		}
	}
	return whole, failed
}
