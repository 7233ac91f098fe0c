package validate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"einet/analysis"
	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// An izhikevichNetwork is the program of Izhikevich (2003) in float64, step by step as the paper prints it; what it draws at
// random comes from outside.
type izhikevichNetwork struct {
	a, b, c, d []float64
	weights    [][]float64                   // [source][target]
	input      func(step int, dst []float64) // the thalamic input of each neuron
}

func newIzhikevich(re, ri []float64) *izhikevichNetwork {
	n := &izhikevichNetwork{}
	add := func(a, b, c, d float64) {
		n.a, n.b, n.c, n.d = append(n.a, a), append(n.b, b), append(n.c, c), append(n.d, d)
	}
	for _, r := range re {
		add(0.02, 0.2, -65+15*r*r, 8-6*r*r)
	}
	for _, r := range ri {
		add(0.02+0.08*r, 0.25-0.05*r, -65, 2)
	}
	for range n.a {
		n.weights = append(n.weights, make([]float64, len(n.a)))
	}
	return n
}

// run is the spikes of so many steps of 1 ms.
func (n *izhikevichNetwork) run(steps int) (spikes []sim.Spike) {
	v, u, in := make([]float64, len(n.a)), make([]float64, len(n.a)), make([]float64, len(n.a))
	for i := range v {
		v[i] = -65
		u[i] = n.b[i] * v[i]
	}
	for step := range steps {
		n.input(step, in)
		for i := range v {
			if v[i] >= 30 {
				spikes = append(spikes, sim.Spike{Step: uint32(step), Neuron: uint32(i)})
				v[i] = n.c[i]
				u[i] += n.d[i]
				for j, w := range n.weights[i] {
					in[j] += w
				}
			}
		}
		for i := range v {
			v[i] += 0.5 * (0.04*v[i]*v[i] + 5*v[i] + 140 - u[i] + in[i])
			v[i] += 0.5 * (0.04*v[i]*v[i] + 5*v[i] + 140 - u[i] + in[i])
			u[i] += n.a[i] * (n.b[i]*v[i] - u[i])
		}
	}
	return spikes
}

// With the weights, kinds and noise that einet draws, the paper's program has the same spikes until a potential is so near 30 mV
// that float64 and float32 are on two sides of it; chaos does the rest. Where spikes act a step later it has others.
func TestIzhikevichStepByStep(t *testing.T) {
	net := load(t, "izhikevich2003", 1)
	net.Seed = 2
	const steps = 150
	require.Greater(t, sameIzhikevichSpikes(t, net, steps), 1000)
	for k := range net.Projections {
		net.Projections[k].Delay = network.Number(2)
	}
	require.Less(t, sameIzhikevichSpikes(t, net, steps), 100, "control")
}

// sameIzhikevichSpikes is how many of einet's first spikes are those of the paper's program with the same draws.
func sameIzhikevichSpikes(t *testing.T, net *network.Network, steps int) int {
	c, err := connectome.Build(t.Context(), net, 0)
	require.NoError(t, err)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	want := izhikevichOf(t, m, c).run(steps)
	var got []sim.Spike
	// The program's first step has no input, and what it brings about are einet's start values.
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), int64(steps-2), nil, spikesTo(func(s []sim.Spike) { got = append(got, s...) })))
	same := 0
	for same < min(len(got), len(want)) && got[same] == (sim.Spike{Step: want[same].Step - 1, Neuron: want[same].Neuron}) {
		same++
	}
	t.Logf("%d of %d spikes are the same", same, len(got))
	return same
}

// izhikevichOf is the paper's program with what einet draws.
func izhikevichOf(t *testing.T, m *dynamics.Model, c *connectome.Connectome) *izhikevichNetwork {
	kinds := make([][]float64, 2)
	for pop := range kinds {
		for _, r := range m.CellOwns(pop)[0] {
			kinds[pop] = append(kinds[pop], float64(math.Float32frombits(r)))
		}
	}
	n := newIzhikevich(kinds[0], kinds[1])
	for k := range m.Projections {
		p := &m.Projections[k]
		from, to := m.Populations[p.From].First, m.Populations[p.To].First
		require.NoError(t, c.Projections[k].Each(func(source, target int, weight, delay uint32) error {
			w, _ := m.Synapse(k, weight, delay)
			n.weights[from+source][to+target] += w
			return nil
		}))
	}
	n.input = func(step int, dst []float64) {
		for pop := range m.Populations {
			p := &m.Populations[pop]
			z := make([]float32, p.Size)
			if step > 0 {
				m.NoiseNormals(pop, dynamics.WhiteDraw, int64(step), make([]uint32, p.Size), z)
			}
			for i := range z {
				dst[p.First+i] = m.Network.Populations[pop].WhiteNoise * float64(z[i])
			}
		}
	}
	return n
}

// The rate of E has the two rhythms: their power is far above what lies between 150 and 300 Hz. Where each neuron's spikes are moved by a
// time of its own, which keeps its intervals, it is not.
func TestIzhikevichRhythms(t *testing.T) {
	net := load(t, "izhikevich2003", 1)
	const discard, duration = 500, 8500
	lab := fastLab()
	b, err := lab.build(t.Context(), net, 0)
	require.NoError(t, err)
	var spikes []sim.Spike
	require.NoError(t, lab.run(t.Context(), net, b.connectome, duration, func(*dynamics.Model) []sim.Recorder {
		return []sim.Recorder{spikesTo(func(s []sim.Spike) { spikes = append(spikes, s...) })}
	}))
	power := func(spikes []sim.Spike) (alpha, gamma float64) {
		rate := make([]float64, duration-discard)
		for _, s := range spikes {
			if s.Step > discard && s.Neuron < uint32(net.Populations[0].Size) {
				rate[s.Step-discard-1]++
			}
		}
		spectrum := analysis.Welch(rate, 1, 256)
		within := func(low, high float64) (list []float64) {
			for k, hz := range spectrum.Hz {
				if hz > low && hz <= high {
					list = append(list, spectrum.Power[k])
				}
			}
			return list
		}
		floor := mean(within(150, 300))
		return slices.Max(within(bands[Alpha].low, bands[Alpha].high)) / floor, slices.Max(within(bands[Gamma].low, bands[Gamma].high)) / floor
	}
	alpha, gamma := power(spikes)
	t.Logf("alpha %.3g, gamma %.3g times the floor", alpha, gamma)
	require.Greater(t, alpha, 10.0)
	require.Greater(t, gamma, 5.0)
	r := rand.New(rand.NewPCG(5, 6))
	shift := make([]uint32, net.Neurons())
	for i := range shift {
		shift[i] = r.Uint32N(duration - discard)
	}
	var moved []sim.Spike
	for _, s := range spikes {
		if s.Step > discard {
			moved = append(moved, sim.Spike{Step: discard + 1 + (s.Step-discard-1+shift[s.Neuron])%(duration-discard), Neuron: s.Neuron})
		}
	}
	alpha, gamma = power(moved)
	require.Less(t, max(alpha, gamma), 2.5, "control: alpha %.3g, gamma %.3g", alpha, gamma)
}
