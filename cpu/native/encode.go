package native

import "encoding/binary"

// A gpr is a general register, by the number that encodings have for it.
type gpr uint8

// Registers that Go's assembly may change. (R14 is Go's goroutine, R15 its table of globals.)
const (
	rax gpr = iota
	rcx
	rdx
	rbx
	rsp
	rbp
	rsi
	rdi
	r8
	r9
	r10
	r11
	r12
	r13
)

// An operand is what ModRM can name: a vector or mask register, or memory at base+index+disp.
type operand struct {
	memory    bool
	register  uint8
	base      gpr
	index     gpr // rsp: none
	disp      int32
	broadcast bool // one word to all lanes
}

func register(r uint8) operand { return operand{register: r} }

func operandAt(base gpr, disp int) operand {
	return operand{memory: true, base: base, index: rsp, disp: int32(disp)}
}

func indexed(base, index gpr) operand { return operand{memory: true, base: base, index: index} }

func (o operand) toAll() operand {
	o.broadcast = true
	return o
}

// A form is how an EVEX instruction on 16 words is written: its opcode, the map that this is in (1: 0F, 2: 0F38, 3: 0F3A),
// its mandatory prefix (1: 66, 2: F3, 3: F2), and what memory operands scale a displacement of one byte with.
type form struct {
	opcode byte
	table  byte
	prefix byte
	unit   int32
}

// All instructions on vectors.
var (
	vmovups      = form{0x10, 1, 0, 64}
	vmovupsStore = form{0x11, 1, 0, 64}
	vmovaps      = form{0x29, 1, 0, 64} // from the register to the operand
	vbroadcastss = form{0x18, 2, 1, 4}
	vaddps       = form{0x58, 1, 0, 64}
	vmulps       = form{0x59, 1, 0, 64}
	vsubps       = form{0x5c, 1, 0, 64}
	vminps       = form{0x5d, 1, 0, 64}
	vmaxps       = form{0x5f, 1, 0, 64}
	vcmpps       = form{0xc2, 1, 0, 64}
	vpcmpud      = form{0x1e, 3, 1, 64}
	vpcmpd       = form{0x1f, 3, 1, 64}
	vblendmps    = form{0x65, 2, 1, 64}
	vpaddd       = form{0xfe, 1, 1, 64}
	vpsubd       = form{0xfa, 1, 1, 64}
	vpandd       = form{0xdb, 1, 1, 64}
	vpord        = form{0xeb, 1, 1, 64}
	vpxord       = form{0xef, 1, 1, 64}
	vpshiftd     = form{0x72, 1, 1, 64} // which way is in the place of the register
	vcvttps2dq   = form{0x5b, 1, 2, 64}
	vcvtdq2ps    = form{0x5b, 1, 0, 64}
)

// Which way vpshiftd shifts.
const (
	shiftDown  = 2
	shiftRight = 4
	shiftLeft  = 6
)

// Instructions on masks: opcodes of map 0F.
const (
	kandw    = 0x41
	kandnw   = 0x42
	knotw    = 0x44
	korw     = 0x45
	kload    = 0x90
	kstore   = 0x91
	kget     = 0x93
	kortestw = 0x98
)

// An assembler appends instructions to code.
type assembler struct {
	code         []byte
	instructions int
}

func (a *assembler) put(b ...byte) { a.code = append(a.code, b...) }

func (a *assembler) word(x int32) { a.code = binary.LittleEndian.AppendUint32(a.code, uint32(x)) }

// inverted is bit n of x, inverted, at bit to.
func inverted[T ~uint8](x T, n, to int) byte { return byte(^x>>n&1) << to }

// evex writes an instruction. One without a second source has 0 as that; mask 0 is none.
func (a *assembler) evex(f form, reg, source uint8, o operand, mask uint8, zeroing bool) {
	a.instructions++
	p0 := inverted(reg, 3, 7) | inverted(reg, 4, 4) | f.table
	if o.memory {
		p0 |= inverted(o.index, 3, 6) | inverted(o.base, 3, 5)
	} else {
		p0 |= inverted(o.register, 4, 6) | inverted(o.register, 3, 5)
	}
	p1 := ^source&15<<3 | 4 | f.prefix
	p2 := byte(2<<5) | inverted(source, 4, 3) | mask
	unit := f.unit
	if o.broadcast {
		p2 |= 1 << 4
		unit = 4
	}
	if zeroing {
		p2 |= 1 << 7
	}
	a.put(0x62, p0, p1, p2, f.opcode)
	a.modRM(reg, o, unit)
}

