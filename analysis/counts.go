package analysis

import "einet/sim"

// PopulationCounts counts each population's spikes in consecutive bins of time.
// Bin b holds the steps b*binSteps+1 .. (b+1)*binSteps.
type PopulationCounts struct {
	layout   layout
	dtMs     float64
	binSteps int
	counts   [][]int64 // [population][bin], as far as spikes were seen
}

// NewPopulationCounts makes empty bins of binSteps steps, at least 1, for
// consecutive populations of the given sizes on a grid of dtMs [ms].
func NewPopulationCounts(sizes []int, dtMs float64, binSteps int) *PopulationCounts {
	return &PopulationCounts{layout: newLayout(sizes), dtMs: dtMs, binSteps: max(1, binSteps), counts: make([][]int64, len(sizes))}
}

// Add takes further spikes. Ids are global.
func (c *PopulationCounts) Add(spikes []sim.Spike) {
	step, bin := uint32(0), 0
	for _, s := range spikes {
		if s.Step == 0 {
			continue // nothing is simulated at step 0
		}
		if s.Step != step { // a division takes as long as all the rest
			step, bin = s.Step, int(s.Step-1)/c.binSteps
		}
		i := c.layout.population(s.Neuron)
		for len(c.counts[i]) <= bin {
			c.counts[i] = append(c.counts[i], 0)
		}
		c.counts[i][bin]++
	}
}

// BinMs is the width of a bin [ms].
func (c *PopulationCounts) BinMs() float64 { return float64(c.binSteps) * c.dtMs }

// StepMs is the width of the time grid [ms].
func (c *PopulationCounts) StepMs() float64 { return c.dtMs }

// Counts are the spikes of population i in each bin that ends by toStep, the
// last step simulated.
func (c *PopulationCounts) Counts(i int, toStep int64) []int64 {
	bins := make([]int64, toStep/int64(c.binSteps))
	copy(bins, c.counts[i])
	return bins
}

// Rates is the mean firing rate [Hz] of population i's neurons in each bin
// that ends by toStep.
func (c *PopulationCounts) Rates(i int, toStep int64) []float64 {
	counts := c.Counts(i, toStep)
	rates := make([]float64, len(counts))
	seconds := c.BinMs() / 1000
	for b, n := range counts {
		rates[b] = float64(n) / float64(c.layout.sizes[i]) / seconds
	}
	return rates
}

// Merge returns the same counts in bins that are n times as wide.
func (c *PopulationCounts) Merge(n int) *PopulationCounts {
	wide := &PopulationCounts{layout: c.layout, dtMs: c.dtMs, binSteps: c.binSteps * max(1, n), counts: make([][]int64, len(c.counts))}
	for i, bins := range c.counts {
		wide.counts[i] = make([]int64, (len(bins)+max(1, n)-1)/max(1, n))
		for b, count := range bins {
			wide.counts[i][b/max(1, n)] += count
		}
	}
	return wide
}
