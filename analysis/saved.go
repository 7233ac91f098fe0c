package analysis

import (
	"errors"

	"einet/checkpoint"
)

// Keep keeps all that was gathered, in a section of a checkpoint. What is read must be of the same populations.
func (s *Statistics) Keep(k *checkpoint.Section) {
	s.Trains.keep(k)
	s.Local.keep(k)
	s.Fano.keep(k)
	s.Shared.keep(k)
	s.Counts.keep(k)
	if s.Pairs != nil {
		k.Fail(errors.New("correlations of single pairs are not kept"))
	}
}

func (t *Trains) keep(k *checkpoint.Section) {
	checkpoint.Every(k, t.trains, func(n *train) {
		k.Uint32(&n.last, &n.spikes)
		k.Uint64(&n.sum, &n.squares)
	})
}

func (l *Local) keep(k *checkpoint.Section) {
	checkpoint.Every(k, l.trains, func(n *localTrain) {
		k.Uint32(&n.last, &n.interval, &n.pairs)
		k.Float64(&n.sum, &n.squares)
	})
}

func (w *CountingWindows) keep(k *checkpoint.Section) {
	checkpoint.Every(k, w.trains, func(n *windowed) {
		k.Uint32(&n.window, &n.count)
		k.Uint64(&n.sum, &n.squares)
	})
}

func (c *Covariances) keep(k *checkpoint.Section) {
	checkpoint.Every(k, c.trains, func(n *binned) { k.Uint32(&n.bin, &n.count, &n.total) })
	checkpoint.Every(k, c.groups, func(g *covarianceGroup) {
		k.Int64(&g.bin)
		g.count.keep(k)
		checkpoint.List(k, &g.blocks, func(b *countBlock) { b.keep(k) })
		if k.Int64(&g.perBlock); g.perBlock < 1 || len(g.blocks) > mostBlocks {
			k.Fail(errors.New("blocks of bins are not as they can be"))
		}
	})
}

func (b *countBlock) keep(k *checkpoint.Section) { k.Float64(&b.sum, &b.squares, &b.own) }

func (c *PopulationCounts) keep(k *checkpoint.Section) {
	checkpoint.Every(k, c.counts, func(bins *[]int64) {
		checkpoint.List(k, bins, func(n *int64) { k.Int64(n) })
	})
}
