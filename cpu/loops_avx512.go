//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
)

// loops512 are the loops with vectors of 512 bits, a tile in each.
var loops512 = loops{do: [loopCount]func(int, []operand, *operation){
	loopArrive:          arrive512,
	loopCopy:            copy512,
	loopAdd:             add512,
	loopSub:             sub512,
	loopMul:             mul512,
	loopFlush:           flush512,
	loopLess:            less512,
	loopLessEqual:       lessEqual512,
	loopEqual:           equal512,
	loopIntLess:         intLess512,
	loopIntEqual:        intEqual512,
	loopSelect:          select512,
	loopIntAdd:          intAdd512,
	loopIntSub:          intSub512,
	loopAnd:             and512,
	loopOr:              or512,
	loopXor:             xor512,
	loopShiftLeft:       shiftLeft512,
	loopShiftRight:      shiftRight512,
	loopShiftDown:       shiftDown512,
	loopTruncate:        truncate512,
	loopConvert:         convert512,
	loopMulAdd:          mulAdd512,
	loopSubMul:          subMul512,
	loopMulAddMul:       mulAddMul512,
	loopMulAddAdd:       mulAddAdd512,
	loopMulAddAddSub:    mulAddAddSub512,
	loopAddAdd:          addAdd512,
	loopAddSub:          addSub512,
	loopAddAddSub:       addAddSub512,
	loopMulFlush:        mulFlush512,
	loopMulFlushAdd:     mulFlushAdd512,
	loopLessSelect:      lessSelect512,
	loopLessEqualSelect: lessEqualSelect512,
	loopIntLessSelect:   intLessSelect512,
}, hits: hits512}

func arrive512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putF16(a.i16().ConvertToFloat32().Mul(b.f16()))
		a.putI16(i16{})
	}
}

func copy512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putF16(a.f16())
	}
}

func add512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putF16(a.f16().Add(b.f16()))
	}
}

func sub512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putF16(a.f16().Sub(b.f16()))
	}
}

func mul512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putF16(a.f16().Mul(b.f16()))
	}
}

func flush512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putF16(flushed512(a.f16()))
	}
}

func less512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.f16().Less(b.f16()).ToInt32x16())
	}
}

func lessEqual512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.f16().LessEqual(b.f16()).ToInt32x16())
	}
}

func equal512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.f16().Equal(b.f16()).ToInt32x16())
	}
}

func intLess512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Less(b.i16()).ToInt32x16())
	}
}

func intEqual512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Equal(b.i16()).ToInt32x16())
	}
}

func select512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(b.f16().Merge(c.f16(), isTrue512(a.i16())))
	}
}

func intAdd512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Add(b.i16()))
	}
}

func intSub512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Sub(b.i16()))
	}
}

func and512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().And(b.i16()))
	}
}

func or512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Or(b.i16()))
	}
}

func xor512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putI16(a.i16().Xor(b.i16()))
	}
}

func shiftLeft512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putI16(a.i16().ShiftAllLeft(uint64(o.bits)))
	}
}

func shiftRight512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putI16(a.i16().ShiftAllRight(uint64(o.bits)))
	}
}

func shiftDown512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putI16(a.i16().AsUint32x16().ShiftAllRight(uint64(o.bits)).AsInt32x16())
	}
}

func truncate512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putI16(a.f16().ConvertToInt32())
	}
}

func convert512(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		to.putF16(a.i16().ConvertToFloat32())
	}
}

func mulAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()))
	}
}

func subMul512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(c.f16().Sub(a.f16().Mul(b.f16())))
	}
}

func mulAddMul512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16().Mul(d.f16())))
	}
}

func mulAddAdd512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()).Add(d.f16()))
	}
}

func mulAddAddSub512(n int, s []operand, o *operation) {
	for to, a, b, c, d, e := o.five(s); n > 0; n, to, a, b, c, d, e = n-1, to.next(), a.next(), b.next(), c.next(), d.next(), e.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()).Add(d.f16()).Sub(e.f16()))
	}
}

func addAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(a.f16().Add(b.f16()).Add(c.f16()))
	}
}

func addSub512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(a.f16().Add(b.f16()).Sub(c.f16()))
	}
}

func addAddSub512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(a.f16().Add(b.f16()).Add(c.f16()).Sub(d.f16()))
	}
}

func mulFlush512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		to.putF16(flushed512(a.f16().Mul(b.f16())))
	}
}

func mulFlushAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		to.putF16(flushed512(a.f16().Mul(b.f16())).Add(c.f16()))
	}
}

func lessSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.f16().Less(b.f16())))
	}
}

func lessEqualSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.f16().LessEqual(b.f16())))
	}
}

func intLessSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.i16().Less(b.i16())))
	}
}

func hits512(n int, truths operand, first int, hits []uint32) int {
	count := 0
	for a := truths.start(); n > 0; n, a, first = n-1, a.next(), first+1 {
		bits := uint32(isTrue512(a.i16()).ToBits())
		hits[count] = uint32(first)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	return count
}

func (c spot) f16() f16     { return loadF16((*[16]float32)(c.tile())) }
func (c spot) i16() i16     { return loadI16((*[16]int32)(c.tile())) }
func (c spot) putF16(x f16) { storeF16(x, (*[16]float32)(c.tile())) }
func (c spot) putI16(x i16) { storeI16(x, (*[16]int32)(c.tile())) }

func isTrue512(x i16) archsimd.Mask32x16 { return x.Less(i16{}) }

// flushed512 compares bits: those of numbers are in the numbers' order.
func flushed512(x f16) f16 {
	return x.Masked(x.AsInt32x16().And(allI16(math.MaxInt32)).GreaterEqual(allI16(smallest)))
}
