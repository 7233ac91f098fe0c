// Package program is the step of a neuron as a straight list of operations, without branches or loops. Its one
// invariant: every operation gives the same bits on every processor and device, so a program does, whoever
// runs it: cpuref one neuron at a time, cpu many side by side, gpu as GLSL printed from it.
//
// Numbers are float32. Operations are those that all devices do alike: + - * rounded to nearest even, comparison and
// choice, and operations on the bits. Division, square root, exponential and logarithm are
// programs of these (functions.go). Many devices make subnormal numbers zero, so there are none, but for products that are flushed
// next or lost in a sum. The sign of a zero and the bits of what is no number may differ between devices, and
// no program looks at them.
package program

import "slices"

// A Type is what the 32 bits of a value are.
type Type uint8

// The types.
const (
	Float Type = iota // a float32
	Int               // an int32
	Truth             // true or false
)

// An Op is an operation.
type Op uint8

// The operations. What is read stands first; then x, y and z are the values A, B and C. A comparison with what is no number is
// false. All else is as in IEEE 754, with infinities.
const (
	Constant Op = iota // Constants[A]
	State              // state A of the neuron, at the start of the step; a Float is finite
	Own                // number A of the neuron that never changes
	Drive              // external input of the step, common to the population: 0, or at least 2^-100 in magnitude
	Now                // Int: the step's number, as the engine counts; only compared and added to
	Arriving           // whole number of units that arrive at receptor A, rounded once to a float
	Normal             // standard normal number A of the neuron and step

	Add // x + y, rounded to nearest even; never fused with a product
	Sub // x - y
	Mul // x * y; one below 2^-126 in magnitude may be zero, or rounded to a subnormal number
	Neg // x with the other sign
	Abs // x without its sign
	Min // x if x < y, else y
	Max // x if x > y, else y

	Flush // 0, without a sign, if |x| < 2^-100, else x

	Less      // x < y
	LessEqual // x <= y
	Equal     // x == y
	IntLess   // x < y of Ints
	IntEqual  // x == y of Ints
	And       // of truths
	Or
	Not
	Select // y if x, else z; of one type

	IntAdd     // of Ints; wraps around
	IntSub     //
	IntAnd     // bit by bit
	IntOr      //
	IntXor     //
	ShiftLeft  // x by B bits
	ShiftRight // x by B bits, with copies of its sign
	ShiftDown  // x by B bits, with zeros

	Truncate // a Float below 2^31 in magnitude as an Int, without what follows its point
	Convert  // an Int of at most 2^24 in magnitude as a Float
	Bits     // the bits of a Float as an Int
	AsFloat  // and back
)

// A Value is the place of an instruction in Code, whose result it is.
type Value int32

// None is no value.
const None Value = -1

// An Instruction is an operation on values of earlier instructions.
type Instruction struct {
	Op      Op
	Type    Type // of the result
	A, B, C int32
}

// A Program takes a neuron from step n to n+1.
type Program struct {
	Code      []Instruction
	Constants []uint32 // their bits
	States    []Type   // of the neuron's states: Float or Int
	Owns      []Type   // of the numbers that are its own
	Receptors int
	Normals   int // how many draws: 0 to 2

	Next  []Value // of each state: its value at n+1
	Fires Value   // whether the neuron fires at n+1
	Fails Value   // whether it can't be told what happens, so that the run must end; None where that is never so
}

// SameCode tells whether two programs differ in their constants at most.
func (p *Program) SameCode(q *Program) bool {
	return slices.Equal(p.Code, q.Code) && slices.Equal(p.States, q.States) && slices.Equal(p.Owns, q.Owns) &&
		len(p.Constants) == len(q.Constants) && p.Receptors == q.Receptors && p.Normals == q.Normals &&
		slices.Equal(p.Next, q.Next) && p.Fires == q.Fires && p.Fails == q.Fails
}

// Operands are the values that an instruction reads.
func (i Instruction) Operands() []Value {
	all := [3]Value{Value(i.A), Value(i.B), Value(i.C)}
	return slices.Clone(all[:operands[i.Op]])
}

// Reads tells of an operation that what it gives is not made of other values.
func (o Op) Reads() bool { return o <= Normal }

// String is its name.
func (o Op) String() string { return names[o] }

var operands = [...]int{
	Add: 2, Sub: 2, Mul: 2, Neg: 1, Abs: 1, Min: 2, Max: 2, Flush: 1,
	Less: 2, LessEqual: 2, Equal: 2, IntLess: 2, IntEqual: 2, And: 2, Or: 2, Not: 1, Select: 3,
	IntAdd: 2, IntSub: 2, IntAnd: 2, IntOr: 2, IntXor: 2, ShiftLeft: 1, ShiftRight: 1, ShiftDown: 1,
	Truncate: 1, Convert: 1, Bits: 1, AsFloat: 1,
}

var names = [...]string{
	"constant", "state", "own", "drive", "now", "arriving", "normal",
	"add", "sub", "mul", "neg", "abs", "min", "max", "flush",
	"less", "less equal", "equal", "int less", "int equal", "and", "or", "not", "select",
	"int add", "int sub", "int and", "int or", "int xor", "shift left", "shift right", "shift down",
	"truncate", "convert", "bits", "as float",
}
