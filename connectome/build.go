package connectome

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"

	"einet/network"

	"golang.org/x/sync/errgroup"
)

// Build draws the synapses of a valid network in workers goroutines (0: one for each processor). It draws them twice: first it
// counts, then it fills each row in its final place. It stops early with ctx's error.
func Build(ctx context.Context, net *network.Network, workers int) (*Connectome, error) {
	return BuildPart(ctx, net, Whole(net), workers)
}

// BuildPart is Build for the synapses onto some neurons of each population, own[population]: targets are numbered from the first of these
// on, sources as they are in their population. A projection that has no such targets has no blocks.
func BuildPart(ctx context.Context, net *network.Network, own []Range, workers int) (*Connectome, error) {
	workers = processors(workers)
	c := &Connectome{Projections: make([]Projection, len(net.Projections))}
	for i := range net.Projections {
		p := &c.Projections[i]
		p.From = net.Population(net.Projections[i].From)
		p.To = net.Population(net.Projections[i].To)
		if own[p.To].Size() == 0 {
			continue
		}
		if err := p.build(ctx, net, i, own[p.To], workers); err != nil {
			return nil, fmt.Errorf("projections.%s: %w", net.Projections[i].Name, err)
		}
	}
	return c, nil
}

// processors is a number of workers where 0 stands for one for each.
func processors(workers int) int {
	if workers <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return workers
}

func (p *Projection) build(ctx context.Context, net *network.Network, i int, own Range, workers int) error {
	codes := NewCodes(net, i)
	sources, targets := net.Sizes(i)
	_, expected := net.MeanSynapses(i)
	size := blockSize(targets, expected, codes.Packing())
	p.own, p.skip = own, own.First%Chunk
	for first := -p.skip; first < own.Size(); first += size {
		from := max(first, 0)
		p.Blocks = append(p.Blocks, Block{
			First: from, Size: min(first+size, own.Size()) - from, Rows: make([]uint32, sources+1), Packing: codes.Packing(),
		})
	}
	n := &net.Projections[i]
	p.Multapses = n.MayRepeat()
	if plain := !n.Grouped() && (n.Autapses || p.From != p.To); n.Rule == network.FixedProbability && !n.Near.Falls() && codes.alike() && plain {
		draw := NewBernoulli(net.Seed, i, n.P)
		return p.buildRows(ctx, &draw, sources, workers)
	}
	d := newDraws(net, i, &codes)
	d.kept = own
	b := newBuilder(p, d, sources, size, workers, codes.alike())
	if n.Rule.IsBounded() {
		b.limit(own.Size(), net.InDegreeBound(i))
	}
	return b.build(ctx)
}

// A builder stores what is drawn. Each worker has a fixed part of the tasks, counts its
// synapses of every row, and then fills its own part of the row: so no two write to one
// place, and only the order within a row depends on the number of workers.
type builder struct {
	*Projection
	draws *draws
	size  uint32 // of all blocks but the last
	alike bool
	parts []part
	bound int // of the in-degrees, where a rule has one
}

// A part is a worker's share of the tasks.
type part struct {
	from, to  int
	rows      [][]uint32 // [block][source] synapses, then the place of the next
	inDegrees []uint32   // of each target, where they must not exceed a bound
}

// partBytes bounds what the workers' counts take together.
const partBytes = 1 << 28

// newBuilder is for populations of so many sources, of which d may draw a group only.
func newBuilder(p *Projection, d *draws, sources, size, workers int, alike bool) *builder {
	b := &builder{Projection: p, draws: d, size: uint32(size), alike: alike}
	workers = max(1, min(workers, d.tasks, partBytes/max(1, 4*len(p.Blocks)*sources)))
	for w := range workers {
		part := part{from: d.tasks * w / workers, to: d.tasks * (w + 1) / workers}
		for range p.Blocks {
			part.rows = append(part.rows, makeLarge[uint32](sources))
		}
		b.parts = append(b.parts, part)
	}
	return b
}

// limit makes the in-degrees of so many targets count, so that none exceeds a bound.
func (b *builder) limit(targets, bound int) {
	b.bound = bound
	for w := range b.parts {
		b.parts[w].inDegrees = make([]uint32, targets)
	}
}

