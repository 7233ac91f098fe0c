package network

import (
	"math"

	"einet/libm"
)

// A Synapse names the course of the current, or conductance, that follows a spike.
type Synapse string

// The shapes: Exponential jumps by the weight and decays with tau_syn; Alpha
// rises to the weight within tau_syn; Biexponential rises to it with tau_rise and decays with tau_syn;
// Delta moves V itself by the weight [mV].
const (
	Exponential   Synapse = "exponential"
	Alpha         Synapse = "alpha"
	Biexponential Synapse = "biexponential"
	Delta         Synapse = "delta"
)

// Shapes are all of them, in the order in which they are told.
var Shapes = []string{string(Exponential), string(Alpha), string(Biexponential), string(Delta)}

// A Shape is a Synapse with its time constants.
type Shape struct {
	Synapse Synapse
	TauSyn  float64 // of the decay [ms]; 0 of a Delta
	TauRise float64 // of the rise, below TauSyn [ms]; of a Biexponential
}

// Shape is that of the synapses.
func (p *Projection) Shape() Shape { return Shape{p.Synapse, p.TauSyn, p.TauRise} }

// Shape is that of the synapses.
func (in *PoissonInput) Shape() Shape { return Shape{in.Synapse, in.TauSyn, in.TauRise} }

// Rise is the time constant with which it rises [ms]: 0 where it jumps, TauSyn of an Alpha.
func (s Shape) Rise() float64 {
	if s.Synapse == Alpha {
		return s.TauSyn
	}
	return s.TauRise
}

// Peak is the factor by which the difference of the two exponentials of a Biexponential, e^(-t/tau_syn) - e^(-t/tau_rise), has a
// maximum of 1.
func (s Shape) Peak() float64 {
	faster := 1/s.TauRise - 1/s.TauSyn
	return 1 / s.Difference(libm.Log(s.TauSyn/s.TauRise)/faster)
}

// Difference is e^(-t/tau_syn) - e^(-t/tau_rise).
func (s Shape) Difference(t float64) float64 {
	return -libm.Exp(-t/s.TauSyn) * libm.Expm1(-t*(1/s.TauRise-1/s.TauSyn))
}

// Area is the integral of what a spike brings through a weight of 1 [ms], 0 of a Delta.
func (s Shape) Area() float64 {
	switch s.Synapse {
	case Alpha:
		return math.E * s.TauSyn
	case Biexponential:
		return s.Peak() * (s.TauSyn - s.TauRise)
	case Delta:
		return 0
	case Exponential:
	}
	return s.TauSyn
}
