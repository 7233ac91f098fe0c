//go:build cgo && !nogl

package gpu

import (
	"math"
	"strings"
	"testing"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/shaders"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// summed are bounds with which every network that can has sums in shared memory from the first window on, of slices as small as given.
func summed(c *Context, slice int) bounds {
	b := boundsOf(c.Device())
	b.sums = sumBounds{slice: slice, always: true}
	return b
}

// The conformance suite with sums in shared memory: of slices that are smaller than populations, on one page and on many, of networks with windows of a step and
// of many, delays that differ between projections, and every rule by which rows are drawn by chunk. The tag long has all networks.
func TestConformanceWithSums(t *testing.T) {
	all := enginetest.Networks()
	plastic := all[19] // with weights that are drawn
	for i := range plastic.Projections {
		plastic.Projections[i].Delay = network.Number(0.3 + 0.1*float64(i%5))
	}
	onEach(t, func(t *testing.T, c *Context) {
		t.Run("a page", func(t *testing.T) {
			enginetest.RunOn(t, dealt(t, c, []*network.Network{all[0], all[1], all[4], plastic}), withSums(c, c.Device().Limits.MaxStorageBlock, true))
		})
		t.Run("pages", func(t *testing.T) {
			enginetest.RunOn(t, all[1:2], withSums(c, 1<<14, true))
		})
	})
}

// withSums makes engines with sums in shared memory from the first window on, where a network can have them, in one to three parts.
func withSums(c *Context, pageBytes int64, must bool) enginetest.Factory {
	parts := 0
	return func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
		b := summed(c, 64)
		b.sheets = 2
		e := startWithin(t, c, m, syn, pageBytes, b)
		if must {
			require.NotNil(t, e.sums.program)
		}
		if e.sums.program != nil {
			parts = 1 + parts%3
			e.sums.parts = parts
		}
		return e
	}
}

// The same where synapses are drawn again, on several chunks.
func TestDrawnSums(t *testing.T) {
	nets := []*network.Network{
		toMany("few", withProbability(0.02), withProbability(1), withRule(network.AllToAll), func(q *network.Projection) {
			withProbability(0.05)(q)
			q.ShortTerm = network.ShortTerm{U: 0.4, TauRec: 100}
		}),
		toMany("many", withProbability(0.003), withRule(network.OneToOne), func(q *network.Projection) {
			withProbability(0.002)(q)
			q.Autapses, q.Weight, q.Delay = false, network.NormalDist(0.1, 0.05), network.Number(0.7)
		}),
	}
	for k, net := range nets {
		net.Populations[k].Input = network.Input{network.DC(60)} // of those that have targets
		m, stored := enginetest.Build(t, net)
		drawn, err := connectome.Procedural(t.Context(), net, 0)
		require.NoError(t, err)
		const steps = 60
		want := cpuref.New(m, stored)
		require.NoError(t, want.Advance(t.Context(), steps))
		spikes, err := want.Spikes(nil)
		require.NoError(t, err)
		require.NotEmpty(t, spikes)
		onEach(t, func(t *testing.T, c *Context) {
			for parts := 1; parts <= 2; parts++ {
				e := startWithin(t, c, m, drawn, c.Device().Limits.MaxStorageBlock, summed(c, 1024))
				require.Equal(t, "redraw.comp", e.sums.program.Name())
				e.sums.parts = parts
				require.NoError(t, e.Advance(t.Context(), steps))
				got, err := e.Spikes(nil)
				require.NoError(t, err)
				require.Equal(t, spikes, got)
				for i := range m.Populations {
					for _, v := range sim.Variables(m, i) {
						x, y := make([]float32, m.Populations[i].Size), make([]float32, m.Populations[i].Size)
						require.NoError(t, want.Read(v, i, 0, x))
						require.NoError(t, e.Read(v, i, 0, y))
						require.Equal(t, x, y)
					}
				}
			}
		})
	}
	m, err := dynamics.New(nets[0])
	require.NoError(t, err)
	l, err := layoutState(m, updateLocal, boundsOf(promised))
	require.NoError(t, err)
	for _, without := range []func(*network.Projection){withOutDegree(30, true), withOutDegree(30, false), func(q *network.Projection) {
		withProbability(0.1)(q)
		q.Delay = network.Between(0.5, 1)
	}} {
		drawn, err := connectome.Procedural(t.Context(), toMany("few", withProbability(0.02), without), 0)
		require.NoError(t, err)
		_, ok := layoutDrawnSums(m, &l, drawn, 1<<15)
		require.False(t, ok)
	}
}

