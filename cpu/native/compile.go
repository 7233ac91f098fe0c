package native

import (
	"math"
	"slices"
	"unsafe"

	"einet/program"
)

// A value is one of the program's, by its place, or one of those that the code needs besides, behind them.
type value = int32

const none value = -1

// A step of the code is an instruction of the program, or one of those below.
type step struct {
	op      program.Op
	to      value
	a, b, c value
	number  int32 // receptor, state or shift
	way     int32 // which of the tiles that the code takes side by side
}

const (
	fetch program.Op = 128 + iota // a state into a register, since another state becomes it
	write                         // a state's next value
	clear                         // what arrived
	end                           // who fires and who fails
)

// A home is where a value can be read from memory, for as long as it is needed.
type home uint8

const (
	nowhere  home = iota
	constant      // and so on: one word for all neurons
	drive
	now
	row // of the tile
	normal
)

// A compiler is the code in the making.
type compiler struct {
	assembler
	p         *program.Program
	constants []uint32
	ways      int // tiles that the code takes side by side, so that the processor need not wait for one's results
	own       int // values of each
	steps     []step
	homes     []home
	index     []int32   // in that home
	uses      [][]int32 // steps that read each value, in order

	vectors, masks registers
	place          []int8 // register of each value, or -1
	slot           []int32
	free           []int32 // slots
	slots          int
	step           int
}

// vectorRegisters are Z0 to Z31; maskRegisters K1 to K7, for K0 is no mask.
const (
	vectorRegisters = 32
	maskRegisters   = 8
)

// compile makes the code of so many tiles side by side, twice. The first shows how many registers it needs: in those that
// are left the second keeps constants from tile to tile.
func compile(p *program.Program, ways int) *compiler {
	c := &compiler{p: p, ways: ways, constants: slices.Clone(p.Constants)}
	c.plan()
	c.multiply()
	c.findUses()
	c.generate(nil)
	if hoisted := c.most(vectorRegisters - c.vectors.peak); len(hoisted) > 0 {
		c.generate(hoisted)
	}
	return c
}

// most are the n words for all neurons that are read most often.
func (c *compiler) most(n int) []value {
	var all []value
	for v := range c.homes {
		if c.common(value(v)) && len(c.uses[v]) > 0 {
			all = append(all, value(v))
		}
	}
	slices.SortStableFunc(all, func(v, w value) int { return len(c.uses[w]) - len(c.uses[v]) })
	return all[:min(n, len(all))]
}

// plan makes the steps of the program.
func (c *compiler) plan() {
	p := c.p
	c.homes, c.index = make([]home, len(p.Code)), make([]int32, len(p.Code))
	fetched := c.fetches()
	for v, i := range p.Code {
		switch i.Op {
		case program.Constant:
			c.homes[v], c.index[v] = constant, i.A
		case program.State:
			if !fetched[v] {
				c.homes[v], c.index[v] = row, i.A
			}
		case program.Own:
			c.homes[v], c.index[v] = row, int32(len(p.States))+i.A
		case program.Drive:
			c.homes[v] = drive
		case program.Now:
			c.homes[v] = now
		case program.Normal:
			c.homes[v], c.index[v] = normal, i.A
		}
	}
	for v := range p.Code {
		c.add(value(v))
	}
	for _, v := range p.Next {
		c.arrive(value(v))
	}
	c.writes()
	zero := none
	for r := range p.Receptors {
		if zero == none {
			zero = c.constant(0)
		}
		c.steps = append(c.steps, step{op: clear, to: none, a: zero, b: none, c: none, number: int32(r)})
	}
	c.steps = append(c.steps, step{op: end, to: none, a: value(p.Fires), b: value(p.Fails), c: none})
}

// multiply repeats each step for all ways. What is the same in all neurons is theirs in common.
func (c *compiler) multiply() {
	c.own = len(c.homes)
	for way := 1; way < c.ways; way++ {
		c.homes, c.index = append(c.homes, c.homes[:c.own]...), append(c.index, c.index[:c.own]...)
	}
	var all []step
	for _, s := range c.steps {
		for way := range int32(c.ways) {
			t := s
			t.way = way
			for _, v := range []*value{&t.to, &t.a, &t.b, &t.c} {
				if *v != none && !c.common(*v) {
					*v += way * int32(c.own)
				}
			}
			all = append(all, t)
		}
	}
	c.steps = all
}

