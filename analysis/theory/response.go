package theory

import (
	"math"
	"math/cmplx"
)

// A Response is how a neuron's rate follows a small modulation of its white noise input at a frequency: the complex amplitude of the
// rate over that of what is modulated. It leads where its argument is above 0.
type Response struct {
	Mean     complex128 // to the mean input [Hz/mV]
	Variance complex128 // to sigma^2 [Hz/mV^2]
}

// Response is that of a neuron at a frequency hz above 0, with mean and sigma [mV] as in Rate. ok is false where the noise is so
// small, beside V_th - V_reset, that the equations below are too stiff; a neuron that never fires does not respond.
//
// With the density P = P0 + P1 e^(iwt) of potentials and its flux J likewise, it solves the linearised Fokker-Planck equation
//
//	iw P1 = -dJ1/dV + r1 e^(-iw t_ref) delta(V - V_reset)
//	tau_m J1 = (mean - V) P1 + mean1 P0 - (sigma^2/2) dP1/dV - (sigma1^2/2) dP0/dV
//
// with P1 = 0 and J1 = r1 at the threshold, by integration from there to where there is neither flux nor density, once for each of
// r1, mean1 and sigma1^2 (Richardson, Phys. Rev. E 76, 021919, 2007). Brunel & Hakim (Neural Comput. 11, 1999) and Brunel (2000)
// have the solution in confluent hypergeometric functions.
func (n LIF) Response(mean, sigma, hz float64) (r Response, ok bool) {
	rate := n.Rate(mean, sigma, 0)
	if rate < leastRate {
		return Response{}, true
	}
	x := integration{
		w: 2 * math.Pi * hz / 1000 * n.TauM, flux: rate / 1000 * n.TauM,
		top: (n.VTh - mean) / sigma, reset: (n.VReset - mean) / sigma,
	}
	if !(max(x.top, -x.bottom()) < farthest) {
		return Response{}, false
	}
	y := x.run(cmplx.Rect(1, -2*math.Pi*hz/1000*n.TRef))
	// In units of sigma and tau_m: mean1 enters as mean1/sigma, sigma1^2 as (sigma1/sigma)^2, and rates leave as rate*tau_m.
	unit := complex(1000/n.TauM/sigma, 0)
	return Response{
		Mean:     -y.j[byMean] / y.j[byRate] * unit,
		Variance: -y.j[byVariance] / y.j[byRate] * unit / complex(sigma, 0),
	}, true
}

// leastRate is a rate [Hz] at which neurons count as silent.
const leastRate = 1e-6

// The solutions that are superposed: for r1, mean1 and sigma1^2.
const (
	byRate = iota
	byMean
	byVariance
	solutions
)

// Of an integration in x = (V - mean)/sigma: the largest step, and that times the largest |x|, for the density changes by e^(-2x) over a
// unit; how far from the mean it goes at most; and how far below reset and mean the density ends, e^(-x^2).
const (
	responseStep = 0.04
	stiffStep    = 1.0
	farthest     = 60.0
	tail         = 5.0
)

// An integration goes from the threshold down, in units of tau_m and sigma.
type integration struct {
	w          float64 // times tau_m
	flux       float64 // of the steady state between threshold and reset: the rate
	top, reset float64
}

// A density is that of the steady state, and those of the solutions with their fluxes.
type density struct {
	p0   float64
	p, j [solutions]complex128
}

func (x *integration) bottom() float64 { return min(x.reset, 0) - tail }

// run is what comes out at the bottom. What the refractory period makes of a modulated flux enters at the reset.
func (x *integration) run(refractory complex128) density {
	var y density
	y.j[byRate] = 1
	y = x.over(y, x.top, x.reset, x.flux)
	y.j[byRate] -= refractory
	return x.over(y, x.reset, x.bottom(), 0)
}

// over integrates downwards, by the method of Runge and Kutta of the fourth order.
func (x *integration) over(y density, from, to, flux float64) density {
	step := min(responseStep, stiffStep/max(math.Abs(from), math.Abs(to)))
	n := max(1, int(math.Ceil((from-to)/step)))
	h := (to - from) / float64(n)
	for k := range n {
		at := from + float64(k)*h
		a := x.slope(at, y, flux)
		b := x.slope(at+h/2, y.plus(a, h/2), flux)
		c := x.slope(at+h/2, y.plus(b, h/2), flux)
		d := x.slope(at+h, y.plus(c, h), flux)
		y = y.plus(a, h/6).plus(b, h/3).plus(c, h/3).plus(d, h/6)
	}
	return y
}

// slope is the derivative by x.
func (x *integration) slope(at float64, y density, flux float64) (d density) {
	d.p0 = -2*at*y.p0 - 2*flux
	for k := range solutions {
		d.p[k] = scaled(y.p[k], -2*at) + scaled(y.j[k], -2)
		d.j[k] = complex(x.w*imag(y.p[k]), -x.w*real(y.p[k])) // -i w p
	}
	d.p[byMean] += complex(2*y.p0, 0)
	d.p[byVariance] -= complex(d.p0, 0)
	return d
}

func (y density) plus(d density, h float64) density {
	y.p0 += h * d.p0
	for k := range solutions {
		y.p[k] += scaled(d.p[k], h)
		y.j[k] += scaled(d.j[k], h)
	}
	return y
}

// scaled is z*by, in two products where complex numbers take four.
func scaled(z complex128, by float64) complex128 { return complex(real(z)*by, imag(z)*by) }
