package connectome_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/connectome"
	"einet/network"
)

// everyRule is a projection of each rule, with a number of synapses that any of the networks here has.
var everyRule = []network.Projection{
	{Rule: network.FixedProbability, P: 0.2, Autapses: true}, {Rule: network.AllToAll, Autapses: true},
	{Rule: network.FixedInDegree, N: 3, Autapses: true}, {Rule: network.FixedInDegree, N: 4, Multapses: true, Autapses: true},
	{Rule: network.FixedOutDegree, N: 3, Autapses: true}, {Rule: network.FixedOutDegree, N: 5, Multapses: true, Autapses: true},
	{Rule: network.FixedTotalNumber, N: 333, Multapses: true, Autapses: true},
}

// From a group to a group synapses are those of populations of that size, whose neurons are the groups'.
func TestGroupsAreDrawnAsPopulations(t *testing.T) {
	for _, p := range everyRule {
		for _, drawn := range []bool{false, true} {
			if drawn {
				p.Weight, p.Delay = network.NormalDist(1, 0.2), network.Between(0.1, 1.5)
			}
			net := one(200, 5000, false, p)
			net.Groups = []network.Group{
				{Population: "A", Name: "odd", Neurons: network.Neurons{Listed: []network.Span{{From: 1, To: 199, Every: 2}}}},
				{Population: "B", Name: "some", Neurons: network.Neurons{Listed: []network.Span{{From: 4999, To: 4999, Every: 1}, {From: 10, To: 88, Every: 1}, {From: 7, To: 7, Every: 1}}}},
			}
			net.Projections[0].FromGroup, net.Projections[0].ToGroup = "odd", "some"
			require.NoError(t, valid(net))
			from, to := net.Ends(0)
			place := func(all []synapse) map[synapse]int {
				counts := map[synapse]int{}
				for _, s := range all {
					counts[s]++
				}
				return counts
			}
			var want []synapse
			for _, s := range synapses(t, one(100, 81, false, p), 1) {
				s.source, s.target = from.At(s.source), to.At(s.target)
				want = append(want, s)
			}
			got := synapses(t, net, 2)
			require.NotEmpty(t, got)
			require.Equal(t, place(want), place(got), "%s", p.Rule)
			require.Equal(t, got, synapses(t, net, 1))
			whole := one(200, 5000, false, p)
			require.NotEqual(t, place(want), place(synapses(t, whole, 1)), "control")
		}
	}
}

// valid is what is wrong with a network, its populations made ones that there may be.
func valid(net *network.Network) error {
	n := *net
	n.Name, n.Duration, n.Populations = "groups", 100, nil
	for _, p := range net.Populations {
		p.Neuron, p.TauM, p.VTh = network.LIF, 10, network.Number(15)
		n.Populations = append(n.Populations, p)
	}
	n.Projections = nil
	for _, p := range net.Projections {
		p.Synapse, p.TauSyn = network.Exponential, 5
		n.Projections = append(n.Projections, p)
	}
	return n.Validate()
}

