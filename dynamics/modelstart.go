package dynamics

import (
	"math"

	"einet/equation"
	"einet/network"
	"einet/program"
	"einet/rng"
)

// ModelStarts are the states of the neurons of population pop, which are of a model, at step 0: in the order of the model [state][neuron].
func (m *Model) ModelStarts(pop int) [][]float32 {
	return m.modelStates(pop, m.Network.Populations[pop].Model)
}

// ModelDraws are the parameters that each of these neurons has of its own: [name][neuron].
func (m *Model) ModelDraws(pop int) map[string][]float64 {
	return m.drawn(pop, m.Network.Populations[pop].Model)
}

// drawn are the parameters of a model that each neuron of population pop has its own of: [name][neuron].
func (m *Model) drawn(pop int, model *network.NeuronModel) map[string][]float64 {
	key := rng.Key{Seed: m.Network.Seed, Stream: rng.Stream(rng.Parameters, uint32(m.Populations[pop].Ordinal), 0)}
	all := map[string][]float64{}
	for k, q := range model.Parameters {
		if !q.Value.IsNumber() {
			all[q.Name] = m.sample(pop, q.Value, key, k)
		}
	}
	return all
}

// sample is a value for each neuron of population pop.
func (m *Model) sample(pop int, d network.Dist, key rng.Key, draw int) []float64 {
	p, one := &m.Populations[pop], newSample(d)
	values := make([]float64, p.Size)
	for i := range values {
		n := p.Offset + i
		values[i] = one(n, rng.Neuron(key, uint32(n), 0, uint32(draw)))
	}
	return values
}

// modelOwns puts the parameters that are drawn among the neuron's own numbers: [own][neuron].
func (m *Model) modelOwns(pop int, model *network.NeuronModel, owns [][]uint32) {
	drawn := m.drawn(pop, model)
	for k, q := range model.Parameters {
		own := m.Populations[pop].Cell.parameters[k]
		for _, x := range drawn[q.Name] {
			word := math.Float32bits(float32(x))
			if q.Name == network.TRefParameter {
				word = uint32(steps(max(x, 0), m.Network.Dt))
			} else if math.Abs(x) < program.Smallest {
				word = 0
			}
			owns[own] = append(owns[own], word)
		}
	}
}

// modelStates are the states of a model at step 0, in the order of the model: [state][neuron].
func (m *Model) modelStates(pop int, model *network.NeuronModel) [][]float32 {
	p, drawn := &m.Populations[pop], m.drawn(pop, model)
	states := make([][]float32, len(model.States))
	for k, s := range model.States {
		var values []float64
		if s.Start == nil {
			key, draw := rng.Key{Seed: m.Network.Seed, Stream: rng.Stream(rng.InitialStates, uint32(p.Ordinal), m.Network.Trial)}, k
			if s.Name == network.VState {
				key, draw = p.state.vKey, 0
			}
			values = m.sample(pop, s.StartDist, key, draw)
		}
		for i := range p.Size {
			x := 0.0
			if s.Start == nil {
				x = values[i]
			} else {
				x = equation.Value(s.Start, func(name string) float64 {
					if own, ok := drawn[name]; ok {
						return own[i]
					}
					return model.Mean(name)
				})
			}
			states[k] = append(states[k], onGrid(x, modelGrid))
		}
	}
	return states
}
