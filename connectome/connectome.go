// Package connectome turns the projections of a network into synapses. Its one
// invariant: which synapses exist depends on the network and its seed alone,
// not on how they are stored, on the number of goroutines that build them or on
// the machine.
package connectome

import (
	"math"

	"einet/network"
)

// MaxBlock is the largest number of targets in a block, so that a target fits
// 16 bits.
const MaxBlock = 1 << 16

// A Connectome holds the synapses of every projection, in file order.
type Connectome struct {
	Projections []Projection
}

// A Projection holds the synapses of one projection, cut by target.
type Projection struct {
	From, To int // populations, as indices in file order
	Blocks   []Block
}

// A Block holds the synapses of a projection whose targets are neurons
// First to First+Size-1 of the target population, in compressed sparse rows.
type Block struct {
	First, Size int
	Rows        []uint32 // of source j: Targets[Rows[j]:Rows[j+1]]; length sources + 1
	Targets     []uint16 // relative to First, ascending within a row
}

// Row is the targets of source j, relative to b.First, ascending.
func (b *Block) Row(j int) []uint16 { return b.Targets[b.Rows[j]:b.Rows[j+1]] }

// Sources is the number of neurons of the source population.
func (b *Block) Sources() int { return len(b.Rows) - 1 }

// Synapses is the number of synapses of the projection.
func (p *Projection) Synapses() int64 {
	var n int64
	for i := range p.Blocks {
		n += int64(len(p.Blocks[i].Targets))
	}
	return n
}

// Synapses is the number of synapses of all projections.
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
			n += 4*int64(len(b.Rows)) + 2*int64(len(b.Targets))
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
		pr := &net.Projections[i]
		from := net.Populations[net.Population(pr.From)].Size
		to := net.Populations[net.Population(pr.To)].Size
		size := blockSize(from, to, pr.P)
		pairs := math.Floor(pr.P * float64(from) * float64(to))
		n += pairs
		b += 2*pairs + 4*float64((to+size-1)/size)*float64(from+1)
	}
	return saturate(n), saturate(b)
}

func saturate(x float64) int64 {
	if x >= math.MaxInt64 {
		return math.MaxInt64
	}
	return int64(x)
}
