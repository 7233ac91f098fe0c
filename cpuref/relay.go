package cpuref

import "einet/sim"

// Receive delivers what relays have fired.
func (e *Engine) Receive(_ int64, spikes []sim.Spike) error {
	for _, s := range spikes {
		e.deliver(s)
	}
	return nil
}
