package sim

import (
	"einet/checkpoint"
	"einet/dynamics"
)

// A Trace is a Recorder that follows some neurons of a population that has a
// membrane potential through every step of an interval, or some of them. Its currents are the state on the grid, as engines
// have it.
type Trace struct {
	Step []int64     // [T] the steps
	V    [][]float32 // [neurons][T] membrane potential [mV]
	Exc  [][]float32 // [neurons][T] excitatory synaptic current, R*I [mV]
	Inh  [][]float32 // [neurons][T] inhibitory synaptic current [mV]
	Ext  [][]float32 // [neurons][T] external input [mV]

	from, to int64
	every    int64
	reads    []Selection
}

// NewTrace follows neurons of a population, by their indices there, through the steps from+1
// to to.
func NewTrace(m *dynamics.Model, population int, neurons []int, from, to int64) *Trace {
	rows := func() [][]float32 { return make([][]float32, len(neurons)) }
	t := &Trace{V: rows(), Exc: rows(), Inh: rows(), Ext: rows(), from: from, to: to, every: 1}
	if from < to {
		t.reads = []Selection{{Model: m, Population: population, Neurons: neurons, Variables: []string{"V", "net"}}}
	}
	return t
}

// Thin leaves every n-th step only, so that there are at most samples of them; the last step
// is one of them.
func (t *Trace) Thin(samples int64) *Trace {
	t.every = max(1, (t.to-t.from+samples-1)/samples)
	t.from = t.to - (t.to-t.from)/t.every*t.every
	return t
}

// Every is the number of steps between samples.
func (t *Trace) Every() int64 { return t.every }

// Spikes ignores them.
func (t *Trace) Spikes(int64, []Spike) error { return nil }

// Next is the next step of the interval that is sampled.
func (t *Trace) Next(step int64) int64 {
	if next := t.from + (max(step-t.from, 0)/t.every+1)*t.every; next <= t.to {
		return next
	}
	return Never
}

// Reads is the neurons.
func (t *Trace) Reads() []Selection { return t.reads }

// Sample adds the neurons' state.
func (t *Trace) Sample(o *Observation) error {
	x := o.States[0]
	t.Step = append(t.Step, o.Step)
	for k := range t.V {
		t.V[k], t.Ext[k] = append(t.V[k], x.V()[k]), append(t.Ext[k], x.Ext()[k])
		t.Exc[k], t.Inh[k] = append(t.Exc[k], x.Exc()[k]), append(t.Inh[k], x.Inh()[k])
	}
	return nil
}

// Keep keeps the samples so far. Of those that are read it takes what it would have sampled itself: its steps may be others, where the run
// has become longer.
func (t *Trace) Keep(s *checkpoint.Section) {
	if !s.Reading() {
		t.keep(s)
		return
	}
	kept := &Trace{V: make([][]float32, len(t.V)), Exc: make([][]float32, len(t.V)), Inh: make([][]float32, len(t.V)), Ext: make([][]float32, len(t.V))}
	kept.keep(s)
	if s.Err() != nil {
		return
	}
	for i, step := range kept.Step {
		if t.Next(step-1) != step {
			continue
		}
		t.Step = append(t.Step, step)
		for k := range t.V {
			t.V[k], t.Ext[k] = append(t.V[k], kept.V[k][i]), append(t.Ext[k], kept.Ext[k][i])
			t.Exc[k], t.Inh[k] = append(t.Exc[k], kept.Exc[k][i]), append(t.Inh[k], kept.Inh[k][i])
		}
	}
}

func (t *Trace) keep(s *checkpoint.Section) {
	checkpoint.List(s, &t.Step, func(step *int64) { s.Int64(step) })
	for _, rows := range [][][]float32{t.V, t.Exc, t.Inh, t.Ext} {
		checkpoint.Every(s, rows, func(row *[]float32) {
			if s.Reading() {
				*row = make([]float32, len(t.Step))
			}
			checkpoint.Every(s, *row, func(x *float32) { s.Float32(x) })
		})
	}
}
