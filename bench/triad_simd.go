//go:build goexperiment.simd && amd64

package bench

import "simd/archsimd"

// triad is triadScalar with the widest vectors of the processor. What archsimd
// calls loads and stores changes in Go 1.27.
func triad(a, b, c []float32, s float32) {
	b, c = b[:len(a)], c[:len(a)]
	switch {
	case archsimd.X86.AVX512():
		w := archsimd.BroadcastFloat32x16(s)
		for len(a) >= 16 {
			x := archsimd.LoadFloat32x16((*[16]float32)(b)).Add(archsimd.LoadFloat32x16((*[16]float32)(c)).Mul(w))
			x.Store((*[16]float32)(a))
			a, b, c = a[16:], b[16:], c[16:]
		}
	case archsimd.X86.AVX2():
		w := archsimd.BroadcastFloat32x8(s)
		for len(a) >= 8 {
			x := archsimd.LoadFloat32x8((*[8]float32)(b)).Add(archsimd.LoadFloat32x8((*[8]float32)(c)).Mul(w))
			x.Store((*[8]float32)(a))
			a, b, c = a[8:], b[8:], c[8:]
		}
	}
	archsimd.ClearAVXUpperBits()
	triadScalar(a, b, c, s)
}
