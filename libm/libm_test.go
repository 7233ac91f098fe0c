package libm_test

import (
	"math"
	"testing"

	"einet/libm"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The standard library's functions are within one unit in the last place of
// the truth, on every machine in its own way.
func TestAgainstMath(t *testing.T) {
	for _, f := range []struct {
		name      string
		ours, std func(float64) float64
		lo, hi    float64
	}{
		{"expm1", libm.Expm1, math.Expm1, -50, 50},
		{"expm1 near 0", libm.Expm1, math.Expm1, -1e-3, 1e-3},
		{"exp", libm.Exp, math.Exp, -700, 700},
		{"log1p", libm.Log1p, math.Log1p, -0.29, 0.41},
		{"log1p far", libm.Log1p, math.Log1p, -0.999, 1e6},
	} {
		t.Run(f.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				x := rapid.Float64Range(f.lo, f.hi).Draw(t, "x")
				want, got := f.std(x), f.ours(x)
				ulp := math.Nextafter(math.Abs(want), math.Inf(1)) - math.Abs(want)
				require.LessOrEqual(t, math.Abs(got-want), 3*ulp, "f(%v) = %v, want %v", x, got, want)
			})
		})
	}
}

func TestSpecialValues(t *testing.T) {
	require.Zero(t, libm.Expm1(0))
	require.Equal(t, 1.0, libm.Exp(0))
	require.Zero(t, libm.Log1p(0))
	require.Equal(t, -1.0, libm.Expm1(-1000))
	require.Zero(t, libm.Exp(-1000))
	require.True(t, math.IsInf(libm.Expm1(1000), 1))
	require.True(t, math.IsInf(libm.Log1p(-1), -1))
	require.True(t, math.IsNaN(libm.Expm1(math.NaN())))
}

// Pinned bits: they must never change, on any machine.
func TestBits(t *testing.T) {
	require.Equal(t, uint64(0x3fefc9917c955737), math.Float64bits(libm.Exp(-0.1/15)))
	require.Equal(t, uint64(0xbfd269621134db92), math.Float64bits(libm.Log1p(-0.25)))
}
