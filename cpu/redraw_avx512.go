//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"math/bits"
	"simd/archsimd"

	"einet/connectome"
)

type w16 = archsimd.Uint32x16

var numbers16 = [lanes]uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}

// redrawAVX512 draws a row in each lane. A lane whose row has ended takes the next source.
func redrawAVX512(c *counts, d *chance, k uint32, n int32, sources []uint32) {
	var words, places [4][lanes]uint32
	all := archsimd.BroadcastUint32x16
	end, one, scale := allI16(n), allI16(1), allF16(d.Scale())
	beyond := archsimd.LoadUint32x16(&numbers16).Add(all(connectome.Chunk)).AsInt32x16()
	first := all(k * connectome.Chunk)
	b, j, at := all(0), all(0), end // block, source and target
	for next := 0; ; {
		ended := at.GreaterEqual(end)
		free := ended.ToBits()
		if left := len(sources) - next; bits.OnesCount16(free) > left {
			if left == 0 && free == math.MaxUint16 {
				break
			}
			for ; bits.OnesCount16(free) > left; free &= free - 1 {
			}
			ended = archsimd.Mask32x16FromBits(free)
		}
		j = archsimd.LoadUint32x16((*[lanes]uint32)(sources[next:next+lanes])).Expand(ended).Merge(j, ended)
		b, at = all(0).Merge(b, ended), allI16(-1).Merge(at, ended)
		next += bits.OnesCount16(free)

		philoxAVX512(d, b, j, k, &words)
		b = b.Add(one.AsUint32x16())
		own := j.Sub(first).AsInt32x16()
		for i := range words {
			at = at.Add(skipAVX512(archsimd.LoadUint32x16(&words[i]), scale)).Add(one)
			place := at.Min(beyond)
			if d.noAutapses {
				place = beyond.Merge(place, at.Equal(own))
			}
			place.AsUint32x16().Store(&places[i])
		}
		for i := range places {
			for _, t := range &places[i] {
				c[t]++
			}
		}
	}
	leave()
}

// philoxAVX512 is rng.Philox at the counter (b, j, k, 0) of each lane. Products need 64 bits: words of
// even and of odd lanes go their own ways.
func philoxAVX512(d *chance, b, j w16, k uint32, words *[4][lanes]uint32) {
	all := archsimd.BroadcastUint64x8
	low, m0, m1 := all(math.MaxUint32), all(philoxMul0), all(philoxMul1)
	e0, o0 := b.AsUint64x8().And(low), b.AsUint64x8().ShiftAllRight(32)
	e1, o1 := j.AsUint64x8().And(low), j.AsUint64x8().ShiftAllRight(32)
	e2, o2 := all(uint64(k)), all(uint64(k))
	var e3, o3 u512
	k0, k1 := d.Key().Seed, d.Key().Stream
	for range 10 {
		key0, key1 := all(uint64(k0)), all(uint64(k1))
		p0, p1 := e0.Mul(m0), e2.Mul(m1)
		q0, q1 := o0.Mul(m0), o2.Mul(m1)
		e0, e1 = p1.ShiftAllRight(32).Xor(e1).Xor(key0).And(low), p1
		e2, e3 = p0.ShiftAllRight(32).Xor(e3).Xor(key1).And(low), p0
		o0, o1 = q1.ShiftAllRight(32).Xor(o1).Xor(key0).And(low), q1
		o2, o3 = q0.ShiftAllRight(32).Xor(o3).Xor(key1).And(low), q0
		k0 += philoxInc0
		k1 += philoxInc1
	}
	for i, w := range [...][2]u512{{e0, o0}, {e1, o1}, {e2, o2}, {e3, o3}} {
		w[0].And(low).Or(w[1].ShiftAllLeft(32)).AsUint32x16().Store(&words[i])
	}
}

// skipAVX512 is rng.Geometric.Skip with the limit of a chunk. The two branches of rng.Exponential differ in what
// the logarithm is taken of and what it is taken from.
func skipAVX512(w w16, scale f16) i16 {
	c := func(i int) f16 { return loadF16(&skipFloats[i]) }
	near := w.GreaterEqual(archsimd.LoadUint32x16(&skipInts[0])) // u near 1
	x := w.Not().Merge(w, near).ConvertToFloat32().Add(c(0))
	b := x.AsInt32x16().AsUint32x16()
	e := b.Sub(archsimd.LoadUint32x16(&skipInts[1])).AsInt32x16().ShiftAllRight(23)
	t := b.Sub(e.AsUint32x16().ShiftAllLeft(23)).AsFloat32x16().Sub(c(1))
	t = x.Mul(c(2)).Merge(t, near)
	whole := archsimd.LoadUint32x16(&skipInts[2]).AsInt32x16().Sub(e).ConvertToFloat32().Mul(c(3))
	whole = archsimd.Float32x16{}.Merge(whole, near)

	q := c(5).Mul(t).Add(c(6))
	q = q.Mul(t).Add(c(7))
	q = q.Mul(t).Add(c(8))
	q = q.Mul(t).Add(c(9))
	q = q.Mul(t).Add(c(10))
	q = q.Mul(t).Add(c(11))
	q = q.Mul(t).Add(c(12))
	q = q.Mul(t).Add(c(13))
	z := t.Mul(t)
	log := t.Add(q.Mul(t).Mul(z).Sub(c(0).Mul(z)))
	return whole.Sub(log).Mul(scale).Min(c(4)).ConvertToInt32()
}
