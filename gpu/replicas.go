//go:build cgo && !nogl

package gpu

import (
	"context"
	"errors"
	"fmt"
	"math"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// Replicas simulate several trials of one network at once: they share its synapses, and
// each is one work group that holds a whole network and runs through many steps in one
// dispatch. Replica k has the spikes and the state that an Engine of model k has. A
// dispatch is kept short, by what the last one took.
type Replicas struct {
	owned
	models  []*dynamics.Model
	layout  replicaLayout
	program *Program

	populations                      Storage
	sources, segments, rows, targets Storage
	state                            *Buffer[uint32]
	batches                          [2]*replicaBatch
	batch                            int // the one to queue next
	step                             int64
	span                             int           // steps of the next dispatch
	expected                         int           // spikes of a replica in one, as those before had
	spikes                           [][]sim.Spike // [replica] of the dispatches that are done
}

// NewReplicas is one replica for each model, at step 0 on an open context, which stays the
// caller's to close, after the replicas. The models are of trials of the network that the
// connectome is of; it is not needed afterwards. An error of New's kind; one that wraps
// ErrLimit and says by which number where the network does not fit a work group.
func NewReplicas(ctx context.Context, c *Context, models []*dynamics.Model, syn *connectome.Connectome) (*Replicas, error) {
	return newReplicas(ctx, c, models, syn, mostReplicaSteps)
}

// newReplicas is NewReplicas with a bound of the steps of a dispatch.
func newReplicas(ctx context.Context, c *Context, models []*dynamics.Model, syn *connectome.Connectome, most int) (*Replicas, error) {
	if len(models) == 0 {
		return nil, errors.New("gpu: no replicas")
	}
	if err := Probe(c); err != nil {
		return nil, err
	}
	r := &Replicas{owned: owned{c: c}, models: models, span: firstSpan, expected: firstStaged / 64, spikes: make([][]sim.Spike, len(models))}
	if err := r.build(ctx, syn, most); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

func (r *Replicas) build(ctx context.Context, syn *connectome.Connectome, most int) error {
	switch drawn, err := isDrawn(syn); {
	case err != nil:
		return err
	case drawn:
		return fmt.Errorf("a work group reads synapses, and these are drawn again for each spike: %w", ErrLimit)
	}
	var err error
	if r.layout, err = layoutReplicas(r.c.Device(), r.models[0], len(r.models), most); err != nil {
		return err
	}
	of := form{r.c.Device().Limits.MaxStorageBlock, 1, deliverLocal}
	pages := layoutPages(syn, of)
	if len(pages) > 1 {
		return fmt.Errorf("%d synapses take %d buffers, a work group reads one: %w", syn.Synapses(), len(pages), ErrLimit)
	}
	if len(pages) == 0 {
		pages = []page{newPage(of)}
	}
	if err := errors.Join(ctx.Err(), r.uploadState(), r.uploadPage(&pages[0])); err != nil {
		return err
	}
	for i := range r.batches {
		if r.batches[i], err = r.newBatch(); err != nil {
			return err
		}
	}
	return nil
}

// Step is the number of steps queued so far.
func (r *Replicas) Step() int64 { return r.step }

// Len is the number of replicas.
func (r *Replicas) Len() int { return len(r.models) }

// Advance queues that many further steps of every replica.
func (r *Replicas) Advance(ctx context.Context, steps int) error {
	if r.step+int64(steps) > math.MaxInt32 {
		return fmt.Errorf("gpu: step %d: a run has at most 2^31-1 steps", r.step+int64(steps))
	}
	for steps > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		b := r.batches[r.batch]
		if err := r.collect(ctx, b); err != nil {
			return err
		}
		n := min(steps, r.span)
		if err := r.queue(b, n); err != nil {
			return err
		}
		r.batch = 1 - r.batch
		steps -= n
	}
	return nil
}

// wait collects what is under way, in order.
func (r *Replicas) wait() error {
	for _, b := range []*replicaBatch{r.batches[r.batch], r.batches[1-r.batch]} {
		if err := r.collect(context.Background(), b); err != nil {
			return err
		}
	}
	return nil
}

// Spikes waits for the device and appends the spikes of replica k since the last call,
// sorted by step and then neuron.
func (r *Replicas) Spikes(k int, dst []sim.Spike) ([]sim.Spike, error) {
	if err := r.wait(); err != nil {
		return dst, err
	}
	dst = append(dst, r.spikes[k]...)
	r.spikes[k] = r.spikes[k][:0]
	return dst, nil
}

// Read copies a state variable of neurons of replica k, as Engine.Read does.
func (r *Replicas) Read(k int, v sim.Variable, pop, first int, dst []float32) error {
	m, l := r.models[k], &r.layout
	if err := sim.CheckRead(m, v, pop, first, len(dst)); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	if err := r.wait(); err != nil {
		return err
	}
	p := &m.Populations[pop]
	bits := make([]uint32, len(dst))
	if err := r.state.Read(k*l.words+l.place(m, pop, v)+first, bits); err != nil {
		return err
	}
	for i, b := range bits {
		dst[i] = math.Float32frombits(b)
		if v == sim.V {
			dst[i] = p.Absolute(dst[i])
		}
	}
	return nil
}

// Close frees the device's memory. Closing twice is fine.
func (r *Replicas) Close() error {
	for _, b := range r.batches {
		if b != nil {
			b.delete()
		}
	}
	r.free()
	if r.program != nil {
		r.program.Delete()
	}
	return r.c.Check("closing the replicas")
}
