package connectome

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync/atomic"

	"einet/network"

	"golang.org/x/sync/errgroup"
)

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
		if err := p.build(ctx, net, i, workers); err != nil {
			return nil, fmt.Errorf("projections.%s: %w", net.Projections[i].Name, err)
		}
	}
	return c, nil
}

func (p *Projection) build(ctx context.Context, net *network.Network, i, workers int) error {
	codes := NewCodes(net, i)
	sources, targets, expected := expected(net, i)
	size := blockSize(targets, expected)
	for first := 0; first < targets; first += size {
		p.Blocks = append(p.Blocks, Block{
			First: first, Size: min(size, targets-first), Rows: make([]uint32, sources+1),
		})
	}
	n := &net.Projections[i]
	p.Multapses = n.Rule == network.List || n.Rule.Counts() && n.Multapses
	if plain := n.Autapses || p.From != p.To; n.Rule == network.FixedProbability && codes.alike() && plain {
		draw := NewBernoulli(net.Seed, i, n.P)
		return p.buildRows(ctx, &draw, sources, workers)
	}
	d := newDraws(net, i, &codes)
	b := builder{Projection: p, size: size, draws: d, workers: workers, alike: codes.alike()}
	if bounded(n.Rule) {
		b.inDegrees, b.bound = make([]uint32, targets), net.InDegreeBound(i)
	}
	return b.build(ctx)
}

// bounded tells whether a rule's in-degrees are random but for a bound that has to be
// kept.
func bounded(r network.Rule) bool {
	return r == network.FixedTotalNumber || r == network.FixedOutDegree
}

// A builder stores what is drawn in any order.
type builder struct {
	*Projection
	draws     *draws
	size      int // of all blocks but the last
	workers   int
	alike     bool
	inDegrees []uint32 // of each target, where they must not exceed bound
	bound     int
}

func (b *builder) build(ctx context.Context) error {
	if err := b.each(ctx, b.count); err != nil {
		return err
	}
	for t, n := range b.inDegrees {
		if int(n) > b.bound {
			return fmt.Errorf("target %d has %d synapses, by chance more than the %d that fixed point allows for: use another seed", t, n, b.bound)
		}
	}
	for i := range b.Blocks {
		if err := b.Blocks[i].allocate(b.alike); err != nil {
			return err
		}
	}
	// Rows[j] is moved on as row j fills, which leaves it at the start of row
	// j+1; shifting it back by one restores it.
	if err := b.each(ctx, b.fill); err != nil {
		return err
	}
	for i := range b.Blocks {
		b.Blocks[i].restore()
	}
	return b.sort(ctx)
}

// each draws every task, in parallel, and hands it to do.
func (b *builder) each(ctx context.Context, do func(*batch)) error {
	var next atomic.Int64
	var g errgroup.Group
	for range b.workers {
		g.Go(func() error {
			var buf batch
			for ctx.Err() == nil {
				task := int(next.Add(1) - 1)
				if task >= b.draws.tasks {
					break
				}
				buf.reset()
				b.draws.draw(task, &buf)
				do(&buf)
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

func (b *builder) count(drawn *batch) {
	for k, t := range drawn.target {
		atomic.AddUint32(&b.Blocks[int(t)/b.size].Rows[drawn.source[k]+1], 1)
		if b.inDegrees != nil {
			atomic.AddUint32(&b.inDegrees[t], 1)
		}
	}
}

func (b *builder) fill(drawn *batch) {
	for k, t := range drawn.target {
		block := &b.Blocks[int(t)/b.size]
		at := atomic.AddUint32(&block.Rows[drawn.source[k]], 1) - 1
		target := t - uint32(block.First)
		if b.alike {
			block.Targets[at] = uint16(target)
			continue
		}
		block.Packed[at] = drawn.code[k] | target<<weightBits
	}
}

// sort puts each row in order, so that it does not depend on who came first.
func (b *builder) sort(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(b.workers)
	for i := range b.Blocks {
		block := &b.Blocks[i]
		for from := 0; from < block.Sources(); from += sourcesPerTask {
			g.Go(func() error {
				for j := from; j < min(from+sourcesPerTask, block.Sources()) && ctx.Err() == nil; j++ {
					slices.Sort(block.Row(j))
					slices.Sort(block.PackedRow(j))
				}
				return ctx.Err()
			})
		}
	}
	return g.Wait()
}

// allocate turns the counts in Rows into places and makes room for the synapses.
func (b *Block) allocate(alike bool) error {
	var total uint64
	for j, n := range b.Rows {
		total += uint64(n)
		b.Rows[j] = uint32(total)
	}
	switch {
	case total > math.MaxUint32:
		return fmt.Errorf("a block of %d targets has %d synapses, more than 32 bits count", b.Size, total)
	case alike:
		b.Targets = make([]uint16, total)
	default:
		b.Packed = make([]uint32, total)
	}
	return nil
}

// restore puts Rows back after each was moved on to the next.
func (b *Block) restore() {
	copy(b.Rows[1:], b.Rows[:len(b.Rows)-1])
	b.Rows[0] = 0
}

// blockSize is the number of targets of a block: MaxBlock, or less, in whole
// chunks, where a full block's synapses would not be counted by 32 bits.
func blockSize(targets int, synapses float64) int {
	perChunk := synapses / float64(targets) * Chunk
	chunks := MaxBlock / Chunk
	for chunks > 1 && float64(chunks)*perChunk > 0.99*math.MaxUint32 {
		chunks--
	}
	return min(chunks*Chunk, (targets+Chunk-1)/Chunk*Chunk)
}
