package program

import "math"

// A Neuron is what a program reads of one neuron, and writes: words are the bits of floats and ints.
type Neuron struct {
	States   []uint32 // read and written
	Owns     []uint32
	Drive    float32
	Now      int32
	Arriving []int32 // of each receptor
	Normals  [2]float32

	values []uint32
}

// Run takes a neuron through a step, plainly: it is what every other way of running a program must equal. With a failure
// the states are those that failed.
func (p *Program) Run(n *Neuron) (fires, fails bool) {
	if cap(n.values) < len(p.Code) {
		n.values = make([]uint32, len(p.Code))
	}
	v := n.values[:len(p.Code)]
	for k, i := range p.Code {
		v[k] = p.do(i, v, n)
	}
	for s, next := range p.Next {
		n.States[s] = v[next]
	}
	return v[p.Fires] != 0, p.Fails != None && v[p.Fails] != 0
}

func (p *Program) do(i Instruction, v []uint32, n *Neuron) uint32 {
	switch i.Op {
	case Constant:
		return p.Constants[i.A]
	case State:
		return n.States[i.A]
	case Own:
		return n.Owns[i.A]
	case Drive:
		return math.Float32bits(n.Drive)
	case Now:
		return uint32(n.Now)
	case Arriving:
		return math.Float32bits(float32(n.Arriving[i.A]))
	case Normal:
		return math.Float32bits(n.Normals[i.A])
	case And:
		return v[i.A] & v[i.B]
	case Or:
		return v[i.A] | v[i.B]
	case Not:
		return ^v[i.A]
	case Select:
		if v[i.A] != 0 {
			return v[i.B]
		}
		return v[i.C]
	case Bits, AsFloat:
		return v[i.A]
	case Convert:
		return math.Float32bits(float32(int32(v[i.A])))
	case IntLess, IntEqual, IntAdd, IntSub, IntAnd, IntOr, IntXor, ShiftLeft, ShiftRight, ShiftDown:
		return ofInts(i, v)
	}
	return ofFloats(i, v)
}

func ofInts(i Instruction, v []uint32) uint32 {
	x, bits := v[i.A], i.B
	switch i.Op {
	case ShiftLeft:
		return x << bits
	case ShiftRight:
		return uint32(int32(x) >> bits)
	case ShiftDown:
		return x >> bits
	}
	y := v[i.B]
	switch i.Op {
	case IntLess:
		return truth(int32(x) < int32(y))
	case IntEqual:
		return truth(x == y)
	case IntAdd:
		return x + y
	case IntSub:
		return x - y
	case IntAnd:
		return x & y
	case IntOr:
		return x | y
	}
	return x ^ y
}

func ofFloats(i Instruction, v []uint32) uint32 {
	x := math.Float32frombits(v[i.A])
	switch i.Op {
	case Neg:
		return v[i.A] ^ 1<<31
	case Abs:
		return v[i.A] &^ (1 << 31)
	case Flush:
		if math.Abs(float64(x)) < 0x1p-100 {
			return 0
		}
		return v[i.A]
	case Truncate:
		return uint32(int32(x))
	}
	y := math.Float32frombits(v[i.B])
	switch i.Op {
	case Less:
		return truth(x < y)
	case LessEqual:
		return truth(x <= y)
	case Equal:
		return truth(x == y)
	case Min:
		if x < y {
			return v[i.A]
		}
		return v[i.B]
	case Max:
		if x > y {
			return v[i.A]
		}
		return v[i.B]
	case Sub:
		return math.Float32bits(x - y)
	case Mul:
		return math.Float32bits(float32(x * y))
	}
	return math.Float32bits(x + y)
}

func truth(x bool) uint32 {
	if x {
		return ^uint32(0)
	}
	return 0
}
