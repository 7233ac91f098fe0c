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
	packed     []uint32 // instead, where synapses differ
	weights    *[1 << 10]int32
}

// distribute gives each share its synapses of every projection.
func (e *Engine) distribute(c *connectome.Connectome) {
	for k := range c.Projections {
		p := &e.model.Projections[k]
		weights := new([1 << 10]int32)
		copy(weights[:], p.Weights)
		dense := dense(&c.Projections[k], e.model, e.kernels)
		for b := range c.Projections[k].Blocks {
			block := &c.Projections[k].Blocks[b]
			e.divide(block, p.To, func(s *share, lo, hi int, begin, end []uint32) {
				if dense {
					s.bitmaps = append(s.bitmaps, newBitmap(p, block, lo, hi, begin, end))
					return
				}
				s.segments = append(s.segments, segment{
					Projection: p, first: block.First, begin: begin, end: end, targets: block.Targets,
					packed: block.Packed, weights: weights,
				})
			})
		}
	}
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
			if hi < last {
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
		if block.Packed != nil {
			before, _ = slices.BinarySearch(block.PackedRow(j), connectome.Pack(uint32(first), 0, 0))
		}
		at[j] = block.Rows[j] + uint32(before)
	}
	return at
}
