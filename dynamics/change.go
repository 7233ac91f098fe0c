package dynamics

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/network"
)

// A Change is something that is done to a network while it is simulated, by hand or as a log of that says. It takes effect with
// the step after Step, on every engine alike: what engines compute is a function of the network, its changes and the step.
type Change struct {
	Step   int64
	Kind   ChangeKind
	Amount float64
}

// A ChangeKind says what an amount is of.
type ChangeKind string

const (
	// ChangeInput adds to the external input of all populations with a potential, from then on: so many times their Usual input.
	ChangeInput ChangeKind = "input"
	// ChangeInhibition makes all inhibition so many times what the network states, from then on: of receptors for currents and
	// conductances their effect on the neuron, of delta synapses the weights.
	ChangeInhibition ChangeKind = "inhibition"
	// ChangeKick raises the potential of all excitatory neurons by so many mV within the one step, by a pulse of input. Of
	// neurons with conductances, and of models, it is what the pulse would do to a capacitance alone.
	ChangeKick ChangeKind = "kick"
)

// Bounds of amounts: of what is added to the input at once and in all, of the factor of inhibition, and of a kick [mV].
const (
	MostInput      = 10.0
	MostInhibition = 10.0
	MostKick       = 1000.0
)

// Check is an error unless the change is one that a network may have.
func (c Change) Check() error {
	low, high := 0.0, 0.0
	switch c.Kind {
	case ChangeInput:
		low, high = -MostInput, MostInput
	case ChangeInhibition:
		high = MostInhibition
	case ChangeKick:
		low, high = -MostKick, MostKick
	default:
		return fmt.Errorf("event %q: must be input, inhibition or kick", c.Kind)
	}
	if !(c.Amount >= low && c.Amount <= high) {
		return fmt.Errorf("amount %g: must be from %g to %g", c.Amount, low, high)
	}
	if c.Step < 0 || c.Step >= math.MaxUint32 {
		return fmt.Errorf("step %d: must be from 0 to 2^32-2", c.Step)
	}
	return nil
}

// Change has the network changed, in the order of steps. Engines of the model must not be further than those; where one is open
// already, Change is called between two calls of its Advance.
func (m *Model) Change(changes ...Change) error {
	for _, c := range changes {
		if err := c.Check(); err != nil {
			return err
		}
		if n := len(m.changes); n > 0 && m.changes[n-1].Step > c.Step {
			return fmt.Errorf("step %d: must not be before that of the change before, %d", c.Step, m.changes[n-1].Step)
		}
		if total := m.addedInput() + c.Amount; c.Kind == ChangeInput && math.Abs(total) > MostInput {
			return errors.New("the amounts of all input together must be from -10 to 10")
		}
		m.changes = append(m.changes, c)
		for i := range m.Populations {
			m.change(i, c)
		}
	}
	return nil
}

// Changes are those of the model.
func (m *Model) Changes() []Change { return m.changes }

func (m *Model) addedInput() (sum float64) {
	for _, c := range m.changes {
		if c.Kind == ChangeInput {
			sum += c.Amount
		}
	}
	return sum
}

// AddedInput is the sum of the changes of input in force from step n to n+1, as a multiple of the usual.
func (m *Model) AddedInput(n int64) (sum float64) {
	for _, c := range m.changes {
		if c.Kind == ChangeInput && c.Step <= n {
			sum += c.Amount
		}
	}
	return sum
}

// change changes the input of population i: there is a component more.
func (m *Model) change(i int, c Change) {
	p, n := &m.Populations[i], &m.Network.Populations[i]
	if p.IsSource() {
		return
	}
	switch {
	case c.Kind == ChangeInput:
		p.courses = append(p.courses, level{c.Step, math.MaxInt64, float64(c.Amount * m.Usual(i))})
	case c.Kind == ChangeKick && m.Excites(i):
		p.courses = append(p.courses, level{c.Step, c.Step + 1, float64(c.Amount * perMV(p, n, m.Network.Dt))})
	default:
		return
	}
	p.steady = false
}

// Excites tells whether population i is excitatory: none of its projections inhibits.
func (m *Model) Excites(i int) bool {
	for k := range m.Projections {
		if m.Projections[k].From == i && !m.Network.Projections[k].Excitatory() {
			return false
		}
	}
	return true
}

