package sim

import "math"

// Bins are equally wide bins from Low to High, in which values are counted.
type Bins struct {
	Low, High    float64
	Counts       []uint32 // of each bin: values from its lower edge on to below its upper
	Below, Above uint32   // values below Low, and from High on
}

// Count counts values anew.
func (b *Bins) Count(values []float32) {
	clear(b.Counts)
	b.Below, b.Above = 0, 0
	width := (b.High - b.Low) / float64(len(b.Counts))
	counts, low, inverse := b.Counts, b.Low, 1/width
	near := float64(len(counts)) * 0x1p-50
	for _, x := range values {
		at := (float64(x) - low) * inverse // quicker than the quotient, and off by less than near
		k := int(at)
		if past := at - float64(k); past > near && past < 1-near && uint(k) < uint(len(counts)) {
			counts[k]++
		} else {
			b.countExactly(float64(x), width)
		}
	}
}

// countExactly counts a value, be it near an edge or beyond the bins.
func (b *Bins) countExactly(x, width float64) {
	switch {
	case x < b.Low:
		b.Below++
	case x >= b.High:
		b.Above++
	default:
		k := int(math.Floor((x - b.Low) / width))
		b.Counts[min(k, len(b.Counts)-1)]++ // a quotient may be rounded up
	}
}

// Edges are those of the bins, one more than there are.
func (b *Bins) Edges() []float64 {
	edges := make([]float64, len(b.Counts)+1)
	for k := range edges {
		edges[k] = b.Low + (b.High-b.Low)*(float64(k)/float64(len(b.Counts)))
	}
	return edges
}
