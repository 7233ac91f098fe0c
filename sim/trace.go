package sim

import "einet/dynamics"

// A Trace is a Recorder that follows the first neurons of a population that has a
// membrane potential through every step of an interval. Its currents are the state on the grid, as engines
// have it.
type Trace struct {
	Step []int64     // [T] the steps
	V    [][]float32 // [neurons][T] membrane potential [mV]
	Exc  [][]float32 // [neurons][T] excitatory synaptic current, R*I [mV]
	Inh  [][]float32 // [neurons][T] inhibitory synaptic current [mV]
	Ext  [][]float32 // [neurons][T] external input [mV]

	model      *dynamics.Model
	population int
	from, to   int64
	buf        []float32
}

// NewTrace follows that many neurons of a population through the steps from+1
// to to.
func NewTrace(m *dynamics.Model, population, neurons int, from, to int64) *Trace {
	rows := func() [][]float32 { return make([][]float32, neurons) }
	return &Trace{
		V: rows(), Exc: rows(), Inh: rows(), Ext: rows(),
		model: m, population: population, from: from, to: to, buf: make([]float32, neurons),
	}
}

// Spikes ignores them.
func (t *Trace) Spikes(int64, []Spike) error { return nil }

// Next is the next step of the interval.
func (t *Trace) Next(step int64) int64 {
	if next := max(step, t.from) + 1; next <= t.to {
		return next
	}
	return Never
}

// Sample adds the neurons' state.
func (t *Trace) Sample(e Engine) error {
	t.Step = append(t.Step, e.Step())
	if err := e.Read(V, t.population, 0, t.buf); err != nil {
		return err
	}
	p, external := &t.model.Populations[t.population], t.model.External(t.population, e.Step())
	for k, v := range t.buf {
		t.V[k] = append(t.V[k], v)
		t.Exc[k], t.Inh[k] = append(t.Exc[k], 0), append(t.Inh[k], 0)
		t.Ext[k] = append(t.Ext[k], float32(external[k]))
	}
	last := len(t.Step) - 1
	for _, r := range Variables(t.model, t.population)[1:] {
		if err := e.Read(r, t.population, 0, t.buf); err != nil {
			return err
		}
		to := t.Inh
		if p.Receptors[r].Excitatory {
			to = t.Exc
		}
		for k, g := range t.buf {
			to[k][last] += float32(p.SynapticInput(int(r), g, t.V[k][last]-float32(p.EL)))
		}
	}
	return nil
}
