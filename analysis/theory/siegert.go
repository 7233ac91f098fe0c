package theory

import "math"

// Alpha is |zeta(1/2)| sqrt(2) = 2.0653: half of it times sqrt(tau_s/tau_m) is
// by how much the bounds of Siegert's integral move for coloured noise
// (Fourcaud & Brunel, Neural Comput. 14, 2002; as a shift of both bounds: Schuecker,
// Diesmann & Helias, Phys. Rev. E 92, 2015).
const Alpha = 1.4603545088095868 * math.Sqrt2

// colourShift is the shift of both bounds for a synaptic time constant [ms]. It
// is of first order in k = sqrt(tau_s/tau_m), from a layer of width sigma k below
// the threshold. Where the mean is above threshold, the drift through that layer
// leaves less of it; the denominator says so. It is 1 to the order of the
// expansion, and brings rates within 2 % of simulated ones where the bare shift is 8 % off
// (docs/theory.md has the table).
func (n LIF) colourShift(mean, sigma, tauSyn float64) float64 {
	k := math.Sqrt(tauSyn / n.TauM)
	return Alpha / 2 * k / (1 + k*max(0, mean-n.VTh)/sigma)
}

// Rate is the stationary rate [Hz] under Gaussian input that is white
// (tauSyn 0) or has been filtered with a time constant tauSyn [ms]:
//
//	1/rate = t_ref + tau_m sqrt(pi) int_(y_r)^(y_th) e^(u^2) (1 + erf u) du
//	y = (V - mean)/sigma + Alpha/2 sqrt(tau_s/tau_m)  (see colourShift)
//
// (Siegert, Phys. Rev. 81, 1951; Brunel, J. Comput. Neurosci. 8, 2000).
// mean [mV] is the mean input with E_L, sigma [mV] the noise in Brunel's
// convention: the free potential would have the standard deviation
// sigma/sqrt(2). Every argument is safe: sigma = 0 is the f-I curve, and far
// below threshold the rate underflows to 0.
func (n LIF) Rate(mean, sigma, tauSyn float64) float64 {
	width := n.VTh - n.VReset
	if !(sigma > width*noNoise) {
		return n.Constant(mean - n.EL)
	}
	shift := n.colourShift(mean, sigma, tauSyn)
	upper := (n.VTh-mean)/sigma + shift
	lower := (n.VReset-mean)/sigma + shift
	scale := math.Exp(-square(max(0, upper)))
	return 1000 * scale / (n.TRef*scale + n.TauM*sqrtPi*scaledSiegert(lower, upper))
}

// noNoise is the noise, relative to V_th - V_reset, below which a rate differs
// from the f-I curve by less than its square.
const noNoise = 1e-7

func square(x float64) float64 { return x * x }

// scaledSiegert is the integral of e^(u^2) (1 + erf u) = erfcx(-u) over
// [a, b], a < b, times e^(-b^2) where b > 0, which keeps it finite. For positive u the
// integrand is 2 e^(u^2) - erfcx(u), whose first part is Dawson's integral.
func scaledSiegert(a, b float64) float64 {
	switch {
	case b <= 0:
		return integrateErfcx(-b, -a)
	case a >= 0:
		steep := 2 * (dawson(b) - math.Exp((a-b)*(a+b))*dawson(a))
		return steep - math.Exp(-b*b)*integrateErfcx(a, b)
	}
	return 2*dawson(b) + math.Exp(-b*b)*(integrateErfcx(0, -a)-integrateErfcx(0, b))
}
