package libm

import "math"

const (
	// pi/2 in three parts. The first two have 33 bits, so that n times them is
	// exact for the n of |x| <= 2^20.
	halfPi1 = 0x1.921fb544p+0
	halfPi2 = 0x1.0b4611a6p-34
	halfPi3 = 0x1.3198a2e037073p-69

	largestAngle = 1 << 20
)

// sinSeries holds 1/3!, 1/5!, ..., 1/17!, with the signs of the series, and
// cosSeries 1/2!, 1/4!, ..., 1/18!: enough for |r| <= pi/4.
var (
	sinSeries = [...]float64{
		-1. / 6, 1. / 120, -1. / 5040, 1. / 362880, -1. / 39916800, 1. / 6227020800,
		-1. / 1307674368000, 1. / 355687428096000,
	}
	cosSeries = [...]float64{
		-1. / 2, 1. / 24, -1. / 720, 1. / 40320, -1. / 3628800, 1. / 479001600,
		-1. / 87178291200, 1. / 20922789888000, -1. / 6402373705728000,
	}
)

// Sin is the sine of x radians, to within 3 units in the last place for
// |x| <= 2^20 = 1 048 576, and NaN beyond: reduce a phase to its period first.
func Sin(x float64) float64 {
	if !(math.Abs(x) <= largestAngle) {
		return math.NaN()
	}
	// x = n pi/2 + r (Cody & Waite); each difference is exact or leaves a small
	// relative error in r
	n := math.Floor(float64(x*(2/math.Pi)) + 0.5)
	r := ((x - float64(n*halfPi1)) - float64(n*halfPi2)) - float64(n*halfPi3)
	quadrant := int(n) & 3
	y := 0.0
	if z := float64(r * r); quadrant&1 == 0 {
		y = r + float64(r*float64(z*series(sinSeries[:], z)))
	} else {
		y = 1 + float64(z*series(cosSeries[:], z))
	}
	if quadrant >= 2 {
		return -y
	}
	return y
}

// series is c[0] + c[1] z + c[2] z^2 + ... by Horner's rule.
func series(c []float64, z float64) float64 {
	y := 0.0
	for i := len(c) - 1; i >= 0; i-- {
		y = float64(y*z) + c[i]
	}
	return y
}
