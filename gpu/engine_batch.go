//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"einet/dynamics"
	"einet/network"
	"einet/shaders/layout"
	"einet/sim"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A batch is a number of windows that are queued together, with room for as
// many spikes as they can have at the most.
type batch struct {
	records     *Buffer[layout.Window]
	ring        *Buffer[sim.Spike]
	drives      *Buffer[uint32] // floats as bits; of Poisson sources places of thresholds, which lie behind all
	back        *staging        // what the host reads: records, then what was not resolved, then how work groups met, then spikes
	staged      int             // spikes that were copied
	notes       *staging        // likewise, what was noted of neurons that are followed; nil where none were
	windows     int             // queued and not collected; 0: the batch is free
	resident    bool            // several windows are one dispatch, and how it ended is not known
	wasResident bool            // several windows were one dispatch
	parts       int             // in which sums in shared memory take the spikes; 0: deliver takes them
	fence       *Fence          // behind the last of them
	clock       *clock

	host   []layout.Window // to upload
	done   []layout.Window // read back
	drive  []uint32        // to upload
	floats []float32
	counts dynamics.Counts
	spikes []sim.Spike // read back
}

func (e *Engine) newBatch() (*batch, error) {
	l := &e.layout
	b := &batch{
		host:  make([]layout.Window, l.windows),
		done:  make([]layout.Window, l.windows),
		drive: make([]uint32, l.driveWords(len(e.model.Populations))),
	}
	var err error
	if b.records, err = keep[layout.Window](e, "windows", l.windows, nil); err != nil {
		return nil, err
	}
	if b.ring, err = keep[sim.Spike](e, "spikes", l.ring*(1+l.pairs), nil); err != nil {
		return nil, err
	}
	if b.drives, err = keep[uint32](e, "drives", len(b.drive), nil); err != nil {
		return nil, err
	}
	if b.back, err = newStaging(e.c, "batch for the host", b.stagedSpikes(min(l.ring, mostStaged))); err != nil {
		return nil, err
	}
	b.clock, err = newClock(e.c)
	return b, err
}

// firstWindows are those of the first batch, of which nothing is known.
const firstWindows = 16

// queue gives the device up to that many steps, as many as a batch takes, and
// returns how many. It does not wait.
func (e *Engine) queue(b *batch, steps int) (int, error) {
	if err := e.inhibit(e.model.Inhibition(e.step)); err != nil {
		return 0, e.stop(err)
	}
	steps = e.model.UntilInhibition(e.step, steps)
	steps = min(steps, min(e.most, e.layout.windows)*e.layout.window)
	follow := uint32(0)
	if len(e.following.list) > 0 {
		follow, steps = uint32(e.placeOfFollowed()), min(steps, e.following.steps)
	}
	b.windows, b.parts, b.resident = 0, e.sums.parts, e.resident.program != nil
	if b.wasResident = b.resident; b.resident {
		b.parts = 0
	}
	for done := 0; done < steps; b.windows++ {
		n := min(e.layout.window, steps-done)
		b.host[b.windows] = layout.Window{
			GroupsY: uint32(e.rowGroups()), GroupsZ: 1,
			Step: int32(e.step) + int32(done), Steps: int32(n), Drive: uint32(done), Follow: follow, Settled: uint32(e.plastic.settled),
		}
		if e.layout.settles(&b.host[b.windows]) {
			e.plastic.settled = e.step + int64(done+n)
		}
		done += n
	}
	e.writeDrives(b, steps)
	err := e.c.Do(func() error {
		defer e.meter.queueing()()
		b.clock.start()
		if err := b.records.Upload(0, b.host[:b.windows]); err != nil {
			return err
		}
		if err := b.drives.Upload(0, b.drive); err != nil {
			return err
		}
		if err := e.bindBatch(b); err != nil {
			return err
		}
		if err := e.dispatchAll(b); err != nil {
			return err
		}
		if err := e.stage(b); err != nil {
			return err
		}
		b.clock.stop()
		var err error
		b.fence, err = e.c.Fence()
		return err
	})
	e.step += int64(steps)
	if err != nil {
		b.windows = 0
		return steps, e.stop(err)
	}
	return steps, nil
}

// rowGroups is how many work groups take the row of a spike on a page, of synapses that change or others.
func (e *Engine) rowGroups() int { return max(e.deal.groups, e.plastic.groups) }

// stop ends the engine at the last step that it has the spikes of.
func (e *Engine) stop(why error) error {
	e.stopped = cmp.Or(e.stopped, why)
	return e.stopped
}

