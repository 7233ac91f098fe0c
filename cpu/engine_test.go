package cpu

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// eager is an engine whose workers are all at work however little there is.
func eager(t testing.TB, m *dynamics.Model, c *connectome.Connectome, threads int, k *kernels) *Engine {
	e := newEngine(m, c, threads, k)
	e.plan.always = true
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func TestConformance(t *testing.T) {
	for _, k := range available() {
		least := 1
		if enginetest.Racing { // of threads that are fewer it finds less
			least = 3
		}
		for threads := least; threads <= 3; threads++ {
			t.Run(fmt.Sprintf("%s/%d", k.name, threads), func(t *testing.T) {
				open := func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
					return eager(t, m, c, threads, k)
				}
				enginetest.Run(t, open)
				enginetest.RunProcedural(t, enginetest.Procedural(true), open)
				enginetest.Changes(t, open)
				enginetest.Loses(t, open)
			})
		}
	}
}

func TestLearns(t *testing.T) {
	for i, k := range available() {
		for threads := 1; threads <= 3; threads++ {
			if i > 0 && threads != 2 {
				continue // how rows are shared out does not depend on the kernels
			}
			t.Run(fmt.Sprintf("%s/%d", k.name, threads), func(t *testing.T) {
				enginetest.Learns(t, func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
					return eager(t, m, c, threads, k)
				}, 1<<31, network.MaxRun-100)
			})
		}
	}
}

func TestWrongStates(t *testing.T) {
	enginetest.WrongStates(t, enginetest.Networks(), func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return eager(t, m, c, 2, best())
	})
}

func TestCloseFreesAll(t *testing.T) {
	enginetest.Frees(t, enginetest.Networks()[16:], nil, func(m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		e := newEngine(m, c, 3, best())
		e.plan.always = true
		return e, nil
	})
}

// The numbers of steps change their sign at 2^31 where SIMD compares them.
func TestLate(t *testing.T) {
	enginetest.Late(t, enginetest.Networks(), func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
		return eager(t, m, c, 2, best())
	}, 1<<30, 1<<31, 3<<30, network.MaxRun)
}

// The network ei itself, whose rows are bits where there is SIMD and which fills
// several shares: one digest, however many threads and whatever the kernels.
func TestDigestOfThreads(t *testing.T) {
	net, err := presets.Load("ei", language.Options{Scale: 0.3})
	require.NoError(t, err)
	m, c := enginetest.Build(t, net)
	const steps = 1500
	digest := func(e sim.Engine) string {
		d := sim.NewDigest()
		require.NoError(t, sim.Run(t.Context(), e, steps, nil, d))
		require.NotZero(t, d.Count())
		return d.String()
	}
	want := digest(cpuref.New(m, c))
	for _, k := range available() {
		for threads := 1; threads <= 4; threads++ {
			require.Equal(t, want, digest(eager(t, m, c, threads, k)), "%s, %d threads", k.name, threads)
		}
		e := newEngine(m, c, 2, k) // as it plans itself
		require.Equal(t, want, digest(e))
		require.NoError(t, e.Close())
	}
	other := *m
	other.Projections = slices.Clone(m.Projections)
	other.Projections[0].Weights[0]++
	require.NotEqual(t, want, digest(eager(t, &other, c, 2, best())), "control")
}

// Shares cover every tile once and in order, and none is much larger than
// another.
func TestCut(t *testing.T) {
	for _, sizes := range [][]int{{8000, 2000}, {1}, {70, 1, 1, 500}, {16, 16, 16}} {
		populations, cost := make([]population, len(sizes)), make([]float64, len(sizes))
		total := 0.0
		for i, n := range sizes {
			populations[i].tiles, cost[i] = (n+lanes-1)/lanes, float64(1+i)
			total += cost[i] * float64(populations[i].tiles)
		}
		for n := 1; n <= 5; n++ {
			i, next := 0, 0
			for _, s := range cut(populations, cost, 1, n) {
				work := 0.0
				for _, p := range s.pieces {
					if next == populations[i].tiles {
						i, next = i+1, 0
					}
					require.Equal(t, i, p.population)
					require.Equal(t, next, p.lo)
					require.Less(t, p.lo, p.hi)
					next = p.hi
					work += cost[i] * float64(p.hi-p.lo)
				}
				require.InDelta(t, total/float64(n), work, float64(2*len(sizes)))
			}
			require.Equal(t, len(sizes)-1, i)
			require.Equal(t, populations[i].tiles, next)
		}
	}
}

// Neurons clamped into the far future stay so, and the order of steps survives
// the mapping to signed integers.
func TestClock(t *testing.T) {
	for _, n := range []int64{0, 1, 1<<31 - 1, 1 << 31, 1<<32 - 2} {
		require.Less(t, clock(n), clock(n+1))
	}
	require.EqualValues(t, math.MaxInt32, clock(1<<32-1))
}

// Once its lists have grown, an engine allocates for a batch, not for a step.
func TestAllocations(t *testing.T) {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	for threads := 1; threads <= 2; threads++ {
		e := eager(t, m, c, threads, best())
		var spikes []sim.Spike
		advance := func() {
			require.NoError(t, e.Advance(t.Context(), 1000))
			var err error
			spikes, err = e.Spikes(spikes[:0])
			require.NoError(t, err)
		}
		for range 5 {
			advance()
		}
		require.Less(t, testing.AllocsPerRun(5, advance), 100.)
	}
}
