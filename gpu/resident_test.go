//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/shaders"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// together are bounds with which several windows are one dispatch of so many work groups.
func together(c *Context, groups int) bounds {
	b := boundsOf(c.Device())
	b.resident.groups = groups
	return b
}

// The conformance suite where several windows are one dispatch. The tag long has all networks, and two work groups.
func TestConformanceOfResidentWindows(t *testing.T) {
	all := enginetest.Networks()
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.RunOn(t, []*network.Network{all[0], all[1], all[9], all[10], all[19]}, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, together(c, 1))
			t.Cleanup(func() { require.False(t, e.resident.gaveUp) })
			return e
		})
	})
}

// What can't be is refused in one line, and nothing hangs.
func TestResidentRefuses(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	lonely, none := enginetest.Build(t, enginetest.Networks()[2])
	drawn, err := connectome.Procedural(t.Context(), m.Network, 0)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		for _, k := range []struct {
			m      *dynamics.Model
			syn    *connectome.Connectome
			groups int
			says   string
		}{
			{m, syn, 4096, "several windows in a dispatch: 4096 work groups are not there at once, use fewer"},
			{m, syn, -1, "-1 work groups were asked for, must be from 1 to"},
			{lonely, none, 1, "the network has no synapses"},
			{m, drawn, 1, "its synapses are drawn again for each spike, must be stored"},
		} {
			if !c.Device().Software && k.groups > 1 {
				continue
			}
			_, err := NewWith(t.Context(), c, k.m, k.syn, Options{Resident: k.groups})
			require.ErrorIs(t, err, ErrLimit)
			require.ErrorContains(t, err, k.says)
			require.NotContains(t, err.Error(), "\n")
		}
		b := together(c, 1)
		b.sheets = 1
		_, err := newEngine(t.Context(), c, m, syn, 1<<13, b)
		require.ErrorContains(t, err, "all synapses at once")
	})
}

// Work groups that give up waiting, at whatever meeting, lose nothing and do nothing twice: the spikes are the reference's, and the
// batch behind, which was under way, is done one by one.
func TestResidentGivesUp(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[1])
	want := digest(t, cpuref.New(m, syn), 1200)
	onEach(t, func(t *testing.T, c *Context) {
		for _, at := range []int{1, 2, 3, 6, 7, 8, 9, 17, 32, 1000} {
			b := together(c, 1)
			b.windows = 16
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			misses(t, e, at, "", "")
			require.Equal(t, want.String(), digest(t, e, 1200).String(), "at meeting %d", at)
			require.Equal(t, at <= 32, e.resident.gaveUp)
			require.Equal(t, at <= 32, e.resident.program == nil)
		}
		// Control: a kernel less than what seems to be done.
		e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, together(c, 1))
		misses(t, e, 3, "arrivals | GAVE_UP);", "(arrivals + 1u) | GAVE_UP);")
		d := sim.NewDigest()
		if err := sim.Run(t.Context(), e, 1200, nil, d); err == nil {
			require.NotEqual(t, want.String(), d.String())
		} else {
			require.ErrorIs(t, err, ErrLost) // of a batch of a window, which has no third kernel
		}
	})
}

// misses makes a meeting of each batch one that a work group too few comes to, and changes one place more.
func misses(t *testing.T, e *Engine, at int, from, to string) {
	source := residentSource(t, e)
	const goal = "uint goal = n * gl_NumWorkGroups.x;"
	require.Equal(t, 1, strings.Count(source.Text, goal))
	source.Text = strings.Replace(source.Text, goal, fmt.Sprintf("uint goal = n * gl_NumWorkGroups.x + (n == %du ? 1u : 0u);", at), 1)
	if from != "" {
		require.Equal(t, 1, strings.Count(source.Text, from))
		source.Text = strings.Replace(source.Text, from, to, 1)
	}
	e.resident.program.Delete()
	var err error
	e.resident.program, err = Compile(e.c, source)
	require.NoError(t, err)
}

func residentSource(t *testing.T, e *Engine) shaders.Source {
	defines := e.layout.updateDefines(maxIndirectGroups(e.c.Device()), e.following.can)
	maps.Copy(defines, e.resident.defines)
	maps.Copy(defines, shaders.Defines{"MEETINGS": e.resident.binding, "UPDATE_GROUPS": e.layout.groups, "SHARES": e.deal.groups})
	source, err := shaders.Load("resident.comp", defines, e.layout.cells.printed())
	require.NoError(t, err)
	return source
}

// Many work groups that a device does not have at once, though it seemed so: they give up, and the windows are done one by one.
func TestWorkGroupsThatAreNotThere(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	want := digest(t, cpuref.New(m, syn), 300)
	onEach(t, func(t *testing.T, c *Context) {
		if !c.Device().Software {
			t.Skip("for software, which has few work groups at once")
		}
		e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, together(c, 1))
		e.bounds.resident.groups = 64
		require.Equal(t, want.String(), digest(t, e, 300).String())
		require.True(t, e.resident.gaveUp)
	})
}

// A driver that ends loops early, as Mesa's software drivers do after 65 535 passes, is an error and not other spikes; so is one that drops the work.
func TestResidentWorkThatIsNotDone(t *testing.T) {
	net := enginetest.Networks()[0]
	for i := range net.Populations {
		net.Populations[i].Size *= 10
	}
	for i := range net.Projections {
		net.Projections[i].P = 0.001
	}
	m, syn := enginetest.Build(t, net)
	onEach(t, func(t *testing.T, c *Context) {
		if c.Device().Software {
			b := together(c, 1)
			b.resident.windows, b.resident.passes, b.longest = 512, 0, time.Hour
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			e.most = 512
			require.NoError(t, e.Advance(t.Context(), 512))
			_, err := e.Spikes(nil)
			require.ErrorContains(t, err, "the driver ends loops after some passes")
			b.resident.passes = 10_000
			startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			b.resident.passes = passesOfStep * 100
			_, err = newEngine(t.Context(), c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			require.ErrorContains(t, err, "the driver ends loops after some passes")
		}
		e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, together(c, 1))
		whole := e.resident.program.id
		e.resident.program.id = nothing(t, c)
		require.NoError(t, e.Advance(t.Context(), 10))
		e.resident.program.id = whole
		_, err := e.Spikes(nil)
		require.ErrorIs(t, err, ErrLost)
	})
}
