package connectome

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// sourcesPerTask is how many sources a goroutine takes at a time.
const sourcesPerTask = 128

// buildRows stores the targets of a projection whose synapses are alike, as they are
// drawn: row by row, in order.
func (p *Projection) buildRows(ctx context.Context, draw *Bernoulli, sources, workers int) error {
	count := func(b *Block, j, k int, row []uint16) { b.Rows[j+1] += uint32(len(row)) }
	if err := p.eachChunk(ctx, draw, sources, workers, count); err != nil {
		return err
	}
	for i := range p.Blocks {
		if err := p.Blocks[i].allocate(true); err != nil {
			return err
		}
	}
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
		p.Blocks[i].restore()
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
