package dynamics

import (
	"einet/equation"
	"einet/libm"
	"einet/network"
	"einet/program"
)

// modelGrid is B of the states of models: they are multiples of 2^-44.
const modelGrid = 0x1p-20

// A modelBuilder makes the Cell of a population whose neurons are written as equations: that section of docs/equations.md, in
// its order.
type modelBuilder struct {
	cellBuilder
	model   *network.NeuronModel
	dt      float64
	owns    map[string]program.Value // parameters that are drawn
	numbers map[string]float64       // those that are not
	states  map[string]program.Value // at the start of the step
	bias    program.Value
	held    program.Value // whether V stays as it is; None if it never does
}

func newModelCell(p *Population, model *network.NeuronModel, dt float64) *Cell {
	b := &modelBuilder{
		cellBuilder: cellBuilder{Builder: program.NewBuilder(), p: p, cell: newCellOfNone()},
		model:       model, dt: dt, owns: map[string]program.Value{}, numbers: map[string]float64{"dt": dt},
		states: map[string]program.Value{}, bias: program.None, held: program.None,
	}
	b.Receptors(len(p.Receptors))
	b.declare()
	next := b.integrate()
	b.jump(next)
	b.cellBuilder.decay()
	if p.Noise.HasOU() {
		change := b.Add(b.Mul(b.float(p.Noise.MUU), b.u), b.Mul(b.kick(), b.Normal(OUDraw)))
		b.Become(b.u, b.changed(b.u, change, p.Noise.Grid))
	}
	fires := b.spike(next)
	b.cell.Program = b.Program(fires)
	return &b.cell
}

// declare makes states and the neuron's own numbers.
func (b *modelBuilder) declare() {
	p := b.p
	grain := gridGrain(modelGrid)
	b.v, b.until = b.NewState(program.Float, grain), b.NewState(program.Int, 0)
	for _, s := range b.model.States {
		place := CellV
		b.states[s.Name] = b.v
		if s.Name != network.VState {
			b.states[s.Name], place = b.state(modelGrid)
		}
		b.cell.States = append(b.cell.States, place)
	}
	b.synapses()
	b.drive = b.Drive()
	if p.Noise.HasOU() {
		b.u, b.cell.OU = b.state(p.Noise.Grid)
	}
	for _, q := range b.model.Parameters {
		own := -1
		switch {
		case q.Value.IsNumber():
			b.numbers[q.Name] = q.Value.Mean()
		case q.Name == network.TRefParameter:
			b.cell.refractory = b.Owns()
			own = b.cell.refractory
			b.owns[q.Name] = b.NewOwn(program.Int, 0)
		default:
			b.owns[q.Name], own = b.own(program.GrainOfFlushed)
		}
		b.cell.parameters = append(b.cell.parameters, own)
	}
	if p.HasOwnInput() {
		b.bias = b.ownInput()
	}
	if b.resets(network.VState) {
		b.held = b.refractory()
	}
}

func (b *modelBuilder) resets(state string) bool {
	return b.model.ResetOf(state) != nil
}

// A part is a multiple of the right sides of the equations at a stage.
type part struct {
	of     *stage
	factor float64
}

// ahead is the states plus those parts, on the grid.
func (b *modelBuilder) ahead(parts ...part) map[string]program.Value {
	ahead := b.moved(parts...)
	b.settle(ahead)
	return ahead
}

// moved is the states plus those parts.
func (b *modelBuilder) moved(parts ...part) map[string]program.Value {
	moved := map[string]program.Value{}
	for _, s := range b.model.States {
		x := b.states[s.Name]
		for _, p := range parts {
			x = b.Add(x, b.valueOf(p.of.scaled(s.Derivative, p.factor, true)))
		}
		moved[s.Name] = x
	}
	return moved
}

