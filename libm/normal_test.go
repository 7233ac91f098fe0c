package libm_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/libm"
)

func TestLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := math.Ldexp(rapid.Float64Range(0.5, 1).Draw(t, "m"), rapid.IntRange(-1000, 1000).Draw(t, "e"))
		want := math.Log(x)
		require.InDelta(t, want, libm.Log(x), 3e-16*math.Abs(want)+1e-17, "x = %v", x)
	})
	require.Equal(t, 0.0, libm.Log(1))
	require.True(t, math.IsInf(libm.Log(0), -1))
	require.True(t, math.IsNaN(libm.Log(-1)))
	require.True(t, math.IsInf(libm.Log(math.Inf(1)), 1))
}

func TestNormalCDF(t *testing.T) {
	for z := -37.0; z <= 8; z += 0.0371 {
		want := math.Erfc(-z/math.Sqrt2) / 2
		require.InEpsilon(t, want, libm.NormalCDF(z), 2e-13, "z = %v", z)
	}
	require.Equal(t, 0.5, libm.NormalCDF(0))
	require.Equal(t, 1.0, libm.NormalCDF(40))
	require.Zero(t, libm.NormalCDF(-40))
	require.True(t, math.IsNaN(libm.NormalCDF(math.NaN())))
}

// Tables of the normal distribution, to ten digits.
func TestNormalQuantile(t *testing.T) {
	for p, want := range map[float64]float64{
		0.5: 0, 0.975: 1.9599639845, 0.99: 2.3263478740, 0.001: -3.0902323062, 1e-10: -6.3613409024, 0.8413447460685429: 1,
	} {
		require.InDelta(t, want, libm.NormalQuantile(p), 1e-10)
	}
	rapid.Check(t, func(t *rapid.T) {
		p := math.Exp(-rapid.Float64Range(0.7, 700).Draw(t, "-ln p"))
		require.InEpsilon(t, p, libm.NormalCDF(libm.NormalQuantile(p)), 1e-12)
	})
	for _, p := range []float64{0, 1, -1, 2, math.NaN()} {
		require.True(t, math.IsNaN(libm.NormalQuantile(p)))
	}
}
