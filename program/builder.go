package program

import (
	"math"
	"slices"
)

// smallest is the exponent of the least magnitude of a product: what is smaller becomes zero. Sums of
// such numbers are multiples of 2^(smallest-23), and so zero or normal.
const smallest = -100

// Smallest is the least magnitude of a product, or of a number that is given, that is not zero.
const Smallest = 0x1p-100

// A Builder makes a program. Equal instructions become one. It knows of each value how small it can be without
// being zero, and so which products need no Flush.
type Builder struct {
	code      []Instruction
	constants []uint32
	bounds    []bound // of each value
	places    map[Instruction]Value
	next      []Value
	states    []Type
	grains    []int // of the states
	owns      []Type
	fails     Value
	receptors int
	normals   int
}

// NewBuilder is an empty program.
func NewBuilder() *Builder { return &Builder{places: map[Instruction]Value{}, fails: None} }

func (b *Builder) put(i Instruction, c bound) Value {
	if v, ok := b.places[i]; ok {
		return v
	}
	v := Value(len(b.code))
	b.code, b.bounds = append(b.code, i), append(b.bounds, c)
	b.places[i] = v
	return v
}

// Number is a constant. A double is rounded once; what is below 2^-100 is zero.
func (b *Builder) Number(x float64) Value {
	f := float32(x)
	if math.Abs(float64(f)) < 0x1p-100 {
		f = 0
	}
	return b.constant(math.Float32bits(f), Float)
}

// Whole is an Int constant.
func (b *Builder) Whole(x int32) Value { return b.constant(uint32(x), Int) }

func (b *Builder) constant(bits uint32, t Type) Value {
	at := -1
	for i, c := range b.constants {
		if c == bits {
			at = i
		}
	}
	if at < 0 {
		at = len(b.constants)
		b.constants = append(b.constants, bits)
	}
	return b.put(Instruction{Op: Constant, Type: t, A: int32(at)}, ofConstant(bits))
}

// constantOf is the number of a constant.
func (b *Builder) constantOf(v Value) (float32, bool) {
	if i := b.code[v]; i.Op == Constant && i.Type == Float {
		return math.Float32frombits(b.constants[i.A]), true
	}
	return 0, false
}

// NewState is one more state of the neuron. A float one whose values are all multiples of 2^grain says so;
// others have grain GrainOfFlushed. It is finite.
func (b *Builder) NewState(t Type, grain int) Value {
	b.states, b.next, b.grains = append(b.states, t), append(b.next, None), append(b.grains, grain)
	return b.put(Instruction{Op: State, Type: t, A: int32(len(b.states) - 1)}, ofGrain(grain))
}

// GrainOfFlushed is the grain of numbers that are zero or at least 2^-100.
const GrainOfFlushed = smallest - 23

// NewOwn is one more number that is the neuron's own, a multiple of 2^grain.
func (b *Builder) NewOwn(t Type, grain int) Value {
	b.owns = append(b.owns, t)
	return b.put(Instruction{Op: Own, Type: t, A: int32(len(b.owns) - 1)}, ofGrain(grain))
}

// Drive is the external input of the step. It is zero or at least 2^-100.
func (b *Builder) Drive() Value { return b.put(Instruction{Op: Drive}, atLeast(smallest)) }

// Now is the number of the step.
func (b *Builder) Now() Value { return b.put(Instruction{Op: Now, Type: Int}, bound{}) }

// Arriving is what arrives at a receptor, in its units.
func (b *Builder) Arriving(receptor int) Value {
	b.receptors = max(b.receptors, receptor+1)
	return b.put(Instruction{Op: Arriving, A: int32(receptor)}, anywhere(0, 0).within(-1<<31, 1<<31))
}

// Normal is a standard normal number. (It is one of those that package rng gives, of which none but 0 is below 2^-40.)
func (b *Builder) Normal(draw int) Value {
	b.normals = max(b.normals, draw+1)
	return b.put(Instruction{Op: Normal, A: int32(draw)}, atLeast(-40).within(-8, 8))
}

