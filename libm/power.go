package libm

import "math"

// PowerOfTwo is the smallest power of two that is at least x, and 1 for x = 0.
func PowerOfTwo(x float64) float64 {
	if x == 0 {
		return 1
	}
	f, e := math.Frexp(x) // f in [1/2, 1)
	if f == 0.5 {
		e--
	}
	return math.Ldexp(1, e)
}
