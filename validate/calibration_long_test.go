//go:build long

package validate

import (
	"context"
	"testing"

	"einet/connectome"
	"einet/cpu"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// One run in seeds + 1 of the same network fails, no more and no fewer, where
// 400 runs are each held to ten seeds of their own. Twice as many lie outside the
// band, and so do runs with changed weights.
func TestFalseAlarms(t *testing.T) {
	const trials, seeds, steps, discard = 400, MinSeeds, 3000, 1000
	net := load(t, "ei", 0.02, "populations.E.input=150", "populations.I.input=100") // at its own the few neurons are silent
	lab := &Lab{Backend: sim.Backend{Name: "cpu", Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		return cpu.New(m, c, 1), nil
	}}}
	var nets []*network.Network
	for k := range trials * (seeds + 2) {
		n := clone(net)
		n.Seed = 1000 + uint32(k)
		if k%(seeds+2) == seeds+1 {
			for i := range n.Projections {
				n.Projections[i].Weight = n.Projections[i].Weight.Times(1.5)
			}
		}
		nets = append(nets, n)
	}
	prints := make([]fingerprint, len(nets))
	require.NoError(t, lab.observe(t.Context(), nets, nil, steps, discard, func(i int, a []activity) { prints[i] = printOf(a) }))
	same, twice, changed := 0, 0, 0
	for k := range trials {
		group := prints[k*(seeds+2):][:seeds+2]
		e := &ensemble{net: net, prints: group[:seeds]}
		if !e.compare(group[seeds]).Consistent {
			same++
			if again := prints[(k+1)%trials*(seeds+2)]; !e.compare(again).Consistent { // a seed of another group
				twice++
			}
		}
		if !e.compare(group[seeds+1]).Consistent {
			changed++
		}
	}
	t.Logf("of %d runs %d fail (%.1f %%, stated: %.1f %%), of changed ones %d", trials, same, 100*float64(same)/trials, 100.0/(seeds+1), changed)
	// 400 trials of chance 1/11: 36.4 +- 5.75, and three of these.
	require.InDelta(t, trials/(seeds+1.0), same, 3*5.75)
	require.Greater(t, changed, 60)
	// Both of two runs that share the seeds, 1 in 66: 6.1 +- 2.4, and three of these.
	t.Logf("twice in a row: %d", twice)
	require.LessOrEqual(t, twice, 13)
}
