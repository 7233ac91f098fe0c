package cpuref_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/sim"
)

// Up to the last steps that there can be, a network in which nothing goes by the step does what it does from the first on.
func TestLastStepsAreAsTheFirst(t *testing.T) {
	fired := 0
	for _, n := range enginetest.Networks()[:5] { // balanced, delayed, lonely, crowded, unequal
		m, c := enginetest.Build(t, n)
		from := func(step int64) []sim.Spike {
			start, e := cpuref.New(m, c), cpuref.New(m, c)
			for _, r := range sim.Rows(m) {
				words := slices.Repeat([]uint32{0}, r.Size)
				require.NoError(t, start.Save(r, words))
				require.NoError(t, e.Load(r, words))
			}
			require.NoError(t, e.Resume(step, nil, m.Releases()))
			require.NoError(t, e.Advance(t.Context(), 300))
			spikes, err := e.Spikes(nil)
			require.NoError(t, err)
			for i := range spikes {
				spikes[i].Step -= uint32(step)
			}
			return spikes
		}
		first := from(0)
		require.True(t, slices.Equal(first, from(n.LastStep()-300)), n.Name)
		require.True(t, slices.Equal(first, from(1<<31-150)), n.Name)
		fired += len(first)
	}
	require.Greater(t, fired, 1000)
}
