// Package enginetest is the conformance suite of engines. Its one invariant: an
// engine that passes it is the reference engine as far as any user can tell:
// the same spikes and, after every step, the same state, bit for bit.
package enginetest

import (
	"cmp"
	"context"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// A Factory makes the engine under test, at step 0. It closes what it opened
// with t.Cleanup.
type Factory func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine

// Run holds the engine to the reference on every network of Networks: its
// state after each of the first steps, its spikes over a longer run in uneven
// stretches, and its manners; and the rates of its Poisson sources to what is asked.
func Run(t *testing.T, make Factory) {
	RunOn(t, Networks(), make)
	AtLimits(t, make)
}

// AtLimits holds the rates of Poisson sources to what is asked, and the engine to the reference where a step is too long and where all neurons fire.
func AtLimits(t *testing.T, make Factory) {
	t.Run("rates", func(t *testing.T) { rates(t, make) })
	t.Run("unresolved", func(t *testing.T) { unresolved(t, make) })
	t.Run("full", func(t *testing.T) { fires(t, make) })
}

// RunOn is Run on some networks, for engines that don't take all.
func RunOn(t *testing.T, networks []*network.Network, make Factory) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			t.Run("state", func(t *testing.T) { state(t, m, c, make) })
			if engine, can := make(t, m, c).(sim.Follower); can {
				t.Run("followed", func(t *testing.T) { followed(t, m, c, engine) })
			}
			if _, can := make(t, m, c).(sim.Saver); can {
				t.Run("resumed", func(t *testing.T) { resumed(t, m, c, make) })
			}
			t.Run("spikes", func(t *testing.T) { spikes(t, m, c, make) })
		})
	}
	t.Run("manners", func(t *testing.T) { manners(t, make) })
}

// Build builds a network, which must be valid.
func Build(t testing.TB, n *network.Network) (*dynamics.Model, *connectome.Connectome) {
	require.NoError(t, n.Validate())
	c, err := connectome.Build(context.Background(), n, 0)
	require.NoError(t, err)
	m, err := dynamics.New(n)
	require.NoError(t, err)
	return m, c
}

// state compares every variable of every neuron after each step.
func state(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	reference, engine := newReference(t, m, c), make(t, m, c)
	compareState(t, m, reference, engine)
	for range shorter(40) {
		require.NoError(t, reference.Advance(t.Context(), 1))
		require.NoError(t, engine.Advance(t.Context(), 1))
		compareState(t, m, reference, engine)
		compareSpikes(t, reference, engine)
	}
}

// followed holds what an engine notes while it advances to the reference's state after each step.
func followed(t *testing.T, m *dynamics.Model, c *connectome.Connectome, engine sim.Follower) {
	reference := newReference(t, m, c)
	var list []sim.Followed
	for i := range m.Populations {
		for _, v := range sim.Variables(m, i) {
			list = append(list, sim.Followed{Variable: v, Population: i, Neuron: m.Populations[i].Size - 1}, sim.Followed{Variable: v, Population: i})
		}
	}
	require.NoError(t, engine.Follow(list))
	for _, steps := range []int{1, 37, 5} {
		require.NoError(t, engine.Advance(t.Context(), steps))
		got := engine.Followed()
		require.Len(t, got, steps*len(list))
		for range steps {
			require.NoError(t, reference.Advance(t.Context(), 1))
			for _, f := range list {
				var want [1]float32
				require.NoError(t, reference.Read(f.Variable, f.Population, f.Neuron, want[:]))
				require.Equal(t, want[0], got[0], "step %d, %+v", reference.Step(), f)
				got = got[1:]
			}
		}
	}
	require.NoError(t, engine.Follow(nil))
	require.NoError(t, engine.Advance(t.Context(), 3))
	require.Empty(t, engine.Followed())
	require.Error(t, engine.Follow([]sim.Followed{{Variable: sim.V, Population: len(m.Populations)}}))
}

// spikes compares spikes and final state when many steps are advanced at once.
func spikes(t *testing.T, m *dynamics.Model, c *connectome.Connectome, make Factory) {
	compareRuns(t, m, newReference(t, m, c), make(t, m, c))
}

func compareRuns(t *testing.T, m *dynamics.Model, reference, engine sim.Engine) {
	total := 0
	for _, steps := range []int{1, 2, 37, shorter(600), 13, shorter(1200), m.MaxDelay} { // so that the largest delay has passed
		require.NoError(t, reference.Advance(t.Context(), steps))
		require.NoError(t, engine.Advance(t.Context(), steps))
		require.Equal(t, reference.Step(), engine.Step())
		total += compareSpikes(t, reference, engine)
	}
	compareState(t, m, reference, engine)
	require.NotZero(t, total, "a silent network tests little")
}

