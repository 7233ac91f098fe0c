// Package theory predicts what a network does without simulating it: closed
// forms of one neuron, the mean-field rates of populations (Siegert 1951, Brunel
// 2000) and the balance of van Vreeswijk & Sompolinsky (1996). Its one
// invariant: nothing is fitted or simulated here, every number follows from
// the network's parameters alone. docs/theory.md has the equations.
package theory

import "math"

// A LIF is a leaky integrate-and-fire neuron, tau_m dV/dt = -(V - E_L) + I.
// Times are in ms, potentials in mV.
type LIF struct {
	TauM, EL, VTh, VReset, TRef float64
}

// Constant is the rate [Hz] under a constant input R*I [mV]: the f-I curve,
// 1/rate = t_ref + tau_m ln((mean - V_reset)/(mean - V_th)) with mean = E_L + I,
// and 0 where the mean does not exceed the threshold.
func (n LIF) Constant(input float64) float64 {
	above := n.EL + input - n.VTh
	if !(above > 0) {
		return 0
	}
	return 1000 / (n.TRef + n.TauM*math.Log1p((n.VTh-n.VReset)/above))
}

// PSP is the postsynaptic potential [mV] a time t [ms] after a spike arrived
// through an exponential synapse whose current jumps by weight [mV],
// weight tau_s/(tau_s - tau_m) (e^(-t/tau_s) - e^(-t/tau_m)), written so that it
// holds for equal time constants too. It is 0 before the spike.
func PSP(weight, tauM, tauSyn, t float64) float64 {
	if t <= 0 {
		return 0
	}
	ratio, q := 1.0, t*(tauSyn-tauM)/(tauM*tauSyn)
	if q != 0 {
		ratio = math.Expm1(q) / q
	}
	if q > 1 { // e^q alone may overflow
		return weight * tauSyn / (tauSyn - tauM) * (math.Exp(-t/tauSyn) - math.Exp(-t/tauM))
	}
	return weight * t / tauM * math.Exp(-t/tauM) * ratio
}

// PSPPeak is the time [ms] and height [mV] of the largest postsynaptic
// potential of PSP, t = tau_m tau_s/(tau_m - tau_s) ln(tau_m/tau_s).
func PSPPeak(weight, tauM, tauSyn float64) (t, height float64) {
	ratio, x := 1.0, tauM/tauSyn-1
	if x != 0 {
		ratio = math.Log1p(x) / x
	}
	t = tauM * ratio
	return t, PSP(weight, tauM, tauSyn, t)
}
