package dynamics_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"einet/dynamics"
	"einet/network"
	"einet/network/language"
	"einet/rng"

	"github.com/stretchr/testify/require"
)

// source is a Poisson population of 50 neurons.
func source(rate ...network.Component) *network.Network {
	return &network.Network{Name: "source", Dt: 0.1, Seed: 1, Populations: []network.Population{
		{Name: "P", Size: 50, Neuron: network.Poisson, Rate: rate},
	}}
}

// Each step has the thresholds of its own rate; equal ones behind each other are there once.
func TestCounts(t *testing.T) {
	m := model(t, source(network.DC(500), network.Pulse{At: 0.3, Duration: 0.2, Amplitude: 30_000}, network.Step{At: 1, By: -500}))
	var c dynamics.Counts
	for _, first := range []int64{0, 2, 9} {
		m.Count(0, first, 12, &c)
		require.Len(t, c.Place, 12)
		for k := range 12 {
			want := 500.0
			switch n := first + int64(k); {
			case n == 3 || n == 4:
				want = 30_500
			case n >= 10:
				want = 0
			}
			require.Equal(t, rng.PoissonThresholds(want*0.1/1000), append([]uint32(nil), c.Thresholds(k)...), "from %d, step %d", first, k)
		}
		places := slices.Compact(slices.Clone(c.Place))
		require.LessOrEqual(t, len(places), 4)
	}
	require.False(t, m.Populations[0].Steady())

	steady := model(t, source(network.DC(200_000)))
	steady.Count(0, 7, 1000, &c)
	require.Equal(t, rng.PoissonThresholds(20), c.Thresholds(999))
	require.Len(t, c.Lists, 1+len(rng.PoissonThresholds(20)))
	require.LessOrEqual(t, len(c.Lists)-1, steady.Populations[0].AtOnce)
}

// given is a source of given spikes.
func given(size int, times []float64, neurons []int) *network.Network {
	net := one(size, 15, 6, 0.5)
	net.Populations = append(net.Populations, network.Population{
		Name: "S", Size: size, Neuron: network.SpikeSource, Spikes: network.SpikeTrain{Times: times, Neuron: neurons},
	})
	return net
}

// Given spikes that share a step stay as many.
func TestTrainKeepsSpikesOfOneStep(t *testing.T) {
	m := model(t, given(2, []float64{1.04, 0.2, 1, 1.01, 1}, []int{0, 1, 0, 0, 1}))
	require.Equal(t, []dynamics.SourceSpike{{Step: 2, Neuron: 1}, {Step: 10}, {Step: 10}, {Step: 10}, {Step: 10, Neuron: 1}}, m.Train(1))
	require.Equal(t, 3, m.Populations[1].AtOnce)
	require.Equal(t, 1, m.Populations[0].AtOnce)
	for steps, most := range map[int]int{1: 4, 8: 4, 9: 5, 100: 5} {
		require.Equal(t, most, m.MostSpikes(1, steps), "%d steps", steps)
	}
	require.Zero(t, model(t, given(2, nil, nil)).MostSpikes(1, 10))
	require.Equal(t, 2, m.MostSpikes(0, 21), "21 steps with a refractory period of 20")
	require.Equal(t, 4, m.MostSpikes(0, 22))
}

// Where neurons draw their refractory periods, some fire as soon as the shortest lets them: the mean bounds nothing.
func TestMostSpikesOfDrawnRefractoryPeriods(t *testing.T) {
	for text, most := range map[string]int{
		"{uniform: [2 ms, 20 ms]}":                          10 * 3, // each 21 steps
		"{lognormal: {mean: 20 ms, sd: 200 ms, low: 0 ms}}": 10 * 50,
		"{normal: {mean: 5 ms, sd: 3 ms, low: 1 ms}}":       10 * 5, // each 11 steps
		"5 ms": 10,
	} {
		net, err := language.Load(strings.NewReader(`
models:
  own: {parameters: {t_ref: `+text+`}, state: {V: 0 mV}, equations: {"V'": 20 mV/(1 ms)}, spike: V >= 1 mV, reset: {V: 0 mV}}
populations: {E: {size: 10, neuron: own}}
projections: {}`), "drawn.yaml", language.Options{})
		require.NoError(t, err)
		require.Equal(t, most, model(t, net).MostSpikes(0, 50), text)
	}
}

// The spikes of a Poisson population in a window stay far below the bound of buffers, which is not far too large.
func TestMostSpikesOfAPoissonPopulation(t *testing.T) {
	for _, rate := range []float64{10, 1000, 200_000} {
		m := model(t, source(network.DC(rate)))
		for _, steps := range []int{1, 15, 200} {
			mean := 50 * float64(steps) * rate * 0.1 / 1000
			most := float64(m.MostSpikes(0, steps))
			require.GreaterOrEqual(t, most, mean+12*math.Sqrt(mean))
			require.LessOrEqual(t, most, mean+12*math.Sqrt(mean)+65)
		}
	}
}

// The worst step fits an int32 with all the spikes that sources may have in it: the scale of a network driven by
// them is as many times coarser.
func TestScaleAllowsForSpikesOfOneStep(t *testing.T) {
	check := func(net *network.Network, atOnce int) {
		net.Projections[0].From = net.Populations[1].Name
		m := model(t, net)
		units, n := float64(m.Projections[0].Weight()), float64(net.Populations[1].Size)
		require.Equal(t, atOnce, m.Populations[1].AtOnce)
		require.LessOrEqual(t, units*n*float64(atOnce), float64(math.MaxInt32))
		require.Greater(t, 2*units*n*float64(atOnce), 0.99*math.MaxInt32, "a finer scale would not do")
		require.InEpsilon(t, 0.5, units*float64(m.Populations[0].Receptors[0].Scale), 1e-3)
	}
	check(given(100, []float64{1, 2, 1, 1}, []int{3, 4, 3, 3}), 3)
	poisson := one(100, 15, 6, 0.5)
	poisson.Populations = append(poisson.Populations, network.Population{
		Name: "P", Size: 100, Neuron: network.Poisson, Rate: network.Input{network.DC(10), network.Step{At: 1e6, By: 200_000}},
	})
	check(poisson, rng.MostPoisson(20.001))
}
