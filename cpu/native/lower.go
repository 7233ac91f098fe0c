package native

import (
	"unsafe"

	"einet/program"
)

// memory is where a value can be read. It may use the scratch register.
func (c *compiler) memory(v value) operand {
	var f frame
	at, way := int(c.index[v]), c.wayOf(v)
	switch c.homes[v] {
	case constant:
		return operandAt(numbersAt, 4*at).toAll()
	case drive:
		return inFrame(unsafe.Offsetof(f.drive)).toAll()
	case now:
		return inFrame(unsafe.Offsetof(f.now)).toAll()
	case row:
		return c.row(at, way)
	case normal:
		c.integer(load, true, scratch, inFrame(unsafe.Offsetof(f.normals)+unsafe.Sizeof(f.normals[0])*uintptr(at)))
		return tileOf(way)
	}
	return operandAt(spillsAt, rowBytes*int(c.slot[v]))
}

// row is one of a tile's.
func (c *compiler) row(row, way int) operand { return operandAt(rowsAt, rowBytes*(row+way*c.rows())) }

// tileOf is where a tile lies behind the pointer in the scratch register.
func tileOf(way int) operand {
	o := indexed(scratch, offset)
	o.disp = int32(rowBytes * way)
	return o
}

// arriving is what arrives at a receptor. The slices' pointers come first in them.
func (c *compiler) arriving(receptor, way int32) operand {
	var f frame
	var slice [][Lanes]int32
	c.integer(load, true, scratch, inFrame(unsafe.Offsetof(f.arriving)))
	c.integer(load, true, scratch, operandAt(scratch, int(unsafe.Sizeof(slice))*int(receptor)))
	return tileOf(int(way))
}

// either is a value's register or memory, for the last operand of an instruction.
func (c *compiler) either(v value) operand {
	if c.pin(v) {
		return register(uint8(c.place[v]))
	}
	return c.memory(v)
}

// result is a register for a step's result: that of an operand that is not read any more, too.
func (c *compiler) result(s step) uint8 {
	r := c.file(s.to)
	for _, v := range []value{s.a, s.b, s.c} {
		if v == none || c.place[v] < 0 || c.file(v) != r || !r.lends(c.place[v]) || c.next(v, c.step+1) < len(c.steps) {
			continue
		}
		k := uint8(c.place[v])
		c.vacate(r, k)
		r.holds[k] = s.to
		c.place[s.to] = int8(k)
		return k
	}
	return c.take(r, s.to)
}

// A pair is an instruction of two operands, of which the second may be memory.
type pair struct {
	form
	commutes bool
}

var binaries = map[program.Op]pair{
	program.Add: {vaddps, true}, program.Sub: {vsubps, false}, program.Mul: {vmulps, true},
	program.Min: {vminps, false}, program.Max: {vmaxps, false},
	program.IntAdd: {vpaddd, true}, program.IntSub: {vpsubd, false},
	program.IntAnd: {vpandd, true}, program.IntOr: {vpord, true}, program.IntXor: {vpxord, true},
	program.Neg: {vpxord, true}, program.Abs: {vpandd, true},
}

// A comparison has a predicate for x, y and one for y, x.
type comparison struct {
	form
	predicate, swapped byte
}

var comparisons = map[program.Op]comparison{
	program.Less: {vcmpps, 0x11, 0x1e}, program.LessEqual: {vcmpps, 0x12, 0x1d}, program.Equal: {vcmpps, 0, 0},
	program.IntLess: {vpcmpd, 1, 6}, program.IntEqual: {vpcmpd, 0, 0},
}

const notLess = 5 // of integers

var shifts = map[program.Op]uint8{
	program.ShiftLeft: shiftLeft, program.ShiftRight: shiftRight, program.ShiftDown: shiftDown,
}

// do writes the instructions of a step.
func (c *compiler) do(s step) {
	for _, v := range []value{s.a, s.b, s.c} {
		c.pin(v)
	}
	if b, ok := binaries[s.op]; ok {
		x, y := s.a, s.b
		if b.commutes && c.place[x] < 0 && c.place[y] >= 0 {
			x, y = y, x
		}
		source := c.vector(x)
		from := c.either(y)
		c.evex(b.form, c.result(s), source, from, 0, false)
		return
	}
	if t, ok := comparisons[s.op]; ok {
		x, y, predicate := s.a, s.b, t.predicate
		if c.place[x] < 0 && c.place[y] >= 0 {
			x, y, predicate = y, x, t.swapped
		}
		source := c.vector(x)
		from := c.either(y)
		c.evexByte(t.form, c.result(s), source, from, 0, predicate)
		return
	}
	if way, ok := shifts[s.op]; ok {
		from := c.either(s.a)
		c.evexByte(vpshiftd, way, c.result(s), from, 0, byte(s.number))
		return
	}
	switch s.op {
	case program.Arriving:
		from := c.arriving(s.number, s.way)
		c.evex(vcvtdq2ps, c.take(&c.vectors, s.to), 0, from, 0, false)
	case program.Convert:
		from := c.either(s.a)
		c.evex(vcvtdq2ps, c.result(s), 0, from, 0, false)
	case program.Truncate:
		from := c.either(s.a)
		c.evex(vcvttps2dq, c.result(s), 0, from, 0, false)
	case program.Bits, program.AsFloat:
		c.copy(s)
	case program.Flush:
		c.flush(s)
	case program.And:
		x, y := c.mask(s.a), c.mask(s.b)
		c.mask2(kandw, c.result(s), x, y)
	case program.Or:
		x, y := c.mask(s.a), c.mask(s.b)
		c.mask2(korw, c.result(s), x, y)
	case program.Not:
		x := c.mask(s.a)
		c.vex(knotw, c.result(s), 0, register(x), false)
	case program.Select:
		c.choose(s)
	case fetch:
		c.evex(vmovups, c.take(&c.vectors, s.to), 0, c.row(int(s.number), int(s.way)), 0, false)
	case write:
		x := c.vector(s.a)
		c.evex(vmovupsStore, x, 0, c.row(int(s.number), int(s.way)), 0, false)
	case clear:
		x := c.vector(s.a)
		c.evex(vmovupsStore, x, 0, c.arriving(s.number, s.way), 0, false)
	}
}

// copy is a value under another type: a move only where the first is still needed.
func (c *compiler) copy(s step) {
	from := c.vector(s.a)
	if to := c.result(s); to != from {
		c.evex(vmovaps, from, 0, register(to), 0, false)
	}
}

// flush compares the magnitude's bits as a whole number.
func (c *compiler) flush(s step) {
	x := c.vector(s.a)
	positive := c.either(s.b)
	size := c.take(&c.vectors, none)
	c.evex(vpandd, size, x, positive, 0, false)
	least := c.either(s.c)
	stays := c.take(&c.masks, none)
	c.evexByte(vpcmpud, stays, size, least, 0, notLess)
	c.evex(vmovaps, x, 0, register(c.result(s)), stays, true)
}

// choose blends numbers; truths are chosen by what holds of both.
func (c *compiler) choose(s step) {
	if !c.isMask(s.to) {
		which, y := c.mask(s.a), c.vector(s.c)
		x := c.either(s.b)
		c.evex(vblendmps, c.result(s), y, x, which, false)
		return
	}
	which, x, y := c.mask(s.a), c.mask(s.b), c.mask(s.c)
	first, second := c.take(&c.masks, none), c.take(&c.masks, none)
	c.mask2(kandw, first, which, x)
	c.mask2(kandnw, second, which, y)
	c.mask2(korw, c.result(s), first, second)
}
