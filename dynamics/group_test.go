package dynamics_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/network"
	"einet/rng"
)

// stimulated is neurons without synapses, the first half of which has a pulse of input.
func stimulated(t *testing.T) *network.Network {
	net := one(10, 15, 6, 0.5)
	net.Projections = nil
	p := &net.Populations[0]
	p.V0, p.VTh, p.VReset, p.EL, p.TRef, p.Input = network.Number(0), network.Number(15), 0, 0, 0, network.Input{network.DC(10)}
	net.Groups = []network.Group{{Population: p.Name, Name: "first", Neurons: network.FirstOf(5), Input: network.Input{network.Pulse{At: 100, Duration: 200, Amplitude: 15}}}}
	require.NoError(t, net.Validate())
	return net
}

// Neurons of a group fire while its pulse lasts, as often as the closed form says: tau ln(25/(25 - 15)) = 13.74 ms apart; the
// first takes less, for V rises from 10 mV: tau ln(15/10).
func TestGroupsPulse(t *testing.T) {
	net := stimulated(t)
	m := model(t, net)
	engine := cpuref.New(m, &connectome.Connectome{})
	require.NoError(t, engine.Advance(t.Context(), 6000))
	counts := make([]int, 10)
	first, last := math.Inf(1), 0.0
	spikes, err := engine.Spikes(nil)
	require.NoError(t, err)
	for _, s := range spikes {
		counts[s.Neuron]++
		first, last = min(first, float64(s.Step)*net.Dt), max(last, float64(s.Step)*net.Dt)
	}
	tau := net.Populations[0].TauM
	before, between := tau*math.Log(15.0/10), tau*math.Log(25.0/10)
	want := 1 + int((200-before)/between)
	require.Equal(t, []int{want, want, want, want, want, 0, 0, 0, 0, 0}, counts)
	require.InDelta(t, 100+before, first, 0.2)
	require.InDelta(t, 100+before+float64(want-1)*between, last, 0.1*float64(want)+0.2)
	require.Less(t, last, 300.0)
	require.Equal(t, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, m.OwnInput(0, 999))
	require.Equal(t, []float64{15, 15, 15, 15, 15, 0, 0, 0, 0, 0}, m.OwnInput(0, 1000))
	require.Equal(t, []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, m.OwnInput(0, 3000))
}

// What a group has at all times counts as its neurons' bias: the sum of the population's, the group's and the number, each drawn at
// a place of its own.
func TestGroupsBias(t *testing.T) {
	net := stimulated(t)
	p := &net.Populations[0]
	p.Bias = network.Between(0, 1)
	net.Groups = []network.Group{
		{Population: p.Name, Name: "none", Neurons: network.FirstOf(3)},
		{Population: p.Name, Name: "last", Neurons: network.Neurons{Listed: []network.Span{{From: 6, To: 9, Every: 1}}}, Input: network.Input{network.DC(2)}, Bias: network.Between(10, 20)},
	}
	m := model(t, net)
	scale := -math.Expm1(-net.Dt / p.TauM)
	key := rng.Key{Seed: net.Seed, Stream: rng.Stream(rng.Biases, 0, 0)}
	for i, x := range m.Biases(0) {
		want := rng.Uniform(rng.Neuron(key, uint32(i), 0, 0), 0, 1)
		if i >= 6 {
			want += 2 + rng.Uniform(rng.Neuron(key, uint32(i), 0, 2), 10, 20) // the second group's draw
		}
		require.InEpsilon(t, want*scale, float64(x), 1e-6, "neuron %d", i)
	}
	alone := *net
	alone.Groups = nil
	require.Equal(t, model(t, &alone).Biases(0)[:6], m.Biases(0)[:6], "of other neurons nothing changes")
}
