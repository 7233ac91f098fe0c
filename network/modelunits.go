package network

import (
	"errors"
	"slices"

	"einet/equation"
	"einet/fault"
)

// CurrentUnit is the unit of the symbol I: pA, or mV where the equations are right with that only.
func (m *NeuronModel) CurrentUnit() equation.Dimension {
	if len(m.faultsOfUnits(equation.Picoampere)) > 0 && len(m.faultsOfUnits(equation.Millivolt)) == 0 {
		return equation.Millivolt
	}
	return equation.Picoampere
}

// HasUnits tells whether the units of the equations are right, so that those of currents and weights are known.
func (m *NeuronModel) HasUnits() bool {
	return !m.unread() && len(m.faultsOfUnits(m.CurrentUnit())) == 0
}

// weightUnit is the unit of the weights of synapses of a shape.
func (m *NeuronModel) weightUnit(s Synapse, receptor string) string {
	excitatory, inhibitory := m.Conductances()
	switch {
	case s == Delta:
		return "mV"
	case slices.Contains(m.Receptors, receptor) || excitatory || inhibitory:
		return "nS"
	}
	return m.CurrentUnit().String()
}

// symbols are the names that equations may have, with their units, I being in that of currents.
func (m *NeuronModel) symbols(current equation.Dimension) map[string]equation.Dimension {
	all := m.parameterUnits()
	all[CurrentSymbol], all[ExSymbol], all[InSymbol] = current, equation.Nanosiemens, equation.Nanosiemens
	for _, r := range m.Receptors {
		all[ReceptorSymbol(r)] = equation.Nanosiemens
	}
	for _, s := range m.States {
		all[s.Name] = s.Unit
	}
	return all
}

func (m *NeuronModel) parameterUnits() map[string]equation.Dimension {
	all := map[string]equation.Dimension{}
	for _, p := range m.Parameters {
		all[p.Name] = p.Unit
	}
	return all
}

func lookup(units map[string]equation.Dimension) func(name string) (equation.Dimension, bool) {
	return func(name string) (equation.Dimension, bool) {
		d, ok := units[name]
		return d, ok
	}
}

// A unitFault is what is wrong with the units of one expression of a model, whose path begins within the model.
type unitFault struct {
	path  string
	place int // of the expression, in the order in which they are checked
	wrong *equation.Error
}

// isBetter tells whether faults are those of a better reading of the same equations: there are none or, as far as the first, more is
// right. What that reading finds wrong is what is wrong, and not its unit of I.
func isBetter(found, than []unitFault) bool {
	switch {
	case len(found) == 0 || len(than) == 0:
		return len(than) > 0
	case found[0].place != than[0].place:
		return found[0].place > than[0].place
	}
	return found[0].wrong.At > than[0].wrong.At
}

// faultsOfUnits are those of the equations where I is of that unit.
func (m *NeuronModel) faultsOfUnits(current equation.Dimension) (found []unitFault) {
	units, place := m.symbols(current), 0
	note := func(path string, err error) {
		var wrong *equation.Error
		if errors.As(err, &wrong) {
			found = append(found, unitFault{path, place, wrong})
		}
		place++
	}
	if m.unread() {
		return nil
	}
	for _, d := range m.Definitions {
		of, err := equation.Check(d.Expr, lookup(units))
		note(fault.Path("definitions", d.Name), err)
		units[d.Name] = of
	}
	if len(found) > 0 { // which others would follow from
		return found
	}
	for _, s := range m.States {
		note(fault.Path("equations", s.Name+"'"), equation.CheckIs(s.Derivative, s.Unit.Over(equation.Millisecond), lookup(units)))
	}
	note("spike", equation.CheckTruth(m.Spike, lookup(units)))
	for _, r := range m.Reset {
		if s := m.State(r.State); s != nil {
			note(fault.Path("reset", r.State), equation.CheckIs(r.Expr, s.Unit, lookup(units)))
		}
	}
	return found
}