// Who delivers changes from batch to batch by the events of those before, and the spikes stay the same.
func TestSumsByEvents(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	want := digest(t, cpuref.New(m, syn), 400)
	onEach(t, func(t *testing.T, c *Context) {
		b := boundsOf(c.Device())
		b.sums, b.windows = sumBounds{slice: 128, events: 1}, 16
		e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
		require.NotNil(t, e.sums.program)
		require.Zero(t, e.sums.parts, "nothing is known of events")
		e.sums.sums = 1 // as if sums were few: parts are then by work groups
		require.NoError(t, e.Count(syn))
		require.Equal(t, want.String(), digest(t, e, 400).String())
		s, err := e.Counters()
		require.NoError(t, err)
		require.Greater(t, s.Summed, int64(10))
		require.Less(t, s.Summed, s.Windows)
		require.Less(t, s.SharedAdds, s.Events)
		require.Less(t, s.Atomics, s.Events+2*s.Spikes)
	})
}

// Steps of so many spikes that Mesa's software drivers end the loops of a work group early are an error and not other spikes.
func TestSumsOfManySpikes(t *testing.T) {
	many, few := sized("many", 50_000), sized("few", 64)
	many.Input, many.V0 = network.Input{network.DC(1e4)}, network.Number(0) // all fire in each step
	p := toManyBy("many", 0.99, 1)
	p.To = "few"
	m, err := dynamics.New(&network.Network{Name: "burst", Dt: 0.1, Duration: 1, Populations: []network.Population{many, few}, Projections: []network.Projection{p}})
	require.NoError(t, err)
	drawn, err := connectome.Procedural(t.Context(), m.Network, 0)
	require.NoError(t, err)
	onEach(t, func(t *testing.T, c *Context) {
		if !c.Device().Software {
			t.Skip("for drivers that end loops")
		}
		e := startWithin(t, c, m, drawn, c.Device().Limits.MaxStorageBlock, summed(c, 1024))
		require.NoError(t, e.Advance(t.Context(), 1))
		_, err := e.Spikes(nil)
		require.ErrorIs(t, err, ErrLimit)
		require.ErrorContains(t, err, "the driver ends loops after some passes")
	})
}

// The rule: enough events, and several for each sum; parts as long as they have several spikes a target and work groups are few.
func TestPartsFor(t *testing.T) {
	b := boundsOf(promised).sums
	for _, k := range []struct {
		events             float64
		sums, groups, want int
	}{
		{99_999, 10, 10, 0}, {100_000, 10_000, 1000, 1}, {100_000, 50_000, 1000, 1}, {100_000, 50_001, 1000, 0},
		{1e6, 10_000, 100, 6}, {1e6, 100_000, 100, 5}, {1e6, 10_000, 512, 1}, {1e6, 10_000, 511, 2}, {0, 0, 0, 0},
	} {
		require.Equal(t, k.want, partsFor(b, k.events, k.sums, k.groups), "%+v", k)
	}
	require.Zero(t, partsFor(sumBounds{}, 1e9, 1, 1))
	require.Equal(t, 1, partsFor(sumBounds{always: true}, 0, 100, 1))
	software := promised
	software.Software = true
	require.Zero(t, partsFor(boundsOf(software).sums, 1e9, 1, 1))
}

// Slices are as small as rows have synapses for, and none where rows are too short or delays differ within a projection.
func TestSliceFor(t *testing.T) {
	const shared = 48 << 10
	for _, k := range []struct {
		p           float64
		shared      int
		slice, team int
	}{
		{0.25, shared, 1024, 32}, {0.032, shared, 1024, 4}, {0.02, shared, 2048, 8}, {0.004, shared, 8192, 8}, {0.003, shared, 0, 0}, {0.004, 32 << 10, 0, 0},
	} {
		m, syn := enginetest.Build(t, &network.Network{
			Name: "slices", Dt: 0.1, Duration: 1, Populations: []network.Population{sized("few", 200), sized("many", 16384)},
			Projections: []network.Projection{toManyBy("few", k.p, 1)},
		})
		slice, team, ok := sliceFor(m, syn, boundsOf(promised).sums, k.shared)
		if !ok {
			slice, team = 0, 0
		}
		require.Equal(t, []int{k.slice, k.team}, []int{slice, team}, "p %g", k.p)
	}
	net := enginetest.Networks()[0]
	net.Projections[0].Delay = network.Between(0.1, 0.3)
	m, syn := enginetest.Build(t, net)
	_, _, ok := sliceFor(m, syn, sumBounds{slice: 64}, shared)
	require.False(t, ok)
}

// Cuts lead to every synapse once, each in its slice.
func TestCutsLeadToEverySynapse(t *testing.T) {
	for _, net := range enginetest.Networks() {
		m, syn := enginetest.Build(t, net)
		slice, team, ok := sliceFor(m, syn, sumBounds{slice: 64}, 1<<15)
		if !ok {
			continue
		}
		l, err := layoutState(m, updateLocal, boundsOf(promised))
		require.NoError(t, err)
		pages := layoutPages(syn, form{1 << 14, 2, team})
		s := layoutSums(m, &l, pages, slice, team)
		reached := 0
		for i, p := range s.pages {
			lanes := 0
			for _, x := range p.slices {
				require.LessOrEqual(t, int(x.Size), slice)
				require.EqualValues(t, lanes, x.First)
				lanes += int(x.Lanes)
				for _, lane := range p.lanes[x.First:][:x.Lanes] {
					for j := range lane.Sources {
						at := lane.Cuts + j*lane.Each
						reached += inSlice(t, &pages[i], int(lane.Sheet), lane.TargetBits, lane.WeightBits, lane.FirstTarget, x.Size, p.cuts[at], p.cuts[at+1])
					}
				}
			}
			require.Len(t, p.lanes, lanes)
		}
		require.EqualValues(t, syn.Synapses(), reached, net.Name)
	}
}