// writeDrives writes what drives the populations in the next steps: a row of each, and behind all rows what they are
// places of.
func (e *Engine) writeDrives(b *batch, steps int) {
	row := e.layout.windows * e.layout.window
	b.drive = b.drive[:len(e.model.Populations)*row]
	for i := range e.model.Populations {
		e.writeDrive(b, i, b.drive[i*row:][:steps])
	}
}

// writeDrive writes what drives population i in the next steps, and appends what that is a place of.
func (e *Engine) writeDrive(b *batch, i int, dst []uint32) {
	switch e.model.Populations[i].Neuron {
	case network.Poisson:
		e.model.Count(i, e.step, len(dst), &b.counts)
		for k, place := range b.counts.Place {
			dst[k] = uint32(len(b.drive)) + place
		}
		b.drive = append(b.drive, b.counts.Lists...)
	case network.SpikeSource:
	default:
		b.floats = slices.Grow(b.floats[:0], len(dst))[:len(dst)]
		e.model.Drive(i, e.step, b.floats)
		for k, x := range b.floats {
			dst[k] = math.Float32bits(x)
		}
	}
}

// What a window's dispatches wait for. deliver reads spikes and how many work groups it has, which update wrote, and adds to what
// arrives where update put zeros.
const behindUpdate = gl.SHADER_STORAGE_BARRIER_BIT | gl.COMMAND_BARRIER_BIT

// The next update reads what arrives, to which deliver added; and behind this barrier it writes state and windows that nobody still reads.
// The pages of a window have none between them: to what arrives and to the count of pages done they only add, atomically, and
// nothing that one of them writes is read by another.
const behindDeliver = gl.SHADER_STORAGE_BARRIER_BIT

// What is copied to the host, and what is written to the buffers for the next batch but one, comes behind all dispatches of a batch: one
// barrier does for them.
const behindBatch = gl.BUFFER_UPDATE_BARRIER_BIT

// dispatchAll queues the windows of a batch, on the context's thread.
func (e *Engine) dispatchAll(b *batch) error {
	if b.resident {
		return e.dispatchResident(b)
	}
	for k := range b.windows {
		if err := e.dispatch(b, k); err != nil {
			return err
		}
	}
	return nil
}

// dispatch queues window k of a batch, on the context's thread.
func (e *Engine) dispatch(b *batch, k int) error {
	if err := e.bindNow(k); err != nil {
		return err
	}
	err := e.meter.time(b, updating, func() error { return e.update.launch(e.layout.row, e.layout.rows, 1, behindUpdate) })
	pages := e.pagesOf(b)
	if err == nil && e.plastic.change != nil {
		var bits uint32
		if len(pages) == 0 {
			bits = behindDeliver
		}
		err = e.changeSynapses(b, k, bits)
	}
	for i := range pages {
		if err == nil && e.rebinds() {
			err = bindAll(pages[i]...)
		}
		var bits uint32
		if i == len(pages)-1 {
			bits = behindDeliver
		}
		if err == nil {
			err = e.meter.time(b, delivering, func() error { return e.launchPage(b, k, i, bits) })
		}
	}
	if err == nil && !e.apart() {
		err = bindAll(e.ofUpdate(b)[bindPopulations:]...)
	}
	if err == nil && e.layout.settles(&b.host[k]) {
		err = e.settleSynapses(b, behindDeliver)
	}
	return err
}

// apart tells whether the bindings of update are others than those of pages.
func (e *Engine) apart() bool { return e.firstOfPage > bindTables }

// rebinds tells whether pages are bound anew in each window: where there are several, or they have the bindings of update.
func (e *Engine) rebinds() bool { return len(e.pages) > 1 || !e.apart() }

// bindNow binds the number of window k.
func (e *Engine) bindNow(k int) error {
	return e.now.bindHere(gl.UNIFORM_BUFFER, bindNow, k*e.nowStride, 16)
}

// bindBatch binds what the kernels work on in a batch.
func (e *Engine) bindBatch(b *batch) error {
	b.records.bindCounts()
	err := bindAll(e.ofUpdate(b)...)
	if err == nil && len(e.pages) > 0 && !e.rebinds() {
		err = bindAll(e.pagesOf(b)[0]...)
	}
	return err
}

// ofUpdate is what update works on, of which deliver uses the first three.
func (e *Engine) ofUpdate(b *batch) []binding {
	return []binding{
		{b.records, bindWindows}, {b.ring, bindRing}, {e.arriving, bindArriving},
		{e.populations, bindPopulations}, {e.states, bindStates}, {b.drives, bindDrives}, {e.tables, bindTables},
	}
}

// A binding is a buffer and the storage block it is to be.
type binding struct {
	buffer Storage
	at     int
}

