package cpu

import (
	"math"
	"math/bits"
	"unsafe"

	"einet/cpu/native"
)

// An interpreter takes neurons through a step by their program, a block of tiles at a time: one loop over the
// block for each operation, or for a few that often stand together. What is the same in all neurons is worked out once.
type interpreter struct {
	loops      *loops
	constants  [][lanes]uint32
	uniform    []operation
	operations []operation
	fires      int // slots
	fails      int // -1 where that is never so

	states, rows, receptors, normals int
	uniforms, registers              int
}

// An operation is a loop and the slots that it writes and reads.
type operation struct {
	loop loop
	bits uint8 // of a shift
	to   uint16
	of   [5]uint16
}

// An operand is where a slot's tile lies that is next, and the bytes to the one behind it: 0 where all tiles are one.
type operand struct {
	at   unsafe.Pointer
	step int
}

// next is the operand for the next tile, which there must be: no pointer may leave its slice.
func (o operand) next() operand { return operand{unsafe.Add(o.at, o.step), o.step} }

func (o *operation) one(s []operand) (to, a operand) { return s[o.to], s[o.of[0]] }

func (o *operation) two(s []operand) (to, a, b operand) { return s[o.to], s[o.of[0]], s[o.of[1]] }

func (o *operation) three(s []operand) (to, a, b, c operand) {
	return s[o.to], s[o.of[0]], s[o.of[1]], s[o.of[2]]
}

func (o *operation) four(s []operand) (to, a, b, c, d operand) {
	return s[o.to], s[o.of[0]], s[o.of[1]], s[o.of[2]], s[o.of[3]]
}

func (o *operation) five(s []operand) (to, a, b, c, d, e operand) {
	return s[o.to], s[o.of[0]], s[o.of[1]], s[o.of[2]], s[o.of[3]], s[o.of[4]]
}

// A loop names what is done with so many tiles of some slots.
type loop uint8

// The loops. a to e are what is read, each operation rounded by itself.
const (
	loopCopy   loop = iota
	loopArrive      // float(a), of an a that becomes 0
	loopAdd
	loopSub
	loopMul
	loopFlush // 0 if |a| < 2^-100, else a
	loopLess
	loopLessEqual
	loopEqual
	loopIntLess
	loopIntEqual
	loopSelect // b if a, else c
	loopIntAdd
	loopIntSub
	loopAnd // bit by bit, of truths as well
	loopOr
	loopXor
	loopShiftLeft
	loopShiftRight
	loopShiftDown
	loopTruncate
	loopConvert

	loopMulAdd          // a b + c
	loopSubMul          // c - a b
	loopMulAddMul       // a b + c d
	loopMulAddAdd       // (a b + c) + d
	loopAddAdd          // (a + b) + c
	loopHorner          // (a b + c) b + d
	loopOnto            // (a + b) - b, which is a on a grid
	loopAddOnto         // ((a + b) + c) - b
	loopMulAddOnto      // ((a b + c) + d) - d
	loopArriveMul       // float(a) b, of an a that becomes 0
	loopReceive         // ((c d + float(a) b) + e) - e, of an a that becomes 0
	loopMulFlush        // flushed a b
	loopMulFlushAdd     // flushed a b, + c
	loopLessSelect      // c if a < b, else d
	loopLessEqualSelect // c if a <= b, else d
	loopIntLessSelect   // c if a < b, else d

	loopCount
)

// loops are all of them in an instruction set. A loop takes n tiles, one at least.
type loops struct {
	do [loopCount]func(n int, s []operand, o *operation)
	// Of n tiles of truths it writes those in which some are true into hits: first, first+1, ... << 16 | a bit for each
	// true one, and returns how many.
	hits func(n int, truths operand, first int, hits []uint32) int
}

// block is the tiles that an operation takes at once. So many lie in the nearest caches, of all that a step needs.
const block = cachedTiles

// A scratch is what a worker has to run programs with.
type scratch struct {
	native   native.Block
	words    [][lanes]uint32 // now, drive, uniforms, registers
	operands []operand
	failed   [block + 1]uint32
}

const (
	wordsNow = iota
	wordsDrive
	wordsUniform
)

