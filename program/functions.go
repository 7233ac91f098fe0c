package program

import (
	"math"

	"einet/libm"
)

// The functions that no device has alike, made of operations that all have. docs/models.md tells their errors, which
// TestErrors measures. Of what is no number they give what the same program gives on all devices.

// Between these, e^x is neither subnormal nor infinite.
const (
	expLowest  = -69.3 // e^-69.3 is about 2^-100
	expHighest = 88
)

// Exp is e^x, of an x that is held to [-69.3, 88].
//
// With n = round(x/ln 2) it is 2^n e^r, r = x - n ln 2.
func (b *Builder) Exp(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		return b.Number(libm.Exp(float64(max(min(c, expHighest), expLowest))))
	}
	held := b.held(x, expLowest, expHighest)
	n, p := b.expParts(held)
	y := b.AsFloat(b.IntAdd(b.Bits(b.Add(b.Number(1), p)), b.ShiftLeft(n, 23)), smallest)
	c := b.bounds[held]
	return b.Assume(y, libm.Exp(c.low), libm.Exp(c.high))
}

// held is x between two bounds; what is no number is at the upper one.
func (b *Builder) held(x Value, low, high float64) Value { return b.notBelow(b.notAbove(x, high), low) }

func (b *Builder) notAbove(x Value, high float64) Value {
	if c := b.bounds[x]; c.finite() && c.high <= high {
		return x
	}
	return b.Min(x, b.Number(high))
}

func (b *Builder) notBelow(x Value, low float64) Value {
	if c := b.bounds[x]; c.finite() && c.low >= low {
		return x
	}
	return b.Max(x, b.Number(low))
}

// expParts writes e^x as 2^n (1 + p), |p| < 0.42. Of n, an Int, only the lower 9 bits are meant.
//
// p is r + r^2 q(r). A tiny product does not matter in it: r is larger.
func (b *Builder) expParts(x Value) (n, p Value) {
	const (
		round = 3 << 22 // (x + round) - round is x rounded to whole numbers, which are the lowest bits of the sum
		ln2Hi = 0x1.62ep-1
		ln2Lo = 0x1.0bfbe8p-15
	)
	sum := b.Add(b.MulAnyway(x, b.Number(1/math.Ln2)), b.Number(round))
	whole := b.OffGrid(sum, round)
	r := b.Sub(b.Sub(x, b.Mul(whole, b.Number(ln2Hi))), b.Mul(whole, b.Number(ln2Lo)))
	r = b.Assume(r, -0.35, 0.35)
	q := b.Polynomial(r, 0x1.fffffcp-2, 0x1.555492p-3, 0x1.5558aep-5, 0x1.123986p-7, 0x1.6a4f6ap-10)
	p = b.Assume(b.Add(b.MulAnyway(b.MulAnyway(r, r), q), r), -0.3, 0.42)
	return b.Bits(sum), p
}

// expm1 is e^x - 1, of an x between -69.3 and 88: (2^n - 1) + 2^n p.
func (b *Builder) expm1(x Value) Value {
	n, p := b.expParts(x)
	const one = 0x3f800000
	power := b.Assume(b.AsFloat(b.IntAdd(b.ShiftLeft(n, 23), b.Whole(one)), smallest), 0x1p-100, 0x1p127)
	u := b.Add(b.MulAnyway(power, p), b.Sub(power, b.Number(1)))
	c := b.bounds[x]
	u = b.known(u, min(c.least, -25), min(c.grain, -49)) // a small x is its own e^x - 1
	return b.Assume(u, libm.Expm1(c.low), libm.Expm1(c.high))
}

// known notes of a value that it is not smaller, if not zero, than 2^least, and a multiple of 2^grain.
func (b *Builder) known(x Value, least, grain int) Value {
	c := &b.bounds[x]
	c.least, c.grain = max(c.least, least), max(c.grain, grain, least-23)
	return x
}

// Exprel is (e^x - 1)/x, and 1 at 0, of an x that is held below 88.
func (b *Builder) Exprel(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		if c == 0 {
			return b.Number(1)
		}
		y := min(float64(c), expHighest)
		return b.Number(libm.Expm1(y) / y)
	}
	low := b.bounds[x].low
	x = b.notAbove(x, expHighest)
	m, mBits, s := b.split(x)
	u := b.MulAnyway(b.expm1(b.notBelow(x, expLowest)), s)
	u = b.Flush(b.known(u, min(b.bounds[s].least-25, 1), -149)) // a small x is m/s, and so is e^x - 1
	r := b.roughInverse(m, mBits)
	y := b.MulAnyway(u, r)
	y = b.Add(y, b.MulAnyway(r, b.Sub(u, b.MulAnyway(y, m))))
	y = b.Select(b.Equal(x, b.Number(0)), b.Number(1), y)
	least := 0.6 / (1 - min(low, 0))
	if least < 0x1p-70 { // the Flush above may have made it zero
		least = 0
	}
	return b.Flush(b.Assume(y, least, 0x1p121))
}

