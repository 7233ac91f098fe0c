package analysis

import (
	"math"
	"sort"

	"einet/sim"
)

// intervalBinsPerDecade is how many bins of an interval histogram cover a factor
// of ten: each is about 12 % wide.
const intervalBinsPerDecade = 20

// Intervals gathers the histogram of each population's inter-spike intervals, in
// logarithmic bins, from 4 bytes a neuron.
type Intervals struct {
	layout layout
	dtMs   float64
	from   int64
	last   []uint32  // [neuron] step of the latest counted spike, 0 for none
	lows   []uint32  // [bin] shortest interval of the bin [steps]
	counts [][]int64 // [population][bin]
}

// NewIntervals makes empty histograms for consecutive populations of the given
// sizes on a grid of dtMs [ms]. An interval counts when both its spikes are at
// steps after fromStep, and not in the same one, as those of a source may be.
func NewIntervals(sizes []int, dtMs float64, fromStep int64) *Intervals {
	l := newLayout(sizes)
	h := &Intervals{layout: l, dtMs: dtMs, from: fromStep, last: make([]uint32, l.neurons()), counts: make([][]int64, len(sizes))}
	// A bin is a whole number of steps, at least one: a narrower one would hold no
	// interval at all, or one with twice the density of its neighbours.
	for k := 0; ; k++ {
		low := math.Round(math.Pow(10, float64(k)/intervalBinsPerDecade))
		if low > math.MaxUint32 {
			break
		}
		if n := len(h.lows); n == 0 || uint32(low) > h.lows[n-1] {
			h.lows = append(h.lows, uint32(low))
		}
	}
	for i := range h.counts {
		h.counts[i] = make([]int64, len(h.lows))
	}
	return h
}

// Add takes further spikes, sorted by step. Ids are global.
func (h *Intervals) Add(spikes []sim.Spike) {
	for _, s := range spikes {
		if int64(s.Step) <= h.from {
			continue
		}
		if last := h.last[s.Neuron]; last > 0 && s.Step > last {
			interval := s.Step - last
			bin := sort.Search(len(h.lows), func(k int) bool { return h.lows[k] > interval }) - 1
			h.counts[h.layout.population(s.Neuron)][bin]++
		}
		h.last[s.Neuron] = s.Step
	}
}

// Histogram is that of all intervals of population i's neurons [ms], up to the
// longest one. Its edges lie halfway between multiples of dt, so that a bin's
// width is its number of possible intervals.
func (h *Intervals) Histogram(i int) Histogram {
	bins := 0
	for k, n := range h.counts[i] {
		if n > 0 {
			bins = k + 1
		}
	}
	out := Histogram{Counts: append([]int64{}, h.counts[i][:bins]...)}
	for k := range bins + 1 {
		low := math.MaxUint32 + 1.0
		if k < len(h.lows) {
			low = float64(h.lows[k])
		}
		out.Edges = append(out.Edges, (low-0.5)*h.dtMs)
	}
	return out
}
