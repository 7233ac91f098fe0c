package analysis

import (
	"math"

	"einet/sim"
)

// Local gathers the local variation of every neuron's inter-spike intervals,
// 32 bytes each. Unlike the CV it compares neighbouring intervals only, so that
// a rate which changes slowly does not count as irregular.
type Local struct {
	layout layout
	from   int64
	trains []localTrain
}

// A localTrain is what is kept of one neuron.
type localTrain struct {
	last     uint32 // step of the latest counted spike, 0 for none
	interval uint32 // that ended there, and 1 more; 0 for none
	pairs    uint32 // of neighbouring intervals
	sum      float64
	squares  float64 // of the pairs' |difference| / sum
}

// NewLocal makes statistics for consecutive populations of the given sizes.
// Spikes at steps up to fromStep are not counted, and an interval counts when
// both its spikes do. Neighbours that are both 0, of three spikes of a source in a
// step, are no pair.
func NewLocal(sizes []int, fromStep int64) *Local {
	l := newLayout(sizes)
	return &Local{layout: l, from: fromStep, trains: make([]localTrain, l.neurons())}
}

// Add takes further spikes, sorted by step. Ids are global.
func (l *Local) Add(spikes []sim.Spike) {
	for _, s := range spikes {
		if int64(s.Step) <= l.from {
			continue
		}
		n := &l.trains[s.Neuron]
		interval := uint32(0)
		if n.last > 0 {
			interval = s.Step - n.last + 1
		}
		if n.interval > 0 && interval > 0 && n.interval+interval > 2 {
			a, b := float64(n.interval-1), float64(interval-1)
			x := math.Abs(b-a) / (a + b)
			n.sum += x
			n.squares += x * x
			n.pairs++
		}
		n.last, n.interval = s.Step, interval
	}
}

// CV2s are, for population i's neurons with at least MinIntervals intervals in
// the order of their ids, the means over neighbouring intervals I, J of
// 2 |I-J| / (I+J) (Holt et al., J. Neurophysiol. 75 (1996) 1806). 1 for Poisson
// trains, 0 for a clock.
func (l *Local) CV2s(i int) []float64 {
	return l.each(i, func(n *localTrain) float64 { return 2 * n.sum / float64(n.pairs) })
}

// LVs are, for the same neurons, the means of 3 (I-J)^2 / (I+J)^2 (Shinomoto,
// Shima & Tanji, Neural Comput. 15 (2003) 2823). 1 for Poisson trains, 0 for a
// clock, 3/(2k+1) for gamma intervals of order k.
func (l *Local) LVs(i int) []float64 {
	return l.each(i, func(n *localTrain) float64 { return 3 * n.squares / float64(n.pairs) })
}

func (l *Local) each(i int, value func(*localTrain) float64) []float64 {
	var list []float64
	first := l.layout.first[i]
	for k := range l.layout.sizes[i] {
		if n := &l.trains[first+k]; n.pairs+1 >= MinIntervals {
			list = append(list, value(n))
		}
	}
	return list
}
