package cpu

import (
	"slices"
	"sort"

	"einet/sim"
)

// relays are the populations that stand for the neurons of all ranks. They are pieces of a share that no worker takes: it posts what it is
// told, before any of that is due.
type relays struct {
	share
	received int64 // the step up to which they have been told
}

// beginRelays makes a piece of each population of relays.
func (e *Engine) beginRelays() {
	for i := range e.populations {
		if e.populations[i].Relays {
			e.relays.pieces = append(e.relays.pieces, piece{population: i, fired: newLists(e.model.MinDelay)})
		}
	}
}

// sourceRelays makes the relays sources.
func (e *Engine) sourceRelays() {
	for k, p := range e.relays.pieces {
		e.sources[p.population] = []source{{&e.relays.share, k}}
	}
}

// posters are all that post: the workers' shares and the relays.
func (e *Engine) posters() []*share {
	var all []*share
	for i := range e.shares {
		all = append(all, &e.shares[i])
	}
	if e.relays.pieces != nil {
		all = append(all, &e.relays.share)
	}
	return all
}

// Receive posts what relays have fired.
func (e *Engine) Receive(step int64, spikes []sim.Spike) error {
	e.receive(step, spikes)
	return nil
}

// receive posts the windows up to a step with those of some sorted spikes that are of relays and in them.
func (e *Engine) receive(step int64, spikes []sim.Spike) {
	if e.relays.pieces == nil {
		return
	}
	for i := 0; ; i++ {
		w := e.windows.at(i)
		if w.steps <= 0 || w.last() > step {
			break
		}
		if w.n < e.relays.received {
			continue
		}
		for k := range w.steps {
			e.firedTo(k, sim.Fired(spikes, w.n+int64(k)+1))
		}
		e.post(&e.relays.share, &w)
	}
	e.relays.received = step
}

// firedTo gives each piece of relays its part of the spikes of step k of a window.
func (e *Engine) firedTo(k int, spikes []sim.Spike) {
	for i := range e.relays.pieces {
		p := &e.relays.pieces[i]
		first := e.populations[p.population].First
		end := first + e.populations[p.population].Size
		at, _ := slices.BinarySearchFunc(spikes, first, func(s sim.Spike, id int) int { return int(s.Neuron) - id })
		n := sort.Search(len(spikes)-at, func(j int) bool { return int(spikes[at+j].Neuron) >= end })
		for _, s := range spikes[at : at+n] {
			p.fired[k] = append(p.fired[k], s.Neuron-uint32(first))
		}
	}
}
