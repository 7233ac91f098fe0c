// Package connectome turns the projections of a network into synapses. Its one
// invariant: which synapses exist depends on the network and its seed alone,
// not on how they are stored, on the number of goroutines that build them or on
// the machine.
package connectome

import (
	"cmp"
	"math"
	"slices"

	"einet/network"
)

// MaxBlock is the largest number of targets in a block, so that a target fits
// 16 bits.
const MaxBlock = 1 << mostTargetBits

// A Connectome holds the synapses of every projection, in file order.
type Connectome struct {
	Projections []Projection
}

// A Projection holds the synapses of one projection, cut by target.
type Projection struct {
	From, To  int  // populations, as indices in file order
	Multapses bool // whether a pair may have several synapses
	Blocks    []Block
	Redrawn   *Redrawn // instead of Blocks, where the synapses are drawn again for each spike

	own  Range // the targets, as numbered in their population
	skip int   // of the first chunk the targets that are not: blocks end where chunks do
}

// A Block holds the synapses of a projection whose targets are neurons
// First to First+Size-1 of the target population, in compressed sparse rows. They
// are Targets where all have one weight and one delay, and else Packed. Two may be
// equal, of a projection with multapses.
type Block struct {
	First, Size int
	Rows        []uint32 // of source j: from Rows[j] to Rows[j+1]-1; length sources + 1
	Targets     []uint16 // relative to First, ascending within a row
	Packed      []uint32 // delay code, target relative to First and weight code; ascending within a row
	Packing     Packing  // of Packed
}

// Row is the targets of source j, relative to b.First, ascending; none of a packed
// block.
func (b *Block) Row(j int) []uint16 {
	if b.Targets == nil {
		return nil
	}
	return b.Targets[b.Rows[j]:b.Rows[j+1]]
}

// PackedRow is the synapses of source j, ascending; none of a block that is not
// packed.
func (b *Block) PackedRow(j int) []uint32 {
	if b.Packed == nil {
		return nil
	}
	return b.Packed[b.Rows[j]:b.Rows[j+1]]
}

// Len is the number of synapses.
func (b *Block) Len() int { return max(len(b.Targets), len(b.Packed)) }

// Sources is the number of neurons of the source population.
func (b *Block) Sources() int { return len(b.Rows) - 1 }

// Alike tells whether all synapses have one weight and one delay.
func (p *Projection) Alike() bool {
	if p.Redrawn != nil {
		return p.Redrawn.alike()
	}
	for i := range p.Blocks {
		if p.Blocks[i].Packed != nil {
			return false
		}
	}
	return true
}

// Synapses is the number of synapses of the projection; where they are not stored, the expected number.
func (p *Projection) Synapses() int64 {
	if p.Redrawn != nil {
		return p.Redrawn.expected()
	}
	var n int64
	for i := range p.Blocks {
		n += int64(p.Blocks[i].Len())
	}
	return n
}

// Synapses is the number of synapses of all projections; where they are not stored, the expected
// number.
func (c *Connectome) Synapses() int64 {
	var n int64
	for i := range c.Projections {
		n += c.Projections[i].Synapses()
	}
	return n
}

// Bytes is the memory that the synapses and their rows take.
func (c *Connectome) Bytes() int64 {
	var n int64
	for _, p := range c.Projections {
		for _, b := range p.Blocks {
			n += 4*int64(len(b.Rows)) + 2*int64(len(b.Targets)) + 4*int64(len(b.Packed))
		}
	}
	return n
}

// Estimate is the expected number of synapses of a valid network and the bytes
// that Build will store them in, without building it. A number beyond int64 is
// the largest int64.
func Estimate(net *network.Network) (synapses, bytes int64) {
	var n, b float64
	for i := range net.Projections {
		e := EstimateProjection(net, i)
		n, b = n+e.Synapses, b+e.Bytes
	}
	return saturate(n), saturate(b)
}

// An Estimated is what Build is expected to make of a projection.
type Estimated struct {
	Synapses, Bytes  float64
	Alike            bool // all synapses have one weight and one delay
	Sources, Targets int  // sizes of the populations
}

// EstimateProjection is Estimate for projection i.
func EstimateProjection(net *network.Network, i int) Estimated {
	codes := NewCodes(net, i)
	from, to := net.Sizes(i)
	_, expected := net.MeanSynapses(i)
	e := Estimated{Synapses: math.Floor(expected), Alike: codes.alike(), Sources: from, Targets: to}
	each := 4.0
	if e.Alike {
		each = 2
	}
	size := blockSize(to, expected, codes.Packing())
	e.Bytes = each*e.Synapses + 4*float64((to+size-1)/size)*float64(from+1)
	return e
}

func saturate(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(x)
}

// Each calls do for every synapse of the projection, by source, target, delay and weight, neurons numbered
// in their populations, with the codes of its weight and delay, until do fails.
func (p *Projection) Each(do func(source, target int, weight, delay uint32) error) error {
	switch {
	case p.Redrawn != nil:
		return p.Redrawn.each(do)
	case len(p.Blocks) == 0:
		return nil
	}
	var byTarget []uint32
	for j := range p.Blocks[0].Sources() {
		for i := range p.Blocks {
			b := &p.Blocks[i]
			for _, t := range b.Row(j) {
				if err := do(j, b.First+int(t), 0, 0); err != nil {
					return err
				}
			}
			byTarget = append(byTarget[:0], b.PackedRow(j)...)
			slices.SortFunc(byTarget, func(x, y uint32) int {
				return cmp.Or(cmp.Compare(b.Packing.target(x), b.Packing.target(y)), cmp.Compare(x, y))
			})
			for _, s := range byTarget {
				t, w, d := b.Packing.Unpack(s)
				if err := do(j, b.First+int(t), w, d); err != nil {
					return err
				}
			}
		}
	}
	return nil
}
