// Package analysis computes statistics of spikes and of recorded state. Its
// one invariant: spikes are taken as a stream, in the order in which a
// simulation gives them, and none of them is kept, so that memory follows the
// number of neurons and bins, not of spikes.
package analysis

import (
	"math"

	"einet/sim"
)

// MinIntervals is the number of inter-spike intervals from which on a neuron's
// coefficient of variation counts.
const MinIntervals = 5

// Trains gathers the spike train statistics of every neuron, 24 bytes each.
type Trains struct {
	layout layout
	dtMs   float64
	from   int64
	trains []train
}

// A train is what is kept of one neuron. The sums are integers, so that nothing
// is lost in a long run; the intervals add up to less than 2^32 steps, hence
// their squares to less than 2^64.
type train struct {
	last    uint32 // step of the latest counted spike, 0 for none
	spikes  uint32
	sum     uint64 // of the intervals [steps]
	squares uint64 // of the intervals [steps^2]
}

// NewTrains makes statistics for consecutive populations of the given sizes on
// a grid of dtMs [ms]. Spikes at steps up to fromStep are not counted, and an
// interval counts when both its spikes do. Of a source that fires several times in
// a step the intervals are 0, and count as such; a neuron without others has no CV.
func NewTrains(sizes []int, dtMs float64, fromStep int64) *Trains {
	l := newLayout(sizes)
	return &Trains{layout: l, dtMs: dtMs, from: fromStep, trains: make([]train, l.neurons())}
}

// Add takes further spikes, sorted by step. Ids are global.
func (t *Trains) Add(spikes []sim.Spike) {
	for _, s := range spikes {
		if int64(s.Step) <= t.from {
			continue
		}
		n := &t.trains[s.Neuron]
		if n.spikes > 0 {
			interval := uint64(s.Step - n.last)
			n.sum += interval
			n.squares += interval * interval
		}
		n.last = s.Step
		n.spikes++
	}
}

// A Population is the summary of one population's trains.
type Population struct {
	Size   int
	Spikes int64
	Rate   float64 // mean over neurons [Hz]; NaN when no time was counted
	CV     float64 // mean of the neurons' CV of inter-spike intervals; NaN without such neurons
	CVOver int     // neurons with at least MinIntervals intervals, over which CV is the mean
}

// Populations summarises the spikes so far. The counted time is that of the
// steps fromStep+1..toStep; toStep is the last step simulated.
func (t *Trains) Populations(toStep int64) []Population {
	list := make([]Population, len(t.layout.sizes))
	seconds := float64(toStep-t.from) * t.dtMs / 1000
	for i := range list {
		p := &list[i]
		p.Size = t.layout.sizes[i]
		sum := 0.0
		for _, n := range t.population(i) {
			p.Spikes += int64(n.spikes)
			if cv, ok := n.cv(); ok {
				sum += cv
				p.CVOver++
			}
		}
		p.CV = sum / float64(p.CVOver)
		p.Rate = math.NaN()
		if seconds > 0 {
			p.Rate = float64(p.Spikes) / float64(p.Size) / seconds
		}
	}
	return list
}

// Rates are the firing rates [Hz] of population i's neurons, in the order of
// their ids, over the steps fromStep+1..toStep.
func (t *Trains) Rates(i int, toStep int64) []float64 {
	rates := make([]float64, 0, t.layout.sizes[i])
	for _, n := range t.population(i) {
		rates = append(rates, float64(n.spikes)/(float64(toStep-t.from)*t.dtMs/1000))
	}
	return rates
}

func (t *Trains) population(i int) []train {
	first := t.layout.first[i]
	return t.trains[first : first+t.layout.sizes[i]]
}

// cv is the standard deviation of the intervals (that of the sample, without
// Bessel's correction) over their mean.
func (n train) cv() (float64, bool) {
	intervals := float64(n.spikes) - 1
	if intervals < MinIntervals || n.sum == 0 {
		return 0, false
	}
	mean := float64(n.sum) / intervals
	variance := float64(n.squares)/intervals - mean*mean
	return math.Sqrt(max(0, variance)) / mean, true
}
