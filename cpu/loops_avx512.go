//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
)

// loops512 are the loops with vectors of 512 bits, a tile in each.
var loops512 = loops{do: [loopCount]func(int, []operand, *operation){
	loopArrive:          arrive512,
	loopArriveMul:       arriveMul512,
	loopReceive:         receive512,
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
	loopAddAdd:          addAdd512,
	loopHorner:          horner512,
	loopOnto:            onto512,
	loopAddOnto:         addOnto512,
	loopMulAddOnto:      mulAddOnto512,
	loopMulFlush:        mulFlush512,
	loopMulFlushAdd:     mulFlushAdd512,
	loopLessSelect:      lessSelect512,
	loopLessEqualSelect: lessEqualSelect512,
	loopIntLessSelect:   intLessSelect512,
}, hits: hits512}

func arrive512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF16(a.i16().ConvertToFloat32())
		a.putI16(i16{})
		if n--; n == 0 {
			return
		}
	}
}

func arriveMul512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF16(a.i16().ConvertToFloat32().Mul(b.f16()))
		a.putI16(i16{})
		if n--; n == 0 {
			return
		}
	}
}

func receive512(n int, s []operand, o *operation) {
	for to, a, b, c, d, e := o.five(s); ; to, a, b, c, d, e = to.next(), a.next(), b.next(), c.next(), d.next(), e.next() {
		x, grid := a.i16().ConvertToFloat32().Mul(b.f16()), e.f16()
		to.putF16(c.f16().Mul(d.f16()).Add(x).Add(grid).Sub(grid))
		a.putI16(i16{})
		if n--; n == 0 {
			return
		}
	}
}

func copy512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF16(a.f16())
		if n--; n == 0 {
			return
		}
	}
}

func add512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF16(a.f16().Add(b.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func sub512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF16(a.f16().Sub(b.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func mul512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF16(a.f16().Mul(b.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func flush512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF16(flushed512(a.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func less512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.f16().Less(b.f16()).ToInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func lessEqual512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.f16().LessEqual(b.f16()).ToInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func equal512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.f16().Equal(b.f16()).ToInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func intLess512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Less(b.i16()).ToInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func intEqual512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Equal(b.i16()).ToInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func select512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF16(b.f16().Merge(c.f16(), isTrue512(a.i16())))
		if n--; n == 0 {
			return
		}
	}
}

func intAdd512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Add(b.i16()))
		if n--; n == 0 {
			return
		}
	}
}

func intSub512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Sub(b.i16()))
		if n--; n == 0 {
			return
		}
	}
}

func and512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().And(b.i16()))
		if n--; n == 0 {
			return
		}
	}
}

func or512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Or(b.i16()))
		if n--; n == 0 {
			return
		}
	}
}

func xor512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putI16(a.i16().Xor(b.i16()))
		if n--; n == 0 {
			return
		}
	}
}

func shiftLeft512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI16(a.i16().ShiftAllLeft(uint64(o.bits)))
		if n--; n == 0 {
			return
		}
	}
}

func shiftRight512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI16(a.i16().ShiftAllRight(uint64(o.bits)))
		if n--; n == 0 {
			return
		}
	}
}

func shiftDown512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI16(a.i16().AsUint32x16().ShiftAllRight(uint64(o.bits)).AsInt32x16())
		if n--; n == 0 {
			return
		}
	}
}

func truncate512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putI16(a.f16().ConvertToInt32())
		if n--; n == 0 {
			return
		}
	}
}

func convert512(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		to.putF16(a.i16().ConvertToFloat32())
		if n--; n == 0 {
			return
		}
	}
}

func mulAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func subMul512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF16(c.f16().Sub(a.f16().Mul(b.f16())))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddMul512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16().Mul(d.f16())))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddAdd512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()).Add(d.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func addAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF16(a.f16().Add(b.f16()).Add(c.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func horner512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		x := b.f16()
		to.putF16(a.f16().Mul(x).Add(c.f16()).Mul(x).Add(d.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func onto512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		grid := b.f16()
		to.putF16(a.f16().Add(grid).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func addOnto512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		grid := b.f16()
		to.putF16(a.f16().Add(grid).Add(c.f16()).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func mulAddOnto512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		grid := d.f16()
		to.putF16(a.f16().Mul(b.f16()).Add(c.f16()).Add(grid).Sub(grid))
		if n--; n == 0 {
			return
		}
	}
}

func mulFlush512(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		to.putF16(flushed512(a.f16().Mul(b.f16())))
		if n--; n == 0 {
			return
		}
	}
}

func mulFlushAdd512(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		to.putF16(flushed512(a.f16().Mul(b.f16())).Add(c.f16()))
		if n--; n == 0 {
			return
		}
	}
}

func lessSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.f16().Less(b.f16())))
		if n--; n == 0 {
			return
		}
	}
}

func lessEqualSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.f16().LessEqual(b.f16())))
		if n--; n == 0 {
			return
		}
	}
}

func intLessSelect512(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		to.putF16(c.f16().Merge(d.f16(), a.i16().Less(b.i16())))
		if n--; n == 0 {
			return
		}
	}
}

func hits512(n int, truths operand, first int, hits []uint32) int {
	count := 0
	for a := truths; ; a, first = a.next(), first+1 {
		bits := uint32(isTrue512(a.i16()).ToBits())
		hits[count] = uint32(first)<<16 | bits
		if bits != 0 {
			count++
		}
		if n--; n == 0 {
			return count
		}
	}
}

func (o operand) f16() f16     { return loadF16((*[16]float32)(o.at)) }
func (o operand) i16() i16     { return loadI16((*[16]int32)(o.at)) }
func (o operand) putF16(x f16) { storeF16(x, (*[16]float32)(o.at)) }
func (o operand) putI16(x i16) { storeI16(x, (*[16]int32)(o.at)) }

func isTrue512(x i16) archsimd.Mask32x16 { return x.Less(i16{}) }

// flushed512 compares bits: those of numbers are in the numbers' order.
func flushed512(x f16) f16 {
	return x.Masked(x.AsInt32x16().And(allI16(math.MaxInt32)).GreaterEqual(allI16(smallest)))
}