func compareState(t *testing.T, m *dynamics.Model, reference, engine sim.Engine) {
	for i := range m.Populations {
		p := &m.Populations[i]
		want, got := make([]float32, p.Size), make([]float32, p.Size)
		for _, v := range sim.Variables(m, i) {
			require.NoError(t, reference.Read(v, i, 0, want))
			require.NoError(t, engine.Read(v, i, 0, got))
			for k := range want {
				if want[k] != got[k] {
					require.FailNowf(t, "state differs", "step %d, population %d, neuron %d, variable %d: %v, the reference has %v",
						reference.Step(), i, k, v, got[k], want[k])
				}
			}
			compareGathered(t, engine, v, i, want)
		}
	}
	compareReleases(t, m, reference, engine)
	compareWeights(t, m, reference, engine)
}

// compareGathered holds some neurons of a population, in no order, to the state of all.
func compareGathered(t *testing.T, engine sim.Engine, v sim.Variable, pop int, all []float32) {
	neurons := []int{len(all) - 1, 0}
	for k := len(all) - 2; k > 0; k -= 1 + len(all)/7 {
		neurons = append(neurons, k)
	}
	neurons = neurons[:min(len(neurons), len(all))]
	want, got := make([]float32, len(neurons)), make([]float32, len(neurons))
	for k, i := range neurons {
		want[k] = all[i]
	}
	require.NoError(t, engine.Gather(v, pop, neurons, got))
	require.Equal(t, want, got, "population %d, neurons %v, variable %d", pop, neurons, v)
}

func compareSpikes(t *testing.T, reference, engine sim.Engine) int {
	want, err := reference.Spikes(nil)
	require.NoError(t, err)
	got, err := engine.Spikes(nil)
	require.NoError(t, err)
	for k := range min(len(want), len(got)) {
		if want[k] != got[k] {
			require.FailNowf(t, "spikes differ", "spike %d is %v, the reference has %v", k, got[k], want[k])
		}
	}
	require.Len(t, got, len(want))
	return len(want)
}

// unresolved: where a step is too long for the conductances in it, every engine ends with the step before,
// has the spikes up to there and names the same neuron; and it goes no further.
func unresolved(t *testing.T, make Factory) {
	m, c := Build(t, tooConductive())
	reference, engine := cpuref.New(m, c), make(t, m, c)
	run := func(e sim.Engine) (spikes []sim.Spike, err error) {
		for err == nil && e.Step() < 4000 {
			err = e.Advance(t.Context(), 400)
			var also error
			spikes, also = e.Spikes(spikes)
			err = cmp.Or(err, also)
		}
		return spikes, err
	}
	want, why := run(reference)
	require.ErrorIs(t, why, dynamics.ErrTooConductive)
	require.NotEmpty(t, want)
	require.Greater(t, reference.Step(), int64(400))
	got, err := run(engine)
	require.EqualError(t, err, why.Error())
	require.Equal(t, reference.Step(), engine.Step())
	require.Equal(t, want, got)
	_, err = run(engine)
	require.EqualError(t, err, why.Error())
	require.Equal(t, reference.Step(), engine.Step())
}

// manners: what the Engine interface promises beside the numbers.
func manners(t *testing.T, make Factory) {
	m, c := Build(t, Networks()[0])
	e := make(t, m, c)
	require.Zero(t, e.Step())
	some := []sim.Spike{{Step: 1, Neuron: 2}}
	got, err := e.Spikes(some)
	require.NoError(t, err)
	require.Equal(t, some, got, "Spikes appends, and there are none before the first step")

	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, e.Advance(cancelled, 10), context.Canceled)
	require.Less(t, e.Step(), int64(10))

	dst := []float32{0, -1}
	require.NoError(t, e.Read(sim.V, 0, 3, dst[:1]))
	require.Equal(t, float32(-1), dst[1], "Read writes no further than dst")
	size := m.Populations[0].Size
	require.ErrorContains(t, e.Read(sim.V, 0, size, dst[:1]), "population 0 has")
	require.ErrorContains(t, e.Read(sim.V, 9, 0, dst[:1]), "population 9")
	require.ErrorContains(t, e.Read(sim.Current(7), 0, 0, dst[:1]), "receptor 7")
	require.ErrorContains(t, e.Gather(sim.V, 0, []int{0, size}, dst), "population 0 has")
	require.ErrorContains(t, e.Gather(sim.V, 0, []int{-1}, dst[:1]), "population 0 has")
	require.ErrorContains(t, e.Gather(sim.V, 0, []int{0}, dst), "room for 2")
	require.ErrorContains(t, e.Gather(sim.Current(7), 0, nil, nil), "receptor 7")
	require.NoError(t, e.Gather(sim.V, 0, nil, nil))
}
