// Package native turns programs into machine code of AVX-512: sixteen neurons side by side, straight line, no compiler. Its
// one invariant: the code gives what Program.Run gives, bit for bit.
//
// (But for the bits of what is no number, which Go itself leaves open.)
package native

import (
	"errors"
	"fmt"
	"math/bits"
	"unsafe"

	"einet/program"
)

// Lanes is the number of neurons in a tile: a vector of 32-bit words.
const Lanes = 16

// ErrUnavailable says that machine code can't be run here: another processor, or a system that does not let
// a program make any.
var ErrUnavailable = errors.New("native: no machine code of AVX-512 can be made here")

// A Block is tiles of neurons and what they are given in a step.
type Block struct {
	Tiles    int                 // up to 2^16
	Neurons  int                 // of them; the lanes behind neither fire nor fail
	Rows     [][Lanes]uint32     // each tile's states, then its own numbers: read and written
	Arriving [][][Lanes]int32    // [receptor][tile], left at zero
	Normals  [2][][Lanes]float32 // [draw][tile], of those that the program reads
	Drive    float32
	Now      int32
	Hits     []uint32 // written: for each tile in which neurons fire its number << 16 | a bit for each; room for all tiles

	frame frame
	words [][Lanes]uint32 // memory of frame.spills
}

// A frame is what the code reads besides, and where it says how it ended.
type frame struct {
	rows, hits, constants, spills, arriving unsafe.Pointer
	normals                                 [2]unsafe.Pointer
	from, to                                uintptr // tiles * rowBytes
	end                                     uintptr // behind the last hit
	failed                                  uintptr // the first tile that fails * rowBytes
	failures                                uint32  // in it, a bit for each neuron
	drive                                   float32
	now                                     int32
}

const rowBytes = 4 * Lanes

// A Kernel is the code of a program. It may be run by many threads at once.
type Kernel struct {
	memory    []byte // pages: the code, then its constants
	constants int    // where they begin
	many      int    // where the code begins that takes several tiles side by side
	ways      int    // so many
	rows      int
	receptors int
	normals   [2]bool // those that are read
	spills    int
	piece     int // tiles in one go
}

// longest is how many instructions are run in one go: some 100 microseconds, for Go can't interrupt it.
const longest = 1 << 18

// Compile makes the code of a program.
func Compile(p *program.Program) (*Kernel, error) {
	if !Available() {
		return nil, ErrUnavailable
	}
	if err := check(p); err != nil {
		return nil, err
	}
	one := compile(p, 1)
	many := sideBySide(p, one)
	k := &Kernel{
		rows: len(p.States) + len(p.Owns), receptors: p.Receptors, spills: max(one.slots, many.slots), ways: many.ways,
		piece: max(1, longest/one.instructions/many.ways) * many.ways,
	}
	for _, i := range p.Code {
		if i.Op == program.Normal {
			k.normals[i.A] = true
		}
	}
	image := aligned(one.code)
	if many != one {
		k.many = len(image)
		image = aligned(append(image, many.code...))
	}
	k.constants = len(image)
	for _, x := range one.constants {
		image = append(image, byte(x), byte(x>>8), byte(x>>16), byte(x>>24))
	}
	memory, err := executable(image)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	k.memory = memory
	return k, nil
}

// sideBySide is code that takes several tiles at once: so the processor has something to do while it waits for one's results.
// (By Heun's method an AdEx neuron takes 2.4 ns by one, 1.7 by two, 1.3 by four.) They are fewer where the registers don't do:
// spills may make a tenth more instructions.
func sideBySide(p *program.Program, one *compiler) *compiler {
	for _, ways := range []int{4, 2} {
		if c := compile(p, ways); 10*c.instructions <= 11*ways*one.instructions && len(c.code) <= longestCode {
			return c
		}
	}
	return one
}

// longestCode is half of the memory that processors have nearest for instructions.
const longestCode = 16 << 10

// aligned is code that ends where a cache line does.
func aligned(code []byte) []byte {
	for len(code)%rowBytes != 0 {
		code = append(code, 0xcc) // INT3
	}
	return code
}

// Run takes a block through a step. It returns how many hits there are, and the first neuron that fails, or -1.
func (k *Kernel) Run(b *Block) (hits, failed int) {
	if k.memory == nil {
		panic("native: a closed kernel was run")
	}
	b.Rows = b.Rows[:b.Tiles*k.rows]
	b.Arriving = b.Arriving[:k.receptors]
	for r := range b.Arriving {
		b.Arriving[r] = b.Arriving[r][:b.Tiles]
	}
	f := &b.frame
	for d, read := range k.normals {
		if read {
			f.normals[d] = unsafe.Pointer(unsafe.SliceData(b.Normals[d][:b.Tiles]))
		}
	}
	b.Hits = b.Hits[:b.Tiles]
	f.arriving = unsafe.Pointer(unsafe.SliceData(b.Arriving))
	f.constants = unsafe.Pointer(unsafe.SliceData(k.memory[k.constants:]))
	f.spills = b.spills(k.spills)
	f.drive, f.now, f.failures = b.Drive, b.Now, 0
	for from, to := 0, 0; from < b.Tiles; from = to {
		code := k.many
		if to = min(from+k.piece, b.Tiles-b.Tiles%k.ways); to <= from {
			code, to = 0, b.Tiles
		}
		hits += k.enter(b, code, from, to, b.Hits[hits:])
	}
	return b.neurons(hits)
}

// enter takes tiles from to to-1 through the step and returns how many hits it wrote. Go can interrupt a thread where
// a function begins that is not inlined: so here, between two pieces.
//
//go:noinline
func (k *Kernel) enter(b *Block, code, from, to int, hits []uint32) int {
	f := &b.frame
	f.rows, f.hits = unsafe.Pointer(unsafe.SliceData(b.Rows[from*k.rows:])), unsafe.Pointer(&hits[0])
	f.from, f.to = uintptr(from*rowBytes), uintptr(to*rowBytes)
	enter(unsafe.Pointer(&k.memory[code]), f)
	return int(f.end-uintptr(f.hits)) / 4
}

// spills is memory for so many vectors, each a cache line.
func (b *Block) spills(n int) unsafe.Pointer {
	if len(b.words) < n+1 {
		b.words = make([][Lanes]uint32, n+1)
	}
	p := unsafe.Pointer(&b.words[0])
	return unsafe.Add(p, -uintptr(p)&(rowBytes-1))
}

// neurons forgets what the lanes behind the last neuron did.
func (b *Block) neurons(hits int) (left, failed int) {
	for ; hits > 0; hits-- {
		last := &b.Hits[hits-1]
		*last &= 0xffff<<16 | b.real(int(*last>>16))
		if *last&0xffff != 0 {
			break
		}
	}
	tile := int(b.frame.failed / rowBytes)
	if fails := b.frame.failures & b.real(tile); fails != 0 {
		return hits, tile*Lanes + bits.TrailingZeros32(fails)
	}
	return hits, -1
}

// real has a bit for each lane of a tile that is a neuron.
func (b *Block) real(tile int) uint32 {
	return 1<<min(max(b.Neurons-tile*Lanes, 0), Lanes) - 1
}

// Close gives the memory back.
func (k *Kernel) Close() error {
	memory := k.memory
	k.memory = nil
	if memory == nil {
		return nil
	}
	return release(memory)
}
