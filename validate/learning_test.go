package validate

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"einet/connectome"
	"einet/network/language"

	"github.com/stretchr/testify/require"
)

// A pair of spikes is seen by e^(-distance/tau) on either side, and independent trains as the targets' rate; two that are the same as more.
func TestSeen(t *testing.T) {
	net, err := language.Load(strings.NewReader(`populations:
  I: {size: 1, neuron: poisson, rate: 1}
  E: {size: 1, tau_m: 10, V_th: 15, V_reset: 0}
projections: {I_to_E: {from: I, to: E, rule: all_to_all, weight: -1, delay: 0.5, tau_syn: 5}}`), "net.yaml", language.Options{})
	require.NoError(t, err)
	c, err := connectome.Build(t.Context(), net, 1)
	require.NoError(t, err)
	const delay, tau = 5, 200.0
	of := func(source, target []int64) float64 {
		rate, err := seen(&c.Projections[0], [][]int64{source}, [][]int64{target}, delay, tau)
		require.NoError(t, err)
		return rate
	}
	require.InDelta(t, math.Exp(-95/tau)/(2*tau), of([]int64{1000}, []int64{1090}), 1e-12)
	require.InDelta(t, math.Exp(-105/tau)/(2*tau), of([]int64{1000}, []int64{890}), 1e-12)
	require.InDelta(t, (math.Exp(-95/tau)+math.Exp(-105/tau))/(2*tau), of([]int64{1000}, []int64{890, 1090}), 1e-12)
	require.Zero(t, of([]int64{1000}, []int64{995}), "at the same step")

	r := rand.New(rand.NewPCG(1, 2))
	train := func(rate float64) (steps []int64) {
		for step := range int64(4_000_000) {
			if r.Float64() < rate {
				steps = append(steps, step)
			}
		}
		return steps
	}
	source, target := train(0.002), train(0.001)
	require.InEpsilon(t, 0.001, of(source, target), 0.05)
	require.Greater(t, of(target, target), 0.002, "control")
}

// Quantities of weights count what they say.
func TestQuantitiesOfWeights(t *testing.T) {
	weights := []uint32{0, lowWeight - 1, lowWeight, 1 << 30, highWeight, highWeight + 1, 1 << 31, 1 << 31}
	require.Equal(t, 0.25, LowWeights.of(weights))
	require.Equal(t, 0.375, HighWeights.of(weights))
	require.InDelta(t, (0.1+0.1+0.5+0.9+0.9+1+1)/8, MeanWeight.of(weights), 1e-8)
}
