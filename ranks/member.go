package ranks

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// A member is a rank that this process simulates.
type member struct {
	rank   int
	whole  *dynamics.Model
	model  *dynamics.Model // of the part
	engine sim.Receiver    // nil where the rank has no neurons

	synapses *connectome.Connectome // of the part, where some have long-term plasticity

	here   []int // of each population of the network the place in the part of the rank's neurons, or of a source; -1: none
	relays []int // of each population of the network the place of its relays; -1: none
	places []int // of each projection of the network that in the part; -1: none

	local   []sim.Spike // scratch
	own     []sim.Spike // that neurons of the rank fired in a window, by global ids
	sources []sim.Spike // likewise sources, which only rank 0 tells of
	told    []sim.Spike // scratch: what relays fire
	columns []int       // of what the network's engine follows those that are the rank's
	err     error       // of the window
}

func newMember(rank int, whole, part *dynamics.Model) *member {
	none := func(n int) []int { return slices.Repeat([]int{-1}, n) }
	m := &member{rank: rank, whole: whole, model: part, here: none(len(whole.Populations)), relays: none(len(whole.Populations)), places: none(len(whole.Projections))}
	for i := range part.Populations {
		if p := &part.Populations[i]; p.Relays {
			m.relays[p.Ordinal] = i
		} else {
			m.here[p.Ordinal] = i
		}
	}
	for k := range part.Projections {
		m.places[part.Projections[k].Ordinal] = k
	}
	return m
}

// of is the part of a connectome as the rank's model has it.
func (m *member) of(c *connectome.Connectome) *connectome.Connectome {
	var q connectome.Connectome
	for k := range m.model.Projections {
		p := &m.model.Projections[k]
		synapses := c.Projections[p.Ordinal]
		synapses.From, synapses.To = p.From, p.To
		q.Projections = append(q.Projections, synapses)
	}
	return &q
}

// owned is which neurons of a population of the network the rank has.
func (m *member) owned(population int) connectome.Range {
	if i := m.here[population]; i >= 0 {
		p := &m.model.Populations[i]
		return connectome.Range{First: p.Offset, End: p.Offset + p.Size}
	}
	return connectome.Range{}
}

// advance takes the rank through a window and notes what fired.
func (m *member) advance(steps int) {
	m.own, m.sources = m.own[:0], m.sources[:0]
	if m.engine == nil {
		return
	}
	if len(m.model.Changes()) != len(m.whole.Changes()) {
		m.model.Follow()
	}
	m.err = m.engine.Advance(context.Background(), steps)
	var err error
	m.local, err = m.engine.Spikes(m.local[:0])
	m.err = cmp.Or(m.err, err)
	i, step := 0, uint32(0)
	for _, s := range m.local {
		if s.Step != step {
			i, step = 0, s.Step
		}
		for int(s.Neuron) >= m.model.Populations[i].First+m.model.Populations[i].Size {
			i++
		}
		p := &m.model.Populations[i]
		s.Neuron += uint32(m.whole.Populations[p.Ordinal].First + p.Offset - p.First)
		if p.IsSource() {
			m.sources = append(m.sources, s)
		} else {
			m.own = append(m.own, s)
		}
	}
}

// receive tells the rank what fired on all ranks up to a step.
func (m *member) receive(step int64, spikes []sim.Spike) error {
	if m.engine == nil {
		return nil
	}
	m.told = m.told[:0]
	i, at := 0, uint32(0)
	for _, s := range spikes {
		if s.Step != at {
			i, at = 0, s.Step
		}
		for int(s.Neuron) >= m.whole.Populations[i].First+m.whole.Populations[i].Size {
			i++
		}
		if k := m.relays[i]; k >= 0 {
			s.Neuron += uint32(m.model.Populations[k].First - m.whole.Populations[i].First)
			m.told = append(m.told, s)
		}
	}
	return m.engine.Receive(step, m.told)
}

// read are the values of a variable of those of consecutive neurons that the rank has.
func (m *member) read(v sim.Variable, population, first, n int) ([]float32, error) {
	own := m.owned(population)
	lo, hi := max(first, own.First), min(first+n, own.End)
	if lo >= hi {
		return nil, nil
	}
	dst := make([]float32, hi-lo)
	return dst, m.engine.Read(v, m.here[population], lo-own.First, dst)
}

