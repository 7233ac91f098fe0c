package sim

import (
	"fmt"
	"slices"
	"sort"

	"einet/checkpoint"
	"einet/dynamics"
)

// A Saver is an Engine whose state can be taken to another engine of the same network, of whatever kind: the rows of Rows,
// the spikes that are under way, and the states of short-term plasticity before these. That is all: random numbers are functions of the
// step, and input that arrives is the sum of spikes.
type Saver interface {
	Engine
	// Save copies a row as it is at the present step.
	Save(r Row, dst []uint32) error
	// Load sets a row, of an engine at step 0 that goes on by Resume.
	Load(r Row, words []uint32) error
	// Resume makes the engine go on behind a step, once all rows are loaded. The spikes are those under way there: all of the
	// steps from Model.MaxDelay before it, sorted. It had them, and Spikes does not give them again. The states of short-term
	// plasticity, as Model.Releases has them, are those before these spikes, which take them on from there: so they have their
	// factors again. Networks without any may have nil.
	Resume(step int64, underWay []Spike, before [][]dynamics.Release) error
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

// CheckResume is an error unless an engine at step 0 can go on behind a step with those spikes under way, and those states of short-term
// plasticity before them.
func CheckResume(m *dynamics.Model, e Engine, step int64, underWay []Spike, before [][]dynamics.Release) error {
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
	return checkBefore(m, max(0, step-int64(m.MaxDelay)), before)
}

// checkBefore is an error unless the states of short-term plasticity can be those behind a step.
func checkBefore(m *dynamics.Model, step int64, before [][]dynamics.Release) error {
	for k := range m.Projections {
		s := m.Projections[k].ShortTerm
		if s == nil {
			continue
		}
		name, size := m.Network.Projections[k].Name, m.Populations[m.Projections[k].From].Size
		if k >= len(before) || len(before[k]) != size {
			return fmt.Errorf("resume: projections.%s: must have %d states of short-term plasticity", name, size)
		}
		for i, r := range before[k] {
			if r.Facilitated > dynamics.One-s.Rest || r.Depleted > dynamics.One || int64(r.Last) > step {
				return fmt.Errorf("resume: projections.%s: source %d has no such state of short-term plasticity at step %d: %+v", name, i, step, r)
			}
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

// An UnderWay is a Recorder that keeps the spikes that are under way, and the states of short-term plasticity before them: their factors
// can't be made from the states behind them. Of long-term plasticity it keeps the traces.
type UnderWay struct {
	delay   int64
	spikes  []Spike
	step    int64
	before  *Releases
	factors []uint32 // scratch
	traces  *traces  // of long-term plasticity
}

// NewUnderWay keeps those of a model.
func NewUnderWay(m *dynamics.Model) *UnderWay {
	return &UnderWay{delay: int64(m.MaxDelay), before: NewReleases(m), traces: newTraces(m)}
}

// Spikes keeps them until the largest delay is over.
func (u *UnderWay) Spikes(step int64, spikes []Spike) error {
	u.step = step
	u.spikes = append(u.now(), spikes...)
	for _, s := range spikes {
		u.traces.sent(s)
	}
	return nil
}

// now is those that are under way at the last step. The others go, and leave their mark on the states before.
func (u *UnderWay) now() []Spike {
	n := sort.Search(len(u.spikes), func(i int) bool { return int64(u.spikes[i].Step) > u.step-u.delay })
	for _, s := range u.spikes[:n] {
		u.factors = u.before.Fire(s, u.factors[:0])
		u.traces.over(s)
	}
	if n > len(u.spikes)/2 { // else it costs more to move the others
		u.spikes = slices.Delete(u.spikes, 0, n)
	} else {
		u.spikes = u.spikes[n:]
	}
	return u.spikes
}

// Next asks for no samples.
func (u *UnderWay) Next(int64) int64 { return Never }

// Reads is nothing.
func (u *UnderWay) Reads() []Selection { return nil }

// Sample does nothing.
func (u *UnderWay) Sample(*Observation) error { return nil }

// Keep keeps the step and the spikes.
func (u *UnderWay) Keep(s *checkpoint.Section) {
	u.now()
	s.Int64(&u.step)
	checkpoint.List(s, &u.spikes, func(x *Spike) { s.Uint32(&x.Step, &x.Neuron) })
}

// A Keeper is a Recorder with a state that belongs to a checkpoint. One without, as those that pass on what they get, is none.
type Keeper interface {
	Recorder
	// Keep writes the state to a section, or reads it.
	Keep(s *checkpoint.Section)
}

// keep tells put of the sections of all that it keeps.
func (u *UnderWay) keep(put func(name string, keep func(*checkpoint.Section)) error) error {
	if err := put("spikes under way", u.Keep); err != nil {
		return err
	}
	for k, states := range u.before.States {
		if states == nil {
			continue
		}
		err := put(u.before.model.Network.Projections[k].Name+", short-term plasticity", func(s *checkpoint.Section) {
			for i := range states {
				r := &states[i]
				s.Uint32(&r.Facilitated, &r.Depleted, &r.Last)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Save writes the state of an engine, a section a row, and behind these the spikes under way, with the states before them, and the state of
// long-term plasticity.
func Save(w *checkpoint.Writer, m *dynamics.Model, e Saver, u *UnderWay) error {
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
	if err := u.keep(w.Put); err != nil {
		return err
	}
	return u.savePlastic(w, e)
}

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
	if err := u.keep(r.Get); err != nil {
		return err
	}
	if err := u.restorePlastic(r, e); err != nil {
		return err
	}
	return e.Resume(u.step, u.spikes, u.before.States)
}
