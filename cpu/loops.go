package cpu

import "math"

// loopsScalar are the loops for every processor. Every product is converted by itself, so that the compiler does not
// fuse it with a sum.
var loopsScalar = loops{do: [loopCount]func(int, []operand, *operation){
	loopArrive:          arriveScalar,
	loopArriveMul:       arriveMulScalar,
	loopReceive:         receiveScalar,
	loopCopy:            copyScalar,
	loopAdd:             addScalar,
	loopSub:             subScalar,
	loopMul:             mulScalar,
	loopFlush:           flushScalar,
	loopLess:            lessScalar,
	loopLessEqual:       lessEqualScalar,
	loopEqual:           equalScalar,
	loopIntLess:         intLessScalar,
	loopIntEqual:        intEqualScalar,
	loopSelect:          selectScalar,
	loopIntAdd:          intAddScalar,
	loopIntSub:          intSubScalar,
	loopAnd:             andScalar,
	loopOr:              orScalar,
	loopXor:             xorScalar,
	loopShiftLeft:       shiftLeftScalar,
	loopShiftRight:      shiftRightScalar,
	loopShiftDown:       shiftDownScalar,
	loopTruncate:        truncateScalar,
	loopConvert:         convertScalar,
	loopMulAdd:          mulAddScalar,
	loopSubMul:          subMulScalar,
	loopMulAddMul:       mulAddMulScalar,
	loopMulAddAdd:       mulAddAddScalar,
	loopAddAdd:          addAddScalar,
	loopHorner:          hornerScalar,
	loopOnto:            ontoScalar,
	loopAddOnto:         addOntoScalar,
	loopMulAddOnto:      mulAddOntoScalar,
	loopMulFlush:        mulFlushScalar,
	loopMulFlushAdd:     mulFlushAddScalar,
	loopLessSelect:      lessSelectScalar,
	loopLessEqualSelect: lessEqualSelectScalar,
	loopIntLessSelect:   intLessSelectScalar,
}, hits: hitsScalar}

func arriveScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.floats(), a.ints()
		for k := range z {
			z[k] = float32(aa[k])
		}
		*aa = [lanes]int32{}
		if n--; n == 0 {
			return
		}
	}
}

func arriveMulScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.ints(), b.floats()
		for k := range z {
			z[k] = float32(aa[k]) * bb[k]
		}
		*aa = [lanes]int32{}
		if n--; n == 0 {
			return
		}
	}
}

func receiveScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d, e := o.five(s); ; to, a, b, c, d, e = to.next(), a.next(), b.next(), c.next(), d.next(), e.next() {
		z, aa, bb, cc, dd, ee := to.floats(), a.ints(), b.floats(), c.floats(), d.floats(), e.floats()
		for k := range z {
			z[k] = float32(cc[k]*dd[k]) + float32(float32(aa[k])*bb[k]) + ee[k] - ee[k]
		}
		*aa = [lanes]int32{}
		if n--; n == 0 {
			return
		}
	}
}

func copyScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.floats(), a.floats()
		for k := range z {
			z[k] = aa[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func addScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] + bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func subScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] - bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] * bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func flushScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.floats(), a.floats()
		for k := range z {
			z[k] = flushed(aa[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func lessScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] < bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func lessEqualScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] <= bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func equalScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] == bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func intLessScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = truth(aa[k] < bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func intEqualScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = truth(aa[k] == bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func selectScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.ints(), b.floats(), c.floats()
		for k := range z {
			z[k] = choose(aa[k] != 0, bb[k], cc[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func intAddScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] + bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func intSubScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] - bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func andScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] & bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func orScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] | bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func xorScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] ^ bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func shiftLeftScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = aa[k] << (o.bits & 31)
		}
		if n--; n == 0 {
			return
		}
	}
}

func shiftRightScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = aa[k] >> (o.bits & 31)
		}
		if n--; n == 0 {
			return
		}
	}
}

func shiftDownScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = int32(uint32(aa[k]) >> (o.bits & 31))
		}
		if n--; n == 0 {
			return
		}
	}
}

func truncateScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.ints(), a.floats()
		for k := range z {
			z[k] = int32(aa[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func convertScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); ; to, a = to.next(), a.next() {
		z, aa := to.floats(), a.ints()
		for k := range z {
			z[k] = float32(aa[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func subMulScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = cc[k] - float32(aa[k]*bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulAddMulScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + float32(cc[k]*dd[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulAddAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k] + dd[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func addAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] + cc[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func hornerScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32((float32(aa[k]*bb[k])+cc[k])*bb[k]) + dd[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func ontoScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] - bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func addOntoScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] + cc[k] - bb[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulAddOntoScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k] + dd[k] - dd[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulFlushScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); ; to, a, b = to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = flushed(aa[k] * bb[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func mulFlushAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); ; to, a, b, c = to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = flushed(aa[k]*bb[k]) + cc[k]
		}
		if n--; n == 0 {
			return
		}
	}
}

func lessSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] < bb[k], cc[k], dd[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func lessEqualSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] <= bb[k], cc[k], dd[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func intLessSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); ; to, a, b, c, d = to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.ints(), b.ints(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] < bb[k], cc[k], dd[k])
		}
		if n--; n == 0 {
			return
		}
	}
}

func hitsScalar(n int, truths operand, first int, hits []uint32) int {
	count := 0
	for a := truths; ; a, first = a.next(), first+1 {
		bits := uint32(0)
		for k, x := range a.ints() {
			bits |= uint32(x) >> 31 << k
		}
		hits[count] = uint32(first)<<16 | bits
		if bits != 0 {
			count++
		}
		if n--; n == 0 {
			return count
		}
	}
}

func (o operand) floats() *[lanes]float32 { return (*[lanes]float32)(o.at) }
func (o operand) ints() *[lanes]int32     { return (*[lanes]int32)(o.at) }

// smallest is the bits of 2^-100.
const smallest = (127 - 100) << 23

// flushed compares bits: those of numbers are in the numbers' order.
func flushed(x float32) float32 {
	if math.Float32bits(x)&math.MaxInt32 < smallest {
		return 0
	}
	return x
}

func truth(x bool) int32 {
	if x {
		return -1
	}
	return 0
}

func choose(which bool, x, y float32) float32 {
	if which {
		return x
	}
	return y
}
