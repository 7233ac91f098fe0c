// Package equation reads the equations of neuron models: expressions of named quantities, with units. Its one invariant:
// an expression whose Dimension is known can be computed in einet's own units (mV, ms, pA, nS, pF) without any factor.
package equation

// An Expr is an expression: a tree.
type Expr struct {
	Kind  Kind
	Value float64   // of a Number, in einet's units
	Unit  Dimension // of a Number: a quantity that was written with its unit
	Name  string    // of a Name or Call
	Args  []*Expr   // operands, or what a function is called with
	At    int       // where it begins in the text, in bytes
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

// A Dimension is the exponents of mV, ms and pA, of um and of mM. The zero Dimension is a plain number's.
// It is coherent: pA = nS mV, nS = pF/ms.
type Dimension struct{ Voltage, Time, Current, Length, Concentration int8 }
