package network

import (
	"math"

	"einet/libm"
)

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
