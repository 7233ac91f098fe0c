//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"

	"einet/connectome"
	"einet/rng"
)

// The constants of skipAVX512 and skipAVX2 in every lane: to load one is cheaper than to fill a register with it
// anew. They are those of rng.Exponential.
var (
	skipFloats = spread([14]float32{
		0.5, 1, -0x1p-32, math.Ln2, connectome.Chunk,
		rng.Log1p[0], rng.Log1p[1], rng.Log1p[2], rng.Log1p[3], rng.Log1p[4], rng.Log1p[5], rng.Log1p[6], rng.Log1p[7], rng.Log1p[8],
	})
	skipInts = spread([14]uint32{0xb504f334, 0x3f3504f3, 32, 1 << 31, 1<<31 ^ 0xb504f333, 0xffff})
)

func spread[T any](values [14]T) (all [14][lanes]T) {
	for i, x := range values {
		for k := range all[i] {
			all[i][k] = x
		}
	}
	return all
}

// redrawAVX2 draws a row in each of eight lanes. A lane whose row has ended takes the next source.
func redrawAVX2(c *counts, d *chance, k uint32, n int32, sources []uint32) {
	var block, source, target [8]uint32
	var places [4][8]uint32
	var live int
	for lane := range target {
		target[lane] = uint32(n)
	}
	end := uint32(n)
	first, scale := archsimd.BroadcastUint32x8(k*connectome.Chunk), allF8(d.Scale())
	one, beyond := allI8(1), allI8(connectome.Chunk)
	for next := 0; ; {
		live = 0
		for lane := range target {
			if int32(target[lane]) >= int32(end) && next < len(sources) {
				block[lane], source[lane], target[lane] = 0, sources[next], math.MaxUint32
				next++
			}
			if int32(target[lane]) < int32(end) {
				live++
			}
		}
		if live == 0 {
			break
		}
		b, j, at := archsimd.LoadUint32x8(&block), archsimd.LoadUint32x8(&source), archsimd.LoadUint32x8(&target).AsInt32x8()
		own := j.Sub(first).AsInt32x8()
		for i, w := range philoxAVX2(d, b, j, k) {
			at = at.Add(skipAVX2(w, scale)).Add(one)
			place := at.Min(beyond)
			if d.noAutapses {
				place = beyond.Merge(place, at.Equal(own))
			}
			place.AsUint32x8().Store(&places[i])
		}
		b.Add(one.AsUint32x8()).Store(&block)
		at.AsUint32x8().Store(&target)
		for i := range places {
			for _, t := range &places[i] {
				c[t]++
			}
		}
	}
	leave()
}

// philoxAVX2 is rng.Philox at the counter (b, j, k, 0) of each lane.
func philoxAVX2(d *chance, b, j w8, k uint32) [4]w8 {
	all := archsimd.BroadcastUint32x8
	m0, m1 := all(philoxMul0), all(philoxMul1)
	high := archsimd.BroadcastUint64x4(0xffffffff00000000).AsUint32x8()
	a0, a1, a2, a3 := b, j, all(k), all(0)
	k0, k1 := d.Key().Seed, d.Key().Stream
	for range 10 {
		hi0, lo0 := mulWide(a0, m0, high)
		hi1, lo1 := mulWide(a2, m1, high)
		a0, a1, a2, a3 = hi1.Xor(a1).Xor(all(k0)), lo1, hi0.Xor(a3).Xor(all(k1)), lo0
		k0 += philoxInc0
		k1 += philoxInc1
	}
	return [4]w8{a0, a1, a2, a3}
}

// skipAVX2 is skipAVX512 in eight lanes. Comparisons and conversions are of signed integers there.
func skipAVX2(w w8, scale f8) i8 {
	c := func(i int) f8 { return loadF8(half(&skipFloats[i], 0)) }
	n := func(i int) w8 { return archsimd.LoadUint32x8(half(&skipInts[i], 0)) }
	near := w.Xor(n(3)).AsInt32x8().Greater(n(4).AsInt32x8()) // u near 1
	u := w.Xor(near.ToInt32x8().AsUint32x8())
	top, bottom := u.ShiftAllRight(16).AsInt32x8().ConvertToFloat32(), u.And(n(5)).AsInt32x8().ConvertToFloat32()
	x := top.Mul(allF8(65536)).Add(bottom).Add(c(0))
	b := x.AsInt32x8().AsUint32x8()
	e := b.Sub(n(1)).AsInt32x8().ShiftAllRight(23)
	t := b.Sub(e.AsUint32x8().ShiftAllLeft(23)).AsFloat32x8().Sub(c(1))
	t = x.Mul(c(2)).Merge(t, near)
	whole := n(2).AsInt32x8().Sub(e).ConvertToFloat32().Mul(c(3))
	whole = archsimd.Float32x8{}.Merge(whole, near)

	q := c(5).Mul(t).Add(c(6))
	for i := 7; i < 14; i++ {
		q = q.Mul(t).Add(c(i))
	}
	z := t.Mul(t)
	log := t.Add(q.Mul(t).Mul(z).Sub(c(0).Mul(z)))
	return whole.Sub(log).Mul(scale).Min(c(4)).ConvertToInt32()
}

// foldAVX2 is foldScalar.
func foldAVX2(arriving [][lanes]int32, counts []int32, weight int32) {
	w := allI8(weight)
	for i := range arriving {
		a, c := &arriving[i], (*[lanes]int32)(counts[lanes*i:])
		storeI8(loadI8(half(a, 0)).Add(loadI8(half(c, 0)).Mul(w)), half(a, 0))
		storeI8(loadI8(half(a, 8)).Add(loadI8(half(c, 8)).Mul(w)), half(a, 8))
	}
	leave()
}
