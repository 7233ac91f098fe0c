package sim

import (
	"fmt"
	"math"
	"math/bits"

	"einet/checkpoint"
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
	m.sum += x
	m.squares += float64(x * x)
}

func (m *Moments) keep(s *checkpoint.Section) {
	s.Int64(&m.n)
	s.Float64(&m.sum, &m.squares)
}

// Mean is the mean, NaN without values.
func (m Moments) Mean() float64 { return m.sum / float64(m.n) }

// SD is the standard deviation, NaN without values.
func (m Moments) SD() float64 {
	return math.Sqrt(max(0, m.squares/float64(m.n)-m.Mean()*m.Mean()))
}

// Histograms of the potential begin widthsBelow times V_th - V_reset below V_reset, and have binsPerWidth bins for each
// V_th - V_reset.
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

	from, every int64
	spread      bool // see Spread
	model       *dynamics.Model
	reads       []Selection
	exc, inh    [statesAtOnce]float64 // scratch
}

// statesAtOnce neurons' inputs stay in the nearest cache.
const statesAtOnce = 512

// NewStateSampler samples at the steps from+every, from+2*every, ...
func NewStateSampler(m *dynamics.Model, from, every int64) *StateSampler {
	s := &StateSampler{model: m, from: from, every: every}
	for i := range m.Populations {
		p := &m.Populations[i]
		reset, th := float64(p.Absolute(p.VReset)), float64(p.Absolute(p.VTh))
		if p.IsSource() {
			th = 1 // a histogram of nothing
		} else {
			s.reads = append(s.reads, Selection{Model: m, Population: i, Variables: []string{"V", "net"}})
		}
		state := PopulationState{Counts: make([]int64, (widthsBelow+1)*binsPerWidth)}
		for k := range len(state.Counts) + 1 {
			state.Edges = append(state.Edges, reset+(th-reset)*(float64(k)/binsPerWidth-widthsBelow))
		}
		s.Populations = append(s.Populations, state)
	}
	return s
}

// Spikes ignores them.
func (s *StateSampler) Spikes(int64, []Spike) error { return nil }

// Next is the place in the interval of a step, or in the next.
func (s *StateSampler) Next(step int64) int64 {
	for k := max(0, step-s.from) / s.every; ; k++ {
		if at := s.from + k*s.every + s.place(k); at > step {
			return at
		}
	}
}

// Spread makes it sample once in each interval of that length, at places that fill the interval evenly and in no
// order: an input that has the interval as a period would look constant from the same place of each.
func (s *StateSampler) Spread() *StateSampler {
	s.spread = true
	return s
}

// place is where in interval k a sample is, from 1 to the interval's length: by van der Corput's sequence.
func (s *StateSampler) place(k int64) int64 {
	if !s.spread {
		return s.every
	}
	return 1 + int64(uint64(bits.Reverse32(uint32(k)+1))*uint64(s.every)>>32)
}

// Keep keeps what was sampled so far, and how often: a run that becomes longer goes on as it began.
func (s *StateSampler) Keep(k *checkpoint.Section) {
	if k.Int64(&s.every); s.every < 1 {
		k.Fail(fmt.Errorf("samples every %d steps: must be at least 1", s.every))
	}
	checkpoint.List(k, &s.Steps, func(step *int64) { k.Int64(step) })
	checkpoint.Every(k, s.Populations, func(p *PopulationState) {
		checkpoint.Every(k, p.Counts, func(n *int64) { k.Int64(n) })
		for _, m := range []*Moments{&p.Excitatory, &p.Inhibitory, &p.Net, &p.AbsNet} {
			m.keep(k)
		}
	})
}

// Reads is all neurons with a state.
func (s *StateSampler) Reads() []Selection { return s.reads }

// Sample adds the state of every neuron.
func (s *StateSampler) Sample(o *Observation) error {
	s.Steps = append(s.Steps, o.Step)
	for i, x := range o.States {
		state := &s.Populations[s.reads[i].Population]
		state.addPotentials(x.V())
		for first := 0; first < x.size; first += statesAtOnce {
			n := min(statesAtOnce, x.size-first)
			s.inputs(x, first, s.exc[:n], s.inh[:n])
			state.addInputs(s.exc[:n], s.inh[:n])
		}
	}
	return nil
}

func (state *PopulationState) addPotentials(v []float32) {
	lo, bins := state.Edges[0], len(state.Counts)
	width := (state.Edges[bins] - lo) / float64(bins)
	for _, x := range v {
		k := 0
		if at := (float64(x) - lo) / width; at >= float64(bins) {
			k = bins - 1
		} else if at > 0 {
			k = int(at)
		}
		state.Counts[k]++
	}
}

func (state *PopulationState) addInputs(exc, inh []float64) {
	excitatory, inhibitory, all, absolute := state.Excitatory, state.Inhibitory, state.Net, state.AbsNet // in registers
	for k, i := range inh {
		net := exc[k] + i
		excitatory.add(exc[k])
		inhibitory.add(i)
		all.add(net)
		absolute.add(math.Abs(net))
	}
	state.Excitatory, state.Inhibitory, state.Net, state.AbsNet = excitatory, inhibitory, all, absolute
	for _, m := range []*Moments{&state.Excitatory, &state.Inhibitory, &state.Net, &state.AbsNet} {
		m.n += int64(len(inh))
	}
}

// inputs writes the excitatory and external, and the inhibitory, input of neurons first, first+1, ..., over
// the step that begins now.
func (s *StateSampler) inputs(x *NeuronState, first int, exc, inh []float64) {
	external(x, first, exc)
	clear(inh)
	for r := range x.p.Receptors {
		to, factor := inh, float64(s.model.Inhibition(x.step))
		if x.p.Receptors[r].Excitatory {
			to, factor = exc, 1
		}
		perStep := s.model.Network.Dt / x.p.Receptors[r].TauSyn
		addSynaptic(x, r, factor*(-libm.Expm1(-perStep)/perStep), first, to)
	}
}
