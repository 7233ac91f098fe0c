package gpu

import (
	"math/bits"

	"einet/connectome"
	"einet/dynamics"
	"einet/shaders/layout"
)

// deliver reads synapses as vectors of four words. A piece of a row lies within as many vectors as a team of its invocations: of a whole
// work group 256 packed synapses, or 512 others.
const (
	deliverLocal = 64
	vectorHalves = 8  // numbers of 16 bits
	pieceBits    = 10 // of a piece's length in layout.Piece
	sheetBits    = 4
	mostSheets   = 9 // that deliver reads, beside seven other blocks of 16
	mostSegments = 1 << (32 - pieceBits - sheetBits)
)

// Bounds of what a work group takes of a spike: at most so many pieces one after another, and of all work groups at most one in so
// many has nothing to do, in the mean over neurons.
const (
	mostTurns = 4
	idleOneIn = 10
)

// A deal is how the pieces of a spike are dealt out.
type deal struct {
	team   int // invocations that take a piece together, a power of two
	groups int // work groups of a spike and page
}

// teams is how many pieces a work group takes at once.
func (d deal) teams() int { return deliverLocal / d.team }

// teamFor is as many invocations as a row has vectors in the mean.
func teamFor(c *connectome.Connectome) int {
	vectors, rows := 0, 0
	for i := range c.Projections {
		for k := range c.Projections[i].Blocks {
			b := &c.Projections[i].Blocks[k]
			for j := range b.Sources() {
				if n := int(halves(b)) * int(b.Rows[j+1]-b.Rows[j]); n > 0 {
					vectors, rows = vectors+(n+vectorHalves-1)/vectorHalves, rows+1
				}
			}
		}
	}
	return min(deliverLocal, 1<<bits.Len(uint(max(0, (vectors+rows-1)/max(1, rows)-1))))
}

// sheets is how many sheets deliver can read on a device with so many blocks of a kernel and so many bindings.
func sheets(blocks, bindings int) int {
	return max(1, min(mostSheets, blocks-storageBlocks+1, bindings-bindTables-ofPage))
}

// A span is where the piece of a row lies in a sheet's targets, in numbers of 16 bits.
type span struct{ from, to int }

// spans calls f with each piece of row j of a segment.
func (s *segment) spans(j, team int, f func(span)) {
	rows := s.block.Rows[s.firstSource:]
	unit := int(halves(s.block))
	from, end := s.target+unit*int(rows[j]-rows[0]), s.target+unit*int(rows[j+1]-rows[0])
	for from < end {
		to := min(end, from-from%vectorHalves+team*vectorHalves)
		f(span{from, to})
		from = to
	}
}

// firsts is the place of each neuron's first piece, by global id, and one past the last of all.
func (p *page) firsts(m *dynamics.Model) []uint32 {
	last := &m.Populations[len(m.Populations)-1]
	firsts := make([]uint32, last.First+last.Size+1)
	for i := range p.segments {
		s := &p.segments[i]
		id := m.Populations[m.Projections[s.projection].From].First + s.firstSource
		for j := range s.sources {
			s.spans(j, p.team, func(span) { firsts[id+j+1]++ })
		}
	}
	for id := range firsts[1:] {
		firsts[id+1] += firsts[id]
	}
	return firsts
}

// pieces are those of all neurons, one neuron's after the other's and in the order of segments.
func (p *page) pieces(m *dynamics.Model, firsts []uint32) []layout.Piece {
	list, next := make([]layout.Piece, firsts[len(firsts)-1]), append([]uint32(nil), firsts...)
	for i := range p.segments {
		s := &p.segments[i]
		id := m.Populations[m.Projections[s.projection].From].First + s.firstSource
		for j := range s.sources {
			s.spans(j, p.team, func(x span) {
				list[next[id+j]] = layout.Piece{First: uint32(x.from), Of: uint32(i<<(sheetBits+pieceBits) | s.sheet<<pieceBits | (x.to - x.from))}
				next[id+j]++
			})
		}
	}
	return list
}

// reaches are where synapses of the segments add to.
func (p *page) reaches(m *dynamics.Model, l *stateLayout) (list []layout.Reach) {
	weights := newWeightTables(m)
	for i := range p.segments {
		s := p.segments[i].table(m, l, weights)
		list = append(list, layout.Reach{Arriving: s.Arriving, Weight: s.Weight, Delay: s.Delay, Packing: slotOf(&m.Projections[p.segments[i].projection])<<16 | s.WeightBits<<8 | s.DelayShift})
	}
	return list
}

// newDeal is as many work groups as have something to do, unless that is too few. Of each page it is given the places of first pieces.
func newDeal(firsts [][]uint32, team int) deal {
	d := deal{team: team, groups: 1}
	turns := []int{} // [n] neurons that take n turns of one work group, on any page
	for _, f := range firsts {
		for id := range f[1:] {
			n := (int(f[id+1]-f[id]) + d.teams() - 1) / d.teams()
			for len(turns) <= n {
				turns = append(turns, 0)
			}
			turns[n]++
		}
	}
	most, some := len(turns)-1, 0
	for n := 1; n <= most; n++ {
		some += turns[n]
	}
	busy, left := 0, some // of groups: the sum of min(n, groups), and neurons with more turns
	for g := 1; g <= most; g++ {
		busy += left
		left -= turns[g]
		if g <= (most+mostTurns-1)/mostTurns || (g*some-busy)*idleOneIn <= g*some {
			d.groups = g
		}
	}
	return d
}
