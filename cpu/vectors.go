//go:build goexperiment.simd && amd64

package cpu

import (
	"simd/archsimd"
	"unsafe"
)

// All that depends on how archsimd names loads and stores, which Go 1.27
// changes. A tile is one vector of 512 bits (f16, i16) or two of 256 (f8, i8).
type (
	f16 = archsimd.Float32x16
	i16 = archsimd.Int32x16
	f8  = archsimd.Float32x8
	i8  = archsimd.Int32x8

	u512 = archsimd.Uint64x8
	u256 = archsimd.Uint64x4
)

func loadF16(p *[16]float32) f16     { return archsimd.LoadFloat32x16(p) }
func loadI16(p *[16]int32) i16       { return archsimd.LoadInt32x16(p) }
func storeF16(x f16, p *[16]float32) { x.Store(p) }
func storeI16(x i16, p *[16]int32)   { x.Store(p) }
func allF16(x float32) f16           { return archsimd.BroadcastFloat32x16(x) }
func allI16(x int32) i16             { return archsimd.BroadcastInt32x16(x) }

func loadF8(p *[8]float32) f8     { return archsimd.LoadFloat32x8(p) }
func loadI8(p *[8]int32) i8       { return archsimd.LoadInt32x8(p) }
func storeF8(x f8, p *[8]float32) { x.Store(p) }
func storeI8(x i8, p *[8]int32)   { x.Store(p) }
func allF8(x float32) f8          { return archsimd.BroadcastFloat32x8(x) }
func allI8(x int32) i8            { return archsimd.BroadcastInt32x8(x) }

func loadU512(p *[8]uint64) u512     { return archsimd.LoadUint64x8(p) }
func loadU256(p *[4]uint64) u256     { return archsimd.LoadUint64x4(p) }
func storeU512(x u512, p *[8]uint64) { x.Store(p) }
func storeU256(x u256, p *[4]uint64) { x.Store(p) }

// mask16 is the lanes whose bits are set in the lowest 16.
func mask16(bits uint64) archsimd.Mask32x16 { return archsimd.Mask32x16FromBits(uint16(bits)) }

// half is the part of a row from lane h on, 0 or 8.
func half[T any](row *[lanes]T, h int) *[8]T { return (*[8]T)(row[h : h+8]) }

// tilesOf4 is the state of a population with two receptors. With tiles of a
// fixed size, one pointer reaches all rows.
func (p *population) tilesOf4() [][4][lanes]float32 {
	return unsafe.Slice((*[4][lanes]float32)(unsafe.Pointer(&p.state[0])), p.tiles)
}

// leave ends a kernel: on some processors other code is slow while the upper
// halves of the registers are in use.
func leave() { archsimd.ClearAVXUpperBits() }
