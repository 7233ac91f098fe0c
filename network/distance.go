package network

import (
	"math"
	"slices"

	"einet/libm"
)

// A spread is how distances along a dimension are distributed over pairs of neurons: values [mm], and how often each of them
// is. The fractions add up to 1.
type spread struct{ apart, often []float64 }

// How finely distances along a dimension are counted, in spaces of 1, 2 and 3 dimensions.
var fineness = [MaxDimensions + 1]int{1: 1 << 14, 2: 1 << 9, 3: 1 << 6}

// mostPairs of places along a dimension are counted one by one.
const mostPairs = 1 << 22

// spreads are those of the pairs of two populations in one space: exact between grids of not too many places, and
// else those of neurons that lie anywhere.
func spreads(pre, post *Population) []spread {
	p, q := &pre.Positions, &post.Positions
	all := make([]spread, len(p.Extent))
	for k := range all {
		if p.HasPlaces() && q.HasPlaces() {
			if n, m := p.Places(pre.Size)[k], q.Places(post.Size)[k]; float64(n)*float64(m) <= mostPairs {
				all[k] = p.ofPlaces(k, n, m)
				continue
			}
		}
		all[k] = p.anywhere(k, fineness[len(all)])
	}
	return all
}

// ofPlaces is the spread between n and m places along dimension k.
func (p *Positions) ofPlaces(k, n, m int) spread {
	L := p.Extent[k]
	all := make([]float64, 0, n*m)
	for i := range n {
		for j := range m {
			all = append(all, p.Apart(k, Place(i, n, L), Place(j, m, L)))
		}
	}
	slices.Sort(all)
	each := 1 / float64(len(all))
	near := 1e-9 * L // the same but for rounding
	if most := fineness[len(p.Extent)]; len(all) > most {
		near = max(near, L/float64(2*most))
	}
	var s spread
	for first, i := 0, 0; i < len(all); i++ {
		if i+1 == len(all) || all[i+1]-all[first] > near {
			s.apart, s.often = append(s.apart, (all[first]+all[i])/2), append(s.often, each*float64(i+1-first))
			first = i + 1
		}
	}
	return s
}

// anywhere is the spread between neurons that lie anywhere along dimension k: periodic spaces have all distances up to half
// the extent, others short ones more often.
func (p *Positions) anywhere(k, fine int) spread {
	var s spread
	for i := range fine {
		u := (float64(i) + 0.5) / float64(fine)
		if p.Periodic {
			s.apart, s.often = append(s.apart, u*p.Extent[k]/2), append(s.often, 1/float64(fine))
		} else {
			s.apart, s.often = append(s.apart, u*p.Extent[k]), append(s.often, 2*(1-u)/float64(fine))
		}
	}
	return s
}

// overPairs is the mean of a function of distance over all pairs of neurons of the two ends of a projection.
func (n *Network) overPairs(p *Projection, f func(mm float64) float64) float64 {
	pre, post := &n.Populations[n.Population(p.From)], &n.Populations[n.Population(p.To)]
	all := spreads(pre, post)
	apart := make([]float64, len(all))
	var sum func(k int) float64
	sum = func(k int) float64 {
		if k == len(all) {
			return f(Norm(apart))
		}
		total := 0.0
		for i, d := range all[k].apart {
			apart[k] = d
			total += float64(all[k].often[i] * sum(k+1))
		}
		return total
	}
	return sum(0)
}

// MeanWeight is that of the synapses of projection i, as far as it is drawn or goes by distance: before it is rounded to codes.
func (n *Network) MeanWeight(i int) float64 {
	p := &n.Projections[i]
	switch {
	case len(p.Edges.Weight) > 0:
		return p.meanWeight()
	case !p.WeightBy.Falls():
		mean, _ := p.Weight.WeightMoments()
		return mean
	}
	of := n.overPairs(p, p.Near.At)
	if of == 0 {
		return p.Weight.A
	}
	return p.Weight.A * n.overPairs(p, func(d float64) float64 { return float64(p.Near.At(d) * p.WeightBy.At(d)) }) / of
}

// DelaySteps is the smallest delay that a projection can have and the largest [steps of dt].
func (n *Network) DelaySteps(p *Projection) (first, last int) {
	if p.Speed == 0 {
		return p.drawnDelaySteps(n.Dt)
	}
	farthest := n.Populations[n.Population(p.From)].Positions.Farthest()
	return p.DelayStep(0, n.Dt), p.DelayStep(farthest, n.Dt)
}

// DelayStep is the delay of a synapse over a distance [mm], where it goes by distance [steps of dt].
func (p *Projection) DelayStep(d, dt float64) int {
	return int(min(max(1, math.Round((p.Delay.A+d/p.Speed)/dt)), 1e12))
}

// mostInDegree is the mean in-degree of the target that has the largest, of K targets near a grid's or ring's places, and the
// variance that random places of sources add.
func (n *Network) mostInDegree(p *Projection) (mean, added float64) {
	pre, post := &n.Populations[n.Population(p.From)], &n.Populations[n.Population(p.To)]
	mean, square := float64(p.N)*float64(pre.Size), 1.0
	for k, places := range post.Positions.Places(post.Size) {
		sources := 0 // anywhere
		if pre.Positions.HasPlaces() {
			sources = pre.Positions.Places(pre.Size)[k]
		}
		most, meanSquare := post.Positions.chances(k, sources, places, p.Near.Size)
		mean, square = float64(mean*most), float64(square*meanSquare)
	}
	if !pre.Positions.HasPlaces() {
		added = float64(float64(p.N)*float64(p.N)) * float64(float64(pre.Size)*square)
	}
	return mean, added
}

// At most so many sources and targets along a dimension are looked at, where there are more.
const mostLookedAt = 512

// chances are of a Gaussian offset along dimension k from one of n sources (0: anywhere), that is to find one of m places: the
// probability of the place that is found most, over all sources, and the mean square over sources and places.
func (p *Positions) chances(k, n, m int, sigma float64) (most, meanSquare float64) {
	L := p.Extent[k]
	if n == 0 || n > mostLookedAt {
		n = min(max(n, m, 64), mostLookedAt)
	}
	stride := (m + mostLookedAt - 1) / mostLookedAt
	looked := 0.0
	width := L / float64(m)
	below := func(x float64) float64 { return libm.NormalCDF(x / sigma) }
	for c := 0; c < m; c += stride {
		lo := float64(c) * width
		sum := 0.0
		for s := range n {
			x := Place(s, n, L)
			chance := 0.0
			for i := 1 - images(L, sigma, p.Periodic); i < images(L, sigma, p.Periodic); i++ {
				at := lo - x + float64(i)*L
				chance += below(at+width) - below(at)
			}
			if !p.Periodic { // what is beyond an edge is drawn again
				chance /= below(L-x) - below(-x)
			}
			sum += chance
			meanSquare += float64(chance * chance)
		}
		most = max(most, sum/float64(n))
		looked += float64(n)
	}
	return most, meanSquare / looked
}
