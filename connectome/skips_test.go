package connectome

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/libm"
	"einet/network"
	"einet/rng"
)

// What is left out of a cell without a logarithm is what the geometric variable leaves out, and next to all of that.
func TestSkipsAll(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 2))
	sooner, all := 0, 0
	for range 200_000 {
		p := libm.Exp(-23 * draw.Float64())
		n := 1 + draw.IntN(2000)
		skip := rng.NewGeometric(-1 / libm.Log1p(-p))
		word := draw.Uint32()
		if draw.IntN(2) == 0 { // at the last word of which it is so
			lo, hi := uint32(0), ^uint32(0)
			for lo < hi {
				if mid := lo + (hi-lo)/2 + 1; skipsAll(mid, p, n) {
					lo = mid
				} else {
					hi = mid - 1
				}
			}
			word = lo
		}
		none := skip.Skip(word, int32(n)) == int32(n)
		if float64(n)*p < 0.01 && none {
			all++
		}
		if skipsAll(word, p, n) {
			require.True(t, none, "%d %g %d", word, p, n)
			if float64(n)*p < 0.01 {
				sooner++
			}
		}
	}
	require.Greater(t, all, 10_000)
	require.Greater(t, float64(sooner), 0.99*float64(all))
}

// A tabled probability is not below any of the distances that it is for, and close to them.
func TestTabledProbabilities(t *testing.T) {
	at := &network.Positions{Layout: network.RandomPlaces, Extent: []float64{1}}
	for _, shape := range []network.KernelShape{network.Bell, network.Decay, network.Disc} {
		c := newCells(&space{at, [][]float64{{0.5}}, [][]float64{{0.5}}}, network.Kernel{Shape: shape, Size: 0.037}, 0.3)
		for i := range 100_001 {
			far := c.reach * float64(i) / 100_000
			require.GreaterOrEqual(t, c.above[int(far/c.kernel.Size*perSize)], 0.3*c.kernel.At(far))
		}
		require.InEpsilon(t, 0.3, c.above[0], 1e-8)
	}
}
