package experiment

import (
	"cmp"
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"einet/engines"
	"einet/gpu"
	"einet/record"
	"einet/sim"
)

// Bounds of the wall time between two looks at the spikes of replicas on one device.
const (
	shortLook = 250 * time.Millisecond
	longLook  = time.Second
)

// runTogether simulates the replicas of a device, of which the first is the k-th, at once.
func (e *ensemble) runTogether(ctx context.Context, k int, r *gpu.Replicas) error {
	e.atOnce = e.trials()
	for i := range e.trials() {
		one, err := e.begin(k + i)
		if err != nil {
			return err
		}
		e.replicas[k+i] = one
	}
	update, end := e.o.Watch.Progress(e.net.Dt, 0, e.steps)
	defer end()
	var spikes []sim.Spike
	total, stretch := int64(0), int64(firstLook)
	for r.Step() < e.steps {
		start := time.Now()
		stopped := r.Advance(ctx, int(min(stretch, e.steps-r.Step())))
		for i, one := range e.replicas[k:][:e.trials()] {
			var err error
			if spikes, err = r.Spikes(i, spikes[:0]); err != nil {
				return cmp.Or(stopped, err)
			}
			switch err := one.take(r.Step(), spikes); {
			case errors.Is(err, record.ErrFull):
				stopped = cmp.Or(stopped, err) // behind the last replica, so that all are as long
			case err != nil:
				return err
			}
			total += int64(len(spikes))
		}
		if stopped = cmp.Or(stopped, e.memory.look()); stopped != nil {
			return stopped
		}
		if update != nil {
			update(r.Step(), total)
		}
		switch took := time.Since(start); {
		case took < shortLook:
			stretch *= 2
		case took > longLook:
			stretch = max(1, stretch/2)
		}
	}
	return nil
}

// firstLook is how many steps are simulated before the first look at the spikes.
const firstLook = 16

// runEach simulates the replicas of a seed, of which the first is the k-th, one by one: on processors as many side by side as there are
// threads and memory for.
func (e *ensemble) runEach(ctx context.Context, k int) error {
	if e.counted.one == nil {
		e.counted.one, e.counted.end = e.o.Watch.Trials(len(e.models))
	}
	workers, place := e.on.Side(e.trials(), e.models[k], e.o.Synapses)
	e.atOnce = workers
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(workers)
	for i := range e.trials() {
		g.Go(func() error {
			if err := e.runOne(ctx, k+i, place); err != nil {
				return err
			}
			e.counted.one()
			return nil
		})
	}
	return g.Wait()
}

// runOne simulates replica k.
func (e *ensemble) runOne(ctx context.Context, k int, place *engines.Place) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := e.begin(k)
	if err != nil {
		return err
	}
	e.replicas[k] = r
	engine, err := place.Open(ctx, e.models[k], e.connectome)
	if err != nil {
		return err
	}
	defer engine.Close()
	if r.atStart, err = r.weighAll(engine); err != nil {
		return err
	}
	until, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	err = sim.Run(until, engine, e.steps, func(int64, int64) {
		if scarce := e.memory.look(); scarce != nil {
			stop(scarce)
		}
	}, r.recorders...)
	if err := why(until, err); err != nil {
		return err
	}
	if r.atStart != nil {
		if r.summary.Weights, r.summary.WeightsDigest, err = r.finalWeights(engine, r.atStart); err != nil {
			return err
		}
	}
	return e.close(r)
}
