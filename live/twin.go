package live

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"einet/dynamics"
	"einet/record"
	"einet/sim"
)

// A twin is a second copy of the network, which has lost one spike.
type twin struct {
	model  *dynamics.Model
	engine interface {
		sim.Engine
		Lose(sim.Spike)
	}
	lost *sim.Spike // nil until there was one to lose
}

// ErrCannotLose says that the engine has no second copy that loses a spike.
var ErrCannotLose = errors.New("the gpu engine can't lose a spike: einet view --engine cpu can")

// ErrNothingToLose says that no spike of an excitatory neuron reaches another.
var ErrNothingToLose = errors.New("no excitatory neuron has synapses, so no spike can be lost")

// mayLose tells whether spikes of the population are among those that may be lost.
func (s *Session) mayLose(p dynamics.Population) bool {
	i := s.model.PopulationOf(p.First)
	return s.model.Excites(i) && s.model.Projects(i)
}

// Split makes a second copy of the network that will lose the next spike of an excitatory neuron. It is simulated from step 0 with the same
// changes, which gives the same state; progress hears the part of that which is done.
func (s *Session) Split(ctx context.Context, progress func(float64)) error {
	if s.place.OnDevices {
		return ErrCannotLose
	}
	if !slices.ContainsFunc(s.model.Populations, s.mayLose) {
		return ErrNothingToLose
	}
	m, err := dynamics.New(s.net)
	if err != nil {
		return err
	}
	if err := m.Change(s.model.Changes()...); err != nil {
		return err
	}
	e, err := s.place.Open(ctx, m, s.connectome)
	if err != nil {
		return err
	}
	t := &twin{model: m}
	var can bool
	if t.engine, can = e.(interface {
		sim.Engine
		Lose(sim.Spike)
	}); !can {
		return errors.Join(ErrCannotLose, e.Close())
	}
	to := s.engine.Step()
	if err := sim.Run(ctx, e, to, func(step, _ int64) { progress(float64(step) / float64(to)) }); err != nil {
		return errors.Join(err, e.Close())
	}
	s.twin = t
	s.Scope.split(to)
	return nil
}

// Reunite forgets the second copy.
func (s *Session) Reunite() error {
	if s.twin == nil {
		return nil
	}
	t := s.twin
	s.twin = nil
	s.Scope.reunite()
	return t.engine.Close()
}

// follow takes the twin to a step and returns its spikes. The first of an excitatory neuron among those of the first copy is the one
// that it loses, if it has not lost one yet.
func (t *twin) follow(ctx context.Context, s *Session, to int64, fired []sim.Spike) (spikes []sim.Spike, err error) {
	if t.lost == nil {
		for i := range fired {
			if p := s.model.PopulationOf(int(fired[i].Neuron)); s.mayLose(s.model.Populations[p]) {
				t.lost = &sim.Spike{Step: fired[i].Step, Neuron: fired[i].Neuron}
				t.engine.Lose(*t.lost)
				s.log.Lost = append(s.log.Lost, record.LostSpike{Step: int64(t.lost.Step) - 1, Neuron: t.lost.Neuron})
				s.Scope.lost(*t.lost)
				if err := s.writeLog(false); err != nil {
					return nil, err
				}
				break
			}
		}
	}
	err = sim.Run(ctx, t.engine, to, nil, sim.SpikeSink(func(_ int64, list []sim.Spike) error {
		spikes = append(spikes, list...)
		return nil
	}))
	return spikes, err
}

// Whose a spike is, where two copies run.
type whose uint8

const (
	both whose = iota
	first
	second
)

// A mark is a spike as it is drawn.
type mark struct {
	sim.Spike
	whose whose
}

// merge tells the spikes of two copies that both have from those of one, by step and neuron. The lists are sorted so.
func merge(a, b []sim.Spike) []mark {
	marks := make([]mark, 0, len(a))
	for len(a) > 0 || len(b) > 0 {
		order := 0
		switch {
		case len(a) == 0:
			order = 1
		case len(b) == 0:
			order = -1
		default:
			order = cmp.Or(cmp.Compare(a[0].Step, b[0].Step), cmp.Compare(a[0].Neuron, b[0].Neuron))
		}
		switch {
		case order < 0:
			marks, a = append(marks, mark{a[0], first}), a[1:]
		case order > 0:
			marks, b = append(marks, mark{b[0], second}), b[1:]
		default:
			marks, a, b = append(marks, mark{a[0], both}), a[1:], b[1:]
		}
	}
	return marks
}

// bytesWriter writes those bytes.
func bytesWriter(b []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	}
}
