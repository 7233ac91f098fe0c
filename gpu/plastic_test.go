//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/enginetest"
	"einet/network"
	"einet/shaders"
	"einet/sim"
)

// Of the random networks software drivers share out two; the others are with the long tests.
func TestLearns(t *testing.T) {
	networks := enginetest.Learning()
	random := len(networks) - 6
	onEach(t, func(t *testing.T, c *Context) {
		learnsOn(t, c, append(networks[:random:random], dealt(t, c, networks[random:random+2])...))
	})
}

func learnsOn(t *testing.T, c *Context, networks []*network.Network) {
	enginetest.LearnsOn(t, networks, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
		return start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
	}, 1<<30, math.MaxInt32-1000)
}

// The same where synapses are on many pages, which cut rows, and where few spikes of targets are remembered, so that all synapses are brought up to date often.
func TestLearnsWithinSmallBounds(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		pages, often := 0, math.MaxInt
		networks := enginetest.Learning()
		enginetest.RunOn(t, []*network.Network{networks[0], networks[3], networks[len(networks)-3]}, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			b := bounds{ring: 200_000, drives: 2_000, window: 4, windows: 30, row: 3, parallel: true, bindings: 8, sheets: 1}
			e := startWithin(t, c, m, syn, 1<<14, b)
			pages, often = max(pages, len(e.plastic.pages)), min(often, e.layout.every)
			return e
		})
		require.Greater(t, pages, 3)
		require.Less(t, often, 30)
	})
}

// Kernels that are wrong in ways that hardly show give other weights than the reference's, in some network.
func TestBrokenPlasticityIsCaught(t *testing.T) {
	c := open(t, "")
	networks := enginetest.Learning()[:4]
	for _, k := range []struct{ name, from, to string }{
		{"the spike of a target in the same step", "target.delay == step", "target.delay == step + 1u"},
		{"a spike of the source that is not taken along", "next = ring[links(next - 1u)].step", "next = 0u"},
		{"a spike that takes itself along again", "ring[links(place)].neuron != 0u", "false"},
		{"up to date since the source's spike alone", "max(source.last, windows[now].settled)", "source.last"},
		{"a spike more", "target.delay > since", "target.delay >= since"},
		{"a slower trace", "after(p.decay_slow_source", "after(p.decay_source"},
		{"up to date a step too far", "uint(windows[now].step + windows[now].steps)", "uint(windows[now].step + windows[now].steps + 1)"},
		{"no rounding", "low + ONE_TRACE / 2u", "low"},
		{"a coarser power", "times(tables[at + 1u] - p, f & (ONE_TRACE - 1u))", "0u"},
		{"no lower bound", "w - p.low < change ? p.low", "w < change ? 0u"},
		{"another slot of traces", "2u * p.slot", "0u"},
	} {
		t.Run(k.name, func(t *testing.T) {
			caught := false
			for _, n := range networks {
				m, syn := enginetest.Build(t, n)
				b := boundsOf(c.Device())
				b.recall = 0 // synapses are brought up to date often
				e := startWithin(t, c, m, syn, 1<<20, b)
				breakPlasticity(t, e, k.from, k.to)
				reference := cpuref.New(m, syn)
				require.NoError(t, reference.Advance(t.Context(), 700))
				want, err := sim.WeightsDigest(m, reference)
				require.NoError(t, err)
				require.NoError(t, e.Advance(t.Context(), 700))
				got, err := sim.WeightsDigest(m, e)
				require.NoError(t, err)
				if caught = got != want; caught {
					break
				}
			}
			require.True(t, caught)
		})
	}
}

// breakPlasticity changes a line of plastic.comp, or of one of its two forms.
func breakPlasticity(t *testing.T, e *Engine, from, to string) {
	broken := 0
	for settle, p := range map[bool]**Program{false: &e.plastic.change, true: &e.plastic.settle} {
		source, err := shaders.Load("plastic.comp", e.layout.changeDefines(settle))
		require.NoError(t, err)
		broken += strings.Count(source.Text, from)
		source.Text = strings.ReplaceAll(source.Text, from, to)
		(*p).Delete()
		*p, err = Compile(e.c, source)
		require.NoError(t, err)
	}
	require.Contains(t, []int{1, 2}, broken)
}

