package cpu

import (
	"math"
	"runtime"
	"sync"

	"einet/dynamics"
)

// A bundle is the synapses of several segments of one source population. Each segment has its own weight and delay. Their
// rows are short: to find one takes longer than to add it. In a bundle all rows of a neuron lie behind each other, so they are
// found at once.
type bundle struct {
	from     int // population
	segments []segment
	to       []*[maxBlock]int32 // scratch of deliver: where each sums
	begin    []uint32           // of each source in rows
	rows     []uint16           // of each source and segment: how many targets, and then these
	lines    int                // of the mean rows of a source that are fetched ahead
	factors  [][]uint32         // of each segment with short-term plasticity those of what fired; nil where none has
}

// shortRow is the mean number of synapses below which the rows of segments are bundled.
const shortRow = 128

// bundleShort makes bundles of a share's segments with short rows.
func (s *share) bundleShort(populations int) {
	for from := range populations {
		var short, rest []segment
		for _, g := range s.segments {
			if g.From == from && g.short() {
				short = append(short, g)
			} else {
				rest = append(rest, g)
			}
		}
		if len(short) < 2 {
			continue
		}
		if b, ok := newBundle(from, short); ok {
			s.segments, s.bundles = rest, append(s.bundles, b)
		}
	}
}

// short tells whether a segment's rows are worth bundling: on average short, and each
// countable by 16 bits.
func (g *segment) short() bool {
	total := 0
	for j, begin := range g.begin {
		n := int(g.end[j] - begin)
		if n > math.MaxUint16 {
			return false
		}
		total += n
	}
	return g.packed == nil && total > 0 && total < shortRow*len(g.begin)
}

func newBundle(from int, segments []segment) (bundle, bool) {
	b := bundle{from: from, segments: segments, to: make([]*[maxBlock]int32, len(segments)), begin: make([]uint32, len(segments[0].begin))}
	length := 0
	for j := range b.begin {
		b.begin[j] = uint32(length)
		for i := range segments {
			length += 1 + int(segments[i].end[j]-segments[i].begin[j])
		}
		if length > math.MaxUint32 {
			return b, false
		}
	}
	b.rows, b.lines = make([]uint16, length), meanLines(length, len(b.begin))
	var done sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		done.Go(func() {
			for j := len(b.begin) * w / workers; j < len(b.begin)*(w+1)/workers; j++ {
				row := b.rows[b.begin[j]:]
				for i := range segments {
					g := &segments[i]
					n := copy(row[1:], g.targets[g.begin[j]:g.end[j]])
					row[0] = uint16(n)
					row = row[1+n:]
				}
			}
		})
	}
	done.Wait()
	for i := range segments {
		segments[i].begin, segments[i].end, segments[i].targets = nil, nil, nil
		if segments[i].ShortTerm != nil && b.factors == nil {
			b.factors = make([][]uint32, len(segments))
		}
	}
	return b, true
}

// deliverBundle is deliver for a bundle.
func (e *Engine) deliverBundle(b *bundle, w *window, k int) {
	for i := range b.segments {
		b.to[i] = e.arriving(&b.segments[i], w.n+int64(1+k))
	}
	for _, from := range e.sources[b.from] {
		if b.factors != nil {
			b.take(from, w, k)
		}
		b.deliver(b.to, from.fired(w, k))
	}
}

// take takes the factors of what fired.
func (b *bundle) take(from source, w *window, k int) {
	for i := range b.segments {
		if p := b.segments[i].ShortTerm; p != nil {
			b.factors[i] = from.factors(w, k, p)
		}
	}
}

// weight is that of segment i for the k-th that fired.
func (b *bundle) weight(i, k int) int32 {
	weight := b.segments[i].Weight()
	if b.factors != nil && b.factors[i] != nil {
		return dynamics.Weighted(weight, b.factors[i][k])
	}
	return weight
}

func (b *bundle) deliver(to []*[maxBlock]int32, fired []uint32) {
	for k, j := range fired {
		if k+2*rowsAhead < len(fired) {
			fetch(address(b.begin)+4*uintptr(fired[k+2*rowsAhead]), 1)
		}
		if k+rowsAhead < len(fired) {
			fetch(address(b.rows)+2*uintptr(b.begin[fired[k+rowsAhead]]), b.lines)
		}
		row := b.rows[b.begin[j]:]
		for i := range to {
			n := int(row[0]) + 1
			add(to[i], row[1:n], b.weight(i, k))
			row = row[n:]
		}
	}
}
