package cpuref

import (
	"slices"

	"einet/sim"
)

// Receive delivers what relays have fired. Synapses that change have waited for it: their weights go by the spikes of both ends, step by step.
func (e *Engine) Receive(step int64, spikes []sim.Spike) error {
	for _, s := range spikes {
		e.deliver(s)
	}
	for n := e.passed + 1; n <= step && e.hasRelays; n++ {
		e.pass(slices.Concat(sim.Fired(e.waiting, n), sim.Fired(spikes, n)), uint32(n))
	}
	e.passed, e.waiting = step, e.waiting[:0]
	return nil
}
