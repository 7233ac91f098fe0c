package sim

import (
	"errors"
	"time"
)

// A recording is the goroutine in which the recorders of a run take its pieces, one after the other.
type recording struct {
	recorders []Recorder
	states    [][]*NeuronState // of each recorder
	taken     []int            // how many spikes of the piece each has
	pieces    chan *piece
	free      chan *piece   // those that were taken
	failed    chan struct{} // is closed when no more are
	ended     chan struct{} // is closed at the end; what is below may then be read

	err  error
	took time.Duration
}

// record begins a recording, which ends when its pieces do.
func record(recorders []Recorder, states [][]*NeuronState) *recording {
	r := &recording{
		recorders: recorders, states: states, taken: make([]int, len(recorders)),
		pieces: make(chan *piece, maxPieces), free: make(chan *piece, maxPieces),
		failed: make(chan struct{}), ended: make(chan struct{}),
	}
	go r.run()
	return r
}

// errLeft is that of a recorder that calls runtime.Goexit, as a test that fails does.
var errLeft = errors.New("a recorder ended its goroutine")

// run takes pieces until there are no more, or one can't be taken.
func (r *recording) run() {
	r.err = errLeft
	defer close(r.ended)
	defer close(r.failed)
	for p := range r.pieces {
		start := time.Now()
		err := r.take(p)
		r.took += time.Since(start)
		if err != nil {
			r.err = err
			return
		}
		p.empty()
		r.free <- p
	}
	r.err = nil
}

// take gives a piece to the recorders.
func (r *recording) take(p *piece) error {
	clear(r.taken)
	seen := p.seen
	for _, s := range p.samples {
		for ; len(seen) > 0 && seen[0].step <= s.step; seen = seen[1:] {
			seen[0].show()
		}
		if err := r.spikes(p, s.recorder, s.step); err != nil {
			return err
		}
		if err := r.recorders[s.recorder].Sample(&Observation{s.step, r.states[s.recorder], s.weights}); err != nil {
			return err
		}
	}
	for i := range r.recorders {
		if err := r.spikes(p, i, p.to); err != nil {
			return err
		}
	}
	return nil
}

// spikes gives a recorder those of a piece up to a step that it does not have.
func (r *recording) spikes(p *piece, recorder int, step int64) error {
	from, to := r.taken[recorder], len(p.spikes)
	if step < p.to {
		for to = from; to < len(p.spikes) && int64(p.spikes[to].Step) <= step; {
			to++
		}
	}
	r.taken[recorder] = to
	return r.recorders[recorder].Spikes(step, p.spikes[from:to])
}
