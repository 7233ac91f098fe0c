package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
)

// For small noise the time of the crossing varies as the potential does there,
// an Ornstein-Uhlenbeck process started at the reset, over the slope.
func TestCVOfSmallNoise(t *testing.T) {
	n := LIF{TauM: 20, VTh: 20, VReset: 10, TRef: 2}
	for _, mean := range []float64{22, 30, 100} {
		const sigma = 0.01
		flight := n.TauM * math.Log((mean-n.VReset)/(mean-n.VTh))
		sd := sigma * math.Sqrt((1-math.Exp(-2*flight/n.TauM))/2)
		slope := (mean - n.VTh) / n.TauM
		require.InEpsilon(t, sd/slope/(flight+n.TRef), n.CV(mean, sigma), 1e-4)
	}
	require.Zero(t, n.CV(30, 0))
	require.True(t, math.IsNaN(n.CV(10, 0)))
}

func TestCVFarBelowThresholdIsPoisson(t *testing.T) {
	for _, sigma := range []float64{1, 2, 3} {
		require.InDelta(t, 1, LIF{TauM: 20, VTh: 20, VReset: 10}.CV(3, sigma), 1e-3)
	}
}

// The double integral as Brunel has it, where it does not overflow.
func TestCVIsTheTextbookIntegral(t *testing.T) {
	n := LIF{TauM: 20, VTh: 20, VReset: 10, TRef: 2}
	for _, k := range [][2]float64{{15, 5}, {20, 5}, {25, 5}, {12, 8}, {5, 10}} {
		mean, sigma := k[0], k[1]
		inner := func(y float64) float64 { return math.Exp(y*y) * square(math.Erfc(-y)) }
		outer := func(x float64) float64 { return math.Exp(x*x) * quad.Fixed(inner, x-8, x, 200, nil, 1) }
		integral := quad.Fixed(outer, (n.VReset-mean)/sigma, (n.VTh-mean)/sigma, 100, nil, 1)
		want := math.Sqrt(2*math.Pi*integral) * n.Rate(mean, sigma, 0) / 1000 * n.TauM
		require.InEpsilon(t, want, n.CV(mean, sigma), 1e-6, "mean %g, sigma %g", mean, sigma)
	}
}