func (c *compiler) common(v value) bool { return c.homes[v] >= constant && c.homes[v] <= now }

// wayOf is the way whose value it is.
func (c *compiler) wayOf(v value) int { return int(v) / c.own }

// findUses notes which steps read each value.
func (c *compiler) findUses() {
	c.uses = make([][]int32, len(c.homes))
	for at, s := range c.steps {
		for _, v := range []value{s.a, s.b, s.c} {
			if v != none && !slices.Contains(c.uses[v], int32(at)) {
				c.uses[v] = append(c.uses[v], int32(at))
			}
		}
	}
}

// isMask tells whether a value is a truth.
func (c *compiler) isMask(v value) bool { return isTruth(c.p, program.Value(int(v)%c.own)) }

// fetches tells of values that are states which other states become: by then their memory has changed.
func (c *compiler) fetches() map[int]bool {
	fetched := map[int]bool{}
	for s, v := range c.p.Next {
		if i := c.p.Code[v]; i.Op == program.State && i.A != int32(s) {
			fetched[int(v)] = true
			c.steps = append(c.steps, step{op: fetch, to: value(v), a: none, b: none, c: none, number: i.A})
		}
	}
	return fetched
}

// constant is a value that the code needs besides.
func (c *compiler) constant(bits uint32) value {
	at := slices.Index(c.constants, bits)
	if at < 0 {
		at = len(c.constants)
		c.constants = append(c.constants, bits)
	}
	for v, h := range c.homes {
		if h == constant && c.index[v] == int32(at) {
			return value(v)
		}
	}
	c.homes, c.index = append(c.homes, constant), append(c.index, int32(at))
	return value(len(c.homes) - 1)
}

// arrive converts what arrives, where it is first needed.
func (c *compiler) arrive(v value) {
	i := c.p.Code[v]
	if i.Op == program.Arriving && !slices.ContainsFunc(c.steps, func(s step) bool { return s.to == v }) {
		c.steps = append(c.steps, step{op: i.Op, to: v, a: none, b: none, c: none, number: i.A})
	}
}

// add appends the step of an instruction, if it does not just read.
func (c *compiler) add(v value) {
	i := c.p.Code[v]
	if i.Op.Reads() {
		return
	}
	s := step{op: i.Op, to: v, a: none, b: none, c: none}
	operands := i.Operands()
	for _, o := range operands {
		c.arrive(value(o))
	}
	s.a = value(operands[0])
	if len(operands) > 1 {
		s.b = value(operands[1])
	}
	if len(operands) > 2 {
		s.c = value(operands[2])
	}
	switch i.Op {
	case program.ShiftLeft, program.ShiftRight, program.ShiftDown:
		s.number = i.B
	case program.Neg:
		s.b = c.constant(1 << 31)
	case program.Abs:
		s.b = c.constant(1<<31 - 1)
	case program.Flush:
		s.b, s.c = c.constant(1<<31-1), c.constant(math.Float32bits(0x1p-100))
	}
	c.steps = append(c.steps, s)
}

// writes puts the write of each state where its next value is known and nothing reads the present one any more.
func (c *compiler) writes() {
	after := make([][]step, len(c.steps)+1)
	for s, v := range c.p.Next {
		if c.homes[v] == row && c.index[v] == int32(s) {
			continue
		}
		last := 0
		for at, t := range c.steps {
			if t.to == value(v) || c.readsState(t, int32(s)) {
				last = at + 1
			}
		}
		after[last] = append(after[last], step{op: write, to: none, a: value(v), b: none, c: none, number: int32(s)})
	}
	var all []step
	for at, w := range after {
		all = append(all, w...)
		if at < len(c.steps) {
			all = append(all, c.steps[at])
		}
	}
	c.steps = all
}

func (c *compiler) readsState(t step, s int32) bool {
	if t.op == fetch {
		return t.number == s
	}
	return slices.ContainsFunc([]value{t.a, t.b, t.c}, func(v value) bool {
		return v != none && c.homes[v] == row && c.index[v] == s
	})
}

