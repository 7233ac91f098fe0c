//go:build cgo && !nogl

package gpu

import (
	"testing"

	"einet/cpuref"
	"einet/enginetest"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Traces are those of the reference, and cut neither windows nor batches: the device is given the same dispatches as without them, and the
// host waits once a batch. An engine that does not follow is stopped in every step.
func TestTracesCutNoBatches(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[1]) // windows of 15 steps
	const steps = 600
	trace := func() *sim.Trace { return sim.NewTrace(m, 0, []int{2, 0, 130}, 0, steps) }
	want := trace()
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, syn), steps, nil, want))
	onEach(t, func(t *testing.T, c *Context) {
		count := func(hide bool, recorders ...sim.Recorder) Counters {
			e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
			require.NoError(t, e.Count(syn))
			require.NoError(t, e.Advance(t.Context(), 0))
			run := sim.Engine(e)
			if hide {
				run = struct{ sim.Engine }{e}
			}
			require.NoError(t, sim.Run(t.Context(), run, steps, nil, recorders...))
			s, err := e.Counters()
			require.NoError(t, err)
			return s
		}
		got := trace()
		s := count(false, got)
		require.Equal(t, want, got)
		require.EqualValues(t, steps, s.Steps)
		require.LessOrEqual(t, s.Windows, int64(steps/15+20), "a window more where sim looks at spikes")
		require.Equal(t, 2*s.Windows, s.Dispatches)
		require.Equal(t, s.Batches, s.Waits)

		stopped := trace()
		s = count(true, stopped)
		require.Equal(t, want, stopped)
		require.EqualValues(t, steps, s.Windows, "control")
		require.Greater(t, s.Waits, s.Batches)
	})
}

// More than a batch has room for is noted in more batches, as is what is chosen anew while an engine runs.
func TestFollowedInManyBatches(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[1])
	onEach(t, func(t *testing.T, c *Context) {
		e, reference := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock), cpuref.New(m, syn)
		for _, n := range []int{m.Populations[0].Size, 1, 7} {
			var list []sim.Followed
			for len(list) < 2000*n/m.Populations[0].Size+n {
				list = append(list, sim.Followed{Variable: sim.Variable(len(list)%2 - 1), Population: 0, Neuron: len(list) % n})
			}
			require.NoError(t, e.Follow(list))
			require.NoError(t, reference.Follow(list))
			require.Empty(t, e.Followed())
			for _, steps := range []int{1000, 3} {
				require.NoError(t, e.Advance(t.Context(), steps))
				require.NoError(t, reference.Advance(t.Context(), steps))
				require.Equal(t, reference.Followed(), e.Followed())
			}
			require.Equal(t, len(list) < 100, e.following.steps > 1000)
		}
	})
}
