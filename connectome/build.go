package connectome

import (
	"context"
	"fmt"
	"math"
	"runtime"

	"einet/network"

	"golang.org/x/sync/errgroup"
)

// sourcesPerTask is how many sources a goroutine takes at a time.
const sourcesPerTask = 128

// Build draws the synapses of a valid network with that many goroutines (0: one
// for each processor), counting first and then filling each row in its final
// place. It stops early with ctx's error.
func Build(ctx context.Context, net *network.Network, workers int) (*Connectome, error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	c := &Connectome{Projections: make([]Projection, len(net.Projections))}
	for i := range net.Projections {
		p := &c.Projections[i]
		p.From = net.Population(net.Projections[i].From)
		p.To = net.Population(net.Projections[i].To)
		draw := NewBernoulli(net.Seed, i, net.Projections[i].P)
		if err := p.build(ctx, &draw, net.Populations[p.From].Size, net.Populations[p.To].Size, workers); err != nil {
			return nil, fmt.Errorf("projections.%s: %w", net.Projections[i].Name, err)
		}
	}
	return c, nil
}

func (p *Projection) build(ctx context.Context, draw *Bernoulli, sources, targets, workers int) error {
	size := blockSize(sources, targets, draw.p)
	for first := 0; first < targets; first += size {
		p.Blocks = append(p.Blocks, Block{
			First: first, Size: min(size, targets-first), Rows: make([]uint32, sources+1),
		})
	}
	count := func(b *Block, j, k int, row []uint16) { b.Rows[j+1] += uint32(len(row)) }
	if err := p.eachChunk(ctx, draw, sources, workers, count); err != nil {
		return err
	}
	for i := range p.Blocks {
		if err := p.Blocks[i].allocate(); err != nil {
			return err
		}
	}
	// Rows[j] is moved on as row j fills, which leaves it at the start of row
	// j+1; shifting it back by one restores it.
	fill := func(b *Block, j, k int, row []uint16) {
		base := uint16(k*Chunk - b.First)
		dst := b.Targets[b.Rows[j]:][:len(row)]
		for i, t := range row {
			dst[i] = base + t
		}
		b.Rows[j] += uint32(len(row))
	}
	if err := p.eachChunk(ctx, draw, sources, workers, fill); err != nil {
		return err
	}
	for i := range p.Blocks {
		rows := p.Blocks[i].Rows
		copy(rows[1:], rows[:len(rows)-1])
		rows[0] = 0
	}
	return nil
}

// eachChunk draws every (source, chunk) and hands it to do, in parallel over
// sources; the chunks of a source come in order.
func (p *Projection) eachChunk(ctx context.Context, draw *Bernoulli, sources, workers int, do func(b *Block, j, k int, row []uint16)) error {
	var g errgroup.Group
	g.SetLimit(workers)
	for from := 0; from < sources && ctx.Err() == nil; from += sourcesPerTask {
		g.Go(func() error {
			var buf [Chunk]uint16
			for j := from; j < min(from+sourcesPerTask, sources); j++ {
				for i := range p.Blocks {
					b := &p.Blocks[i]
					for at := 0; at < b.Size; at += Chunk {
						k := (b.First + at) / Chunk
						do(b, j, k, draw.Targets(&buf, j, k, min(Chunk, b.Size-at)))
					}
				}
			}
			return ctx.Err()
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err() // where it stopped before the first task
}

// allocate turns the counts in Rows into places and makes room for the targets.
func (b *Block) allocate() error {
	var total uint64
	for j, n := range b.Rows {
		total += uint64(n)
		b.Rows[j] = uint32(total)
	}
	if total > math.MaxUint32 {
		return fmt.Errorf("a block of %d targets has %d synapses, more than 32 bits count", b.Size, total)
	}
	b.Targets = make([]uint16, total)
	return nil
}

// blockSize is the number of targets of a block: MaxBlock, or less, in whole
// chunks, where a full block's synapses would not be counted by 32 bits.
func blockSize(sources, targets int, p float64) int {
	perChunk := p * Chunk * float64(sources)
	chunks := MaxBlock / Chunk
	for chunks > 1 && float64(chunks)*perChunk > 0.99*math.MaxUint32 {
		chunks--
	}
	return min(chunks*Chunk, (targets+Chunk-1)/Chunk*Chunk)
}
