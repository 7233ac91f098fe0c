// Package equation reads the equations of neuron models: expressions of named quantities, with units. Its one invariant:
// an expression whose Dimension is known can be computed in einet's own units (mV, ms, pA, nS, pF, um, mM) without any factor.
package equation

// An Expr is an expression: a tree. It is never changed once made, so that trees may share parts.
type Expr struct {
	Kind  Kind
	Value float64   // of a Number, in einet's units
	Unit  Dimension // of a Number: a quantity that was written with its unit
	Name  string    // of a Name or Call; of a Number that is a unit alone, that unit as written
	Args  []*Expr   // operands, or what a function is called with
	At    int       // where it begins in the text, in characters from 0; an operation begins at its operator
}

// A Kind is what an Expr is.
type Kind uint8

// The kinds. Calls are of if, min, max, abs, exp, log, sqrt, tanh, floor and exprel, which is (e^x - 1)/x.
const (
	Number Kind = iota
	Name
	Call
	Plus
	Minus
	Times
	Over
	Power // by a whole number, Args[1], a Number from 2 to 8
	Negative
	Less
	LessEqual
	Greater
	GreaterEqual
	And
	Or
	Not
)

// Functions are those that there are, in alphabetical order.
var Functions = []string{"abs", "exp", "exprel", "floor", "if", "log", "max", "min", "sqrt", "tanh"}

// arguments is how many a function takes; 0 of what is none.
func arguments(function string) int {
	switch function {
	case "if":
		return 3
	case "min", "max":
		return 2
	case "abs", "exp", "exprel", "floor", "log", "sqrt", "tanh":
		return 1
	}
	return 0
}

// IsTruth tells whether an expression is true or false, and no number.
func (e *Expr) IsTruth() bool { return e.Kind >= Less }

// IsZero tells whether an expression is the number 0, written without a unit.
func (e *Expr) IsZero() bool {
	if e.Kind == Negative {
		return e.Args[0].IsZero()
	}
	return e.Kind == Number && e.Value == 0 && e.Unit == (Dimension{})
}

// Names calls visit for each name that an expression uses, as often as it stands there.
func (e *Expr) Names(visit func(name string, at int)) {
	if e.Kind == Name {
		visit(e.Name, e.At)
	}
	for _, x := range e.Args {
		x.Names(visit)
	}
}

// Equal tells whether two expressions are the same, wherever their parts stand in their texts.
func (e *Expr) Equal(f *Expr) bool {
	if e == nil || f == nil || e == f {
		return e == f
	}
	if e.Kind != f.Kind || e.Value != f.Value || e.Unit != f.Unit || e.Name != f.Name || len(e.Args) != len(f.Args) {
		return false
	}
	for i, x := range e.Args {
		if !x.Equal(f.Args[i]) {
			return false
		}
	}
	return true
}

// An Error says what is wrong with an expression, and where in its text.
type Error struct {
	At    int // in characters from 0
	Wrong string
}
