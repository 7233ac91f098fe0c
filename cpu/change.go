package cpu

import (
	"cmp"
	"slices"

	"einet/sim"
)

// inhibit gives the populations the coefficients of that factor of inhibition.
func (e *Engine) inhibit(factor float32) error {
	if factor == e.inhibition {
		return nil
	}
	e.inhibition = factor
	for i := range e.populations {
		p := &e.populations[i]
		if p.IsSource() {
			continue
		}
		p.Population = e.model.Inhibited(i, factor)
		if p.Cell == nil {
			p.takeReceptors()
			continue
		}
		if p.native != nil {
			if err := p.native.Close(); err != nil {
				return err
			}
		}
		p.use(e.kernels)
	}
	return nil
}

// Lose keeps one coming spike from its targets, for experiments on chaos.
func (e *Engine) Lose(s sim.Spike) { e.lost, e.withheld = s, false }

// withhold takes the spike that is to be lost from those of a share's window, before they are posted.
func (e *Engine) withhold(s *share, w *window) {
	k := int64(e.lost.Step) - w.n - 1
	if e.lost.Step == 0 || k < 0 || k >= int64(w.steps) {
		return
	}
	for i := range s.pieces {
		p := &s.pieces[i]
		neuron := e.lost.Neuron - uint32(e.populations[p.population].First) // of other populations beyond all
		if at, found := slices.BinarySearch(p.fired[k], neuron); found {
			p.fired[k] = slices.Delete(p.fired[k], at, at+1)
			e.withheld = true
		}
	}
}

// restore puts the spike that was lost among those of its step, the last ones: it was fired.
func (e *Engine) restore(step int64) {
	if !e.withheld || int64(e.lost.Step) != step {
		return
	}
	at, _ := slices.BinarySearchFunc(e.spikes, e.lost, func(a, b sim.Spike) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
	})
	e.spikes = slices.Insert(e.spikes, at, e.lost)
}
