package network

import (
	"math"

	"einet/libm"
)

// Cuts of a drawn weight or delay, in standard deviations (of the logarithm, for
// LogNormal).
const cutAt = 5

// LogNormalOf is the parameters of a LogNormal: the variable is sign e^(mu + sigma
// z), z standard normal.
func (d Dist) LogNormalOf() (sign, mu, sigma float64) {
	mean, sign := math.Abs(d.A), 1.0
	if d.A < 0 {
		sign = -1
	}
	ratio := d.B / mean
	variance := libm.Log1p(float64(ratio * ratio))
	return sign, libm.Log(mean) - float64(variance/2), math.Sqrt(variance)
}

// WeightBounds enclose what is drawn of a weight: a normal one keeps the sign of its
// mean.
func (d Dist) WeightBounds() (lo, hi float64) {
	lo, hi = d.cut()
	if d.Kind == Normal && d.A >= 0 {
		lo = max(lo, 0)
	} else if d.Kind == Normal {
		hi = min(hi, 0)
	}
	return lo, hi
}

// cut is the bounds of the distribution, of Normal and LogNormal also at 5 standard
// deviations.
func (d Dist) cut() (lo, hi float64) { return d.within(cutAt) }

// within is the bounds of the distribution, of Normal and LogNormal also at so many
// standard deviations.
func (d Dist) within(deviations float64) (lo, hi float64) {
	switch d.Kind {
	case Uniform:
		return d.A, d.B
	case Normal:
		half := float64(deviations * d.B)
		lo, hi = d.A-half, d.A+half
	case LogNormal:
		sign, mu, sigma := d.LogNormalOf()
		half := float64(deviations * sigma)
		lo, hi = libm.Exp(mu-half), libm.Exp(mu+half)
		if sign < 0 {
			lo, hi = -hi, -lo
		}
	default:
		return d.A, d.A
	}
	return max(lo, d.Low), min(hi, d.High)
}

// CDF is the probability that the variable, before it is cut, is below x.
func (d Dist) CDF(x float64) float64 {
	switch d.Kind {
	case Uniform:
		return min(max((x-d.A)/(d.B-d.A), 0), 1)
	case Normal:
		return libm.NormalCDF((x - d.A) / d.B)
	case LogNormal:
		sign, mu, sigma := d.LogNormalOf()
		if x*sign <= 0 {
			return (1 - sign) / 2
		}
		below := libm.NormalCDF((libm.Log(math.Abs(x)) - mu) / sigma)
		if sign < 0 {
			return 1 - below
		}
		return below
	case Constant, "":
	}
	if x > d.A {
		return 1
	}
	return 0
}

// MaxDelayCodes is how many different delays a projection may have, from its
// smallest step to its largest.
const MaxDelayCodes = 64

// DelaySteps is the smallest delay that a projection can have and the largest
// [steps of dt].
func (p *Projection) DelaySteps(dt float64) (first, last int) {
	lo, hi := p.Delay.cut()
	if p.Rule == List && len(p.Edges.Delay) > 0 {
		lo, hi = math.Inf(1), 0
		for _, d := range p.Edges.Delay {
			lo, hi = min(lo, d), max(hi, d)
		}
	}
	first = max(1, int(math.Round(min(lo, 1e12)/dt)))
	return first, max(first, int(math.Round(min(hi, 1e12)/dt)))
}
