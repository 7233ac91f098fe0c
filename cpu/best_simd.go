//go:build goexperiment.simd && amd64

package cpu

import "simd/archsimd"

var (
	avx512 = kernels{name: "avx512", update: updateAVX512, loops: &loops512, native: true, words: wordsAVX512, poisson: poissonAVX512, normal: normalAVX512, count: countAVX512, weigh: weighAVX512, denseFrom: 1. / 16, redraw: redrawAVX512, fold: foldAVX2, visit: visitAVX512}
	avx2   = kernels{name: "avx2", update: updateAVX2, loops: &loops2, words: wordsAVX2, poisson: poissonAVX2, normal: normalAVX2, count: countAVX2, weigh: weighAVX2, denseFrom: 1. / 8, redraw: redrawAVX2, fold: foldAVX2, visit: visitScalar}
)

// interpreted512 is avx512 where the system lets nobody make machine code.
var interpreted512 = func() kernels {
	k := avx512
	k.name, k.native = "avx512, interpreted", false
	return k
}()

// best is the fastest set of kernels that this program has for this processor.
func best() *kernels { return available()[0] }

// available are all sets that this processor has, the fastest first.
func available() []*kernels {
	sets := []*kernels{&scalar}
	if archsimd.X86.AVX2() {
		sets = append([]*kernels{&avx2}, sets...)
	}
	if archsimd.X86.AVX512() {
		sets = append([]*kernels{&avx512, &interpreted512}, sets...)
	}
	return sets
}
