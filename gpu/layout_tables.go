package gpu

import (
	"math"

	"einet/dynamics"
	"einet/network"
	"einet/rng"
)

// none is the place of what a population does not have.
const none = math.MaxUint32

// Places in tables of what is always there: the first step that was not
// resolved, the polynomial and the cells of the normal distribution.
const (
	tableFailed = 0
	tablePhi    = 2
	tableNormal = tablePhi + 10
)

// Models and shapes, as general.glsl numbers them.
var (
	models = map[network.Neuron]uint32{network.LIF: 0, network.LIFCond: 1, network.Poisson: 2, network.SpikeSource: 3}
	shapes = map[network.Synapse]uint32{network.Exponential: 0, network.Alpha: 1, network.Delta: 2}
)

// A statePlaces says where the state of a population's neurons lies.
type statePlaces struct {
	clamped             int
	g, y                []int // of each receptor; -1 where it has none
	threshold, bias, ou int   // -1 where the population has none
}

// newStatePlaces takes room behind what is taken, and returns where it ends.
func newStatePlaces(p *dynamics.Population, taken int) (statePlaces, int) {
	take := func(has bool) int {
		if !has {
			return -1
		}
		taken += p.Size
		return taken - p.Size
	}
	s := statePlaces{clamped: take(true)}
	for r := range p.Receptors {
		s.g = append(s.g, take(p.Receptors[r].States() > 0))
		s.y = append(s.y, take(p.Receptors[r].States() > 1))
	}
	s.threshold, s.bias, s.ou = take(p.HasThresholds()), take(p.HasBiases()), take(p.Noise.HasOU())
	return s, taken
}

// place is a place as shaders have it.
func place(at int) uint32 {
	if at < 0 {
		return none
	}
	return uint32(at)
}

// isGeneral tells whether some population is more than lif with exponential synapses.
func isGeneral(m *dynamics.Model) bool {
	for i := range m.Populations {
		p := &m.Populations[i]
		if p.Neuron != network.LIF || p.HasThresholds() || p.HasBiases() || p.Noise.HasWhite() || p.Noise.HasOU() || len(p.Poisson) > 0 {
			return true
		}
		for _, r := range p.Receptors {
			if r.Synapse != network.Exponential {
				return true
			}
		}
	}
	return false
}

// newTables are those that are the same for all populations.
func newTables() []uint32 {
	t := make([]uint32, tableNormal)
	t[tableFailed+1] = math.MaxUint32
	for i, c := range dynamics.Phi {
		t[tablePhi+i] = math.Float32bits(c)
	}
	normal := rng.NormalTable()
	for _, cells := range [][]float32{normal.Slope, normal.Offset} {
		for _, x := range cells {
			t = append(t, math.Float32bits(x))
		}
	}
	return t
}

// general is the part of a population's entry that only a general network has.
func (l *stateLayout) general(m *dynamics.Model, i int) []uint32 {
	f := math.Float32bits
	p, s := &m.Populations[i], &l.states[i]
	white := uint32(0)
	if p.Noise.HasWhite() {
		white = 1
	}
	words := []uint32{
		models[p.Neuron], place(s.threshold), place(s.bias), place(s.ou), white,
		f(p.Leak), f(p.PerC), f(p.Noise.White), f(p.Noise.MUU), f(p.Noise.PVU), f(p.Noise.Kick), f(p.Noise.Grid),
		m.Network.Seed, p.PoissonKey.Stream, p.Noise.Key.Stream, p.SpikeKey.Stream,
		l.addTrain(m, i), uint32(len(p.Poisson)),
	}
	for k := range l.inputs {
		if k >= len(p.Poisson) {
			words = append(words, 0, 0, 0, 0)
			continue
		}
		in := &p.Poisson[k]
		words = append(words, uint32(in.Receptor), uint32(in.Weight), uint32(len(l.tables)), uint32(len(in.Thresholds)))
		l.tables = append(l.tables, in.Thresholds...)
	}
	return words
}

// addTrain puts the spikes of a spike source into tables: for each neuron the place of
// its steps, and behind the last of these a step that never comes.
func (l *stateLayout) addTrain(m *dynamics.Model, i int) uint32 {
	p := &m.Populations[i]
	if p.Neuron != network.SpikeSource {
		return none
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
