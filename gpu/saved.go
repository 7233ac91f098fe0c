//go:build cgo && !nogl

package gpu

import (
	"cmp"
	"fmt"
	"math"

	"einet/dynamics"
	"einet/network"
	"einet/shaders/layout"
	"einet/sim"
)

// rowOf is the place of a row in states. Clocks of neurons without a program are plain steps there.
func (e *Engine) rowOf(r sim.Row) (at int, plain bool) {
	p := &e.model.Populations[r.Population]
	return e.layout.states[r.Population] + r.State*p.Size, p.Cell == nil && r.State == dynamics.CellUntil
}

// turn makes clocks of steps, and steps of clocks.
func turn(words []uint32) {
	for i := range words {
		words[i] ^= 1 << 31
	}
}

// Save copies a row of the state, after waiting for the device.
func (e *Engine) Save(r sim.Row, dst []uint32) error {
	at, plain := e.rowOf(r)
	err := e.states.Read(at, dst)
	if plain {
		turn(dst)
	}
	return err
}

// Load sets a row of the state.
func (e *Engine) Load(r sim.Row, words []uint32) error {
	at, plain := e.rowOf(r)
	if plain {
		words = append([]uint32(nil), words...)
		turn(words)
	}
	return e.states.Upload(at, words)
}

// Resume goes on behind a step: the device sends the spikes under way again, a window at a time, and what has arrived up to there is
// forgotten.
func (e *Engine) Resume(step int64, underWay []sim.Spike, before [][]dynamics.Release) error {
	if err := sim.CheckResume(e.model, e, step, underWay, before); err != nil {
		return fmt.Errorf("gpu: %w", err)
	}
	if step > math.MaxInt32 {
		return fmt.Errorf("gpu: resume: step %d: a run has at most 2^31-1 steps", step)
	}
	b, releases, spikes := e.batches[0], sim.NewReleases(e.model), underWay
	sim.CopyReleases(releases.States, before)
	for from := max(0, step-int64(e.model.MaxDelay)); from < step; {
		to := min(step, from+int64(e.layout.window))
		n := len(underWay)
		for n > 0 && int64(underWay[n-1].Step) > to {
			n--
		}
		if err := e.again(b, from, to, underWay[:n], releases); err != nil {
			return err
		}
		from, underWay = to, underWay[n:]
	}
	if err := cmp.Or(e.loadReleases(releases.States), e.resumePlastic(step, spikes)); err != nil {
		return err
	}
	e.step, e.seen, e.relays.releases = step, step, releases
	e.relays.received = step
	return e.resumeTrains(step)
}

// again forgets what arrives in the steps behind from, up to to, and sends the spikes of these, which take the states
// of short-term plasticity on.
func (e *Engine) again(b *batch, from, to int64, spikes []sim.Spike, releases *sim.Releases) error {
	for n := from + 1; n <= to; n++ {
		if err := e.clearArriving(int(n % int64(e.layout.slots))); err != nil {
			return err
		}
	}
	return e.send(b, from, to, spikes, releases)
}

// send sends spikes of the steps behind from, up to to, which take the states of short-term plasticity on: as many at a time as there is
// room for.
func (e *Engine) send(b *batch, from, to int64, spikes []sim.Spike, releases *sim.Releases) error {
	for len(spikes) > e.layout.ring {
		if err := e.send(b, from, to, spikes[:e.layout.ring], releases); err != nil {
			return err
		}
		spikes = spikes[e.layout.ring:]
	}
	factors := e.factors(releases, spikes)
	if len(spikes) == 0 || len(e.pages) == 0 {
		return nil
	}
	window := []layout.Window{{
		GroupsX: uint32(min(len(spikes), maxIndirectGroups(e.c.Device()))), GroupsY: uint32(e.deal.groups), GroupsZ: 1,
		Spikes: uint32(len(spikes)), Step: int32(from), Steps: int32(to - from),
	}}
	err := e.c.Do(func() error {
		if err := b.records.Upload(0, window); err != nil {
			return err
		}
		if err := b.ring.Upload(0, spikes); err != nil {
			return err
		}
		if len(factors) > 0 {
			if err := b.ring.Upload(e.layout.ring, factors); err != nil {
				return err
			}
		}
		if err := e.bindBatch(b); err != nil {
			return err
		}
		if err := e.bindNow(0); err != nil {
			return err
		}
		for i := range e.pages {
			if e.rebinds() {
				if err := bindAll(e.pages[i]...); err != nil {
					return err
				}
			}
			if err := e.deliver.launchIndirect(0, barriers); err != nil {
				return err
			}
		}
		return b.records.Read(0, window)
	})
	if err == nil && window[0].Delivered != uint32(len(e.pages)) {
		err = e.c.dropped(fmt.Sprintf("of the steps from %d to %d some were not sent again", from+1, to))
	}
	return err
}

// factors are those of spikes, as a ring has them behind its spikes: two take the room of a spike.
func (e *Engine) factors(releases *sim.Releases, spikes []sim.Spike) []sim.Spike {
	n := e.layout.pairs
	if n == 0 {
		return nil
	}
	pairs := make([]sim.Spike, n*len(spikes))
	var factors []uint32
	for k, s := range spikes {
		factors = releases.Fire(s, factors[:0])
		for slot, f := range factors {
			if pair := &pairs[k*n+slot/2]; slot%2 == 0 {
				pair.Step = f
			} else {
				pair.Neuron = f
			}
		}
	}
	return pairs
}

// loadReleases gives the device the states of short-term plasticity.
func (e *Engine) loadReleases(states [][]dynamics.Release) error {
	for k, of := range states {
		if of == nil || e.model.Populations[e.model.Projections[k].From].Relays {
			continue
		}
		n := len(of)
		words := make([]uint32, releaseWords*n)
		for i, r := range of {
			words[i], words[n+i], words[2*n+i] = r.Facilitated, r.Depleted, r.Last
		}
		if err := e.states.Upload(e.layout.releases[k], words); err != nil {
			return err
		}
	}
	return nil
}

// clearArriving forgets what arrives in a slot.
func (e *Engine) clearArriving(slot int) error {
	s, bytes := e.arriving.base(), 4*e.layout.stride
	return s.on("clearing", func() { s.clear(slot*bytes, bytes) })
}

// resumeTrains tells the neurons of spike sources how many of their spikes are over.
func (e *Engine) resumeTrains(step int64) error {
	for i := range e.model.Populations {
		p := &e.model.Populations[i]
		if p.Neuron != network.SpikeSource || p.Relays {
			continue
		}
		over := make([]uint32, p.Size)
		for _, s := range e.model.Train(i) {
			if int64(s.Step) <= step {
				over[s.Neuron]++
			}
		}
		if err := e.states.Upload(e.layout.states[i], over); err != nil {
			return err
		}
	}
	return nil
}
