package sim

import (
	"slices"

	"einet/dynamics"
	"einet/network"
)

// A NeuronState is the state of some neurons of a population at one step, of what was asked for; the rest
// is nil. Synaptic inputs are those on the grid, as engines have them.
type NeuronState struct {
	V   []float32   // [neurons] membrane potential [mV]
	Exc []float32   // [neurons] excitatory synaptic input, R*I [mV]
	Inh []float32   // [neurons] inhibitory synaptic input [mV]
	Ext []float32   // [neurons] external input [mV]
	G   [][]float32 // [receptors][neurons] synaptic state in the receptor's own unit; nil for delta synapses
}

// A Selection is what is sampled of a population that has a membrane potential.
type Selection struct {
	Population int
	Neurons    []int    // indices in the population; nil for all
	Variables  []string // of network.StateVariables, of which net asks for exc, inh and ext; nil for all
}

func (s *Selection) wants(names ...string) bool {
	return s.Variables == nil || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(s.Variables, n) })
}

// A stateReader reads a selection.
type stateReader struct {
	NeuronState
	model      *dynamics.Model
	population int
	neurons    []int // nil for the first so many
	v          []float32
	g          [][]float32 // [receptors], nil for those that are not read
	own        []float64   // [neurons] external input of each alone, or nil
}

func newStateReader(m *dynamics.Model, s Selection) *stateReader {
	p, count := &m.Populations[s.Population], len(s.Neurons)
	if s.Neurons == nil {
		count = p.Size
	}
	room := func(wanted bool) []float32 {
		if !wanted {
			return nil
		}
		return make([]float32, count)
	}
	r := &stateReader{model: m, population: s.Population, neurons: s.Neurons, g: make([][]float32, len(p.Receptors))}
	if firstOnly(s.Neurons) {
		r.neurons = nil
	}
	r.V, r.Exc, r.Inh, r.Ext = room(s.wants("V")), room(s.wants("exc", "net")), room(s.wants("inh", "net")), room(s.wants("ext", "net"))
	states := s.wants(network.GVariable)
	if states {
		r.G = make([][]float32, len(p.Receptors))
	}
	for _, k := range Variables(m, s.Population)[1:] {
		if states || r.input(&p.Receptors[k]) != nil {
			r.g[k] = room(true)
		}
		if states {
			r.G[k] = r.g[k]
		}
	}
	if r.v = r.V; r.v == nil && p.Neuron == network.LIFCond && (r.Exc != nil || r.Inh != nil) {
		r.v = room(true)
	}
	if r.Ext != nil {
		r.own = m.Own(s.Population)
		if r.own != nil && s.Neurons != nil {
			own := make([]float64, count)
			for k, i := range s.Neurons {
				own[k] = r.own[i]
			}
			r.own = own
		}
	}
	return r
}

// firstOnly tells whether neurons are the first so many, which are read as they lie.
func firstOnly(neurons []int) bool {
	for k, i := range neurons {
		if k != i {
			return false
		}
	}
	return true
}

// input is that to which a receptor contributes, nil where nobody asks for it.
func (r *stateReader) input(x *dynamics.Receptor) []float32 {
	if x.Excitatory {
		return r.Exc
	}
	return r.Inh
}

// read reads the state at the engine's present step.
func (r *stateReader) read(e Engine) error {
	if r.v != nil {
		if err := r.gather(e, V, r.v); err != nil {
			return err
		}
	}
	p := &r.model.Populations[r.population]
	clear(r.Exc)
	clear(r.Inh)
	if r.Ext != nil {
		common := r.model.Common(r.population, e.Step())
		for k := range r.Ext {
			if r.own != nil {
				r.Ext[k] = float32(common + r.own[k])
			} else {
				r.Ext[k] = float32(common)
			}
		}
	}
	for i, g := range r.g {
		if g == nil {
			continue
		}
		if err := r.gather(e, Current(i), g); err != nil {
			return err
		}
		for k := range r.input(&p.Receptors[i]) {
			v := float32(0) // of LIF no matter
			if r.v != nil {
				v = r.v[k] - float32(p.EL)
			}
			r.input(&p.Receptors[i])[k] += float32(p.SynapticInput(i, g[k], v))
		}
	}
	return nil
}

func (r *stateReader) gather(e Engine, v Variable, dst []float32) error {
	if r.neurons == nil {
		return e.Read(v, r.population, 0, dst)
	}
	return e.Gather(v, r.population, r.neurons, dst)
}

// A Sampler is a Recorder that passes on the state of some neurons of a population at
// regular times.
type Sampler struct {
	every int64
	state *stateReader
	sink  func(step int64, s *NeuronState) error
}

// NewSampler samples at the steps every, 2*every, ... The state that sink receives is only
// valid during the call.
func NewSampler(m *dynamics.Model, s Selection, every int64, sink func(step int64, s *NeuronState) error) *Sampler {
	return &Sampler{every, newStateReader(m, s), sink}
}

// Spikes ignores them.
func (s *Sampler) Spikes(int64, []Spike) error { return nil }

// Next is the next multiple of the interval.
func (s *Sampler) Next(step int64) int64 { return step + s.every - step%s.every }

// Sample passes the state on.
func (s *Sampler) Sample(e Engine) error {
	if err := s.state.read(e); err != nil {
		return err
	}
	return s.sink(e.Step(), &s.state.NeuronState)
}
