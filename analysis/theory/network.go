package theory

import (
	"errors"
	"fmt"
	"slices"

	"einet/network"
)

// ErrNotCovered is the error of FromNetwork for a network that this theory
// has no equations for.
var ErrNotCovered = errors.New("mean-field theory does not cover this network")

// FromNetwork gives the mean-field equations of a valid network. Weights and
// delays enter by their means; delays do not matter to a stationary state. It
// fails with ErrNotCovered where there are no equations for a part of the network.
func FromNetwork(net *network.Network) (*System, error) {
	s := &System{}
	for i := range net.Populations {
		p := &net.Populations[i]
		if p.Neuron != network.LIF {
			return nil, fmt.Errorf("%w: populations.%s.neuron: is %s, the theory is that of %s", ErrNotCovered, p.Name, p.Neuron, network.LIF)
		}
		input, ok := p.Input.Constant()
		if !ok {
			return nil, fmt.Errorf("%w: populations.%s.input: varies in time, the theory is that of stationary states", ErrNotCovered, p.Name)
		}
		s.Populations = append(s.Populations, Population{
			Name:   p.Name,
			Neuron: LIF{TauM: p.TauM, EL: p.EL, VTh: p.VTh, VReset: p.VReset, TRef: p.TRef},
			Input:  input,
		})
	}
	for i := range net.Projections {
		p := &net.Projections[i]
		if p.Rule != network.FixedProbability {
			return nil, fmt.Errorf("%w: projections.%s.rule: is %s, the theory has %s", ErrNotCovered, p.Name, p.Rule, network.FixedProbability)
		}
		from, to := net.Population(p.From), net.Population(p.To)
		n := float64(net.Populations[from].Size)
		s.Populations[to].Sources = append(s.Populations[to].Sources, Source{
			From: from, InDegree: n * p.P, Charge: p.Weight * p.TauSyn, TauSyn: p.TauSyn,
			InDegreeVar: n * p.P * (1 - p.P), RateVarFactor: n * p.P * (1 - p.P),
		})
	}
	return s, nil
}

// WithInput is the network with its constant external input multiplied by a
// factor. The rest, and input that is not constant, is shared with net.
func WithInput(net *network.Network, factor float64) *network.Network {
	scaled := *net
	scaled.Populations = slices.Clone(net.Populations)
	for i := range scaled.Populations {
		p := &scaled.Populations[i]
		if input, ok := p.Input.Constant(); ok {
			p.Input = network.Input{network.DC(factor * input)}
		}
	}
	return &scaled
}
