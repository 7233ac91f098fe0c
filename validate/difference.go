package validate

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"

	"einet/dynamics"
	"einet/sim"
)

// findDifference steps both engines together until their spikes differ, and
// then again, one step at a time, until their state does, and their weights up to there.
func findDifference(ctx context.Context, b *built, steps int64, reference, backend sim.Backend) (*Difference, error) {
	d := &Difference{Engine: backend.Name, Device: backend.Device, StateStep: -1, StateNeuron: -1}
	if err := d.findSpike(ctx, b, steps, reference, backend); err != nil {
		return nil, err
	}
	last := steps
	if d.Step > 0 {
		last = d.Step
	}
	if err := d.findState(ctx, b, last, reference, backend); err != nil {
		return nil, err
	}
	if d.Step == 0 && d.StateStep < 0 && d.Weight == nil {
		return nil, fmt.Errorf("%s on %s differed in one run and not in lockstep: its results depend on the steps asked for at once, or on chance", backend.Name, backend.Device)
	}
	return d, nil
}

// findSpike looks for the first spike that only one engine has.
func (d *Difference) findSpike(ctx context.Context, b *built, steps int64, reference, backend sim.Backend) error {
	l, err := openLockstep(ctx, b.net, b.connectome, reference, backend)
	if err != nil {
		return err
	}
	defer l.close()
	const stretch = 100
	for done := int64(0); done < steps; done += stretch {
		spike, inReference, differs, err := l.advance(ctx, int(min(stretch, steps-done)))
		if err != nil {
			return err
		}
		if differs {
			d.Step, d.Neuron, d.FiredIn = int64(spike.Step), int(spike.Neuron), backend.Name
			if inReference {
				d.FiredIn = reference.Name
			}
			d.locate(l)
			return nil
		}
	}
	return nil
}

func (d *Difference) locate(l *lockstep) {
	for i := range l.model.Populations {
		if p := &l.model.Populations[i]; d.Neuron >= p.First && d.Neuron < p.First+p.Size {
			d.Population, d.Index = l.model.Network.Populations[i].Name, d.Neuron-p.First
		}
	}
}

// findState looks for the first difference of state up to a step.
func (d *Difference) findState(ctx context.Context, b *built, last int64, reference, backend sim.Backend) error {
	l, err := openLockstep(ctx, b.net, b.connectome, reference, backend)
	if err != nil {
		return err
	}
	defer l.close()
	for step := int64(0); step <= last; step++ {
		if step > 0 {
			if _, _, _, err := l.advance(ctx, 1); err != nil {
				return err
			}
		}
		if d.Weight == nil {
			if d.Weight, err = l.compareWeights(step); err != nil {
				return err
			}
		}
		for i := range l.model.Populations {
			k, differs, err := l.compareState(i)
			if err != nil {
				return err
			}
			if differs {
				d.StateStep, d.StateNeuron = step, l.model.Populations[i].First+k
				d.State, err = l.state(i, k)
				return err
			}
		}
	}
	return d.stateOfSpike(l)
}

// stateOfSpike is used where only spikes differ: the state of the neuron after
// the step of the spike.
func (d *Difference) stateOfSpike(l *lockstep) (err error) {
	for i := range l.model.Populations {
		if l.model.Network.Populations[i].Name == d.Population {
			d.State, err = l.state(i, d.Index)
		}
	}
	return err
}

// compareState finds the first neuron of population i with a variable that
// differs.
func (l *lockstep) compareState(i int) (neuron int, differs bool, err error) {
	p := &l.model.Populations[i]
	neuron = p.Size
	want, got := make([]float32, p.Size), make([]float32, p.Size)
	for _, v := range sim.Variables(l.model, i) {
		if err := l.reference.Read(v, i, 0, want); err != nil {
			return 0, false, err
		}
		if err := l.engine.Read(v, i, 0, got); err != nil {
			return 0, false, err
		}
		for k := range neuron {
			if want[k] != got[k] {
				neuron = k
				break
			}
		}
	}
	return neuron, neuron < p.Size, nil
}

// compareWeights finds the first weight that differs, nil if none does.
func (l *lockstep) compareWeights(step int64) (*WeightDifference, error) {
	a, weighs := l.reference.(sim.Weigher)
	b, too := l.engine.(sim.Weigher)
	if !weighs || !too {
		return nil, nil
	}
	for k := range l.model.Projections {
		if l.model.Projections[k].Plasticity == nil {
			continue
		}
		want, err := a.Weights(k, nil)
		if err != nil {
			return nil, err
		}
		got, err := b.Weights(k, nil)
		if err != nil {
			return nil, err
		}
		for i, omega := range want {
			if got[i] != omega {
				return &WeightDifference{step, l.model.Network.Projections[k].Name, i, omega, got[i]}, nil
			}
		}
	}
	return nil, nil
}

// state reads every variable of neuron k of population i in both engines.
func (l *lockstep) state(i, k int) ([]Pair, error) {
	var pairs []Pair
	for _, v := range sim.Variables(l.model, i) {
		name := "V"
		if v != sim.V {
			name = fmt.Sprintf("I_syn of receptor %d", v)
		}
		var x, y [1]float32
		if err := l.reference.Read(v, i, k, x[:]); err != nil {
			return nil, err
		}
		if err := l.engine.Read(v, i, k, y[:]); err != nil {
			return nil, err
		}
		pairs = append(pairs, Pair{name, x[0], y[0]})
	}
	return pairs, nil
}

// A stateDigest is a sim.Recorder that hashes every variable of every neuron as
// it is after one step.
type stateDigest struct {
	model *dynamics.Model
	at    int64
	sum   string
}

// Spikes ignores them.
func (s *stateDigest) Spikes(int64, []sim.Spike) error { return nil }

// Next is the one step.
func (s *stateDigest) Next(step int64) int64 {
	if step < s.at {
		return s.at
	}
	return sim.Never
}

// Reads is everything.
func (s *stateDigest) Reads() []sim.Selection {
	var all []sim.Selection
	for i := range s.model.Populations {
		if !s.model.Populations[i].IsSource() {
			all = append(all, sim.Selection{Model: s.model, Population: i})
		}
	}
	return all
}

// Sample hashes the state.
func (s *stateDigest) Sample(o *sim.Observation) error {
	h := sha256.New()
	for i, read := range s.Reads() {
		for _, v := range sim.Variables(s.model, read.Population) {
			values := slices.Clone(o.States[i].Read(v))
			for k := range values {
				if values[k] == 0 {
					values[k] = 0 // engines may differ in the sign of a zero
				}
			}
			if err := binary.Write(h, binary.LittleEndian, values); err != nil {
				return err
			}
		}
	}
	s.sum = hex.EncodeToString(h.Sum(nil))
	return nil
}