// Within parts, or between them, are the synapses that pairs says, each as likely as it is stated or as many as are stated; autapses
// only where they may be.
func TestPairsOfParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := everyRule[rapid.IntRange(0, 5).Draw(t, "rule")]
		p.Autapses = rapid.Bool().Draw(t, "autapses")
		p.Pairs = rapid.SampledFrom([]network.Pairs{network.SamePart, network.DifferentParts}).Draw(t, "pairs")
		sources, targets := rapid.IntRange(30, 150).Draw(t, "sources"), rapid.IntRange(30, 150).Draw(t, "targets")
		own := rapid.Bool().Draw(t, "own")
		if own {
			targets = sources
		}
		if rapid.Bool().Draw(t, "drawn") {
			p.Weight, p.Delay = network.NormalDist(1, 0.2), network.Between(0.1, 1.5)
		}
		net := one(sources, targets, own, p)
		count := rapid.IntRange(2, 5).Draw(t, "count")
		net.Groups = []network.Group{{Population: "A", Name: "parts", Count: count}, {Population: "B", Name: "parts", Count: count}}
		net.Projections[0].FromGroup, net.Projections[0].ToGroup = "parts", "parts"
		require.NoError(t, valid(net))
		all := synapses(t, net, 1)
		require.Equal(t, all, synapses(t, net, 3))
		from, to := net.Ends(0)
		pairs := 0
		for i := range sources {
			for j := range targets {
				if (from.SliceOf(i) == to.SliceOf(j)) == (p.Pairs == network.SamePart) && !(own && i == j && !p.Autapses) {
					pairs++
				}
			}
		}
		for _, s := range all {
			require.Equal(t, p.Pairs == network.SamePart, from.SliceOf(s.source) == to.SliceOf(s.target))
			require.False(t, own && !p.Autapses && s.source == s.target)
		}
		out, in := degrees(all, sources, targets)
		switch p.Rule {
		case network.FixedInDegree:
			for _, n := range in {
				require.Equal(t, p.N, n)
			}
		case network.FixedOutDegree:
			for _, n := range out {
				require.Equal(t, p.N, n)
			}
		case network.AllToAll:
			require.Len(t, all, pairs)
		default:
			sd := math.Sqrt(p.P * (1 - p.P) * float64(pairs))
			require.InDelta(t, p.P*float64(pairs), len(all), 6*sd)
		}
		for _, n := range in {
			require.LessOrEqual(t, n, net.InDegreeBound(0))
		}
	})
}

// Every pair within parts is as likely as any other, and so is every pair of different ones.
func TestPairsAreUniform(t *testing.T) {
	for _, pairs := range []network.Pairs{network.SamePart, network.DifferentParts} {
		net := one(40, 40, true, network.Projection{Rule: network.FixedProbability, P: 0.3, Autapses: true, FromGroup: "parts", ToGroup: "parts", Pairs: pairs})
		net.Groups = []network.Group{{Population: "A", Name: "parts", Count: 4}}
		counts := map[[2]int]int{}
		for seed := range uint32(400) {
			net.Seed = seed
			for _, s := range synapses(t, net, 1) {
				counts[[2]int{s.source, s.target}]++
			}
		}
		var cells []int
		for _, n := range counts {
			cells = append(cells, n)
		}
		require.Len(t, cells, map[network.Pairs]int{network.SamePart: 400, network.DifferentParts: 1200}[pairs], "every pair, some time")
		require.InDelta(t, 0.7, (flat(cells)*math.Sqrt(2*float64(len(cells)-1))+float64(len(cells)-1))/float64(len(cells)-1), 0.12, "chi-square a cell is 1 - p of a binomial")
		cells[0] += 90
		cells[1] -= 80
		require.Greater(t, (flat(cells)*math.Sqrt(2*float64(len(cells)-1))+float64(len(cells)-1))/float64(len(cells)-1), 0.75, "control: two pairs are not")
	}
}

// What is drawn does not change: the synapses of a small clustered network.
func TestPinnedPairs(t *testing.T) {
	net := one(12, 12, true, network.Projection{Rule: network.FixedProbability, P: 0.5, FromGroup: "parts", ToGroup: "parts", Pairs: network.SamePart})
	net.Groups = []network.Group{{Population: "A", Name: "parts", Count: 4}}
	var pairs [][2]int
	for _, s := range synapses(t, net, 1) {
		pairs = append(pairs, [2]int{s.source, s.target})
	}
	require.Equal(t, [][2]int{{0, 1}, {0, 2}, {2, 0}, {2, 1}, {5, 3}, {5, 4}, {6, 7}, {9, 11}, {11, 10}}, pairs)
}

// Connections of groups are stored, which is said in one line.
func TestGroupsAreNotRedrawn(t *testing.T) {
	net := one(100, 100, true, network.Projection{Rule: network.FixedProbability, P: 0.5, FromGroup: "parts.3"})
	net.Groups = []network.Group{{Population: "A", Name: "parts", Count: 4}}
	require.EqualError(t, connectome.Redrawable(net), "projections.A_to_B: of groups: can't be drawn again by source; procedural connectivity takes projections "+
		"between whole populations: make a group a population of its own, or let synapses be stored")
}
