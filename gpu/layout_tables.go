package gpu

import (
	"math"

	"einet/dynamics"
	"einet/network"
	"einet/rng"
	"einet/shaders/layout"
)

// Places in tables of what is always there: the first step that was not
// resolved, the polynomial and the cells of the normal distribution.
const (
	tableFailed = 0
	tablePhi    = 2
	tableNormal = tablePhi + 10
)

// Models and shapes, as kernels number them.
var (
	models = map[network.Neuron]layout.Model{
		network.LIF: layout.LIF, network.LIFCond: layout.LIFCond, network.Poisson: layout.PoissonSource, network.SpikeSource: layout.SpikeSource,
	}
	shapes = map[network.Synapse]layout.Shape{network.Exponential: layout.Exponential, network.Alpha: layout.Alpha, network.Delta: layout.Delta}
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
		return layout.None
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

// drawsOf is how many words a neuron of a population needs in a step.
func drawsOf(p *dynamics.Population) int {
	n := len(p.Poisson)
	for _, has := range []bool{p.Neuron == network.Poisson, p.Noise.HasWhite(), p.Noise.HasOU()} {
		if has {
			n++
		}
	}
	return n
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
func (l *stateLayout) general(m *dynamics.Model, i int) layout.GeneralPopulation {
	p, s := &m.Populations[i], &l.states[i]
	g := layout.GeneralPopulation{
		Model: models[p.Neuron], Threshold: place(s.threshold), Bias: place(s.bias), Ou: place(s.ou), White: flag(p.Noise.HasWhite()),
		Leak: p.Leak, PerC: p.PerC,
		WhiteStep: p.Noise.White, MUu: p.Noise.MUU, PVu: p.Noise.PVU, OuKick: p.Noise.Kick, OuGrid: p.Noise.Grid,
		Seed: m.Network.Seed, PoissonStream: p.PoissonKey.Stream, NoiseStream: p.Noise.Key.Stream, SpikeStream: p.SpikeKey.Stream,
		Train: l.addTrain(m, i), Inputs: uint32(len(p.Poisson)), Poisson: make([]layout.PoissonInput, l.inputs),
	}
	for k, in := range p.Poisson {
		g.Poisson[k] = layout.PoissonInput{
			Receptor: uint32(in.Receptor), Weight: in.Weight, Thresholds: uint32(len(l.tables)), Most: uint32(len(in.Thresholds)),
		}
		l.tables = append(l.tables, in.Thresholds...)
	}
	return g
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
	if p.Neuron != network.SpikeSource {
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
