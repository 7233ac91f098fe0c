package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"einet/sim"
)

// Covariances measure how much the spike counts of the neurons of a population vary together in
// short bins, over all pairs of neurons, from 12 bytes a neuron: the variance of the population's
// count is the sum of its neurons' variances and of all pairs' covariances.
type Covariances struct {
	layout layout
	from   int64
	steps  int64
	trains []binned
	groups []covarianceGroup
}

// A binned train is a neuron's counts.
type binned struct {
	bin   uint32 // the latest with a spike
	count uint32 // in it
	total uint32 // in all bins
}

// A covarianceGroup is a population's sums over bins, in blocks of time.
type covarianceGroup struct {
	bin      int64 // under way
	count    countBlock
	blocks   []countBlock // of perBlock bins each, as far as there were spikes
	perBlock int64
}

// A countBlock holds sums over bins. Of a single bin it is that bin.
type countBlock struct {
	sum     float64 // of the population's count
	squares float64 // of its square
	own     float64 // of the sum of the squares of the neurons' counts
}

func (b *countBlock) add(c countBlock) {
	b.sum, b.squares, b.own = b.sum+c.sum, b.squares+c.squares, b.own+c.own
}

// mostBlocks is how many blocks are kept: when they are full, each two become one.
const mostBlocks = 64

// NewCovariances makes them for consecutive populations of the given sizes and bins of binSteps
// steps, at least 1. Bin b holds the steps fromStep+b*binSteps+1 .. fromStep+(b+1)*binSteps.
func NewCovariances(sizes []int, binSteps int, fromStep int64) *Covariances {
	l := newLayout(sizes)
	c := &Covariances{layout: l, from: fromStep, steps: int64(max(1, binSteps)), trains: make([]binned, l.neurons()), groups: make([]covarianceGroup, len(sizes))}
	for i := range c.groups {
		c.groups[i].perBlock = 1
	}
	return c
}

// Add takes further spikes, sorted by step. Ids are global.
func (c *Covariances) Add(spikes []sim.Spike) {
	step, bin := uint32(0), int64(0)
	for _, s := range spikes {
		if int64(s.Step) <= c.from {
			continue
		}
		if s.Step != step {
			step, bin = s.Step, (int64(s.Step)-c.from-1)/c.steps
		}
		g, n := &c.groups[c.layout.population(s.Neuron)], &c.trains[s.Neuron]
		if bin != g.bin {
			g.close()
			g.bin = bin
		}
		if int64(n.bin) != bin {
			n.bin, n.count = uint32(bin), 0
		}
		g.count.own += float64(2*n.count + 1)
		n.count++
		n.total++
		g.count.sum++
	}
}

// close adds the bin under way to its block.
func (g *covarianceGroup) close() {
	g.blocks, g.perBlock = placed(g.blocks, g.perBlock, g.bin, g.count)
	g.count = countBlock{}
}

// placed adds a bin to the blocks, which become longer if it lies beyond the last that there may be.
func placed(blocks []countBlock, perBlock, bin int64, c countBlock) ([]countBlock, int64) {
	for bin/perBlock >= mostBlocks {
		blocks, perBlock = halved(blocks), 2*perBlock
	}
	for int64(len(blocks)) <= bin/perBlock {
		blocks = append(blocks, countBlock{})
	}
	c.squares = c.sum * c.sum
	blocks[bin/perBlock].add(c)
	return blocks, perBlock
}

// halved are half as many blocks.
func halved(blocks []countBlock) []countBlock {
	list := make([]countBlock, (len(blocks)+1)/2)
	for k, b := range blocks {
		list[k/2].add(b)
	}
	return list
}

// A Correlation is how strongly the counts of two neurons of a population are correlated.
type Correlation struct {
	Value float64 // NaN for fewer than two neurons or bins, or counts that never change
	Error float64 // standard error of Value; NaN where the run is too short, or the spikes too few, to tell
	Bins  int64   // of which Value is
}

// Correlation is the mean covariance of the counts of two of population i's neurons, over all
// pairs, as a share of the mean variance of a neuron's count, over the bins that end by toStep,
// the last step simulated. It is the correlation coefficient of every pair where all have the
// same one and the same rate, 0 for independent trains however long the run is; where rates
// differ, neurons that fire more count for more (Tetzlaff et al., PLoS Comput. Biol. 8 (2012)
// e1002596, normalise so). With N neurons and B bins that are independent of one another the
// standard error is about (1/N + Value) sqrt(2/B); Error is measured, from how Value differs
// between blocks of time (8 to 63 of them, at least 4 bins long), so that slow fluctuations are in it.
func (c *Covariances) Correlation(i int, toStep int64) Correlation {
	g, size := &c.groups[i], c.layout.sizes[i]
	bins := max(0, (toStep-c.from)/c.steps)
	r := Correlation{Value: math.NaN(), Error: math.NaN(), Bins: bins}
	blocks, perBlock := slices.Clone(g.blocks), g.perBlock
	if g.bin < bins { // else the bin under way is not full
		blocks, perBlock = placed(blocks, perBlock, g.bin, g.count)
	}
	for ; perBlock < leastBlock || bins/perBlock >= mostBlocks; perBlock *= 2 {
		blocks = halved(blocks)
	}
	if size < 2 || bins < 2 {
		return r
	}
	var all countBlock
	for _, b := range blocks {
		all.add(b)
	}
	n := float64(bins)
	mean, square := all.sum/n, c.squaredMeans(i, bins) // of the population's count; the sum of the squares of the neurons' means
	own := all.own/n - square                          // the sum of the neurons' variances
	if own <= 1e-12*all.own/n {
		return r
	}
	r.Value = (all.squares/n - mean*mean - own) / own / float64(size-1)
	// The part of a block in Value's numerator, less its part in the denominator, in units of that.
	// Of the neurons' squares the block knows the sum; its part of the squared means goes by its count.
	blocks = append(blocks, make([]countBlock, max(0, int(bins/perBlock)-len(blocks)))...)[:bins/perBlock]
	var parts []float64
	for _, b := range blocks {
		n := float64(perBlock)
		ownPart := b.own/n - square*(2*b.sum/n/mean-1)
		pairs := b.squares/n - 2*mean*b.sum/n + mean*mean - ownPart
		parts = append(parts, (pairs/float64(size-1)-r.Value*ownPart)/own)
	}
	if sd := stat.StdDev(parts, nil); len(parts) >= leastBlocks && sd > 1e-12 { // of one spike there is none
		r.Error = sd / math.Sqrt(n/float64(perBlock))
	}
	return r
}

// Bounds of the blocks from which an error is told: bins in one, and their number.
const (
	leastBlock  = 4
	leastBlocks = 8
)

// squaredMeans is the sum over population i's neurons of the squares of their mean counts in the first bins.
func (c *Covariances) squaredMeans(i int, bins int64) float64 {
	sum, first := 0.0, c.layout.first[i]
	for _, t := range c.trains[first : first+c.layout.sizes[i]] {
		total := t.total
		if int64(t.bin) >= bins { // cut off by the end of the run
			total -= t.count
		}
		mean := float64(total) / float64(bins)
		sum += mean * mean
	}
	return sum
}
