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
		base := uint16(k*Chunk - p.own.First - b.First) // wraps around where the chunk begins before the block
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
					first := p.own.First + b.First
					for k := first / Chunk; k*Chunk < first+b.Size; k++ {
						row := draw.Targets(&buf, j, k, min(Chunk, first+b.Size-k*Chunk))
						do(b, j, k, row[before(row, first-k*Chunk):])
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

// before is how many targets of a row are below the first that counts.
func before(row []uint16, first int) (n int) {
	for n < len(row) && int(row[n]) < first {
		n++
	}
	return n
}
