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
	for _, x := range values {
		switch x := float64(x); {
		case x < b.Low:
			b.Below++
		case x >= b.High:
			b.Above++
		default:
			k := int(math.Floor((x - b.Low) / width))
			b.Counts[min(k, len(b.Counts)-1)]++ // a quotient may be rounded up
		}
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
