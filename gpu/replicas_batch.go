//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"einet/sim"
)

// The driver of a desktop ends a dispatch that keeps the screen waiting, after seconds at
// the worst; a tenth of one is felt. The first dispatch is short because nothing is known.
const (
	firstSpan  = 8
	spanTarget = 50 * time.Millisecond
)

// A replicaBatch is one dispatch of simulate and what it needs.
type replicaBatch struct {
	ring   *Buffer[sim.Spike]
	drives *Buffer[float32]
	span   *Buffer[int32]
	timer  *Timer    // nil of a software device, whose timers do not see dispatches
	queued time.Time // what its dispatch is timed by instead
	fence  *Fence
	back   *staging // what the host reads: of each replica the number of spikes, then some of its spikes
	staged int      // how many of each were copied
	steps  int      // queued and not collected; 0: the batch is free
	last   int64    // of them

	drive  []float32
	spikes []sim.Spike // read back
}

func (r *Replicas) newBatch() (*replicaBatch, error) {
	l := &r.layout
	b := &replicaBatch{drive: make([]float32, len(r.models[0].Populations)*l.steps)}
	var err error
	if b.ring, err = keep[sim.Spike](r, "spikes", l.replicas*(1+l.ring), nil); err != nil {
		return nil, err
	}
	if b.drives, err = keep[float32](r, "drives", len(b.drive), nil); err != nil {
		return nil, err
	}
	if b.span, err = keep[int32](r, "span", 4, nil); err != nil {
		return nil, err
	}
	if b.back, err = newStaging(r.c, "replicas for the host", int(spikeBytes)*l.replicas*(1+r.mostStaged())); err != nil {
		return nil, err
	}
	if !r.c.Device().Software {
		b.timer, err = r.c.NewTimer()
	}
	return b, err
}

// mostStaged is how many spikes of a replica are copied to the host at once.
func (r *Replicas) mostStaged() int { return min(r.layout.ring, max(1, mostStaged/r.layout.replicas)) }

// stage queues the copy of what the host is to read of a batch of that many steps.
func (r *Replicas) stage(b *replicaBatch, steps int) error {
	l, one := &r.layout, int(spikeBytes)
	b.staged = min(r.expected, mostSpikes(r.models[0], steps), r.mostStaged())
	if err := b.back.copy(b.ring, 0, 0, one*l.replicas); err != nil {
		return err
	}
	for k := range l.replicas {
		if err := b.back.copy(b.ring, one*(l.replicas+k*l.ring), one*(l.replicas+k*b.staged), one*b.staged); err != nil {
			return err
		}
	}
	return nil
}

// readSpikes fills b.spikes with those of replica k.
func (r *Replicas) readSpikes(b *replicaBatch, k, total int) error {
	b.spikes = slices.Grow(b.spikes[:0], total)[:total]
	here := min(total, b.staged)
	r.expected = max(r.expected, total+total/4)
	if err := readStaged(b.back, int(spikeBytes)*(r.layout.replicas+k*b.staged), b.spikes[:here]); err != nil || here == total {
		return err
	}
	return b.ring.Read(r.layout.replicas+k*r.layout.ring+here, b.spikes[here:])
}

func (b *replicaBatch) delete() {
	if b.fence != nil {
		b.fence.Delete()
	}
	if b.timer != nil {
		b.timer.Delete()
	}
	if b.back != nil {
		b.back.Delete()
	}
}

// queue gives the device that many steps. It does not wait.
func (r *Replicas) queue(b *replicaBatch, steps int) error {
	l := &r.layout
	for i := range r.models[0].Populations {
		r.models[0].Drive(i, r.step, b.drive[i*l.steps:][:steps])
	}
	err := r.c.Do(func() error {
		if err := b.drives.Upload(0, b.drive); err != nil {
			return err
		}
		if err := b.span.Upload(0, []int32{int32(r.step), int32(steps), 0, 0}); err != nil {
			return err
		}
		if err := r.bind(b); err != nil {
			return err
		}
		if err := errors.Join(r.dispatch(b), r.stage(b, steps)); err != nil {
			return err
		}
		var err error
		b.fence, err = r.c.Fence()
		return err
	})
	if err == nil {
		b.steps = steps
		r.step += int64(steps)
		b.last = r.step
	}
	return err
}

