package dynamics_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
)

// everyDraw is what is drawn per neuron of a population of n with one distribution for all of it: V0, V_th,
// bias and initial g of both signs, each as the distribution gives it.
func everyDraw(t *testing.T, d network.Dist, n int) map[string][]float64 {
	net := one(n, 15, 6, 0.5)
	inhibits := net.Projections[0]
	inhibits.Name, inhibits.Weight = "inhibits", network.Number(-0.5)
	net.Projections = append(net.Projections, inhibits)
	p := &net.Populations[0]
	p.V0, p.VTh, p.Bias, p.G0Ex, p.G0In = d, d, d, d, d
	p.EL, p.VReset = 0, -10
	m := model(t, net)
	q := &m.Populations[0]
	widen := func(values []float32, offset, factor float64) []float64 {
		wide := make([]float64, n)
		for i := range wide {
			if wide[i] = d.Mean(); values != nil {
				wide[i] = float64(values[i])*factor + offset
			}
		}
		return wide
	}
	perMV := 1 / -math.Expm1(-net.Dt/15)
	return map[string][]float64{
		"V0": widen(m.InitialV(0), q.EL, 1), "V_th": widen(m.Thresholds(0), q.EL, 1), "bias": widen(m.Biases(0), 0, perMV),
		"g0 excitatory": widen(m.InitialG(0, 0), 0, 1), "g0 inhibitory": widen(m.InitialG(0, 1), 0, 1),
	}
}

// distance is Kolmogorov and Smirnov's between values and a distribution, times sqrt(n): above 1.95 once in 1000.
func distance(values []float64, cdf func(x float64) float64) float64 {
	values = slices.Sorted(slices.Values(values))
	worst, n := 0.0, float64(len(values))
	for i, x := range values {
		worst = max(worst, cdf(x)-float64(i)/n, float64(i+1)/n-cdf(x))
	}
	return worst * math.Sqrt(n)
}

// What is drawn again outside its bounds has the truncated distribution, wherever it is drawn per neuron.
func TestTruncatedDraws(t *testing.T) {
	const n = 4_000
	inf := math.Inf(1)
	for _, d := range []network.Dist{
		{Kind: network.Normal, A: 3, B: 4, Low: 1, High: inf},
		{Kind: network.Normal, A: -3, B: 4, Low: 0, High: 7},
		{Kind: network.Normal, A: 3, B: 4, Low: -inf, High: 4},
		{Kind: network.Normal, A: 3, B: 1, Low: 5, High: 6}, // of 2 %
		{Kind: network.Normal, A: 3, B: 4, Low: -inf, High: inf},
		{Kind: network.LogNormal, A: 3, B: 2, Low: 1, High: 3.5},
		{Kind: network.LogNormal, A: -3, B: 2, Low: -4, High: -1},
		{Kind: network.LogNormal, A: -3, B: 2, Low: -inf, High: -2},
	} {
		clipped := everyDraw(t, d, n)
		d.Redraw = true
		below, above := d.CDF(d.Low), d.CDF(d.High)
		truncated := func(x float64) float64 { return (d.CDF(x) - below) / (above - below) }
		for of, values := range everyDraw(t, d, n) {
			require.Less(t, distance(values, truncated), 1.95, "%s, %+v", of, d)
			const grid = 2e-4 // of V, which for the bias is in mV a step
			require.GreaterOrEqual(t, slices.Min(values), d.Low-grid, of)
			require.LessOrEqual(t, slices.Max(values), d.High+grid, of)
			if above-below < 1 {
				require.Greater(t, distance(clipped[of], truncated), 4.0, "control: clipped, %s, %+v", of, d)
			} else {
				require.Equal(t, clipped[of], values, "without bounds both are the same")
			}
		}
	}
}

// Without spread a distribution is the number that it always gives.
func TestDrawsWithoutSpread(t *testing.T) {
	inf := math.Inf(1)
	want := everyDraw(t, network.Number(2), 100)
	for _, d := range []network.Dist{
		{Kind: network.Normal, A: 2, Low: -inf, High: inf}, {Kind: network.Normal, A: 2, Low: 0, High: 3, Redraw: true},
		{Kind: network.Normal, A: 1, Low: 2, High: inf}, {Kind: network.LogNormal, A: 2, Low: -inf, High: inf}, network.Between(2, 2),
	} {
		require.Equal(t, want, everyDraw(t, d, 100), "%+v", d)
	}
	require.NotEqual(t, want, everyDraw(t, network.NormalDist(2, 1e-3), 100), "control")
	net := one(10, 15, 6, 0.5)
	net.Populations[0].VTh, net.Populations[0].Bias = network.NormalDist(15, 0), network.NormalDist(0, 0)
	m := model(t, net)
	require.False(t, m.Populations[0].HasThresholds() || m.Populations[0].HasBiases(), "engines need no table of them")
}

// Pinned: what is drawn is the same in every version.
func TestPinnedTruncatedDraws(t *testing.T) {
	d := network.Dist{Kind: network.Normal, A: -50, B: 2, Low: -51, High: math.Inf(1), Redraw: true}
	net := one(5, 15, 6, 0.5)
	net.Populations[0].V0 = d
	require.Equal(t, []float32{14.060539, 14.4312935, 14.526302, 15.226961, 14.078808}, model(t, net).InitialV(0))
}
