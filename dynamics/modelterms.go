package dynamics

import (
	"slices"

	"einet/equation"
	"einet/network"
	"einet/program"
)

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

// stage is one whose states are those.
func (b *modelBuilder) stage(at moment, states map[string]program.Value) *stage {
	return &stage{modelBuilder: b, at: at, states: states, terms: map[string]term{}}
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
