package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"
)

var brunelNeuron = LIF{TauM: 20, VTh: 20, VReset: 10, TRef: 2}

// textbook is Siegert's formula as it stands in papers, where it does not overflow.
func textbook(n LIF, mean, sigma float64) float64 {
	f := func(u float64) float64 { return math.Exp(u*u) * (1 + math.Erf(u)) }
	return 1000 / (n.TRef + n.TauM*sqrtPi*quad.Fixed(f, (n.VReset-mean)/sigma, (n.VTh-mean)/sigma, 200, nil, 1))
}

func TestRateIsTheTextbookIntegral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Bounds of the integral within [-4, 4]: 1 + erf loses digits below.
		upper := rapid.Float64Range(-3, 4).Draw(t, "upper")
		lower := rapid.Float64Range(-4, upper-0.1).Draw(t, "lower")
		sigma := 10 / (upper - lower)
		mean := 20 - upper*sigma
		require.InEpsilon(t, textbook(brunelNeuron, mean, sigma), brunelNeuron.Rate(mean, sigma, 0), 1e-7)
	})
}

func TestRateLimits(t *testing.T) {
	n := brunelNeuron
	for _, mean := range []float64{20.5, 25, 100, 1e6} {
		require.InEpsilon(t, n.Constant(mean), n.Rate(mean, 1e-6, 0), 1e-6, "small noise")
		require.Equal(t, n.Constant(mean), n.Rate(mean, 0, 5))
		require.InEpsilon(t, n.Rate(mean, 1.001e-6, 0), n.Rate(mean, 0.999e-6, 0), 1e-6, "no step where noise is neglected")
	}
	require.InEpsilon(t, 500, n.Rate(1e9, 1, 0), 1e-6, "1/t_ref")
	require.Zero(t, n.Rate(19.9, 0, 0))
	require.Zero(t, n.Rate(-1000, 1, 0))
	// Escape from a well (Kramers): y/(tau sqrt(pi)) e^(-y^2) (1 + 1/(2 y^2))^-1 for large y.
	y := 12.0
	want := 1000 * y / (20 * sqrtPi) * math.Exp(-y*y) / (1 + 1/(2*y*y) + 3/(4*y*y*y*y))
	require.InEpsilon(t, want, n.Rate(20-y*2, 2, 0), 1e-4)
}

// Every argument gives a rate between 0 and 1/t_ref that grows with the mean.
func TestRateIsSafeAndMonotonic(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		magnitude := rapid.Float64Range(-9, 9)
		sigma := math.Pow(10, magnitude.Draw(t, "log10 sigma"))
		mean := math.Copysign(math.Pow(10, magnitude.Draw(t, "log10 |mean|")), rapid.Float64Range(-1, 1).Draw(t, "sign"))
		tauSyn := rapid.Float64Range(0, 20).Draw(t, "tau_syn")
		rate := brunelNeuron.Rate(mean, sigma, tauSyn)
		require.True(t, rate >= 0 && rate <= 500*(1+1e-12), rate)
		more := brunelNeuron.Rate(mean+0.01*(1+math.Abs(mean)), sigma, tauSyn)
		require.GreaterOrEqual(t, more, rate*(1-1e-9))
	})
}

func TestColourShift(t *testing.T) {
	require.InDelta(t, 2.0653, Alpha, 5e-5)
	n := brunelNeuron
	// Below threshold both bounds move by (alpha/2) sqrt(tau_s/tau_m).
	moved := n
	moved.VTh += 3 * 2.0653 / 2 * math.Sqrt(0.1)
	moved.VReset += 3 * 2.0653 / 2 * math.Sqrt(0.1)
	require.InEpsilon(t, moved.Rate(15, 3, 0), n.Rate(15, 3, 2), 1e-4)
	require.InEpsilon(t, n.Constant(30), n.Rate(30, 0.01, 2), 1e-3, "far above threshold no layer is left")
}
