package cpu

import "math"

// kernels are the loops that take the time, in one instruction set. All sets
// give the same bits as the scalar one, which is written to be read.
type kernels struct {
	name    string
	update  updateKernel // of populations that need no more than lif with exponential synapses
	loops   *loops       // of programs, which all others run
	native  bool         // whether programs become machine code, where the system allows it
	words   wordsKernel
	poisson poissonKernel
	normal  normalKernel
	// Of dense projections, those of at least this density; nil in sets that
	// do better with lists.
	count     countKernel
	weigh     weighKernel
	denseFrom float64
	// Of projections whose synapses are not stored.
	redraw redrawKernel
	fold   foldKernel
	visit  visitKernel // of plastic synapses
}

// A moment is what is common to all neurons of a population in the step from n
// to n+1.
type moment struct {
	now      int32               // clock(n)
	drive    float32             // what the external input adds to V [mV]
	arriving [][][lanes]int32    // [receptor][tile] what arrives at n+1; left at zero
	noise    [2][][lanes]float32 // [tile - lo] standard normal numbers, where there is such noise
	failed   int                 // 1 + the first neuron whose program fails, or 0
	scratch  *scratch            // of the worker, to run programs with
}

// An updateKernel takes tiles lo to hi-1 of a population, at most maxTiles, from
// step n to n+1, except that a neuron without a program that fires stays at V. For each tile in which
// some do it writes (tile - lo) << 16 | a bit for each of them into hits, which
// has room for all tiles and one more, and it returns how many it wrote.
type updateKernel func(p *population, m *moment, lo, hi int, hits []uint32) int

// maxTiles is the number of tiles in one call of an update kernel.
const maxTiles = 1 << 12

// scalar is the set for every processor.
var scalar = kernels{name: "scalar", update: updateScalar, loops: &loopsScalar, words: wordsScalar, poisson: poissonScalar, normal: normalScalar, redraw: redrawScalar, fold: foldScalar, visit: visitScalar}

// updateScalar is docs/equations.md. Every product is converted by itself, so
// that the compiler does not fuse it with a sum.
func updateScalar(p *population, m *moment, lo, hi int, hits []uint32) int {
	count := 0
	for i := lo; i < hi; i++ {
		var x [lanes]float32
		v := p.row(i, rowV)
		for k := range v {
			x[k] = float32(p.MVV * v[k])
		}
		for r := range p.receptors {
			c, g, a := &p.receptors[r], p.row(i, rowG+r), &m.arriving[r][i]
			for k := range g {
				x[k] += float32(c.pvr * g[k])
				y := float32(c.prr*g[k]) + float32(a[k])
				g[k] = (y + c.grid) - c.grid
			}
			*a = [lanes]int32{}
		}
		var bits uint32
		for k, until := range p.row(i, rowUntil) {
			y := ((v[k] + p.GridV) + (x[k] + m.drive)) - p.GridV
			if m.now < int32(math.Float32bits(until)) {
				y = p.VReset
			}
			if y >= p.VTh {
				bits |= 1 << k
			}
			v[k] = y
		}
		hits[count] = uint32(i-lo)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	return count
}
