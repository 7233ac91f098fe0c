package cpu

import (
	"fmt"

	"einet/dynamics"
	"einet/sim"
)

// A projection with short-term plasticity has a factor for each spike. The share that has the source's neuron makes it when it posts the
// spike, from the source's state, which nobody else touches, and posts it too.

// beginShortTerm makes the states of sources and tells shares of how many projections' factors they post at most.
func (e *Engine) beginShortTerm() {
	e.shortTerms, e.releases = e.model.ShortTerms(), e.model.Releases()
	for _, s := range e.posters() {
		for k := range s.pieces {
			s.factored = max(s.factored, len(e.shortTerms[s.pieces[k].population]))
		}
	}
}

// release writes the factors of a share's window into its mail: those of slot k as far behind the spikes as (k + 1) times all spikes take.
func (e *Engine) release(s *share, w *window, m mail, total int) {
	for i := range s.pieces {
		for slot, projection := range e.shortTerms[s.pieces[i].population] {
			plastic, states := e.model.Projections[projection].ShortTerm, e.releases[projection]
			for k := range w.steps {
				step := uint32(w.n + int64(k) + 1)
				for at := int(m[i*w.steps+k]); at < int(m[i*w.steps+k+1]); at++ {
					m[at+(slot+1)*total] = plastic.Fire(&states[m[at]], step)
				}
			}
		}
	}
}

// factors are those of fired, of a projection with short-term plasticity.
func (f source) factors(w *window, k int, p *dynamics.ShortTerm) []uint32 {
	m, at := f.share.mail[w.mail], f.piece*w.steps+k
	begin := len(f.share.pieces)*w.steps + 1
	total := int(m[begin-1]) - begin
	behind := (p.Slot + 1) * total
	return m[int(m[at])+behind : int(m[at+1])+behind]
}

// Releases copies the states of sources first, first+1, ... of a projection with short-term plasticity.
func (e *Engine) Releases(projection, first int, dst []dynamics.Release) error {
	if err := sim.CheckReleases(e.model, projection, first, len(dst)); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	copy(dst, e.releases[projection][first:])
	return nil
}

// deliverFactored is deliver where each spike has a factor of its own.
func (g *segment) deliverFactored(arriving *[maxBlock]int32, fired, factors []uint32) {
	weight := g.Weight()
	for i, j := range fired {
		if i+rowsAhead < len(fired) {
			fetch(address(g.targets)+2*uintptr(g.begin[fired[i+rowsAhead]]), g.lines)
		}
		add(arriving, g.targets[g.begin[j]:g.end[j]], dynamics.Weighted(weight, factors[i]))
	}
}

// deliverBitsFactored adds the rows of bits of spikes one after the other, for each has a weight of its own.
func (e *Engine) deliverBitsFactored(s *share, m *bitmap, arriving [][lanes]int32, w *window, k int) {
	none := s.planes[1][:m.stride]
	clear(none)
	for _, from := range e.sources[m.From] {
		factors := from.factors(w, k, m.ShortTerm)
		for i, j := range from.fired(w, k) {
			e.kernels.weigh(arriving, m.row(j), none, dynamics.Weighted(m.Weight(), factors[i]))
		}
	}
}

// A factoredRow is a cursor with the factor of its spike.
type factoredRow struct {
	cursor
	factor uint32
}

// deliverPackedFactored is deliverPacked where each spike has a factor of its own.
func (e *Engine) deliverPackedFactored(g *segment, w *window, k int) {
	step := w.n + int64(1+k)
	for _, from := range e.sources[g.From] {
		factors := from.factors(w, k, g.ShortTerm)
		for i, j := range from.fired(w, k) {
			if row := (cursor{g.begin[j], g.end[j]}); row.at < row.end {
				due := g.factored.due(step + int64(g.Delay) + int64(g.packing.delay(g.packed[row.at])))
				*due = append(*due, factoredRow{row, factors[i]})
			}
		}
	}
	to := &e.populations[g.To]
	step += int64(e.model.MinDelay)
	g.arriveFactored(step, to.targets(int(step%int64(len(to.arriving))), g.Receptor, g.first))
}

// A factoredCalendar is a calendar of such rows.
type factoredCalendar [][]factoredRow

func (c factoredCalendar) due(step int64) *[]factoredRow { return &c[step&int64(len(c)-1)] }

// arriveFactored is arrive where each row has a factor.
func (g *segment) arriveFactored(step int64, arriving *[maxBlock]int32) {
	const ahead = 2 * rowsAhead
	due := *g.factored.due(step)
	for i, row := range due {
		if i+ahead < len(due) {
			g.fetch(due[i+ahead].at)
		}
		synapses := g.packed[row.at:row.end]
		last := synapses[0] | g.packing.below // of this delay
		if n := g.addFactored(arriving, synapses, last, row.factor); n < len(synapses) {
			wait := g.packing.delay(synapses[n]) - g.packing.delay(last)
			next := g.factored.due(step + int64(wait))
			*next = append(*next, factoredRow{cursor{row.at + uint32(n), row.end}, row.factor})
		}
	}
	*g.factored.due(step) = due[:0]
}

// addFactored is addFar with a factor. Where all of a block is this share's, all targets count.
func (g *segment) addFactored(arriving *[maxBlock]int32, synapses []uint32, last, factor uint32) int {
	p := &g.packing
	for i, x := range synapses {
		if x > last {
			return i
		}
		if t := uint16(x & p.below >> (p.weightBits & 31)); uint32(t)-g.lo < g.count {
			arriving[t] += dynamics.Weighted(g.weights[x&p.weights&(weightMask)], factor)
		}
	}
	return len(synapses)
}
