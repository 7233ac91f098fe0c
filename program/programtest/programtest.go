// Package programtest makes random programs and neurons to run them on, for tests: whatever runs programs must do
// what Program.Run does.
package programtest

import (
	"math"
	"math/rand/v2"

	"einet/program"
)

// Random is a program made from a seed: all operations, functions and kinds of states occur in those of the first hundred seeds. A
// larger seed makes no larger program.
func Random(seed uint64) *program.Program {
	b := program.NewBuilder()
	return b.Program(Build(seed, b))
}

// Build makes the same in an empty builder, and gives whether the neuron fires.
func Build(seed uint64, b *program.Builder) (fires program.Value) {
	m := &maker{Builder: b, r: rand.New(rand.NewPCG(seed, 1))}
	m.read()
	for range 1 + m.r.IntN(60) {
		m.grow()
	}
	return m.end()
}

// gridGrain is the grain of every third state and own, where it is a float.
const gridGrain = -20

func onGrid(k int) bool { return k%3 == 1 }

func grain(k int) int {
	if onGrid(k) {
		return gridGrain
	}
	return program.GrainOfFlushed
}

// RandomNeuron is a neuron for a program of Random, made from a seed. About half of its numbers are extreme ones.
func RandomNeuron(seed uint64, p *program.Program) *program.Neuron {
	r := rand.New(rand.NewPCG(seed, 2))
	words := func(types []program.Type) []uint32 {
		w := make([]uint32, len(types))
		for k, t := range types {
			switch {
			case t == program.Int:
				w[k] = uint32(whole(r))
			case onGrid(k):
				w[k] = math.Float32bits(gridded(number(r)))
			default:
				w[k] = math.Float32bits(number(r))
			}
		}
		return w
	}
	n := &program.Neuron{States: words(p.States), Owns: words(p.Owns), Drive: number(r), Now: whole(r)}
	for range p.Receptors {
		n.Arriving = append(n.Arriving, whole(r))
	}
	for k := range n.Normals {
		n.Normals[k] = float32(max(-6, min(6, r.NormFloat64())))
	}
	return n
}

// Same tells whether two words are the same value: all that is no number is, and so are both zeros.
func Same(t program.Type, x, y uint32) bool {
	if t != program.Float {
		return x == y
	}
	f, g := math.Float32frombits(x), math.Float32frombits(y)
	return x == y || f == g || f != f && g != g
}

var edges = []float64{0, math.Copysign(0, -1), 0x1p-100, 0x1.fffffep-100, 0x1p-99, 0x1p-63, 0x1p-24, 0x1.fffffep-2, 0.5, 0x1.000002p-1, 1, 0x1.000002p0, 1.5,
	2, 0x1.fffffep1, 3, 0x1p22, 0x1.fffffep22, 0x1p23, 0x1p24, 0x1p31, 0x1p64, 0x1p100, 0x1p126, 0x1p127, math.MaxFloat32}

// number is zero, or at least 2^-100.
func number(r *rand.Rand) float32 {
	x := edges[r.IntN(len(edges))]
	switch r.IntN(6) {
	case 0:
		x = 100 * r.NormFloat64()
	case 1:
		x = r.NormFloat64()
	case 2:
		x = math.Ldexp(1+r.Float64(), r.IntN(227)-100)
	}
	if r.IntN(2) == 0 {
		x = -x
	}
	return float32(max(-math.MaxFloat32, min(math.MaxFloat32, x)))
}

func gridded(x float32) float32 {
	return float32(math.Ldexp(math.RoundToEven(math.Ldexp(float64(x), -gridGrain)), gridGrain))
}

func whole(r *rand.Rand) int32 {
	edges := []int32{0, 1, -1, 2, 1<<24 - 1, 1 << 24, 1<<24 + 1, math.MaxInt32, math.MinInt32, -1 << 24}
	switch r.IntN(3) {
	case 0:
		return edges[r.IntN(len(edges))]
	case 1:
		return int32(r.IntN(200) - 100)
	}
	return int32(r.Uint32())
}

// A maker has values of each type.
type maker struct {
	*program.Builder
	r      *rand.Rand
	states []program.Value
	values [3][]program.Value // by type
}

func (m *maker) add(v program.Value) {
	t := m.Type(v)
	m.values[t] = append(m.values[t], v)
}

// pick is one of the values of a type, more often a late one.
func (m *maker) pick(t program.Type) program.Value {
	all := m.values[t]
	if m.r.IntN(2) == 0 {
		all = all[len(all)*2/3:]
	}
	return all[m.r.IntN(len(all))]
}

func (m *maker) float() program.Value { return m.pick(program.Float) }
func (m *maker) int() program.Value   { return m.pick(program.Int) }
func (m *maker) truth() program.Value { return m.pick(program.Truth) }

// read begins with what a program reads.
func (m *maker) read() {
	m.add(m.Number(float64(number(m.r))))
	m.add(m.Number(m.r.NormFloat64()))
	m.add(m.Whole(whole(m.r)))
	types := []program.Type{program.Float, program.Float, program.Int}
	for k := range 1 + m.r.IntN(5) {
		s := m.NewState(types[m.r.IntN(3)], grain(k))
		m.states = append(m.states, s)
		m.add(s)
	}
	for k := range m.r.IntN(4) {
		m.add(m.NewOwn(types[m.r.IntN(3)], grain(k)))
	}
	for k := range m.r.IntN(4) {
		m.add(m.Arriving(k))
	}
	for k := range m.r.IntN(3) {
		m.add(m.Normal(k))
	}
	if m.r.IntN(2) == 0 {
		m.add(m.Drive())
	}
	m.add(m.IntAdd(m.Now(), m.int()))
	m.add(m.IntLess(m.Now(), m.int()))
	m.add(m.Less(m.float(), m.float()))
}

