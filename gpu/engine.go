//go:build cgo && !nogl

package gpu

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// An Engine simulates one network on a device. Each window, of the smallest delay
// or less, is two dispatches and one more for every further page of synapses, of which there is
// hardly ever one; many windows are queued as a batch, and
// spikes are fetched when a batch is done, while the device works on the next.
type Engine struct {
	owned
	model  *dynamics.Model
	layout stateLayout
	bounds bounds

	inhibition float32 // factor of the coefficients

	update, deliver *Program // deliver, or redraw
	populations     *Buffer[uint32]
	states, tables  *Buffer[uint32]
	arriving        Storage
	now             *Buffer[byte] // the number of each window, aligned for binding
	nowStride       int
	pages           [][]binding // what deliver works on, one dispatch each
	firstOfPage     int         // binding of the first buffer of each
	plastic         changing    // synapses whose weights change
	sums            summing     // what takes the place of deliver where a step has many events
	resident        residency   // where several windows are one dispatch
	batches         [2]*batch
	batch           int           // the one to queue next
	most            int           // windows of it
	longest         time.Duration // that a batch should take
	expected        int           // spikes of a batch, as those before had
	meter           *meter        // nil: nothing is counted
	gatherer        gatherer
	following       following
	relays          relays
	step            int64
	seen            int64       // the step that spikes are of, at the most
	stopped         error       // why the engine goes no further
	spikes          []sim.Spike // of the batches that are done
	deal            deal        // of a spike's synapses
}

// New is an engine at step 0 on an open context, which stays the caller's to
// close, after the engine. The model and the connectome must be of the same
// network; neither is needed after New. New refuses a device whose arithmetic
// differs (ErrInexact), whose limits are too small (ErrLimit) or that has too
// little memory (ErrMemory).
func New(ctx context.Context, c *Context, m *dynamics.Model, syn *connectome.Connectome) (*Engine, error) {
	return NewWith(ctx, c, m, syn, Options{})
}

// NewWith is New with a choice of forms. ErrLimit is also wrapped by the error that says why a device can't have a form that was asked for.
func NewWith(ctx context.Context, c *Context, m *dynamics.Model, syn *connectome.Connectome, o Options) (*Engine, error) {
	return newEngine(ctx, c, m, syn, c.Device().Limits.MaxStorageBlock, o.bounds(c.Device()))
}

// Probe makes sure that a device's arithmetic is what engines presume, once for a context, as New
// does; it can be asked before a network is built. The error wraps ErrInexact
// and names the operation.
func Probe(c *Context) error {
	return c.Do(func() error {
		if c.probed {
			return nil
		}
		err := probe(c, -1)
		c.probed = err == nil
		return err
	})
}

// newEngine is New with the most bytes that a buffer of synapses may take, and
// with the bounds of a batch.
func newEngine(ctx context.Context, c *Context, m *dynamics.Model, syn *connectome.Connectome, pageBytes int64, b bounds) (*Engine, error) {
	if m.IsPlastic() && slices.ContainsFunc(m.Populations, func(p dynamics.Population) bool { return p.Relays }) {
		return nil, fmt.Errorf("gpu: what relays fire changes no weights: ranks with long-term plasticity are not for devices: %w", ErrLimit)
	}
	if err := Probe(c); err != nil {
		return nil, err
	}
	e := &Engine{owned: owned{c: c}, model: m, bounds: b, inhibition: 1, expected: firstStaged, most: firstWindows, longest: b.longest, firstOfPage: firstOfPage(b.bindings)}
	if err := e.build(ctx, syn, pageBytes, b); err != nil {
		e.Close()
		return nil, err
	}
	return e, nil
}

func (e *Engine) build(ctx context.Context, syn *connectome.Connectome, pageBytes int64, b bounds) error {
	var err error
	if e.layout, err = layoutState(e.model, updateLocal, b); err != nil {
		return err
	}
	if err := e.layout.fits(e.c.Device(), len(e.model.Populations)); err != nil {
		return err
	}
	if err := e.compileUpdate(e.layout.parallel); err != nil {
		return err
	}
	if err := e.allocateState(); err != nil {
		return err
	}
	connect := e.uploadPages
	switch drawn, err := isDrawn(syn); {
	case err != nil:
		return err
	case drawn:
		connect = e.uploadDraws
	}
	if err := connect(ctx, static(e.model, syn), pageBytes); err != nil {
		return err
	}
	if err := e.uploadPlastic(ctx, syn, pageBytes); err != nil {
		return err
	}
	for i := range e.batches {
		if e.batches[i], err = e.newBatch(); err != nil {
			return err
		}
	}
	if e.bounds.resident.groups != 0 {
		return e.makeResident()
	}
	return nil
}

