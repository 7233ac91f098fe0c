package program

import (
	"math"

	"einet/libm"
)

// The functions that no device has alike, made of operations that all have. docs/models.md tells their errors, which
// TestErrors measures over all inputs.

// Between these, e^x is neither subnormal nor infinite.
const (
	expLowest  = -69.3 // e^-69.3 is about 2^-100
	expHighest = 88
)

// Exp is e^x, of an x that is held to [-69.3, 88].
//
// With n = round(x/ln 2) it is 2^n e^r, r = x - n ln 2, |r| <= ln(2)/2, and e^r a polynomial.
func (b *Builder) Exp(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		return b.Number(libm.Exp(max(min(float64(c), expHighest), expLowest)))
	}
	const (
		round = 3 << 22 // (x + round) - round is x rounded to whole numbers, which are the lowest bits of the sum
		ln2Hi = 0x1.62ep-1
		ln2Lo = 0x1.0bfbe8p-15
		half  = 0.35
	)
	held := b.Max(b.Min(x, b.Number(expHighest)), b.Number(expLowest))
	sum := b.Add(b.MulAnyway(held, b.Number(1/math.Ln2)), b.Number(round))
	n := b.OffGrid(sum, round)
	r := b.Sub(b.Sub(held, b.Mul(n, b.Number(ln2Hi))), b.Mul(n, b.Number(ln2Lo)))
	r = b.Assume(b.OffGrid(b.Add(r, b.Number(1)), 1), -half, half) // of multiples of 2^-24 no product below is small
	p := b.Polynomial(r, 1, 1, 0.5, 0x1.5554aep-3, 0x1.55497p-5, 0x1.11e9fp-7, 0x1.6d6p-10)
	return b.AsFloat(b.IntAdd(b.Bits(p), b.ShiftLeft(b.Bits(sum), 23)), smallest)
}

// Polynomial is c[0] + x (c[1] + x (c[2] + ...)).
func (b *Builder) Polynomial(x Value, c ...float64) Value {
	p := b.Number(c[len(c)-1])
	for k := len(c) - 2; k >= 0; k-- {
		p = b.Add(b.Mul(p, x), b.Number(c[k]))
	}
	return p
}
