package sim_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network"
	"einet/sim"
)

func TestNeurons(t *testing.T) {
	net := &network.Network{Seed: 7, Populations: []network.Population{{Size: 20}, {Size: 40}}}
	of := func(n network.Neurons) []int { return sim.Neurons(net, &network.Part{Population: 1, Size: 40}, &n) }
	require.Empty(t, of(network.Neurons{}))
	require.Equal(t, []int{0, 1, 2}, of(network.FirstOf(3)))
	require.Equal(t, []int{9, 3, 20, 25, 30}, of(network.Neurons{Listed: []network.Span{{From: 9, To: 9, Every: 1}, {From: 3, To: 3, Every: 1}, {From: 20, To: 34, Every: 5}}}))

	some := of(network.Neurons{Sample: 10})
	require.Len(t, some, 10)
	require.True(t, slices.IsSorted(some))
	require.Len(t, slices.Compact(slices.Clone(some)), 10)
	require.Equal(t, some, of(network.Neurons{Sample: 10}), "again")
	net.Trial = 5
	require.Equal(t, some, of(network.Neurons{Sample: 10}), "a trial keeps them")
	// As docs/equations.md has them, worked out in Python with a Philox of its own: seed 7, stream 11·2^26 + 1·2^14.
	require.Equal(t, []int{1, 8, 12, 15, 16, 19, 21, 22, 29, 39}, some)
	all := of(network.Neurons{Sample: 40})
	require.Equal(t, of(network.FirstOf(40)), all)
	net.Seed = 8
	require.NotEqual(t, some, of(network.Neurons{Sample: 10}))
}

// Each neuron, and each pair of them, is in a sample as often as any other. A choice that favours one is seen.
func TestSamplesAreFair(t *testing.T) {
	const size, k, seeds = 8, 3, 20_000
	worst := func(draw func(seed uint32) []int) float64 {
		neurons, pairs := make([]float64, size), make([]float64, size*(size-1)/2)
		for seed := range uint32(seeds) {
			ids := draw(seed)
			for a, i := range ids {
				neurons[i]++
				for _, j := range ids[:a] { // j < i
					pairs[i*(i-1)/2+j]++
				}
			}
		}
		z := 0.0
		for _, n := range neurons {
			p := float64(k) / size
			z = max(z, math.Abs(n-seeds*p)/math.Sqrt(seeds*p*(1-p)))
		}
		for _, n := range pairs {
			p := float64(k*(k-1)) / (size * (size - 1))
			z = max(z, math.Abs(n-seeds*p)/math.Sqrt(seeds*p*(1-p)))
		}
		return z
	}
	sample := func(seed uint32) []int {
		net := &network.Network{Seed: seed, Populations: []network.Population{{Size: size}}}
		return sim.Neurons(net, &network.Part{Size: size}, &network.Neurons{Sample: k})
	}
	require.Less(t, worst(sample), 4.5, "36 counts: 2.5e-4 by chance")
	require.Greater(t, worst(func(seed uint32) []int {
		ids := sample(seed)
		if seed%20 == 0 {
			ids = []int{0, 1, 2}
		}
		return ids
	}), 4.5, "control")
}

