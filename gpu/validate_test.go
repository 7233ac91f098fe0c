//go:build cgo && !nogl

package gpu

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network/language"
	"einet/network/presets"
	"einet/shaders"
	"einet/sim"
	"einet/validate"
)

var reference = sim.Backend{Name: "reference", Open: func(_ context.Context, m *dynamics.Model, s *connectome.Connectome) (sim.Engine, error) {
	return cpuref.New(m, s), nil
}}

// broken is update.comp with one line changed.
func broken(t *testing.T, e *Engine, from, to string) {
	source, err := shaders.Load("update.comp", e.layout.updateDefines(maxIndirectGroups(e.c.Device()), true), e.layout.cells.printed())
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(source.Text, from))
	source.Text = strings.Replace(source.Text, from, to, 1)
	e.update.Delete()
	e.update, err = Compile(e.c, source)
	e.following.can = true
	require.NoError(t, err)
}

// Statistics of the same network on both engines: equal, since the spikes are.
func TestStatisticsOfBothEngines(t *testing.T) {
	net, err := presets.Load("ei", language.Options{Scale: 0.2})
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		ours := sim.Backend{Name: "gpu", Open: func(ctx context.Context, m *dynamics.Model, s *connectome.Connectome) (sim.Engine, error) {
			return New(ctx, c, m, s)
		}}
		x, err := new(validate.Lab).RunExact(t.Context(), net, 6000, 1000, []sim.Backend{reference, ours})
		require.NoError(t, err)
		require.True(t, x.Equal)
		require.Equal(t, x.Engines[0].Digest, x.Engines[1].Digest)
		require.Equal(t, x.Engines[0].Statistics, x.Engines[1].Statistics)
		for _, p := range x.Engines[1].Statistics {
			t.Logf("rate %.2f Hz, CV %.3f, Fano %.3f, correlation %.5f", p.Rate, p.CV, p.Fano, p.Correlation.Value)
			require.Greater(t, p.Rate, 1.0)
			require.Greater(t, p.CV, 0.3)
		}
	})
}

// Kernels that are wrong in ways that hardly show are caught by the exact
// comparison, with the step and the neuron at which they first go wrong.
func TestBrokenKernelsAreCaught(t *testing.T) {
	c := open(t, "")
	for _, k := range []struct{ name, net, from, to string }{
		{"a grid twice as coarse", "ei", "changed(v, x, populations[q].grid)", "changed(v, x, 2.0 * populations[q].grid)"},
		{"one neuron's threshold", "ei", "if (v >= threshold)", "if (v >= threshold + (populations[q].first + i == 77u ? 1.0 : 0.0))"},
		{"a constant for another", "vogels2005coba", "v5 = uintBitsToFloat(tables[constants + 0u]", "v5 = uintBitsToFloat(tables[constants + 1u]"},
		{"a state that is not stored", "vogels2005coba", "states[at + 3u * size] = s[3];", ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			net, err := presets.Load(k.net, language.Options{Scale: 0.2})
			require.NoError(t, err)
			faulty := sim.Backend{Name: "gpu", Open: func(ctx context.Context, m *dynamics.Model, s *connectome.Connectome) (sim.Engine, error) {
				e, err := New(ctx, c, m, s)
				if err == nil {
					broken(t, e, k.from, k.to)
				}
				return e, err
			}}
			x, err := new(validate.Lab).RunExact(t.Context(), net, 2000, 100, []sim.Backend{reference, faulty})
			require.NoError(t, err)
			require.False(t, x.Equal)
			require.Len(t, x.Difference, 1)
			d := x.Difference[0]
			t.Logf("%+v", *d)
			require.GreaterOrEqual(t, d.StateStep, int64(1))
			require.Len(t, d.State, 3)
			differs := false
			for _, p := range d.State {
				differs = differs || p.Reference != p.Engine
			}
			require.True(t, differs)
			if strings.Contains(k.name, "neuron's") {
				require.NotZero(t, d.Step)
				require.Equal(t, 77, d.Neuron)
				require.Equal(t, d.Step, d.StateStep)
				require.Equal(t, "reference", d.FiredIn)
			}
		})
	}
}
