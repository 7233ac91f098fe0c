package cpu

import (
	"fmt"
	"math"
	"slices"

	"einet/dynamics"
	"einet/sim"
)

// unit is the unit of a row, a power of two.
func (p *population) unit(state int) float32 {
	if p.Cell != nil || state < rowG {
		return 1
	}
	return p.Receptors[state-rowG].Scale
}

// Save copies a row of the state.
func (e *Engine) Save(r sim.Row, dst []uint32) error {
	p := &e.populations[r.Population]
	unit := p.unit(r.State)
	for k := range dst {
		x := p.row(k/lanes, r.State)[k%lanes]
		if unit != 1 {
			x *= unit
		}
		dst[k] = math.Float32bits(x)
	}
	return nil
}

// Load sets a row of the state. The lanes behind the last neuron of a program have its state, others are clamped.
func (e *Engine) Load(r sim.Row, words []uint32) error {
	p := &e.populations[r.Population]
	if p.Cell != nil {
		p.loadRow(r.State, words)
		return nil
	}
	unit := p.unit(r.State)
	for k, w := range words {
		x := math.Float32frombits(w)
		if unit != 1 {
			x /= unit
		}
		p.row(k/lanes, r.State)[k%lanes] = x
	}
	return nil
}

// Resume goes on behind a step: the windows before it pass again with the spikes that there were in place of updates, and what has
// arrived up to there is forgotten.
func (e *Engine) Resume(step int64, underWay []sim.Spike, before [][]dynamics.Release) error {
	if err := sim.CheckResume(e.model, e, step, underWay, before); err != nil {
		return fmt.Errorf("cpu: %w", err)
	}
	if err := e.loadPlastic(step); err != nil {
		return err
	}
	sim.CopyReleases(e.releases, before)
	e.step = max(0, step-int64(e.model.MaxDelay))
	e.origin, e.recalling, e.recalled = e.step, true, underWay
	e.relays.received = e.step
	for e.step < step {
		steps := int(min(stepsPerBatch, step-e.step))
		if e.relays.pieces != nil {
			steps = min(steps, e.model.MinDelay)
		}
		e.simulate(plan{steps, 1})
		e.step += int64(steps)
		e.receive(e.step, underWay)
	}
	e.settle(false)
	e.recalling, e.recalled, e.spikes = false, nil, e.spikes[:0]
	for i := range e.populations {
		p := &e.populations[i]
		for len(p.train) > 0 && int64(p.train[0].Step) <= step {
			p.train = p.train[1:]
		}
	}
	return nil
}

// recall takes a share's neurons through step k of a window in place of update: they fire as they did, and forget what arrives.
func (e *Engine) recall(s *share, w *window, k int) {
	step := w.n + int64(k) + 1
	fired := sim.Fired(e.recalled, step)
	for i := range s.pieces {
		p := &s.pieces[i]
		pop := &e.populations[p.population]
		first, end := pop.First+p.lo*lanes, pop.First+min(p.hi*lanes, pop.Size)
		at, _ := slices.BinarySearchFunc(fired, first, func(s sim.Spike, id int) int { return int(s.Neuron) - id })
		for ; at < len(fired) && int(fired[at].Neuron) < end; at++ {
			p.fired[k] = append(p.fired[k], fired[at].Neuron-uint32(pop.First))
		}
		if pop.IsSource() {
			continue
		}
		for r := range pop.Receptors {
			clear(pop.arriving[int(step%int64(len(pop.arriving)))][r][p.lo:p.hi])
		}
	}
}
