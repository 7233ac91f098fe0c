//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"slices"

	"einet/shaders/layout"
)

// mostStaged is the most spikes of a batch that are copied to the host at once, firstStaged how many are at first.
const mostStaged, firstStaged = 1 << 20, 1 << 16

// Places in what the host reads.
func (b *batch) stagedFailed() int { return b.records.Bytes() }

func (b *batch) stagedMeetings() int { return b.stagedFailed() + 8 }

// stagedSpikes is the place of spike k.
func (b *batch) stagedSpikes(k int) int { return b.stagedMeetings() + 8 + k*int(spikeBytes) }

// stage queues the copy of what the host is to read of a batch: of its spikes as many as there may well be.
func (e *Engine) stage(b *batch) error {
	b.staged = min(e.expected, b.windows*(e.layout.ring/e.layout.windows), mostStaged)
	return cmp.Or(
		e.c.barrier(behindBatch),
		b.back.copy(b.records, 0, 0, b.windows*size[layout.Window]()),
		e.stageFailed(b),
		e.stageMeetings(b),
		b.back.copy(b.ring, 0, b.stagedSpikes(0), b.staged*int(spikeBytes)),
		e.stageNoted(b),
	)
}

func (e *Engine) stageFailed(b *batch) error {
	if !e.layout.cells.fail() {
		return nil
	}
	return b.back.copy(e.states, 4*stateFailed, b.stagedFailed(), 8)
}

// readSpikes fills b.spikes: most often with what was copied in front of the fence.
func (e *Engine) readSpikes(b *batch, total int) error {
	b.spikes = slices.Grow(b.spikes[:0], total)[:total]
	here := min(total, b.staged)
	e.expected = max(e.expected, total+total/4)
	if err := readStaged(b.back, b.stagedSpikes(0), b.spikes[:here]); err != nil || here == total {
		return err
	}
	return b.ring.Read(here, b.spikes[here:])
}
