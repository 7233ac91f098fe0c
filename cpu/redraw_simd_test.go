//go:build goexperiment.simd && amd64

package cpu

import (
	"math"
	"simd/archsimd"
	"testing"

	"einet/connectome"
	"einet/libm"
	"einet/rng"

	"github.com/stretchr/testify/require"
)

// words calls do with 16 words at a time: all near where the logarithm changes its branch or its
// exponent, and every stride-th.
func words(stride uint64, do func(w *[lanes]uint32)) {
	edges := []uint64{0, math.MaxUint32, 0xb504f333, 0xb504f334}
	for e := range 32 {
		edges = append(edges, 1<<e, 0xb504f334>>e, 0x3f3504f3>>e, math.MaxUint32-1<<e)
	}
	var w [lanes]uint32
	for _, edge := range edges {
		for from := uint32(edge) - 160; from != uint32(edge)+160; from += lanes {
			for i := range w {
				w[i] = from + uint32(i)
			}
			do(&w)
		}
	}
	for from := uint64(0); from <= math.MaxUint32; from += lanes * stride {
		for i := range w {
			w[i] = uint32(from + uint64(i)*stride)
		}
		do(&w)
	}
}

// The kernels' distances are rng's, bit for bit.
func testSkips(t *testing.T, stride uint64, probabilities ...float64) {
	if !archsimd.X86.AVX2() {
		t.Skip("no SIMD")
	}
	for _, p := range probabilities {
		geometric := rng.NewGeometric(-1 / libm.Log1p(-p))
		scale := geometric.Scale()
		words(stride, func(w *[lanes]uint32) {
			var want, with2, with512 [lanes]int32
			for i, x := range w {
				want[i] = geometric.Skip(x, connectome.Chunk)
			}
			for h := 0; h < lanes; h += 8 {
				storeI8(skipAVX2(archsimd.LoadUint32x8(half(w, h)), allF8(scale)), half(&with2, h))
			}
			if with2 != want {
				require.Failf(t, "avx2", "p %g, words %x: %v, must be %v", p, *w, with2, want)
			}
			if !archsimd.X86.AVX512() {
				return
			}
			storeI16(skipAVX512(archsimd.LoadUint32x16(w), allF16(scale)), &with512)
			if with512 != want {
				require.Failf(t, "avx512", "p %g, words %x: %v, must be %v", p, *w, with512, want)
			}
		})
	}
}

func TestSkips(t *testing.T) {
	testSkips(t, 10_007, 1e-9, 1e-4, 0.001, 0.02, 0.1, 0.25, 0.5, 0.9, 0.999, 1)
}