// dispatch queues simulate, and has it timed.
func (r *Replicas) dispatch(b *replicaBatch) error {
	if b.timer == nil {
		b.queued = time.Now()
		return r.program.Dispatch(r.layout.replicas, 1, 1)
	}
	if err := b.timer.Start(); err != nil {
		return err
	}
	return errors.Join(r.program.Dispatch(r.layout.replicas, 1, 1), b.timer.Stop())
}

// took is the time of a batch that is done: of a software device at most, for it may have waited.
func (b *replicaBatch) took() (time.Duration, error) {
	if b.timer == nil {
		return time.Since(b.queued), nil
	}
	return b.timer.Elapsed()
}

func (r *Replicas) bind(b *replicaBatch) error {
	if err := b.span.BindUniform(0, 0, 4); err != nil {
		return err
	}
	return bindAll(
		binding{b.ring, bindRingOfReplicas}, binding{r.state, bindReplicas},
		binding{r.populations, bindPopulationsOfReplicas}, binding{b.drives, bindDrivesOfReplicas},
		binding{r.sources, bindSourcesOfReplicas}, binding{r.segments, bindSegmentsOfReplicas},
		binding{r.rows, bindRowsOfReplicas}, binding{r.targets, bindTargetsOfAll},
	)
}

// loopsCutInReplica stands for the last step where loops were ended early: CUT of simulate.comp.
const loopsCutInReplica = math.MaxUint32

// checkDone is an error unless every replica has done all steps of a batch.
func (r *Replicas) checkDone(b *replicaBatch, counts []sim.Spike) error {
	for k, count := range counts {
		if count.Neuron == loopsCutInReplica {
			return fmt.Errorf("gpu: %s: the driver ends loops after some passes, and %d steps of replica %d need more: use the cpu engine: %w", r.c.Device().Renderer, b.steps, k, ErrLimit)
		}
		if int64(count.Neuron) != b.last {
			return r.c.dropped(fmt.Sprintf("replica %d: the steps from %d to %d were not done", k, b.last-int64(b.steps)+1, b.last))
		}
	}
	return nil
}

// collect waits for a batch and takes its spikes, sorted.
func (r *Replicas) collect(ctx context.Context, b *replicaBatch) error {
	if b.steps == 0 {
		return nil
	}
	if err := b.fence.Wait(ctx); err != nil {
		return err
	}
	took, err := b.took()
	if err != nil {
		return err
	}
	r.span = adaptSpan(r.span, b.steps, took, r.layout.steps, spanTarget)
	counts := make([]sim.Spike, r.layout.replicas)
	err = r.c.behind(func() error {
		return cmp.Or(readStaged(b.back, 0, counts), r.c.checkReset("a dispatch"), r.checkDone(b, counts))
	})
	if err != nil {
		return err
	}
	for k, count := range counts {
		total := int(count.Step)
		if total > r.layout.ring {
			return fmt.Errorf("gpu: %d spikes of a replica in %d steps, at most %d can be: %s does not compute what it should",
				total, b.steps, r.layout.ring, r.c.Device().Renderer)
		}
		if err := r.readSpikes(b, k, total); err != nil {
			return err
		}
		slices.SortFunc(b.spikes, func(x, y sim.Spike) int {
			return cmp.Or(cmp.Compare(x.Step, y.Step), cmp.Compare(x.Neuron, y.Neuron))
		})
		r.spikes[k] = append(r.spikes[k], b.spikes...)
	}
	b.steps = 0
	return nil
}

// adaptSpan is how many steps the next dispatch has, or windows the next batch, where steps took that long and most is the
// most: as many as take the target, but at most twice those before, for spikes come in bursts.
func adaptSpan(span, steps int, took time.Duration, most int, target time.Duration) int {
	perStep := max(1, took/time.Duration(steps))
	return max(1, min(int(target/perStep), 2*max(span, steps), most))
}
