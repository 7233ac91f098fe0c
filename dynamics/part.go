package dynamics

import (
	"einet/connectome"
	"einet/network"
)

// Part is the model of what one rank simulates (docs/equations.md, "Ranks"): of each population the neurons in own, [population], and all
// neurons of sources from which something reaches them; with sources, all of these. Populations without any of that are not in it. Spikes
// come to the part's neurons from sources, and in the place of every other population from its relays, which stand behind all else in
// file order: as many as the population has neurons, on all ranks. They fire when the engine is told (sim.Receiver). So no projection
// begins at the part's own neurons. Changes of m after Part are the part's once it is told to Follow.
func (m *Model) Part(own []connectome.Range, sources bool) *Model {
	net := *m.Network
	net.Populations, net.Projections = nil, nil
	p := &Model{Network: &net, MinDelay: m.MinDelay, MaxDelay: m.MaxDelay, rounding: m.rounding, losses: m.losses, changes: m.changes, whole: m}
	reaches := make([]bool, len(m.Populations)) // from population i to neurons of the part
	for k := range m.Projections {
		if q := &m.Projections[k]; own[q.To].Size() > 0 {
			reaches[q.From] = true
		}
	}
	here, from := make([]int, len(m.Populations)), make([]int, len(m.Populations)) // places in the part: of neurons, and of what fires for them
	add := func(q Population, of int) int {
		if n := len(p.Populations); n > 0 {
			q.First = p.Populations[n-1].First + p.Populations[n-1].Size
		} else {
			q.First = 0
		}
		p.Populations, net.Populations = append(p.Populations, q), append(net.Populations, m.Network.Populations[of])
		net.Populations[len(net.Populations)-1].Size = q.Size
		return len(p.Populations) - 1
	}
	for i, q := range m.Populations {
		switch {
		case q.IsSource() && (reaches[i] || sources):
			from[i] = add(q, i)
		case !q.IsSource() && own[i].Size() > 0:
			q.Offset, q.Size = own[i].First, own[i].Size()
			q.Noise.cut(q.Offset, q.Size)
			here[i] = add(q, i)
		}
	}
	for i, q := range m.Populations {
		if reaches[i] && !q.IsSource() {
			from[i] = add(Population{Ordinal: i, Size: q.Size, Neuron: network.SpikeSource, Relays: true, AtOnce: 1, steady: true}, i)
			net.Populations[from[i]].Neuron, net.Populations[from[i]].Model = network.SpikeSource, nil
		}
	}
	for k, q := range m.Projections {
		if own[q.To].Size() > 0 {
			q.From, q.To = from[q.From], here[q.To]
			if q.ShortTerm != nil {
				s := *q.ShortTerm
				q.ShortTerm, s.Slot = &s, p.nextSlot(q.From)
			}
			p.Projections, net.Projections = append(p.Projections, q), append(net.Projections, m.Network.Projections[k])
		}
	}
	return p
}

// Follow makes the changes of the network that a part is of the part's own.
func (m *Model) Follow() {
	m.changes = m.whole.changes
	for i := range m.Populations {
		if p := &m.Populations[i]; !p.Relays {
			p.courses, p.steady = m.whole.Populations[p.Ordinal].courses, m.whole.Populations[p.Ordinal].steady
		}
	}
}

// has tells whether neuron n of the population, as it is numbered on all ranks, is among those of the model.
func (p *Population) has(n int) bool { return n >= p.Offset && n < p.Offset+p.Size }
