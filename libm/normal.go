package libm

import "math"

// Log is ln(x) for x >= 0, to within 2 units in the last place.
func Log(x float64) float64 {
	if !(x > 0) || x > math.MaxFloat64 {
		return math.Log(x) // the special values
	}
	m, e := math.Frexp(x) // m in [1/2, 1)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	k := float64(e)
	return float64(k*ln2Hi) + (logRatio((m-1)/(m+1)) + float64(k*ln2Lo))
}

// NormalCDF is the probability that a standard normal variable is below z, to a
// relative 1e-14 in both tails.
func NormalCDF(z float64) float64 {
	switch {
	case z != z:
		return z
	case z > 0:
		return 1 - NormalCDF(-z)
	case z < -38.6:
		return 0
	case z < -3:
		return float64(density(z) * mills(-z))
	}
	// Phi(z) = 1/2 + phi(z) (z + z^3/3 + z^5/(3 5) + ...), Marsaglia (2004).
	sum, term, square := 0.0, z, float64(z*z)
	for k := 3.0; sum+term != sum; k += 2 {
		sum += term
		term = float64(term*square) / k
	}
	return 0.5 + float64(density(z)*sum)
}

// density is the standard normal density. The square is split, so that its
// rounding does not grow in the exponential.
func density(z float64) float64 {
	hi := math.Trunc(float64(z*16)) / 16
	lo := float64((z - hi) * (z + hi))
	const norm = 0.39894228040143267794 // 1/sqrt(2 pi)
	return float64(norm * float64(Exp(float64(-hi*hi)/2)*Exp(-lo/2)))
}

// mills is (1 - Phi(x))/phi(x) for x >= 3, by its continued fraction.
func mills(x float64) float64 {
	f := x
	for k := 100.0; k >= 1; k-- {
		f = x + k/f
	}
	return 1 / f
}

// NormalQuantile is z with NormalCDF(z) = p, for p in (0, 1): Newton's iteration, in
// the tail on the logarithm of p, which is nearly a parabola there.
func NormalQuantile(p float64) float64 {
	switch {
	case !(p > 0 && p < 1):
		return math.NaN()
	case p == 0.5:
		return 0
	case p > 0.5:
		return -NormalQuantile(1 - p)
	}
	z := -math.Sqrt(-2 * Log(float64(2*p))) // below the answer
	for range 60 {
		cdf := NormalCDF(z)
		step := float64(cdf/density(z)) * Log(cdf/p)
		z -= step
		if math.Abs(step) <= 4e-16*math.Abs(z) {
			break
		}
	}
	return z
}
