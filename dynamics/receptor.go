package dynamics

import (
	"math"
	"strings"

	"einet/libm"
	"einet/network"
)

// A Receptor gathers the synapses of one shape, time constant and sign.
type Receptor struct {
	network.Shape
	Excitatory bool
	Symbol     string // the conductance of a model that takes it; empty of a current

	PRR   float32 // decay of g over a step, e^(-dt/tau_syn)
	PVR   float32 // what g at the start of a step adds to V at its end; of LIF
	PYY   float32 // decay of y over a step; of shapes with two states
	PGY   float32 // what y at the start of a step adds to g
	PVY   float32 // what y adds to V; of LIF
	Scale float32 // s: weight of one unit of fixed point, a power of two
	Grid  float32 // B_r: (g + B_r) - B_r puts g on its grid, where it is below B_r

	Half     float32 // H_r, decay of g over half a step; of LIFCond
	HalfY    float32 // H_y, what y adds to g in half a step; of shapes with two states
	Reversal float32 // relative to E_L [mV]; of conductances

	name    string     // of those that a model names
	force   forceTable // of conductances of a model
	changed bool       // a model takes g times factor
	factor  float32    // of a change of inhibition
}

// States is the number of states that a neuron has for the receptor: g, and y of
// an Alpha or Biexponential.
func (r *Receptor) States() int {
	switch r.Synapse {
	case network.Delta:
		return 0
	case network.Alpha, network.Biexponential:
		return 2
	}
	return 1
}

// synapses are what a receptor gathers.
type synapses struct {
	network.Shape
	excitatory bool
	receptor   string // by that name, of a model
}

// Conductive tells whether its weights are conductances, of which there are only magnitudes.
func (p *Population) Conductive(receptor int) bool {
	return p.Neuron == network.LIFCond || p.Receptors[receptor].Symbol != ""
}

// receptor finds or adds a receptor and returns its number.
func (p *Population) receptor(n *network.Population, s synapses, dt float64) int {
	for r, x := range p.Receptors {
		if x.Shape == s.Shape && x.Excitatory == s.excitatory && x.name == s.receptor {
			return r
		}
	}
	r := Receptor{Shape: s.Shape, Excitatory: s.excitatory, name: s.receptor}
	if n.Model != nil && s.Synapse != network.Delta {
		r.Symbol = symbol(n.Model, s.receptor, s.excitatory)
	}
	if s.Synapse != network.Delta {
		r.propagators(&p.Membrane, dt)
	}
	switch {
	case r.Symbol != "":
		r.Reversal = float32(n.Model.Mean("E_" + strings.TrimPrefix(r.Symbol, "g_")))
		r.force = newForceTable(n.Model, r.Symbol)
	case p.Neuron == network.LIFCond && s.excitatory:
		r.Reversal = float32(n.EEx - n.EL)
	case p.Neuron == network.LIFCond:
		r.Reversal = float32(n.EIn - n.EL)
	}
	p.Receptors = append(p.Receptors, r)
	return len(p.Receptors) - 1
}

// propagators writes P_vr, the response of V to a current that decays with
// tau_r, as R (dt/tau_m) e^(-dt/tau_m) (e^q - 1)/q with q = dt (1/tau_m - 1/tau_r),
// which is R tau_r/(tau_r - tau_m) (P_rr - P_vv) and has no singularity. A model has no exact response of V.
func (r *Receptor) propagators(m *Membrane, dt float64) {
	r.PRR, r.Half = float32(libm.Exp(-dt/r.TauSyn)), float32(libm.Exp(-dt/(2*r.TauSyn)))
	exact := m.MVV != 0
	if exact {
		r.PVR = float32(decaying(m, r.TauSyn, dt))
	}
	switch r.Synapse {
	case network.Alpha:
		rise := float64(math.E * (dt / r.TauSyn))
		r.PYY = r.PRR
		r.PGY = float32(rise * libm.Exp(-dt/r.TauSyn))
		r.HalfY = float32(float64(rise/2) * libm.Exp(-dt/(2*r.TauSyn)))
		if exact {
			q := float64(dt*(r.TauSyn-m.TauM)) / float64(m.TauM*r.TauSyn)
			perStep := float64(float64(dt/m.TauM*libm.Exp(-dt/m.TauM)) * m.R)
			r.PVY = float32(float64(rise*perStep) * psi(q))
		}
	case network.Biexponential:
		r.PYY = float32(libm.Exp(-dt / r.TauRise))
		r.PGY, r.HalfY = float32(r.Peak()*r.Difference(dt)), float32(r.Peak()*r.Difference(dt/2))
		if exact {
			r.PVY = float32(r.Peak() * (decaying(m, r.TauSyn, dt) - decaying(m, r.TauRise, dt)))
		}
	case network.Exponential, network.Delta:
	}
}

// decaying is what a current of 1 that decays with tau adds to V in a step.
func decaying(m *Membrane, tau, dt float64) float64 {
	ratio := 1.0
	if q := float64(dt*(tau-m.TauM)) / float64(m.TauM*tau); q != 0 {
		ratio = libm.Expm1(q) / q
	}
	return float64(float64(float64(dt/m.TauM*libm.Exp(-dt/m.TauM))*ratio) * m.R)
}
