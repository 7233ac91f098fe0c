package engines

import (
	"errors"
	"fmt"

	"einet/connectome"
	"einet/dynamics"
	"einet/fault"
	"einet/record"
	"einet/sim"
	"einet/table"
)

// startFrom gives an engine at step 0 the weights of the files that plastic projections start from. A file of other synapses is an InputError.
func startFrom(e sim.Engine, m *dynamics.Model, c *connectome.Connectome) error {
	weights, some := make([][]uint32, len(m.Projections)), false
	for k := range m.Projections {
		if p := &m.Network.Projections[k]; p.Plasticity.Weights.Path == "" {
			continue
		}
		var err error
		if weights[k], err = StartWeights(m, c, k); err != nil {
			return err
		}
		some = true
	}
	if !some {
		return nil
	}
	engine, can := e.(sim.PlasticSaver)
	if !can {
		return errors.New("this engine can't start from the weights of a file")
	}
	if err := sim.StartFrom(m, engine, weights); err != nil {
		return &InputError{err}
	}
	return nil
}

// StartWeights are the weights of the file that a projection starts from, ω of its synapses in the order of connectome.Projection.Each; nil where it names
// none. A file of other synapses is an InputError.
func StartWeights(m *dynamics.Model, c *connectome.Connectome, k int) ([]uint32, error) {
	p := &m.Network.Projections[k]
	if p.Plasticity.Weights.Path == "" {
		return nil, nil
	}
	omegas, err := weightsOf(m, c, k)
	if err != nil {
		return nil, &InputError{fmt.Errorf("projections.%s.plasticity.weights: %w", p.Name, err)}
	}
	return omegas, nil
}

// errOther ends a walk over synapses at the first that is another in the file.
var errOther = errors.New("")

// weightsOf are those of a file, whose synapses must be those of the projection.
func weightsOf(m *dynamics.Model, c *connectome.Connectome, k int) ([]uint32, error) {
	p, q := &m.Network.Projections[k], &m.Projections[k]
	file := p.Plasticity.Weights
	f, wrong := table.Open(file.Path, 1<<62)
	if wrong != nil {
		return nil, wrong
	}
	defer f.Close()
	if sum, wrong := f.Sum(); wrong != nil {
		return nil, wrong
	} else if sum != file.SHA256 {
		return nil, fmt.Errorf("%s: has changed: its SHA-256 is %s, not %s", file.Path, sum, file.SHA256)
	}
	w, err := record.ReadFinalWeights(file.Path, p.Name)
	if err != nil {
		return nil, err
	}
	if has := c.Projections[k].Synapses(); has != int64(len(w.Omega)) {
		return nil, fmt.Errorf("%s: has %d synapses, the network has %d: another seed or size?", file.Path, len(w.Omega), has)
	}
	if most := p.Plasticity.Bounds().Max; w.WMax != most {
		return nil, fmt.Errorf("%s: w_max is %s, the network has %s", file.Path, fault.Number(w.WMax), fault.Number(most))
	}
	i, says := 0, ""
	err = c.Projections[k].Each(func(source, target int, _, delay uint32) error {
		_, ms := m.Synapse(k, 0, delay)
		if w.Source[i] != uint32(source) || w.Target[i] != uint32(target) || w.DelayMs[i] != float32(ms) {
			says = fmt.Sprintf("synapse %d is from %d to %d with a delay of %v ms, in the network from %d to %d with %v ms: another seed or other connections?",
				i, w.Source[i], w.Target[i], w.DelayMs[i], source, target, float32(ms))
			return errOther
		}
		if o := w.Omega[i]; o < q.Plasticity.Low || o > dynamics.One {
			says = fmt.Sprintf("the weight of synapse %d is not between w_min and w_max", i)
			return errOther
		}
		i++
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %s", file.Path, says)
	}
	return w.Omega, nil
}