// held is a float between -most and most, even of one that is no number.
func (m *maker) held(x program.Value, most float64) program.Value {
	return m.Max(m.Min(x, m.Number(most)), m.Number(-most))
}

// bits is the bits of a float, but for those that devices need not agree upon: a zero's sign, and what is no number.
func (m *maker) bits() program.Value {
	x := m.held(m.float(), math.MaxFloat32)
	return m.Bits(m.Select(m.Equal(x, m.Number(0)), m.Number(1), x))
}

// grow adds a value.
func (m *maker) grow() {
	kinds := []func(){m.arithmetic, m.arithmetic, m.arithmetic, m.logic, m.ints, m.between, m.function}
	kinds[m.r.IntN(len(kinds))]()
}

// one of some values; all of them are made.
func (m *maker) one(of ...program.Value) { m.add(of[m.r.IntN(len(of))]) }

func (m *maker) arithmetic() {
	x, y := m.float(), m.float()
	if m.r.IntN(8) == 0 {
		y = m.Number(float64(number(m.r)))
	}
	switch m.r.IntN(13) {
	case 0, 1:
		m.add(m.Add(x, y))
	case 2, 3:
		m.add(m.Sub(x, y))
	case 4, 5:
		m.add(m.Mul(x, y))
	case 6:
		m.one(m.Neg(x), m.Abs(x))
	case 7:
		m.one(m.Min(x, y), m.Max(x, y))
	case 8:
		m.add(m.held(x, math.Abs(float64(number(m.r)))))
	case 9: // what nearly cancels
		m.add(m.Sub(m.Mul(x, m.Number(1+math.Ldexp(1, -m.r.IntN(24)))), x))
	case 10: // small numbers
		m.add(m.Mul(x, m.Number(math.Ldexp(1+m.r.Float64(), -m.r.IntN(100)))))
	case 11: // what may be no number
		m.one(m.Min(m.Sub(x, x), y), m.Max(m.Mul(x, x), y))
	default: // something large is added
		m.add(m.Add(m.MulAnyway(x, y), m.Number(math.Ldexp(1, m.r.IntN(100)-60))))
	}
}

func (m *maker) logic() {
	x, y, t, u := m.float(), m.float(), m.truth(), m.truth()
	switch m.r.IntN(4) {
	case 0:
		m.one(m.Less(x, y), m.LessEqual(x, y), m.Equal(x, y), m.Not(t))
	case 1:
		m.one(m.And(t, u), m.Or(t, u), m.IntLess(m.int(), m.int()), m.IntEqual(m.int(), m.int()))
	case 2:
		m.add(m.Select(t, m.int(), m.int()))
	default:
		m.add(m.Select(t, x, y))
	}
}

func (m *maker) ints() {
	x, y, bits := m.int(), m.int(), 1+m.r.Int32N(31)
	m.one(m.IntAdd(x, y), m.IntSub(x, y), m.IntAnd(x, y), m.IntOr(x, y), m.IntXor(x, y),
		m.ShiftLeft(x, bits), m.ShiftRight(x, bits), m.ShiftDown(x, bits))
}

// between goes from floats to ints and back.
func (m *maker) between() {
	x := m.int()
	m.one(
		m.Truncate(m.held(m.float(), 0x1.fffffep30)),
		m.Convert(m.ShiftRight(x, 8)),
		m.bits(),
		m.AsFloat(m.IntOr(m.IntAnd(x, m.Whole(-0x60000001)), m.Whole(0x20000000)), -63), // of magnitude 2^-63 to 2
	)
}

func (m *maker) function() {
	x, y := m.float(), m.float()
	if m.r.IntN(2) == 0 {
		x = m.held(x, 100)
	}
	switch m.r.IntN(9) {
	case 0:
		m.add(m.Exp(x))
	case 1:
		m.add(m.Exprel(x))
	case 2:
		m.add(m.Log(x))
	case 3:
		m.add(m.Sqrt(x))
	case 4:
		m.add(m.Tanh(x))
	case 5:
		m.add(m.Floor(x))
	case 6:
		m.add(m.Power(x, 2+m.r.IntN(7)))
	case 7:
		m.add(m.DivBy(x, float64(number(m.r))))
	default: // either zero has infinities of its own
		m.add(m.Div(x, m.Select(m.Equal(y, m.Number(0)), m.Number(0), y)))
	}
}

// end makes states of values, and fails in some cases.
func (m *maker) end() program.Value {
	x := m.float()
	for range 4 {
		x = m.Select(m.truth(), x, m.float())
	}
	m.add(m.Add(x, m.float()))
	for k, s := range m.states {
		next := m.pick(m.Type(s))
		if m.Type(s) == program.Float {
			if onGrid(k) {
				const grid = 16
				next = m.OffGrid(m.Add(next, m.Number(grid)), grid)
			}
			if m.r.IntN(3) == 0 {
				m.FailUnlessFinite(next)
			}
		}
		if m.r.IntN(6) > 0 {
			m.Become(s, next)
		}
	}
	if m.r.IntN(3) == 0 {
		m.FailIf(m.truth())
	}
	return m.Or(m.truth(), m.And(m.truth(), m.truth()))
}