func bindAll(bindings ...binding) error {
	return bindings[0].buffer.base().c.Do(func() error {
		for _, b := range bindings {
			if err := b.buffer.base().bindHere(gl.SHADER_STORAGE_BUFFER, b.at, 0, -1); err != nil {
				return err
			}
		}
		return nil
	})
}

// checkResolved says up to which step of a batch, of which this is the last, all were resolved, with an error where one
// was not.
func (e *Engine) checkResolved(b *batch, last int64) (int64, error) {
	if !e.layout.cells.fail() {
		return last, nil
	}
	var failed [2]uint32
	if err := readStaged(b.back, b.stagedFailed(), failed[:]); err != nil {
		return e.seen, err
	}
	before := int64(failed[0]) - 1 + int64(failed[1])/int64(e.layout.neurons)
	if failed[0] == 0 || before >= last {
		return last, nil
	}
	neuron := int(failed[1]) % e.layout.neurons
	states, err := e.statesOf(neuron)
	if err != nil {
		return before, err
	}
	return before, e.model.CellFailed(neuron, before+1, states)
}

// statesOf are the states of a neuron (its global id) with a program.
func (e *Engine) statesOf(neuron int) ([]uint32, error) {
	i := len(e.model.Populations) - 1
	for neuron < e.model.Populations[i].First {
		i--
	}
	p := &e.model.Populations[i]
	states := make([]uint32, len(p.Cell.Program.States))
	for k := range states {
		if err := e.states.Read(e.layout.states[i]+k*p.Size+neuron-p.First, states[k:k+1]); err != nil {
			return nil, err
		}
	}
	return states, nil
}

// checkMarks is an error wrapping ErrLost unless every window of a batch bears the signs that its dispatches were done.
func (e *Engine) checkMarks(b *batch) error {
	for k := range b.windows {
		queued, done, pages := &b.host[k], &b.done[k], uint32(0)
		if done.Spikes > 0 {
			pages = uint32(len(e.pages) + len(e.plastic.pages))
		}
		if e.layout.settles(queued) {
			pages += uint32(len(e.plastic.pages))
		}
		if done.Delivered >= loopsCut {
			return loopsEndEarly(e.c.Device())
		}
		if done.Updated != uint32(queued.Step)+1 || done.Delivered != pages {
			last := &b.host[b.windows-1]
			return e.c.dropped(fmt.Sprintf("of the steps from %d to %d some were not done", queued.Step+1, last.Step+last.Steps))
		}
	}
	return nil
}

// collect waits for a batch and takes its spikes, sorted.
func (e *Engine) collect(ctx context.Context, b *batch) error {
	if e.stopped != nil || b.windows == 0 {
		return e.stopped
	}
	if err := b.fence.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return e.stop(err)
	}
	if err := e.checkMeetings(ctx, b); err != nil {
		if ctx.Err() != nil {
			return err
		}
		return e.stop(err)
	}
	if err := e.take(b); err != nil {
		return e.stop(err)
	}
	return nil
}

// take takes the spikes of a batch that the device has come to the end of.
func (e *Engine) take(b *batch) error {
	if err := e.c.behind(func() error {
		if err := readStaged(b.back, 0, b.done[:b.windows]); err != nil {
			return err
		}
		return cmp.Or(e.c.checkReset("a batch"), e.checkMarks(b))
	}); err != nil {
		return err
	}
	last := b.done[b.windows-1]
	total := int(last.Begin) + int(last.Spikes)
	if total > e.layout.ring {
		return fmt.Errorf("gpu: a batch has %d spikes, its ring holds %d: %s does not compute what it should",
			total, e.layout.ring, e.c.Device().Renderer)
	}
	if err := e.takeNoted(b); err != nil {
		return err
	}
	resolved, stopped := e.checkResolved(b, int64(last.Step)+int64(last.Steps))
	if err := e.readSpikes(b, total); err != nil {
		return err
	}
	slices.SortFunc(b.spikes, func(x, y sim.Spike) int {
		return cmp.Or(cmp.Compare(x.Step, y.Step), cmp.Compare(x.Neuron, y.Neuron))
	})
	end, _ := slices.BinarySearchFunc(b.spikes, resolved, func(s sim.Spike, last int64) int {
		return cmp.Compare(int64(s.Step), last+1) // the first spike behind
	})
	took, err := b.clock.took()
	if err != nil {
		return err
	}
	e.most = adaptSpan(e.most, b.windows, took, e.layout.windows, e.longest)
	e.spikes = append(e.spikes, b.spikes[:end]...)
	e.seen = resolved
	e.sums.see(e, b.spikes, int(last.Step+last.Steps-b.done[0].Step))
	err = e.meter.collect(b)
	b.windows = 0
	return cmp.Or(stopped, err)
}
