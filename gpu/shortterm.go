package gpu

import (
	"einet/dynamics"
	"einet/shaders"
)

// shortTermLayout says where short-term plasticity is on a device: the state of sources behind that of all neurons, and the factors of
// spikes behind the spikes of a ring, where two take the room of a spike.
type shortTermLayout struct {
	releases []int                  // [projection] place in states of v, y and l of its sources, one after the other; of projections that have some
	factored bool                   // whether spikes have factors
	pairs    int                    // of words of a spike: of factors, and behind them of what synapses need that change for longer
	decays   map[dynamics.Decay]int // places in tables
}

// layoutShortTerm gives states their places.
func (l *stateLayout) layoutShortTerm(m *dynamics.Model) {
	l.releases, l.decays = make([]int, len(m.Projections)), map[dynamics.Decay]int{}
	for k := range m.Projections {
		if p := &m.Projections[k]; p.ShortTerm != nil {
			if !m.Populations[p.From].Relays { // the host has theirs
				l.releases[k] = l.stateSize
				l.stateSize += releaseWords * m.Populations[p.From].Size
			}
			l.factored, l.pairs = true, max(l.pairs, p.ShortTerm.Slot/2+1)
		}
	}
}

// releaseWords are those of a source's state.
const releaseWords = 3

// spikeRoom is the bytes that a spike takes in a ring with what is behind it.
func (l *stateLayout) spikeRoom() int64 { return spikeBytes * int64(1+l.pairs) }

// shortTerm puts the projections from population i that have short-term plasticity into tables, and returns the place.
func (l *stateLayout) shortTerm(m *dynamics.Model, i int) uint32 {
	var words []uint32
	if m.Populations[i].Relays {
		return 0
	}
	for k := range m.Projections {
		p := &m.Projections[k]
		if p.From != i || p.ShortTerm == nil {
			continue
		}
		s := p.ShortTerm
		words = append(words, uint32(l.releases[k]), s.U, s.Rest, l.decay(&s.Facil), l.decay(&s.Recover))
	}
	if len(words) == 0 {
		return 0 // where a 0 stands
	}
	at := len(l.tables)
	l.tables = append(append(l.tables, uint32(len(words)/5)), words...)
	return uint32(at)
}

// decay is the place of a decay in tables.
func (l *stateLayout) decay(d *dynamics.Decay) uint32 {
	at, there := l.decays[*d]
	if !there {
		at = len(l.tables)
		l.decays[*d] = at
		for i := range d {
			l.tables = append(l.tables, d[i][:]...)
		}
	}
	return uint32(at)
}

// shortTermDefines are what kernels are compiled with besides.
func (l *stateLayout) shortTermDefines(d shaders.Defines) shaders.Defines {
	d["SHORT_TERM"] = l.factored
	if l.factored {
		d["RING"], d["FACTORS"] = l.ring, l.pairs
	}
	return d
}

// slotOf is 1 + the slot of a projection's short-term plasticity, or 0.
func slotOf(p *dynamics.Projection) uint32 {
	if p.ShortTerm == nil {
		return 0
	}
	return uint32(1 + p.ShortTerm.Slot)
}
