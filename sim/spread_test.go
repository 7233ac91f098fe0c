package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network/language"
	"einet/sim"
)

// Samples that are spread see the mean of an input whose period is their interval; those at the same place of each period see
// one value of it.
func TestSpreadSamplesSeeAPeriod(t *testing.T) {
	net, err := language.Load(strings.NewReader(`
duration: 2000
populations: {E: {size: 3, tau_m: 10, V_th: 1000, V_reset: 0, input: [5, {sinusoid: {amplitude: 8, frequency: 50, phase: 90}}]}}`), "net", language.Options{})
	require.NoError(t, err)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	c, err := connectome.Build(t.Context(), net, 1)
	require.NoError(t, err)
	sampled := func(s *sim.StateSampler) *sim.PopulationState {
		require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 20_000, nil, s))
		require.Len(t, s.Steps, 100)
		for k, at := range s.Steps {
			require.Greater(t, at, int64(200*k))
			require.LessOrEqual(t, at, int64(200*(k+1)))
		}
		return &s.Populations[0]
	}
	even := sampled(sim.NewStateSampler(m, 0, 200).Spread())
	require.InDelta(t, 5, even.Net.Mean(), 0.1)
	require.InDelta(t, 5.657, even.Net.SD(), 0.1)
	same := sampled(sim.NewStateSampler(m, 0, 200))
	require.Greater(t, same.Net.Mean(), 12.0, "control")
	require.Less(t, same.Net.SD(), 0.1, "control")
}
