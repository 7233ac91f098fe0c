package gpu

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"

	"einet/connectome"
	"einet/dynamics"
	"einet/shaders"
	"einet/shaders/layout"
)

// plasticLayout says where long-term plasticity is on a device. Behind the states of all neurons lie the traces of sources and the last spikes of targets;
// behind the spikes of a ring what they leave; in tables, in front of what populations have there, the projections.
type plasticLayout struct {
	plastic      []int          // projections that have it, in file order
	recall       int            // spikes of a target that are remembered, a power of two; 0 where none is plastic
	every        int            // steps behind which all synapses are brought up to date, at most
	links        int            // place among the pairs of words behind a spike
	records      int            // place in tables
	sourceTraces map[int]int    // [projection] place in states
	targetSpikes map[int]int    // likewise
	plasticRows  []int          // [of plastic] place of the first source's among the rows of a page; behind the last, how many there are
	plasticLists map[int]uint32 // [population] place in tables of what is from it and to it
}

// wantedRecall is for how many steps the spikes of targets are remembered, if they have room.
const wantedRecall = 1000

// wordsOfTarget is how many words a target has.
func wordsOfTarget(recall int) int { return 1 + 3*recall }

// layoutPlastic gives states their places and fills tables, which have nothing of populations yet.
func (l *stateLayout) layoutPlastic(m *dynamics.Model, b bounds) {
	l.sourceTraces, l.targetSpikes, l.plasticLists = map[int]int{}, map[int]int{}, map[int]uint32{}
	for k := range m.Projections {
		if m.Projections[k].Plasticity != nil {
			l.plastic = append(l.plastic, k)
		}
	}
	if len(l.plastic) == 0 {
		return
	}
	l.chooseRecall(m, b)
	l.links = l.pairs
	rows := 0
	for _, k := range l.plastic {
		p := &m.Projections[k]
		l.pairs = max(l.pairs, l.links+1+2*(p.Plasticity.SourceSlot+1))
		l.sourceTraces[k] = l.stateSize
		l.stateSize += 3 * m.Populations[p.From].Size
		l.targetSpikes[k] = l.stateSize
		l.stateSize += wordsOfTarget(l.recall) * m.Populations[p.To].Size
		l.plasticRows = append(l.plasticRows, rows)
		rows += m.Populations[p.From].Size + 1
	}
	l.plasticRows = append(l.plasticRows, rows)
	l.records = len(l.tables)
	l.tables = append(l.tables, make([]uint32, len(l.plastic)*int(layout.WordsOf))...)
	for n, k := range l.plastic {
		record := l.plasticRecord(m, n, k) // which appends to tables
		copy(l.tables[l.record(n):], record)
	}
	from, to := m.Plastic()
	for i := range m.Populations {
		if len(from[i])+len(to[i]) == 0 {
			continue
		}
		l.plasticLists[i] = uint32(len(l.tables))
		for _, list := range [][]int{from[i], to[i]} {
			l.tables = append(l.tables, uint32(len(list)))
			for _, k := range list {
				n, _ := slices.BinarySearch(l.plastic, k)
				l.tables = append(l.tables, uint32(l.record(n)))
			}
		}
	}
}

// record is the place in tables of the n-th projection with plasticity.
func (l *stateLayout) record(n int) int { return l.records + n*int(layout.WordsOf) }

// chooseRecall chooses how many spikes of a target are remembered. Up to a step at which all synapses were brought up to date they are not needed but
// for the last one, and those that have not come to the synapses. So it is known how many there can be when.
func (l *stateLayout) chooseRecall(m *dynamics.Model, b bounds) {
	targets := 0
	for _, k := range l.plastic {
		targets += m.Populations[m.Projections[k].To].Size
	}
	need := min(m.MinDelay, b.window)
	for l.recall = 4; ; l.recall *= 2 {
		l.every = math.MaxInt32
		for _, k := range l.plastic {
			l.every = min(l.every, stepsOf(m, k, l.recall))
		}
		enough := l.every >= need
		if enough && (l.every >= wantedRecall || 4*int64(wordsOfTarget(2*l.recall))*int64(targets) > b.recall) || l.recall >= 1<<20 {
			return
		}
	}
}

