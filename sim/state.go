package sim

import (
	"math"
	"slices"

	"einet/dynamics"
	"einet/libm"
)

// A PopulationState pools a population's state over neurons and over the
// sampled times.
type PopulationState struct {
	Edges  []float64 // of Counts' bins [mV], ascending
	Counts []int64   // of membrane potentials; values beyond the edges are in the end bins

	Excitatory Moments // excitatory and external input, R*I [mV]
	Inhibitory Moments // inhibitory input [mV]
	Net        Moments // their sum [mV]
	AbsNet     Moments // the size of that, |Net| [mV]
}

// Moments accumulate a mean and a standard deviation.
type Moments struct {
	n            int64
	sum, squares float64
}

func (m *Moments) add(x float64) {
	m.n++
	m.sum += x
	m.squares += x * x
}

// Mean is the mean, NaN without values.
func (m Moments) Mean() float64 { return m.sum / float64(m.n) }

// SD is the standard deviation, NaN without values.
func (m Moments) SD() float64 {
	return math.Sqrt(max(0, m.squares/float64(m.n)-m.Mean()*m.Mean()))
}

// Histograms of the potential span this many times V_th - V_reset below V_reset
// and have that many bins for each such width.
const (
	widthsBelow  = 3
	binsPerWidth = 60
)

// A StateSampler is a Recorder that pools potentials and input currents of all
// neurons at regular times. The input at step n is the mean over the time from
// step n to n+1, which is what moves V there. A synaptic current decays from its
// value g on the grid, where it has just jumped, so that its mean over the step is
// g (tau/dt)(1 - e^(-dt/tau)); g itself would be larger by dt/(2 tau), and the sum
// of inputs that cancel wrong by much more.
type StateSampler struct {
	Populations []PopulationState
	Steps       []int64 // that were sampled

	model       *dynamics.Model
	from, every int64
	v, g        []float32 // room for a population
}

// NewStateSampler samples at the steps from+every, from+2*every, ...
func NewStateSampler(m *dynamics.Model, from, every int64) *StateSampler {
	s := &StateSampler{model: m, from: from, every: every}
	for i := range m.Populations {
		p := &m.Populations[i]
		s.v, s.g = slices.Grow(s.v, p.Size), slices.Grow(s.g, p.Size)
		reset, th := float64(p.Absolute(p.VReset)), float64(p.Absolute(p.VTh))
		if p.IsSource() {
			th = 1 // a histogram of nothing
		}
		state := PopulationState{Counts: make([]int64, (widthsBelow+1)*binsPerWidth)}
		for k := range len(state.Counts) + 1 {
			state.Edges = append(state.Edges, reset+(th-reset)*(float64(k)/binsPerWidth-widthsBelow))
		}
		s.Populations = append(s.Populations, state)
	}
	s.v, s.g = s.v[:cap(s.v)], s.g[:cap(s.g)]
	return s
}

// Spikes ignores them.
func (s *StateSampler) Spikes(int64, []Spike) error { return nil }

// Next is the next multiple of the interval behind from.
func (s *StateSampler) Next(step int64) int64 {
	if step < s.from {
		return s.from + s.every
	}
	return step + s.every - (step-s.from)%s.every
}

// Sample adds the state of every neuron.
func (s *StateSampler) Sample(e Engine) error {
	s.Steps = append(s.Steps, e.Step())
	for i := range s.Populations {
		if err := s.sample(e, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *StateSampler) sample(e Engine, i int) error {
	state, p := &s.Populations[i], &s.model.Populations[i]
	if p.IsSource() {
		return nil
	}
	v := s.v[:p.Size]
	if err := e.Read(V, i, 0, v); err != nil {
		return err
	}
	lo, bins := state.Edges[0], len(state.Counts)
	width := (state.Edges[bins] - lo) / float64(bins)
	for _, x := range v {
		k := int(math.Floor((float64(x) - lo) / width))
		state.Counts[min(max(k, 0), bins-1)]++
	}
	exc, inh, err := s.inputs(e, i, v)
	if err != nil {
		return err
	}
	for k := range p.Size {
		state.Excitatory.add(exc[k])
		state.Inhibitory.add(inh[k])
		state.Net.add(exc[k] + inh[k])
		state.AbsNet.add(math.Abs(exc[k] + inh[k]))
	}
	return nil
}

// inputs is every neuron's excitatory and external, and inhibitory, input, over
// the step that begins now. Delta synapses have no current and count for nothing.
func (s *StateSampler) inputs(e Engine, i int, v []float32) (exc, inh []float64, err error) {
	p := &s.model.Populations[i]
	exc, inh = s.model.External(i, e.Step()), make([]float64, p.Size)
	for _, r := range Variables(s.model, i)[1:] {
		if err := e.Read(r, i, 0, s.g[:p.Size]); err != nil {
			return nil, nil, err
		}
		x, to := &p.Receptors[r], inh
		if x.Excitatory {
			to = exc
		}
		perStep := s.model.Network.Dt / x.TauSyn
		mean := -libm.Expm1(-perStep) / perStep
		for k, g := range s.g[:p.Size] {
			to[k] += mean * p.SynapticInput(int(r), g, v[k]-float32(p.EL))
		}
	}
	return exc, inh, nil
}
