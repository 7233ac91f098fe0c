package network_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
)

// between is a network with one projection from 100 neurons to 50, or to themselves.
func between(p network.Projection, self bool) *network.Network {
	p.Name, p.From, p.To, p.Multapses = "a", "pre", "post", true
	if self {
		p.To = "pre"
	}
	return &network.Network{
		Populations: []network.Population{{Name: "pre", Size: 100}, {Name: "post", Size: 50}},
		Projections: []network.Projection{p},
	}
}

// What follows from each rule, by hand.
func TestRules(t *testing.T) {
	edges := network.Edges{Source: []uint32{1, 2, 3, 4}, Target: []uint32{0, 0, 0, 7}}
	for _, k := range []struct {
		p                network.Projection
		perTarget, inAll float64
		bound            int
		variance, rates  float64 // negative: no mean field
	}{
		{network.Projection{Rule: network.FixedProbability, P: 0.25}, 25, 1250, 100, 18.75, 18.75},
		{network.Projection{Rule: network.FixedInDegree, N: 7}, 7, 350, 7, 0, 7},
		{network.Projection{Rule: network.FixedOutDegree, N: 8}, 16, 800, 16 + 8*4 + 16, 16, 16},
		{network.Projection{Rule: network.FixedTotalNumber, N: 200}, 4, 200, 4 + 8*2 + 16, 4, 4},
		{network.Projection{Rule: network.AllToAll}, 100, 5000, 100, 0, 0},
		{network.Projection{Rule: network.List, Edges: edges}, 4. / 50, 4, 3, -1, -1},
		{network.Projection{Rule: "nearest"}, 0, 0, 16, -1, -1},
	} {
		n := between(k.p, false)
		perTarget, inAll := n.MeanSynapses(0)
		require.Equal(t, []float64{k.perTarget, k.inAll}, []float64{perTarget, inAll}, k.p.Rule)
		require.Equal(t, k.bound, n.InDegreeBound(0), k.p.Rule)
		variance, rates, ok := n.InDegreeVariance(0)
		require.Equal(t, k.variance >= 0, ok, k.p.Rule)
		if ok {
			require.Equal(t, []float64{k.variance, k.rates}, []float64{variance, rates}, k.p.Rule)
		}
	}
	n := between(network.Projection{Rule: network.FixedOutDegree, N: 8}, false)
	n.Projections[0].Multapses = false
	variance, _, _ := n.InDegreeVariance(0)
	require.Equal(t, 16*(1-8./50), variance, "each source has a target once")
	n = between(network.Projection{Rule: network.OneToOne}, true)
	perTarget, inAll := n.MeanSynapses(0)
	require.Equal(t, []float64{1, 100}, []float64{perTarget, inAll})
	require.Equal(t, 1, n.InDegreeBound(0))
}

// Rules that draw pairs lose those of a neuron with itself; the others choose among the other neurons.
func TestLeftOut(t *testing.T) {
	for rule, want := range map[network.Rule]float64{
		network.FixedProbability: 25, network.AllToAll: 100, network.OneToOne: 100,
		network.FixedInDegree: 0, network.FixedOutDegree: 0, network.FixedTotalNumber: 0,
	} {
		p := &between(network.Projection{Rule: rule, P: 0.25, N: 7}, true).Projections[0]
		require.Equal(t, want, p.MeanLeftOut(100), rule)
		p.Autapses = true
		require.Zero(t, p.MeanLeftOut(100), rule)
		p.Autapses, p.To = false, "post"
		require.Zero(t, p.MeanLeftOut(100), rule)
	}
}
