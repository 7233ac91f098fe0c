//go:build cgo && !nogl

package gpu

import (
	"context"
	"fmt"
	"math"
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

func start(t testing.TB, c *Context, m *dynamics.Model, syn *connectome.Connectome, pageBytes int64) *Engine {
	return startWithin(t, c, m, syn, pageBytes, boundsOf(c.Device()))
}

func startWithin(t testing.TB, c *Context, m *dynamics.Model, syn *connectome.Connectome, pageBytes int64, b bounds) *Engine {
	e, err := newEngine(context.Background(), c, m, syn, pageBytes, b)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func TestConformance(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.Run(t, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			return start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		})
	})
}

func TestWrongStates(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.WrongStates(t, append(enginetest.Networks()[:3], enginetest.Plastic()...), func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			return start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		})
	})
}

func TestLate(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.Late(t, append(enginetest.Networks()[:6], enginetest.Plastic()...), func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			return start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		}, 1<<30, math.MaxInt32-1000)
	})
}

func TestChanges(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.Changes(t, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			return start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		})
	})
}

// The same where synapses are drawn again for each spike.
func TestConformanceOfDrawnSynapses(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.RunProcedural(t, dealt(t, c, enginetest.Procedural(false)), func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
			drawn, err := isDrawn(syn)
			require.NoError(t, err)
			require.Equal(t, drawn, e.deliver.Name() == "redraw.comp")
			return e
		})
	})
}

// The same with synapses on many small pages of two sheets, and deliver dispatched once for
// each.
func TestConformanceOnManyPages(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		pages := 0
		conforms(t, c, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			b := boundsOf(c.Device())
			b.sheets = 2
			e := startWithin(t, c, m, syn, 1<<14, b)
			pages = max(pages, len(e.pages))
			return e
		})
		require.Greater(t, pages, 5)
	})
}

// The same with update in several rows of work groups and with windows and
// batches that their bounds cut short.
func TestConformanceWithinSmallBounds(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		rows, shorter := 0, false
		conforms(t, c, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			b := bounds{ring: 20_000, drives: 60, window: 4, windows: 3, row: 3, parallel: true, bindings: 8, sheets: 1}
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			rows = max(rows, e.layout.rows)
			shorter = shorter || e.layout.window < m.MinDelay && e.layout.window > 1
			return e
		})
		require.Greater(t, rows, 5)
		require.True(t, shorter)
	})
}

// Random words are the same where a work group draws them together, of windows of several steps, and where each invocation draws its own.
func TestSharedWords(t *testing.T) {
	most := 0
	for _, net := range enginetest.Networks() {
		m, syn := enginetest.Build(t, net)
		l, err := layoutState(m, updateLocal, boundsOf(promised))
		require.NoError(t, err)
		most = max(most, l.draws*min(l.window, fewestDraws))
		if l.draws == 0 {
			continue
		}
		want := digest(t, cpuref.New(m, syn), 500)
		onEach(t, func(t *testing.T, c *Context) {
			for _, share := range []bool{false, true} {
				b := boundsOf(c.Device())
				b.parallel = share
				got := digest(t, startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b), 500)
				require.Equal(t, want.String(), got.String(), "%s, shared: %v", net.Name, share)
			}
		})
	}
	require.Greater(t, most, 2*fewestDraws, "more words than there is room for at once")
}

// A network whose smallest delay is a second runs: its windows are shorter.
func TestLongDelays(t *testing.T) {
	net := enginetest.Networks()[1]
	for i := range net.Projections {
		net.Projections[i].Delay = network.Number(100)
	}
	m, syn := enginetest.Build(t, net)
	want := digest(t, cpuref.New(m, syn), 2500)
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		require.Less(t, e.layout.window, m.MinDelay)
		require.Equal(t, want.String(), digest(t, e, 2500).String())
	})
}

// The published networks at a size that software drivers take, some with three seeds:
// the spikes of the reference.
func TestPresetsEqualReference(t *testing.T) {
	size := map[string]struct {
		scale, ms float64
		seeds     uint32
	}{
		"ei": {0.2, 500, 3}, "tian2020": {0.3, 500, 3}, "vs96": {1, 500, 3},
		"vogels2005cuba": {1, 200, 1}, "vogels2005coba": {1, 100, 1}, "brainpy1m": {1, 100, 1},
		"brunel2000": {0.12, 100, 1}, "brunel2000exp": {0.12, 100, 1}, "potjans2014": {0.03, 100, 1},
		"cobahh": {0.1, 30, 1}, "zerlaut2018": {0.1, 40, 1}, "izhikevich2003": {0.3, 60, 1}, "tum2000": {1, 200, 1}, "mongillo2008": {0.1, 60, 1},
		"laing2001": {1, 300, 1}, "rosenbaum2017": {0.1, 40, 1}, "litwinkumar2012": {0.2, 60, 1}, "vogels2011": {0.1, 100, 1}, "song2000": {1, 300, 1},
	}
	for _, name := range presets.Names() {
		for seed := range size[name].seeds {
			net, err := presets.Load(name, language.Options{Seed: &seed, Scale: size[name].scale})
			require.NoError(t, err)
			m, syn := enginetest.Build(t, net)
			steps := int64(net.Steps(size[name].ms))
			want := digest(t, cpuref.New(m, syn), steps)
			onEach(t, func(t *testing.T, c *Context) {
				got := digest(t, start(t, c, m, syn, c.Device().Limits.MaxStorageBlock), steps)
				require.Equal(t, want.String(), got.String(), "%s, seed %d", name, seed)
				require.NotZero(t, got.Count())
			})
		}
		require.NotZero(t, size[name].seeds, "%s is not here yet", name)
	}
}

func digest(t *testing.T, e sim.Engine, steps int64) *sim.Digest {
	d := sim.NewDigest()
	require.NoError(t, sim.Run(t.Context(), e, steps, nil, d))
	return d
}

func TestProbeRefusesADriverAndNamesTheOperation(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		require.NoError(t, probe(c, -1))
		for op := range len(probeOps) + len(probePrograms) {
			err := probe(c, op)
			require.ErrorIs(t, err, ErrInexact)
			require.ErrorContains(t, err, fmt.Sprintf("cannot run einet: %s of", probeName(op)))
		}
	})
}
