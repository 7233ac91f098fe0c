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
