package network

import (
	"math"

	"einet/libm"
)

// Cuts of a drawn weight or delay, in standard deviations (of the logarithm, for
// LogNormal).
const cutAt = 5

// leastMass is the least probability between the bounds of what is drawn again outside
// them: NEST gives up after 1000 draws of one value.
const leastMass = 1e-3

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

// Negated is the distribution of minus the variable, of a Normal or LogNormal.
func (d Dist) Negated() Dist {
	d.A, d.Low, d.High = -d.A, -d.High, -d.Low
	return d
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

// delayBounds enclose what is drawn of a delay: what is drawn again is at least half a
// step, which rounds to one.
func (d Dist) delayBounds(dt float64) (lo, hi float64) {
	lo, hi = d.cut()
	if d.Redraw {
		lo = max(lo, dt/2)
	}
	return lo, hi
}

// cut is the bounds of the distribution, of Normal and LogNormal also at 5 standard
// deviations.
func (d Dist) cut() (lo, hi float64) { return d.within(cutAt) }

// within is the bounds of the distribution, of Normal and LogNormal also at so many
// standard deviations.
func (d Dist) within(deviations float64) (lo, hi float64) {
	if d.IsNumber() {
		return d.Mean(), d.Mean()
	}
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
	}
	return max(lo, d.Low), min(hi, d.High)
}

// CDF is the probability that the variable, before it is held to its bounds, is below x.
func (d Dist) CDF(x float64) float64 {
	if d.IsNumber() {
		if x > d.Mean() {
			return 1
		}
		return 0
	}
	switch d.Kind {
	case Uniform:
		return min(max((x-d.A)/(d.B-d.A), 0), 1)
	case Normal:
		return libm.NormalCDF((x - d.A) / d.B)
	default:
		sign, mu, sigma := d.LogNormalOf()
		if x*sign <= 0 {
			return (1 - sign) / 2
		}
		below := libm.NormalCDF((libm.Log(math.Abs(x)) - mu) / sigma)
		if sign < 0 {
			return 1 - below
		}
		return below
	}
}

// cdfWithin is the probability that what is drawn within bounds is below x, for x
// between them.
func (d Dist) cdfWithin(lo, hi, x float64) float64 {
	if !d.Redraw {
		return d.CDF(x)
	}
	below := d.CDF(lo)
	return min(max((d.CDF(x)-below)/(d.CDF(hi)-below), 0), 1)
}

// mass is the probability that the variable, before it is held to its bounds, lies
// within lo and hi.
func (d Dist) mass(lo, hi float64) float64 {
	if d.IsNumber() {
		if lo <= d.A && d.A <= hi {
			return 1
		}
		return 0
	}
	return max(0, d.CDF(hi)-d.CDF(lo))
}

// MaxDelayCodes is how many steps the delays of a projection may span, from its
// smallest to its largest: package connectome has 12 bits of a synapse for that.
const MaxDelayCodes = 1 << 12

// DelaySteps is the smallest delay that a projection can have and the largest
// [steps of dt].
func (p *Projection) DelaySteps(dt float64) (first, last int) {
	lo, hi := p.Delay.delayBounds(dt)
	listed := p.Rule == List && len(p.Edges.Delay) > 0
	if listed {
		lo, hi = math.Inf(1), 0
		for _, d := range p.Edges.Delay {
			lo, hi = min(lo, d), max(hi, d)
		}
	}
	lo, hi = min(lo, 1e12)/dt, min(hi, 1e12)/dt
	if !listed && (p.Delay.Redraw || p.Delay.Kind == Uniform) && !p.Delay.IsNumber() {
		// What lies at a bound has no weight of its own: half a step short of a step, that
		// step is whole, or not there. The decimal fraction was rounded.
		const rounding = 1e-6
		lo, hi = math.Floor(lo+0.5+rounding), math.Ceil(hi-0.5-rounding)
	}
	first = max(1, int(math.Round(lo)))
	return first, max(first, int(math.Round(hi)))
}

// DelayCDF is the probability that a drawn delay is below x [ms], on a grid of dt.
func (d Dist) DelayCDF(x, dt float64) float64 {
	lo, hi := d.delayBounds(dt)
	return d.cdfWithin(lo, hi, x)
}

// WeightCDF is the probability that a drawn weight is below x.
func (d Dist) WeightCDF(x float64) float64 {
	lo, hi := d.WeightBounds()
	return d.cdfWithin(lo, hi, x)
}

// Plus is the distribution of the variable plus x.
func (d Dist) Plus(x float64) Dist {
	if d.A, d.Low, d.High = d.A+x, d.Low+x, d.High+x; d.Kind == Uniform {
		d.B += x
	}
	return d
}

// Times is the distribution of s times the variable, s > 0.
func (d Dist) Times(s float64) Dist {
	d.A, d.B, d.Low, d.High = d.A*s, d.B*s, d.Low*s, d.High*s
	return d
}
