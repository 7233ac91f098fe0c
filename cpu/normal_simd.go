//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
	"unsafe"

	"einet/rng"
)

// normalCells are the lines of rng.Normal, slope and offset beside each other. Indices of 11 bits need no check.
var normalCells [1 << 11][2]float32

func init() {
	n := rng.NormalTable()
	for k := range n.Slope {
		normalCells[k] = [2]float32{n.Slope[k], n.Offset[k]}
	}
}

// Of the bits of x, rng.Normal's cell is what is above normalShift, less that of 1/2.
const (
	normalShift = 18
	normalFirst = 126 << 5
)

// normalAVX512 is normalScalar. The lines are fetched one by one.
func normalAVX512(words *[lanes]uint32, z *[lanes]float32) {
	var cells [lanes]uint32
	var lines [lanes][2]float32
	w := archsimd.LoadUint32x16(words)
	x := w.And(archsimd.BroadcastUint32x16(math.MaxInt32)).AsInt32x16().ConvertToFloat32().Add(allF16(0.5))
	x.AsInt32x16().AsUint32x16().ShiftAllRight(normalShift).Sub(archsimd.BroadcastUint32x16(normalFirst)).Store(&cells)
	for k, cell := range cells {
		lines[k] = normalCells[cell&(1<<11-1)]
	}
	both := (*[2][lanes]float32)(unsafe.Pointer(&lines))
	low, high := loadF16(&both[0]), loadF16(&both[1])
	even := archsimd.LoadUint32x16(&evenLanes)
	slope, offset := low.ConcatPermute(high, even), low.ConcatPermute(high, even.Add(archsimd.BroadcastUint32x16(1)))
	y := slope.Mul(x).Add(offset).AsInt32x16().AsUint32x16()
	storeF16(y.Xor(w.And(archsimd.BroadcastUint32x16(1<<31))).AsInt32x16().AsFloat32x16(), z)
	leave()
}

var evenLanes = [lanes]uint32{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30}

// normalAVX2 is normalScalar.
func normalAVX2(words *[lanes]uint32, z *[lanes]float32) {
	var cells [8]uint32
	var slopes, offsets [8]float32
	for h := 0; h <= 8; h += 8 {
		w := archsimd.LoadUint32x8(half(words, h))
		x := w.And(archsimd.BroadcastUint32x8(math.MaxInt32)).AsInt32x8().ConvertToFloat32().Add(allF8(0.5))
		x.AsInt32x8().AsUint32x8().ShiftAllRight(normalShift).Sub(archsimd.BroadcastUint32x8(normalFirst)).Store(&cells)
		for k, cell := range cells {
			line := &normalCells[cell&(1<<11-1)]
			slopes[k], offsets[k] = line[0], line[1]
		}
		y := loadF8(&slopes).Mul(x).Add(loadF8(&offsets)).AsInt32x8().AsUint32x8()
		storeF8(y.Xor(w.And(archsimd.BroadcastUint32x8(1<<31))).AsInt32x8().AsFloat32x8(), half(z, h))
	}
	leave()
}
