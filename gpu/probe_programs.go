package gpu

import (
	"fmt"
	"math"

	"einet/program"
	"einet/rng"
)

// A probeProgram is an operation of programs, as it is printed for kernels: on the first three states, with what it gives in the fourth.
type probeProgram struct {
	name     string
	op       program.Op
	operands program.Type
	code     *program.Program
}

// probePrograms are all operations on values.
var probePrograms = newProbePrograms()

func newProbePrograms() []probeProgram {
	const float, int, truth = program.Float, program.Int, program.Truth
	var list []probeProgram
	add := func(op program.Op, operands, result program.Type, b int32) {
		list = append(list, newProbeProgram(op, operands, result, b))
	}
	for _, op := range []program.Op{program.Add, program.Sub, program.Mul, program.Neg, program.Abs, program.Min, program.Max, program.Flush, program.Select} {
		add(op, float, float, 1)
	}
	for _, op := range []program.Op{program.Less, program.LessEqual, program.Equal} {
		add(op, float, truth, 1)
	}
	for _, op := range []program.Op{program.IntLess, program.IntEqual, program.And, program.Or, program.Not} {
		add(op, int, truth, 1)
	}
	for _, op := range []program.Op{program.IntAdd, program.IntSub, program.IntAnd, program.IntOr, program.IntXor, program.Select} {
		add(op, int, int, 1)
	}
	for _, bits := range []int32{1, 8, 23, 31} {
		add(program.ShiftLeft, int, int, bits)
		add(program.ShiftRight, int, int, bits)
		add(program.ShiftDown, int, int, bits)
	}
	add(program.Truncate, float, int, 1)
	add(program.Bits, float, int, 1)
	add(program.Convert, int, float, 1)
	add(program.AsFloat, int, float, 1)
	return list
}

// newProbeProgram is that of an operation; b is by how many bits it shifts, if it does. Truths are x < z and y < z.
func newProbeProgram(op program.Op, operands, result program.Type, b int32) probeProgram {
	p := &program.Program{States: []program.Type{operands, operands, operands, result}, Next: []program.Value{0, 1, 2, 3}, Fails: program.None}
	put := func(i program.Instruction) program.Value {
		p.Code = append(p.Code, i)
		return program.Value(len(p.Code) - 1)
	}
	if result == program.Truth {
		p.States[3] = program.Int
	}
	for k, t := range p.States {
		put(program.Instruction{Op: program.State, Type: t, A: int32(k)})
	}
	less := program.Less
	if operands == program.Int {
		less = program.IntLess
	}
	first := put(program.Instruction{Op: less, Type: program.Truth, A: 0, B: 2})
	second := put(program.Instruction{Op: less, Type: program.Truth, A: 1, B: 2})
	p.Fires = put(program.Instruction{Op: program.And, Type: program.Truth, A: int32(first), B: int32(second)})
	i := program.Instruction{Op: op, Type: result, A: 0, B: b}
	switch op {
	case program.And, program.Or, program.Not:
		i.A, i.B = int32(first), int32(second)
	case program.Select:
		i.A, i.B, i.C = int32(first), 0, 1
	}
	if v := put(i); result == program.Truth {
		p.Fires = v
	} else {
		p.Next[3] = v
	}
	name := "the operation " + op.String()
	if op == program.ShiftLeft || op == program.ShiftRight || op == program.ShiftDown {
		name = fmt.Sprintf("%s by %d", name, b)
	}
	return probeProgram{name, op, operands, p}
}

// does is what it must give: of a truth whether it is, and else the fourth state and whether x and y are below z.
func (p *probeProgram) does(x, y, z uint32) uint32 {
	n := program.Neuron{States: []uint32{x, y, z, 0}}
	if fires, _ := p.code.Run(&n); fires {
		return ^n.States[3]
	}
	return n.States[3]
}

// takes tells whether the operation is for such operands.
func (p *probeProgram) takes(x uint32) bool {
	switch p.op {
	case program.Truncate:
		return math.Abs(float64(math.Float32frombits(x))) < 1<<31
	case program.Convert:
		return int32(x) < 1<<24 && int32(x) > -1<<24
	case program.AsFloat:
		return !isSubnormal(x) && !isNaN(x)
	}
	return true
}

// Edges of floats and ints.
var (
	probeFloats = []float32{
		0, float32(math.Copysign(0, -1)), 1, -1, 1 + 0x1p-23, 1 - 0x1p-24, -1.5, 0.5, 0x1p-100, -0x1p-100, 0x1.fffffep-101, -0x1.fffffep-101,
		0x1p-60, 0x1.fffffep30, -0x1.fffffep30, 16777215, 8388609.5, math.MaxFloat32, -math.MaxFloat32,
		float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()),
	}
	probeInts = []int32{0, 1, -1, 2, -2, 255, 1<<24 - 1, 1 - 1<<24, 0x3f800000, 0x7f7fffff, math.MaxInt32, math.MinInt32, math.MinInt32 + 1, -0x40800000}
)

// cases are pairs of edges, and random ones, where no operand and no result is subnormal, nor a result no number.
func (p *probeProgram) cases(op int) []probeCase {
	var cases []probeCase
	add := func(x, y, z uint32) {
		if !p.takes(x) {
			return
		}
		if want := p.does(x, y, z); p.code.States[3] != program.Float || !isSubnormal(want) && !isNaN(want) && !isSubnormal(^want) && !isNaN(^want) {
			cases = append(cases, probeCase{op, x, y, z, want})
		}
	}
	edges := make([]uint32, 0, len(probeFloats))
	for _, x := range probeFloats {
		edges = append(edges, math.Float32bits(x))
	}
	if p.operands == program.Int {
		edges = edges[:0]
		for _, x := range probeInts {
			edges = append(edges, uint32(x))
		}
	}
	for _, x := range edges {
		for k, y := range edges {
			add(x, y, edges[(k+3)%len(edges)])
		}
	}
	for i := range uint32(150) {
		a, b, c, _ := rng.Philox(rng.Key{Seed: uint32(op)}, i, 0, 0, 0)
		if p.operands == program.Float {
			a, b, c = moderate(a), moderate(b), moderate(c)
		}
		add(a, b, c)
		if p.operands == program.Int {
			add(uint32(int32(a)>>8), b, c)
		}
	}
	return cases
}

func isSubnormal(bits uint32) bool { return bits&0x7f800000 == 0 && bits&0x007fffff != 0 }

func isNaN(bits uint32) bool { return bits&0x7fffffff > 0x7f800000 }

// probeCells are the programs of a kernel that does them.
func probeCells() cells {
	var c cells
	for _, p := range probePrograms {
		c.programs = append(c.programs, p.code)
	}
	return c
}
