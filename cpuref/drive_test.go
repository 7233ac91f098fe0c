package cpuref_test

import (
	"math"
	"testing"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

const dt, tau = 0.1, 15.0

// follow is the potential of a neuron without synapses or spikes, from V = E_L,
// at the steps 0, 1, ..., steps.
func follow(t *testing.T, steps int, in ...network.Component) []float64 {
	m, c := enginetest.Build(t, &network.Network{Name: "membrane", Dt: dt, Populations: []network.Population{{
		Name: "A", Size: 1, Neuron: network.LIF, TauM: tau, VTh: network.Number(1000), V0: network.Dist{Kind: network.Constant}, Input: in,
	}}})
	e := cpuref.New(m, c)
	v, now := make([]float64, steps+1), make([]float32, 1)
	for n := range v {
		require.NoError(t, e.Read(sim.V, 0, 0, now))
		v[n] = float64(now[0])
		require.NoError(t, e.Advance(t.Context(), 1))
	}
	return v
}

// tolerance is what float32 and the grid of V, 1024 mV 2^-24 wide, leave after
// many steps: half a grid point a step, remembered for tau/dt steps.
const tolerance = 1024 * 0x1p-24 * tau / dt

// A step charges the membrane as 1 - e^(-t/tau), from the step at which it
// begins; its first trace is one step later.
func TestMembraneFollowsAStep(t *testing.T) {
	const at, by = 50, 20.0
	v := follow(t, 600, network.Step{At: at * dt, By: by})
	for n, got := range v {
		want := by * -math.Expm1(-max(0, float64(n-at))*dt/tau)
		require.InDelta(t, want, got, tolerance, "step %d", n)
	}
	require.Greater(t, v[at+1], 10*tolerance, "an input one step late would be seen")
}

// A sinusoid comes through as through a low-pass of first order: smaller by
// sqrt(1 + (omega tau)^2) and later by atan(omega tau), and by half a step for
// it is held for a step.
func TestMembraneFollowsASinusoid(t *testing.T) {
	const amplitude = 30.0
	for _, hz := range []float64{5, 20, 50} {
		steps := int(1000 / hz / dt) // of a period
		settled := 10 * steps        // the start is forgotten by then: e^(-13) for 50 Hz
		v := follow(t, settled+steps, network.Sinusoid{Amplitude: amplitude, Frequency: hz, Phase: 40})
		re, im := 0.0, 0.0
		for n := settled; n < settled+steps; n++ {
			angle := 2 * math.Pi * hz * float64(n) * dt / 1000
			re, im = re+v[n]*math.Sin(angle)*2/float64(steps), im+v[n]*math.Cos(angle)*2/float64(steps)
		}
		omegaTau, halfStep := 2*math.Pi*hz*tau/1000, math.Pi*hz*dt/1000
		require.InEpsilon(t, amplitude/math.Hypot(1, omegaTau), math.Hypot(re, im), 1e-4, "%v Hz", hz)
		phase := 40*math.Pi/180 - math.Atan(omegaTau) - halfStep
		require.InDelta(t, phase, math.Atan2(im, re), 1e-4, "%v Hz", hz) // a step is 3e-3 at 5 Hz
	}
}
