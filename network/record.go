package network

import (
	"fmt"
	"slices"

	"einet/fault"
)

// maxBins keeps a histogram a histogram.
const maxBins = 10_000

// resolve puts numbers in the place of all.
func (r *Record) Resolve(n *Network) {
	r.eachNeurons(func(population string, neurons *Neurons) {
		if i := n.Population(population); i >= 0 {
			neurons.resolve(n.Populations[i].Size)
		}
	})
}

// eachNeurons calls do with all choices of neurons.
func (r *Record) eachNeurons(do func(population string, n *Neurons)) {
	for i := range r.Spikes {
		do(r.Spikes[i].Population, &r.Spikes[i].Neurons)
	}
	for i := range r.State {
		do(r.State[i].Population, &r.State[i].Neurons)
	}
	for i := range r.Counted {
		if r.Counted[i].Neurons != nil {
			do(r.Counted[i].Population, r.Counted[i].Neurons)
		}
	}
	for i := range r.Averages.Neurons {
		do(r.Averages.Neurons[i].Population, &r.Averages.Neurons[i].Neurons)
	}
}

// scaled is the record of a network whose sizes have changed.
func (r Record) scaled(before, after *Network) Record {
	r.Spikes, r.State, r.Counted = slices.Clone(r.Spikes), slices.Clone(r.State), slices.Clone(r.Counted)
	r.Averages.Neurons = slices.Clone(r.Averages.Neurons)
	for i, h := range r.Counted {
		if h.Neurons != nil {
			n := *h.Neurons
			r.Counted[i].Neurons = &n
		}
	}
	r.eachNeurons(func(population string, n *Neurons) {
		if i := after.Population(population); i >= 0 {
			*n = n.scaled(before.Populations[i].Size, after.Populations[i].Size)
		}
	})
	return r
}

// InSeconds tells whether times, taken as ms, may be seconds of a run of that duration [ms]: all lie in its first thousandth.
func InSeconds(times []float64, duration float64) bool {
	return len(times) > 1 && duration >= leastSeconds && slices.Max(times) <= duration/1000 && slices.ContainsFunc(times, func(t float64) bool { return t > 0 })
}

// leastSeconds is how long a run [ms] is in whose first thousandth there is hardly a whole train.
const leastSeconds = 100

// MustBeOf says which numbers the neurons of a population have in a file.
func MustBeOf(first float64, p *Population) string {
	return fmt.Sprintf("must be a whole number from %s to %s, the last neuron of %s", fault.Number(first), fault.Number(first+float64(p.Size-1)), fault.Clip(p.Name))
}

// EarlySpikes are what may be done with spikes in front of the first step.
var EarlySpikes = []string{DropEarly, FirstEarly}

// What is done with spikes in front of the first step.
const (
	DropEarly  = "drop"  // leaves them out
	FirstEarly = "first" // moves them to the first step
)
