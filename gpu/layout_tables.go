package gpu

import (
	"math"
	"slices"

	"einet/dynamics"
	"einet/network"
	"einet/program"
	"einet/rng"
	"einet/shaders/layout"
	"einet/sim"
)

// tableNormal is the place in tables of the cells of the normal distribution.
const tableNormal = 1

// Places in states of the first step that failed, where the network has programs or sources.
const (
	stateFailed = 0
	firstState  = 2
)

// lifStates is how many states of lif neurons without a program come before g of each receptor: V and the end of the clamp.
const lifStates = 2

// Models, as kernels number them.
var models = map[network.Neuron]layout.Model{
	network.LIF: layout.LIF, network.Poisson: layout.PoissonSource, network.SpikeSource: layout.SpikeSource,
}

func modelOf(p *dynamics.Population) layout.Model {
	if p.Cell != nil {
		return layout.Programmed
	}
	return models[p.Neuron]
}

// wordsOf is how many words a neuron of a population has in states: V, the end of the clamp and g of each receptor, or the states and
// own numbers of its program.
func wordsOf(p *dynamics.Population) int {
	switch {
	case p.Relays:
		return 0
	case p.IsSource():
		return 1
	case p.Cell != nil:
		return len(p.Cell.Program.States) + len(p.Cell.Program.Owns)
	}
	return lifStates + len(p.Receptors)
}

// stateOf is which of a neuron's states a variable is.
func stateOf(p *dynamics.Population, v sim.Variable) int {
	switch {
	case p.Cell != nil:
		return sim.CellState(p, v)
	case v == sim.V:
		return 0
	}
	return lifStates + int(v)
}

// place is that of a variable of a population's first neuron in states.
func (l *stateLayout) place(m *dynamics.Model, pop int, v sim.Variable) int {
	p := &m.Populations[pop]
	return l.states[pop] + stateOf(p, v)*p.Size
}

// initialWords are what the neurons of a population begin with, as they are in states.
func initialWords(m *dynamics.Model, i int) []uint32 {
	p := &m.Populations[i]
	switch {
	case p.IsSource():
		return make([]uint32, p.Size*wordsOf(p))
	case p.Cell != nil:
		return slices.Concat(slices.Concat(m.CellStates(i)...), slices.Concat(m.CellOwns(i)...))
	}
	words := make([]uint32, p.Size*wordsOf(p))
	put := func(state int, values []float32) {
		for k, x := range values {
			words[state*p.Size+k] = math.Float32bits(x)
		}
	}
	put(0, m.InitialV(i))
	for r := range p.Receptors {
		put(lifStates+r, m.InitialG(i, r)) // nothing where all is zero
	}
	return words
}

func appendBits(words []uint32, floats []float32) []uint32 {
	for _, x := range floats {
		words = append(words, math.Float32bits(x))
	}
	return words
}

// isGeneral tells whether some population is more than lif with exponential synapses, or some synapse changes.
func isGeneral(m *dynamics.Model) bool {
	for k := range m.Projections {
		if p := &m.Projections[k]; p.ShortTerm != nil || p.Plasticity != nil {
			return true
		}
	}
	for i := range m.Populations {
		if p := &m.Populations[i]; !p.Relays && (modelOf(p) != layout.LIF || len(p.Poisson) > 0) {
			return true
		}
	}
	return false
}

// drawsOf is how many random words a neuron of a population needs in a step.
func drawsOf(p *dynamics.Population) int {
	switch {
	case p.Neuron == network.Poisson:
		return 1
	case p.Cell != nil:
		return len(p.Poisson) + p.Cell.Program.Normals - firstNormal(p.Cell.Program)
	}
	return len(p.Poisson)
}

// firstNormal is the first of the normal numbers of a step that a program reads.
func firstNormal(p *program.Program) int {
	first := p.Normals
	for _, i := range p.Code {
		if i.Op == program.Normal {
			first = min(first, int(i.A))
		}
	}
	return first
}

// newTables are those that are the same for all populations.
func newTables() []uint32 {
	normal := rng.NormalTable()
	return appendBits(appendBits(make([]uint32, tableNormal), normal.Slope), normal.Offset)
}

// general is the part of a population's entry that only a general network has.
func (l *stateLayout) general(m *dynamics.Model, i int) layout.GeneralPopulation {
	p := &m.Populations[i]
	g := layout.GeneralPopulation{
		Model: modelOf(p), Program: layout.None, Constants: layout.None,
		Seed: m.Network.Seed, PoissonStream: p.PoissonKey.Stream, NoiseStream: p.Noise.Key.Stream, SpikeStream: p.SpikeKey.Stream, FirstBlock: uint32(p.Offset / 4),
		Train: l.addTrain(m, i), ShortTerm: l.shortTerm(m, i), Plastic: l.plasticLists[i], Members: l.addMembers(p), Inputs: uint32(len(p.Poisson)), Poisson: make([]layout.PoissonInput, max(1, l.inputs)),
	}
	if p.Cell != nil {
		g.Program, g.Constants = uint32(l.cells.of[i]), uint32(len(l.tables))
		g.FirstNormal, g.Normals = uint32(firstNormal(p.Cell.Program)), uint32(p.Cell.Program.Normals)
		l.tables = append(l.tables, p.Cell.Program.Constants...)
	}
	for k, in := range p.Poisson {
		g.Poisson[k] = layout.PoissonInput{
			Receptor: uint32(in.Receptor), Weight: in.Weight, Thresholds: uint32(len(l.tables)), Most: uint32(len(in.Thresholds)),
		}
		l.tables = append(l.tables, in.Thresholds...)
	}
	return g
}

// addMembers puts into tables which Poisson inputs each neuron receives, where some are of groups.
func (l *stateLayout) addMembers(p *dynamics.Population) uint32 {
	if !hasMembers(p) {
		return layout.None
	}
	first := len(l.tables)
	l.tables = append(l.tables, make([]uint32, p.Size)...)
	for k := range p.Poisson {
		for i, receives := range p.Receives(k) {
			l.tables[first+i] |= flag(receives) << k
		}
	}
	return uint32(first)
}

// hasMembers tells whether a population has Poisson inputs of groups.
func hasMembers(p *dynamics.Population) bool {
	return slices.ContainsFunc(p.Poisson, func(in dynamics.PoissonInput) bool { return in.IsOfGroup() })
}

// flag is 1 or 0.
func flag(is bool) uint32 {
	if is {
		return 1
	}
	return 0
}

// addTrain puts the spikes of a spike source into tables: for each neuron the place of
// its steps, and behind the last of these a step that never comes.
func (l *stateLayout) addTrain(m *dynamics.Model, i int) uint32 {
	p := &m.Populations[i]
	if p.Neuron != network.SpikeSource || p.Relays {
		return layout.None
	}
	steps := make([][]uint32, p.Size)
	for _, s := range m.Train(i) {
		steps[s.Neuron] = append(steps[s.Neuron], s.Step)
	}
	first := len(l.tables)
	l.tables = append(l.tables, make([]uint32, p.Size)...)
	for k, at := range steps {
		l.tables[first+k] = uint32(len(l.tables))
		l.tables = append(append(l.tables, at...), math.MaxUint32)
	}
	return uint32(first)
}
