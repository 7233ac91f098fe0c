package cpuref

import (
	"fmt"
	"math"

	"einet/dynamics"
	"einet/sim"
)

// Save copies a row of the state.
func (e *Engine) Save(r sim.Row, dst []uint32) error {
	p := &e.populations[r.Population]
	if r.State == dynamics.CellUntil && p.cells == nil {
		for k, n := range p.until {
			dst[k] = uint32(dynamics.Clock(n))
		}
		return nil
	}
	for k := range dst {
		if p.cells != nil {
			dst[k] = p.cells[k].States[r.State]
		} else {
			dst[k] = math.Float32bits(p.floats(r.State)[k])
		}
	}
	return nil
}

// Load sets a row of the state.
func (e *Engine) Load(r sim.Row, words []uint32) error {
	p := &e.populations[r.Population]
	if r.State == dynamics.CellUntil && p.cells == nil {
		for k, w := range words {
			p.until[k] = dynamics.StepOf(int32(w))
		}
		return nil
	}
	for k, w := range words {
		if p.cells != nil {
			p.cells[k].States[r.State] = w
		} else {
			p.floats(r.State)[k] = math.Float32frombits(w)
		}
	}
	return nil
}

// floats are the values of a row that is of numbers.
func (p *population) floats(state int) []float32 {
	if state == dynamics.CellV {
		return p.v
	}
	if p.Cell == nil {
		return p.g[state-sim.RowG]
	}
	for r := range p.Receptors {
		switch state {
		case p.Cell.G[r]:
			return p.g[r]
		case p.Cell.Y[r]:
			return p.y[r]
		}
	}
	return p.u
}

// Resume goes on behind a step: the spikes under way are delivered again, each at its step, and what has arrived up to there is forgotten.
func (e *Engine) Resume(step int64, underWay []sim.Spike, before [][]dynamics.Release) error {
	if err := sim.CheckResume(e.model, e, step, underWay, before); err != nil {
		return fmt.Errorf("cpuref: %w", err)
	}
	sim.CopyReleases(e.releases, before)
	for e.step = max(0, step-int64(e.model.MaxDelay)); e.step < step; {
		e.step++
		for i := range e.populations {
			p := &e.populations[i]
			if p.IsSource() {
				continue
			}
			for _, arriving := range p.arriving[int(e.step)%len(p.arriving)] {
				clear(arriving)
			}
		}
		for _, s := range sim.Fired(underWay, e.step) {
			e.deliver(s)
		}
	}
	if err := e.resumePlastic(step, underWay); err != nil {
		return err
	}
	e.passed = step
	for i := range e.populations {
		p := &e.populations[i]
		for len(p.train) > 0 && int64(p.train[0].Step) <= step {
			p.train = p.train[1:]
		}
	}
	return nil
}
