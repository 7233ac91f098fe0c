package cpu

import (
	"context"
	"time"

	"einet/network"
	"einet/sim"
)

// Advance simulates further steps. A cancelled ctx is noticed every
// few ms.
func (e *Engine) Advance(ctx context.Context, steps int) error {
	e.from, e.followed = e.step, resize(e.followed, steps*e.width)
	for steps > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := e.stopped(); err != nil {
			return err
		}
		batch := e.plan.next(steps)
		e.advance(batch)
		steps -= batch.steps
	}
	return e.stopped()
}

// A failure is a step whose result can't be told, the neuron (its global id), and what became of its states.
type failure struct {
	step   int64
	neuron int
	states []uint32
}

// stopped is an error where a step failed: the one before is the last.
func (e *Engine) stopped() error {
	f := e.failed
	if f == nil {
		return nil
	}
	e.step = f.step - 1
	for n := len(e.spikes); n > 0 && int64(e.spikes[n-1].Step) >= f.step; n-- {
		e.spikes = e.spikes[:n-1]
	}
	return e.model.CellFailed(f.neuron, f.step, f.states)
}

// fail notes a neuron of a population that failed in the step to n. Of all such the first step counts, and the lowest
// neuron in it.
func (e *Engine) fail(n int64, p *population, neuron int) {
	e.failing.Lock()
	defer e.failing.Unlock()
	id := p.First + neuron
	if f := e.failed; f == nil || n < f.step || n == f.step && id < f.neuron {
		e.failed = &failure{n, id, p.statesOf(neuron)}
	}
}

// advance simulates a batch of windows. One wait in a
// window is enough: whoever is past it has all spikes that it delivers, and the
// mail that it fills in the next window is not that which others may still
// read.
func (e *Engine) advance(batch plan) {
	start, steps, active := time.Now(), batch.steps, batch.workers
	for i := range e.drives {
		if e.populations[i].Neuron == network.Poisson {
			e.model.Count(i, e.step, steps, &e.counts[i])
			continue
		}
		e.drives[i] = resize(e.drives[i], steps)
		if !e.populations[i].IsSource() {
			e.model.Drive(i, e.step, e.drives[i])
		}
	}
	before := len(e.spikes)
	e.pool.run(active, func(worker int) {
		w := window{drives: make([][]float32, len(e.drives)), first: e.step}
		for at := 0; at < steps; at += w.steps {
			w.n, w.steps = e.step+int64(at), min(e.model.MinDelay, steps-at)
			for i := range w.drives {
				w.drives[i] = e.drives[i][min(at, len(e.drives[i])):]
			}
			for i := worker; i < len(e.shares); i += active {
				e.update(&e.shares[i], &w)
			}
			e.pool.barrier.wait(worker)
			for i := worker; i < len(e.shares); i += active {
				e.deliver(&e.shares[i], &w)
			}
			if worker == 0 {
				e.collect(&w)
			}
			w.parity ^= 1
		}
	})
	e.step += int64(steps)
	e.plan.learn(batch, len(e.spikes)-before, time.Since(start))
}

// collect appends a window's spikes to the engine's, sorted by step and neuron.
func (e *Engine) collect(w *window) {
	for k := range w.steps {
		for i := range e.sources {
			first := uint32(e.populations[i].First)
			for _, from := range e.sources[i] {
				for _, j := range from.fired(w, k) {
					e.spikes = append(e.spikes, sim.Spike{Step: uint32(w.n) + uint32(k) + 1, Neuron: first + j})
				}
			}
		}
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
