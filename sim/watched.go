package sim

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// A piece is what an engine did in a part of a run, for the recorders to take.
type piece struct {
	to      int64 // the last of its steps
	spikes  []Spike
	samples []request // sorted by step and then recorder
	seen    []glimpse // sorted by step
	rows    []float32 // of what the engine followed
	state   int       // bytes of what is seen
}

// bytes is the size of the piece, without samples.
func (p *piece) bytes() int { return 8*len(p.spikes) + p.state }

// empty makes room, and keeps the memory.
func (p *piece) empty() {
	p.spikes, p.samples, p.seen, p.rows, p.state = p.spikes[:0], p.samples[:0], p.seen[:0], p.rows[:0], 0
}

// prepare makes room for what is read.
func (g *glimpse) prepare() {
	n, variables := g.view.values(), len(g.view.variables)
	g.memory = slices.Grow(g.memory[:0], n)[:n]
	g.read = slices.Grow(g.read[:0], variables)[:variables]
	clear(g.read)
	g.values = g.memory
}

// show makes the glimpse what the view's readers see.
func (g *glimpse) show() {
	g.view.state.begin(g.step)
	n := g.view.state.size
	for k, x := range g.view.variables {
		if g.whole || g.read[k] {
			g.view.state.set(x, g.values[k*n:(k+1)*n])
		}
	}
}

// A request is a sample that a recorder, by its number, wants.
type request struct {
	step     int64
	recorder int
	weights  []uint32 // that a WeightReader is to see
}

// A glimpse is the values of variables of a view at one step.
type glimpse struct {
	step   int64
	view   *view
	values []float32 // [variables of the view][neurons]
	whole  bool      // all of them are there
	read   []bool    // of each variable, otherwise
	memory []float32 // for what is read
}

// A view is neurons that some recorders read.
type view struct {
	state     *NeuronState // which the recorders' goroutine alone changes
	variables []Variable
	column    int // of what the engine follows, where it begins; -1: it is not followed
}

// values is how many numbers a glimpse of the view has.
func (v *view) values() int { return len(v.variables) * v.state.size }

// follow is what an engine is to follow of the view: a glimpse a step.
func (v *view) follow() []Followed {
	var list []Followed
	for _, x := range v.variables {
		for k := range v.state.size {
			if v.state.neurons != nil {
				k = v.state.neurons[k]
			}
			list = append(list, Followed{x, v.state.population, k})
		}
	}
	return list
}

// place is where a variable is in a glimpse.
func (v *view) place(x Variable) int { return slices.Index(v.variables, x) }

// reading is a view as one recorder reads it.
type reading struct {
	view      *view
	variables []Variable
}

// A watched engine is one whose recorders take what it does in pieces, beside it.
type watched struct {
	engine    Engine
	recorders []Recorder
	readings  [][]reading // of each recorder
	views     []*view
	follower  Follower  // the engine, nil if it is none
	following []bool    // of each recorder: in the present stretch
	width     int       // values in a step that it follows
	rows      []float32 // [steps][width] that it has followed
	piece     *piece    // that grows; nil behind the last
	began     time.Time // when it did
	made      int       // pieces, which are used again
	waited    time.Duration
	recording *recording
}

// A piece is handed over when it is as old as pieceTime or as large as pieceBytes: waking a goroutine costs some microseconds.
// The engine waits for recorders only when maxPieces are full.
const (
	pieceTime  = time.Millisecond
	pieceBytes = 1 << 20
	maxPieces  = 3
)

// watch begins to watch an engine.
func watch(e Engine, recorders []Recorder) *watched {
	w := &watched{engine: e, recorders: recorders, readings: make([][]reading, len(recorders)), piece: &piece{}, began: time.Now(), made: 1}
	w.follower, _ = e.(Follower)
	w.following = make([]bool, len(recorders))
	states := make([][]*NeuronState, len(recorders))
	for i, r := range recorders {
		for _, s := range r.Reads() {
			v := &view{state: newNeuronState(&s), column: -1}
			if k := slices.IndexFunc(w.views, func(o *view) bool { return o.state.is(v.state) }); k >= 0 {
				v = w.views[k]
			} else {
				w.views = append(w.views, v)
			}
			reads := s.reads()
			for _, x := range reads {
				if v.place(x) < 0 {
					v.variables = append(v.variables, x)
				}
			}
			w.readings[i], states[i] = append(w.readings[i], reading{v, reads}), append(states[i], v.state)
		}
	}
	w.recording = record(recorders, states)
	return w
}

// reads tells whether a recorder reads the engine's state.
func (w *watched) reads(recorder int) bool {
	if _, weighs := w.recorders[recorder].(WeightReader); weighs {
		return true
	}
	return slices.ContainsFunc(w.readings[recorder], func(r reading) bool { return len(r.variables) > 0 })
}

// run advances the engine to step last.
func (w *watched) run(ctx context.Context, last int64, progress func(step int64, spikes int64)) error {
	e, total, stretch := w.engine, int64(0), int64(firstStretch)
	for e.Step() < last {
		from, start := e.Step(), time.Now()
		next, err := w.plan(from, min(last, from+stretch))
		if err != nil {
			return err
		}
		spikes, stopped := w.advance(ctx, from, next)
		if stopped != nil {
			return stopped
		}
		total += spikes
		if time.Since(w.began) >= pieceTime || w.piece.bytes() >= pieceBytes {
			if !w.handOver() {
				return nil // close knows the error
			}
		}
		if progress != nil {
			progress(next, total)
		}
		stretch = adapt(stretch, next-from, time.Since(start))
	}
	return nil
}

// Followed neurons cost the engine some nanoseconds in every step, and a stop some microseconds.
const (
	mostFollowed = 64 // values of a recorder in a step
	followEvery  = 16 // steps between samples, at most
)

