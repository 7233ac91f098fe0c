package validate

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/network/language"
	"einet/network/presets"
	"einet/sim"
)

// backend is the reference engine under a name.
func backend(name string) sim.Backend { return spoiled(name, func(*dynamics.Model) {}) }

// spoiled is the reference engine on a model that is changed behind its back.
func spoiled(name string, change func(*dynamics.Model)) sim.Backend {
	return sim.Backend{Name: name, Device: "test", Open: func(_ context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		other := *m
		other.Populations, other.Projections = slices.Clone(m.Populations), slices.Clone(m.Projections)
		change(&other)
		return cpuref.New(&other, c), nil
	}}
}

// wrapped is the reference engine in a wrapper.
func wrapped(name string, wrap func(sim.Engine) sim.Engine) sim.Backend {
	b := backend(name)
	open := b.Open
	b.Open = func(ctx context.Context, m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error) {
		e, err := open(ctx, m, c)
		return wrap(e), err
	}
	return b
}

// load is a preset, with the same weights relative to the threshold at any scale.
func load(t *testing.T, preset string, scale float64, set ...string) *network.Network {
	n, err := presets.Load(preset, language.Options{Scale: scale, Set: set})
	require.NoError(t, err)
	return n
}

const exactSteps = 1000

func exact(t *testing.T, net *network.Network, engine sim.Backend) (*Exact, error) {
	return new(Lab).RunExact(t.Context(), net, exactSteps, 200, []sim.Backend{backend("reference"), engine})
}

func TestExactEqual(t *testing.T) {
	done := 0
	x, err := (&Lab{Progress: func() { done++ }}).RunExact(t.Context(), load(t, "ei", 0.1), exactSteps, 200,
		[]sim.Backend{backend("reference"), backend("a"), backend("b")})
	require.NoError(t, err)
	require.True(t, x.Equal)
	require.Empty(t, x.Difference)
	require.Equal(t, 3, done)
	require.Equal(t, []any{100.0, 20.0}, []any{x.DurationMs, x.DiscardMs})
	require.Len(t, x.Engines, 3)
	require.NotZero(t, x.Engines[0].Spikes)
	require.Equal(t, x.Engines[0].Populations, x.Engines[2].Populations)
	require.Greater(t, *x.Engines[0].Populations[1].RateHz, 1.0)
}

// Faults of the least size are caught, with the place where they begin.
func TestExactFaults(t *testing.T) {
	net := load(t, "ei", 0.1)
	for _, k := range []struct {
		name   string
		change func(*dynamics.Model)
		from   int // the first neuron that can be wrong
	}{
		{"decay of V of I, one ulp", func(m *dynamics.Model) {
			m.Populations[1].MVV = math.Nextafter32(m.Populations[1].MVV, 0)
		}, 800},
		{"threshold of E, 0.02 mV", func(m *dynamics.Model) { m.Populations[0].VTh += 0.02 }, 0},
		{"weight of I to I, one unit", func(m *dynamics.Model) {
			m.Projections[3].Weights = []int32{m.Projections[3].Weight() + 1}
		}, 800},
	} {
		t.Run(k.name, func(t *testing.T) {
			x, err := exact(t, net, spoiled("other", k.change))
			require.NoError(t, err)
			require.False(t, x.Equal)
			require.Len(t, x.Difference, 1)
			d := x.Difference[0]
			require.Equal(t, "other", d.Engine)
			require.Positive(t, d.StateStep)
			require.Less(t, d.StateStep, int64(exactSteps))
			if d.Step > 0 {
				require.LessOrEqual(t, d.StateStep, d.Step, "state goes wrong first")
				require.Contains(t, []string{"reference", "other"}, d.FiredIn)
			}
			require.GreaterOrEqual(t, d.StateNeuron, k.from)
			require.Less(t, d.StateNeuron, 1000)
			require.Len(t, d.State, 3, "V and two receptors")
			require.True(t, slices.ContainsFunc(d.State, func(p Pair) bool { return p.Reference != p.Engine }))
		})
	}
}

// An engine that lacks the last spike, or has a state of its own at the end, or
// from the very start.
type faulty struct {
	sim.Engine
	loses   uint32 // no spikes at steps from here on
	wrongAt int64  // neuron 5 of the first population is off from here on
}

func (f faulty) Spikes(dst []sim.Spike) ([]sim.Spike, error) {
	all, err := f.Engine.Spikes(dst)
	for f.loses > 0 && len(all) > 0 && all[len(all)-1].Step >= f.loses {
		all = all[:len(all)-1]
	}
	return all, err
}

func (f faulty) Read(v sim.Variable, population, first int, dst []float32) error {
	err := f.Engine.Read(v, population, first, dst)
	if k := 5 - first; v == sim.V && population == 0 && f.Step() >= f.wrongAt && k >= 0 && k < len(dst) {
		dst[k]++
	}
	return err
}

