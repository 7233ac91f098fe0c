package network_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/network"
)

// drawn is the mean and standard deviation of n values whose probabilities are even, drawn as
// they are named: every value again until it lies within the bounds, or made the bound.
func drawn(d network.Dist, quantile func(p float64) float64, n int) (mean, sd float64) {
	var values []float64
	for k := range n {
		x := quantile((float64(k) + 0.5) / float64(n))
		if d.Redraw && !(x >= d.Low && x <= d.High) {
			continue
		}
		values = append(values, min(max(x, d.Low), d.High))
	}
	for _, x := range values {
		mean += x / float64(len(values))
	}
	for _, x := range values {
		sd += (x - mean) * (x - mean) / float64(len(values))
	}
	return mean, math.Sqrt(sd)
}

func quantileOf(d network.Dist) func(p float64) float64 {
	normal := func(p float64) float64 { return math.Sqrt2 * math.Erfinv(2*p-1) }
	if d.Kind == network.Normal {
		return func(p float64) float64 { return d.A + d.B*normal(p) }
	}
	sign, mu, sigma := d.LogNormalOf()
	return func(p float64) float64 { return sign * math.Exp(mu+sigma*normal(p)) }
}

// The closed forms of the moments are those of values that are drawn, clipped or drawn again.
func TestMoments(t *testing.T) {
	const n = 100_000
	inf := math.Inf(1)
	for _, bounds := range [][2]float64{{-inf, inf}, {-inf, 2.5}, {1.5, inf}, {1.9, 2.6}, {2.2, 9}, {-1, 1.4}, {-8, 1.9}, {0, inf}} {
		for _, d := range []network.Dist{{Kind: network.Normal, A: 2, B: 1}, {Kind: network.LogNormal, A: 2, B: 1}, {Kind: network.LogNormal, A: -2, B: 0.5}} {
			if d.Low, d.High = bounds[0], bounds[1]; d.A < 0 {
				d.Low, d.High = -bounds[1], -bounds[0]
			}
			wantMean, wantSD := drawn(d, quantileOf(d), n)
			mean, sd := d.Moments()
			require.InDelta(t, wantMean, mean, 1e-3, "%+v", d)
			require.InDelta(t, wantSD, sd, 5e-3, "%+v", d)
			d.Redraw = true
			wantMean, wantSD = drawn(d, quantileOf(d), n)
			again, sd := d.Moments()
			require.InDelta(t, wantMean, again, 1e-3, "%+v", d)
			require.InDelta(t, wantSD, sd, 5e-3, "%+v", d)
			if !(math.IsInf(d.Low, 0) && math.IsInf(d.High, 0)) && !(d.Kind == network.LogNormal && bounds[0] == 0) {
				require.Greater(t, math.Abs(again-mean), 1e-2, "control: clipping is another thing, %+v", d)
			}
		}
	}
	mean, sd := network.Between(1, 3).Moments()
	require.Equal(t, []float64{2, 1}, []float64{mean, math.Round(sd*math.Sqrt(3)*1e12) / 1e12})
	mean, sd = network.Dist{Kind: network.Normal, A: 2, Low: 3, High: inf}.Moments()
	require.Equal(t, []float64{3, 0}, []float64{mean, sd}, "without spread")
	mean, sd = network.NormalDist(87.8, 8.78).WeightMoments()
	require.Equal(t, 87.8, mean)
	require.InEpsilon(t, 8.78, sd, 1e-4, "cut at 5 sd")
	mean, _ = network.NormalDist(-4, 3).WeightMoments()
	require.InDelta(t, -4.1272, mean, 1e-4, "cut at zero: -4 Phi(4/3) - 3 phi(4/3)")
}

// A distribution of minus the variable has minus the mean, and what scales the variable scales
// its moments.
func TestMomentsFollowTheVariable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := rapid.Float64Range(1, 1e6).Draw(t, "mean")
		d := network.Dist{Kind: rapid.SampledFrom([]network.DistKind{network.Normal, network.LogNormal}).Draw(t, "kind"), A: mean,
			B:   rapid.OneOf(rapid.Just(0.), rapid.Float64Range(1e-3, 1e3)).Draw(t, "sd"),
			Low: rapid.Float64Range(0, mean).Draw(t, "low"), High: math.Inf(1)}
		if d.Redraw = rapid.Bool().Draw(t, "redraw"); !d.Redraw && rapid.Bool().Draw(t, "bounded") {
			d.High = mean + 1
		}
		mean, sd := d.Moments()
		minus, same := d.Negated().Moments()
		require.InEpsilon(t, -mean, minus, 1e-6)
		require.InDelta(t, sd, same, 1e-6*mean)
		twice, spread := d.Times(2).Moments()
		require.InEpsilon(t, 2*mean, twice, 1e-12)
		require.InDelta(t, 2*sd, spread, 1e-7*mean)
	})
}