// gather are the values of a variable of those of some neurons that the rank has, in their order.
func (m *member) gather(v sim.Variable, population int, neurons []int) ([]float32, error) {
	own := m.owned(population)
	var mine []int
	for _, i := range neurons {
		if i >= own.First && i < own.End {
			mine = append(mine, i-own.First)
		}
	}
	if len(mine) == 0 {
		return nil, nil
	}
	dst := make([]float32, len(mine))
	return dst, m.engine.Gather(v, m.here[population], mine, dst)
}

// row is the rank's part of a row of the network; ok is false where it has none.
func (m *member) row(r sim.Row) (part sim.Row, own connectome.Range, ok bool) {
	if own = m.owned(r.Population); own.Size() == 0 {
		return sim.Row{}, own, false
	}
	return sim.Row{Name: r.Name, Population: m.here[r.Population], State: r.State, Size: own.Size()}, own, true
}

func (m *member) saver() (sim.Saver, error) {
	if e, can := m.engine.(sim.Saver); can {
		return e, nil
	}
	return nil, fmt.Errorf("the engine of rank %d can't be saved", m.rank)
}

func (m *member) save(r sim.Row) ([]uint32, error) {
	part, own, ok := m.row(r)
	if !ok {
		return nil, nil
	}
	e, err := m.saver()
	if err != nil {
		return nil, err
	}
	dst := make([]uint32, own.Size())
	return dst, e.Save(part, dst)
}

func (m *member) load(r sim.Row, words []uint32) error {
	part, own, ok := m.row(r)
	if !ok {
		return nil
	}
	e, err := m.saver()
	if err != nil {
		return err
	}
	return e.Load(part, words[own.First:own.End])
}

// resume has the rank go on behind a step: spikes under way are those of its sources and relays, and of its neurons where these are targets of synapses that
// change.
func (m *member) resume(step int64, underWay []sim.Spike, before [][]dynamics.Release) error {
	if m.engine == nil {
		return nil
	}
	e, err := m.saver()
	if err != nil {
		return err
	}
	var mine []sim.Spike
	for _, s := range underWay {
		i := m.whole.PopulationOf(int(s.Neuron))
		k := m.relays[i]
		if m.whole.Populations[i].IsSource() {
			k = m.here[i]
		}
		if k >= 0 {
			mine = append(mine, sim.Spike{Step: s.Step, Neuron: s.Neuron + uint32(m.model.Populations[k].First-m.whole.Populations[i].First)})
		}
		// Synapses that change have the spikes of their targets a delay later.
		if own, j := m.owned(i), int(s.Neuron)-m.whole.Populations[i].First; m.model.IsPlastic() && !m.whole.Populations[i].IsSource() && j >= own.First && j < own.End {
			mine = append(mine, sim.Spike{Step: s.Step, Neuron: uint32(m.model.Populations[m.here[i]].First + j - own.First)})
		}
	}
	slices.SortFunc(mine, compare)
	states := make([][]dynamics.Release, len(m.model.Projections))
	for k, at := range m.places {
		if at >= 0 && k < len(before) {
			states[at] = before[k]
		}
	}
	return e.Resume(step, mine, states)
}

// compare sorts by step and then neuron.
func compare(a, b sim.Spike) int {
	return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(a.Neuron, b.Neuron))
}

// follow has the rank note what it has of what the network's engine follows.
func (m *member) follow(list []sim.Followed) error {
	m.columns = m.columns[:0]
	var mine []sim.Followed
	for column, f := range list {
		if own := m.owned(f.Population); f.Neuron >= own.First && f.Neuron < own.End {
			m.columns = append(m.columns, column)
			mine = append(mine, sim.Followed{Variable: f.Variable, Population: m.here[f.Population], Neuron: f.Neuron - own.First})
		}
	}
	if m.engine == nil {
		return nil
	}
	e, can := m.engine.(sim.Follower)
	if !can {
		return fmt.Errorf("the engine of rank %d follows no neurons", m.rank)
	}
	return e.Follow(mine)
}

// followed is what the last window noted.
func (m *member) followed() []float32 {
	if len(m.columns) == 0 || m.engine == nil {
		return nil
	}
	return m.engine.(sim.Follower).Followed()
}
