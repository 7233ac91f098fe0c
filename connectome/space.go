package connectome

import (
	"math"

	"einet/libm"
	"einet/network"
	"einet/rng"
)

// Coordinates are where the neurons of population i of a network are [mm]: of each dimension one for each neuron; nil
// where it has no positions.
func Coordinates(net *network.Network, i int) [][]float64 {
	p := &net.Populations[i]
	at := &p.Positions
	all := make([][]float64, len(at.Extent))
	for k := range all {
		all[k] = make([]float64, p.Size)
	}
	if at.HasPlaces() {
		below := 1 // places in a row, or a layer
		for k, n := range at.Places(p.Size) {
			for c := range all[k] {
				all[k][c] = network.Place(c/below%n, n, at.Extent[k])
			}
			below *= n
		}
		return all
	}
	key := rng.Key{Seed: net.Seed, Stream: rng.Stream(rng.Positions, uint32(i), 0)}
	words := make([]uint32, p.Size)
	for k := range all {
		rng.Neurons(key, 0, uint32(k), words)
		for c, w := range words {
			all[k][c] = float64(at.Extent[k] * float64((float64(w)+0.5)*0x1p-32))
		}
	}
	return all
}

// A space is that in which the two ends of a projection lie.
type space struct {
	*network.Positions             // of the targets
	from, to           [][]float64 // coordinates
}

func newSpace(net *network.Network, p *network.Projection) *space {
	from, to := net.Population(p.From), net.Population(p.To)
	return &space{&net.Populations[to].Positions, Coordinates(net, from), Coordinates(net, to)}
}

// distance of a source and a target [mm].
func (s *space) distance(source, target uint32) float64 {
	var apart [network.MaxDimensions]float64
	for k := range s.from {
		apart[k] = s.Apart(k, s.from[k][source], s.to[k][target])
	}
	return network.Norm(apart[:len(s.from)])
}

// A byDistance makes the code of what weight and delay are at a distance.
type byDistance struct {
	*space
	rule    *network.Projection
	codes   *Codes
	packing Packing
	dt      float64
}

// code is that of a synapse, 0 for what does not go by distance.
func (b *byDistance) code(source, target uint32) (code uint32) {
	d := b.distance(source, target)
	if b.rule.WeightBy.Falls() {
		code = b.codes.nearest(float64(b.rule.Weight.A * b.rule.WeightBy.At(d)))
	}
	if b.rule.Speed != 0 {
		code |= uint32(b.rule.DelayStep(d, b.dt)-b.codes.FirstDelay) << (b.packing.DelayShift & 31)
	}
	return code
}

// Cells are at least so large in the mean, if there is more than one.
const cellNeurons = 16

// cells are the targets of a projection by the boxes that they lie in.
type cells struct {
	*space
	kernel  network.Kernel
	peak    float64
	reach   float64   // beyond it [mm] no cell has targets
	counts  []int     // of boxes along each dimension
	above   []float64 // what probabilities are not above, from each multiple of the kernel's size/perSize on
	first   []int     // place of each cell's first neuron, and the end
	neurons []uint32  // of all cells, ascending in each
}

// perSize is how finely probabilities are tabled.
const perSize = 8

// leastChance is what the probability of a distance between targets is right to.
const leastChance = 0x1p-33

func newCells(s *space, kernel network.Kernel, peak float64) *cells {
	c := &cells{space: s, kernel: kernel, peak: peak, reach: reach(kernel, peak)}
	for k := 0.0; k <= c.reach/kernel.Size*perSize; k++ {
		c.above = append(c.above, peak*kernel.At(k/perSize*kernel.Size)*(1+1e-9))
	}
	targets := len(s.to[0])
	most := mostBoxes(max(1, targets/cellNeurons), len(s.to))
	all := 1
	for _, extent := range s.Extent {
		n := int(min(max(1, math.Floor(extent/kernel.Size)), float64(most)))
		c.counts = append(c.counts, n)
		all *= n
	}
	of := make([]int, targets)
	c.first = make([]int, all+1)
	for t := range of {
		below := 1
		for k, n := range c.counts {
			of[t] += below * box(s.to[k][t], s.Extent[k], n)
			below *= n
		}
		c.first[of[t]+1]++
	}
	for k := range all {
		c.first[k+1] += c.first[k]
	}
	next := append([]int(nil), c.first...)
	c.neurons = make([]uint32, targets)
	for t, k := range of {
		c.neurons[next[k]] = uint32(t)
		next[k]++
	}
	return c
}