// Div is x/y, and zero where that is below 2^-100 in magnitude. x/0 is infinite, 0/0 no number.
//
// With y = m/s that is (x/m) s. x/m does not overflow, nor is it subnormal.
func (b *Builder) Div(x, y Value) Value {
	if c, ok := b.constantOf(y); ok {
		if f, ok := b.constantOf(x); ok {
			return b.Number(float64(f) / float64(c))
		}
		if c != 0 {
			return b.DivBy(x, float64(c))
		}
	}
	m, mBits, s := b.split(y)
	r := b.roughInverse(m, mBits)
	r = b.Assume(b.Add(r, b.MulAnyway(r, b.Sub(b.Number(1), b.MulAnyway(m, r)))), 0.24, 0.51)
	if c, ok := b.constantOf(x); ok && c == 1 {
		return b.Mul(r, s)
	}
	return b.Mul(b.MulAnyway(x, r), s)
}

// split writes y as m/s, with m in [2, 4), whose bits it gives, too, and s a power of two with the sign of y: of
// a zero s is infinite. If m were smaller, s could be subnormal.
func (b *Builder) split(y Value) (m, mBits, s Value) {
	const (
		mantissa = 0x7fffff
		exponent = 0x7f800000
		two      = 0x40000000
	)
	bits := b.Bits(y)
	mBits = b.IntOr(b.IntAnd(bits, b.Whole(mantissa)), b.Whole(two))
	m = b.Assume(b.AsFloat(mBits, 1), 2, 4)
	least := -126
	if c := b.bounds[y]; c.finite() {
		least = max(least, -math.Ilogb(max(-c.low, c.high)))
	}
	return m, mBits, b.AsFloat(b.IntXor(b.IntAnd(bits, b.Whole(^mantissa)), b.Whole(exponent)), least)
}

// roughInverse is 1/x, of a normal x above 0 with these bits; times x it is between 1 - 2^-18 and 1 - 2^-22: products
// below 1 are rounded by half as much as those above.
//
// A difference of bits is a line in each octave, which times x is between 0.707 and 0.729; a polynomial makes
// of it the inverse.
func (b *Builder) roughInverse(x, bits Value) Value {
	const magic = 0x7eb504f3
	c := b.bounds[x]
	r := b.Assume(b.AsFloat(b.IntSub(b.Whole(magic), bits), -126), 0.7/c.high, 0.73/c.low)
	t := b.Assume(b.MulAnyway(x, r), 0.7, 0.73)
	return b.Assume(b.MulAnyway(r, b.Polynomial(t, 0x1.0b8098p+2, -0x1.74acc6p+2, 0x1.5a1ccap+1)), 0.99/c.high, 1.01/c.low)
}

// DivBy is x/c as x times 1/c, which is rounded first.
func (b *Builder) DivBy(x Value, c float64) Value { return b.Mul(x, b.Number(1/c)) }

// Log is the natural logarithm of x; minus infinity where x isn't above 0.
//
// x is 2^k m with m in [sqrt(1/2), sqrt(2)), whatever its bits, and the logarithm of m a polynomial of f = m - 1.
func (b *Builder) Log(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		if !(c > 0) {
			return b.Number(math.Inf(-1))
		}
		return b.Number(libm.Log(float64(c)))
	}
	const (
		rootOfHalf = 0x3f3504f3 // its bits
		ln2Hi      = 0x1.62e4p-1
		ln2Lo      = 0x1.7f7d1cp-20
	)
	bits := b.Bits(x)
	k := b.ShiftRight(b.IntSub(bits, b.Whole(rootOfHalf)), 23)
	m := b.Assume(b.AsFloat(b.IntSub(bits, b.ShiftLeft(k, 23)), -1), math.Sqrt2/2, math.Sqrt2)
	f := b.Sub(m, b.Number(1))
	q := b.Polynomial(f, -0x1.fffffap-2, 0x1.5556f2p-2, -0x1.0004aep-2, 0x1.98d33p-3, -0x1.535ac6p-3, 0x1.317f18p-3, -0x1.250fdap-3, 0x1.65fda2p-4)
	e := b.Convert(k)
	small := b.Add(b.MulAnyway(b.Mul(f, f), q), b.Mul(e, b.Number(ln2Lo)))
	y := b.Add(b.Mul(e, b.Number(ln2Hi)), b.Add(f, small))
	y = b.Assume(b.known(y, -25, -48), -178, 178) // of any bits
	if b.bounds[x].low > 0 && b.bounds[x].finite() {
		return y
	}
	return b.Select(b.Less(b.Number(0), x), y, b.Number(math.Inf(-1)))
}