// Projects tells whether projections begin at population i.
func (m *Model) Projects(i int) bool {
	return slices.ContainsFunc(m.Projections, func(p Projection) bool { return p.From == i })
}

// PopulationOf is the place of the population of a neuron (its global id).
func (m *Model) PopulationOf(neuron int) int { return m.populationOf(neuron) }

// Usual is the external input of population i that changes of input are a multiple of, in the unit of its input: the size of what
// it has without changes at step 0, and of the mean that Poisson inputs by currents bring. Where that is nothing it is what takes the free membrane
// from reset to threshold.
func (m *Model) Usual(i int) float64 {
	p, n := &m.Populations[i], &m.Network.Populations[i]
	if p.IsSource() {
		return 0
	}
	sum := 0.0
	for _, c := range newInput(n.Input, m.Network.Dt) {
		sum += c.at(0)
	}
	for _, in := range n.PoissonInput {
		if n.Neuron == network.LIF {
			sum += float64(in.Rate/1000*in.Weight) * p.area(in.Shape()) / p.R
		}
	}
	if math.Abs(sum) > 0 {
		return math.Abs(sum)
	}
	return math.Abs(float64(p.VTh)-float64(p.VReset)) / p.R
}

// area is what a Poisson input of one spike in a ms and a weight of 1 adds to R*I on average [mV].
func (p *Population) area(shape network.Shape) float64 {
	if shape.Synapse == network.Delta {
		return p.TauM
	}
	return shape.Area() * p.R
}

// perMV is the input of one step that raises the potential by 1 mV: of LIF exactly, of others as if there were the capacitance
// alone.
func perMV(p *Population, n *network.Population, dt float64) float64 {
	switch {
	case n.Model == nil && n.Neuron == network.LIF:
		return 1 / p.scale
	case n.Model == nil:
		return 1 / float64(p.PerC)
	case n.Model.Mean("C_m") > 0:
		return n.Model.Mean("C_m") / dt
	case p.TauM > 0:
		return p.TauM / dt / p.R
	}
	return 1 / dt
}

// Inhibition is the factor of all inhibition from step n to n+1.
func (m *Model) Inhibition(n int64) float32 {
	factor := float32(1)
	for _, c := range m.changes {
		if c.Kind == ChangeInhibition && c.Step <= n {
			factor = float32(c.Amount)
		}
	}
	return factor
}

// UntilInhibition is how many of the steps behind step n have the same factor of inhibition, at most most.
func (m *Model) UntilInhibition(n int64, most int) int {
	for _, c := range m.changes {
		if c.Kind == ChangeInhibition && c.Step > n {
			return int(min(int64(most), c.Step-n))
		}
	}
	return most
}

// HasInhibition tells whether inhibition changes at some step.
func (m *Model) HasInhibition() bool {
	return slices.ContainsFunc(m.changes, func(c Change) bool { return c.Kind == ChangeInhibition })
}

// Inhibited are the coefficients of population i with that factor of inhibition. States and the neuron's own numbers
// are the same, in the same places.
func (m *Model) Inhibited(i int, factor float32) *Population {
	p, n := &m.Populations[i], &m.Network.Populations[i]
	if factor == 1 || p.IsSource() {
		return p
	}
	q := *p
	q.Receptors = slices.Clone(p.Receptors)
	for r := range q.Receptors {
		if x := &q.Receptors[r]; !x.Excitatory {
			x.inhibit(factor, n.Model != nil)
		}
	}
	if q.Cell != nil && n.Model != nil {
		q.Cell = newModelCell(&q, n.Model, m.Network.Dt)
	} else if q.Cell != nil {
		q.Cell = newCell(&q)
	}
	return &q
}

// inhibit multiplies what the receptor does to the neuron. The equations of a model have the factor itself.
func (r *Receptor) inhibit(factor float32, model bool) {
	switch {
	case r.Synapse == network.Delta:
		r.Scale *= factor
		return
	case model:
		r.factor, r.changed = factor, true
		return
	}
	for _, x := range []*float32{&r.PVR, &r.PVY, &r.Half, &r.HalfY} {
		*x = flushed(*x * factor)
	}
}

// flushed is x, or 0 where no number of that size may reach an engine.
func flushed(x float32) float32 {
	if math.Abs(float64(x)) < smallest {
		return 0
	}
	return x
}
