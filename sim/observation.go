package sim

import (
	"slices"

	"einet/dynamics"
	"einet/network"
)

// A Selection is what a recorder reads of a population that has a membrane potential.
type Selection struct {
	Model      *dynamics.Model
	Population int
	Neurons    []int    // indices in the population; nil for all
	Variables  []string // of network.StateVariables, of which net asks for exc, inh and ext; nil for all
}

// wants tells whether the selection has one of those variables.
func (s *Selection) wants(names ...string) bool {
	return s.Variables == nil || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(s.Variables, n) })
}

// reads are the variables of an engine that the selection's are made of.
func (s *Selection) reads() []Variable {
	p := &s.Model.Populations[s.Population]
	states := Variables(s.Model, s.Population)[1:]
	states = slices.DeleteFunc(states, func(r Variable) bool {
		if k := r.modelState(); k >= 0 {
			return !s.wants(s.Model.Network.Populations[s.Population].Model.States[k].Name)
		}
		input := "inh"
		if p.Receptors[r].Excitatory {
			input = "exc"
		}
		return !s.wants(network.GVariable, input, "net")
	})
	if s.wants("V") || p.InputDependsOnV() && s.wants("exc", "inh", "net") {
		return append([]Variable{V}, states...)
	}
	return states
}

// An Observation is what a recorder sees of an engine's state after a step. Recorders that select the same neurons share it,
// so that each variable is read and each input computed once.
type Observation struct {
	Step   int64
	States []*NeuronState // of each selection of the recorder, in their order

	Weights []uint32 // ω of the synapses of a WeightReader, in their order; only valid during the call
}

// A NeuronState is the state of some neurons of a population at one step, of those variables that were asked for. What it returns is
// only valid until the next step. This is where excitatory, inhibitory, external and net input are defined.
type NeuronState struct {
	model      *dynamics.Model
	population int
	p          *dynamics.Population
	size       int
	neurons    []int     // nil for the first ones of the population
	own        []float64 // [neurons] external input of each alone [mV], nil where there is none
	ownKnown   bool
	ownPhase   uint32 // for which it holds

	step               int64
	v                  []float32   // [neurons] membrane potential [mV]
	g                  [][]float32 // [receptors][neurons], nil for those that are not read
	states             [][]float32 // [states of a model][neurons], likewise
	exc, inh, ext, net derived
	common             float64 // the part of ext that all neurons share [mV]
}

// A derived variable is computed at the first use in a step.
type derived struct {
	values []float32
	known  bool
}

func (d *derived) get(n int, compute func(dst []float32)) []float32 {
	if !d.known {
		if d.values == nil {
			d.values = make([]float32, n)
		}
		compute(d.values)
		d.known = true
	}
	return d.values
}

func newNeuronState(s *Selection) *NeuronState {
	p := &s.Model.Populations[s.Population]
	x := &NeuronState{model: s.Model, population: s.Population, p: p, size: p.Size, g: make([][]float32, len(p.Receptors))}
	if p.Cell != nil {
		x.states = make([][]float32, len(p.Cell.States))
	}
	if s.Neurons != nil {
		x.size = len(s.Neurons)
		if !firstOnly(s.Neurons) {
			x.neurons = s.Neurons
		}
	}
	return x
}

// firstOnly tells whether neurons are 0, 1, 2, ..., which can be read as they lie.
func firstOnly(neurons []int) bool {
	for k, i := range neurons {
		if k != i {
			return false
		}
	}
	return true
}

// is tells whether the state is of the same neurons.
func (x *NeuronState) is(o *NeuronState) bool {
	return x.model == o.model && x.population == o.population && x.size == o.size && slices.Equal(x.neurons, o.neurons)
}

// begin forgets the state of the step before.
func (x *NeuronState) begin(step int64) {
	x.step, x.v = step, nil
	clear(x.g)
	clear(x.states)
	x.exc.known, x.inh.known, x.net.known = false, false, false
}

// set gives a variable its values.
func (x *NeuronState) set(v Variable, values []float32) {
	if v == V {
		x.v = values
		return
	}
	if k := v.modelState(); k >= 0 {
		x.states[k] = values
		return
	}
	x.g[v] = values
}

// V is the membrane potential of each neuron [mV].
func (x *NeuronState) V() []float32 { return x.v }

