package enginetest

import (
	"math"
	"testing"

	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// releasing gives a projection short-term plasticity.
func releasing(u, tauRec, tauFacil, uRest float64) func(p *network.Projection) {
	return func(p *network.Projection) {
		p.ShortTerm = network.ShortTerm{U: u, TauRec: tauRec, TauFacil: tauFacil, URest: uRest}
	}
}

func again(p *network.Projection) { p.Name += "_again" }
func spread(p *network.Projection) {
	p.Weight, p.Delay = network.NormalDist(p.Weight.A, 0.3*math.Abs(p.Weight.A)), network.Between(0.3, 1.9)
}

// Plastic are the networks with short-term plasticity.
func Plastic() []*network.Network { return []*network.Network{plastic(), plasticDense()} }

// plastic has short-term plasticity of every kind beside static synapses from the same neurons: alike, drawn and in short rows; of neurons
// that fire several times in a window, and of sources that fire several times in a step, or once in many.
func plastic() *network.Network {
	source := network.Population{Name: "P", Size: 50, Neuron: network.Poisson,
		Rate: network.Input{network.DC(300), network.Pulse{At: 3, Duration: 1, Amplitude: 20_000}}}
	given := network.Population{Name: "S", Size: 7, Neuron: network.SpikeSource}
	for k := range 60 {
		given.Spikes.Times = append(given.Spikes.Times, 0.1*float64(1+k*k*k%1700)+0.004*float64(k%11))
		given.Spikes.Neuron = append(given.Spikes.Neuron, k%5)
	}
	e, i, fast := population("E", 300, 15, 24), population("I", 97, 10, 20), population("fast", 33, 0.5, 900)
	return named("plastic", []network.Population{e, source, i, given, fast},
		with(projection("E", "E", 0.2, 1, 0.7, 6), releasing(0.5, 200, 0, 0)), projection("E", "I", 0.3, 0.6, 0.4, 6),
		with(projection("E", "I", 0.3, 2, 0.9, 5), again, spread, releasing(0.1, 30, 300, 0)),
		with(projection("I", "E", 0.4, -2, 0.5, 5), releasing(0.3, 80, 50, 0.3)),
		with(projection("I", "E", 0.1, -3, 0.3, 5), again, spread, releasing(0.2, 0, 40, 0.05)),
		with(projection("I", "I", 0.05, -2, 0.3, 4), releasing(1, 20, 0, 0)), with(projection("I", "I", 0.1, -0.5, 0.6, 4), again),
		with(projection("P", "E", 0.2, 0.5, 0.4, 5), releasing(0.4, 10, 5, 0)), with(projection("S", "E", 0.9, 3, 0.7, 3), releasing(0.6, 500, 1000, 0.1)),
		with(projection("fast", "I", 0.3, 0.4, 0.8, 3), releasing(0.05, 3, 2, 0)))
}

// plasticDense is dense, conductance-based and with other shapes, in windows of one step.
func plasticDense() *network.Network {
	e, i := conductivePopulation("E", 190), conductivePopulation("I", 66)
	e.Input, i.Input = network.Input{network.DC(190)}, network.Input{network.DC(180)}
	return named("plasticDense", []network.Population{e, i},
		with(projection("E", "E", 0.5, 2, 0.1, 5), releasing(0.5, 300, 0, 0)), with(projection("E", "I", 0.6, 2, 0.1, 5), alpha, releasing(0.2, 20, 200, 0.2)),
		with(projection("I", "E", 0.7, -9, 0.1, 10), biexponential(0.7), releasing(0.4, 100, 30, 0)), projection("I", "I", 0.5, -3, 0.2, 10))
}

// compareReleases compares the states of short-term plasticity.
func compareReleases(t *testing.T, m *dynamics.Model, reference, engine sim.Engine) {
	for k := range m.Projections {
		p := &m.Projections[k]
		if p.ShortTerm == nil {
			continue
		}
		size := m.Populations[p.From].Size
		want, got := make([]dynamics.Release, size), make([]dynamics.Release, size-1)
		require.NoError(t, reference.(sim.Releaser).Releases(k, 0, want))
		require.NoError(t, engine.(sim.Releaser).Releases(k, 1, got))
		require.Equal(t, want[1:], got, "step %d, projection %d", reference.Step(), k)
	}
}