// stepsOf is how many steps may go by until the spikes of targets of projection k that are remembered would be too few.
func stepsOf(m *dynamics.Model, k, recall int) int {
	p := &m.Projections[k]
	return sort.Search(1<<24, func(steps int) bool {
		return m.MostSpikes(p.To, steps+1+p.MaxDelay)/m.Populations[p.To].Size+1 > recall
	})
}

// plasticRecord is what kernels know of the n-th projection with plasticity, which is k.
func (l *stateLayout) plasticRecord(m *dynamics.Model, n, k int) []uint32 {
	p := &m.Projections[k]
	q, from, to := p.Plasticity, &m.Populations[p.From], &m.Populations[p.To]
	w := make([]uint32, layout.WordsOf)
	for place, x := range map[layout.PlasticWord]int{
		layout.FirstSource: from.First, layout.SourcesOf: from.Size, layout.RowsOf: l.plasticRows[n], layout.SourceTraces: l.sourceTraces[k],
		layout.TargetSpikes: l.targetSpikes[k], layout.SourceSlot: q.SourceSlot, layout.ArrivingOf: l.receptor(to, p.To, p.Receptor),
		layout.DelayOf: p.Delay, layout.TargetBits: targetBits(to.Size), layout.MaxWeight: int(uint32(p.MaxWeight)),
	} {
		w[place] = uint32(x)
	}
	w[layout.RuleOf], w[layout.Nearest], w[layout.Low], w[layout.Alpha] = uint32(q.Rule), flag(q.Nearest), q.Low, q.Alpha
	w[layout.Plus], w[layout.Minus], w[layout.Plus3], w[layout.Minus3] = q.Plus, q.Minus, q.Plus3, q.Minus3
	switch {
	case q.Power != nil:
		w[layout.Power] = uint32(len(l.tables))
		l.tables = append(l.tables, q.Power[:]...)
	case q.Mu != 0:
		w[layout.Power] = 1
	}
	w[layout.DecaySource], w[layout.DecayTarget] = l.decay(&q.Source), l.decay(&q.Target)
	w[layout.DecaySlowSource], w[layout.DecaySlowTarget] = l.decay(&q.SlowSource), l.decay(&q.SlowTarget)
	return w
}

// targetBits are those of a target, of so many, in a synapse.
func targetBits(targets int) int { return bits.Len(uint(targets - 1)) }

// plasticDefines are what kernels are compiled with besides.
func (l *stateLayout) plasticDefines(d shaders.Defines) shaders.Defines {
	d["RECALL"] = l.recall
	if l.recall > 0 {
		d["RING"], d["FACTORS"], d["LINKS"] = l.ring, l.pairs, l.links
	}
	return d
}

// changeDefines are what plastic.comp is compiled with; whether to settle.
func (l *stateLayout) changeDefines(settle bool) shaders.Defines {
	return l.plasticDefines(shaders.Defines{"SLOTS": l.slots, "STRIDE": l.stride, "PLASTIC": l.records, "PLASTICS": len(l.plastic), "SETTLE": settle})
}

// settles tells whether all synapses are brought up to date behind a window: another may be too much.
func (l *stateLayout) settles(w *layout.Window) bool {
	return l.recall > 0 && int(w.Step)+int(w.Steps)+l.window-int(w.Settled) > l.every
}

// arrivingNumbers is how many numbers of input on its way there are: of synapses that change as many again.
func (l *stateLayout) arrivingNumbers() int {
	if l.recall > 0 {
		return 2 * l.slots * l.stride
	}
	return l.slots * l.stride
}

// plasticBytes are those of a synapse on a device: what it is and its weight.
const plasticBytes = 8

// static is a connectome without the synapses that change.
func static(m *dynamics.Model, syn *connectome.Connectome) *connectome.Connectome {
	if !m.IsPlastic() {
		return syn
	}
	c := &connectome.Connectome{Projections: slices.Clone(syn.Projections)}
	for k := range c.Projections {
		if m.Projections[k].Plasticity != nil {
			c.Projections[k].Blocks = nil
		}
	}
	return c
}

// plasticGroups is how many work groups take a row: an invocation has but a few synapses of the longest.
func plasticGroups(longest int) int {
	const each = 4 * deliverLocal
	return cmp.Or((longest+each-1)/each, 1)
}