// Read is a variable as engines have it: V, or the state of a receptor or a model in its own unit; nil for delta synapses.
func (x *NeuronState) Read(v Variable) []float32 {
	if v == V {
		return x.v
	}
	if k := v.modelState(); k >= 0 {
		return x.states[k]
	}
	return x.g[v]
}

// Exc is the excitatory synaptic input of each neuron, R*I on the grid [mV].
func (x *NeuronState) Exc() []float32 {
	return x.exc.get(x.size, func(dst []float32) { synaptic(x, true, dst) })
}

// Inh is the inhibitory synaptic input of each neuron, R*I on the grid [mV].
func (x *NeuronState) Inh() []float32 {
	return x.inh.get(x.size, func(dst []float32) { synaptic(x, false, dst) })
}

// Ext is the external input of each neuron over the step that begins, without its noise, R*I [mV].
func (x *NeuronState) Ext() []float32 {
	common := x.model.Common(x.population, x.step)
	if phase := x.model.OwnPhase(x.population, x.step); common != x.common || phase != x.ownPhase { // else those of an earlier step hold
		x.common, x.ext.known = common, false
	}
	return x.ext.get(x.size, func(dst []float32) { external(x, 0, dst) })
}

// Net is the sum of the three inputs of each neuron [mV].
func (x *NeuronState) Net() []float32 {
	return x.net.get(x.size, func(dst []float32) {
		exc, inh, ext := x.Exc(), x.Inh(), x.Ext()
		sum(dst, exc, inh)
		sum(dst, dst, ext)
	})
}

// Variable is one of network.HistogramVariables.
func (x *NeuronState) Variable(name string) []float32 {
	switch name {
	case "V":
		return x.V()
	case "exc":
		return x.Exc()
	case "inh":
		return x.Inh()
	case "ext":
		return x.Ext()
	}
	return x.Net()
}

// external writes the external input of neurons first, first+1, ... of the state to dst.
func external[F float32 | float64](x *NeuronState, first int, dst []F) {
	common := x.model.Common(x.population, x.step)
	if x.loadOwn(); x.own == nil {
		for k := range dst {
			dst[k] = F(common)
		}
		return
	}
	for k := range dst {
		dst[k] = F(common + x.own[first+k])
	}
}

// loadOwn computes what is the same in all steps, or until an input of a group begins or ends.
func (x *NeuronState) loadOwn() {
	phase := x.model.OwnPhase(x.population, x.step)
	if x.ownKnown && phase == x.ownPhase {
		return
	}
	x.ownKnown, x.ownPhase, x.own = true, phase, x.model.Own(x.population, x.step)
	if x.own == nil || x.neurons == nil {
		return
	}
	all := x.own
	x.own = make([]float64, x.size)
	for k, i := range x.neurons {
		x.own[k] = all[i]
	}
}

// synaptic writes the excitatory or inhibitory synaptic input of neurons first, first+1, ... on the grid to dst.
func synaptic(x *NeuronState, excitatory bool, dst []float32) {
	clear(dst)
	factor := float32(1)
	if !excitatory {
		factor = x.model.Inhibition(x.step)
	}
	for r := range x.g {
		switch {
		case x.p.Receptors[r].Excitatory != excitatory || x.g[r] == nil:
		case x.p.R == 1 && factor == 1 && !x.p.Conductive(r):
			sum(dst, dst, x.g[r])
		default:
			addSynaptic(x, r, float64(factor), 0, dst)
		}
	}
}

// addSynaptic adds a receptor's input to neurons first, first+1, ..., times a factor, to dst. Delta synapses have no current and
// count for nothing.
func addSynaptic[F float32 | float64](x *NeuronState, receptor int, factor float64, first int, dst []F) {
	if x.g[receptor] == nil {
		return
	}
	g := x.g[receptor][first : first+len(dst)]
	if !x.p.Conductive(receptor) { // V does not matter
		for k, g := range g {
			dst[k] += F(factor * x.p.SynapticInput(receptor, g, 0))
		}
		return
	}
	v, rest := x.v[first:first+len(dst)], float32(x.p.EL)
	for k, g := range g {
		dst[k] += F(factor * x.p.SynapticInput(receptor, g, v[k]-rest))
	}
}

// sumScalar writes a + b to dst.
func sumScalar(dst, a, b []float32) {
	a, b = a[:len(dst)], b[:len(dst)]
	for k := range dst {
		dst[k] = a[k] + b[k]
	}
}
