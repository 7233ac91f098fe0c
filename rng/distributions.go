package rng

import "math"

// Uniform maps a word to [a, b), in float64: a + (b - a) w 2^-32.
func Uniform(w uint32, a, b float64) float64 {
	return a + float64((b-a)*float64(float64(w)*0x1p-32))
}

// Exponential maps a word to an exponential variate of mean 1: -ln(u) with
// u = (w + 1/2) 2^-32. It uses only integer operations and + and * of float32,
// each rounded by itself, so that CPUs and GPUs agree to the bit. Where u is
// near 1 it begins from 1 - u, which float32 holds to 24 bits there, so the
// relative error is below 3e-7 everywhere; the largest value is 22.9.
func Exponential(w uint32) float32 {
	if w >= aboveSqrtHalf {
		return -log1p(-float32((float32By16(^w) + 0.5) * 0x1p-32))
	}
	b := math.Float32bits(float32By16(w) + 0.5)
	// u 2^32 = m 2^e with m in [sqrt(1/2), sqrt(2)).
	e := int32(b-0x3f3504f3) >> 23
	t := math.Float32frombits(b-uint32(e)<<23) - 1
	return float32(float32(32-e)*ln2) - log1p(t)
}

// aboveSqrtHalf is the first word with u above sqrt(1/2).
const aboveSqrtHalf = 0xb504f334

// float32By16 is w as a float32 by its halves, which is exact up to the one
// rounding of the sum on every machine.
func float32By16(w uint32) float32 {
	return float32(float32(w>>16)*65536) + float32(w&0xffff)
}

const ln2 = float32(math.Ln2)

// Log1p are the coefficients, from the highest on, of the degree-8 minimax
// polynomial Q of Cephes' logf: ln(1 + t) = t - t^2/2 + t^3 Q(t).
var Log1p = [9]float32{
	7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
	-1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
}

// log1p is ln(1 + t) for t in [sqrt(1/2)-1, sqrt(2)-1).
func log1p(t float32) float32 {
	q := float32(Log1p[0]*t) + Log1p[1]
	q = float32(q*t) + Log1p[2]
	q = float32(q*t) + Log1p[3]
	q = float32(q*t) + Log1p[4]
	q = float32(q*t) + Log1p[5]
	q = float32(q*t) + Log1p[6]
	q = float32(q*t) + Log1p[7]
	q = float32(q*t) + Log1p[8]
	z := float32(t * t)
	return t + (float32(float32(q*t)*z) - float32(0.5*z))
}

// A Geometric draws how many failures precede a success of probability p.
type Geometric struct {
	scale float32 // -1/ln(1 - p)
}

// NewGeometric takes scale = -1/ln(1 - p) [> 0], computed with libm
// so that it is the same on every machine; p = 1 is scale 0, p = 0 is +Inf.
func NewGeometric(scale float64) Geometric { return Geometric{float32(scale)} }

// Skip is the number of failures before the next success, as a whole number
// that float32 holds exactly or, when that many or more, limit.
func (g Geometric) Skip(w uint32, limit int32) int32 {
	y := float32(Exponential(w) * g.scale)
	if !(y < float32(limit)) { // also when y is NaN, 0 times Inf
		return limit
	}
	return int32(y)
}

// Scale is -1/ln(1 - p), what an exponential variate is multiplied with.
func (g Geometric) Scale() float32 { return g.scale }
