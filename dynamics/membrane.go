package dynamics

import (
	"errors"
	"fmt"
	"math"

	"einet/libm"
	"einet/network"
)

// A Membrane holds the coefficients of V. Potentials are relative to E_L and on
// the grid of V.
type Membrane struct {
	EL         float64 // leak potential [mV]
	VTh        float32 // [mV]; the mean where neurons have their own
	VReset     float32 // [mV]
	GridV      float32 // B_v: (V + B_v) - B_v puts V on its grid, of B_v 2^-23 where V is not negative [mV]
	Refractory int     // t_ref [steps]; the least that a neuron may have where they have their own
	MVV        float32 // change of V over a step relative to V, e^(-dt/tau_m) - 1, without synapses

	R    float64 // resistance, that makes mV of the network's currents [mV/pA]; 1 where those are in mV
	TauM float64 // membrane time constant [ms], of LIFCond without synapses

	Leak float32 // g_L [nS] of LIFCond
	PerC float32 // a = dt/C_m [mV/pA] of LIFCond
}

// newMembrane returns with the membrane the factor from the input to what engines
// add: to V for LIF, to the current for LIFCond.
func newMembrane(p *network.Population, dt float64) (Membrane, float64) {
	m := Membrane{
		EL: p.EL, GridV: float32(p.Resolution() * 0x1p23), Refractory: steps(p.TRef, dt), R: 1, TauM: p.TauM,
	}
	m.VTh, m.VReset = onGrid(p.VTh.Mean()-p.EL, m.GridV), onGrid(p.VReset-p.EL, m.GridV)
	switch {
	case p.Neuron == network.LIFCond:
		m.R, m.TauM = 1/p.GL, p.CM/p.GL
		m.Leak, m.PerC = float32(p.GL), float32(dt/p.CM)
	case p.CM > 0:
		m.R = p.TauM / p.CM
	}
	m.MVV = float32(libm.Expm1(-dt / m.TauM))
	if p.Neuron == network.LIFCond {
		return m, 1
	}
	return m, float64(-libm.Expm1(-dt/m.TauM) * m.R)
}

// Absolute is the membrane potential [mV] that is v relative to E_L.
func (m *Membrane) Absolute(v float32) float32 { return float32(float64(v) + m.EL) }

// MaxZ is the largest z = dt G/C_m for which Phi is an approximation. A step with
// a larger one is an error.
const MaxZ = 4

// Phi holds the coefficients of (1 - e^-z)/z on [0, MaxZ], from that of z^0 on:
// the interpolation at the ten Chebyshev nodes, computed with 60 digits.
var Phi = [10]float32{
	0x1p+0, -0x1.ffffdep-2, 0x1.555316p-3, -0x1.553802p-5, 0x1.104ceep-7,
	-0x1.661d86p-10, 0x1.831996p-13, -0x1.458abap-16, 0x1.73e932p-20, -0x1.a3b178p-25,
}

// psi is the integral of s e^(qs) over s from 0 to 1, which is ((q-1) e^q + 1)/q^2.
func psi(q float64) float64 {
	if math.Abs(q) > 1 {
		return (float64((q-1)*libm.Exp(q)) + 1) / float64(q*q)
	}
	sum, term := 0.0, 1.0 // q^k/k!
	for k := 0.0; k <= 20; k++ {
		sum += term / (k + 2)
		term = float64(term*q) / (k + 1)
	}
	return sum
}

// ErrTooConductive says that a step is too long for the conductances in it.
var ErrTooConductive = errors.New("dt (g_L + conductances)/C_m is above 4, where a step is not resolved: use a smaller dt or smaller weights")

// TooConductive is the error of a neuron (its global id) whose z goes above MaxZ in a step: of the first such step, and
// the lowest id in it.
func (m *Model) TooConductive(neuron int, step int64) error {
	i := m.populationOf(neuron)
	return fmt.Errorf("populations.%s: neuron %d, step %d (%.12g ms): %w", m.Network.Populations[i].Name,
		m.Populations[i].Offset+neuron-m.Populations[i].First, step, float64(step)*m.Network.Dt, ErrTooConductive)
}
