//go:build goexperiment.simd && amd64

package cpu

import (
	"simd/archsimd"

	"einet/rng"
)

// Multipliers and key increments of Philox4x32, as in package rng.
const (
	philoxMul0, philoxMul1 = 0xD2511F53, 0xCD9E8D57
	philoxInc0, philoxInc1 = 0x9E3779B9, 0xBB67AE85
)

type w8 = archsimd.Uint32x8

var firstLanes = [8]uint32{0, 1, 2, 3, 4, 5, 6, 7}

// wordsAVX2 is wordsScalar, eight counters at a time and two of these side by side.
func wordsAVX2(key rng.Key, group, step, draw uint32, words *[4][lanes]uint32) {
	all := archsimd.BroadcastUint32x8
	lane := archsimd.LoadUint32x8(&firstLanes)
	a0, a1, a2, a3 := lane.Add(all(lanes*group)), all(step), all(draw), all(0)
	b0, b1, b2, b3 := lane.Add(all(lanes*group+8)), a1, a2, a3
	m0, m1 := all(philoxMul0), all(philoxMul1)
	high := archsimd.BroadcastUint64x4(0xffffffff00000000).AsUint32x8()
	k0, k1 := key.Seed, key.Stream
	for range 10 {
		key0, key1 := all(k0), all(k1)
		ahi0, alo0 := mulWide(a0, m0, high)
		ahi1, alo1 := mulWide(a2, m1, high)
		bhi0, blo0 := mulWide(b0, m0, high)
		bhi1, blo1 := mulWide(b2, m1, high)
		a0, a1, a2, a3 = ahi1.Xor(a1).Xor(key0), alo1, ahi0.Xor(a3).Xor(key1), alo0
		b0, b1, b2, b3 = bhi1.Xor(b1).Xor(key0), blo1, bhi0.Xor(b3).Xor(key1), blo0
		k0 += philoxInc0
		k1 += philoxInc1
	}
	for i, w := range [...][2]w8{{a0, b0}, {a1, b1}, {a2, b2}, {a3, b3}} {
		w[0].Store((*[8]uint32)(words[i][:8]))
		w[1].Store((*[8]uint32)(words[i][8:]))
	}
	leave()
}

// wordsAVX512 is wordsScalar, all counters at once.
func wordsAVX512(key rng.Key, group, step, draw uint32, words *[4][lanes]uint32) {
	rng.Philox16(key, lanes*group, step, draw, 0, words)
}

// mulWide is the high and the low half of each product; high selects the odd lanes.
func mulWide(x, y, high w8) (hi, lo w8) {
	even := x.MulEvenWiden(y)
	odd := x.AsUint64x4().ShiftAllRight(32).AsUint32x8().MulEvenWiden(y)
	hi = even.ShiftAllRight(32).AsUint32x8().Or(odd.AsUint32x8().And(high))
	return hi, x.Mul(y)
}

// poissonAVX512 is poissonScalar for all lanes at once.
func poissonAVX512(arriving [][lanes]int32, words [][lanes]uint32, thresholds []uint32, weight int32) {
	if len(arriving) == 4 && len(words) == 4 && len(thresholds) > 0 {
		poisson4(&arriving[0], &words[0], &thresholds[0], len(thresholds), weight)
		return
	}
	for i := range arriving {
		poisson1AVX512(&arriving[i], &words[i], thresholds, weight)
	}
}

// poisson4 is poissonAVX512 of four tiles. The largest of all their words hardly changes from call to call, so the processor
// predicts well at which threshold the loop ends.
//
//go:noescape
func poisson4(arriving *[lanes]int32, words *[lanes]uint32, thresholds *uint32, n int, weight int32)

// poisson1AVX512 is for one tile. Thresholds ascend, so that those behind one above all words need no look;
// looking at every fourth is quickest.
func poisson1AVX512(arriving *[lanes]int32, words *[lanes]uint32, thresholds []uint32, weight int32) {
	w, each, sum := archsimd.LoadUint32x16(words), allI16(weight), loadI16(arriving)
	for len(thresholds) >= 4 {
		t := (*[4]uint32)(thresholds)
		sum = sum.Add(each.Masked(w.GreaterEqual(archsimd.BroadcastUint32x16(t[0]))))
		sum = sum.Add(each.Masked(w.GreaterEqual(archsimd.BroadcastUint32x16(t[1]))))
		sum = sum.Add(each.Masked(w.GreaterEqual(archsimd.BroadcastUint32x16(t[2]))))
		last := w.GreaterEqual(archsimd.BroadcastUint32x16(t[3]))
		sum = sum.Add(each.Masked(last))
		thresholds = thresholds[4:]
		if last.ToBits() == 0 {
			thresholds = nil
		}
	}
	for _, t := range thresholds {
		sum = sum.Add(each.Masked(w.GreaterEqual(archsimd.BroadcastUint32x16(t))))
	}
	storeI16(sum, arriving)
}

// poissonAVX2 is poissonScalar.
func poissonAVX2(arriving [][lanes]int32, words [][lanes]uint32, thresholds []uint32, weight int32) {
	for i := range arriving {
		poisson1AVX2(&arriving[i], &words[i], thresholds, weight)
	}
}

// poisson1AVX2 is for one tile, half of it at a time. A word is at or above a threshold where it is the
// larger of the two: AVX2 compares signed numbers only.
func poisson1AVX2(arriving *[lanes]int32, words *[lanes]uint32, thresholds []uint32, weight int32) {
	w, v := archsimd.LoadUint32x8(half(words, 0)), archsimd.LoadUint32x8(half(words, 8))
	each, low, high := allI8(weight), loadI8(half(arriving, 0)), loadI8(half(arriving, 8))
	for i, threshold := range thresholds {
		t := archsimd.BroadcastUint32x8(threshold)
		inLow, inHigh := w.Max(t).Equal(w), v.Max(t).Equal(v)
		low, high = low.Add(each.Masked(inLow)), high.Add(each.Masked(inHigh))
		if i%4 == 3 && inLow.ToBits()|inHigh.ToBits() == 0 {
			break
		}
	}
	storeI8(low, half(arriving, 0))
	storeI8(high, half(arriving, 8))
}