// compileUpdate compiles update, in place of one that there is.
func (e *Engine) compileUpdate(follow bool) error {
	l := &e.layout
	update, err := NewProgram(e.c, "update.comp", l.updateDefines(maxIndirectGroups(e.c.Device()), follow), l.cells.printed())
	if err != nil {
		return err
	}
	if e.update != nil {
		e.update.Delete()
	}
	e.update, e.following.can = update, follow
	if local := e.update.Local()[0]; local != updateLocal {
		return fmt.Errorf("gpu: update.comp has local size %d, the layout expects %d", local, updateLocal)
	}
	if e.resident.program != nil {
		return e.compileResident(follow)
	}
	return nil
}

// Advance queues that many further steps, a batch of windows at a time. At most
// two batches are under way.
func (e *Engine) Advance(ctx context.Context, steps int) error {
	if e.step+int64(steps) > math.MaxInt32 {
		return fmt.Errorf("gpu: step %d: a run has at most 2^31-1 steps", e.step+int64(steps))
	}
	e.following.begin(e.step, steps)
	for steps > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := e.batches[e.batch]
		if err := e.collect(ctx, b); err != nil {
			return err
		}
		n, err := e.queue(b, steps)
		if err != nil {
			return err
		}
		e.batch = 1 - e.batch
		steps -= n
	}
	return nil
}

// Step is the number of steps queued so far.
func (e *Engine) Step() int64 { return e.step }

// Spikes waits for the device and appends the spikes since the last call,
// sorted by step and then neuron.
func (e *Engine) Spikes(dst []sim.Spike) (all []sim.Spike, err error) {
	err = e.wait()
	dst = append(dst, e.spikes...)
	e.spikes = e.spikes[:0]
	return dst, err
}

// Read copies a state variable of neurons first, first+1, ... of a population,
// after waiting for the device.
func (e *Engine) Read(v sim.Variable, pop, first int, dst []float32) error {
	if err := sim.CheckRead(e.model, v, pop, first, len(dst)); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	p := &e.model.Populations[pop]
	words := make([]uint32, len(dst))
	if err := e.states.Read(e.layout.place(e.model, pop, v)+first, words); err != nil {
		return err
	}
	for i, w := range words {
		dst[i] = math.Float32frombits(w)
		if v == sim.V {
			dst[i] = p.Absolute(dst[i])
		}
	}
	return nil
}

// Releases copies the states of sources first, first+1, ... of a projection with short-term plasticity, after waiting for the device.
func (e *Engine) Releases(projection, first int, dst []dynamics.Release) error {
	if err := sim.CheckReleases(e.model, projection, first, len(dst)); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	size := e.model.Populations[e.model.Projections[projection].From].Size
	var words [releaseWords][]uint32
	for k := range words {
		words[k] = make([]uint32, len(dst))
		if err := e.states.Read(e.layout.releases[projection]+k*size+first, words[k]); err != nil {
			return err
		}
	}
	for i := range dst {
		dst[i] = dynamics.Release{Facilitated: words[0][i], Depleted: words[1][i], Last: words[2][i]}
	}
	return nil
}

// Close frees the device's memory. Closing twice is fine.
func (e *Engine) Close() error {
	for _, b := range e.batches {
		if b != nil && b.fence != nil {
			b.fence.Delete()
		}
		if b != nil && b.clock != nil {
			b.clock.delete()
		}
		if b != nil && b.back != nil {
			b.back.Delete()
		}
		if b != nil && b.notes != nil {
			b.notes.Delete()
		}
	}
	e.meter.delete()
	e.free()
	e.gatherer.delete()
	for _, p := range []*Program{e.update, e.deliver, e.sums.program, e.resident.program, e.gatherer.program, e.plastic.change, e.plastic.settle} {
		if p != nil {
			p.Delete()
		}
	}
	return e.c.Check("closing the engine")
}
