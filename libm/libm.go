// Package libm holds the elementary functions that einet's coefficients and
// tables are computed with. Its one invariant: they give the same bits on every
// machine. The functions of package math do not: some have assembly on some
// processors, and the compiler may fuse a product and a sum into one rounding.
// Here every product is rounded by an explicit conversion.
package libm

import "math"

const (
	log2e = math.Log2E
	// ln2 in two parts: the first has 32 trailing zero bits, so that k*ln2Hi is
	// exact for every exponent k.
	ln2Hi = 0x1.62e42feep-1
	ln2Lo = math.Ln2 - ln2Hi
)

// inverseFactorials holds 1/2!, 1/3!, ..., 1/15!, enough for |r| <= ln(2)/2.
var inverseFactorials = [...]float64{
	1. / 2, 1. / 6, 1. / 24, 1. / 120, 1. / 720, 1. / 5040, 1. / 40320, 1. / 362880,
	1. / 3628800, 1. / 39916800, 1. / 479001600, 1. / 6227020800, 1. / 87178291200,
	1. / 1307674368000,
}

// reduce writes x as k ln(2) + r with |r| <= ln(2)/2 and returns k and e^r - 1.
func reduce(x float64) (k int, expm1r float64) {
	n := math.Floor(float64(x*log2e) + 0.5)
	r := (x - float64(n*ln2Hi)) - float64(n*ln2Lo)
	q := 0.0
	for i := len(inverseFactorials) - 1; i >= 0; i-- {
		q = float64(q*r) + inverseFactorials[i]
	}
	return int(n), r + float64(float64(r*r)*q)
}

// Exp is e^x, to within 2 units in the last place.
func Exp(x float64) float64 {
	switch {
	case x != x || x > 709.7:
		return x * math.Inf(1) // NaN or +Inf
	case x < -745:
		return 0
	}
	k, p := reduce(x)
	return math.Ldexp(1+p, k)
}

// Expm1 is e^x - 1, to within 2 units in the last place.
func Expm1(x float64) float64 {
	switch {
	case x != x || x > 709.7:
		return x * math.Inf(1)
	case x < -60:
		return -1
	}
	k, p := reduce(x)
	if k == 0 {
		return p
	}
	two := math.Ldexp(1, k)
	return float64(two*p) + (two - 1)
}

// Log1p is ln(1 + x) for x > -1, to within 2 units in the last place for
// |x| < 0.3; beyond, 1 + x is rounded first.
func Log1p(x float64) float64 {
	if x <= -1 || x != x || x > math.MaxFloat64 {
		return math.Log1p(x) // the special values
	}
	if x > -0.29 && x < 0.41 {
		return logRatio(x / (2 + x))
	}
	m, e := math.Frexp(1 + x) // m in [1/2, 1)
	if m < math.Sqrt2/2 {
		m, e = 2*m, e-1
	}
	k := float64(e)
	return float64(k*ln2Hi) + (logRatio((m-1)/(m+1)) + float64(k*ln2Lo))
}

// logRatio is ln((1 + s)/(1 - s)) for |s| < 0.18, by its series in s^2.
func logRatio(s float64) float64 {
	z := float64(s * s)
	q := 0.0
	for n := 23.0; n >= 3; n -= 2 {
		q = float64(q*z) + 1/n
	}
	return 2*s + float64(float64(2*s)*float64(z*q))
}
