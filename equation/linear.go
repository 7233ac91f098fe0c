package equation

// Linear takes an expression e apart that is linear in a name x: e = a x + b, neither of which has x. ok is false where
// it is not linear, which a minimum, a function or a comparison of x is not.
func Linear(e *Expr, x string) (a, b *Expr, ok bool) {
	a, b, ok = linear(e, x)
	if !ok {
		return nil, nil, false
	}
	return orZero(a), orZero(b), true
}

var zero = &Expr{}

func orZero(e *Expr) *Expr {
	if e == nil {
		return zero
	}
	return e
}

// Has tells whether an expression uses a name.
func (e *Expr) Has(name string) bool {
	has := false
	e.Names(func(n string, _ int) { has = has || n == name })
	return has
}

// linear is Linear with nil for 0.
func linear(e *Expr, x string) (a, b *Expr, ok bool) {
	if !e.Has(x) {
		return nil, e, true
	}
	part := func(i int) (a, b *Expr) {
		a, b, wasLinear := linear(e.Args[i], x)
		ok = ok && wasLinear
		return a, b
	}
	ok = true
	switch e.Kind {
	case Name:
		return &Expr{Kind: Number, Value: 1, At: e.At}, nil, true
	case Negative:
		a, b = part(0)
		return negative(a), negative(b), ok
	case Plus, Minus:
		a, b = part(0)
		c, d := part(1)
		return e.sum(a, c), e.sum(b, d), ok
	case Times:
		if e.Args[0].Has(x) == e.Args[1].Has(x) {
			return nil, nil, false
		}
		if e.Args[0].Has(x) {
			a, b = part(0)
			return e.scaled(a, e.Args[1]), e.scaled(b, e.Args[1]), ok
		}
		a, b = part(1)
		return e.scaled(a, e.Args[0]), e.scaled(b, e.Args[0]), ok
	case Over:
		if e.Args[1].Has(x) {
			return nil, nil, false
		}
		a, b = part(0)
		return e.scaled(a, e.Args[1]), e.scaled(b, e.Args[1]), ok
	case Call:
		if e.Name != "if" || e.Args[0].Has(x) {
			return nil, nil, false
		}
		a, b = part(1)
		c, d := part(2)
		return e.chosen(a, c), e.chosen(b, d), ok
	}
	return nil, nil, false
}

func negative(x *Expr) *Expr {
	if x == nil {
		return nil
	}
	return &Expr{Kind: Negative, Args: []*Expr{x}, At: x.At}
}

// sum is x + y or x - y, as e is.
func (e *Expr) sum(x, y *Expr) *Expr {
	switch {
	case y == nil:
		return x
	case x == nil && e.Kind == Plus:
		return y
	case x == nil:
		return negative(y)
	}
	return &Expr{Kind: e.Kind, Args: []*Expr{x, y}, At: e.At}
}

// scaled is x times, or over, a factor, as e is.
func (e *Expr) scaled(x, factor *Expr) *Expr {
	if x == nil {
		return nil
	}
	return &Expr{Kind: e.Kind, Args: []*Expr{x, factor}, At: e.At}
}

// chosen is x or y, as the condition of e says.
func (e *Expr) chosen(x, y *Expr) *Expr {
	if x == nil && y == nil {
		return nil
	}
	return &Expr{Kind: Call, Name: "if", Args: []*Expr{e.Args[0], orZero(x), orZero(y)}, At: e.At}
}

// Put is the expression with others in the place of names, where of has one for a name.
func (e *Expr) Put(of func(name string) *Expr) *Expr {
	if e.Kind == Name {
		if other := of(e.Name); other != nil {
			return other
		}
		return e
	}
	changed := false
	args := make([]*Expr, len(e.Args))
	for i, x := range e.Args {
		args[i] = x.Put(of)
		changed = changed || args[i] != x
	}
	if !changed {
		return e
	}
	c := *e
	c.Args = args
	return &c
}

// Size is how many operations, numbers and names an expression has, those of names as of says.
func (e *Expr) Size(of func(name string) int) int {
	const most = 1 << 30 // sums of two of them fit an int32
	if e.Kind == Name {
		return min(of(e.Name), most)
	}
	size := 1
	for _, x := range e.Args {
		size = min(size+x.Size(of), most)
	}
	return size
}
