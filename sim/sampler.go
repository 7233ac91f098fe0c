package sim

import "einet/dynamics"

// A Sampler is a Recorder that passes on the state of some neurons of a population at
// regular times.
type Sampler struct {
	every int64
	reads []Selection
	sink  func(step int64, s *NeuronState) error
}

// NewSampler samples at the steps every, 2*every, ... The state that sink receives is only
// valid during the call.
func NewSampler(m *dynamics.Model, s Selection, every int64, sink func(step int64, s *NeuronState) error) *Sampler {
	s.Model = m
	return &Sampler{every, []Selection{s}, sink}
}

// Spikes ignores them.
func (s *Sampler) Spikes(int64, []Spike) error { return nil }

// Next is the next multiple of the interval.
func (s *Sampler) Next(step int64) int64 { return step + s.every - step%s.every }

// Reads is the selection.
func (s *Sampler) Reads() []Selection { return s.reads }

// Sample passes the state on.
func (s *Sampler) Sample(o *Observation) error { return s.sink(o.Step, o.States[0]) }