// Slots are in this order: constants, now, drive, uniforms, registers, rows of the state, receptors, normals.
func (c *interpreter) slotNow() int          { return len(c.constants) }
func (c *interpreter) slotDrive() int        { return c.slotNow() + 1 }
func (c *interpreter) slotUniform(k int) int { return c.slotNow() + 2 + k }
func (c *interpreter) slotRegister(k int) int {
	return c.slotUniform(c.uniforms) + k
}
func (c *interpreter) slotRow(k int) int      { return c.slotRegister(c.registers) + k }
func (c *interpreter) slotArriving(k int) int { return c.slotRow(c.rows) + k }
func (c *interpreter) slotNormal(k int) int   { return c.slotArriving(c.receptors) + k }

// update is an updateKernel, except that the program has let fire what fires.
func (c *interpreter) update(p *population, m *moment, lo, hi int, hits []uint32) int {
	s, count := c.begin(m), 0
	for at := lo; at < hi; at += block {
		n := min(block, hi-at)
		c.place(s, p, m, at, at-lo)
		for i := range c.operations {
			o := &c.operations[i]
			c.loops.do[o.loop](n, s.operands, o)
		}
		real := uint32(1<<lanes - 1) // lanes of the last tile that are neurons
		if over := (at+n)*lanes - p.Size; over > 0 {
			real >>= over
		}
		if c.fails >= 0 && m.failed == 0 {
			failed := s.failed[:c.hits(s, c.fails, n, 0, real, s.failed[:])]
			if len(failed) > 0 {
				m.failed = 1 + (at+int(failed[0]>>16))*lanes + bits.TrailingZeros32(failed[0])
			}
		}
		count += c.hits(s, c.fires, n, at-lo, real, hits[count:])
	}
	return count
}

// hits lists the tiles in which some truths of a slot are true, in lanes of the last one that are real.
func (c *interpreter) hits(s *scratch, slot, n, first int, real uint32, hits []uint32) int {
	count := c.loops.hits(n, s.operands[slot], first, hits)
	if count > 0 && int(hits[count-1]>>16) == first+n-1 {
		if hits[count-1] &= 0xffff<<16 | real; hits[count-1]&0xffff == 0 {
			count--
		}
	}
	return count
}

// begin works out what is the same in all neurons.
func (c *interpreter) begin(m *moment) *scratch {
	s := m.scratch
	if words := wordsUniform + c.uniforms + c.registers*block; len(s.words) < words {
		s.words = make([][lanes]uint32, words)
	}
	s.operands = s.operands[:0]
	for k := range c.constants {
		s.operands = append(s.operands, operand{at: unsafe.Pointer(&c.constants[k])})
	}
	for k := range wordsUniform + c.uniforms {
		s.operands = append(s.operands, operand{at: unsafe.Pointer(&s.words[k])})
	}
	for k := range c.registers {
		at := unsafe.Pointer(&s.words[wordsUniform+c.uniforms+k*block])
		s.operands = append(s.operands, operand{at, tileBytes})
	}
	for range c.rows + c.receptors + c.normals {
		s.operands = append(s.operands, operand{})
	}
	s.words[wordsNow], s.words[wordsDrive] = all(uint32(m.now)), all(math.Float32bits(m.drive))
	for i := range c.uniform {
		o := &c.uniform[i]
		c.loops.do[o.loop](1, s.operands, o)
	}
	return s
}

const tileBytes = lanes * 4

// place makes the operands lie where a block of tiles does, of which the first has some place among the normals.
func (c *interpreter) place(s *scratch, p *population, m *moment, first, normal int) {
	o := s.operands[c.slotRow(0):]
	for k := range c.rows {
		o[k] = operand{unsafe.Pointer(p.row(first, k)), c.rows * tileBytes}
	}
	o = o[c.rows:]
	for k := range c.receptors {
		o[k] = operand{unsafe.Pointer(&m.arriving[k][first]), tileBytes}
	}
	o = o[c.receptors:]
	for k := range c.normals {
		if normal < len(m.noise[k]) { // else nothing reads it
			o[k] = operand{unsafe.Pointer(&m.noise[k][normal]), tileBytes}
		}
	}
}

func all(word uint32) (tile [lanes]uint32) {
	for k := range tile {
		tile[k] = word
	}
	return tile
}
