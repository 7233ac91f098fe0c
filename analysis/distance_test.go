package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func draw(n int, seed uint64, f func(*rand.Rand) float64) []float64 {
	r := rand.New(rand.NewPCG(seed, 11))
	list := make([]float64, n)
	for k := range list {
		list[k] = f(r)
	}
	return list
}

// Normal samples a shift d apart: KS is 2 Phi(d/2) - 1, the earth mover's
// distance d; exponential ones of means 1 and m: EMD m - 1. With n = 20000 the
// distance of two samples of one distribution exceeds 1.95 sqrt(2/n) = 0.02 once
// in 1000 (Kolmogorov), so neither check may be wider than that.
func TestDistancesMeetClosedForms(t *testing.T) {
	const n, tolerance = 20000, 0.02
	normal := func(shift float64) func(*rand.Rand) float64 {
		return func(r *rand.Rand) float64 { return shift + r.NormFloat64() }
	}
	a := draw(n, 1, normal(0))
	for _, d := range []float64{0, 0.2, 1} {
		b := draw(n, 2, normal(d))
		require.InDelta(t, math.Erf(d/2/math.Sqrt2), KolmogorovSmirnov(a, b), tolerance)
		require.InDelta(t, d, EarthMover(a, b), 0.03)
	}
	require.Greater(t, KolmogorovSmirnov(a, draw(n, 2, normal(0.1))), tolerance, "a shift of 0.1 must be seen")
	require.Greater(t, EarthMover(a, draw(n, 2, normal(0.1))), 0.05)
	require.InDelta(t, 0.5, EarthMover(draw(n, 3, (*rand.Rand).ExpFloat64), draw(n, 4, func(r *rand.Rand) float64 { return 1.5 * r.ExpFloat64() })), 0.05)
}

// TestDistancesEqualThePlainForm, ties and different sizes included: both are
// made of |F-G| at the points of both samples.
func TestDistancesEqualThePlainForm(t *testing.T) {
	below := func(list []float64, x float64) float64 {
		n := 0
		for _, y := range list {
			if y <= x {
				n++
			}
		}
		return float64(n) / float64(len(list))
	}
	rapid.Check(t, func(t *rapid.T) {
		sample := rapid.SliceOfN(rapid.Map(rapid.IntRange(0, 12), func(k int) float64 { return float64(k) / 2 }), 1, 20)
		a, b := sample.Draw(t, "a"), sample.Draw(t, "b")
		ks, emd := 0.0, 0.0
		for k := range 13 {
			x := float64(k) / 2
			gap := math.Abs(below(a, x) - below(b, x))
			ks = max(ks, gap)
			emd += gap / 2
		}
		require.InDelta(t, ks, KolmogorovSmirnov(a, b), 1e-12)
		require.InDelta(t, emd, EarthMover(a, b), 1e-12)
		require.InDelta(t, emd, EarthMover(b, a), 1e-12)
	})
	require.True(t, math.IsNaN(EarthMover(nil, []float64{1})))
	require.True(t, math.IsNaN(KolmogorovSmirnov(nil, []float64{1})))
}

// A density 2x on [0, 1] is 1/4 from uniform; what lies outside doesn't count.
func TestKSUniform(t *testing.T) {
	h := Histogram{Edges: []float64{-1, 0}, Counts: []int64{12345}}
	flat := Histogram{Edges: []float64{-1, 0}, Counts: []int64{12345}}
	const bins = 60
	for k := range int64(bins) {
		h.Edges, h.Counts = append(h.Edges, float64(k+1)/bins), append(h.Counts, 2*k+1)
		flat.Edges, flat.Counts = append(flat.Edges, float64(k+1)/bins), append(flat.Counts, 7)
	}
	require.InDelta(t, 0.25, KSUniform(h, 0, 1), 1e-9)
	require.InDelta(t, 0, KSUniform(flat, 0, 1), 1e-9)
	require.Greater(t, KSUniform(flat, -1, 1), 0.4, "with what lies outside it would be far from uniform")
	require.True(t, math.IsNaN(KSUniform(h, 5, 6)))
}