func (b *builder) build(ctx context.Context) error {
	if err := b.each(ctx, b.count); err != nil {
		return err
	}
	if err := b.checkInDegrees(); err != nil {
		return err
	}
	for i := range b.Blocks {
		if err := b.place(i); err != nil {
			return err
		}
	}
	if err := b.each(ctx, b.fill); err != nil {
		return err
	}
	return b.sort(ctx)
}

func (b *builder) checkInDegrees() error {
	for t := range b.parts[0].inDegrees {
		n := 0
		for w := range b.parts {
			n += int(b.parts[w].inDegrees[t])
		}
		if n > b.bound {
			return fmt.Errorf("target %d has %d synapses, by chance more than the %d that fixed point allows for: use another seed", t, n, b.bound)
		}
	}
	return nil
}

// place gives the rows of a block their places, and in them each worker its own.
func (b *builder) place(i int) error {
	block := &b.Blocks[i]
	for w := range b.parts {
		for j, n := range b.parts[w].rows[i] {
			block.Rows[j+1] += n
		}
	}
	if err := block.allocate(b.alike); err != nil {
		return err
	}
	for j, at := range block.Rows[:block.Sources()] {
		for w := range b.parts {
			n := &b.parts[w].rows[i][j]
			at, *n = at+*n, at
		}
	}
	return nil
}

// each draws every task, in parallel, and hands it to do.
func (b *builder) each(ctx context.Context, do func(*part, *batch)) error {
	var g errgroup.Group
	for w := range b.parts {
		g.Go(func() error {
			var buf batch
			p := &b.parts[w]
			for task := p.from; task < p.to && ctx.Err() == nil; task++ {
				buf.reset()
				b.draws.draw(task, &buf)
				do(p, &buf)
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

func (b *builder) count(p *part, drawn *batch) {
	source, skip := drawn.source[:len(drawn.target)], uint32(b.skip)
	for k, t := range drawn.target {
		p.rows[(t+skip)/b.size][source[k]]++
	}
	if p.inDegrees != nil {
		b.countTargets(p, drawn)
	}
}

func (b *builder) countTargets(p *part, drawn *batch) {
	for _, t := range drawn.target {
		p.inDegrees[t]++
	}
}

func (b *builder) fill(p *part, drawn *batch) {
	source, code := drawn.source[:len(drawn.target)], drawn.code[:len(drawn.target)]
	shift, skip := b.draws.packing.WeightBits, uint32(b.skip)
	for k, t := range drawn.target {
		i := (t + skip) / b.size
		next := &p.rows[i][source[k]]
		at := *next
		*next++
		if target := t - uint32(b.Blocks[i].First); b.alike {
			b.Blocks[i].Targets[at] = uint16(target)
		} else {
			b.Blocks[i].Packed[at] = code[k] | target<<(shift&31) // a masked shift is one instruction
		}
	}
}

// sort puts each row in order, so that it does not depend on who came first.
func (b *builder) sort(ctx context.Context) error {
	var g errgroup.Group
	g.SetLimit(len(b.parts))
	for i := range b.Blocks {
		block := &b.Blocks[i]
		for from := 0; from < block.Sources(); from += sourcesPerTask {
			g.Go(func() error {
				var s sorter
				for j := from; j < min(from+sourcesPerTask, block.Sources()) && ctx.Err() == nil; j++ {
					slices.Sort(block.Row(j))
					s.sort(block.PackedRow(j))
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
		b.Targets = makeLarge[uint16](int(total))
	default:
		b.Packed = makeLarge[uint32](int(total))
	}
	return nil
}

// restore puts Rows back after each was moved on to the next.
func (b *Block) restore() {
	copy(b.Rows[1:], b.Rows[:len(b.Rows)-1])
	b.Rows[0] = 0
}

// blockSize is the number of targets of a block: MaxBlock, or less, in whole
// chunks, where a full block's synapses would not be counted by 32 bits; or what
// a packed synapse has bits for.
func blockSize(targets int, synapses float64, packing Packing) int {
	perChunk := synapses / float64(targets) * Chunk
	chunks := MaxBlock / Chunk
	for chunks > 1 && float64(chunks)*perChunk > 0.99*math.MaxUint32 {
		chunks--
	}
	return min(chunks*Chunk, (targets+Chunk-1)/Chunk*Chunk, packing.Targets())
}
