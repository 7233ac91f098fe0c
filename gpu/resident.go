//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math"

	"github.com/go-gl/gl/v4.3-core/gl"

	"einet/shaders"
	"einet/shaders/layout"
)

// A residency takes several windows in one dispatch, by work groups that are all on the device at once and wait for one another. OpenGL promises of no
// number of them that they are, so that it is shown before the first window; where work groups give up waiting nonetheless, windows are dispatched one by one
// from there on.
type residency struct {
	program    *Program        // nil: windows are dispatched one by one
	meetings   *Buffer[uint32] // ended, then arrivals for each batch
	orders     *Buffer[byte]   // of the dispatches of each batch
	stride     int             // of these
	windows    int             // most of a dispatch
	binding    int             // of meetings
	defines    shaders.Defines // of deliver
	sheets     int             // of a page; 0: synapses are drawn again
	dispatches uint32
	gaveUp     bool
}

// orderWords is what a dispatch of resident is told: an order in std140.
const orderWords = 8

// provingRounds is how often work groups meet to show that they are there at once.
const provingRounds = 16

// provingTries is how often that is tried: other work may keep a device, or the processor, busy.
const provingTries = 3

// makeResident makes the kernel ready. An error wrapping ErrLimit says why it can't be.
func (e *Engine) makeResident() error {
	r, b, d := &e.resident, e.bounds.resident, e.c.Device()
	r.binding = e.firstOfPage + bindTargets + r.sheets
	switch blocks := r.binding + 1; {
	case b.groups < 1 || b.groups > min(d.Limits.MaxWorkGroupCount[0], 1<<16):
		return refuseResident(d, "%d work groups were asked for, must be from 1 to %d", b.groups, min(d.Limits.MaxWorkGroupCount[0], 1<<16))
	case e.layout.recall > 0:
		return refuseResident(d, "the weights of some synapses change, must stay what they are")
	case len(e.pages) == 0:
		return refuseResident(d, "the network has no synapses")
	case r.sheets == 0:
		return refuseResident(d, "its synapses are drawn again for each spike, must be stored")
	case len(e.pages) > 1 || !e.apart() || blocks > d.Limits.MaxStorageBlocks || blocks > d.Limits.MaxStorageBindings:
		return refuseResident(d, "its kernel needs %d storage blocks and all synapses at once, the device has %d: use fewer synapses", blocks, min(d.Limits.MaxStorageBlocks, d.Limits.MaxStorageBindings))
	}
	if r.windows = e.layout.residentWindows(b); r.windows == 0 {
		return loopsEndEarly(d)
	}
	if r.program == nil {
		if err := e.allocateResident(); err != nil {
			return err
		}
	}
	for range provingTries {
		if there, err := e.areThere(); err != nil || there {
			return err
		}
	}
	return refuseResident(d, "%d work groups are not there at once, use fewer", b.groups)
}

// MostResident is the most work groups, a power of two and at most so many, that the engine finds on the device at once; 0 where it can't have several windows in a
// dispatch. It is asked at step 0, of an engine that is closed then.
func (e *Engine) MostResident(most int) int {
	n := 1
	for n < min(most, e.layout.groups) {
		n *= 2
	}
	for ; n > 0; n /= 2 {
		e.bounds.resident.groups = n
		if e.makeResident() == nil {
			return n
		}
		if e.resident.program == nil {
			return 0 // whatever their number
		}
	}
	return 0
}

// allocateResident makes buffers and the kernel.
func (e *Engine) allocateResident() (err error) {
	r := &e.resident
	r.stride = (max(4*orderWords, e.c.Device().Limits.UniformAlign) + 3) &^ 3
	if r.meetings, err = keep(e, "meetings", 1+len(e.batches), []uint32{math.MaxUint32, 0, 0}); err != nil {
		return err
	}
	if r.orders, err = keep[byte](e, "orders", r.stride*len(e.batches)*e.layout.windows, nil); err != nil {
		return err
	}
	return e.compileResident(e.following.can)
}

// compileResident compiles the kernel, in place of one that there is.
func (e *Engine) compileResident(follow bool) error {
	l, r := &e.layout, &e.resident
	defines := l.updateDefines(maxIndirectGroups(e.c.Device()), follow)
	maps.Copy(defines, r.defines)
	maps.Copy(defines, shaders.Defines{"MEETINGS": r.binding, "UPDATE_GROUPS": l.groups, "SHARES": e.deal.groups})
	program, err := NewProgram(e.c, "resident.comp", defines, l.cells.printed())
	if err != nil {
		return err
	}
	if r.program != nil {
		r.program.Delete()
	}
	r.program = program
	return nil
}

// areThere shows whether the kernel's work groups are on the device at once: they meet, and do nothing else.
func (e *Engine) areThere() (bool, error) {
	r, b := &e.resident, e.batches[0]
	var words [3]uint32
	err := e.c.Do(func() error {
		return cmp.Or(
			e.bindBatch(b),
			bindAll(binding{r.meetings, r.binding}),
			r.order(0, 0, 0, 0, provingRounds, e.bounds.resident.looks),
			r.launch(0, e.bounds.resident.groups),
			e.c.barrier(behindBatch),
			r.meetings.Read(0, words[:]),
			r.meetings.Upload(0, []uint32{math.MaxUint32, 0, 0}),
		)
	})
	return words[0] == math.MaxUint32 && words[1] == uint32(provingRounds*e.bounds.resident.groups), err
}