// States is how many there are.
func (b *Builder) States() int { return len(b.states) }

// Owns is how many there are.
func (b *Builder) Owns() int { return len(b.owns) }

// Receptors makes the program have so many, though it may use none.
func (b *Builder) Receptors(n int) { b.receptors = max(b.receptors, n) }

func (b *Builder) two(op Op, t Type, x, y Value, c bound) Value {
	return b.put(Instruction{Op: op, Type: t, A: int32(x), B: int32(y)}, c)
}

func (b *Builder) one(op Op, t Type, x Value, c bound) Value {
	return b.put(Instruction{Op: op, Type: t, A: int32(x)}, c)
}

func (b *Builder) isZero(v Value) bool {
	x, ok := b.constantOf(v)
	return ok && x == 0
}

// Add is x + y.
func (b *Builder) Add(x, y Value) Value {
	if b.isZero(x) {
		return y
	}
	if b.isZero(y) {
		return x
	}
	if i := b.code[y]; i.Op == Neg {
		return b.Sub(x, Value(i.A))
	}
	x, y = b.besides(x, y), b.besides(y, x)
	return b.two(Add, Float, x, y, sum(b.bounds[x], b.bounds[y]))
}

// Sub is x - y.
func (b *Builder) Sub(x, y Value) Value {
	if b.isZero(y) {
		return x
	}
	x, y = b.besides(x, y), b.besides(y, x)
	return b.two(Sub, Float, x, y, sum(b.bounds[x], b.bounds[y].negative()))
}

// besides is the term x of a sum with y: where y is large, x needs no Flush, since one that is subnormal is lost.
func (b *Builder) besides(x, y Value) Value {
	if i, other := b.code[x], b.bounds[y]; i.Op == Flush && other.away() && other.least-24 >= GrainOfFlushed {
		return Value(i.A)
	}
	return x
}

// Mul is x*y, and zero where that is below 2^-100 in magnitude.
func (b *Builder) Mul(x, y Value) Value {
	if b.isZero(x) || b.isZero(y) {
		return b.Number(0)
	}
	if c, ok := b.constantOf(x); ok && c == 1 {
		return y
	}
	if c, ok := b.constantOf(y); ok && c == 1 {
		return x
	}
	return b.Flush(b.MulAnyway(x, y))
}

// MulAnyway is x*y, where it can't matter whether a tiny one is zero: something large is added to it. Or where
// none is tiny.
func (b *Builder) MulAnyway(x, y Value) Value {
	p, q := b.bounds[x], b.bounds[y]
	grain := p.grain + q.grain
	ends := [4]float64{p.low * q.low, p.low * q.high, p.high * q.low, p.high * q.high}
	c := anywhere(grain, grain).within(slices.Min(ends[:]), slices.Max(ends[:])).noLess(p.least + q.least)
	if x == y {
		c.low = max(c.low, 0)
	}
	if c.least < -126 { // a subnormal product is rounded more coarsely
		c = c.orZero()
		c.low, c.high = c.low*2, c.high*2
	}
	return b.two(Mul, Float, x, y, c)
}

// Assume notes that a value lies between low and high, as its maker knows.
func (b *Builder) Assume(x Value, low, high float64) Value {
	b.bounds[x] = b.bounds[x].within(max(low, b.bounds[x].low), min(high, b.bounds[x].high))
	return x
}

// Flush is x, and zero where that is below 2^-100 in magnitude.
func (b *Builder) Flush(x Value) Value {
	c := b.bounds[x]
	if c.least >= smallest {
		return x
	}
	c = c.orZero()
	c.least, c.grain = smallest, max(c.grain, GrainOfFlushed)
	return b.one(Flush, Float, x, c)
}

// Neg is -x.
func (b *Builder) Neg(x Value) Value {
	if c, ok := b.constantOf(x); ok {
		return b.Number(-float64(c))
	}
	return b.one(Neg, Float, x, b.bounds[x].negative())
}

