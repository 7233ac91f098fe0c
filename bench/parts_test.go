package bench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network/language"
	"einet/network/presets"
)

func built(t *testing.T, preset string, scale float64) (*dynamics.Model, *connectome.Connectome) {
	net, err := presets.Load(preset, language.Options{Scale: scale})
	require.NoError(t, err)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	c, err := connectome.Build(t.Context(), net, 1)
	require.NoError(t, err)
	return m, c
}

// Out-degrees are those of a walk over all synapses: alike ones, packed ones and
// several of a pair.
func TestOutDegrees(t *testing.T) {
	for preset, scale := range map[string]float64{"ei": 0.05, "potjans2014": 0.02, "brunel2000exp": 0.1} {
		m, c := built(t, preset, scale)
		want := make([]int64, m.Network.Neurons())
		for k := range c.Projections {
			p := &c.Projections[k]
			require.NoError(t, p.Each(func(source, _ int, _, _ uint32) error {
				want[m.Populations[p.From].First+source]++
				return nil
			}))
		}
		require.Equal(t, want, OutDegrees(m, c), preset)
	}
}

// The parts are of a network that is silent. Control: the input of ei, without
// inhibition, drives its neurons beyond any rate that ei has.
func TestPartsAreSilent(t *testing.T) {
	spikes := func(m *dynamics.Model, c *connectome.Connectome) int {
		e := cpuref.New(m, c)
		require.NoError(t, e.Advance(t.Context(), 300))
		all, err := e.Spikes(nil)
		require.NoError(t, err)
		return len(all)
	}
	for preset, parts := range map[string]int{"ei": 1, "brunel2000exp": 2} {
		m, c := built(t, preset, 0.1)
		list, err := newParts(m, c)
		require.NoError(t, err)
		require.Len(t, list, parts)
		for _, v := range list {
			require.Zero(t, spikes(v.model, v.connectome), preset)
			require.Zero(t, v.connectome.Synapses())
		}
		require.Greater(t, spikes(m, unconnected(c)), spikes(m, c), preset)
	}
}

// The costs of a step come out as they were put in.
func TestDerive(t *testing.T) {
	const ms = 1_000_000
	r := Result{
		Subject: Subject{Neurons: 10, Draws: 10}, Steps: 100, ModelMs: 10, Deliveries: 500,
		Simulate: Times{3 * ms, 4 * ms}, Unconnected: Times{2 * ms}, Undriven: Times{ms / 2},
	}
	r.Derive()
	require.InDelta(t, 3500, r.Derived.PerNeuronStep, 1e-9)
	require.InDelta(t, 7000, r.Derived.PerEvent, 1e-9)
	require.InDelta(t, 0.35, r.Derived.RealTimeFactor, 1e-12)
	require.InDelta(t, 500, *r.Derived.Update, 1e-9)
	require.InDelta(t, 1500, *r.Derived.Draw, 1e-9)
	require.InDelta(t, 2000, *r.Derived.Delivery, 1e-9)
	r.Unconnected = Times{5 * ms}
	r.Derive()
	require.Nil(t, r.Derived.Delivery, "noise left nothing")
}

// SIMD or not, the triad is the triad, whatever the length; and increments add.
func TestLoopsOfLimits(t *testing.T) {
	for n := range 70 {
		a, want, b, c := make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)
		for i := range b {
			b[i], c[i] = float32(i), float32(3*i)
		}
		triad(a, b, c, 0.5)
		triadScalar(want, b, c, 0.5)
		require.Equal(t, want, a)
	}
	x := new([largestBlock]int32)
	increment(x, []uint32{1, 2, 1, 5})
	require.Equal(t, []int32{0, 6, 3, 0, 0, 3}, x[:6])
}