// order writes the order of a dispatch, at a place of orders: windows first, first+1, ... of a batch, behind so many rounds of meetings.
func (r *residency) order(at, batch, first, count, rounds, looks int) error {
	words := make([]byte, 4*orderWords)
	for k, x := range []uint32{uint32(first), uint32(count), uint32(rounds), uint32(looks), uint32(batch), r.dispatches, 2} {
		binary.NativeEndian.PutUint32(words[4*k:], x)
	}
	r.dispatches++
	return r.orders.Upload(at*r.stride, words)
}

// launch queues the dispatch of an order, on the context's thread.
func (r *residency) launch(at, groups int) error {
	if err := r.orders.bindHere(gl.UNIFORM_BUFFER, bindNow, at*r.stride, 4*orderWords); err != nil {
		return err
	}
	return r.program.launch(groups, 1, 1, behindDeliver)
}

// dispatchResident queues the windows of a batch.
func (e *Engine) dispatchResident(b *batch) error {
	r := &e.resident
	at := e.indexOf(b) * e.layout.windows
	if err := cmp.Or(bindAll(binding{r.meetings, r.binding}), r.meetings.Upload(1+e.indexOf(b), []uint32{0})); err != nil {
		return err
	}
	for first := 0; first < b.windows; first += r.windows {
		if err := r.order(at, e.indexOf(b), first, min(r.windows, b.windows-first), 0, e.bounds.resident.looks); err != nil {
			return err
		}
		if err := e.meter.time(b, residing, func() error { return r.launch(at, e.bounds.resident.groups) }); err != nil {
			return err
		}
		at++
	}
	return nil
}

func (e *Engine) indexOf(b *batch) int {
	if b == e.batches[1] {
		return 1
	}
	return 0
}

// stageMeetings queues the copy of what tells how far work groups came.
func (e *Engine) stageMeetings(b *batch) error {
	if !b.resident {
		return nil
	}
	return cmp.Or(
		b.back.copy(e.resident.meetings, 0, b.stagedMeetings(), 4),
		b.back.copy(e.resident.meetings, 4*(1+e.indexOf(b)), b.stagedMeetings()+4, 4),
	)
}

// The mark of a word of arrivals, as meet.glsl has it.
const gaveUpMark = 1 << 31

// checkMeetings finishes a batch whose work groups gave up waiting, where they did.
func (e *Engine) checkMeetings(ctx context.Context, b *batch) error {
	if !b.resident {
		return nil
	}
	b.resident = false
	var words [2]uint32
	groups := e.bounds.resident.groups
	all := uint32(2 * b.windows * groups)
	err := e.c.behind(func() error {
		if err := cmp.Or(readStaged(b.back, b.stagedMeetings(), words[:]), readStaged(b.back, 0, b.done[:b.windows])); err != nil {
			return err
		}
		for k := range b.windows {
			if b.done[k].Delivered >= loopsCut {
				return loopsEndEarly(e.c.Device())
			}
		}
		if arrivals := words[1] &^ gaveUpMark; words[1] != all && (words[1] == arrivals || arrivals%uint32(groups) != 0 || arrivals > all) {
			last := &b.host[b.windows-1]
			return e.c.dropped(fmt.Sprintf("of the steps from %d to %d some were not done", b.host[0].Step+1, last.Step+last.Steps))
		}
		return nil
	})
	if err != nil || words[1] == all {
		return err
	}
	return e.goOn(ctx, b, int(words[1]&^gaveUpMark)/groups)
}

// goOn does the rest of a batch of which so many kernels were done, two a window, and all of the batch behind it, of which nothing was. From here on windows
// are dispatched one by one.
func (e *Engine) goOn(ctx context.Context, b *batch, done int) error {
	e.resident.gaveUp = true
	e.dropResident()
	if err := e.requeue(b, done); err != nil {
		return err
	}
	if next := e.batches[1-e.indexOf(b)]; next.windows > 0 && next.resident {
		next.resident = false
		if err := e.requeue(next, 0); err != nil {
			return err
		}
	}
	return b.fence.Wait(ctx)
}

// GaveUp tells whether work groups gave up waiting for one another, so that windows have been dispatched one by one since.
func (e *Engine) GaveUp() bool { return e.resident.gaveUp }

// dropResident has windows dispatched one by one.
func (e *Engine) dropResident() {
	if e.resident.program != nil {
		e.resident.program.Delete()
		e.resident.program = nil
	}
}

// requeue queues the kernels of a batch behind those that were done, one by one, with another fence.
func (e *Engine) requeue(b *batch, done int) error {
	return e.c.Do(func() error {
		if err := e.bindBatch(b); err != nil {
			return err
		}
		k := done / 2
		if done%2 == 1 {
			if err := cmp.Or(e.bindNow(k), e.deliver.launchIndirect(k*size[layout.Window](), behindDeliver)); err != nil {
				return err
			}
			k++
		}
		for ; k < b.windows; k++ {
			if err := e.dispatch(b, k); err != nil {
				return err
			}
		}
		if err := e.stage(b); err != nil {
			return err
		}
		b.clock.stop()
		b.fence.Delete()
		var err error
		b.fence, err = e.c.Fence()
		return err
	})
}
