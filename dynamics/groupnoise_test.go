package dynamics_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/network"
	"einet/rng"
	"einet/sim"
)

// free is 600 neurons that don't fire and have no synapses, of which groups have inputs.
func free(t *testing.T, groups ...network.Group) *network.Network {
	net := one(600, 15, 5, 0.5)
	net.Projections = nil
	p := &net.Populations[0]
	p.V0, p.VTh, p.VReset, p.EL, p.TRef, p.Input = network.Number(0), network.Number(1000), -1000, 0, 0, nil
	for k := range groups {
		groups[k].Population = p.Name
	}
	net.Groups = groups
	return net
}

// moments are the mean and the standard deviation of V over some neurons and over times so far apart that it has forgotten.
func moments(t *testing.T, net *network.Network, neurons func(i int) bool) (mean, sd float64) {
	require.NoError(t, net.Validate())
	engine := cpuref.New(model(t, net), &connectome.Connectome{})
	require.NoError(t, engine.Advance(t.Context(), 1500))
	v, sum, squares, n := make([]float32, net.Populations[0].Size), 0.0, 0.0, 0.0
	for range 10 {
		require.NoError(t, engine.Advance(t.Context(), 500))
		require.NoError(t, engine.Read(sim.V, 0, 0, v))
		for i, x := range v {
			if neurons(i) {
				sum, squares, n = sum+float64(x), squares+float64(x)*float64(x), n+1
			}
		}
	}
	mean = sum / n
	return mean, math.Sqrt(squares/n - mean*mean)
}

// A group's neurons alone receive its Poisson spikes, each its own, by the draw behind those of the population and of the groups
// before it, and V has the mean and the standard deviation of shot noise: r w tau, and w tau sqrt(r/(2 (tau + tau_m))) of R*I
// through the membrane (Campbell).
func TestGroupsPoisson(t *testing.T) {
	const rate, weight, tau, tauM = 4.0, 0.5, 5.0, 15.0 // of spikes in ms
	in := network.PoissonInput{Rate: 1000 * rate, Weight: weight, Synapse: network.Exponential, TauSyn: tau}
	net := free(t, network.Group{Name: "none", Neurons: network.FirstOf(3)},
		network.Group{Name: "odd", Neurons: network.Neurons{Listed: []network.Span{{From: 1, To: 599, Every: 2}}}, PoissonInput: []network.PoissonInput{in}},
		network.Group{Name: "last", Neurons: network.Neurons{Listed: []network.Span{{From: 500, To: 599, Every: 1}}}, PoissonInput: []network.PoissonInput{in}})
	mean, sd := moments(t, net, func(i int) bool { return i%2 == 1 && i < 500 })
	require.InDelta(t, rate*weight*tau, mean, 4*sd/math.Sqrt(2500))
	shot := weight * tau * math.Sqrt(rate/(2*(tau+tauM)))
	require.InEpsilon(t, shot, sd, 0.06)
	both, spread := moments(t, net, func(i int) bool { return i%2 == 1 && i >= 500 })
	require.InDelta(t, 2*rate*weight*tau, both, 4*spread/math.Sqrt(500), "of both groups: twice")
	require.InEpsilon(t, math.Sqrt2*shot, spread, 0.12, "and independently")
	mean, sd = moments(t, net, func(i int) bool { return i%2 == 0 && i < 500 })
	require.InDelta(t, 0, mean+sd, 1e-4, "but for the grid of V")

	net.Populations[0].PoissonInput = []network.PoissonInput{in}
	m := model(t, net)
	counts, key := make([]uint32, 600), rng.Key{Seed: net.Seed, Stream: rng.Stream(rng.PoissonInputs, 0, 0)}
	for k, receives := range []func(i int) bool{func(int) bool { return true }, func(i int) bool { return i%2 == 1 }, func(i int) bool { return i >= 500 }} {
		m.PoissonCounts(0, k, 77, counts)
		for i, n := range counts {
			want := 0
			if receives(i) {
				want = rng.Count(rng.Neuron(key, uint32(i), 77, uint32(k)), rng.PoissonThresholds(0.1*rate))
			}
			require.EqualValues(t, want, n, "input %d of neuron %d", k, i)
		}
	}
}

// The variances of the noise of a population and of its groups add up, neuron by neuron, from the first step on.
func TestGroupsNoise(t *testing.T) {
	part := func(from, to int) network.Neurons {
		return network.Neurons{Listed: []network.Span{{From: from, To: to, Every: 1}}}
	}
	net := free(t, network.Group{Name: "a", Neurons: part(200, 599), WhiteNoise: 4}, network.Group{Name: "b", Neurons: part(400, 599), WhiteNoise: 12})
	net.Populations[0].WhiteNoise = 3
	for k, want := range []float64{3, 5, 13} {
		mean, sd := moments(t, net, func(i int) bool { return i/200 == k })
		require.InDelta(t, 0, mean, 4*want/math.Sqrt(2000))
		require.InEpsilon(t, want, sd, 0.065)
	}
	const tau, tauM = 5.0, 15.0
	net = free(t, network.Group{Name: "a", Neurons: part(200, 599), OUNoise: network.OUNoise{SD: 8, Tau: tau}}, network.Group{Name: "b", Neurons: part(400, 599), OUNoise: network.OUNoise{SD: 15, Tau: tau}})
	for k, want := range []float64{0, 8, 17} {
		_, sd := moments(t, net, func(i int) bool { return i/200 == k })
		if want == 0 {
			require.InDelta(t, 0, sd, 1e-4)
			continue
		}
		require.InEpsilon(t, want*math.Sqrt(tau/(tau+tauM)), sd, 0.08) // of V under such a current; dt takes 1 % of it
		u, squares := model(t, net).InitialOU(0), 0.0
		for _, x := range u[200*k : 200*k+200] {
			squares += float64(x) * float64(x)
		}
		require.InEpsilon(t, want, math.Sqrt(squares/200), 0.25)
	}

	net = free(t, network.Group{Name: "all", Neurons: part(0, 599), WhiteNoise: 4, OUNoise: network.OUNoise{SD: 8, Tau: tau}})
	alone := free(t)
	alone.Populations[0].WhiteNoise, alone.Populations[0].OUNoise = 4, network.OUNoise{SD: 8, Tau: tau}
	for i := range 5 {
		one, sdOne := moments(t, net, func(k int) bool { return k%5 == i })
		other, sdOther := moments(t, alone, func(k int) bool { return k%5 == i })
		require.Equal(t, []float64{one, sdOne}, []float64{other, sdOther}, "a group of all neurons is the population")
	}
}
