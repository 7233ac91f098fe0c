package validate

import (
	"math"
	"math/rand/v2"
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

// Both populations' sizes, and the numbers that say of which kind each neuron is.
const izhikevichE, izhikevichI = 800, 200

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
			n.weights[from+source][to+target] += float64(w)
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

// drawnIzhikevich is the paper's program with Go's random numbers.
func drawnIzhikevich(seed uint64) *izhikevichNetwork {
	r := rand.New(rand.NewPCG(seed, 3))
	uniform := func(size int, high float64) []float64 {
		x := make([]float64, size)
		for i := range x {
			x[i] = high * r.Float64()
		}
		return x
	}
	n := newIzhikevich(uniform(izhikevichE, 1), uniform(izhikevichI, 1))
	for i := range n.weights {
		if n.weights[i] = uniform(len(n.a), 0.5); i >= izhikevichE {
			n.weights[i] = uniform(len(n.a), -1)
		}
	}
	n.input = func(_ int, dst []float64) {
		for i := range dst {
			sd := 5.0
			if i >= izhikevichE {
				sd = 2
			}
			dst[i] = sd * r.NormFloat64()
		}
	}
	return n
}

// izhikevichFigures are the rates of E and I, and the frequencies of alpha and gamma in the rate of E [Hz], of the paper's
// program in runs of as many seeds.
func izhikevichFigures(seeds int, discard, duration int64) (figures [4][]float64) {
	for seed := range uint64(seeds) {
		s := analysis.NewStatistics([]int{izhikevichE, izhikevichI}, 1, discard)
		s.Add(drawnIzhikevich(seed + 1).run(int(duration)))
		list := s.Populations(duration)
		rhythm := func(of Quantity) float64 {
			return s.Counts.PeakHzWithin(0, discard, duration, bands[of].low, bands[of].high)
		}
		for k, x := range []float64{list[0].Rate, list[1].Rate, rhythm(Alpha), rhythm(Gamma)} {
			figures[k] = append(figures[k], x)
		}
	}
	return figures
}
