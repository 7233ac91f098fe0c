//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
	"unsafe"

	"einet/rng"
)

// normalCells are the lines of rng.Normal, slope and offset beside each other, by what is above the lowest normalShift
// bits of x: all but the lowest 11 bits of that are alike.
var normalCells [1 << 11][2]float32

const normalShift = 18

func init() {
	const first = 126 << 5 // of x = 1/2
	n := rng.NormalTable()
	for k := range n.Slope {
		normalCells[(first+k)%len(normalCells)] = [2]float32{n.Slope[k], n.Offset[k]}
	}
}

// normalLines fetches the lines of a tile.
func normalLines(lines *[lanes][2]float32, cells *[lanes]uint32) {
	for k := 0; k < lanes; k += 4 {
		to, from := (*[4][2]float32)(lines[k:k+4]), (*[4]uint32)(cells[k:k+4])
		to[0] = normalCells[from[0]%uint32(len(normalCells))]
		to[1] = normalCells[from[1]%uint32(len(normalCells))]
		to[2] = normalCells[from[2]%uint32(len(normalCells))]
		to[3] = normalCells[from[3]%uint32(len(normalCells))]
	}
}

// normalAVX512 is normalScalar. The lines of all tiles are fetched one by one before they are read as vectors, for
// that has to wait until what was written is in the cache.
func normalAVX512(z [][lanes]float32, words [][lanes]uint32) {
	var lines [4][lanes][2]float32
	for i := range z {
		var cells [lanes]uint32
		normalX512(&words[i]).AsInt32x16().AsUint32x16().ShiftAllRight(normalShift).Store(&cells)
		normalLines(&lines[i&3], &cells)
	}
	even, sign := archsimd.LoadUint32x16(&evenLanes), archsimd.BroadcastUint32x16(1<<31)
	odd := even.Add(archsimd.BroadcastUint32x16(1))
	for i := range z {
		both := (*[2][lanes]float32)(unsafe.Pointer(&lines[i&3]))
		low, high := loadF16(&both[0]), loadF16(&both[1])
		y := low.ConcatPermute(high, even).Mul(normalX512(&words[i])).Add(low.ConcatPermute(high, odd)).AsInt32x16().AsUint32x16()
		storeF16(y.Xor(archsimd.LoadUint32x16(&words[i]).And(sign)).AsInt32x16().AsFloat32x16(), &z[i])
	}
	leave()
}

// normalX512 is what the lines are taken at.
func normalX512(words *[lanes]uint32) f16 {
	w := archsimd.LoadUint32x16(words)
	return w.And(archsimd.BroadcastUint32x16(math.MaxInt32)).AsInt32x16().ConvertToFloat32().Add(allF16(0.5))
}

var evenLanes = [lanes]uint32{0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30}

// normalAVX2 is normalScalar.
func normalAVX2(z [][lanes]float32, words [][lanes]uint32) {
	var slopes, offsets [4][lanes]float32
	for i := range z {
		var cells [lanes]uint32
		for h := 0; h <= 8; h += 8 {
			normalX8(half(&words[i], h)).AsInt32x8().AsUint32x8().ShiftAllRight(normalShift).Store(half(&cells, h))
		}
		for k, cell := range cells {
			line := &normalCells[cell%uint32(len(normalCells))]
			slopes[i&3][k], offsets[i&3][k] = line[0], line[1]
		}
	}
	sign := archsimd.BroadcastUint32x8(1 << 31)
	for i := range z {
		for h := 0; h <= 8; h += 8 {
			w := half(&words[i], h)
			y := loadF8(half(&slopes[i&3], h)).Mul(normalX8(w)).Add(loadF8(half(&offsets[i&3], h))).AsInt32x8().AsUint32x8()
			storeF8(y.Xor(archsimd.LoadUint32x8(w).And(sign)).AsInt32x8().AsFloat32x8(), half(&z[i], h))
		}
	}
	leave()
}

func normalX8(words *[8]uint32) f8 {
	w := archsimd.LoadUint32x8(words)
	return w.And(archsimd.BroadcastUint32x8(math.MaxInt32)).AsInt32x8().ConvertToFloat32().Add(allF8(0.5))
}
