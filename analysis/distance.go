package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// KolmogorovSmirnov is the largest distance between the distribution functions
// of two samples, in any order, without NaN: 0 for equal ones, 1 for samples
// that don't overlap. NaN where one is empty.
func KolmogorovSmirnov(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return math.NaN()
	}
	return stat.KolmogorovSmirnov(slices.Sorted(slices.Values(a)), nil, slices.Sorted(slices.Values(b)), nil)
}

// EarthMover is the Wasserstein-1 distance of two samples, in any order, without
// NaN: the integral of the distance between their distribution functions, in the
// samples' unit. It is how far probability must be moved on average to make one
// of the other. NaN where one is empty.
func EarthMover(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return math.NaN()
	}
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	sum, i, j := 0.0, 0, 0
	at := min(a[0], b[0])
	for i < len(a) || j < len(b) {
		next := math.Inf(1)
		if i < len(a) {
			next = a[i]
		}
		if j < len(b) {
			next = min(next, b[j])
		}
		sum += (next - at) * math.Abs(float64(i)/float64(len(a))-float64(j)/float64(len(b)))
		for at = next; i < len(a) && a[i] == at; i++ {
		}
		for ; j < len(b) && b[j] == at; j++ {
		}
	}
	return sum
}

// KSUniform is the Kolmogorov-Smirnov distance between a histogram's values in
// [lo, hi) and the uniform distribution there; values elsewhere don't count. lo
// and hi must be edges of the histogram. The distribution functions are compared
// at its edges, so the distance may be too small by the share of one bin. NaN
// without such values.
//
// With lo the reset potential and hi the threshold it says how evenly membrane
// potentials fill what lies between: 0.08 for the excitatory neurons of the
// preset ei, of which a seventh are below reset, 0.44 for those of tian2020.
func KSUniform(h Histogram, lo, hi float64) float64 {
	total := int64(0)
	for k, n := range h.Counts {
		if inside(h, k, lo, hi) {
			total += n
		}
	}
	if total == 0 {
		return math.NaN()
	}
	distance, below := 0.0, int64(0)
	for k, n := range h.Counts {
		if inside(h, k, lo, hi) {
			below += n
			distance = max(distance, math.Abs(float64(below)/float64(total)-(h.Edges[k+1]-lo)/(hi-lo)))
		}
	}
	return distance
}

// inside tells whether bin k is one of those between lo and hi. By its middle:
// edges are rounded.
func inside(h Histogram, k int, lo, hi float64) bool {
	middle := (h.Edges[k] + h.Edges[k+1]) / 2
	return middle > lo && middle < hi
}
