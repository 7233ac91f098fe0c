package analysis

import "einet/sim"

// CountingWindows counts every neuron's spikes in consecutive windows of time, for the
// Fano factor, in 24 bytes a neuron.
type CountingWindows struct {
	layout layout
	from   int64
	steps  int64
	trains []windowed
}

// A windowed train has the sums over the windows before its latest one, and the
// count in that. Windows without a spike add nothing to either.
type windowed struct {
	window  uint32 // the latest with a spike
	count   uint32 // in it
	sum     uint64
	squares uint64
}

// NewCountingWindows makes windows of windowSteps steps, at least 1, for consecutive
// populations of the given sizes. Window w holds the steps
// fromStep+w*windowSteps+1 .. fromStep+(w+1)*windowSteps.
func NewCountingWindows(sizes []int, windowSteps int, fromStep int64) *CountingWindows {
	l := newLayout(sizes)
	return &CountingWindows{layout: l, from: fromStep, steps: int64(max(1, windowSteps)), trains: make([]windowed, l.neurons())}
}

// Add takes further spikes, sorted by step. Ids are global.
func (w *CountingWindows) Add(spikes []sim.Spike) {
	step, window := uint32(0), uint32(0)
	for _, s := range spikes {
		if int64(s.Step) <= w.from {
			continue
		}
		if s.Step != step {
			step, window = s.Step, uint32((int64(s.Step)-w.from-1)/w.steps)
		}
		n := &w.trains[s.Neuron]
		if window != n.window {
			*n = n.closed()
			n.window = window
		}
		n.count++
	}
}

// closed is the train with its latest window in the sums.
func (n windowed) closed() windowed {
	n.sum += uint64(n.count)
	n.squares += uint64(n.count) * uint64(n.count)
	n.count = 0
	return n
}

// Fanos are the Fano factors (variance over mean of the counts) of population
// i's neurons that spiked, in the order of their ids, over the windows that end
// by toStep, the last step simulated; empty with fewer than two windows. With
// the unbiased variance the expected value for Poisson trains is 1 whatever the
// number of windows and of spikes; it tends to CV^2 for other renewal trains in
// windows much longer than their intervals.
func (w *CountingWindows) Fanos(i int, toStep int64) []float64 {
	windows := (toStep - w.from) / w.steps
	if windows < 2 {
		return nil
	}
	var list []float64
	first := w.layout.first[i]
	for _, n := range w.trains[first : first+w.layout.sizes[i]] {
		if int64(n.window) < windows { // else the latest is cut off by toStep
			n = n.closed()
		}
		if n.sum == 0 {
			continue
		}
		mean := float64(n.sum) / float64(windows)
		variance := (float64(n.squares) - float64(n.sum)*mean) / float64(windows-1)
		list = append(list, variance/mean)
	}
	return list
}
