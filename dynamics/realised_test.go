package dynamics_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/dynamics"
	"einet/network/language"
)

// A train's counts are its spikes at their steps, a source's rate is that of its counts, and an
// inhibitory conductance keeps its sign.
func TestRealisedInput(t *testing.T) {
	net, err := language.Load(strings.NewReader(`
name: realised
dt: 0.1
duration: 10
populations:
  T: {size: 3, neuron: spikes, times: [0.2, 0.5, 0.5], neurons: [2, 0, 2]}
  S: {size: 2000, neuron: poisson, rate: [100, {step: {at: 5, by: -100}}]}
  C: {size: 2000, neuron: lif_cond, C_m: 200, g_L: 10, E_ex: 60, E_in: -20, V_th: 10, V_reset: 0, V0: 0,
      poisson: [{rate: 5000, weight: 0.5, tau_syn: 2}, {rate: 1000, weight: -1.5, tau_syn: 2}]}
`), "realised.yaml", language.Options{})
	require.NoError(t, err)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	for n, want := range [][]uint32{1: {0, 0, 0}, {0, 0, 1}, {0, 0, 0}, {0, 0, 0}, {1, 0, 1}, {0, 0, 0}} {
		if n > 0 {
			got := make([]uint32, 3)
			m.SourceCounts(0, int64(n), got)
			require.Equal(t, want, got, "step %d", n)
		}
	}
	require.Equal(t, []float64{0.5, -1.5}, []float64{m.PoissonWeight(2, 0), m.PoissonWeight(2, 1)})
	sum := func(counts func(n int64, dst []uint32), from, to int64) (total float64) {
		dst := make([]uint32, 2000)
		for n := from; n <= to; n++ {
			counts(n, dst)
			for _, k := range dst {
				total += float64(k)
			}
		}
		return total
	}
	source := func(n int64, dst []uint32) { m.SourceCounts(1, n, dst) }
	require.InDelta(t, 1000, sum(source, 1, 50), 130) // 4 standard deviations
	require.Zero(t, sum(source, 51, 100))
	require.InDelta(t, 50000, sum(func(n int64, dst []uint32) { m.PoissonCounts(2, 0, n, dst) }, 1, 50), 900)
	require.InDelta(t, 10000, sum(func(n int64, dst []uint32) { m.PoissonCounts(2, 1, n, dst) }, 1, 50), 400)
}