// integrate is the states after the step, not yet on their grid.
func (b *modelBuilder) integrate() map[string]program.Value {
	dt := b.dt
	switch first := b.stage(atStart, b.states); b.model.Method {
	case network.ExponentialEuler:
		return b.exponentialEuler()
	case network.Heun:
		second := b.stage(atEnd, b.ahead(part{first, dt}))
		return b.moved(part{first, dt / 2}, part{second, dt / 2})
	case network.RungeKutta4:
		second := b.stage(inMiddle, b.ahead(part{first, dt / 2}))
		third := b.stage(inMiddle, b.ahead(part{second, dt / 2}))
		fourth := b.stage(atEnd, b.ahead(part{third, dt}))
		return b.moved(part{first, dt / 6}, part{second, dt / 3}, part{third, dt / 3}, part{fourth, dt / 6})
	default: // network.Euler
		return b.moved(part{first, dt})
	}
}

// exponentialEuler solves each equation alone, with all else as it is.
func (b *modelBuilder) exponentialEuler() map[string]program.Value {
	s, next := b.stage(inMiddle, b.states), map[string]program.Value{}
	for _, x := range b.model.States {
		slope, _, _ := equation.Linear(b.model.Whole(x.Derivative), x.Name)
		change := program.None
		if a := s.lower(slope); a.isNumber() {
			change = b.valueOf(s.scaled(x.Derivative, b.dt*exprel(a.number*b.dt), true))
		} else {
			z := b.valueOf(s.scaled(slope, b.dt, false))
			f := b.valueOf(s.scaled(x.Derivative, b.dt, false))
			change = b.Mul(f, b.Exprel(z))
		}
		next[x.Name] = b.Add(b.states[x.Name], change)
	}
	return next
}

// exprel is (e^x - 1)/x.
func exprel(x float64) float64 {
	if x == 0 {
		return 1
	}
	return libm.Expm1(x) / x
}

// jump adds white noise and delta synapses to V, and holds it where it is to stay.
func (b *modelBuilder) jump(next map[string]program.Value) {
	v := next[network.VState]
	if b.p.Noise.HasWhite() {
		v = b.Add(v, b.Mul(b.white(), b.Normal(WhiteDraw)))
	}
	for r := range b.p.Receptors {
		if b.p.Receptors[r].Synapse == network.Delta {
			v = b.Add(v, b.arrived(r))
		}
	}
	next[network.VState] = v
	b.settle(next)
}

// settle puts states on their grid, in their order, so that a model makes the same code each time; and V stays where it is held.
func (b *modelBuilder) settle(states map[string]program.Value) {
	for _, s := range b.model.States {
		states[s.Name] = b.onto(states[s.Name], modelGrid)
	}
	if b.held != program.None {
		states[network.VState] = b.Select(b.held, b.v, states[network.VState])
	}
}

// spike gives the states their next values, by the reset in neurons that fire.
func (b *modelBuilder) spike(next map[string]program.Value) (fires program.Value) {
	after := b.stage(atEnd, next)
	fires = b.And(after.truth(b.model.Spike), b.Not(b.refractory()))
	if len(b.model.Reset) == 0 {
		before := b.stage(atStart, b.states)
		fires = b.And(fires, b.Not(before.truth(b.model.Spike)))
	}
	reset := map[string]program.Value{}
	for _, r := range b.model.Reset {
		to := after.lower(r.Expr)
		if to.isNumber() {
			reset[r.State] = b.float(onGrid(to.number, modelGrid))
		} else {
			reset[r.State] = b.onto(to.value, modelGrid)
		}
	}
	for _, s := range b.model.States {
		x := next[s.Name]
		if to, ok := reset[s.Name]; ok {
			x = b.Select(fires, to, x)
		}
		b.FailUnlessFinite(x)
		b.Become(b.states[s.Name], x)
	}
	steps := b.Whole(int32(b.p.Refractory))
	if own, ok := b.owns[network.TRefParameter]; ok {
		steps = own
	}
	end := b.IntAdd(b.IntAdd(b.Now(), b.Whole(1)), steps)
	b.Become(b.until, b.Select(fires, end, b.until))
	return fires
}
