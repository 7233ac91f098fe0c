package sim

import "einet/dynamics"

// A NeuronState is the state of the first neurons of a population at one step. Synaptic
// inputs are those on the grid, as engines have them.
type NeuronState struct {
	V   []float32   // [neurons] membrane potential [mV]
	Exc []float32   // [neurons] excitatory synaptic input, R*I [mV]
	Inh []float32   // [neurons] inhibitory synaptic input [mV]
	Ext []float32   // [neurons] external input [mV]
	G   [][]float32 // [receptors][neurons] synaptic state in the receptor's own unit; nil for delta synapses
}

// read reads the state of as many first neurons of a population as s.V has room for.
func (s *NeuronState) read(e Engine, m *dynamics.Model, population int) error {
	n := len(s.V)
	if err := e.Read(V, population, 0, s.V); err != nil {
		return err
	}
	p, external := &m.Populations[population], m.External(population, e.Step())
	for k := range n {
		s.Exc[k], s.Inh[k], s.Ext[k] = 0, 0, float32(external[k])
	}
	for _, r := range Variables(m, population)[1:] {
		g := s.G[r]
		if err := e.Read(r, population, 0, g); err != nil {
			return err
		}
		to := s.Inh
		if p.Receptors[r].Excitatory {
			to = s.Exc
		}
		for k := range n {
			to[k] += float32(p.SynapticInput(int(r), g[k], s.V[k]-float32(p.EL)))
		}
	}
	return nil
}

// newNeuronState has room for neurons of a population that has a membrane potential.
func newNeuronState(m *dynamics.Model, population, neurons int) *NeuronState {
	room := func() []float32 { return make([]float32, neurons) }
	s := &NeuronState{V: room(), Exc: room(), Inh: room(), Ext: room(), G: make([][]float32, len(m.Populations[population].Receptors))}
	for _, r := range Variables(m, population)[1:] {
		s.G[r] = room()
	}
	return s
}

// A Sampler is a Recorder that passes on the state of the first neurons of a population at
// regular times.
type Sampler struct {
	model      *dynamics.Model
	population int
	every      int64
	state      *NeuronState
	sink       func(step int64, s *NeuronState) error
}

// NewSampler samples at the steps every, 2*every, ... The state that sink receives is only
// valid during the call.
func NewSampler(m *dynamics.Model, population, neurons int, every int64, sink func(step int64, s *NeuronState) error) *Sampler {
	return &Sampler{m, population, every, newNeuronState(m, population, neurons), sink}
}

// Spikes ignores them.
func (s *Sampler) Spikes(int64, []Spike) error { return nil }

// Next is the next multiple of the interval.
func (s *Sampler) Next(step int64) int64 { return step + s.every - step%s.every }

// Sample passes the state on.
func (s *Sampler) Sample(e Engine) error {
	if err := s.state.read(e, s.model, s.population); err != nil {
		return err
	}
	return s.sink(e.Step(), s.state)
}