// A selection's state is that of the same neurons among all, on conductances and currents, and nothing but
// what is asked for is read.
func TestSelections(t *testing.T) {
	for _, net := range enginetest.Networks() {
		m, c := enginetest.Build(t, net)
		for pop := range m.Populations {
			if m.Populations[pop].IsSource() {
				continue
			}
			size := m.Populations[pop].Size
			neurons := []int{size - 1, 0, size / 2}[:min(3, size)]
			type state struct{ V, Exc, Inh, Ext, Net, G []float32 }
			var all, some state
			keep := func(dst *state) func(int64, *sim.NeuronState) error {
				return func(_ int64, x *sim.NeuronState) error {
					copied := func(x []float32) []float32 { return append([]float32{}, x...) }
					*dst = state{V: copied(x.V()), Exc: copied(x.Exc()), Inh: copied(x.Inh()), Ext: copied(x.Ext()), Net: copied(x.Net())}
					for _, r := range sim.Variables(m, pop)[1:] {
						dst.G = append(dst.G, x.Read(r)...)
					}
					return nil
				}
			}
			e := &reads{Engine: cpuref.New(m, c)}
			require.NoError(t, sim.Run(t.Context(), e, 100, nil,
				sim.NewSampler(m, sim.Selection{Population: pop}, 100, keep(&all)),
				sim.NewSampler(m, sim.Selection{Population: pop, Neurons: neurons}, 100, keep(&some))))
			for k, i := range neurons {
				require.Equal(t, []float32{all.V[i], all.Exc[i], all.Inh[i], all.Ext[i], all.Net[i]}, []float32{some.V[k], some.Exc[k], some.Inh[k], some.Ext[k], some.Net[k]}, net.Name)
				for r := range len(sim.Variables(m, pop)) - 1 {
					require.Equal(t, all.G[r*size+i], some.G[r*len(neurons)+k])
				}
			}
			for variable, want := range map[string][]float32{"V": some.V, "exc": some.Exc, "inh": some.Inh, "ext": some.Ext, "net": some.Net} {
				e := &reads{Engine: cpuref.New(m, c)}
				require.NoError(t, sim.Run(t.Context(), e, 100, nil,
					sim.NewSampler(m, sim.Selection{Population: pop, Neurons: neurons, Variables: []string{variable}}, 100, func(_ int64, x *sim.NeuronState) error {
						require.Equal(t, want, x.Variable(variable), "%s of %s", variable, net.Name)
						return nil
					})))
				if variable == "V" {
					require.Equal(t, []sim.Variable{sim.V}, e.read)
				}
				if variable == "ext" {
					require.Empty(t, e.read)
				}
			}
		}
	}
}

// Five recorders of all neurons, of which some want the same, and one of a few: each variable is read once a step.
func TestRecordersShareWhatTheyRead(t *testing.T) {
	m, c := enginetest.Build(t, enginetest.Networks()[0])
	e := &reads{Engine: cpuref.New(m, c)}
	recorders := []sim.Recorder{sim.NewTrace(m, 0, []int{2}, 0, 10)}
	for _, variable := range network.HistogramVariables {
		recorders = append(recorders, sim.NewSampler(m, sim.Selection{Variables: []string{variable}}, 1, func(int64, *sim.NeuronState) error { return nil }))
	}
	require.NoError(t, sim.Run(t.Context(), e, 10, nil, recorders...))
	require.Len(t, e.read, 10*2*len(sim.Variables(m, 0)))
}

// reads notes what is read of an engine.
type reads struct {
	sim.Engine
	read []sim.Variable
}

func (r *reads) Read(v sim.Variable, pop, first int, dst []float32) error {
	r.read = append(r.read, v)
	return r.Engine.Read(v, pop, first, dst)
}

func (r *reads) Gather(v sim.Variable, pop int, neurons []int, dst []float32) error {
	r.read = append(r.read, v)
	return r.Engine.Gather(v, pop, neurons, dst)
}

// The external input is that of the step, also where the step before had the same and where it had another.
func TestExternalInputOfEachStep(t *testing.T) {
	net := &network.Network{Name: "steps", Dt: 0.1, Duration: 1, Seed: 1, Populations: []network.Population{{
		Name: "A", Size: 3, Neuron: network.LIF, TauM: 10, VTh: network.Number(15), V0: network.Number(0),
		Input: network.Input{network.Step{At: 0.2, By: 5}, network.Pulse{At: 0.5, Duration: 0.2, Amplitude: 2}},
	}}}
	m, c := enginetest.Build(t, net)
	var seen []float32
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 9, nil,
		sim.NewSampler(m, sim.Selection{Variables: []string{"ext"}}, 1, func(_ int64, x *sim.NeuronState) error {
			seen = append(seen, x.Ext()...)
			return nil
		})))
	var want []float32
	for _, x := range []float32{0, 5, 5, 5, 7, 7, 5, 5, 5} {
		want = append(want, x, x, x)
	}
	require.Equal(t, want, seen)
}
