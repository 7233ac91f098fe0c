package sim

import "math"

// Bins are equally wide bins from Low to High, in which values are counted.
type Bins struct {
	Low, High    float64
	Counts       []uint32 // of each bin: values from its lower edge on to below its upper
	Below, Above uint32   // values below Low, and from High on

	all [2][]uint32 // below, bins, above, in turns: the same place twice at once would have to wait
}

// Count counts values anew.
func (b *Bins) Count(values []float32) {
	clear(b.Counts)
	b.Below, b.Above = 0, 0
	b.prepare()
	last, low, inverse := len(b.Counts)+1, b.Low, float64(len(b.Counts))/(b.High-b.Low)
	near := float64(last) * 0x1p-50
	all, other := b.all[0][:last+1], b.all[1][:last+1]
	for _, x := range values {
		at := (float64(x)-low)*inverse + 1 // the place in all; off by less than near from what a quotient gives
		k := int(at)
		if past := math.Abs(at - float64(k)); past > near && past < 1-near {
			all[min(max(k, 0), last)]++
		} else {
			b.countExactly(float64(x))
		}
		all, other = other, all
	}
	for _, all := range b.all {
		b.Below += all[0]
		b.Above += all[last]
		for k := range b.Counts {
			b.Counts[k] += all[1+k]
		}
	}
}

// prepare makes room for all, and clears it.
func (b *Bins) prepare() {
	for i := range b.all {
		if b.all[i] == nil {
			b.all[i] = make([]uint32, len(b.Counts)+2)
		}
		clear(b.all[i])
	}
}

// countExactly counts a value near an edge.
func (b *Bins) countExactly(x float64) {
	width := (b.High - b.Low) / float64(len(b.Counts))
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
