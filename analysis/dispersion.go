package analysis

import (
	"math"

	"gonum.org/v1/gonum/stat"
)

// Between are the spikes of population i in each bin that begins at or after
// fromStep and ends by toStep.
func (c *PopulationCounts) Between(i int, fromStep, toStep int64) []int64 {
	bins := c.Counts(i, toStep)
	width := int64(c.binSteps)
	return bins[min((fromStep+width-1)/width, int64(len(bins))):]
}

// Burst is the most spikes of population i within consecutive bins of that many ms, of the steps fromStep to toStep, less
// what its mean rate brings, for each of its neurons: about 1 where all of them fire together. NaN where there are fewer bins.
func (c *PopulationCounts) Burst(i int, fromStep, toStep int64, ms float64) float64 {
	bins, width := c.Between(i, fromStep, toStep), max(1, int(math.Round(ms/c.BinMs())))
	if len(bins) < width {
		return math.NaN()
	}
	var total, within, most int64
	for b, n := range bins {
		total, within = total+n, within+n
		if b >= width {
			within -= bins[b-width]
		}
		most = max(most, within)
	}
	return (float64(most) - float64(total)*float64(width)/float64(len(bins))) / float64(c.layout.sizes[i])
}

// VarianceToMean is the unbiased variance of counts over their mean: 1 for
// independent Poisson neurons in any bins, about the number of spikes in a burst
// for neurons that fire together. NaN with fewer than two bins or no spikes.
func VarianceToMean(counts []int64) float64 {
	if len(counts) < 2 {
		return math.NaN()
	}
	mean, variance := stat.MeanVariance(floats(counts), nil)
	return variance / mean
}

// VariancesToMean is VarianceToMean in consecutive windows of a number of bins,
// at least 2, as a function of time; bins at the end that fill no window are
// left out. Of w bins the relative standard error is sqrt(2/(w-1)) each, 47 %
// of 10, so average over trials before asking when it settles.
func VariancesToMean(counts []int64, bins int) []float64 {
	bins = max(2, bins)
	list := make([]float64, 0, len(counts)/bins)
	for ; len(counts) >= bins; counts = counts[bins:] {
		list = append(list, VarianceToMean(counts[:bins]))
	}
	return list
}

func floats(counts []int64) []float64 {
	list := make([]float64, len(counts))
	for k, n := range counts {
		list[k] = float64(n)
	}
	return list
}
