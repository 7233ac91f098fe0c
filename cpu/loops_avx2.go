//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
	"unsafe"
)

// loops2 are the loops with vectors of 256 bits, half a tile in each.
var loops2 = loops{do: [loopCount]func(int, []operand, *operation){
	loopArrive:          arrive2,
	loopArriveMul:       arriveMul2,
	loopReceive:         receive2,
	loopCopy:            copy2,
	loopAdd:             add2,
	loopSub:             sub2,
	loopMul:             mul2,
	loopFlush:           flush2,
	loopLess:            less2,
	loopLessEqual:       lessEqual2,
	loopEqual:           equal2,
	loopIntLess:         intLess2,
	loopIntEqual:        intEqual2,
	loopSelect:          select2,
	loopIntAdd:          intAdd2,
	loopIntSub:          intSub2,
	loopAnd:             and2,
	loopOr:              or2,
	loopXor:             xor2,
	loopShiftLeft:       shiftLeft2,
	loopShiftRight:      shiftRight2,
	loopShiftDown:       shiftDown2,
	loopTruncate:        truncate2,
	loopConvert:         convert2,
	loopMulAdd:          mulAdd2,
	loopSubMul:          subMul2,
	loopMulAddMul:       mulAddMul2,
	loopMulAddAdd:       mulAddAdd2,
	loopAddAdd:          addAdd2,
	loopHorner:          horner2,
	loopOnto:            onto2,
	loopAddOnto:         addOnto2,
	loopMulAddOnto:      mulAddOnto2,
	loopMulFlush:        mulFlush2,
	loopMulFlushAdd:     mulFlushAdd2,
	loopLessSelect:      lessSelect2,
	loopLessEqualSelect: lessEqualSelect2,
	loopIntLessSelect:   intLessSelect2,
}, hits: hits2}

func arrive2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF8(0, a.i8(0).ConvertToFloat32())
		to.putF8(half8, a.i8(half8).ConvertToFloat32())
		a.putI8(0, i8{})
		a.putI8(half8, i8{})
		if n--; n == 0 {
			return
		}
	}
}

func arriveMul2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF8(0, a.i8(0).ConvertToFloat32().Mul(b.f8(0)))
		to.putF8(half8, a.i8(half8).ConvertToFloat32().Mul(b.f8(half8)))
		a.putI8(0, i8{})
		a.putI8(half8, i8{})
		if n--; n == 0 {
			return
		}
	}
}

func receive2(n int, s []operand, o *operation) {
	for to, a, b, c, d, e := o.five(s); ; to, a, b, c, d, e = to.next(), a.next(), b.next(), c.next(), d.next(), e.next() {
		x, grid := a.i8(0).ConvertToFloat32().Mul(b.f8(0)), e.f8(0)
		to.putF8(0, c.f8(0).Mul(d.f8(0)).Add(x).Add(grid).Sub(grid))
		x, grid = a.i8(half8).ConvertToFloat32().Mul(b.f8(half8)), e.f8(half8)
		to.putF8(half8, c.f8(half8).Mul(d.f8(half8)).Add(x).Add(grid).Sub(grid))
		a.putI8(0, i8{})
		a.putI8(half8, i8{})
		if n--; n == 0 {
			return
		}
	}
}

func copy2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF8(0, a.f8(0))
		to.putF8(half8, a.f8(half8))
		if n--; n == 0 {
			return
		}
	}
}