// inSlice is how many synapses lie between two places of a sheet, all of which lead to a slice.
func inSlice(t *testing.T, p *page, sheet int, targetBits, weightBits, first, size, from, to uint32) int {
	require.LessOrEqual(t, from, to)
	for i := range p.segments {
		s := &p.segments[i]
		targets := s.targets()
		if s.sheet != sheet || int(from) < s.target || int(to) > s.target+len(targets) {
			continue
		}
		part := targets[int(from)-s.target : int(to)-s.target]
		if targetBits == 0 {
			for _, x := range part {
				require.Less(t, uint32(x)-first, size)
			}
			return len(part)
		}
		for k := 0; k < len(part); k += 2 {
			x := uint32(part[k]) | uint32(part[k+1])<<16
			require.Less(t, x&(1<<targetBits-1)>>weightBits-first, size)
		}
		return len(part) / 2
	}
	require.Equal(t, from, to)
	return 0
}

// sized is a population of that many neurons.
func sized(name string, n int) network.Population {
	p := enginetest.Networks()[3].Populations[0]
	p.Name, p.Size = name, n
	return p
}

func toManyBy(from string, p, delay float64) network.Projection {
	return network.Projection{
		Name: from, From: from, To: "many", Rule: network.FixedProbability, P: p, Weight: network.Number(0.1), Delay: network.Number(delay),
		Synapse: network.Exponential, TauSyn: 5, Autapses: true, Multapses: true,
	}
}

// Kernels with sums that are wrong in ways that hardly show are caught: a synapse too many at the end of a part, one neuron that is left out of a slice,
// the step of a window, a part of the spikes.
func TestBrokenSumsAreCaught(t *testing.T) {
	c := open(t, "")
	for _, k := range []struct {
		name, net, kernel, from, to string
		drawn                       bool
	}{
		{name: "a synapse too many", net: "ei", kernel: "accumulate.comp", from: "at + 8u <= to", to: "at + 8u <= to + 1u"},
		{name: "a target left out", net: "ei", kernel: "accumulate.comp", from: "i < s.size", to: "i + 1u < s.size"},
		{name: "a step too early", net: "brunel2000exp", kernel: "accumulate.comp", from: "arriving_in(step + s.delay)", to: "arriving_in(step + s.delay - 1u)"},
		{name: "a spike too few", net: "ei", kernel: "accumulate.comp", from: "if (k < spikes)", to: "if (k + 1u < spikes)"},
		{name: "another chunk", net: "ei", kernel: "redraw.comp", from: "targets[i] - chunk * CHUNK", to: "(targets[i] ^ 1u) - chunk * CHUNK", drawn: true},
	} {
		t.Run(k.name, func(t *testing.T) {
			net, err := presets.Load(k.net, language.Options{Scale: 0.1})
			require.NoError(t, err)
			m, syn := enginetest.Build(t, net)
			want := digest(t, cpuref.New(m, syn), 300)
			if k.drawn {
				syn, err = connectome.Procedural(t.Context(), net, 0)
				require.NoError(t, err)
			}
			b := summed(c, 1024)
			b.parallel = true
			for _, whole := range []bool{true, false} {
				e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
				if !whole {
					breakSums(t, e, syn, k.kernel, k.from, k.to)
				}
				require.Equal(t, whole, want.String() == digest(t, e, 300).String())
			}
		})
	}
}

// breakSums compiles the kernel with sums with one place changed.
func breakSums(t *testing.T, e *Engine, syn *connectome.Connectome, kernel, from, to string) {
	var defines shaders.Defines
	if kernel == "redraw.comp" {
		a, err := layoutDraws(e.c.Device(), e.model, syn, &e.layout)
		require.NoError(t, err)
		defines = a.sumDefines(&e.layout)
	} else {
		slice, team, ok := sliceFor(e.model, syn, e.bounds.sums, math.MaxInt)
		require.True(t, ok)
		defines = e.layout.accumulateDefines(&sumLayout{slice: slice, team: team}, 1)
	}
	source, err := shaders.Load(kernel, bindingsOfPage(defines, e.firstOfPage))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(source.Text, from))
	source.Text = strings.Replace(source.Text, from, to, 1)
	e.sums.program.Delete()
	e.sums.program, err = Compile(e.c, source)
	require.NoError(t, err)
}
