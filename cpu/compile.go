package cpu

import (
	"math"
	"slices"

	"einet/program"
)

// A compiler makes an interpreter of a program.
type compiler struct {
	*interpreter
	p      *program.Program
	values []value
	leaves map[leaf]int // their values
	of     []int        // the value of each instruction
	free   []int        // registers
}

// A value is a leaf or what a loop gives.
type value struct {
	leaf     leaf
	loop     loop
	bits     uint8
	of       []int // values; nil of leaves
	uses     int
	last     int        // the last step that reads it
	uniform  bool       // the same in all neurons
	register int        // 1 + the register that it has at present
	slot     func() int // known when all are counted; nil where it has none yet
}

// A leaf is what is read: op is one of those that read, and at its place, or the bits of a constant.
type leaf struct {
	op program.Op
	at uint32
}

// newInterpreter makes an interpreter that uses these loops.
func newInterpreter(p *program.Program, l *loops) *interpreter {
	c := &compiler{p: p, leaves: map[leaf]int{}, interpreter: &interpreter{
		loops: l, fails: -1, states: len(p.States), rows: len(p.States) + len(p.Owns), receptors: p.Receptors, normals: p.Normals,
	}}
	for _, i := range p.Code {
		c.of = append(c.of, c.lower(i))
	}
	steps := c.schedule()
	c.allocate(steps)
	return c.interpreter
}

func (c *compiler) leaf(op program.Op, at uint32) int {
	key := leaf{op, at}
	if v, ok := c.leaves[key]; ok {
		return v
	}
	uniform := op == program.Constant || op == program.Now || op == program.Drive
	c.values = append(c.values, value{leaf: key, uniform: uniform})
	c.leaves[key] = len(c.values) - 1
	return c.leaves[key]
}

func (c *compiler) constant(bits uint32) int { return c.leaf(program.Constant, bits) }

func (c *compiler) put(l loop, of ...int) int {
	v := value{loop: l, of: of, uniform: true}
	for _, o := range of {
		v.uniform = v.uniform && c.values[o].uniform
	}
	c.values = append(c.values, v)
	return len(c.values) - 1
}

// direct are the operations that are a loop as they are.
var direct = map[program.Op]loop{
	program.Add: loopAdd, program.Sub: loopSub, program.Mul: loopMul, program.Flush: loopFlush,
	program.Less: loopLess, program.LessEqual: loopLessEqual, program.Equal: loopEqual, program.Select: loopSelect,
	program.IntLess: loopIntLess, program.IntEqual: loopIntEqual, program.And: loopAnd, program.Or: loopOr,
	program.IntAdd: loopIntAdd, program.IntSub: loopIntSub, program.IntAnd: loopAnd, program.IntOr: loopOr, program.IntXor: loopXor,
	program.ShiftLeft: loopShiftLeft, program.ShiftRight: loopShiftRight, program.ShiftDown: loopShiftDown,
	program.Truncate: loopTruncate, program.Convert: loopConvert,
}

// lower is the value of an instruction.
func (c *compiler) lower(i program.Instruction) int {
	var of []int
	for _, o := range i.Operands() {
		of = append(of, c.of[o])
	}
	const sign = 1 << 31
	switch i.Op {
	case program.Constant:
		return c.constant(c.p.Constants[i.A])
	case program.State, program.Own, program.Drive, program.Now, program.Normal:
		return c.leaf(i.Op, uint32(i.A))
	case program.Arriving:
		return c.arrive(i.A)
	case program.Bits, program.AsFloat:
		return of[0]
	case program.Neg:
		return c.put(loopXor, of[0], c.constant(sign))
	case program.Abs:
		return c.put(loopAnd, of[0], c.constant(^uint32(sign)))
	case program.Not:
		return c.put(loopXor, of[0], c.constant(^uint32(0)))
	case program.Min:
		return c.put(loopSelect, c.put(loopLess, of[0], of[1]), of[0], of[1])
	case program.Max:
		return c.put(loopSelect, c.put(loopLess, of[1], of[0]), of[0], of[1])
	}
	v := c.put(direct[i.Op], of...)
	if i.Op == program.ShiftLeft || i.Op == program.ShiftRight || i.Op == program.ShiftDown {
		c.values[v].bits = uint8(i.B)
	}
	return v
}

