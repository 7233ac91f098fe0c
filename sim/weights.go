package sim

import (
	"errors"

	"einet/dynamics"
)

// A WeightReader is a Recorder whose samples see weights of long-term plasticity.
type WeightReader interface {
	Recorder
	// WeightsOf is of which synapses of a projection, by their numbers; it is the same throughout a run.
	WeightsOf() (projection int, synapses []int64)
}

// weigh reads the weights that are to be seen in a sample, now that the engine is there.
func (w *watched) weigh(s *request) error {
	r, weighs := w.recorders[s.recorder].(WeightReader)
	if !weighs {
		return nil
	}
	e, can := w.engine.(Weigher)
	if !can {
		return errNoWeights
	}
	projection, synapses := r.WeightsOf()
	s.weights = make([]uint32, len(synapses))
	w.piece.state += 4 * len(synapses)
	return e.GatherWeights(projection, synapses, s.weights)
}

var errNoWeights = errors.New("this engine tells no weights of long-term plasticity")

// StartFrom gives an engine at step 0 those weights to start from, [projection][synapse]; of a projection that has nil its own stay.
func StartFrom(m *dynamics.Model, e PlasticSaver, weights [][]uint32) (err error) {
	p := NewPlastic(m)
	for k := range m.Projections {
		switch {
		case m.Projections[k].Plasticity == nil:
		case weights[k] != nil:
			p.Weights[k] = weights[k]
		default:
			if p.Weights[k], err = e.Weights(k, nil); err != nil {
				return err
			}
		}
	}
	if err := p.Check(m, 0); err != nil {
		return err
	}
	if err := e.LoadPlastic(p); err != nil {
		return err
	}
	return e.Resume(0, nil, NewReleases(m).States)
}
