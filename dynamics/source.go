package dynamics

import (
	"cmp"
	"math"
	"slices"

	"einet/network"
	"einet/rng"
)

// A SourceSpike is a spike of a SpikeSource.
type SourceSpike struct {
	Step   uint32
	Neuron uint32 // index in the population
}

// newTrain puts spikes on the grid, sorted by step and then neuron.
func newTrain(t *network.SpikeTrain, dt float64) []SourceSpike {
	train := make([]SourceSpike, 0, len(t.Times))
	for i, neuron := range t.Neuron {
		if step, ok := t.Step(i, dt); ok {
			train = append(train, SourceSpike{uint32(step), uint32(neuron)})
		}
	}
	slices.SortFunc(train, func(a, b SourceSpike) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
	return train
}

// mostAtOnce is the largest number of spikes of a neuron in a step, at least 1.
func mostAtOnce(train []SourceSpike) int {
	most, run := 1, 1
	for i := 1; i < len(train); i++ {
		if run++; train[i] != train[i-1] {
			run = 1
		}
		most = max(most, run)
	}
	return most
}

// Train is the spikes of a SpikeSource, by step and then neuron.
func (m *Model) Train(pop int) []SourceSpike { return m.Populations[pop].train }

// Counts are what the spikes of a Poisson population's neurons are counted by, in consecutive
// steps. A neuron fires as often as thresholds of the step are at or below its word.
type Counts struct {
	Place []uint32 // [step] where in Lists its thresholds are
	Lists []uint32 // of each step how many thresholds there are, and then these, ascending; of steps with one rate once
}

// Thresholds are those of the k-th step.
func (c *Counts) Thresholds(k int) []uint32 {
	list := c.Lists[c.Place[k]:]
	return list[1 : 1+list[0]]
}

// Count writes into dst the Counts of a Poisson population's steps first+1, first+2, ..., so many.
func (m *Model) Count(pop int, first int64, steps int, dst *Counts) {
	p := &m.Populations[pop]
	dst.Place, dst.Lists = slices.Grow(dst.Place[:0], steps), dst.Lists[:0]
	last, place := -1.0, 0
	for i := range int64(steps) {
		if i == 0 || !p.steady {
			if mean := countMean(p.input(first+i), m.Network.Dt); mean != last {
				last, place = mean, len(dst.Lists)
				dst.Lists = rng.AppendPoissonThresholds(append(dst.Lists, 0), mean)
				dst.Lists[place] = uint32(len(dst.Lists) - place - 1)
			}
		}
		dst.Place = append(dst.Place, uint32(place))
	}
}

// Steady tells whether the external input, or the rate of a Poisson source, is the same at all times.
func (p *Population) Steady() bool { return p.steady }

// countMean is the mean number of spikes of a neuron of that rate in a step.
func countMean(rate, dt float64) float64 { return float64(max(rate, 0)*dt) / 1000 }

// MostSpikes bounds the spikes of a population in that many steps: of neurons with a membrane
// potential by their refractory period, of given spikes by these. Those of a Poisson source are
// Poisson distributed, and more than this has a probability below 1e-30.
func (m *Model) MostSpikes(pop, steps int) int {
	p := &m.Populations[pop]
	switch p.Neuron {
	case network.Poisson:
		mean := float64(p.Size) * p.mostMean * float64(steps)
		return int(min(math.Ceil(mean+12*math.Sqrt(mean)+64), math.MaxInt32))
	case network.SpikeSource:
		return mostWithin(p.train, steps)
	}
	return p.Size * ((steps + p.Refractory) / (p.Refractory + 1))
}

// mostWithin is the largest number of spikes of a train in so many consecutive steps.
func mostWithin(train []SourceSpike, steps int) int {
	most, first := 0, 0
	for i := range train {
		for int64(train[i].Step)-int64(train[first].Step) >= int64(steps) {
			first++
		}
		most = max(most, i-first+1)
	}
	return most
}

// IsSource tells whether the neurons have no membrane potential.
func (p *Population) IsSource() bool { return p.Neuron.IsSource() }