// arrive is what arrives at a receptor. It is read once, for it is zero from then on.
func (c *compiler) arrive(receptor int32) int {
	at := c.leaf(program.Arriving, uint32(receptor))
	for v := range c.values {
		if x := &c.values[v]; x.loop == loopArrive && x.of != nil && x.of[0] == at {
			return v
		}
	}
	return c.put(loopArrive, at)
}

// schedule is the values that loops make, in order, some of them fused.
func (c *compiler) schedule() []int {
	for r := range c.p.Receptors {
		c.arrive(int32(r)) // what nobody reads becomes zero, too
	}
	for _, v := range c.results() {
		c.values[v].uses++
	}
	for v := range c.values {
		for _, o := range c.values[v].of {
			c.values[o].uses++
		}
	}
	absorbed := map[int]bool{}
	for v := range c.values {
		c.fuse(v, absorbed)
	}
	var steps []int
	for v := range c.values {
		if c.values[v].of != nil && !absorbed[v] {
			steps = append(steps, v)
		}
	}
	return steps
}

// results are the values that are wanted in the end.
func (c *compiler) results() []int {
	all := []int{c.of[c.p.Fires]}
	if c.p.Fails != program.None {
		all = append(all, c.of[c.p.Fails])
	}
	for _, v := range c.p.Next {
		all = append(all, c.of[v])
	}
	return all
}

// fuse makes a value do the work of one that only it reads, as long as there is a loop for both.
func (c *compiler) fuse(v int, absorbed map[int]bool) {
	x := &c.values[v]
	for again := x.of != nil && !x.uniform; again; {
		again = false
		for _, f := range fusions {
			if f.outer != x.loop {
				continue
			}
			inner := x.of[f.at]
			y := &c.values[inner]
			if y.of == nil || y.loop != f.inner || y.uses != 1 || y.uniform {
				continue
			}
			rest := slices.Delete(slices.Clone(x.of), f.at, f.at+1)
			if f.same > 0 {
				if rest[0] != y.of[f.same-1] {
					continue
				}
				rest = rest[1:]
			}
			x.loop, x.of, again = f.makes, slices.Concat(y.of, rest), true
			absorbed[inner] = true
			break
		}
	}
}

// A fusion makes one loop of an outer one and of an inner one whose result it reads. It reads first what the inner one did,
// and then what else the outer one did.
type fusion struct {
	outer loop
	at    int // which of the outer one's operands the inner one's result is
	inner loop
	makes loop
	same  int // the inner one's operand, counted from 1, that the first of these must be, and is read once; 0: none
}

var fusions = []fusion{
	{loopMul, 0, loopArrive, loopArriveMul, 0},
	{loopMul, 1, loopArrive, loopArriveMul, 0},
	{loopAdd, 0, loopMul, loopMulAdd, 0},
	{loopAdd, 1, loopMul, loopMulAdd, 0},
	{loopMulAdd, 2, loopMul, loopMulAddMul, 0},
	{loopMulAdd, 0, loopMulAdd, loopHorner, 2},
	{loopAdd, 0, loopMulFlush, loopMulFlushAdd, 0},
	{loopAdd, 1, loopMulFlush, loopMulFlushAdd, 0},
	{loopAdd, 0, loopMulAdd, loopMulAddAdd, 0},
	{loopAdd, 1, loopMulAdd, loopMulAddAdd, 0},
	{loopAdd, 0, loopAdd, loopAddAdd, 0},
	{loopAdd, 1, loopAdd, loopAddAdd, 0},
	{loopSub, 0, loopAdd, loopOnto, 2},
	{loopSub, 0, loopAddAdd, loopAddOnto, 2},
	{loopSub, 0, loopMulAddAdd, loopMulAddOnto, 4},
	{loopMulAddOnto, 2, loopArriveMul, loopReceive, 0},
	{loopSub, 1, loopMul, loopSubMul, 0},
	{loopFlush, 0, loopMul, loopMulFlush, 0},
	{loopSelect, 0, loopLess, loopLessSelect, 0},
	{loopSelect, 0, loopLessEqual, loopLessEqualSelect, 0},
	{loopSelect, 0, loopIntLess, loopIntLessSelect, 0},
}

// never is later than any step.
const never = math.MaxInt