// plan is the step up to which the engine may go at once, at most next: up to the first at which its state is to be read, unless
// the engine follows what is read often.
func (w *watched) plan(from, next int64) (int64, error) {
	changed := false
	for i, r := range w.recorders {
		if !w.reads(i) {
			continue
		}
		first := r.Next(from)
		follow := first <= next && w.mayFollow(i) && r.Next(first)-first <= followEvery
		if follow && first > from+1 {
			next, follow = first-1, false
		} else if !follow {
			next = min(next, first)
		}
		changed = changed || follow != w.following[i]
		w.following[i] = follow
	}
	if !changed {
		return next, nil
	}
	return next, w.follow()
}

// mayFollow tells whether the engine can follow what a recorder reads.
func (w *watched) mayFollow(recorder int) bool {
	if _, weighs := w.recorders[recorder].(WeightReader); weighs {
		return false
	}
	values := 0
	for _, r := range w.readings[recorder] {
		values += r.view.values()
	}
	return w.follower != nil && values <= mostFollowed
}

// follow has the engine follow the views of the recorders that it follows.
func (w *watched) follow() error {
	for _, v := range w.views {
		v.column = -1
	}
	var list []Followed
	for i, follow := range w.following {
		for _, r := range w.readings[i] {
			if follow && r.view.column < 0 {
				r.view.column = len(list)
				list = append(list, r.view.follow()...)
			}
		}
	}
	w.width = len(list)
	return w.follower.Follow(list)
}

// advance takes the engine to a step, where it is to be sampled if it gets there, and returns the number of spikes.
func (w *watched) advance(ctx context.Context, from, next int64) (spikes int64, stopped error) {
	e, p := w.engine, w.piece
	before := len(p.spikes)
	stopped = e.Advance(ctx, int(next-from))
	var err error
	if p.spikes, err = e.Spikes(p.spikes); stopped == nil {
		stopped = err
	}
	p.to = e.Step()
	to := p.to
	if stopped != nil {
		to = min(to, next-1) // the state may not be read
	}
	if w.width > 0 {
		w.rows = w.follower.Followed()
	}
	if err := w.sample(from, to); stopped == nil {
		stopped = err
	}
	return int64(len(p.spikes) - before), stopped
}

// sample notes what is to be sampled in the steps behind from, and reads the state that is.
func (w *watched) sample(from, to int64) error {
	before := len(w.piece.samples)
	for i, r := range w.recorders {
		for s := r.Next(from); s <= to; s = r.Next(s) {
			w.piece.samples = append(w.piece.samples, request{step: s, recorder: i})
		}
	}
	due := w.piece.samples[before:]
	slices.SortStableFunc(due, func(a, b request) int { return cmp.Compare(a.step, b.step) })
	for i := range due {
		s := &due[i]
		if err := w.weigh(s); err != nil {
			return err
		}
		for _, r := range w.readings[s.recorder] {
			if r.view.column >= 0 {
				w.recall(s.step, int(s.step-from-1), r.view)
			} else if err := w.read(s.step, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// read reads what a recorder is to see at a step and none before it has read.
func (w *watched) read(step int64, r reading) error {
	g, began := w.piece.glimpse(step, r.view)
	if began {
		g.prepare()
		w.piece.state += 4 * len(g.values)
	}
	view, n := r.view, r.view.state.size
	for _, x := range r.variables {
		k := view.place(x)
		if g.read[k] {
			continue
		}
		g.read[k] = true
		dst, err := g.values[k*n:(k+1)*n], error(nil)
		if view.state.neurons == nil {
			err = w.engine.Read(x, view.state.population, 0, dst)
		} else {
			err = w.engine.Gather(x, view.state.population, view.state.neurons, dst)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// recall takes a step of a view that is followed, by its place in what is.
func (w *watched) recall(step int64, place int, v *view) {
	g, began := w.piece.glimpse(step, v)
	if !began {
		return
	}
	p, n := w.piece, v.values()
	p.rows = append(p.rows, w.rows[place*w.width+v.column:][:n]...)
	g.values, g.whole = p.rows[len(p.rows)-n:], true
	p.state += 4 * n
}

// glimpse is that of a view at a step, the last of the piece; it may begin here.
func (p *piece) glimpse(step int64, v *view) (g *glimpse, began bool) {
	for i := len(p.seen) - 1; i >= 0 && p.seen[i].step == step; i-- {
		if p.seen[i].view == v {
			return &p.seen[i], false
		}
	}
	n := len(p.seen)
	p.seen = slices.Grow(p.seen, 1)[:n+1] // with the memory of an earlier glimpse
	g = &p.seen[n]
	g.step, g.view, g.whole = step, v, false
	return g, true
}

// handOver gives the piece to the recorders and begins another. It is false where they take no more.
func (w *watched) handOver() bool {
	start := time.Now()
	r := w.recording
	r.pieces <- w.piece
	w.piece = nil
	select {
	case <-r.failed:
	case w.piece = <-r.free:
	default:
		if w.made < maxPieces {
			w.made++
			w.piece = &piece{}
			break
		}
		select {
		case <-r.failed:
		case w.piece = <-r.free:
		}
	}
	w.began = time.Now()
	w.waited += w.began.Sub(start)
	if w.piece == nil {
		return false
	}
	w.piece.to = w.engine.Step()
	return true
}

// close hands over what is left, waits for the recorders and returns their error.
func (w *watched) close() error {
	start, r := time.Now(), w.recording
	if w.piece != nil {
		r.pieces <- w.piece
	}
	close(r.pieces)
	<-r.ended
	w.waited += time.Since(start)
	return r.err
}
