package analysis

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"einet/sim"
)

// thinned makes Poisson trains of the given rate [Hz] that are thinned from one
// mother train of rate/c, each spike of it kept by each neuron with probability
// c, jitterMs late at random. Two neurons share c of their spikes, so without
// jitter the correlation of their counts is c in bins of any width (Kuhn,
// Aertsen & Rotter, Neural Comput. 15 (2003) 67).
func thinned(neurons int, ms, rate, c, jitterMs float64) []sim.Spike {
	r := rand.New(rand.NewPCG(5, 6))
	var spikes []sim.Spike
	for t := 0.0; ; {
		t += 1000 * c / rate * r.ExpFloat64()
		if t > ms {
			break
		}
		for n := range neurons {
			if r.Float64() < c {
				spikes = append(spikes, sim.Spike{Step: uint32(math.Ceil((t + jitterMs*r.Float64()) / 0.1)), Neuron: uint32(n)})
			}
		}
	}
	sort.Slice(spikes, func(i, j int) bool {
		a, b := spikes[i], spikes[j]
		return a.Step < b.Step || a.Step == b.Step && a.Neuron < b.Neuron
	})
	return spikes
}

// Bins of 2 ms over 200 s: a pair's coefficient has a standard error of about
// 1/sqrt(1e5) = 0.003, of correlated ones more, up to sqrt(c/(rate T)) = 0.01;
// their mean over 20 neurons is 0.003 off at most as all share one mother.
func TestPairsOfKnownCorrelation(t *testing.T) {
	const neurons, ms, rate = 20, 200e3, 20.0
	measure := func(spikes []sim.Spike) float64 {
		p := NewPairs([]int{neurons}, PairNeurons, 20, 1000)
		p.Add(spikes)
		list := p.Correlations(0, ms/0.1)
		require.Len(t, list, neurons*(neurons-1)/2)
		return mean(list)
	}
	for _, c := range []float64{0.05, 0.1, 0.3} {
		got := measure(thinned(neurons, ms, rate, c, 0))
		require.InDelta(t, c, got, 0.01)
		require.Greater(t, math.Abs(c*0.75-got), 0.01, "the check would accept three quarters of %g", c)
		require.Greater(t, math.Abs(c-measure(thinned(neurons, ms, rate, c, 2))), 0.01, "spikes spread over 2 ms leave other bins than their partner's")
	}
	require.InDelta(t, 0, measure(renewal(neurons, ms, exponential(1000/rate))), 0.002)
}

// TestPairsEqualThePlainForm: whichever neurons the sample ends with, their
// coefficients are those of counts written out, and they are the lowest ranks of
// all that spiked.
func TestPairsEqualThePlainForm(t *testing.T) {
	spikes := renewal(40, 400, exponential(200))
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 3000).Draw(t, "from")
		to := rapid.Int64Range(from+100, 4500).Draw(t, "to")
		width := rapid.IntRange(1, 500).Draw(t, "width")
		capacity := rapid.IntRange(0, 40).Draw(t, "neurons")
		p := NewPairs([]int{30, 10}, capacity, width, from)
		counts := make([][]float64, 40)
		for n := range counts {
			counts[n] = make([]float64, int(to-from)/width)
		}
		spiked := map[int]bool{}
		for rest := spikes; len(rest) > 0 && int64(rest[0].Step) <= to; rest = rest[1:] {
			s := rest[0]
			p.Add(rest[:1])
			if int64(s.Step) <= from {
				continue
			}
			spiked[int(s.Neuron)] = true
			if bin := (int(s.Step) - int(from) - 1) / width; bin < len(counts[0]) {
				counts[s.Neuron][bin]++
			}
		}
		for i, ids := range [][2]int{{0, 30}, {30, 40}} {
			var want []int
			for id := ids[0]; id < ids[1]; id++ {
				if spiked[id] {
					want = append(want, id)
				}
			}
			sort.Slice(want, func(a, b int) bool { return rank(uint32(want[a])) < rank(uint32(want[b])) })
			require.ElementsMatch(t, want[:min(len(want), capacity)], p.neurons(i))
			sample := p.neurons(i)
			var coefficients []float64
			for j := range sample {
				for k := j + 1; k < len(sample); k++ {
					if c := stat.Correlation(counts[sample[j]], counts[sample[k]], nil); !math.IsNaN(c) {
						coefficients = append(coefficients, c)
					}
				}
			}
			requireValues(t, coefficients, p.Correlations(i, to), 1e-9)
		}
	})
}

// Ranks don't depend on the place of a neuron: of 10 000 the sample's mean id is
// the middle, to 4 sd of 10000/sqrt(12*250).
func TestPairsSampleIsRandom(t *testing.T) {
	p := NewPairs([]int{10000}, PairNeurons, 20, 0)
	for n := range uint32(10000) {
		p.Add([]sim.Spike{{Step: 1 + n/100, Neuron: n}})
	}
	ids := p.neurons(0)
	require.Len(t, ids, PairNeurons)
	sum := 0
	for _, id := range ids {
		sum += id
	}
	require.InDelta(t, 5000, float64(sum)/PairNeurons, 4*10000/math.Sqrt(12*PairNeurons))
}

// neurons are the global ids of the sample of population i so far, in the order
// in which Correlations pairs them.
func (p *Pairs) neurons(i int) []int {
	var ids []int
	for _, id := range p.groups[i].ids {
		ids = append(ids, int(id))
	}
	return ids
}
