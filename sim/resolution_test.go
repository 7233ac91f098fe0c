package sim_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network/language"
	"einet/sim"
)

// A synapse of lif_cond as short as a step brings 4 % less charge than in continuous time, as
// network.Warnings says: the potential that a small spike leaves, long after it. One of ten steps
// has 0.04 %.
func TestChargeOfShortConductances(t *testing.T) {
	charge := func(tau string) float64 {
		net, err := language.Load(strings.NewReader(`
name: charge
dt: 0.1
duration: 20
populations:
  S: {size: 1, neuron: spikes, times: [1], neurons: [0]}
  C: {size: 1, neuron: lif_cond, C_m: 200, g_L: 10, E_ex: 60, E_in: -20, V_th: 10, V_reset: 0, V0: 0}
projections:
  p: {from: S, to: C, rule: all_to_all, weight: 1, delay: 0.1, tau_syn: `+tau+`}`), "charge.yaml", language.Options{})
		require.NoError(t, err)
		m, c := enginetest.Build(t, net)
		trace := sim.NewTrace(m, 1, []int{0}, 0, 200)
		require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 200, nil, trace))
		return float64(trace.V[0][119])
	}
	// V decays for 10.9 ms behind the spike; during a short one it is near rest.
	exact := func(tau float64) float64 {
		return 60. / 200 / (1/tau - 1./20) * (math.Exp(-10.9/20) - math.Exp(-10.9/tau))
	}
	require.InDelta(t, -0.0405, charge("0.1")/exact(0.1)-1, 0.003)
	require.InDelta(t, 0, charge("1")/exact(1)-1, 0.005)
}

// What an Ornstein-Uhlenbeck current of ten steps does within a step is lost: V fluctuates by 4.8 %
// less, as network.Warnings says. 3000 neurons at 10 times 3 tau_m apart: 0.4 % standard error.
func TestFluctuationsUnderShortNoise(t *testing.T) {
	net, err := language.Load(strings.NewReader(`
name: noise
dt: 0.1
duration: 700
populations:
  L: {size: 3000, tau_m: 20, V_th: 1000, V_reset: 0, V0: 0, ou_noise: {sd: 100, tau: 1}}`), "noise.yaml", language.Options{})
	require.NoError(t, err)
	m, c := enginetest.Build(t, net)
	squares := 0.0
	sampler := sim.NewSampler(m, sim.Selection{}, 600, func(_ int64, s *sim.NeuronState) error {
		for _, v := range s.V() {
			squares += float64(v) * float64(v) / 3000 / 10
		}
		return nil
	})
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 6000, nil, sampler))
	require.InDelta(t, -0.048, math.Sqrt(squares)/(100*math.Sqrt(1./21))-1, 0.012)
}
