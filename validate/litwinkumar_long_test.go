//go:build long

package validate

import (
	"math"
	"math/rand/v2"
	"testing"

	"einet/analysis"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// clusteredE and clusteredI are the sizes of Litwin-Kumar & Doiron's network, clusterSize that of a cluster.
const clusteredE, clusteredI, clusterSize = 4000, 1000, 80

// clustered is their network in float64, of the paper's parameters alone: Go's random numbers and exponentials, synapses in lists. (The authors' program
// takes Euler's steps of 0.1 ms, which shorten every time constant by half a step. With these this gives 3.24 Hz, a Fano factor of 1.42 and 3.7 Hz, over eight seeds.)
// ratio is R_EE, how much more likely synapses within a cluster are, and strength how much stronger.
func clustered(seed uint64, ratio, strength float64, steps int) []sim.Spike {
	const size, dt, refractory = clusteredE + clusteredI, 0.1, 50
	r := rand.New(rand.NewPCG(seed, 5))
	out := 800 / (clusterSize*(ratio-1) + clusteredE)
	type synapse struct {
		target int32
		weight float32
	}
	targets := make([][]synapse, size)
	for i := range size {
		for j := range size {
			p, w := 0.5, 0.0
			switch {
			case i < clusteredE && j < clusteredE && i/clusterSize == j/clusterSize:
				p, w = ratio*out, strength*10/(15*math.Sqrt(800))
			case i < clusteredE && j < clusteredE:
				p, w = out, 10/(15*math.Sqrt(800))
			case i < clusteredE:
				w = 4 / (10 * math.Sqrt(800))
			case j < clusteredE:
				w = -16 * 1.2 / (15 * math.Sqrt(800))
			default:
				w = -16 / (10 * math.Sqrt(800))
			}
			if i != j && r.Float64() < p {
				targets[i] = append(targets[i], synapse{int32(j), float32(w)})
			}
		}
	}
	v, bias, until := make([]float64, size), make([]float64, size), make([]int, size)
	var rise, decay [2][]float64 // of excitation and inhibition
	var arrived [2][]float64
	for k := range 2 {
		rise[k], decay[k], arrived[k] = make([]float64, size), make([]float64, size), make([]float64, size)
	}
	for i := range size {
		if v[i], bias[i] = r.Float64(), 1.1+0.1*r.Float64(); i >= clusteredE {
			bias[i] = 1 + 0.05*r.Float64()
		}
	}
	fadeRise, fadeDecay := math.Exp(-dt), [2]float64{math.Exp(-dt / 3), math.Exp(-dt / 2)}
	leakE, leakI := math.Exp(-dt/15), math.Exp(-dt/10)
	var spikes []sim.Spike
	var fired []int
	for n := 1; n <= steps; n++ {
		fired = fired[:0]
		for i := range size {
			input := 0.0
			for k, tau := range []float64{3, 2} {
				// The mean over the step, at whose end arrives what comes.
				input += (decay[k][i]*tau*(1-fadeDecay[k]) - rise[k][i]*(1-fadeRise)) / dt / (tau - 1)
				rise[k][i], decay[k][i] = fadeRise*rise[k][i]+arrived[k][i], fadeDecay[k]*decay[k][i]+arrived[k][i]
				arrived[k][i] = 0
			}
			if n <= until[i] {
				continue
			}
			tau, leak := 15.0, leakE
			if i >= clusteredE {
				tau, leak = 10, leakI
			}
			m := bias[i] + tau*input
			v[i] = m + (v[i]-m)*leak
			if v[i] > 1 {
				v[i], until[i] = 0, n+refractory
				fired = append(fired, i)
				spikes = append(spikes, sim.Spike{Step: uint32(n), Neuron: uint32(i)})
			}
		}
		for _, i := range fired {
			k := 0
			if i >= clusteredE {
				k = 1
			}
			for _, s := range targets[i] {
				arrived[k][s.target] += float64(s.weight)
			}
		}
	}
	return spikes
}

// The figures of litwinkumar2012 are this simulation's, and so are those of the uniform network, which fail what is claimed.
func TestFiguresOfClustersInFloat64(t *testing.T) {
	for _, row := range []struct {
		name            string
		ratio, strength float64
		seeds           int
	}{{"", 2.5, 1.9, 8}, {"uniform", 1, 1, 4}} {
		var x *Experiment
		for i := range Published {
			if Published[i].Preset == "litwinkumar2012" && Published[i].Name == row.name {
				x = &Published[i]
			}
		}
		require.NotNil(t, x)
		net, err := x.Load()
		require.NoError(t, err)
		sums := make([]float64, len(x.Figures))
		for seed := range row.seeds {
			from, to := int64(x.DiscardMs/0.1+0.5), int64(x.DurationMs/0.1+0.5)
			s := analysis.NewStatistics([]int{clusteredE, clusteredI}, 0.1, from)
			parts := newParted(net, x.Figures, int64(net.Steps(x.DiscardMs)))
			spikes := clustered(uint64(seed), row.ratio, row.strength, int(to))
			s.Add(spikes)
			parts.add(spikes)
			for k, f := range x.Figures {
				value := math.NaN()
				switch list := s.Populations(to); {
				case f.Quantity == RateSD:
					value = parts.rateSD(f.Population, from, to)
				case f.Quantity == Fano:
					value = list[net.Population(f.Population)].Fano
				case f.Quantity == CV:
					value = list[net.Population(f.Population)].CV
				case f.Quantity == Rate:
					value = list[net.Population(f.Population)].Rate
				}
				t.Logf("%s seed %d, %s %s: %.4g", row.name, seed, f.Population, f.Quantity, value)
				sums[k] += value / float64(row.seeds)
			}
		}
		for k, f := range x.Figures {
			t.Logf("%s: %s %s: mean %.5g, published %.5g", row.name, f.Population, f.Quantity, sums[k], f.Published)
			if !math.IsNaN(f.Published) {
				require.InEpsilon(t, f.Published, sums[k], 1e-3)
			}
		}
	}
}
