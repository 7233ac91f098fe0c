package network

import (
	"math"

	"einet/libm"
)

// CurrentUnit is the unit of the population's currents.
func (p *Population) CurrentUnit() string {
	if p.Model != nil {
		return p.Model.CurrentUnit().String()
	}
	if p.CM > 0 {
		return "pA"
	}
	return "mV"
}

// InputUnit is the unit of recorded and averaged input: mV, of R*I, or pA where a model of neurons does not tell R, by a parameter
// g_L [nS].
func (p *Population) InputUnit() string {
	if p.Model == nil || p.CurrentUnit() == "mV" || p.Model.Leak() > 0 {
		return "mV"
	}
	return "pA"
}

// WeightUnit is the unit of the weights of synapses of that shape onto the
// population, to a receptor of its model or, where that is empty, to none that has a name.
func (p *Population) WeightUnit(s Synapse, receptor string) string {
	switch {
	case p.Model != nil:
		return p.Model.weightUnit(s, receptor)
	case p.Neuron == LIFCond:
		return "nS"
	case p.CM > 0 && s != Delta:
		return "pA"
	}
	return "mV"
}

// coarsest is the largest distance from E_L that counts for the resolution of V [mV]: a threshold that is
// never reached makes V no coarser.
const coarsest = 64

// Resolution is the step of V's grid [mV], q_v of docs/equations.md, of a population that has a
// membrane: float32 has 2^23 of them between E_L and a power of two that holds threshold and reset.
func (p *Population) Resolution() float64 {
	farthest := max(math.Abs(p.VTh.Mean()-p.EL), math.Abs(p.VReset-p.EL))
	return libm.PowerOfTwo(min(farthest, coarsest)) * 0x1p-23
}
