package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/integrate/quad"
	"pgregory.net/rapid"
)

// The period is the time that the solution of the equation takes from reset to
// threshold.
func TestConstantInput(t *testing.T) {
	n := LIF{TauM: 10, EL: -52, VTh: -50, VReset: -60, TRef: 2}
	require.InEpsilon(t, 1000/(2+10*math.Log(11)), n.Constant(3), 1e-14)
	require.Zero(t, n.Constant(2))
	require.Zero(t, n.Constant(-100))
	require.InEpsilon(t, 500, n.Constant(1e12), 1e-9)
	rapid.Check(t, func(t *rapid.T) {
		input := rapid.Float64Range(2.001, 1e4).Draw(t, "input")
		period := 1000/n.Constant(input) - n.TRef
		v := n.EL + input + (n.VReset-n.EL-input)*math.Exp(-period/n.TauM)
		require.InDelta(t, n.VTh, v, 1e-9*(1+input))
	})
}

// A PSP is the synaptic current seen through the membrane.
func TestPSP(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tauM := rapid.Float64Range(1, 30).Draw(t, "tau_m")
		tauSyn := tauM * rapid.OneOf(rapid.Just(1.0), rapid.Just(1+1e-9), rapid.Float64Range(0.05, 20)).Draw(t, "ratio")
		at := rapid.Float64Range(0, 50).Draw(t, "t")
		want := quad.Fixed(func(u float64) float64 {
			return 2 * math.Exp(-u/tauSyn) * math.Exp((u-at)/tauM) / tauM
		}, 0, at, 100, nil, 1)
		require.InDelta(t, want, PSP(2, tauM, tauSyn, at), 1e-10)

		peak, height := PSPPeak(2, tauM, tauSyn)
		require.InEpsilon(t, height, PSP(2, tauM, tauSyn, peak), 1e-14)
		require.Less(t, PSP(2, tauM, tauSyn, 0.99*peak), height)
		require.Less(t, PSP(2, tauM, tauSyn, 1.01*peak), height)
	})
	require.Zero(t, PSP(2, 10, 5, -1))
	require.InDelta(t, 0, PSP(2, 1, 1e-3, 1e4), 1e-100)
	require.False(t, math.IsNaN(PSP(2, 1e-3, 1e3, 1e4)))
	// The peak of Potjans & Diesmann (2014): 87.8 pA give 0.15 mV at R = 10 ms/250 pF.
	_, height := PSPPeak(87.8*10/250, 10, 0.5)
	require.InEpsilon(t, 0.15, height, 1e-3)
}

// PSPPeak is the time [ms] and height [mV] of the largest postsynaptic
// potential of PSP, t = tau_m tau_s/(tau_m - tau_s) ln(tau_m/tau_s).
func PSPPeak(weight, tauM, tauSyn float64) (t, height float64) {
	ratio, x := 1.0, tauM/tauSyn-1
	if x != 0 {
		ratio = math.Log1p(x) / x
	}
	t = tauM * ratio
	return t, PSP(weight, tauM, tauSyn, t)
}

// PSP is the postsynaptic potential [mV] a time t [ms] after a spike arrived
// through an exponential synapse whose current jumps by weight [mV],
// weight tau_s/(tau_s - tau_m) (e^(-t/tau_s) - e^(-t/tau_m)), written so that it
// holds for equal time constants too. It is 0 before the spike.
func PSP(weight, tauM, tauSyn, t float64) float64 {
	if t <= 0 {
		return 0
	}
	ratio, q := 1.0, t*(tauSyn-tauM)/(tauM*tauSyn)
	if q != 0 {
		ratio = math.Expm1(q) / q
	}
	if q > 1 { // e^q alone may overflow
		return weight * tauSyn / (tauSyn - tauM) * (math.Exp(-t/tauSyn) - math.Exp(-t/tauM))
	}
	return weight * t / tauM * math.Exp(-t/tauM) * ratio
}
