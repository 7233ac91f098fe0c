package cpu

import (
	"slices"

	"einet/connectome"
	"einet/dynamics"
)

// A segment is the synapses of one projection onto one share's neurons of one
// block. Those of source j are targets[begin[j]:end[j]], relative to neuron
// first.
type segment struct {
	*dynamics.Projection
	first      int
	begin, end []uint32
	targets    []uint16
	lines      int // of a mean row that are fetched ahead

	packed    []uint32 // instead, where synapses differ
	weights   *[connectome.MaxWeightCodes]int32
	packing   packing
	calendar  calendar
	factored  factoredCalendar // instead, where spikes have factors
	divided   bool             // some of packed are another share's
	lo, count uint32           // the targets that are this one's
}

// distribute gives each share its synapses of every projection.
func (e *Engine) distribute(c *connectome.Connectome) {
	for k := range c.Projections {
		p := &e.model.Projections[k]
		weights := new([connectome.MaxWeightCodes]int32)
		copy(weights[:], p.Weights)
		if rows := c.Projections[k].Redrawn; rows != nil {
			e.addDrawn(k, rows, weights)
			continue
		}
		if p.Plasticity != nil {
			e.addPlastic(k, &c.Projections[k])
			continue
		}
		dense := dense(c, k, e.model, e.kernels)
		for b := range c.Projections[k].Blocks {
			block := &c.Projections[k].Blocks[b]
			e.divide(block, p.To, func(s *share, lo, hi int, begin, end []uint32) {
				if dense {
					s.bitmaps = append(s.bitmaps, newBitmap(p, block, lo, hi, begin, end))
					return
				}
				g := segment{Projection: p, first: block.First, begin: begin, end: end, targets: block.Targets}
				if block.Packed != nil {
					g.pack(block, weights, lo*lanes-block.First, (hi-lo)*lanes)
				}
				s.segments = append(s.segments, g)
			})
		}
	}
	for i := range e.shares {
		e.shares[i].bundleShort(len(e.populations))
		for k := range e.shares[i].segments {
			g := &e.shares[i].segments[k]
			g.lines = meanLines(g.synapses(), len(g.begin))
		}
	}
}

// meanLines is how many cache lines of a row to fetch ahead, where all rows together have that number of targets.
func meanLines(targets, rows int) int { return min(linesAhead, 1+2*targets/max(1, rows)/cacheLine) }

// synapses is the number of a segment's synapses.
func (g *segment) synapses() int {
	total := 0
	for j, begin := range g.begin {
		total += int(g.end[j] - begin)
	}
	return total
}

// pack makes a segment of the packed synapses of a block onto count neurons from the
// block's neuron lo on. Rows are by delay, so those of a share don't lie together: it
// passes over the others'.
func (g *segment) pack(block *connectome.Block, weights *[connectome.MaxWeightCodes]int32, lo, count int) {
	g.begin, g.end = block.Rows[:block.Sources()], block.Rows[1:]
	g.packed, g.weights, g.calendar = block.Packed, weights, newCalendar(g.MaxDelay)
	if g.ShortTerm != nil {
		g.factored, g.calendar = make(factoredCalendar, len(g.calendar)), nil
	}
	g.packing = newPacking(block.Packing)
	g.lo, g.count, g.divided = uint32(lo), uint32(count), count < block.Size
}

// divide calls give for each share that has tiles lo to hi-1 of a block of the
// population, with the places in block.Targets where each source's synapses onto
// them begin and end. Where a share ends is where the next begins, and the
// block's own ends are its rows, so that an undivided block costs no memory.
func (e *Engine) divide(block *connectome.Block, population int, give func(s *share, lo, hi int, begin, end []uint32)) {
	first, last := block.First/lanes, (block.First+block.Size+lanes-1)/lanes
	begin := block.Rows[:block.Sources()]
	for i := range e.shares {
		for _, p := range e.shares[i].pieces {
			lo, hi := max(p.lo, first), min(p.hi, last)
			if p.population != population || lo >= hi {
				continue
			}
			end := block.Rows[1:]
			if hi < last && block.Targets != nil {
				end = splits(block, uint16((hi-first)*lanes))
			}
			give(&e.shares[i], lo, hi, begin, end)
			begin = end
		}
	}
}

// splits is where the targets from neuron first on begin in each row.
func splits(block *connectome.Block, first uint16) []uint32 {
	at := make([]uint32, block.Sources())
	for j := range at {
		before, _ := slices.BinarySearch(block.Row(j), first)
		at[j] = block.Rows[j] + uint32(before)
	}
	return at
}
