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
		if err := e.inhibit(e.model.Inhibition(e.step)); err != nil {
			return err
		}
		batch := e.plan.next(e.model.UntilInhibition(e.step, steps))
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

// advance simulates a batch of windows, and learns how long it takes.
func (e *Engine) advance(batch plan) {
	start, before := time.Now(), len(e.spikes)
	e.simulate(batch)
	e.step += int64(batch.steps)
	e.plan.learn(batch, len(e.spikes)-before, time.Since(start))
}

// simulate simulates a batch of windows. One wait in a
// window is enough: whoever is past it has all spikes that it delivers in the next, and the
// mail that it fills then is not that which others may still
// read.
func (e *Engine) simulate(batch plan) {
	steps, active := batch.steps, batch.workers
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
	e.begin(steps)
	e.pool.run(active, func(worker int) {
		for i := len(e.windows.before); ; i++ {
			w := e.windows.at(i)
			if w.steps <= 0 {
				return
			}
			for k := worker; k < len(e.shares); k += active {
				e.pass(&e.shares[k], &w)
			}
			e.pool.barrier.wait(worker)
			if worker == 0 {
				e.collect(&w)
			}
		}
	})
}

// begin divides a batch into windows.
func (e *Engine) begin(steps int) {
	e.windows.begin(e.step, steps)
	mails := 1 + max(e.windows.mails[0], e.windows.mails[1])
	for _, s := range e.posters() {
		s.due, s.next = e.windows.at(0), 1
		for len(s.mail) < mails {
			s.mail = append(s.mail, nil)
		}
	}
}

// collect appends a window's spikes to the engine's, sorted by step and neuron.
func (e *Engine) collect(w *window) {
	for k := range w.steps {
		for i := range e.sources {
			if e.populations[i].Relays {
				continue // what they fire is told
			}
			first := uint32(e.populations[i].First)
			for _, from := range e.sources[i] {
				for _, j := range from.fired(w, k) {
					e.spikes = append(e.spikes, sim.Spike{Step: uint32(w.n) + uint32(k) + 1, Neuron: first + j})
				}
			}
		}
		e.restore(w.n + int64(k) + 1)
	}
}

func resize[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}
