package validate

import (
	"slices"

	"math"

	"einet/network"
)

// A ClaimControl is a claim's measurement in a network in which the claim must not
// hold: what holds there too is no evidence.
type ClaimControl struct {
	Name     string   `json:"control"`
	Measured *float64 `json:"measured"` // null where it could not be measured
	Fails    bool     `json:"fails"`    // as it must
	Note     string   `json:"note,omitempty"`
}

// The control networks, by what is changed. docs/claims.md says why each claim has its own.
const (
	withoutSynapses = "uncoupled"
	atMeanInput     = "uncoupled, at the network's mean net input"
	halfInhibition  = "unbalanced: inhibition of %s x 0.5"
	longDelays      = "synchronous: delays + 2 ms"
	weakScaling     = "weights as 1/N"
	moreInput       = "input + 10 %"
	strongCoupling  = "weights x 20"
)

// Why a control has no value.
const (
	silent  = "silent"
	noRise  = "its rate does not rise"
	noChaos = "the trains never part"
)

// A control is the value of a measurement in a control network.
type control struct {
	name  string
	x     float64
	note  string
	lacks bool // what the claim presumes, whatever the value
}

// becauseNaN adds why there is no value where there is none.
func (k control) becauseNaN(note string) control {
	if math.IsNaN(k.x) {
		k.note = note
	}
	return k
}

// uncoupled is net without its recurrent synapses.
func uncoupled(net *network.Network) *network.Network {
	n := clone(net)
	n.Projections = nil
	return n
}

// constantly is the cells of net with nothing but a constant input, of so many mV for
// each population.
func constantly(net *network.Network, mV []float64) *network.Network {
	n := uncoupled(net)
	for i := range n.Populations {
		p := &n.Populations[i]
		if p.Neuron != network.LIF {
			continue
		}
		in := mV[i]
		if p.CM > 0 { // currents are in pA
			in *= p.CM / p.TauM
		}
		p.Input = network.Input{network.DC(in)}
		p.Bias, p.PoissonInput, p.WhiteNoise, p.OUNoise = network.Dist{}, nil, 0, network.OUNoise{}
	}
	n.Groups = slices.Clone(n.Groups)
	for i := range n.Groups {
		g := &n.Groups[i]
		*g = network.Group{Population: g.Population, Name: g.Name, Neurons: g.Neurons, Count: g.Count}
	}
	return n
}

// unbalanced is net with half the inhibition of its first population: half of all
// inhibition would leave the network balanced, with other rates.
func unbalanced(net *network.Network) *network.Network {
	n := clone(net)
	for i := range n.Projections {
		if p := &n.Projections[i]; p.To == n.Populations[0].Name && p.Weight.Mean() < 0 {
			p.Weight = p.Weight.Times(0.5)
		}
	}
	return n
}

// synchronous is net with delays long enough for inhibition to come too late.
func synchronous(net *network.Network) *network.Network {
	n := clone(net)
	for i := range n.Projections {
		n.Projections[i].Delay = n.Projections[i].Delay.Plus(float64(n.Steps(2)) * n.Dt)
	}
	return n
}

// stronger is net with its weights multiplied.
func stronger(net *network.Network, factor float64) *network.Network {
	n := clone(net)
	for i := range n.Projections {
		n.Projections[i].Weight = n.Projections[i].Weight.Times(factor)
	}
	return n
}

// weak is net with weights that go with 1/N where it is scaled, and inputs that stay:
// the scaling of a mean field, without balance.
func weak(net *network.Network) *network.Network {
	n := clone(net)
	n.Scale = network.Scaling{Weight: -1}
	return n
}
