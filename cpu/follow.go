package cpu

import (
	"fmt"

	"einet/sim"
)

// followed is a variable of a neuron that is noted after every step, and where in the step's row.
type followed struct {
	sim.Followed
	column int
}

// Follow makes Advance note variables after each step.
func (e *Engine) Follow(list []sim.Followed) error {
	for _, f := range list {
		if err := sim.CheckRead(e.model, f.Variable, f.Population, f.Neuron, 1); err != nil {
			return fmt.Errorf("cpu: %w", err)
		}
	}
	e.width = len(list)
	for i := range e.shares {
		for k := range e.shares[i].pieces {
			p := &e.shares[i].pieces[k]
			p.followed = nil
			for column, f := range list {
				if tile := f.Neuron / lanes; f.Population == p.population && p.lo <= tile && tile < p.hi {
					p.followed = append(p.followed, followed{f, column})
				}
			}
		}
	}
	return nil
}

// Followed is what the last Advance noted.
func (e *Engine) Followed() []float32 { return e.followed[:int(e.step-e.from)*e.width] }

// note notes a variable after the step from n to n+1, if its neuron is in tiles lo to hi-1.
func (e *Engine) note(f *followed, n int64, lo, hi int) {
	if tile := f.Neuron / lanes; tile < lo || tile >= hi {
		return
	}
	at := int(n-e.from)*e.width + f.column
	e.populations[f.Population].read(f.Variable, f.Neuron, e.followed[at:at+1])
}
