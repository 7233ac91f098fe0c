//go:build goexperiment.simd && amd64

package sim

import "simd/archsimd"

// guess is guessScalar, eight values at a time where the processor can.
func (p *places) guess(values []float32, at []int32) {
	if !archsimd.X86.AVX2() {
		p.guessScalar(values, at)
		return
	}
	low, perUnit, one := archsimd.BroadcastFloat32x8(p.low), archsimd.BroadcastFloat32x8(p.perUnit), archsimd.BroadcastFloat32x8(1)
	least, most := archsimd.BroadcastFloat32x8(p.least), archsimd.BroadcastFloat32x8(p.most)
	none, last, unsure := archsimd.BroadcastInt32x8(0), archsimd.BroadcastInt32x8(p.last), archsimd.BroadcastInt32x8(p.unsure)
	for ; len(values) >= 8 && len(at) >= 8; values, at = values[8:], at[8:] {
		place := archsimd.LoadFloat32x8((*[8]float32)(values)).Sub(low).Mul(perUnit).Add(one)
		k := place.ConvertToInt32()
		past := place.Sub(k.ConvertToFloat32())
		square := past.Mul(past)
		sure := square.Greater(least).And(square.Less(most))
		k.Max(none).Min(last).Merge(unsure, sure).Store((*[8]int32)(at))
	}
	archsimd.ClearAVXUpperBits()
	p.guessScalar(values, at)
}

// sum writes a + b to dst.
func sum(dst, a, b []float32) {
	if archsimd.X86.AVX() {
		for ; len(dst) >= 8 && len(a) >= 8 && len(b) >= 8; dst, a, b = dst[8:], a[8:], b[8:] {
			archsimd.LoadFloat32x8((*[8]float32)(a)).Add(archsimd.LoadFloat32x8((*[8]float32)(b))).Store((*[8]float32)(dst))
		}
		archsimd.ClearAVXUpperBits()
	}
	sumScalar(dst, a, b)
}
