package sim

import (
	"fmt"
	"slices"
	"sort"

	"einet/checkpoint"
	"einet/dynamics"
)

// A Saver is an Engine whose state can be taken to another engine of the same network, of whatever kind: the rows of Rows, and
// the spikes that are under way. That is all: random numbers are functions of the step, and input that arrives is
// the sum of spikes.
type Saver interface {
	Engine
	// Save copies a row as it is at the present step.
	Save(r Row, dst []uint32) error
	// Load sets a row, of an engine at step 0 that goes on by Resume.
	Load(r Row, words []uint32) error
	// Resume makes the engine go on behind a step, once all rows are loaded. The spikes are those under way there: all of the
	// steps from Model.MaxDelay before it, sorted. It had them, and Spikes does not give them again.
	Resume(step int64, underWay []Spike) error
}

// A Row is a state of each neuron of a population, as words: the potential relative to E_L and other numbers as float32, the end of
// the clamp, or of the refractory period, as dynamics.Clock.
type Row struct {
	Name       string // in messages and in files
	Population int
	State      int // dynamics.CellV, dynamics.CellUntil and, of neurons without a Cell, RowG and on: g of each receptor; else the Cell's
	Size       int // neurons
}

// RowG is the first row of receptors, of neurons without a Cell.
const RowG = 2

// Rows are those of the populations that have a state.
func Rows(m *dynamics.Model) []Row {
	var rows []Row
	for i := range m.Populations {
		p := &m.Populations[i]
		n := RowG + len(p.Receptors)
		switch {
		case p.IsSource():
			continue
		case p.Cell != nil:
			n = len(p.Cell.Program.States)
		}
		for k := range n {
			rows = append(rows, Row{fmt.Sprintf("%s, state %d", m.Network.Populations[i].Name, k), i, k, p.Size})
		}
	}
	return rows
}

// Saves is an error unless the state of the model is all in rows and spikes.
func Saves(m *dynamics.Model) error {
	for k := range m.Projections {
		if m.Projections[k].ShortTerm != nil {
			return fmt.Errorf("projections.%s: short-term plasticity has no checkpoints", m.Network.Projections[k].Name)
		}
	}
	return nil
}

// CheckResume is an error unless an engine at step 0 can go on behind a step with those spikes under way.
func CheckResume(m *dynamics.Model, e Engine, step int64, underWay []Spike) error {
	if err := Saves(m); err != nil {
		return err
	}
	last := &m.Populations[len(m.Populations)-1]
	neurons := uint32(last.First + last.Size)
	switch {
	case e.Step() != 0:
		return fmt.Errorf("resume: the engine is at step %d, must be at 0", e.Step())
	case step < 0:
		return fmt.Errorf("resume: step %d", step)
	}
	for i, s := range underWay {
		if int64(s.Step) > step || int64(s.Step) <= step-int64(m.MaxDelay) || s.Step == 0 {
			return fmt.Errorf("resume: a spike of step %d is not under way at step %d: delays are at most %d steps", s.Step, step, m.MaxDelay)
		}
		if s.Neuron >= neurons {
			return fmt.Errorf("resume: spike of neuron %d: there are %d", s.Neuron, neurons)
		}
		if i > 0 && (s.Step < underWay[i-1].Step || s.Step == underWay[i-1].Step && s.Neuron < underWay[i-1].Neuron) {
			return fmt.Errorf("resume: spikes are not sorted at step %d", s.Step)
		}
	}
	return nil
}

// Fired are the spikes of a step among some that are sorted.
func Fired(spikes []Spike, step int64) []Spike {
	lo := sort.Search(len(spikes), func(i int) bool { return int64(spikes[i].Step) >= step })
	n := sort.Search(len(spikes)-lo, func(i int) bool { return int64(spikes[lo+i].Step) > step })
	return spikes[lo : lo+n]
}

// An UnderWay is a Recorder that keeps the spikes that are under way.
type UnderWay struct {
	delay  int64
	spikes []Spike
	step   int64
}

// NewUnderWay keeps those of a model.
func NewUnderWay(m *dynamics.Model) *UnderWay { return &UnderWay{delay: int64(m.MaxDelay)} }

// Spikes keeps them until the largest delay is over.
func (u *UnderWay) Spikes(step int64, spikes []Spike) error {
	u.step = step
	u.spikes = append(u.now(), spikes...)
	return nil
}

// now is those that are under way at the last step.
func (u *UnderWay) now() []Spike {
	n := sort.Search(len(u.spikes), func(i int) bool { return int64(u.spikes[i].Step) > u.step-u.delay })
	if n > len(u.spikes)/2 { // else it costs more to move the others
		u.spikes = slices.Delete(u.spikes, 0, n)
		n = 0
	}
	return u.spikes[n:]
}

// Next asks for no samples.
func (u *UnderWay) Next(int64) int64 { return Never }

// Reads is nothing.
func (u *UnderWay) Reads() []Selection { return nil }

// Sample does nothing.
func (u *UnderWay) Sample(*Observation) error { return nil }

// Keep keeps the step and the spikes.
func (u *UnderWay) Keep(s *checkpoint.Section) {
	u.spikes = u.now()
	s.Int64(&u.step)
	checkpoint.List(s, &u.spikes, func(x *Spike) { s.Uint32(&x.Step, &x.Neuron) })
}

// A Keeper is a Recorder with a state that belongs to a checkpoint. One without, as those that pass on what they get, is none.
type Keeper interface {
	Recorder
	// Keep writes the state to a section, or reads it.
	Keep(s *checkpoint.Section)
}

// Save writes the state of an engine, a section a row, and behind these the spikes under way.
func Save(w *checkpoint.Writer, m *dynamics.Model, e Saver, u *UnderWay) error {
	if err := Saves(m); err != nil {
		return err
	}
	var words []uint32
	for _, r := range Rows(m) {
		words = slices.Grow(words[:0], r.Size)[:r.Size]
		if err := e.Save(r, words); err != nil {
			return err
		}
		if err := w.Put(r.Name, func(s *checkpoint.Section) { s.Words(words) }); err != nil {
			return err
		}
	}
	return w.Put(spikesUnderWay, u.Keep)
}

const spikesUnderWay = "spikes under way"

// Restore reads what Save has written, and makes the engine, which is at step 0, go on from there.
func Restore(r *checkpoint.Reader, m *dynamics.Model, e Saver, u *UnderWay) error {
	var words []uint32
	for _, row := range Rows(m) {
		words = slices.Grow(words[:0], row.Size)[:row.Size]
		if err := r.Get(row.Name, func(s *checkpoint.Section) { s.Words(words) }); err != nil {
			return err
		}
		if err := e.Load(row, words); err != nil {
			return err
		}
	}
	if err := r.Get(spikesUnderWay, u.Keep); err != nil {
		return err
	}
	return e.Resume(u.step, u.now())
}