// Abs is |x|.
func (b *Builder) Abs(x Value) Value {
	c := b.bounds[x]
	return b.one(Abs, Float, x, c.within(max(c.low, -c.high, 0), max(-c.low, c.high)))
}

func (b *Builder) either(x, y Value) bound {
	p, q := b.bounds[x], b.bounds[y]
	return bound{min(p.least, q.least), min(p.grain, q.grain), min(p.low, q.low), max(p.high, q.high)}
}

// Min is x if x < y, else y.
func (b *Builder) Min(x, y Value) Value {
	c := b.either(x, y)
	if p, q := b.bounds[x], b.bounds[y]; q.finite() {
		c.high = q.high // even if x is no number
		if p.finite() {
			c.high = min(p.high, q.high)
		}
	}
	return b.two(Min, Float, x, y, c)
}

// Max is x if x > y, else y.
func (b *Builder) Max(x, y Value) Value {
	c := b.either(x, y)
	if p, q := b.bounds[x], b.bounds[y]; q.finite() {
		c.low = q.low
		if p.finite() {
			c.low = max(p.low, q.low)
		}
	}
	return b.two(Max, Float, x, y, c)
}

// Less is x < y.
func (b *Builder) Less(x, y Value) Value { return b.two(Less, Truth, x, y, bound{}) }

// LessEqual is x <= y.
func (b *Builder) LessEqual(x, y Value) Value { return b.two(LessEqual, Truth, x, y, bound{}) }

// Equal is x == y.
func (b *Builder) Equal(x, y Value) Value { return b.two(Equal, Truth, x, y, bound{}) }

// IntLess is x < y.
func (b *Builder) IntLess(x, y Value) Value { return b.two(IntLess, Truth, x, y, bound{}) }

// IntEqual is x == y.
func (b *Builder) IntEqual(x, y Value) Value { return b.two(IntEqual, Truth, x, y, bound{}) }

// And is whether both are true.
func (b *Builder) And(x, y Value) Value { return b.two(And, Truth, x, y, bound{}) }

// Or is whether one is true.
func (b *Builder) Or(x, y Value) Value { return b.two(Or, Truth, x, y, bound{}) }

// Not is whether it is false.
func (b *Builder) Not(x Value) Value { return b.one(Not, Truth, x, bound{}) }

// Select is x if which, else y.
func (b *Builder) Select(which, x, y Value) Value {
	if x == y {
		return x
	}
	return b.put(Instruction{Op: Select, Type: b.code[x].Type, A: int32(which), B: int32(x), C: int32(y)}, b.either(x, y))
}

// IntAdd is x + y.
func (b *Builder) IntAdd(x, y Value) Value { return b.two(IntAdd, Int, x, y, bound{}) }

// IntSub is x - y.
func (b *Builder) IntSub(x, y Value) Value { return b.two(IntSub, Int, x, y, bound{}) }

// IntAnd is x and y, bit by bit.
func (b *Builder) IntAnd(x, y Value) Value { return b.two(IntAnd, Int, x, y, bound{}) }

// IntOr is x or y, bit by bit.
func (b *Builder) IntOr(x, y Value) Value { return b.two(IntOr, Int, x, y, bound{}) }

// IntXor is x exclusive or y, bit by bit.
func (b *Builder) IntXor(x, y Value) Value { return b.two(IntXor, Int, x, y, bound{}) }

// ShiftLeft is x shifted by so many bits, 1 to 31.
func (b *Builder) ShiftLeft(x Value, bits int32) Value { return b.shift(ShiftLeft, x, bits) }

// ShiftRight is the same downwards; its sign is copied.
func (b *Builder) ShiftRight(x Value, bits int32) Value { return b.shift(ShiftRight, x, bits) }

// ShiftDown is the same with zeros.
func (b *Builder) ShiftDown(x Value, bits int32) Value { return b.shift(ShiftDown, x, bits) }