// Sqrt is the root of x, which counts as 0 below 2^-100; minus infinity where x is below 0, and no number where it is infinite.
func (b *Builder) Sqrt(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		if c < 0 {
			return b.Number(math.Inf(-1))
		}
		return b.Number(math.Sqrt(float64(c)))
	}
	y := b.root(b.Flush(b.Abs(x))) // of -0, too, even where x can't be below 0
	if b.bounds[x].low >= 0 {
		return y
	}
	return b.Select(b.Less(x, b.Number(0)), b.Number(math.Inf(-1)), y)
}

// root is the root of an a that is 0 or at least 2^-100.
//
// A difference of bits is 1/sqrt(a), roughly, and a polynomial makes it good to 2^-15, from below, so that its square
// can't overflow. A step of Newton's is the rest, in which no number is subnormal: what y*y lacks is at least 2^-124.
func (b *Builder) root(a Value) Value {
	const magic = 0x5f1ff800
	r := b.Assume(b.AsFloat(b.IntSub(b.Whole(magic), b.ShiftDown(b.Bits(a), 1)), -66), 0x1p-66, 0x1p66)
	t := b.MulAnyway(b.MulAnyway(a, r), r)
	r = b.MulAnyway(r, b.Polynomial(t, 0x1.0d23c8p+1, -0x1.c30232p+0, 0x1.53cdbep-1))
	y := b.MulAnyway(a, r)
	rest := b.Sub(a, b.MulAnyway(y, y))
	y = b.Add(y, b.MulAnyway(rest, b.MulAnyway(r, b.Number(0.5))))
	y = b.known(y, -51, -74)
	return b.Assume(y, 0, math.Sqrt(b.bounds[a].high))
}

// Tanh is the hyperbolic tangent: u/(u + 2) with u = e^2x - 1. Of no number it is 1.
func (b *Builder) Tanh(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		u := libm.Expm1(2 * max(min(float64(c), 20), -20))
		return b.Number(u / (u + 2))
	}
	const one = 18.1 // from here on the tangent of half of it is 1
	u := b.expm1(b.Flush(b.held(b.Add(x, x), -one, one)))
	d := b.Assume(b.Add(u, b.Number(2)), 0.99, 0x1p27)
	r := b.roughInverse(d, b.Bits(d))
	y := b.MulAnyway(u, r)
	rest := b.Sub(b.Sub(u, b.Add(y, y)), b.MulAnyway(y, u)) // u - y d, but for the rounding of d
	y = b.Add(y, b.MulAnyway(r, rest))
	c := b.bounds[u]
	return b.Assume(b.known(y, min(c.least, 0)-2, -149), -1, 1)
}

// Floor is the largest whole number that is not above x.
func (b *Builder) Floor(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		return b.Number(math.Floor(float64(c)))
	}
	const whole = 1 << 23 // and above all numbers are
	inside := b.Less(b.Abs(x), b.Number(whole))
	y := b.Convert(b.Truncate(b.Select(inside, x, b.Number(0))))
	y = b.Sub(y, b.Select(b.Less(x, y), b.Number(1), b.Number(0)))
	y = b.known(b.Select(inside, y, x), 0, 0)
	return b.Assume(y, b.bounds[x].low-1, b.bounds[x].high)
}

// Power is x^n, for a whole n above 0.
func (b *Builder) Power(x Value, n int) Value {
	if n == 1 {
		return x
	}
	half := b.Power(x, n/2)
	y := b.Mul(half, half)
	if n%2 == 1 {
		y = b.Mul(y, x)
	}
	return y
}

// Polynomial is c[0] + x (c[1] + x (c[2] + ...)).
func (b *Builder) Polynomial(x Value, c ...float64) Value {
	p := b.Number(c[len(c)-1])
	for k := len(c) - 2; k >= 0; k-- {
		p = b.Add(b.Mul(p, x), b.Number(c[k]))
	}
	return p
}
