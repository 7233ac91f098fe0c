package cpu

import "unsafe"

// pass takes a share's neurons through a window. What arrives in a step is summed just before it, so that one slot of input is in
// the caches, however long delays are.
func (e *Engine) pass(s *share, w *window) {
	e.takePlastic(s)
	for k := range w.steps {
		e.deliverDue(s, w.n+int64(k+1-e.model.MinDelay))
		if e.recalling {
			e.recall(s, w, k)
		} else {
			e.update(s, w, k)
		}
	}
	e.withhold(s, w)
	e.post(s, w)
	s.passed = *w
}

// update takes a share's neurons through step k of a window. A stretch of tiles that fits the nearest cache takes its random
// input and the step before the next begins.
func (e *Engine) update(s *share, w *window, k int) {
	for i := range s.pieces {
		p := &s.pieces[i]
		tiles := maxTiles
		if e.populations[p.population].isRandom() {
			tiles = cachedTiles
		}
		for lo := p.lo; lo < p.hi; {
			hi := min(lo/4*4+tiles, p.hi) // random words are drawn for four tiles at once
			e.updateTiles(s, p, w, k, lo, hi)
			lo = hi
		}
	}
}

// cachedTiles of two receptors take 24 KiB with their input.
const cachedTiles = 64

func (e *Engine) updateTiles(s *share, p *piece, w *window, k, lo, hi int) {
	pop := &e.populations[p.population]
	if pop.IsSource() {
		e.fire(s, p, w, k, lo, hi)
		return
	}
	n := w.n + int64(k)
	s.moment = moment{
		now: clock(n), drive: e.drives[p.population][n-w.first],
		arriving: pop.arriving[int((n+1)%int64(len(pop.arriving)))],
		scratch:  &s.cells,
	}
	e.addComing(pop, s.moment.arriving, n+1, lo, hi)
	if len(pop.Poisson) > 0 {
		e.addPoisson(s, pop, n+1, lo, hi)
	}
	e.drawNoise(s, pop, n+1, lo, hi)
	count := pop.kernel(pop, &s.moment, lo, hi, s.hits[:])
	if s.moment.failed > 0 {
		e.fail(n+1, pop, s.moment.failed-1)
	}
	for _, hit := range s.hits[:count] {
		p.fired[k] = pop.fire(n+1, lo+int(hit>>16), hit&0xffff, p.fired[k])
	}
	for i := range p.followed {
		e.note(&p.followed[i], n, lo, hi)
	}
}

// deliverDue delivers the spikes of a step, if there was one that the engine knows of. Steps come in order.
func (e *Engine) deliverDue(s *share, step int64) {
	if step <= e.origin {
		return
	}
	for step > s.due.last() {
		s.due = e.windows.at(s.next)
		s.next++
	}
	e.deliver(s, &s.due, int(step-s.due.n)-1)
}

// deliver adds the weights of all spikes of step k of a window to what arrives at a
// share's neurons.
func (e *Engine) deliver(s *share, w *window, k int) {
	for i := range s.bitmaps {
		e.deliverBits(s, &s.bitmaps[i], w, k)
	}
	for i := range s.bundles {
		e.deliverBundle(&s.bundles[i], w, k)
	}
	for i := range s.drawn {
		e.deliverDrawn(s, &s.drawn[i], w, k)
	}
	for i := range s.segments {
		seg := &s.segments[i]
		switch {
		case seg.factored != nil:
			e.deliverPackedFactored(seg, w, k)
			continue
		case seg.packed != nil:
			e.deliverPacked(seg, w, k)
			continue
		}
		arriving := e.arriving(seg, w.n+int64(1+k))
		for _, from := range e.sources[seg.From] {
			if seg.ShortTerm != nil {
				seg.deliverFactored(arriving, from.fired(w, k), from.factors(w, k, seg.ShortTerm))
				continue
			}
			seg.deliver(arriving, from.fired(w, k))
		}
	}
}

// arriving is where what is sent at a step is summed, of synapses that are alike.
func (e *Engine) arriving(g *segment, step int64) *[maxBlock]int32 {
	to := &e.populations[g.To]
	return to.targets(int((step+int64(g.Delay))%int64(len(to.arriving))), g.Receptor, g.first)
}

// cacheLine is the bytes of what fetch asks for.
const cacheLine = 64

// address is where a slice lies: a number, since what is fetched may lie behind its end.
func address[T any](s []T) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(s))) }

// Rows lie scattered in memory, so the processor cannot tell which one comes next. Therefore each row is fetched before
// it is needed: rowsAhead rows earlier, and of a long row the first linesAhead cache lines. When the processor has read
// these, it fetches the rest by itself.
const (
	rowsAhead  = 4
	linesAhead = 12
)

// deliver adds the weights of the spikes of one step.
func (g *segment) deliver(arriving *[maxBlock]int32, fired []uint32) {
	weight := g.Weight()
	for i, j := range fired {
		if i+rowsAhead < len(fired) {
			fetch(address(g.targets)+2*uintptr(g.begin[fired[i+rowsAhead]]), g.lines)
		}
		add(arriving, g.targets[g.begin[j]:g.end[j]], weight)
	}
}

// add adds a weight to every target.
func add(arriving *[maxBlock]int32, targets []uint16, weight int32) {
	for len(targets) >= 8 {
		t := (*[8]uint16)(targets)
		arriving[t[0]] += weight
		arriving[t[1]] += weight
		arriving[t[2]] += weight
		arriving[t[3]] += weight
		arriving[t[4]] += weight
		arriving[t[5]] += weight
		arriving[t[6]] += weight
		arriving[t[7]] += weight
		targets = targets[8:]
	}
	if len(targets) >= 4 {
		t := (*[4]uint16)(targets)
		arriving[t[0]] += weight
		arriving[t[1]] += weight
		arriving[t[2]] += weight
		arriving[t[3]] += weight
		targets = targets[4:]
	}
	for _, t := range targets {
		arriving[t] += weight
	}
}
