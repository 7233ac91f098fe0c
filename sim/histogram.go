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
	last, rest := len(b.Counts)+1, values
	perUnit := float64(len(b.Counts)) / (b.High - b.Low)
	low, inverse := float32(b.Low), float32(perUnit)
	// A place in float32, of all, is off by less than near: by some roundings of itself and two of low. Where that might
	// matter, and beyond what an int32 holds, its value is counted as it is defined.
	near := float32((8*float64(last) + 4*math.Abs(b.Low*perUnit)) * 0x1p-24)
	least, most := near*near, (1-near)*(1-near)
	if near >= 0.5 {
		least = 1
	}
	even, odd := b.all[0][:last+1], b.all[1][:last+1]
	for ; len(rest) >= 2; rest = rest[2:] {
		at, next := float32((rest[0]-low)*inverse)+1, float32((rest[1]-low)*inverse)+1
		k, j := int32(at), int32(next)
		if past := at - float32(k); past*past > least && past*past < most {
			even[min(max(int(k), 0), last)]++
		} else {
			b.countExactly(float64(rest[0]))
		}
		if past := next - float32(j); past*past > least && past*past < most {
			odd[min(max(int(j), 0), last)]++
		} else {
			b.countExactly(float64(rest[1]))
		}
	}
	for _, x := range rest {
		b.countExactly(float64(x))
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

// countExactly counts a value.
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
