package connectome

import (
	"math"
	"slices"

	"einet/libm"
	"einet/network"
)

// Codes says what the codes of a projection's synapses stand for. Of a projection
// whose synapses are all alike there is one of each, 0.
type Codes struct {
	Weights            []float64 // by code, ascending
	Mean               float64   // of the weights' magnitude
	FirstDelay, Delays int       // delay of code 0 [steps], and the number of codes
}

// NewCodes is the codes of projection i of a valid network.
func NewCodes(net *network.Network, i int) Codes {
	p := &net.Projections[i]
	first, last := net.DelaySteps(p)
	c := Codes{FirstDelay: first, Delays: last - first + 1, Mean: math.Abs(net.MeanWeight(i))}
	switch {
	case p.WeightBy.Falls():
		c.Weights = fallingWeights(p, net.Populations[net.Population(p.To)].Positions.Farthest())
	case p.Rule == network.List && len(p.Edges.Weight) > 0:
		c.Weights, c.Mean = listWeights(p.Edges.Weight)
	case p.Weight.IsNumber():
		c.Weights = []float64{p.Weight.Mean()}
	default:
		c.Weights = drawnWeights(p.Weight)
	}
	return c
}

// fallingWeights are those of a weight that falls with distance, evenly spaced from that of the largest distance [mm].
func fallingWeights(p *network.Projection, farthest float64) []float64 {
	least := float64(p.Weight.A * p.WeightBy.At(farthest))
	if least == p.Weight.A {
		return []float64{least}
	}
	return drawnWeights(network.Between(min(least, p.Weight.A), max(least, p.Weight.A)))
}

// drawnWeights are evenly spaced between the bounds, for a lognormal in the
// logarithm.
func drawnWeights(d network.Dist) []float64 {
	lo, hi := d.WeightBounds()
	even := func(lo, hi float64, k int) float64 {
		return lo + float64((hi-lo)*(float64(k)/(MaxWeightCodes-1)))
	}
	weights := make([]float64, MaxWeightCodes)
	for k := range weights {
		switch {
		case d.Kind == network.LogNormal && hi <= 0:
			weights[k] = -libm.Exp(even(libm.Log(-lo), libm.Log(-hi), k))
		case d.Kind == network.LogNormal:
			weights[k] = libm.Exp(even(libm.Log(lo), libm.Log(hi), k))
		default:
			weights[k] = even(lo, hi, k)
		}
	}
	return weights
}

// listWeights are the different weights of a list or, where these are too many,
// evenly spaced ones.
func listWeights(all []float64) (weights []float64, mean float64) {
	for _, w := range all {
		mean += math.Abs(w) / float64(len(all))
	}
	weights = slices.Compact(slices.Sorted(slices.Values(all)))
	if len(weights) <= MaxWeightCodes {
		return weights, mean
	}
	return drawnWeights(network.Between(weights[0], weights[len(weights)-1])), mean
}

// nearest is the code of a weight.
func (c *Codes) nearest(w float64) uint32 {
	k, _ := slices.BinarySearch(c.Weights, w)
	if k == len(c.Weights) || k > 0 && w-c.Weights[k-1] < c.Weights[k]-w {
		k--
	}
	return uint32(k)
}

// Packing is how the projection's synapses are packed.
func (c *Codes) Packing() Packing { return newPacking(len(c.Weights), c.Delays) }

// alike tells whether all synapses have one weight and one delay.
func (c *Codes) alike() bool { return len(c.Weights) == 1 && c.Delays == 1 }

// A coder makes a code of a word: the number of thresholds at or below it. The
// guide says where to begin: with how many thresholds lie at or below the first word
// that begins with the same 12 bits.
type coder struct {
	thresholds []uint32
	guide      [1 << 12]uint16
}

func newCoder(codes int, cdf func(k int) float64) *coder {
	c := &coder{thresholds: make([]uint32, codes-1)}
	for k := range c.thresholds {
		c.thresholds[k] = uint32(min(math.Floor(float64(cdf(k)*0x1p32)), math.MaxUint32))
	}
	at := 0
	for g := range c.guide {
		for at < len(c.thresholds) && c.thresholds[at] <= uint32(g)<<20 {
			at++
		}
		c.guide[g] = uint16(at)
	}
	return c
}

func (c *coder) code(w uint32) uint32 {
	k := uint32(c.guide[w>>20])
	for int(k) < len(c.thresholds) && c.thresholds[k] <= w {
		k++
	}
	return k
}

// newCoders are those of a projection, nil for what is the same for all synapses or
// not drawn.
func newCoders(p *network.Projection, c *Codes, dt float64) (weight, delay *coder) {
	if p.Rule == network.List {
		return nil, nil
	}
	if len(c.Weights) > 1 && !p.WeightBy.Falls() {
		weight = newCoder(len(c.Weights), func(k int) float64 {
			return p.Weight.WeightCDF((c.Weights[k] + c.Weights[k+1]) / 2)
		})
	}
	if c.Delays > 1 && p.Speed == 0 {
		delay = newCoder(c.Delays, func(k int) float64 {
			return p.Delay.DelayCDF(float64((float64(c.FirstDelay+k)+0.5)*dt), dt)
		})
	}
	return weight, delay
}