// evexByte writes one that ends with a byte: a predicate, or by how much to shift.
func (a *assembler) evexByte(f form, reg, source uint8, o operand, mask uint8, b byte) {
	a.evex(f, reg, source, o, mask, false)
	a.put(b)
}

// modRM names a register and an operand. A displacement that is a small multiple of unit takes a byte.
func (a *assembler) modRM(reg uint8, o operand, unit int32) {
	reg = reg & 7 << 3
	if !o.memory {
		a.put(0xc0 | reg | o.register&7)
		return
	}
	small := o.disp%unit == 0 && int32(int8(o.disp/unit)) == o.disp/unit
	mode := byte(2)
	if o.disp == 0 && o.base&7 != rbp {
		mode = 0
	} else if small {
		mode = 1
	}
	if o.index != rsp || o.base&7 == rsp {
		a.put(mode<<6|reg|4, byte(o.index&7<<3|o.base&7))
	} else {
		a.put(mode<<6 | reg | byte(o.base&7))
	}
	switch mode {
	case 1:
		a.put(byte(o.disp / unit))
	case 2:
		a.word(o.disp)
	}
}

// vex writes an instruction on masks: wide ones have a second source.
func (a *assembler) vex(opcode byte, reg, source uint8, o operand, wide bool) {
	a.instructions++
	p := ^source & 15 << 3
	if wide {
		p |= 4
	}
	if o.memory && (o.base > 7 || o.index > 7) {
		a.put(0xc4, 0x80|inverted(o.index, 3, 6)|inverted(o.base, 3, 5)|1, p)
	} else {
		a.put(0xc5, 0x80|p)
	}
	a.put(opcode)
	a.modRM(reg, o, 1)
}

// mask2 is to = op(x, y) of masks.
func (a *assembler) mask2(opcode byte, to, x, y uint8) { a.vex(opcode, to, x, register(y), true) }

// integer writes an instruction on general registers, of 64 bits if wide.
func (a *assembler) integer(opcode byte, wide bool, reg gpr, o operand) {
	a.instructions++
	rex := byte(reg >> 3 << 2)
	if wide {
		rex |= 8
	}
	if o.memory {
		rex |= byte(o.index>>3<<1 | o.base>>3)
	} else {
		rex |= o.register >> 3
	}
	if rex != 0 {
		a.put(0x40 | rex)
	}
	a.put(opcode)
	a.modRM(uint8(reg), o, 1)
}

// Instructions on general registers.
const (
	orFrom  = 0x0b
	cmpWith = 0x3b
	store   = 0x89
	load    = 0x8b
)

func (a *assembler) addNumber(to gpr, x int32) {
	if int32(int8(x)) == x {
		a.integer(0x83, true, 0, register(uint8(to)))
		a.put(byte(x))
		return
	}
	a.integer(0x81, true, 0, register(uint8(to)))
	a.word(x)
}

func (a *assembler) shiftLeft(to gpr, bits byte) {
	a.integer(0xc1, false, 4, register(uint8(to)))
	a.put(bits)
}

// Conditions of jumps.
const (
	ifBelow    = 0x82
	ifEqual    = 0x84
	ifNotEqual = 0x85
)

// jump goes to a place that lands gives, or that is known.
func (a *assembler) jump(condition byte) (from int) {
	a.instructions++
	a.put(0x0f, condition, 0, 0, 0, 0)
	return len(a.code)
}

func (a *assembler) always() (from int) {
	a.instructions++
	a.put(0xe9, 0, 0, 0, 0)
	return len(a.code)
}

// lands makes a jump go to a place.
func (a *assembler) lands(from, to int) {
	binary.LittleEndian.PutUint32(a.code[from-4:], uint32(to-from))
}

// leave ends the code: other code is slow on some processors while the upper halves of registers are in use.
func (a *assembler) leave() {
	a.instructions += 2
	a.put(0xc5, 0xf8, 0x77) // VZEROUPPER
	a.put(0xc3)             // RET
}
