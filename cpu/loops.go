package cpu

import "math"

// loopsScalar are the loops for every processor. Every product is converted by itself, so that the compiler does not
// fuse it with a sum.
var loopsScalar = loops{do: [loopCount]func(int, []operand, *operation){
	loopArrive:          arriveScalar,
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
	loopMulAddAddSub:    mulAddAddSubScalar,
	loopAddAdd:          addAddScalar,
	loopAddSub:          addSubScalar,
	loopAddAddSub:       addAddSubScalar,
	loopMulFlush:        mulFlushScalar,
	loopMulFlushAdd:     mulFlushAddScalar,
	loopLessSelect:      lessSelectScalar,
	loopLessEqualSelect: lessEqualSelectScalar,
	loopIntLessSelect:   intLessSelectScalar,
}, hits: hitsScalar}

func arriveScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, x, y := to.floats(), a.ints(), b.floats()
		for k := range z {
			z[k] = float32(x[k]) * y[k]
		}
		*x = [lanes]int32{}
	}
}

func copyScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.floats(), a.floats()
		for k := range z {
			z[k] = aa[k]
		}
	}
}

func addScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] + bb[k]
		}
	}
}

func subScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] - bb[k]
		}
	}
}

func mulScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = aa[k] * bb[k]
		}
	}
}

func flushScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.floats(), a.floats()
		for k := range z {
			z[k] = flushed(aa[k])
		}
	}
}

func lessScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] < bb[k])
		}
	}
}

func lessEqualScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] <= bb[k])
		}
	}
}

func equalScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.floats(), b.floats()
		for k := range z {
			z[k] = truth(aa[k] == bb[k])
		}
	}
}

func intLessScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = truth(aa[k] < bb[k])
		}
	}
}

func intEqualScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = truth(aa[k] == bb[k])
		}
	}
}

func selectScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.ints(), b.floats(), c.floats()
		for k := range z {
			z[k] = choose(aa[k] != 0, bb[k], cc[k])
		}
	}
}

func intAddScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] + bb[k]
		}
	}
}

func intSubScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] - bb[k]
		}
	}
}

func andScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] & bb[k]
		}
	}
}

func orScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] | bb[k]
		}
	}
}

func xorScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.ints(), a.ints(), b.ints()
		for k := range z {
			z[k] = aa[k] ^ bb[k]
		}
	}
}

func shiftLeftScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = aa[k] << (o.bits & 31)
		}
	}
}

func shiftRightScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = aa[k] >> (o.bits & 31)
		}
	}
}

func shiftDownScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.ints(), a.ints()
		for k := range z {
			z[k] = int32(uint32(aa[k]) >> (o.bits & 31))
		}
	}
}

func truncateScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.ints(), a.floats()
		for k := range z {
			z[k] = int32(aa[k])
		}
	}
}

func convertScalar(n int, s []operand, o *operation) {
	for to, a := o.one(s); n > 0; n, to, a = n-1, to.next(), a.next() {
		z, aa := to.floats(), a.ints()
		for k := range z {
			z[k] = float32(aa[k])
		}
	}
}

func mulAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k]
		}
	}
}

func subMulScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = cc[k] - float32(aa[k]*bb[k])
		}
	}
}

func mulAddMulScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + float32(cc[k]*dd[k])
		}
	}
}

func mulAddAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k] + dd[k]
		}
	}
}

func mulAddAddSubScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d, e := o.five(s); n > 0; n, to, a, b, c, d, e = n-1, to.next(), a.next(), b.next(), c.next(), d.next(), e.next() {
		z, aa, bb, cc, dd, ee := to.floats(), a.floats(), b.floats(), c.floats(), d.floats(), e.floats()
		for k := range z {
			z[k] = float32(aa[k]*bb[k]) + cc[k] + dd[k] - ee[k]
		}
	}
}

func addAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] + cc[k]
		}
	}
}

func addSubScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] - cc[k]
		}
	}
}

func addAddSubScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = aa[k] + bb[k] + cc[k] - dd[k]
		}
	}
}

func mulFlushScalar(n int, s []operand, o *operation) {
	for to, a, b := o.two(s); n > 0; n, to, a, b = n-1, to.next(), a.next(), b.next() {
		z, aa, bb := to.floats(), a.floats(), b.floats()
		for k := range z {
			z[k] = flushed(aa[k] * bb[k])
		}
	}
}

func mulFlushAddScalar(n int, s []operand, o *operation) {
	for to, a, b, c := o.three(s); n > 0; n, to, a, b, c = n-1, to.next(), a.next(), b.next(), c.next() {
		z, aa, bb, cc := to.floats(), a.floats(), b.floats(), c.floats()
		for k := range z {
			z[k] = flushed(aa[k]*bb[k]) + cc[k]
		}
	}
}

func lessSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] < bb[k], cc[k], dd[k])
		}
	}
}

func lessEqualSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.floats(), b.floats(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] <= bb[k], cc[k], dd[k])
		}
	}
}

func intLessSelectScalar(n int, s []operand, o *operation) {
	for to, a, b, c, d := o.four(s); n > 0; n, to, a, b, c, d = n-1, to.next(), a.next(), b.next(), c.next(), d.next() {
		z, aa, bb, cc, dd := to.floats(), a.ints(), b.ints(), c.floats(), d.floats()
		for k := range z {
			z[k] = choose(aa[k] < bb[k], cc[k], dd[k])
		}
	}
}

func hitsScalar(n int, truths operand, first int, hits []uint32) int {
	count := 0
	for a := truths.start(); n > 0; n, a, first = n-1, a.next(), first+1 {
		bits := uint32(0)
		for k, x := range a.ints() {
			bits |= uint32(x) >> 31 << k
		}
		hits[count] = uint32(first)<<16 | bits
		if bits != 0 {
			count++
		}
	}
	return count
}

func (c spot) floats() *[lanes]float32 { return (*[lanes]float32)(c.tile()) }
func (c spot) ints() *[lanes]int32     { return (*[lanes]int32)(c.tile()) }

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
