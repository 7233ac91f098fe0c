//go:build cgo && !nogl

package gpu

import (
	"context"
	"fmt"
	"slices"

	"einet/sim"
)

// A following is the variables of a few neurons that update notes after each step, in a row of the batch's drives. The host takes the rows
// when it takes the batch's spikes, so that following costs neither a dispatch nor a wait.
type following struct {
	can   bool // whether update is compiled for it
	list  []sim.Followed
	words []uint32 // what update reads of it, behind the drives
	steps int      // most of a batch whose rows have room
	from  int64    // the step at which the last Advance began
	noted []float32
}

// mostNoted is the most bytes that the rows of a batch take, unless a single window needs more.
const mostNoted = 4 << 20

// Follow makes Advance note variables after each step. It waits for the device.
func (e *Engine) Follow(list []sim.Followed) error {
	for _, f := range list {
		if err := sim.CheckRead(e.model, f.Variable, f.Population, f.Neuron, 1); err != nil {
			return fmt.Errorf("gpu: %w", err)
		}
	}
	if err := e.wait(); err != nil {
		return err
	}
	l := &e.layout
	f := &e.following
	f.list, f.noted, f.from = slices.Clone(list), nil, e.step
	if len(list) == 0 {
		return nil
	}
	if !f.can {
		if err := e.compileUpdate(true); err != nil {
			return err
		}
	}
	f.steps = l.window * min(l.windows, max(1, mostNoted/4/len(list)/l.window))
	f.words = l.followWords(e.model, list, e.placeOfFollowed())
	for _, b := range e.batches {
		if err := e.makeRoom(b); err != nil {
			return err
		}
		if err := b.drives.Upload(e.placeOfFollowed(), f.words); err != nil {
			return err
		}
	}
	return nil
}

// Followed waits for the device and is what the last Advance noted.
func (e *Engine) Followed() []float32 {
	_ = e.wait() // Spikes tells of the error
	f := &e.following
	return f.noted[:max(0, int(e.step-f.from))*len(f.list)]
}

// placeOfFollowed is where what is followed begins in a batch's drives.
func (e *Engine) placeOfFollowed() int { return e.layout.driveWords(len(e.model.Populations)) }

// rows is the place of the first row in a batch's drives.
func (e *Engine) rows() int { return e.placeOfFollowed() + len(e.following.words) }

// makeRoom makes room for what is followed in a batch that is free, where there is too little.
func (e *Engine) makeRoom(b *batch) error {
	rows := e.following.steps * len(e.following.list)
	if need := e.rows() + rows; b.drives.Len() < need {
		drives, err := keep[uint32](e, "drives and what is noted", need, nil)
		if err != nil {
			return err
		}
		b.drives.Delete()
		b.drives = drives
	}
	if b.notes != nil && b.notes.bytes >= 4*rows {
		return nil
	}
	if b.notes != nil {
		b.notes.Delete()
	}
	var err error
	b.notes, err = newStaging(e.c, "what was noted, for the host", 4*rows)
	return err
}

// stageNoted queues the copy of what a batch notes.
func (e *Engine) stageNoted(b *batch) error {
	if len(e.following.list) == 0 {
		return nil
	}
	last := &b.host[b.windows-1]
	steps := int(last.Step + last.Steps - b.host[0].Step)
	return b.notes.copy(b.drives, 4*e.rows(), 0, 4*steps*len(e.following.list))
}

// begin makes room for what the next steps note.
func (f *following) begin(step int64, steps int) {
	n := steps * len(f.list)
	f.from, f.noted = step, slices.Grow(f.noted[:0], n)[:n]
}

// takeNoted takes what a batch noted, if it is of the last Advance.
func (e *Engine) takeNoted(b *batch) error {
	f := &e.following
	first, last := &b.host[0], &b.host[b.windows-1]
	if len(f.list) == 0 || int64(first.Step) < f.from {
		return nil
	}
	width := len(f.list)
	rows := f.noted[(int64(first.Step)-f.from)*int64(width):][:int(last.Step+last.Steps-first.Step)*width]
	if err := readStaged(b.notes, 0, rows); err != nil {
		return err
	}
	for column, x := range f.list {
		if x.Variable != sim.V {
			continue
		}
		p := &e.model.Populations[x.Population]
		for at := column; at < len(rows); at += width {
			rows[at] = p.Absolute(rows[at])
		}
	}
	return nil
}

// wait collects what is under way, in order. With an error the engine is at the last step that it has the spikes of.
func (e *Engine) wait() error {
	for _, b := range []*batch{e.batches[e.batch], e.batches[1-e.batch]} {
		if err := e.collect(context.Background(), b); err != nil {
			e.step = e.seen
			return err
		}
	}
	return nil
}
