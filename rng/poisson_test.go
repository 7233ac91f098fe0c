package rng

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// No mean up to one has more thresholds than MostPoisson of that one, and few are for nothing.
func TestMostPoissonBoundsCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		mean := math.Exp(math.Log(1e-6) + r.Float64()*math.Log(500/1e-6))
		most := MostPoisson(mean)
		n := len(PoissonThresholds(mean))
		require.LessOrEqual(t, n, most, "mean %g", mean)
		require.GreaterOrEqual(t, float64(n), 0.95*float64(most)-2, "mean %g", mean)
		for _, part := range []float64{0.999, r.Float64()} {
			require.LessOrEqual(t, len(PoissonThresholds(part*mean)), most, "mean %g of %g", part*mean, mean)
		}
	}
	require.Equal(t, 1, MostPoisson(0))
	require.Empty(t, PoissonThresholds(0))
	require.Equal(t, append([]uint32{7}, PoissonThresholds(2)...), AppendPoissonThresholds([]uint32{7}, 2))
}