// mostBoxes is the largest number along each of some dimensions that makes no more than all.
func mostBoxes(all, dimensions int) int {
	for m := 1; ; m++ {
		product := 1
		for range dimensions {
			product *= m + 1
		}
		if product > all {
			return m
		}
	}
}

// box is which of n equal parts of an extent a coordinate is in.
func box(x, extent float64, n int) int {
	return min(int(math.Floor(float64(float64(n)*float64(x/extent)))), n-1)
}

// reach is a distance [mm] at which no cell has a probability of leastChance, a little more than the least.
func reach(kernel network.Kernel, peak float64) float64 {
	folds := max(0, libm.Log(max(peak, leastChance)/leastChance)) // of e
	const more = 1 + 1e-6
	switch kernel.Shape {
	case network.Bell:
		return more * kernel.Size * math.Sqrt(2*folds)
	case network.Decay:
		return more * kernel.Size * folds
	case network.Disc, network.Uniformly:
	}
	return more * kernel.Size
}

// A slab is the boxes that share a place along a dimension.
type slab struct {
	first int     // the number that the place adds to those of its cells
	gap   float64 // distance to it along the dimension [mm]
}

// slabs are those of dimension k within reach of x, below being the boxes in the dimensions before. All others would be too many to
// look at for each source: as many as neurons.
func (c *cells) slabs(k, below int, x float64, slabs []slab) []slab {
	n, extent := c.counts[k], c.Extent[k]
	for i := range n {
		lo, hi := float64(float64(i)*extent)/float64(n), float64(float64(i+1)*extent)/float64(n)
		gap := 0.0
		if x < lo || x > hi {
			gap = min(c.Apart(k, x, lo), c.Apart(k, x, hi))
		}
		if gap <= c.reach {
			slabs = append(slabs, slab{i * below, gap})
		}
	}
	return slabs
}

// thinned draws the synapses of a source with a probability that falls with distance: a row of each cell with the largest
// there, of which those are taken that are to be.
func (d *draws) thinned(source int, b *batch) {
	c := d.cells
	slabs := [network.MaxDimensions][]slab{{{}}, {{}}, {{}}}
	below := 1
	for k, n := range c.counts {
		b.slabs[k] = c.slabs(k, below, c.from[k][source], b.slabs[k][:0])
		slabs[k] = b.slabs[k]
		below *= n
	}
	var apart [network.MaxDimensions]float64
	for _, z := range slabs[2] {
		for _, y := range slabs[1] {
			for _, x := range slabs[0] {
				apart = [...]float64{x.gap, y.gap, z.gap}
				cell := z.first + y.first + x.first
				if n := c.first[cell+1] - c.first[cell]; n > 0 {
					if far := network.Norm(apart[:len(c.counts)]); far <= c.reach {
						d.thinnedCell(uint32(source), cell, far, b)
					}
				}
			}
		}
	}
}

