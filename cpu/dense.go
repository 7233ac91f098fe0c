package cpu

import (
	"math/bits"
	"runtime"
	"sync"

	"einet/connectome"
	"einet/dynamics"
)

// A bitmap is a segment of a dense projection: a row of bits for each source,
// one for each neuron. It is smaller than a list, and 16 targets take SIMD as
// long as one of a list.
//
// The spikes of a step are not added one after the other. They are first
// counted, for 512 targets at once, in planes of bits, of which plane i holds
// bit i of each target's count; then each plane adds its weight.
type bitmap struct {
	*dynamics.Projection
	tile, tiles int      // the neurons
	stride      int      // words of a row, whole vectors of 512 bits
	words       []uint64 // [source][stride]
}

// maxRows is the number of spikes that the planes count.
const maxRows = 15

// planes hold the bits of a count for each neuron of a block.
type planes [4][maxBlock / 64]uint64

// dense tells whether SIMD takes projection i's bits faster than its list. At
// this density the two are also equally large. Spikes with factors are added one by one, which pays from three times the density on.
func dense(c *connectome.Connectome, i int, m *dynamics.Model, k *kernels) bool {
	p := &c.Projections[i]
	pairs := float64(m.Populations[p.From].Size) * float64(m.Populations[p.To].Size)
	return k.count != nil && p.Redrawn == nil && m.Projections[i].Plasticity == nil && p.Alike() && !p.Multapses && float64(p.Synapses()) >= pairs*k.densest(m.Projections[i].ShortTerm != nil)
}

// densest is the density from which on bits are quicker than lists, of spikes that have factors or not.
func (k *kernels) densest(factors bool) float64 {
	if factors {
		return 3 * k.denseFrom
	}
	return k.denseFrom
}

// newBitmap makes the bits of a block's synapses onto a piece.
func newBitmap(p *dynamics.Projection, block *connectome.Block, lo, hi int, begin, end []uint32) bitmap {
	m := bitmap{Projection: p, tile: lo, tiles: hi - lo, stride: 8 * ((hi - lo + 31) / 32)}
	m.words = make([]uint64, len(begin)*m.stride)
	first := lo*lanes - block.First
	var done sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		done.Go(func() {
			for j := len(begin) * w / workers; j < len(begin)*(w+1)/workers; j++ {
				row := m.row(uint32(j))
				for _, t := range block.Targets[begin[j]:end[j]] {
					row[(int(t)-first)/64] |= 1 << ((int(t) - first) % 64)
				}
			}
		})
	}
	done.Wait()
	return m
}

func (m *bitmap) row(j uint32) []uint64 {
	return m.words[int(j)*m.stride:][:m.stride:m.stride]
}

// deliverBits is deliver for one bitmap.
func (e *Engine) deliverBits(s *share, m *bitmap, w *window, k int) {
	to := &e.populations[m.To]
	slot := int((w.n + int64(1+k+m.Delay)) % int64(len(to.arriving)))
	arriving := to.arriving[slot][m.Receptor][m.tile:][:m.tiles]
	if m.ShortTerm != nil {
		e.deliverBitsFactored(s, m, arriving, w, k)
		return
	}
	rows := s.rows[:0]
	for _, from := range e.sources[m.From] {
		for _, j := range from.fired(w, k) {
			if rows = append(rows, m.row(j)); len(rows) == maxRows {
				e.kernels.addRows(arriving, rows, m.Weight(), &s.planes)
				rows = rows[:0]
			}
		}
	}
	if len(rows) > 0 {
		e.kernels.addRows(arriving, rows, m.Weight(), &s.planes)
	}
}

// addRows adds a weight to every target in every row.
func (k *kernels) addRows(arriving [][lanes]int32, rows [][]uint64, weight int32, p *planes) {
	words := len(rows[0])
	k.count(p, rows, words)
	k.weigh(arriving, p[0][:words], p[1][:words], weight)
	if len(rows) > 3 {
		k.weigh(arriving, p[2][:words], p[3][:words], 4*weight)
	}
}

// A countKernel counts the bits of at most maxRows rows in that many words, a
// multiple of 8.
type countKernel func(p *planes, rows [][]uint64, words int)

// A weighKernel adds weight for each bit of low, and twice of high, to that
// neuron. Both have at least a bit for each neuron.
type weighKernel func(arriving [][lanes]int32, low, high []uint64, weight int32)

// countScalar is a half adder for each row and plane.
func countScalar(p *planes, rows [][]uint64, words int) {
	for i := range words {
		for plane := range p {
			p[plane][i] = 0
		}
		for _, row := range rows {
			carry := row[i]
			for plane := range p {
				p[plane][i], carry = p[plane][i]^carry, p[plane][i]&carry
			}
		}
	}
}

func weighScalar(arriving [][lanes]int32, low, high []uint64, weight int32) {
	for i, word := range low {
		for both := word | high[i]; both != 0; both &= both - 1 {
			bit := bits.TrailingZeros64(both)
			if k := 64*i + bit; k < lanes*len(arriving) {
				count := int32(word>>bit&1) + 2*int32(high[i]>>bit&1)
				arriving[k/lanes][k%lanes] += count * weight
			}
		}
	}
}
