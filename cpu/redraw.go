package cpu

import (
	"einet/connectome"
	"einet/dynamics"
)

// A drawn projection's synapses onto one share's neurons, tiles lo to hi-1, are stored
// nowhere: rows are drawn again for each spike.
type drawn struct {
	*dynamics.Projection
	rows    *connectome.Redrawn
	chance  *chance // where a redrawKernel draws; otherwise rows does
	lo, hi  int
	weights *[connectome.MaxWeightCodes]int32
}

// A chance is what the rows of a fixed_probability projection are drawn with whose
// synapses are alike.
type chance struct {
	connectome.Bernoulli
	noAutapses bool
}

// counts are how many spikes of a step reach each target of a chunk; the chunk's end is the
// place of all that is drawn beyond it.
type counts [connectome.Chunk + lanes]int32

// A redrawKernel draws for each source the row of its synapses onto the n targets of chunk
// k, as Bernoulli.Targets does, and adds 1 for each target. The counts from n on mean nothing. The kernel may read lanes-1
// words behind the sources.
type redrawKernel func(c *counts, d *chance, k uint32, n int32, sources []uint32)

func redrawScalar(c *counts, d *chance, k uint32, n int32, sources []uint32) {
	var row [connectome.Chunk]uint16
	for _, j := range sources {
		for _, t := range d.Targets(&row, int(j), int(k), int(n)) {
			if !d.noAutapses || k*connectome.Chunk+uint32(t) != j {
				c[t]++
			}
		}
	}
}

// addDrawn gives each share its part of projection k, of which no synapse is stored.
func (e *Engine) addDrawn(k int, rows *connectome.Redrawn, weights *[connectome.MaxWeightCodes]int32) {
	p := &e.model.Projections[k]
	var c *chance
	if b, ok := rows.Bernoulli(); ok && !b.Never() && p.ShortTerm == nil { // whose spikes are counted with one weight
		c = &chance{b, rows.NoAutapses()}
	}
	for i := range e.shares {
		for _, part := range e.shares[i].pieces {
			if part.population == p.To {
				e.shares[i].drawn = append(e.shares[i].drawn, drawn{p, rows, c, part.lo, part.hi, weights})
			}
		}
	}
}

// deliverDrawn is deliver for one drawn projection. A chunk of targets takes all spikes of a step before the
// next begins, so that its counts stay in the nearest cache.
func (e *Engine) deliverDrawn(s *share, d *drawn, w *window, k int) {
	fired := e.firedIn(s, d.From, w, k)
	if len(fired) == 0 {
		return
	}
	if d.ShortTerm != nil {
		e.factorsIn(s, d, w, k)
	}
	for chunk := lanes * d.lo / d.rows.Span; chunk < d.rows.Chunks && chunk*d.rows.Span < lanes*d.hi; chunk++ {
		if d.chance != nil {
			e.countDrawn(s, d, w.n+int64(k)+1, chunk, fired)
		} else {
			e.addRowsOf(s, d, w.n+int64(k)+1, chunk, fired)
		}
	}
}

// factorsIn takes the factors of those that fired in step k of a window, as firedIn has them.
func (e *Engine) factorsIn(s *share, d *drawn, w *window, k int) {
	s.factors = s.factors[:0]
	for _, from := range e.sources[d.From] {
		s.factors = append(s.factors, from.factors(w, k, d.ShortTerm)...)
	}
}

// firedIn is the neurons of a population that fired in step k of a window, in memory of the share
// with room for a kernel to read on.
func (e *Engine) firedIn(s *share, population int, w *window, k int) []uint32 {
	s.fired = s.fired[:0]
	for _, from := range e.sources[population] {
		s.fired = append(s.fired, from.fired(w, k)...)
	}
	n := len(s.fired)
	s.fired = append(s.fired, make([]uint32, lanes)...)
	return s.fired[:n]
}

// countDrawn adds a step's spikes to a chunk of targets by counting them first.
func (e *Engine) countDrawn(s *share, d *drawn, step int64, chunk int, fired []uint32) {
	if s.counts == nil {
		s.counts = new(counts)
	}
	e.kernels.redraw(s.counts, d.chance, uint32(chunk), int32(d.rows.Size(chunk)), fired)
	to, first := &e.populations[d.To], chunk*connectome.Chunk/lanes
	lo, hi := max(d.lo, first), min(d.hi, first+connectome.Chunk/lanes)
	slot := int((step + int64(d.Delay)) % int64(len(to.arriving)))
	e.kernels.fold(to.arriving[slot][d.Receptor][lo:hi], s.counts[(lo-first)*lanes:], d.Weight())
	*s.counts = counts{}
}

// A foldKernel adds, for each neuron, a weight times its count to what arrives there.
type foldKernel func(arriving [][lanes]int32, counts []int32, weight int32)

func foldScalar(arriving [][lanes]int32, counts []int32, weight int32) {
	for i := range arriving {
		a, c := &arriving[i], (*[lanes]int32)(counts[lanes*i:])
		for k, n := range c {
			a[k] += weight * n
		}
	}
}

// addRowsOf adds a step's spikes to a chunk of targets synapse by synapse: of other rules, and where weights or
// delays differ.
func (e *Engine) addRowsOf(s *share, d *drawn, step int64, chunk int, fired []uint32) {
	to := &e.populations[d.To]
	slots, stride := len(to.arriving), len(to.Receptors)*to.tiles*lanes
	soonest := int((step + int64(d.Delay)) % int64(slots)) // slot of the delay of code 0
	receptor := d.Receptor * to.tiles * lanes
	first, last := uint32(lanes*d.lo), uint32(lanes*d.hi)
	for k, j := range fired {
		factor := uint32(dynamics.One)
		if d.ShortTerm != nil {
			factor = s.factors[k]
		}
		targets, codes := d.rows.Draw(&s.row, int(j), chunk)
		for i, t := range targets {
			if t >= first && t < last {
				_, weight, delay := d.rows.Packing.Unpack(codes[i])
				slot := soonest + int(delay)
				if slot >= slots {
					slot -= slots // once is enough: there are more than delays span
				}
				to.flat[slot*stride+receptor+int(t)] += dynamics.Weighted(d.weights[weight], factor)
			}
		}
	}
}
