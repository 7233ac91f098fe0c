// Package ranks simulates one network by several engines, its ranks, each of which has a part of the neurons and the synapses onto these.
// Ranks are engines of one process, on several devices of a machine for instance, or of several processes that an Exchange connects.
// docs/equations.md ("Ranks") says what a rank has and when spikes are exchanged. Its one invariant: the spikes and the state are those of one
// engine that has it all, bit for bit, however many ranks there are and of whatever kinds they are.
package ranks

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// An Exchange connects ranks that are processes.
type Exchange interface {
	Rank() int  // of this process, from 0 on
	Size() int  // how many there are
	Local() int // of this process among those of its machine
	// All gives the words of each rank to all ranks, which call it together. The result is by rank, and valid until the next call. An error is
	// final: a rank is gone. With ctx cancelled it may give up waiting for the others, after a while.
	All(ctx context.Context, mine []uint32) ([][]uint32, error)
}

// An Engine is a sim.Engine whose neurons are simulated by ranks: those of this process and, where there is an Exchange, those of others, which
// do what this one, rank 0, says (Serve).
type Engine struct {
	model    *dynamics.Model
	members  []*member // of this process, by rank
	exchange Exchange  // nil: all are members
	ranks    int
	own      [][]connectome.Range // [rank][population]
	window   int                  // steps between two exchanges of spikes, at most

	step     int64
	stopped  error       // why the engine goes no further
	spikes   []sim.Spike // since the last call of Spikes
	heard    []sim.Spike // of the last window, of neurons
	sources  []sim.Spike // likewise of sources
	releases *sim.Releases
	factors  []uint32 // scratch
	rows     []sim.Row

	counts   [][][]uint32 // [projection] with long-term plasticity: see bySource
	columns  [][]int      // of each rank, which of what is followed it has
	width    int
	followed []float32

	synapses, bytes int64 // of all ranks
	exchanging      time.Duration
	closed          bool
}

// Build builds what a rank has of a network, by its synapses, and opens its engine.
type Build struct {
	Synapses func(ctx context.Context, own []connectome.Range) (*connectome.Connectome, error)
	Open     func(ctx context.Context, rank int, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error)
}

// New is an engine at step 0 of n ranks in this process.
func New(ctx context.Context, m *dynamics.Model, n int, b Build) (*Engine, error) {
	e := newEngine(m, n)
	for r := range n {
		if err := e.open(ctx, r, b); err != nil {
			return nil, errors.Join(err, e.Close())
		}
	}
	return e, nil
}

// Connect is an engine at step 0 of which this process simulates one rank. All ranks call it together. That of rank 0 is
// a sim.Engine for all of the network; others must Serve. Where a rank fails, all do.
func Connect(ctx context.Context, m *dynamics.Model, x Exchange, b Build) (*Engine, error) {
	e := newEngine(m, x.Size())
	e.exchange = x
	failed := e.open(ctx, x.Rank(), b)
	counts := []uint32{uint32(e.synapses), uint32(e.synapses >> 32), uint32(e.bytes), uint32(e.bytes >> 32)}
	all, err := x.All(ctx, appendAnswer(nil, failed, counts))
	if err == nil {
		err = e.agree(all, failed)
	}
	if err != nil {
		return nil, errors.Join(err, e.closeMembers())
	}
	return e, nil
}

// agree is an error where a rank could not be opened, and otherwise sums what they have.
func (e *Engine) agree(all [][]uint32, mine error) error {
	e.synapses, e.bytes = 0, 0
	for r, words := range all {
		a := message{words: words}
		counts, err := a.answer()
		switch {
		case err != nil && mine != nil && r == e.exchange.Rank():
			return mine
		case err != nil:
			return &RankError{r, err}
		}
		c := message{words: counts}
		e.synapses += int64(uint64(c.word()) | uint64(c.word())<<32)
		e.bytes += int64(uint64(c.word()) | uint64(c.word())<<32)
	}
	return nil
}

// A RankError is one of another rank.
type RankError struct {
	Rank int
	Err  error
}

func (e *RankError) Error() string { return fmt.Sprintf("rank %d: %v", e.Rank, e.Err) }

func (e *RankError) Unwrap() error { return e.Err }

// unconnected are the most steps of a window of a network without projections.
const unconnected = 256

func newEngine(m *dynamics.Model, n int) *Engine {
	e := &Engine{model: m, ranks: n, own: Cut(m.Network, n), window: m.MinDelay, releases: sim.NewReleases(m), rows: sim.Rows(m), columns: make([][]int, n), counts: make([][][]uint32, len(m.Projections))}
	if len(m.Projections) == 0 {
		e.window = unconnected
	}
	return e
}

// open opens a rank.
func (e *Engine) open(ctx context.Context, rank int, b Build) error {
	own := e.own[rank]
	r := newMember(rank, e.model, e.model.Part(own, rank == 0))
	e.members = append(e.members, r)
	if len(r.model.Populations) == 0 {
		return nil
	}
	c, err := b.Synapses(ctx, own)
	if err != nil {
		return err
	}
	c = r.of(c)
	if r.model.IsPlastic() {
		r.synapses = c
	}
	e.synapses, e.bytes = e.synapses+c.Synapses(), e.bytes+c.Bytes()
	opened, err := b.Open(ctx, rank, r.model, c)
	if err != nil {
		return err
	}
	receiver, can := opened.(sim.Receiver)
	if !can {
		return errors.Join(errors.New("the engine can't be that of a rank"), opened.Close())
	}
	r.engine = receiver
	return nil
}

// Synapses is the number of synapses of all ranks, and the bytes that they are stored in.
func (e *Engine) Synapses() (n, bytes int64) { return e.synapses, e.bytes }

// Ranks is how many there are.
func (e *Engine) Ranks() int { return e.ranks }

// Exchanging is the wall time that exchanges of spikes took, with waiting for the slowest rank.
func (e *Engine) Exchanging() time.Duration { return e.exchanging }

// each calls do for every rank of this process, all at once, and returns the error of the first.
func (e *Engine) each(do func(m *member) error) error {
	if len(e.members) == 1 {
		return do(e.members[0])
	}
	errs := make([]error, len(e.members))
	var all sync.WaitGroup
	for i, m := range e.members {
		all.Go(func() { errs[i] = do(m) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// Step is the number of steps simulated so far.
func (e *Engine) Step() int64 { return e.step }

// Spikes appends the spikes since the last call, sorted by step and then neuron.
func (e *Engine) Spikes(dst []sim.Spike) ([]sim.Spike, error) {
	dst = append(dst, e.spikes...)
	e.spikes = e.spikes[:0]
	return dst, e.stopped
}

// Close ends all ranks.
func (e *Engine) Close() error {
	if e.closed {
		return nil
	}
	e.closed = true
	var err error
	if e.exchange != nil && e.exchange.Rank() == 0 && e.stopped == nil {
		err = e.tell(context.Background(), appendInts(nil, opClose))
	}
	return errors.Join(err, e.closeMembers())
}

func (e *Engine) closeMembers() error {
	var errs []error
	for _, m := range e.members {
		if m.engine != nil {
			errs = append(errs, m.engine.Close())
		}
	}
	return errors.Join(errs...)
}
