package dynamics

import (
	"math"

	"einet/network"
)

// An owned is what the neurons of a group have as input besides their population's: from a step to another, which is not in it.
type owned struct {
	part     network.Part
	from, to int64
	value    float64 // [mV or pA]
}

// A groupBias is the bias of a group's neurons, and the number of its draw, behind that of the population.
type groupBias struct {
	part network.Part
	bias network.Dist
	draw uint32
}

// addGroups gives population i the inputs of its groups: what is constant counts as a bias.
func (p *Population) addGroups(net *network.Network, i int) {
	for k, g := range net.GroupsOf(net.Populations[i].Name) {
		part, _ := net.Part(g.FullName())
		constant := 0.0
		for _, c := range g.Input {
			level := newInput(network.Input{c}, net.Dt)[0].(level)
			if level.from == 0 && level.to == math.MaxInt64 {
				constant += level.value
				continue
			}
			p.owned = append(p.owned, owned{part, level.from, level.to, level.value})
		}
		if constant != 0 {
			p.state.groups = append(p.state.groups, groupBias{part, network.Number(constant), 0})
		}
		if !(g.Bias.IsNumber() && g.Bias.Mean() == 0) {
			p.state.groups = append(p.state.groups, groupBias{part, g.Bias, uint32(k + 1)})
		}
	}
}

// HasOwnInput tells whether the neurons have inputs of their own: biases, or inputs of groups that come and go.
func (p *Population) HasOwnInput() bool { return p.HasBiases() || len(p.owned) > 0 }

// OwnPhase changes whenever what neurons have as inputs of their own does, from step n to n+1.
func (m *Model) OwnPhase(pop int, n int64) (phase uint32) {
	for k, w := range m.Populations[pop].owned {
		if n >= w.from && n < w.to {
			phase |= 1 << k
		}
	}
	return phase
}

// A Coming is an input that neurons have of their own in steps n to n+1 with From <= n < To: what it adds where the drive does.
type Coming struct {
	From, To int64
	Amounts  []float32 // of each neuron
}

// Comings are those of population pop, in the order in which they are added behind the bias.
func (m *Model) Comings(pop int) (all []Coming) {
	p := &m.Populations[pop]
	for k := range p.owned {
		all = append(all, Coming{p.owned[k].from, p.owned[k].to, p.amounts(&p.owned[k])})
	}
	return all
}

// amounts is what input w adds where the drive does, of each neuron.
func (p *Population) amounts(w *owned) []float32 {
	values := make([]float32, p.Size)
	x := flushed(float32(w.value * p.scale))
	for k := range w.part.Size {
		if n := w.part.At(k); p.has(n) {
			values[n-p.Offset] = x
		}
	}
	return values
}

// OwnInput is the input of each neuron of population pop that comes and goes, from step n to n+1 [mV, or pA where the population has
// C_m]; nil where there is none.
func (m *Model) OwnInput(pop int, n int64) []float64 {
	p := &m.Populations[pop]
	if len(p.owned) == 0 {
		return nil
	}
	sum := make([]float64, p.Size)
	for i := range p.owned {
		w := &p.owned[i]
		if n < w.from || n >= w.to {
			continue
		}
		for k := range w.part.Size {
			if n := w.part.At(k); p.has(n) {
				sum[n-p.Offset] += w.value
			}
		}
	}
	return sum
}
