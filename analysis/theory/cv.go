package theory

import "math"

// CV is the coefficient of variation of the inter-spike intervals under
// Gaussian white input (Brunel 2000, appendix A.1):
//
//	CV^2 = 2 pi (rate tau_m)^2 int_(y_r)^(y_th) e^(x^2) int_(-inf)^x e^(y^2) (1 + erf y)^2 dy dx
//
// with mean and sigma [mV] as in Rate. It tends to 0 without noise and to 1
// (a Poisson process, but for t_ref) far below threshold; NaN where the neuron never fires.
func (n LIF) CV(mean, sigma float64) float64 {
	rate := n.Rate(mean, sigma, 0) / 1000
	if rate == 0 {
		return math.NaN()
	}
	if !(sigma > (n.VTh-n.VReset)*noNoise) {
		return 0
	}
	upper, lower := (n.VTh-mean)/sigma, (n.VReset-mean)/sigma
	// Both integrals carry e^(-upper^2), as rate does inversely, where upper > 0.
	top := max(0, upper)
	scaled := rate * n.TauM / math.Exp(-top*top)
	outer := func(t float64) float64 { // x = sinh(t), as in integrateErfcx
		x := math.Sinh(t)
		return cvInner(x, top) * math.Cosh(t)
	}
	from, to := math.Asinh(lower), math.Asinh(upper)
	if top > 0 {
		// Nothing below contributes: e^(2x^2 - 2top^2) < 1e-17 there, unless x < 0.
		if low := square(top) - 20; low > 0 && lower >= 0 {
			from = max(from, math.Asinh(math.Sqrt(low)))
		}
	}
	panels := 4 + int(4*math.Abs(to-from)) + int(top*top)
	return scaled * math.Sqrt(2*math.Pi*integrate(outer, from, to, panels))
}

// cvInner is e^(x^2 - 2 top^2) int_(-inf)^x e^(y^2) (1 + erf y)^2 dy.
func cvInner(x, top float64) float64 {
	const panels = 2
	tail := min(0, x) // what is left of 0: e^(y^2) (1 + erf y)^2 = e^(-y^2) erfcx(-y)^2
	far := 40 / (math.Sqrt(tail*tail+40) - tail)
	left := integrate(func(s float64) float64 {
		return math.Exp(s*(2*tail-s)) * square(erfcx(s-tail))
	}, 0, far, panels)
	if x <= 0 {
		return left * math.Exp(-2*top*top)
	}
	reach := min(x, 40/x) // e^(-s (2x - s)) is nothing beyond
	right := integrate(func(s float64) float64 {
		return math.Exp(-s*(2*x-s)) * square(1+math.Erf(x-s))
	}, 0, reach, panels)
	return left*math.Exp(x*x-2*top*top) + right*math.Exp(2*(x-top)*(x+top))
}