func (b *Builder) shift(op Op, x Value, bits int32) Value {
	return b.put(Instruction{Op: op, Type: Int, A: int32(x), B: bits}, bound{})
}

// Truncate is the whole part of x, whose magnitude is below 2^31.
func (b *Builder) Truncate(x Value) Value { return b.one(Truncate, Int, x, bound{}) }

// Convert is the number of an Int of at most 24 bits.
func (b *Builder) Convert(x Value) Value {
	return b.one(Convert, Float, x, anywhere(0, 0).within(-1<<24, 1<<24))
}

// Bits is the bits of a Float.
func (b *Builder) Bits(x Value) Value { return b.one(Bits, Int, x, bound{}) }

// AsFloat is the Float of these bits. Not zero, it must be at least 2^least in magnitude.
func (b *Builder) AsFloat(x Value, least int) Value { return b.one(AsFloat, Float, x, atLeast(least)) }

// Type is that of a value.
func (b *Builder) Type(v Value) Type { return b.code[v].Type }

// OffGrid is y - grid, of a sum y of which grid is a term: it leaves a multiple of grid*2^-24.
func (b *Builder) OffGrid(y Value, grid float32) Value { return b.Sub(y, b.Number(float64(grid))) }

// Become gives a state its next value. One that has no grid is flushed.
func (b *Builder) Become(state, next Value) {
	i := b.code[state]
	if grain := b.grains[i.A]; i.Type == Float && grain <= GrainOfFlushed {
		next = b.Flush(next)
	} else if i.Type == Float && b.bounds[next].grain < grain {
		panic("program: a state leaves its grid")
	}
	b.next[i.A] = next
}

// FailIf ends the run where x is true.
func (b *Builder) FailIf(x Value) {
	if b.fails != None {
		x = b.Or(b.fails, x)
	}
	b.fails = x
}

// FailUnlessFinite ends the run where x is infinite or no number.
func (b *Builder) FailUnlessFinite(x Value) {
	const exponent = 0x7f800000
	all := b.Whole(exponent)
	b.FailIf(b.IntEqual(b.IntAnd(b.Bits(x), all), all))
}

// Program is what was built, without what nothing uses.
func (b *Builder) Program(fires Value) *Program {
	p := &Program{States: b.states, Owns: b.owns, Receptors: b.receptors, Normals: b.normals}
	used := make([]bool, len(b.code))
	var mark func(v Value)
	mark = func(v Value) {
		if used[v] {
			return
		}
		used[v] = true
		for _, o := range b.code[v].Operands() {
			mark(o)
		}
	}
	for i, v := range b.next {
		if v == None {
			v = b.put(Instruction{Op: State, Type: b.states[i], A: int32(i)}, bound{})
			b.next[i] = v
		}
	}
	used = append(used, make([]bool, len(b.code)-len(used))...)
	for _, v := range b.next {
		mark(v)
	}
	mark(fires)
	if b.fails != None {
		mark(b.fails)
	}
	to := make([]Value, len(b.code))
	places := map[int32]int32{}
	for v, i := range b.code {
		if !used[v] {
			continue
		}
		n := operands[i.Op]
		if n > 0 {
			i.A = int32(to[i.A])
		}
		if n > 1 {
			i.B = int32(to[i.B])
		}
		if n > 2 {
			i.C = int32(to[i.C])
		}
		if i.Op == Constant {
			at, ok := places[i.A]
			if !ok {
				at = int32(len(p.Constants))
				places[i.A] = at
				p.Constants = append(p.Constants, b.constants[i.A])
			}
			i.A = at
		}
		to[v] = Value(len(p.Code))
		p.Code = append(p.Code, i)
	}
	for _, v := range b.next {
		p.Next = append(p.Next, to[v])
	}
	p.Fires, p.Fails = to[fires], None
	if b.fails != None {
		p.Fails = to[b.fails]
	}
	return p
}
