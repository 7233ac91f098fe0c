package dynamics

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"einet/equation"
	"einet/libm"
	"einet/network"
	"einet/program"
	"einet/rng"
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

// A moment is a time within a step.
type moment int

const (
	atStart moment = iota
	inMiddle
	atEnd
)

// A stage is where a method evaluates the equations: the states there and what is made of them.
type stage struct {
	*modelBuilder
	at     moment
	states map[string]program.Value
	terms  map[string]term // of names, those that were needed
}

// A term is a number, or a value of the program.
type term struct {
	number float64
	value  program.Value // None of a number
}

func number(x float64) term { return term{number: x, value: program.None} }

func (t term) isNumber() bool { return t.value == program.None }

func newModelCell(p *Population, model *network.NeuronModel, dt float64) *Cell {
	b := &modelBuilder{
		cellBuilder: cellBuilder{Builder: program.NewBuilder(), p: p, cell: Cell{OU: -1, threshold: -1, bias: -1, refractory: -1}},
		model:       model, dt: dt, owns: map[string]program.Value{}, numbers: map[string]float64{"dt": dt},
		states: map[string]program.Value{}, bias: program.None, held: program.None,
	}
	b.Receptors(len(p.Receptors))
	b.declare()
	next := b.integrate()
	b.jump(next)
	b.cellBuilder.decay()
	if p.Noise.HasOU() {
		change := b.Add(b.Mul(b.float(p.Noise.MUU), b.u), b.Mul(b.float(p.Noise.Kick), b.Normal(OUDraw)))
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
	if p.HasBiases() {
		b.bias = b.ownBias()
	}
	if b.resets(network.VState) {
		b.held = b.refractory()
	}
}

func (b *modelBuilder) resets(state string) bool {
	return b.model.ResetOf(state) != nil
}

// stage is one whose states are those.
func (b *modelBuilder) stage(at moment, states map[string]program.Value) *stage {
	return &stage{modelBuilder: b, at: at, states: states, terms: map[string]term{}}
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
		v = b.Add(v, b.Mul(b.float(b.p.Noise.White), b.Normal(WhiteDraw)))
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

// valueOf is the value of a term, or the constant that it is.
func (b *modelBuilder) valueOf(t term) program.Value {
	if t.isNumber() {
		return b.Number(t.number)
	}
	return t.value
}

// lower is the term that an expression means.
func (s *stage) lower(e *equation.Expr) term {
	if s.isNumber(e) {
		return number(equation.Value(e, func(name string) float64 { return s.numberOf(name) }))
	}
	switch e.Kind {
	case equation.Name:
		return s.name(e.Name)
	case equation.Call:
		return term{value: s.call(e)}
	case equation.Plus, equation.Minus:
		return term{value: s.sum(e)}
	case equation.Times, equation.Over, equation.Negative:
		return s.scaled(e, 1, false)
	case equation.Power:
		n := int(e.Args[1].Value)
		return term{value: s.Power(s.valueOf(s.lower(e.Args[0])), n)}
	}
	return term{value: s.truth(e)}
}

// numberOf is the value of a name that is a number's.
func (s *stage) numberOf(name string) float64 {
	if x, ok := s.numbers[name]; ok {
		return x
	}
	return s.name(name).number
}

// isNumber tells whether an expression is the same for all neurons at all times.
func (s *stage) isNumber(e *equation.Expr) bool {
	if e.Kind == equation.Name {
		if _, ok := s.numbers[e.Name]; ok {
			return true
		}
		d := s.definition(e.Name)
		return d != nil && s.isNumber(d)
	}
	return !slices.ContainsFunc(e.Args, func(a *equation.Expr) bool { return !s.isNumber(a) })
}

func (b *modelBuilder) definition(name string) *equation.Expr {
	for _, d := range b.model.Definitions {
		if d.Name == name {
			return d.Expr
		}
	}
	return nil
}

// name is what a name stands for at the stage.
func (s *stage) name(name string) term {
	if x, ok := s.numbers[name]; ok {
		return number(x)
	}
	if own, ok := s.owns[name]; ok {
		if name == network.TRefParameter {
			return term{value: s.Mul(s.Convert(own), s.Number(s.dt))}
		}
		return term{value: own}
	}
	if x, ok := s.states[name]; ok {
		return term{value: x}
	}
	t, ok := s.terms[name]
	if ok {
		return t
	}
	switch {
	case s.definition(name) != nil:
		t = s.lower(s.definition(name))
	case name == network.CurrentSymbol:
		t = term{value: s.current()}
	default:
		t = s.conductance(name)
	}
	s.terms[name] = t
	return t
}

// current is I.
func (s *stage) current() program.Value {
	x := s.drive
	if s.bias != program.None {
		x = s.Add(x, s.bias)
	}
	if s.p.Noise.HasOU() {
		x = s.Add(x, s.ou())
	}
	for r := range s.p.Receptors {
		if rec := &s.p.Receptors[r]; rec.Synapse != network.Delta && rec.Symbol == "" {
			x = s.Add(x, s.synaptic(r))
		}
	}
	return x
}

// conductance is the sum of the receptors that a symbol takes.
func (s *stage) conductance(symbol string) term {
	x := program.None
	for r := range s.p.Receptors {
		switch {
		case s.p.Receptors[r].Symbol != symbol:
		case x == program.None:
			x = s.synaptic(r)
		default:
			x = s.Add(x, s.synaptic(r))
		}
	}
	return term{value: x} // a number, 0, where there is none
}

// synaptic is g of a receptor at the stage's time, times its factor where inhibition was changed.
func (s *stage) synaptic(r int) program.Value {
	x := s.decayed(r)
	if rec := &s.p.Receptors[r]; rec.changed {
		x = s.Mul(s.float(rec.factor), x)
	}
	return x
}

// decayed is g of a receptor at the stage's time.
func (s *stage) decayed(r int) program.Value {
	rec := &s.p.Receptors[r]
	g, decay, rise := s.g[r], rec.Half, rec.HalfY
	switch s.at {
	case atStart:
		return g
	case atEnd:
		decay, rise = rec.PRR, rec.PGY
	case inMiddle:
	}
	x := s.Mul(s.float(decay), g)
	if rec.States() > 1 {
		x = s.Add(x, s.Mul(s.float(rise), s.y[r]))
	}
	return x
}

// ou is the Ornstein-Uhlenbeck current at the stage's time, as far as it is known.
func (s *stage) ou() program.Value {
	switch s.at {
	case inMiddle:
		return s.Mul(s.float(s.p.Noise.PVU), s.u)
	case atEnd:
		return s.Add(s.u, s.Mul(s.float(s.p.Noise.MUU), s.u))
	case atStart:
	}
	return s.u
}

// A summand is a term of a sum; minus says that it is taken away.
type summand struct {
	minus bool
	e     *equation.Expr
}

func summands(e *equation.Expr, minus bool, all []summand) []summand {
	switch e.Kind {
	case equation.Plus:
		return summands(e.Args[1], minus, summands(e.Args[0], minus, all))
	case equation.Minus:
		return summands(e.Args[1], !minus, summands(e.Args[0], minus, all))
	case equation.Negative:
		return summands(e.Args[0], !minus, all)
	}
	return append(all, summand{minus, e})
}

// sum adds from left to right what is no number, and then what is, together. It begins with the first that is not taken away.
func (s *stage) sum(e *equation.Expr) program.Value {
	constant := 0.0
	var values []program.Value
	var minus []bool
	for _, t := range summands(e, false, nil) {
		sign := 1.0
		if t.minus {
			sign = -1
		}
		x, negative := s.product(t.e, sign, false)
		if x.isNumber() {
			constant += x.number
			continue
		}
		values, minus = append(values, x.value), append(minus, negative)
	}
	if constant != 0 {
		values, minus = append(values, s.Number(constant)), append(minus, false)
	}
	begin := slices.Index(minus, false)
	total := program.None
	if begin < 0 {
		begin, total = 0, s.Neg(values[0])
	} else {
		total = values[begin]
	}
	for i, x := range values {
		switch {
		case i == begin:
		case minus[i]:
			total = s.Sub(total, x)
		default:
			total = s.Add(total, x)
		}
	}
	return total
}

// A quotient is a product as it is written: of factors that are no numbers, and of one number for all that are.
type quotient struct {
	number                   float64
	numerators, denominators []*equation.Expr
}

func (s *stage) factors(f *quotient, e *equation.Expr, inverse bool) {
	switch {
	case s.isNumber(e) && inverse:
		f.number /= s.lower(e).number
	case s.isNumber(e):
		f.number *= s.lower(e).number
	case e.Kind == equation.Times:
		s.factors(f, e.Args[0], inverse)
		s.factors(f, e.Args[1], inverse)
	case e.Kind == equation.Over:
		s.factors(f, e.Args[0], inverse)
		s.factors(f, e.Args[1], !inverse)
	case e.Kind == equation.Negative:
		f.number = -f.number
		s.factors(f, e.Args[0], inverse)
	case inverse:
		f.denominators = append(f.denominators, e)
	default:
		f.numerators = append(f.numerators, e)
	}
}

// product is an expression times a factor, but for its sign where that is all that is left of the factor. What is tiny may be lost
// on its way to a sum with a state.
func (s *stage) product(e *equation.Expr, factor float64, tiny bool) (t term, minus bool) {
	f := quotient{number: factor}
	s.factors(&f, e, false)
	if f.numerators == nil && f.denominators == nil {
		return number(f.number), false
	}
	x := s.times(f.numerators)
	if d := s.times(f.denominators); d != program.None {
		if x == program.None {
			x, f.number = s.Number(f.number), 1
		}
		x = s.Div(x, d)
	}
	switch {
	case f.number == 1 || f.number == -1:
		return term{value: x}, f.number < 0
	case tiny:
		return term{value: s.MulAnyway(x, s.Number(f.number))}, false
	}
	return term{value: s.Mul(x, s.Number(f.number))}, false
}

// times is the product of expressions, from left to right, None of none.
func (s *stage) times(all []*equation.Expr) program.Value {
	x := program.None
	for _, e := range all {
		if y := s.valueOf(s.lower(e)); x == program.None {
			x = y
		} else {
			x = s.Mul(x, y)
		}
	}
	return x
}

// scaled is an expression times a factor.
func (s *stage) scaled(e *equation.Expr, factor float64, tiny bool) term {
	t, minus := s.product(e, factor, tiny)
	if minus {
		t.value = s.Neg(t.value)
	}
	return t
}

// call is a function's value.
func (s *stage) call(e *equation.Expr) program.Value {
	if e.Name == "if" {
		return s.Select(s.truth(e.Args[0]), s.valueOf(s.lower(e.Args[1])), s.valueOf(s.lower(e.Args[2])))
	}
	x := s.valueOf(s.lower(e.Args[0]))
	switch e.Name {
	case "min", "max":
		for _, a := range e.Args[1:] {
			y := s.valueOf(s.lower(a))
			if e.Name == "min" {
				x = s.Min(x, y)
			} else {
				x = s.Max(x, y)
			}
		}
		return x
	case "abs":
		return s.Abs(x)
	case "exp":
		return s.Exp(x)
	case "log":
		return s.Log(x)
	case "sqrt":
		return s.Sqrt(x)
	case "tanh":
		return s.Tanh(x)
	case "floor":
		return s.Floor(x)
	case "exprel":
		return s.Exprel(x)
	}
	panic("dynamics: no function " + e.Name)
}

// truth is whether a condition holds.
func (s *stage) truth(e *equation.Expr) program.Value {
	arg := func(i int) program.Value { return s.valueOf(s.lower(e.Args[i])) }
	switch e.Kind {
	case equation.And:
		return s.And(s.truth(e.Args[0]), s.truth(e.Args[1]))
	case equation.Or:
		return s.Or(s.truth(e.Args[0]), s.truth(e.Args[1]))
	case equation.Not:
		return s.Not(s.truth(e.Args[0]))
	case equation.Less:
		return s.Less(arg(0), arg(1))
	case equation.LessEqual:
		return s.LessEqual(arg(0), arg(1))
	case equation.Greater:
		return s.Less(arg(1), arg(0))
	case equation.GreaterEqual:
		return s.LessEqual(arg(1), arg(0))
	case equation.Name: // of a definition
		return s.truth(s.definition(e.Name))
	}
	panic("dynamics: no condition")
}

// newModelMembrane is what others ask of the membrane of a model: potentials between which V mostly lies, and how the free membrane
// forgets.
func newModelMembrane(p *network.Population, dt float64) Membrane {
	model := p.Model
	m := Membrane{GridV: modelGrid, Refractory: steps(p.Refractory().Mean(), dt), R: 1, TauM: freeTauM(model)}
	if leak := model.Leak(); leak > 0 && p.CurrentUnit() == "pA" {
		m.R = 1 / leak
	}
	threshold, reset, _ := p.Potentials()
	m.VTh, m.VReset = float32(threshold), float32(reset)
	return m
}

// A forceTable is by how much a unit of a conductance adds to I at potentials evenly apart, which stands for what lies between
// them: E - V of g (E - V), and of what depends on V otherwise no less than the equations have it.
type forceTable []float64

// Where a forceTable begins and ends [mV], and how many values it has for a mV.
const (
	leastForceV, mostForceV = -150, 100
	forcesPerMV             = 8
)

// newForceTable is nil where the equations do not tell: V' is not linear in the conductance, or it depends on more than V.
func newForceTable(model *network.NeuronModel, symbol string) forceTable {
	rate := model.Whole(model.State(network.VState).Derivative)
	perG, _, ok := equation.Linear(rate, symbol)
	if !ok {
		return nil
	}
	perI := 1 / model.Mean("C_m")
	if slope, _, ok := equation.Linear(rate, network.CurrentSymbol); ok && model.Uses(network.CurrentSymbol) {
		perI = equation.Value(slope, model.MeanOrNaN)
	}
	var table forceTable
	for k := range (mostForceV-leastForceV)*forcesPerMV + 1 {
		v := leastForceV + float64(k)/forcesPerMV
		x := equation.Value(perG, func(name string) float64 {
			if name == network.VState {
				return v
			}
			return model.MeanOrNaN(name)
		}) / perI
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil
		}
		table = append(table, x)
	}
	return table
}

// at is the force at a potential; beyond the table that of its end.
func (t forceTable) at(v float64) float64 {
	x := min(max((v-leastForceV)*forcesPerMV, 0), float64(len(t)-1))
	k := min(int(x), len(t)-2)
	return t[k] + (x-float64(k))*(t[k+1]-t[k])
}

// checkModel makes sure that what a step of a model begins with is neither subnormal nor overflows.
func (p *Population) checkModel(n *network.Population) error {
	r := &ranges{population: n.Name}
	low, high := n.Input.Bounds()
	for _, x := range []float64{low, high, n.Bias.A, n.Bias.B} {
		if math.Abs(x) > largest {
			r.want("an input", x, smallest, largest)
		}
	}
	if p.Noise.HasWhite() {
		r.want("the white noise of a step", float64(p.Noise.White), smallest, largest)
	}
	if p.Noise.HasOU() {
		for _, x := range []float32{p.Noise.MUU, p.Noise.PVU, p.Noise.Kick} {
			r.want("the Ornstein-Uhlenbeck noise of a step", float64(x), smallest, largest)
		}
	}
	for _, x := range p.Receptors {
		r.want(fmt.Sprintf("e^(-dt/tau_syn) of tau_syn %g", x.TauSyn), float64(x.PRR), smallest, 1)
		r.want(fmt.Sprintf("e^(-dt/(2 tau_syn)) of tau_syn %g", x.TauSyn), float64(x.Half), smallest, 1)
		r.want("the scale of weights", float64(x.Scale), smallest, largest)
	}
	return errors.Join(r.errs...)
}

// freeTauM is the time constant of the free membrane, tau_m or C_m/g_L, as far as the parameters tell; else 0.
func freeTauM(model *network.NeuronModel) float64 {
	if tau := model.Mean("tau_m"); tau > 0 {
		return tau
	}
	if leak := model.Mean("g_L"); leak > 0 {
		return model.Mean("C_m") / leak
	}
	return 0
}

// symbol is what the conductance of a receptor is called in the equations, empty where it is a current.
func symbol(model *network.NeuronModel, receptor string, excitatory bool) string {
	ex, in := model.Conductances()
	switch {
	case receptor != "":
		return network.ReceptorSymbol(receptor)
	case excitatory && ex:
		return network.ExSymbol
	case !excitatory && in:
		return network.InSymbol
	}
	return ""
}

// ModelStarts are the states of the neurons of population pop, which are of a model, at step 0: in the order of the model [state][neuron].
func (m *Model) ModelStarts(pop int) [][]float32 {
	return m.modelStates(pop, m.Network.Populations[pop].Model)
}

// ModelDraws are the parameters that each of these neurons has of its own: [name][neuron].
func (m *Model) ModelDraws(pop int) map[string][]float64 {
	return m.drawn(pop, m.Network.Populations[pop].Model)
}

// drawn are the parameters of a model that each neuron of population pop has its own of: [name][neuron].
func (m *Model) drawn(pop int, model *network.NeuronModel) map[string][]float64 {
	key := rng.Key{Seed: m.Network.Seed, Stream: rng.Stream(rng.Parameters, uint32(pop), 0)}
	all := map[string][]float64{}
	for k, q := range model.Parameters {
		if !q.Value.IsNumber() {
			all[q.Name] = m.sample(pop, q.Value, key, k)
		}
	}
	return all
}

// sample is a value for each neuron of population pop.
func (m *Model) sample(pop int, d network.Dist, key rng.Key, draw int) []float64 {
	values, one := make([]float64, m.Populations[pop].Size), newSample(d)
	for i := range values {
		values[i] = one(rng.Neuron(key, uint32(i), 0, uint32(draw)))
	}
	return values
}

// modelOwns puts the parameters that are drawn among the neuron's own numbers: [own][neuron].
func (m *Model) modelOwns(pop int, model *network.NeuronModel, owns [][]uint32) {
	drawn := m.drawn(pop, model)
	for k, q := range model.Parameters {
		own := m.Populations[pop].Cell.parameters[k]
		for _, x := range drawn[q.Name] {
			word := math.Float32bits(float32(x))
			if q.Name == network.TRefParameter {
				word = uint32(steps(max(x, 0), m.Network.Dt))
			} else if math.Abs(x) < program.Smallest {
				word = 0
			}
			owns[own] = append(owns[own], word)
		}
	}
}

// modelStates are the states of a model at step 0, in the order of the model: [state][neuron].
func (m *Model) modelStates(pop int, model *network.NeuronModel) [][]float32 {
	p, drawn := &m.Populations[pop], m.drawn(pop, model)
	states := make([][]float32, len(model.States))
	for k, s := range model.States {
		var values []float64
		if s.Start == nil {
			key, draw := rng.Key{Seed: m.Network.Seed, Stream: rng.Stream(rng.InitialStates, uint32(pop), m.Network.Trial)}, k
			if s.Name == network.VState {
				key, draw = p.state.vKey, 0
			}
			values = m.sample(pop, s.StartDist, key, draw)
		}
		for i := range p.Size {
			x := 0.0
			if s.Start == nil {
				x = values[i]
			} else {
				x = equation.Value(s.Start, func(name string) float64 {
					if own, ok := drawn[name]; ok {
						return own[i]
					}
					return model.Mean(name)
				})
			}
			states[k] = append(states[k], onGrid(x, modelGrid))
		}
	}
	return states
}