// allocate gives every value a slot and writes the operations. The next value of a state lies in the state's own row, if
// nothing reads the old one any more.
func (c *compiler) allocate(steps []int) {
	var uniform []int
	steps = slices.DeleteFunc(steps, func(v int) bool {
		if c.values[v].uniform {
			uniform = append(uniform, v)
		}
		return c.values[v].uniform
	})
	c.leafSlots()
	for _, v := range uniform {
		k := c.uniforms
		c.values[v].slot = func() int { return c.slotUniform(k) }
		c.uniforms++
	}
	steps = c.placeStates(steps)
	c.findLast(steps)
	for i, v := range steps {
		c.placeRegister(i, v)
	}
	c.uniform, c.operations = c.write(uniform), c.write(steps)
	c.fires = c.values[c.of[c.p.Fires]].slot()
	if c.p.Fails != program.None {
		c.fails = c.values[c.of[c.p.Fails]].slot()
	}
}

func (c *compiler) leafSlots() {
	for v := range c.values {
		x := &c.values[v]
		if x.of != nil {
			continue
		}
		at := int(x.leaf.at)
		switch x.leaf.op {
		case program.Constant:
			k := len(c.constants)
			c.constants = append(c.constants, all(x.leaf.at))
			x.slot = func() int { return k }
		case program.Now:
			x.slot = c.slotNow
		case program.Drive:
			x.slot = c.slotDrive
		case program.State:
			x.slot = func() int { return c.slotRow(at) }
		case program.Own:
			x.slot = func() int { return c.slotRow(c.states + at) }
		case program.Arriving:
			x.slot = func() int { return c.slotArriving(at) }
		case program.Normal:
			x.slot = func() int { return c.slotNormal(at) }
		}
	}
}

// findLast notes the last step that reads each value.
func (c *compiler) findLast(steps []int) {
	for v := range c.values {
		c.values[v].last = -1
	}
	for i, v := range steps {
		for _, o := range c.values[v].of {
			c.values[o].last = i
		}
	}
	c.values[c.of[c.p.Fires]].last = never
	if c.p.Fails != program.None {
		c.values[c.of[c.p.Fails]].last = never
	}
}

// placeStates makes the next values of states lie in the states' rows, those that can't by copies behind all other steps.
func (c *compiler) placeStates(steps []int) []int {
	c.findLast(steps)
	isState := func(v int) bool { return c.values[v].of == nil && c.values[v].leaf.op == program.State }
	for s, next := range c.p.Next {
		if v := c.of[next]; isState(v) && c.values[v].leaf.at != uint32(s) {
			c.values[v].last = never
		}
	}
	at := map[int]int{}
	for i, v := range steps {
		at[v] = i
	}
	var saved, copied []int
	for s, next := range c.p.Next {
		v, row := c.of[next], func() int { return c.slotRow(s) }
		old, read := c.leaves[leaf{program.State, uint32(s)}]
		switch i, made := at[v]; {
		case read && v == old:
		case made && c.values[v].slot == nil && (!read || c.values[old].last <= i):
			c.values[v].slot = row
		default:
			if isState(v) {
				v = c.put(loopCopy, v)
				saved = append(saved, v)
			}
			v = c.put(loopCopy, v)
			c.values[v].slot = row
			copied = append(copied, v)
		}
	}
	return append(append(steps, saved...), copied...)
}

// placeRegister gives what step i makes a register, unless it has a row, and takes back those that nobody reads any more.
func (c *compiler) placeRegister(i, v int) {
	release := func(v int) {
		if x := &c.values[v]; x.register > 0 && x.last <= i {
			c.free = append(c.free, x.register-1)
			x.register = 0
		}
	}
	for _, o := range c.values[v].of {
		release(o)
	}
	x := &c.values[v]
	if x.slot != nil {
		return
	}
	k := c.registers
	if n := len(c.free); n > 0 {
		k, c.free = c.free[n-1], c.free[:n-1]
	} else {
		c.registers++
	}
	x.register, x.slot = k+1, func() int { return c.slotRegister(k) }
	release(v)
}

// write makes operations of values.
func (c *compiler) write(values []int) []operation {
	var all []operation
	for _, v := range values {
		x := &c.values[v]
		o := operation{loop: x.loop, bits: x.bits, to: uint16(x.slot())}
		for k, v := range x.of {
			o.of[k] = uint16(c.values[v].slot())
		}
		all = append(all, o)
	}
	return all
}
