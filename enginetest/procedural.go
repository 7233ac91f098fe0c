package enginetest

import (
	"context"
	"slices"
	"testing"

	"einet/connectome"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Procedural are the networks whose rules allow that synapses are drawn again for each spike; in space, also those that go by distance.
func Procedural(inSpace bool) []*network.Network {
	return slices.DeleteFunc(append(Networks(), redrawn(), redrawnInSpace()), func(n *network.Network) bool {
		byDistance := slices.ContainsFunc(n.Projections, func(p network.Projection) bool { return p.ByDistance() })
		return connectome.Redrawable(n) != nil || byDistance && !inSpace
	})
}

// RunProcedural holds an engine that draws synapses again to the reference that has them stored, on such networks.
func RunProcedural(t *testing.T, networks []*network.Network, make Factory) {
	for _, n := range networks {
		t.Run(n.Name+"/procedural", func(t *testing.T) {
			m, stored := Build(t, n)
			compareRuns(t, m, newReference(t, m, stored), make(t, m, procedural(t, n, n.Seed)))
		})
	}
	t.Run("control", func(t *testing.T) {
		n := redrawn()
		m, stored := Build(t, n)
		want := digest(t, newReference(t, m, stored))
		require.Equal(t, want, digest(t, make(t, m, procedural(t, n, n.Seed))))
		require.NotEqual(t, want, digest(t, make(t, m, procedural(t, n, n.Seed+1))), "another key of the draws")
	})
}

func procedural(t testing.TB, n *network.Network, seed uint32) *connectome.Connectome {
	other := *n
	other.Seed = seed
	c, err := connectome.Procedural(context.Background(), &other, 0)
	require.NoError(t, err)
	return c
}

func digest(t testing.TB, e sim.Engine) string {
	d := sim.NewDigest()
	require.NoError(t, sim.Run(context.Background(), e, 1000, nil, d))
	return d.String()
}

// redrawn has every rule that can be drawn again by source, onto a population of more than one chunk and
// another of less, with weights and delays alike and drawn, autapses and multapses left out and not.
func redrawn() *network.Network {
	rule := func(r network.Rule, n int, multapses, autapses bool) func(p *network.Projection) {
		return func(p *network.Projection) { p.Rule, p.N, p.Multapses, p.Autapses = r, n, multapses, autapses }
	}
	differ := func(p network.Projection) network.Projection {
		p.Weight = network.NormalDist(p.Weight.A, 0.2*p.Weight.A)
		if p.Weight.A < 0 {
			p.Weight = network.NormalDist(p.Weight.A, -0.2*p.Weight.A)
		}
		p.Delay = network.Between(0.3, 1.2)
		return p
	}
	again := func(p network.Projection) network.Projection { p.Name += "_again"; return p }
	e, i := population("E", connectome.Chunk+204, 15, 22), population("I", 150, 10, 20)
	return named("redrawn", []network.Population{e, i},
		with(projection("E", "E", 0.02, 0.1, 0.4, 5), func(p *network.Projection) { p.Autapses = false }),
		again(with(projection("E", "E", 0, 0.1, 0.3, 5), rule(network.FixedOutDegree, 20, false, false))),
		differ(with(projection("E", "I", 0, 0.2, 0.3, 5), rule(network.FixedOutDegree, 4, true, true))),
		again(differ(projection("E", "I", 0.01, 0.2, 0.3, 5))),
		differ(with(projection("I", "E", 0, -0.4, 0.3, 5), rule(network.AllToAll, 0, true, true))),
		with(projection("I", "I", 0, -0.3, 0.5, 5), rule(network.AllToAll, 0, true, false)),
		again(with(projection("I", "I", 0, -0.3, 0.3, 5), rule(network.OneToOne, 0, true, true))))
}

// redrawnInSpace has what goes by distance of those.
func redrawnInSpace() *network.Network {
	n := inSpace()
	n.Name = "redrawnInSpace"
	for i := range n.Projections {
		if p := &n.Projections[i]; p.Rule == network.FixedInDegree {
			p.Rule = network.FixedOutDegree
		}
	}
	return n
}