// Work on plastic synapses that a driver drops is an error: of windows, and where weights are read.
func TestDroppedPlasticity(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Learning()[0])
	onEach(t, func(t *testing.T, c *Context) {
		none := nothing(t, c)
		for _, kernel := range []string{"change", "settle", "weights"} {
			b := boundsOf(c.Device())
			if kernel == "settle" {
				b.recall = 0
			}
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			require.NoError(t, e.Advance(t.Context(), 200))
			_, err := e.Spikes(nil)
			require.NoError(t, err)
			p := map[string]*Program{"change": e.plastic.change, "settle": e.plastic.settle, "weights": e.plastic.settle}[kernel]
			whole := p.id
			p.id = none
			if kernel == "weights" {
				_, err = e.Weights(e.layout.plastic[0], nil)
				require.ErrorContains(t, err, "weights were not brought up to date at step 200")
			} else {
				err = e.Advance(t.Context(), 400)
				_, also := e.Spikes(nil)
				err = cmp.Or(err, also)
				require.ErrorContains(t, err, "were not done: its driver dropped the work without a word")
			}
			p.id = whole // to be deleted
			require.ErrorIs(t, err, ErrLost, kernel)
			_, err = e.Weights(e.layout.plastic[0], nil)
			require.ErrorIs(t, err, ErrLost, kernel)
		}
	})
}

// Synapses that change count as events.
func TestCountersOfPlasticity(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Learning()[0])
	reference := cpuref.New(m, syn)
	require.NoError(t, reference.Advance(t.Context(), 300))
	spikes, err := reference.Spikes(nil)
	require.NoError(t, err)
	events := 0
	for _, s := range spikes {
		for _, p := range syn.Projections {
			if j := int(s.Neuron) - m.Populations[p.From].First; j >= 0 && j < m.Populations[p.From].Size {
				for i := range p.Blocks {
					events += int(p.Blocks[i].Rows[j+1] - p.Blocks[i].Rows[j])
				}
			}
		}
	}
	onEach(t, func(t *testing.T, c *Context) {
		e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
		require.NoError(t, e.Count(syn))
		require.NoError(t, e.Advance(t.Context(), 300))
		s, err := e.Counters()
		require.NoError(t, err)
		require.EqualValues(t, events, s.Events)
		require.EqualValues(t, events+2*len(spikes), s.Atomics)
	})
}

// BenchmarkPlasticity is the device's time for an event, of synapses that change by a rule and of others.
func BenchmarkPlasticity(b *testing.B) {
	stdp := network.STDP{APlus: 0.01, AMinus: 0.0105, TauPlus: 20, TauMinus: 20, WeightBounds: network.WeightBounds{Max: 0.2}}
	half, triplet := stdp, network.Triplet{A2Plus: 0.005, A3Plus: 0.006, A2Minus: 0.007, A3Minus: 0.0002, TauPlus: 16.8, TauX: 101, TauMinus: 33.7, TauY: 125, WeightBounds: stdp.WeightBounds}
	half.Mu = 0.5
	for _, of := range []struct {
		name string
		network.Plasticity
	}{{"static", network.Plasticity{}}, {"stdp", network.Plasticity{STDP: stdp}}, {"mu 0.5", network.Plasticity{STDP: half}}, {"triplet", network.Plasticity{Triplet: triplet}}} {
		b.Run(of.name, func(b *testing.B) {
			e := network.Population{Name: "E", Size: 2000, Neuron: network.LIF, TauM: 20, VTh: network.Number(15), TRef: 2, V0: network.Between(0, 15), Input: network.Input{network.DC(16)}}
			n := &network.Network{Name: "benchmark", Dt: 0.1, Duration: 1000, Seed: 3, Populations: []network.Population{e}, Projections: []network.Projection{{
				Name: "EE", From: "E", To: "E", Rule: network.FixedProbability, Synapse: network.Exponential, P: 0.25, Weight: network.Number(0.001), Delay: network.Number(1.5), TauSyn: 5, Plasticity: of.Plasticity}}}
			m, syn := enginetest.Build(b, n)
			c, err := Open("")
			require.NoError(b, err)
			b.Cleanup(func() { c.Close() })
			engine := start(b, c, m, syn, c.Device().Limits.MaxStorageBlock)
			require.NoError(b, engine.Advance(b.Context(), 1000))
			require.NoError(b, engine.Count(syn))
			best := math.Inf(1)
			for b.Loop() {
				before, err := engine.Counters()
				require.NoError(b, err)
				require.NoError(b, engine.Advance(b.Context(), 300))
				after, err := engine.Counters()
				require.NoError(b, err)
				best = min(best, float64((after.Deliver-before.Deliver).Nanoseconds())/float64(after.Events-before.Events))
			}
			b.ReportMetric(best, "ns/event")
		})
	}
}
