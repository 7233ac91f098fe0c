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
	case OfNodes:
		return d.Low, d.High
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
	case OfNodes:
		return d.Nodes.below(x)
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

// drawnDelaySteps are those of DelaySteps where delays do not go by distance.
func (p *Projection) drawnDelaySteps(dt float64) (first, last int) {
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
	if d.Kind == OfNodes {
		return d.mapped(func(y float64) float64 { return y + x })
	}
	if d.A, d.Low, d.High = d.A+x, d.Low+x, d.High+x; d.Kind == Uniform {
		d.B += x
	}
	return d
}

// Times is the distribution of s times the variable, s > 0.
func (d Dist) Times(s float64) Dist {
	if d.Kind == OfNodes {
		return d.mapped(func(y float64) float64 { return y * s })
	}
	d.A, d.B, d.Low, d.High = d.A*s, d.B*s, d.Low*s, d.High*s
	return d
}

// Moments is the mean and the standard deviation of what is drawn per neuron, held to its
// bounds.
func (d Dist) Moments() (mean, sd float64) { return d.moments(d.Low, d.High) }

// WeightMoments is the mean and the standard deviation of what is drawn of a weight, but
// for the rounding to its codes.
func (d Dist) WeightMoments() (mean, sd float64) { return d.moments(d.WeightBounds()) }

// moments is the mean and the standard deviation of the variable held to bounds, as Redraw
// says.
func (d Dist) moments(lo, hi float64) (mean, sd float64) {
	switch {
	case d.IsNumber():
		return d.Mean(), 0
	case d.Kind == OfNodes:
		return d.A, d.B
	case d.Kind == Uniform:
		return d.Mean(), (d.B - d.A) / math.Sqrt(12)
	case math.IsInf(lo, -1) && math.IsInf(hi, 1):
		return d.A, d.B
	case d.Kind == Normal:
		first, second := d.held((lo-d.A)/d.B, (hi-d.A)/d.B, normalPart)
		return d.A + float64(d.B*first), float64(d.B * math.Sqrt(max(0, second-float64(first*first))))
	case d.A < 0:
		mean, sd = d.Negated().moments(-hi, -lo)
		return -mean, sd
	}
	first, second := d.held(lo/d.A, hi/d.A, d.logNormalPart)
	return float64(d.A * first), float64(d.A * math.Sqrt(max(0, second-float64(first*first))))
}

// held is the mean and the mean square of a variable that is held to a and b, both in other
// units than d. below gives the integrals of its density, and of x and x^2 times that, up to
// a value.
func (d Dist) held(a, b float64, below func(x float64) (p, first, second float64)) (first, second float64) {
	p0, first0, second0 := below(a)
	p1, first1, second1 := below(b)
	first, second = first1-first0, second1-second0
	if d.Redraw {
		return first / (p1 - p0), second / (p1 - p0)
	}
	if !math.IsInf(a, -1) {
		first, second = first+float64(a*p0), second+float64(a*float64(a*p0))
	}
	if !math.IsInf(b, 1) {
		first, second = first+float64(b*(1-p1)), second+float64(b*float64(b*(1-p1)))
	}
	return first, second
}

// logNormalPart is the integrals of a LogNormal of positive mean, in units of its mean, up to x.
func (d Dist) logNormalPart(x float64) (p, first, second float64) {
	_, _, sigma := d.LogNormalOf()
	square := libm.Exp(float64(sigma * sigma)) // the mean square
	switch {
	case x <= 0:
		return 0, 0, 0
	case math.IsInf(x, 1):
		return 1, 1, square
	}
	z := libm.Log(x)/sigma + sigma/2
	return libm.NormalCDF(z), libm.NormalCDF(z - sigma), float64(square * libm.NormalCDF(z-2*sigma))
}

// normalPart is the integrals of a standard normal variable up to z.
func normalPart(z float64) (p, first, second float64) {
	p = libm.NormalCDF(z)
	if math.IsInf(z, 0) {
		return p, 0, p
	}
	density := float64(libm.Exp(-float64(z*z)/2) / math.Sqrt(2*math.Pi))
	return p, -density, p - float64(z*density)
}