// The general registers of the code. Two are in use for a moment only.
const (
	frameAt   = rdi
	rowsAt    = rsi
	offset    = rdx // tile * rowBytes
	endOffset = rcx
	hitsAt    = r8
	numbersAt = r9
	spillsAt  = r10
	scratch   = rax
	moment    = rbx
)

// inFrame is a field of the frame.
func inFrame(at uintptr) operand { return operandAt(frameAt, int(at)) }

// The tile's number << 16 is its offset << this.
const offsetShift = 16 - 6

// generate makes the code, with some values in registers all the time.
func (c *compiler) generate(hoisted []value) {
	var f frame
	c.assembler = assembler{}
	c.reset(hoisted)
	for _, r := range []struct {
		to gpr
		at uintptr
	}{
		{rowsAt, unsafe.Offsetof(f.rows)}, {offset, unsafe.Offsetof(f.from)}, {endOffset, unsafe.Offsetof(f.to)},
		{hitsAt, unsafe.Offsetof(f.hits)}, {numbersAt, unsafe.Offsetof(f.constants)}, {spillsAt, unsafe.Offsetof(f.spills)},
	} {
		c.integer(load, true, r.to, inFrame(r.at))
	}
	for _, v := range hoisted {
		c.load(uint8(c.place[v]), c.memory(v))
	}
	for len(c.code)%32 != 0 {
		c.put(0x90)
	}
	begin := len(c.code)
	c.instructions = 0
	var failing []exit
	for at, s := range c.steps {
		c.step = at
		c.vectors.pinned, c.masks.pinned = 0, 0
		if s.op == end {
			failing = append(failing, c.collect(s)...)
		} else {
			c.do(s)
		}
		c.release(s)
	}
	c.addNumber(rowsAt, int32(rowBytes*c.ways*c.rows()))
	c.addNumber(offset, int32(rowBytes*c.ways))
	c.integer(cmpWith, true, offset, register(uint8(endOffset)))
	c.lands(c.jump(ifBelow), begin)
	c.integer(store, true, hitsAt, inFrame(unsafe.Offsetof(f.end)))
	c.leave()
	for _, e := range failing {
		c.note(e)
	}
}

func (c *compiler) rows() int { return len(c.p.States) + len(c.p.Owns) }

// An exit is a jump out of the loop, and where it comes back.
type exit struct {
	from, back int
	fails      uint8 // mask
	way        int32
}

// collect writes the hits of a tile, and jumps where neurons fail.
func (c *compiler) collect(s step) (failing []exit) {
	c.pin(s.b)
	fires := c.mask(s.a)
	if s.b != none {
		e := exit{fails: c.mask(s.b), way: s.way}
		c.vex(kortestw, e.fails, 0, register(e.fails), false)
		e.from = c.jump(ifNotEqual)
		e.back = len(c.code)
		failing = append(failing, e)
	}
	c.vex(kortestw, fires, 0, register(fires), false)
	silent := c.jump(ifEqual)
	c.vex(kget, uint8(scratch), 0, register(fires), false)
	c.offsetOf(s.way)
	c.shiftLeft(moment, offsetShift)
	c.integer(orFrom, false, scratch, register(uint8(moment)))
	c.integer(store, false, scratch, operandAt(hitsAt, 0))
	c.addNumber(hitsAt, 4)
	c.lands(silent, len(c.code))
	return failing
}

// offsetOf takes the offset of a way's tile into a register.
func (c *compiler) offsetOf(way int32) {
	c.integer(load, true, moment, register(uint8(offset)))
	if way > 0 {
		c.addNumber(moment, rowBytes*way)
	}
}

// note writes down which neurons fail, if it is the first time.
func (c *compiler) note(e exit) {
	var f frame
	c.lands(e.from, len(c.code))
	c.integer(load, false, scratch, inFrame(unsafe.Offsetof(f.failures)))
	c.integer(0x85, false, scratch, register(uint8(scratch))) // TEST
	c.lands(c.jump(ifNotEqual), e.back)
	c.vex(kget, uint8(scratch), 0, register(e.fails), false)
	c.integer(store, false, scratch, inFrame(unsafe.Offsetof(f.failures)))
	c.offsetOf(e.way)
	c.integer(store, true, moment, inFrame(unsafe.Offsetof(f.failed)))
	c.lands(c.always(), e.back)
}
