package analysis

import (
	"context"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/dynamics"
	"einet/network/language"
	"einet/sim"
)

// A still engine has the same state at every step.
type still struct {
	step  int64
	state map[sim.Variable][]float32
}

func (e *still) Advance(_ context.Context, steps int) error  { e.step += int64(steps); return nil }
func (e *still) Step() int64                                 { return e.step }
func (e *still) Spikes(dst []sim.Spike) ([]sim.Spike, error) { return dst, nil }
func (e *still) Close() error                                { return nil }
func (e *still) Read(v sim.Variable, _, _ int, dst []float32) error {
	copy(dst, e.state[v])
	return nil
}
func (e *still) Gather(v sim.Variable, _ int, neurons []int, dst []float32) error {
	for k, i := range neurons {
		dst[k] = e.state[v][i]
	}
	return nil
}

const twoReceptors = `
name: still
dt: 0.1
duration: 100
populations:
  A: {size: 2, neuron: lif, tau_m: 10, E_L: 0, V_th: 15, V_reset: 0, t_ref: 0, V0: {uniform: [0, 15]}, input: 10}
projections:
  exc: {from: A, to: A, rule: fixed_probability, p: 0.5, weight: 1, delay: 0.1, tau_syn: 5}
  inh: {from: A, to: A, rule: fixed_probability, p: 0.5, weight: -1, delay: 0.1, tau_syn: 5}
`

// Of two neurons with the net input -10 and 10 mV neither is balanced, though
// their mean is: |net|/exc is 10/40. The currents that are read decay over a
// step, which the sampler takes the mean of.
func TestNetOverExcitatory(t *testing.T) {
	net, err := language.Load(strings.NewReader(twoReceptors), "still.yaml", language.Options{})
	require.NoError(t, err)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	state := sim.NewStateSampler(m, 0, 5)
	at := func(mean float64) float32 { return float32(mean * 0.1 / 5 / (1 - math.Exp(-0.1/5))) }
	require.NoError(t, sim.Run(t.Context(), &still{state: map[sim.Variable][]float32{
		sim.V: {1, 2}, sim.Current(0): {at(20), at(40)}, sim.Current(1): {at(-40), at(-40)},
	}}, 20, nil, state))
	p := &state.Populations[0]
	require.InDelta(t, 40, p.Excitatory.Mean(), 1e-5)
	require.InDelta(t, 0, p.Net.Mean(), 1e-5)
	require.InDelta(t, 0.25, NetOverExcitatory(p), 1e-6)
}

// The bundle hands every spike to each of its parts and leaves out what comes
// before it counts.
func TestStatistics(t *testing.T) {
	const ms = 20e3
	s := NewStatistics([]int{100, 50}, 0.1, 10000)
	s.Add(renewal(150, ms, gamma(2, 50)))
	for i, p := range s.Populations(ms / 0.1) {
		require.Equal(t, []int{100, 50}[i], p.CVOver)
		require.InEpsilon(t, 20, p.Rate, 0.02)
		require.InDelta(t, 0.75, p.CV2, 0.02)
		require.InDelta(t, 0.6, p.LV, 0.02)
		require.InDelta(t, 0.5+0.75/(6*2), p.Fano, 0.03) // windows of 100 ms hold 2 spikes
		require.InDelta(t, 0, p.Correlation.Value, 0.002)
		require.InDelta(t, 0.96, p.VarianceToMean, 0.08) // bins far below the interval: nearly Poisson
	}
	empty := NewStatistics([]int{1}, 0.1, 0).Populations(5000)[0]
	for _, x := range []float64{empty.CV2, empty.LV, empty.Fano, empty.Correlation.Value, empty.Correlation.Error, empty.VarianceToMean} {
		require.True(t, math.IsNaN(x), "nothing to measure")
	}
}