func add2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF8(0, a.f8(0).Add(b.f8(0)))
		to.putF8(half8, a.f8(half8).Add(b.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func sub2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF8(0, a.f8(0).Sub(b.f8(0)))
		to.putF8(half8, a.f8(half8).Sub(b.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func mul2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF8(0, a.f8(0).Mul(b.f8(0)))
		to.putF8(half8, a.f8(half8).Mul(b.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func flush2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF8(0, flushed2(a.f8(0)))
		to.putF8(half8, flushed2(a.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func less2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.f8(0).Less(b.f8(0)).ToInt32x8())
		to.putI8(half8, a.f8(half8).Less(b.f8(half8)).ToInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func lessEqual2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.f8(0).LessEqual(b.f8(0)).ToInt32x8())
		to.putI8(half8, a.f8(half8).LessEqual(b.f8(half8)).ToInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func equal2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.f8(0).Equal(b.f8(0)).ToInt32x8())
		to.putI8(half8, a.f8(half8).Equal(b.f8(half8)).ToInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func intLess2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, b.i8(0).Greater(a.i8(0)).ToInt32x8())
		to.putI8(half8, b.i8(half8).Greater(a.i8(half8)).ToInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func intEqual2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).Equal(b.i8(0)).ToInt32x8())
		to.putI8(half8, a.i8(half8).Equal(b.i8(half8)).ToInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func select2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF8(0, b.f8(0).Merge(c.f8(0), isTrue2(a.i8(0))))
		to.putF8(half8, b.f8(half8).Merge(c.f8(half8), isTrue2(a.i8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func intAdd2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).Add(b.i8(0)))
		to.putI8(half8, a.i8(half8).Add(b.i8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func intSub2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).Sub(b.i8(0)))
		to.putI8(half8, a.i8(half8).Sub(b.i8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func and2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).And(b.i8(0)))
		to.putI8(half8, a.i8(half8).And(b.i8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func or2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).Or(b.i8(0)))
		to.putI8(half8, a.i8(half8).Or(b.i8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func xor2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI8(0, a.i8(0).Xor(b.i8(0)))
		to.putI8(half8, a.i8(half8).Xor(b.i8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func shiftLeft2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI8(0, a.i8(0).ShiftAllLeft(uint64(o.bits)))
		to.putI8(half8, a.i8(half8).ShiftAllLeft(uint64(o.bits)))
		if n--; n == 0 {
			return
		}
	}
}

func shiftRight2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI8(0, a.i8(0).ShiftAllRight(uint64(o.bits)))
		to.putI8(half8, a.i8(half8).ShiftAllRight(uint64(o.bits)))
		if n--; n == 0 {
			return
		}
	}
}

func shiftDown2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI8(0, a.i8(0).AsUint32x8().ShiftAllRight(uint64(o.bits)).AsInt32x8())
		to.putI8(half8, a.i8(half8).AsUint32x8().ShiftAllRight(uint64(o.bits)).AsInt32x8())
		if n--; n == 0 {
			return
		}
	}
}

func truncate2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI8(0, a.f8(0).ConvertToInt32())
		to.putI8(half8, a.f8(half8).ConvertToInt32())
		if n--; n == 0 {
			return
		}
	}
}

func convert2(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF8(0, a.i8(0).ConvertToFloat32())
		to.putF8(half8, a.i8(half8).ConvertToFloat32())
		if n--; n == 0 {
			return
		}
	}
}

func mulAdd2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF8(0, a.f8(0).Mul(b.f8(0)).Add(c.f8(0)))
		to.putF8(half8, a.f8(half8).Mul(b.f8(half8)).Add(c.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func subMul2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF8(0, c.f8(0).Sub(a.f8(0).Mul(b.f8(0))))
		to.putF8(half8, c.f8(half8).Sub(a.f8(half8).Mul(b.f8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddMul2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF8(0, a.f8(0).Mul(b.f8(0)).Add(c.f8(0).Mul(d.f8(0))))
		to.putF8(half8, a.f8(half8).Mul(b.f8(half8)).Add(c.f8(half8).Mul(d.f8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddAdd2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF8(0, a.f8(0).Mul(b.f8(0)).Add(c.f8(0)).Add(d.f8(0)))
		to.putF8(half8, a.f8(half8).Mul(b.f8(half8)).Add(c.f8(half8)).Add(d.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func addAdd2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF8(0, a.f8(0).Add(b.f8(0)).Add(c.f8(0)))
		to.putF8(half8, a.f8(half8).Add(b.f8(half8)).Add(c.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func horner2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		x := b.f8(0)
		to.putF8(0, a.f8(0).Mul(x).Add(c.f8(0)).Mul(x).Add(d.f8(0)))
		x = b.f8(half8)
		to.putF8(half8, a.f8(half8).Mul(x).Add(c.f8(half8)).Mul(x).Add(d.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func onto2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		grid := b.f8(0)
		to.putF8(0, a.f8(0).Add(grid).Sub(grid))
		grid = b.f8(half8)
		to.putF8(half8, a.f8(half8).Add(grid).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func addOnto2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		grid := b.f8(0)
		to.putF8(0, a.f8(0).Add(grid).Add(c.f8(0)).Sub(grid))
		grid = b.f8(half8)
		to.putF8(half8, a.f8(half8).Add(grid).Add(c.f8(half8)).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddOnto2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		grid := d.f8(0)
		to.putF8(0, a.f8(0).Mul(b.f8(0)).Add(c.f8(0)).Add(grid).Sub(grid))
		grid = d.f8(half8)
		to.putF8(half8, a.f8(half8).Mul(b.f8(half8)).Add(c.f8(half8)).Add(grid).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func mulFlush2(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF8(0, flushed2(a.f8(0).Mul(b.f8(0))))
		to.putF8(half8, flushed2(a.f8(half8).Mul(b.f8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func mulFlushAdd2(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF8(0, flushed2(a.f8(0).Mul(b.f8(0))).Add(c.f8(0)))
		to.putF8(half8, flushed2(a.f8(half8).Mul(b.f8(half8))).Add(c.f8(half8)))
		if n--; n == 0 {
			return
		}
	}
}

func lessSelect2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF8(0, c.f8(0).Merge(d.f8(0), a.f8(0).Less(b.f8(0))))
		to.putF8(half8, c.f8(half8).Merge(d.f8(half8), a.f8(half8).Less(b.f8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func lessEqualSelect2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF8(0, c.f8(0).Merge(d.f8(0), a.f8(0).LessEqual(b.f8(0))))
		to.putF8(half8, c.f8(half8).Merge(d.f8(half8), a.f8(half8).LessEqual(b.f8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func intLessSelect2(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF8(0, c.f8(0).Merge(d.f8(0), b.i8(0).Greater(a.i8(0))))
		to.putF8(half8, c.f8(half8).Merge(d.f8(half8), b.i8(half8).Greater(a.i8(half8))))
		if n--; n == 0 {
			return
		}
	}
}

func hits2(n int, truths operand, first int, hits []uint32) int {
	count := 0
	for a := truths; ; a, first = a.next(), first+1 {
		bits := uint32(isTrue2(a.i8(0)).ToBits()) | uint32(isTrue2(a.i8(half8)).ToBits())<<8
		hits[count] = uint32(first)<<16 | bits
		if bits != 0 {
			count++
		}
		if n--; n == 0 {
			return count
		}
	}
}

// half8 is the bytes to a tile's second half.
const half8 = 32

func (o operand) f8(h int) f8       { return loadF8((*[8]float32)(unsafe.Add(o.at, h))) }
func (o operand) i8(h int) i8       { return loadI8((*[8]int32)(unsafe.Add(o.at, h))) }
func (o operand) putF8(h int, x f8) { storeF8(x, (*[8]float32)(unsafe.Add(o.at, h))) }
func (o operand) putI8(h int, x i8) { storeI8(x, (*[8]int32)(unsafe.Add(o.at, h))) }

func isTrue2(x i8) archsimd.Mask32x8 { return i8{}.Greater(x) }

// flushed2 compares bits: those of numbers are in the numbers' order.
func flushed2(x f8) f8 {
	return x.Masked(x.AsInt32x8().And(allI8(math.MaxInt32)).Greater(allI8(smallest - 1)))
}
