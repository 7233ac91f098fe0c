package program

import "math"

// A bound says how small a Float can be: not zero, it is at least 2^least in magnitude, and it is a multiple of 2^grain.
// And it says where it lies, if it is a number. What may be infinite or no number has an infinite end.
type bound struct {
	least, grain int
	low, high    float64
}

// anywhere is a number of any size, but for how small it can be.
func anywhere(least, grain int) bound {
	return bound{least, grain, math.Inf(-1), math.Inf(1)}
}

// within is a bound of what lies between low and high, too, where these are taken a little wider against rounding.
func (c bound) within(low, high float64) bound {
	const wider = 0x1p-20
	c.low, c.high = low-math.Abs(low)*wider, high+math.Abs(high)*wider
	if !(c.low >= -math.MaxFloat32) {
		c.low = math.Inf(-1)
	}
	if !(c.high <= math.MaxFloat32) {
		c.high = math.Inf(1)
	}
	if c.away() {
		return c.noLess(math.Ilogb(max(c.low, -c.high)))
	}
	return c
}

// away tells whether zero is not among the numbers.
func (c bound) away() bool { return c.low > 0 || c.high < 0 }

// finite tells whether it is a number, not infinite either.
func (c bound) finite() bool { return !math.IsInf(c.low, 0) && !math.IsInf(c.high, 0) }

// noLess is a bound of what is zero or at least 2^least, too.
func (c bound) noLess(least int) bound {
	c.least = max(c.least, least)
	c.grain = max(c.grain, c.least-23)
	return c
}

// atLeast is the bound of any float that is zero or at least 2^exponent.
func atLeast(exponent int) bound { return anywhere(exponent, exponent-23) }

func ofConstant(bits uint32) bound {
	x := float64(math.Float32frombits(bits))
	switch {
	case math.IsInf(x, 0) || math.IsNaN(x):
		return anywhere(127, 104)
	case x == 0:
		return bound{127, 127, 0, 0}
	}
	_, e := math.Frexp(x)
	grain := e - 24
	for m := bits&0x7fffff | 0x800000; m&1 == 0; m >>= 1 {
		grain++
	}
	return bound{e - 1, grain, x, x}
}

// ofGrain is the bound of what comes from outside: a multiple of 2^grain, and flushed if that is GrainOfFlushed.
func ofGrain(grain int) bound {
	if grain <= GrainOfFlushed {
		return atLeast(smallest)
	}
	return anywhere(grain, grain)
}

// sum is the bound of a sum: a multiple of what both are multiples of. A term of at least 2^least makes it a multiple of
// 2^(least-24), whatever the other: where that is less than half of it, the sum is at least half of it, and
// else the other is such a multiple, too.
func sum(p, q bound) bound {
	grain := min(p.grain, q.grain)
	for _, c := range []bound{p, q} {
		if c.away() {
			grain = max(grain, c.least-24)
		}
	}
	return anywhere(grain, grain).within(p.low+q.low, p.high+q.high)
}

func (c bound) negative() bound {
	c.low, c.high = -c.high, -c.low
	return c
}

func (c bound) orZero() bound {
	c.low, c.high = min(c.low, 0), max(c.high, 0)
	return c
}
