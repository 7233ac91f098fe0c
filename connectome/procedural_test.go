package connectome_test

import (
	"context"
	"fmt"
	"testing"

	"einet/connectome"
	"einet/network"

	"github.com/stretchr/testify/require"
)

// redrawn are networks of one projection each, between them all rules that can be drawn by source:
// with weights and delays alike and drawn, with autapses and multapses and without, onto several chunks.
func redrawn() map[string]*network.Network {
	all := map[string]*network.Network{}
	for _, rule := range []network.Rule{network.FixedProbability, network.FixedOutDegree, network.AllToAll, network.OneToOne} {
		for _, own := range []bool{false, true} {
			for _, drawn := range []string{"", "weights", "delays", "both", "both, far"} {
				for with := range 4 {
					n := twoPopulations(23, 2*connectome.Chunk+77, 0.3, 5)
					p := &n.Projections[0]
					p.Rule, p.N, p.Multapses, p.Autapses = rule, 300, with&1 > 0, with&2 > 0
					p.From, p.To = "E", "I"
					if own || rule == network.OneToOne {
						n.Populations[0].Size = connectome.Chunk + 31
						p.From, p.To, p.P, p.N = "E", "E", 0.005, 10
					}
					if own && rule == network.AllToAll {
						n.Populations[0].Size = 300
					}
					p.Weight = network.Number(1)
					if drawn == "both, far" {
						p.Weight, p.Delay = network.NormalDist(1, 0.1), network.Between(0.3, 300)
					}
					if drawn == "weights" || drawn == "both" {
						p.Weight = network.NormalDist(1, 0.1)
					}
					if drawn == "delays" || drawn == "both" {
						p.Delay = network.Between(0.3, 2)
					}
					n.Projections = n.Projections[:1]
					all[fmt.Sprintf("%s own=%v drawn=%s with=%d", rule, own, drawn, with)] = n
				}
			}
		}
	}
	return all
}

type drawnSynapse struct {
	source, target int
	weight, delay  uint32
}

func listOf(t require.TestingT, c *connectome.Connectome) (all []drawnSynapse) {
	require.NoError(t, c.Projections[0].Each(func(source, target int, weight, delay uint32) error {
		all = append(all, drawnSynapse{source, target, weight, delay})
		return nil
	}))
	return all
}

// What is drawn again is what is stored, synapse by synapse.
func TestProcedural(t *testing.T) {
	for name, n := range redrawn() {
		t.Run(name, func(t *testing.T) {
			stored := build(t, n, 2)
			c, err := connectome.Procedural(context.Background(), n, 2)
			require.NoError(t, err)
			want, got := listOf(t, stored), listOf(t, c)
			require.True(t, len(want) > 0 || n.Projections[0].Rule == network.OneToOne && !n.Projections[0].Autapses)
			require.Equal(t, len(want), len(got))
			for i := range want {
				if want[i] != got[i] {
					require.Failf(t, "differs", "synapse %d is %v, stored is %v", i, got[i], want[i])
				}
			}
			require.Zero(t, c.Bytes())
			require.Equal(t, stored.Projections[0].Alike(), c.Projections[0].Alike())
			require.Equal(t, stored.Projections[0].Multapses, c.Projections[0].Multapses)
			if n.Projections[0].Rule == network.FixedProbability {
				require.InEpsilon(t, stored.Synapses(), c.Synapses(), 0.02) // 3 sd of the smallest are 0.017
			} else {
				require.Equal(t, stored.Synapses(), c.Synapses())
			}

			n.Seed++
			other, err := connectome.Procedural(context.Background(), n, 2)
			require.NoError(t, err)
			if p := &n.Projections[0]; p.Rule == network.FixedProbability || p.Rule == network.FixedOutDegree || len(got) > 0 && !p.Weight.IsNumber() {
				require.NotEqual(t, got, listOf(t, other), "control")
			}
		})
	}
}

// A rule that draws sources, or synapses in no order, is refused. Counting in-degrees stops when it should.
func TestProceduralRefuses(t *testing.T) {
	n := twoPopulations(10, 10, 0.3, 5)
	n.Projections[0].Rule, n.Projections[0].N = network.FixedInDegree, 3
	n.Projections[1].Rule, n.Projections[1].N, n.Projections[1].Multapses = network.FixedTotalNumber, 3, true
	_, err := connectome.Procedural(context.Background(), n, 1)
	require.EqualError(t, err, "projections.EE.rule: fixed_indegree: can't be drawn again by source (nor can 1 more); procedural connectivity takes fixed_probability, fixed_outdegree, all_to_all and one_to_one")
	n.Projections[0].Rule = network.AllToAll
	require.EqualError(t, connectome.Redrawable(n), "projections.IE.rule: fixed_total_number: can't be drawn again by source; procedural connectivity takes fixed_probability, fixed_outdegree, all_to_all and one_to_one")

	n = twoPopulations(10, 10, 0.3, 5)
	n.Projections[0].Rule, n.Projections[0].N = network.FixedOutDegree, 3
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = connectome.Procedural(cancelled, n, 1)
	require.ErrorIs(t, err, context.Canceled)
}
