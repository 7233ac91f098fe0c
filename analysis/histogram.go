package analysis

// A Histogram counts values in bins: Counts[i] are in [Edges[i], Edges[i+1]).
type Histogram struct {
	Edges  []float64 // [bins+1], ascending
	Counts []int64   // [bins]
}

// Total is the number of values in all bins.
func (h Histogram) Total() int64 {
	total := int64(0)
	for _, n := range h.Counts {
		total += n
	}
	return total
}

// Density is each bin's share of all values per unit of its width, so that its
// integral is 1; zeros when there are no values.
func (h Histogram) Density() []float64 {
	d := make([]float64, len(h.Counts))
	total := float64(h.Total())
	for i, n := range h.Counts {
		if n > 0 {
			d[i] = float64(n) / total / (h.Edges[i+1] - h.Edges[i])
		}
	}
	return d
}
