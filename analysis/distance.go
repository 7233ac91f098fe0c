package analysis

import "math"

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