func TestExactFaultsAtTheEnd(t *testing.T) {
	net, never := load(t, "ei", 0.1), sim.Never
	x, err := exact(t, net, wrapped("other", func(e sim.Engine) sim.Engine { return faulty{Engine: e, loses: exactSteps - 5, wrongAt: never} }))
	require.NoError(t, err)
	require.False(t, x.Equal)
	d := x.Difference[0]
	require.GreaterOrEqual(t, d.Step, int64(exactSteps-5))
	require.Equal(t, "reference", d.FiredIn)
	require.Equal(t, []int64{-1, -1}, []int64{d.StateStep, int64(d.StateNeuron)}, "only spikes differ")
	require.Contains(t, []string{"E", "I"}, d.Population)
	require.Len(t, d.State, 3, "of the neuron with the spike")
	require.Equal(t, d.State[0].Reference, d.State[0].Engine)

	for _, step := range []int64{0, exactSteps} {
		x, err = exact(t, net, wrapped("other", func(e sim.Engine) sim.Engine { return faulty{Engine: e, wrongAt: step} }))
		require.NoError(t, err)
		require.False(t, x.Equal)
		d = x.Difference[0]
		require.Zero(t, d.Step, "spikes agree")
		require.Equal(t, []int64{step, 5}, []int64{d.StateStep, int64(d.StateNeuron)})
		require.Equal(t, d.State[0].Reference+1, d.State[0].Engine)
	}
}

// An engine whose weights of long-term plasticity are others is caught where no spike and no state tells, with the synapse and the step.
func TestExactWeights(t *testing.T) {
	net, err := language.Load(strings.NewReader(`
populations:
  S: {size: 20, neuron: poisson, rate: 100}
  E: {size: 10, tau_m: 10, V_th: 15, V_reset: 0}
projections:
  before: {from: S, to: E, p: 0.5, weight: 0.1, delay: 1, tau_syn: 5}
  SE: {from: S, to: E, p: 0.5, weight: 0.01, delay: 1, tau_syn: 5, plasticity: {vogels2011: {eta: 0.001, tau: 20, target: 10, w_max: 0.02}}}
`), "learns.yaml", language.Options{})
	require.NoError(t, err)
	x, err := exact(t, net, backend("other"))
	require.NoError(t, err)
	require.True(t, x.Equal)
	require.Len(t, x.Engines[0].Weights, 64)
	require.Equal(t, "the same spikes, final state and final weights", x.Held())

	x, err = exact(t, net, wrapped("other", func(e sim.Engine) sim.Engine { return forgetful{e.(sim.Weigher)} }))
	require.NoError(t, err)
	require.False(t, x.Equal)
	d := x.Difference[0]
	require.Zero(t, d.Step)
	require.EqualValues(t, -1, d.StateStep)
	require.Equal(t, &WeightDifference{Step: 700, Projection: "SE", Synapse: 3, Reference: d.Weight.Reference, Engine: d.Weight.Reference + 1}, d.Weight)
}

// A forgetful engine has one weight wrong from step 700 on.
type forgetful struct{ sim.Weigher }

func (f forgetful) Weights(projection int, dst []uint32) ([]uint32, error) {
	n := len(dst)
	all, err := f.Weigher.Weights(projection, dst)
	if err == nil && f.Step() >= 700 {
		all[n+3]++
	}
	return all, err
}

// What cannot be found again is an error, not a pass.
func TestExactByChance(t *testing.T) {
	opened := 0
	_, err := exact(t, load(t, "ei", 0.1), wrapped("other", func(e sim.Engine) sim.Engine {
		if opened++; opened == 1 {
			return faulty{Engine: e, loses: 100, wrongAt: sim.Never}
		}
		return e
	}))
	require.ErrorContains(t, err, "other on test")
	require.ErrorContains(t, err, "or on chance")
}

func TestFirstDifference(t *testing.T) {
	s := func(pairs ...uint32) (list []sim.Spike) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, sim.Spike{Step: pairs[i], Neuron: pairs[i+1]})
		}
		return list
	}
	for _, k := range []struct {
		a, b    []sim.Spike
		want    sim.Spike
		inFirst bool
		differs bool
	}{
		{nil, nil, sim.Spike{}, false, false},
		{s(1, 2, 3, 4), s(1, 2, 3, 4), sim.Spike{}, false, false},
		{s(1, 2), nil, sim.Spike{Step: 1, Neuron: 2}, true, true},
		{nil, s(1, 2), sim.Spike{Step: 1, Neuron: 2}, false, true},
		{s(1, 2, 3, 4), s(1, 2), sim.Spike{Step: 3, Neuron: 4}, true, true},
		{s(1, 2), s(1, 2, 3, 4), sim.Spike{Step: 3, Neuron: 4}, false, true},
		{s(1, 2, 3, 4), s(3, 4), sim.Spike{Step: 1, Neuron: 2}, true, true},
		{s(3, 4), s(1, 2, 3, 4), sim.Spike{Step: 1, Neuron: 2}, false, true},
		{s(1, 2, 3, 4), s(1, 2, 3, 5), sim.Spike{Step: 3, Neuron: 4}, true, true},
		{s(1, 9), s(2, 1), sim.Spike{Step: 1, Neuron: 9}, true, true}, // step before neuron
		{s(1, 2, 1, 3), s(1, 1, 1, 3), sim.Spike{Step: 1, Neuron: 1}, false, true},
	} {
		spike, inFirst, differs := firstDifference(k.a, k.b)
		require.Equal(t, []any{k.want, k.inFirst, k.differs}, []any{spike, inFirst, differs}, "%v %v", k.a, k.b)
	}
}
