package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// A sawtooth that rises by 1 in each of 4 bins and falls by 4 in the fifth has
// increments 1, 1, 1, 1, -4: cubes 4 - 64 over 5, squares 20 over 5.
func TestIncrementSkewness(t *testing.T) {
	var saw, triangle []float64
	for k := range 5*200 + 1 {
		saw = append(saw, float64(k%5))
	}
	for k := range 8*200 + 1 {
		triangle = append(triangle, math.Abs(float64(k%8)-4))
	}
	want := -60.0 / 5 / math.Pow(4, 1.5)
	require.InDelta(t, want, IncrementSkewness(saw, 1), 1e-12)
	slices.Reverse(saw)
	require.InDelta(t, -want, IncrementSkewness(saw, 1), 1e-12, "reversed")
	require.InDelta(t, 0, IncrementSkewness(triangle, 1), 1e-12, "which looks the same backwards")
	require.True(t, math.IsNaN(IncrementSkewness([]float64{3, 3, 3}, 1)))
	require.True(t, math.IsNaN(IncrementSkewness([]float64{3}, 1)))
}

// What b does is what a did two bins before.
func TestLagAsymmetry(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var noise []float64
	for range 20002 {
		noise = append(noise, r.NormFloat64())
	}
	a, b := noise[2:], noise[:20000]
	require.InDelta(t, 1, LagAsymmetry(a, b, 2), 0.05)
	require.InDelta(t, -1, LagAsymmetry(b, a, 2), 0.05)
	require.InDelta(t, 0, LagAsymmetry(a, b, 1), 0.05)
	require.InDelta(t, 0, LagAsymmetry(a, a, 2), 1e-12, "a series does not lead itself")
	require.InDelta(t, 0, Autocorrelation(a, 2), 0.05)
	require.InDelta(t, 1, Autocorrelation(a, 0), 1e-12)
	require.True(t, math.IsNaN(LagAsymmetry(a[:2], b[:2], 2)))
	require.True(t, math.IsNaN(Autocorrelation(a[:2], 2)))
	require.True(t, math.IsNaN(LagAsymmetry(a, make([]float64, 20000), 2)))
}
