package sim

import (
	"fmt"
	"strconv"

	"einet/dynamics"
	"einet/network"
)

// CheckRead is an error unless population pop has the variable and neurons first
// to first+count-1. Engines call it before they read.
func CheckRead(m *dynamics.Model, v Variable, pop, first, count int) error {
	if pop < 0 || pop >= len(m.Populations) {
		return fmt.Errorf("read: population %d: the network has %d", pop, len(m.Populations))
	}
	p := &m.Populations[pop]
	if first < 0 || first+count > p.Size {
		return fmt.Errorf("read: neurons %d to %d: population %d has %d", first, first+count-1, pop, p.Size)
	}
	if p.IsSource() {
		return fmt.Errorf("read: population %d is a source, which has no state", pop)
	}
	if k := v.modelState(); k >= 0 && p.Cell != nil && k < len(p.Cell.States) {
		return nil
	}
	if v != V && v >= 0 && int(v) < len(p.Receptors) && p.Receptors[v].States() == 0 {
		return fmt.Errorf("read: receptor %d of population %d is of delta synapses, which have no state", v, pop)
	}
	if v != V && (v < 0 || int(v) >= len(p.Receptors)) {
		return fmt.Errorf("read: receptor %d: population %d has %d", v, pop, len(p.Receptors))
	}
	return nil
}

// CheckGather is an error unless population pop has the variable and the neurons, and dst as much room.
// Engines call it before they gather.
func CheckGather(m *dynamics.Model, v Variable, pop int, neurons []int, dst []float32) error {
	if len(neurons) != len(dst) {
		return fmt.Errorf("gather: %d neurons, room for %d", len(neurons), len(dst))
	}
	if err := CheckRead(m, v, pop, 0, 0); err != nil {
		return err
	}
	for _, i := range neurons {
		if err := CheckRead(m, v, pop, i, 1); err != nil {
			return err
		}
	}
	return nil
}

// CheckReleases is an error unless a projection has short-term plasticity, and sources first to first+count-1. Engines call it before
// they copy the states of these.
func CheckReleases(m *dynamics.Model, projection, first, count int) error {
	if projection < 0 || projection >= len(m.Projections) {
		return fmt.Errorf("short-term plasticity: projection %d: the network has %d", projection, len(m.Projections))
	}
	p := &m.Projections[projection]
	if p.ShortTerm == nil {
		return fmt.Errorf("short-term plasticity: projection %d has none", projection)
	}
	if size := m.Populations[p.From].Size; first < 0 || first+count > size {
		return fmt.Errorf("short-term plasticity: sources %d to %d: projection %d has %d", first, first+count-1, projection, size)
	}
	return nil
}

// Variables are those that an engine can read of population pop: V, the state
// of each receptor that has one, and the other states of a model. A source has none.
func Variables(m *dynamics.Model, pop int) []Variable {
	p := &m.Populations[pop]
	if p.IsSource() {
		return nil
	}
	all := []Variable{V}
	for r := range p.Receptors {
		if p.Receptors[r].States() > 0 {
			all = append(all, Current(r))
		}
	}
	if p.Cell != nil {
		for k, place := range p.Cell.States {
			if place != dynamics.CellV {
				all = append(all, ModelState(k))
			}
		}
	}
	return all
}

// CellState is the place of a variable among the states of a population that runs a program.
func CellState(p *dynamics.Population, v Variable) int {
	switch {
	case v == V:
		return dynamics.CellV
	case v >= 0:
		return p.Cell.G[v]
	}
	return p.Cell.States[v.modelState()]
}

// NameOf is what a variable is called in files: V, the name of a model's state, or g and the receptor's number.
func NameOf(m *dynamics.Model, pop int, v Variable) string {
	switch k := v.modelState(); {
	case v == V:
		return "V"
	case k >= 0:
		return m.Network.Populations[pop].Model.States[k].Name
	}
	return network.GVariable + strconv.Itoa(int(v))
}
