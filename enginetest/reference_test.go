package enginetest

import (
	"testing"

	"einet/cpuref"
	"einet/network"

	"github.com/stretchr/testify/require"
)

// What is remembered of the reference is what it does, in whatever order steps are asked for; and networks that differ are remembered apart.
func TestReference(t *testing.T) {
	networks := append(Networks()[:2], Learning()[0], Plastic()[0])
	for _, n := range networks {
		m, c := Build(t, n)
		newest := newReference(t, m, c)
		for _, stretches := range [][]int{{5, 1, 60}, {3, 2, 61, 9}, {100}, {1, 1, 1}} {
			again, engine := newReference(t, m, c), cpuref.New(m, c)
			require.Same(t, newest.history, again.history)
			for _, steps := range stretches {
				require.NoError(t, again.Advance(t.Context(), steps))
				require.NoError(t, engine.Advance(t.Context(), steps))
				compareSpikes(t, engine, again)
			}
			compareState(t, m, engine, again)
		}
		require.Equal(t, int64(100), newest.last)
	}
	of := func(change func(n *network.Network)) *reference {
		n := Networks()[0]
		change(n)
		m, c := Build(t, n)
		return newReference(t, m, c)
	}
	same := of(func(*network.Network) {})
	require.Equal(t, int64(100), same.last)
	for _, change := range []func(n *network.Network){
		func(n *network.Network) { n.Trial++ }, func(n *network.Network) { n.Seed++ }, func(n *network.Network) { n.Projections[3].Weight.A *= 1.0000001 },
	} {
		require.Zero(t, of(change).last)
	}
}
