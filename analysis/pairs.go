package analysis

import (
	"einet/rng"
	"einet/sim"
)

// PairNeurons is the number of neurons whose pairwise correlations are measured
// by default, 31 125 pairs.
const PairNeurons = 250

// Pairs measures correlations between the spike counts of random neurons in
// short bins. The neurons are drawn from those that spike, without knowing
// beforehand which will: each id has a fixed random rank, and the lowest ranks
// seen so far are the sample. A neuron enters with its first spike, hence
// nothing of it was missed, and one that was pushed out can't return, for the
// ranks admitted only fall. Memory is 8 bytes a pair and population.
type Pairs struct {
	layout layout
	from   int64
	steps  int64
	groups []pairGroup
}

// NewPairs draws up to neurons of each of consecutive populations of the given
// sizes and counts their spikes in bins of binSteps steps, at least 1. Bin b
// holds the steps fromStep+b*binSteps+1 .. fromStep+(b+1)*binSteps.
func NewPairs(sizes []int, neurons, binSteps int, fromStep int64) *Pairs {
	p := &Pairs{layout: newLayout(sizes), from: fromStep, steps: int64(max(1, binSteps))}
	for _, size := range sizes {
		n := min(size, neurons)
		p.groups = append(p.groups, pairGroup{
			capacity: n, slot: map[uint32]int{}, counts: make([]int64, n), sums: make([]int64, n), products: make([]int64, n*n),
		})
	}
	return p
}

// Add takes further spikes, sorted by step. Ids are global.
func (p *Pairs) Add(spikes []sim.Spike) {
	for _, s := range spikes {
		if int64(s.Step) > p.from {
			p.groups[p.layout.population(s.Neuron)].add(s.Neuron, (int64(s.Step)-p.from-1)/p.steps)
		}
	}
}

// Correlations are Pearson's coefficients of the counts of all pairs (j, k),
// j < k, of population i's sample, (0,1), (0,2) .. (1,2) .., over the bins that
// end by toStep, the last step simulated. Pairs with a neuron whose count never
// changes are left out.
func (p *Pairs) Correlations(i int, toStep int64) []float64 {
	return p.groups[i].correlations((toStep - p.from) / p.steps)
}

// rank is the place of a neuron in a fixed random order of all ids; the id
// itself decides between equal ranks.
func rank(id uint32) uint64 {
	word, _, _, _ := rng.Philox(rng.Key{Seed: 0x70616972}, id, 0, 0, 0)
	return uint64(word)<<32 | uint64(id)
}