// thinnedCell draws those in a cell, whose nearest point is at a distance within reach.
func (d *draws) thinnedCell(source uint32, cell int, far float64, b *batch) {
	c := d.cells
	neurons := c.neurons[c.first[cell]:c.first[cell+1]]
	words := sequence{key: d.key, a: source, c: uint32(cell), d: 4}
	if skipsAll(words.word(0), c.above[int(far/c.kernel.Size*perSize)], len(neurons)) { // no more is looked at of most cells of a long tail
		return
	}
	largest := c.kernel.At(far)
	p := float64(c.peak * largest)
	if p < leastChance {
		return
	}
	skip, codes := rng.NewGeometric(-1/libm.Log1p(-p)), d.coding(source, uint32(cell))
	number, at := uint32(0), int64(-1)
	for m := uint32(0); ; m += 2 {
		at += 1 + int64(skip.Skip(words.word(m), int32(len(neurons))))
		if at >= int64(len(neurons)) {
			return
		}
		target := neurons[at]
		if taken(words.word(m+1), c.kernel.At(c.distance(source, target))/largest) {
			d.add(b, source, target, codes.code(number))
			number++
		}
	}
}

// skipsAll tells of a word that the first success of probability p is surely not among n trials; where it is not sure, it is false. The
// word's u is in (0, 1), and that success is not among them where -ln u is at least -n ln(1 - p): the former is at least 1 - u, the latter at most np/(1 - p). The
// margin is far above what float32 rounds.
func skipsAll(w uint32, p float64, n int) bool {
	const margin = 1 + 1e-4
	return float64(1<<32-1-uint64(w))*0x1p-32*(1-p) > float64(n)*p*margin
}

// taken is true for that fraction of all words.
func taken(w uint32, fraction float64) bool {
	return fraction >= 1 || w < uint32(math.Floor(float64(fraction*0x1p32)))
}

// A chooser chooses neurons at the places of a grid or ring by distance.
type chooser struct {
	*network.Positions             // of the neurons to choose from
	from               [][]float64 // coordinates of those that choose
	places             []int
	sigma              float64
	normal             *rng.Normal
	key                rng.Key
	kind               uint32 // last word of the counter
	self               bool   // none chooses itself
}

func newChooser(net *network.Network, p *network.Projection, key rng.Key, kind uint32, self bool) *chooser {
	of, among := net.Population(p.From), net.Population(p.To)
	if p.Rule == network.FixedInDegree {
		of, among = among, of
	}
	q := &net.Populations[among]
	return &chooser{&q.Positions, Coordinates(net, of), q.Positions.Places(q.Size), p.Near.Size, rng.NormalTable(), key, kind, self}
}

// choose calls add with number m and neuron of n choices of neuron i.
func (c *chooser) choose(i, n int, add func(m, x uint32)) {
	var words [4][16]uint32
	for m := range n {
		if m%16 == 0 {
			rng.Philox16(c.key, uint32(m), uint32(i), 0, c.kind, &words)
		}
		x := c.place(i, [...]uint32{words[0][m%16], words[1][m%16], words[2][m%16]})
		for r := uint32(1); x < 0 || c.self && x == i; r++ {
			w0, w1, w2, _ := rng.Philox(c.key, uint32(m), uint32(i), r, c.kind)
			x = c.place(i, [...]uint32{w0, w1, w2})
		}
		add(uint32(m), uint32(x))
	}
}

// place is the neuron at offsets of these words from neuron i, -1 beyond an edge.
func (c *chooser) place(i int, words [3]uint32) int {
	neuron, below := 0, 1
	for k, n := range c.places {
		extent := c.Extent[k]
		y := c.from[k][i] + float64(c.sigma*float64(c.normal.Z(words[k])))
		if y < 0 || y >= extent {
			if !c.Periodic {
				return -1
			}
			y -= float64(extent * math.Floor(y/extent))
		}
		neuron += below * box(y, extent, n)
		below *= n
	}
	return neuron
}

func (d *draws) inDegreeNear(target int, b *batch) {
	if !d.wants(uint32(target)) {
		return
	}
	codes := d.coding(uint32(target), 0)
	d.chooser.choose(target, d.rule.N, func(m, source uint32) { d.add(b, source, uint32(target), codes.code(m)) })
}

func (d *draws) outDegreeNear(source int, b *batch) {
	codes := d.coding(uint32(source), 0)
	d.chooser.choose(source, d.rule.N, func(m, target uint32) {
		if d.wants(target) {
			d.add(b, uint32(source), target, codes.code(m))
		}
	})
}
