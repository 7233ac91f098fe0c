//go:build cgo && !nogl

package gpu

import "einet/sim"

// relays are the populations that stand for the neurons of all ranks. The host sends what they are told to fire, and has their states of
// short-term plasticity.
type relays struct {
	received int64 // the step up to which they have been told
	releases *sim.Releases
}

// Receive sends what relays have fired, once the device is done with what is queued.
func (e *Engine) Receive(step int64, spikes []sim.Spike) error {
	if err := e.wait(); err != nil {
		return err
	}
	if e.relays.releases == nil {
		e.relays.releases = sim.NewReleases(e.model)
	}
	from := e.relays.received
	e.relays.received = step
	if err := e.send(e.batches[0], from, step, spikes, e.relays.releases); err != nil {
		return e.stop(err)
	}
	return nil
}
