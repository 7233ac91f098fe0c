package cpuref_test

import (
	"context"
	"fmt"
	"math"
	"testing"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// plainPeriod is the period [steps] of a neuron in float32 as it is usually written, on the grid of b
// with the input on it too: 0 if it does not fire.
func plainPeriod(input, threshold, tau, dt float64, b float32) int {
	decay := float32(math.Exp(-dt / tau))
	c := (float32(-math.Expm1(-dt/tau)*input) + b) - b
	v := float32(0)
	for n := 1; n < 10_000_000; n++ {
		before := v
		if v = ((float32(decay*v) + c) + b) - b; v >= float32(threshold) {
			return n
		}
		if v == before {
			return 0
		}
	}
	return 0
}

// A smaller dt makes a clock more accurate, not less: with its threshold just below the potential
// that it tends to, its period is tau_m ln(I/(I - V_th)) on the grid, within two steps, or more only where
// V moves by less than its resolution in a step. Where V is rounded to the same side again and again it is far from that.
func TestPeriodAtEveryDt(t *testing.T) {
	for _, k := range []struct{ input, threshold, tau float64 }{
		{15.05, 15, 20}, {15.3, 15, 20}, {10.01, 10, 10}, {20.02, 20, 20}, {60, 15, 15}, {0.402, 0.4, 10}, {50.1, 50, 30},
	} {
		for _, dt := range []float64{0.1, 0.01, 0.002, 0.001} {
			exact := int(math.Ceil(k.tau * math.Log(k.input/(k.input-k.threshold)) / dt))
			for name, neuron := range map[string]string{
				"lif":      fmt.Sprintf("neuron: lif, tau_m: %g, input: %g", k.tau, k.input),
				"bias":     fmt.Sprintf("neuron: lif, tau_m: %g, bias: %g", k.tau, k.input),
				"lif_cond": fmt.Sprintf("neuron: lif_cond, g_L: 10, C_m: %g, E_ex: 0, E_in: -80, input: %g", 10*k.tau, 10*k.input),
			} {
				p := start(t, dt, fmt.Sprintf("  A: {size: 1, %s, E_L: 0, V_th: %g, V_reset: 0, V0: 0}\n", neuron, k.threshold), "")
				require.NoError(t, p.Advance(context.Background(), exact+exact/10+10))
				spikes, err := p.Spikes(nil)
				require.NoError(t, err)
				require.NotEmpty(t, spikes, "%s, input %g mV, dt %g ms", name, k.input, dt)
				t.Logf("%s, tau_m %g ms, V_th %g mV, I %g mV, dt %g ms: period %d steps, exact %d; as usually written in float32 %d",
					name, k.tau, k.threshold, k.input, dt, spikes[0].Step, exact, plainPeriod(k.input, k.threshold, k.tau, dt, p.model.Populations[0].GridV))
				// What four steps of V's grid are worth where V is slow, beside the two.
				slow := 4 * float64(p.model.Populations[0].GridV) * 0x1p-23 / ((k.input - k.threshold) * dt / k.tau)
				require.InDelta(t, exact, float64(spikes[0].Step), max(2, slow), "%s, input %g mV, dt %g ms", name, k.input, dt)
			}
		}
	}
	require.Greater(t, plainPeriod(15.05, 15, 20, 0.01, 16), 11415+50, "control")
	require.Zero(t, plainPeriod(15.005, 15, 20, 0.01, 16), "control: V does not reach the threshold")
}

// A free membrane comes to rest, and does not stop where a step's change is below its resolution; a
// threshold that is never reached makes no difference.
func TestFreeMembraneComesToRest(t *testing.T) {
	for _, dt := range []float64{0.1, 0.01, 0.001} {
		for _, threshold := range []float64{15, 1e6} {
			p := start(t, dt, fmt.Sprintf("  A: {size: 1, neuron: lif, tau_m: 2, V_th: %g, V_reset: 0, V0: 14}\n", threshold), "")
			require.NoError(t, p.Advance(context.Background(), int(math.Round(60/dt))))
			require.InDelta(t, 0, p.potentials("A", 1)[0][0], 2*float64(p.model.Populations[0].GridV)*0x1p-23, "V_th %g mV, dt %g ms", threshold, dt)
		}
	}
}

// A membrane with a threshold out of reach follows its input as closely as another.
func TestThresholdOutOfReach(t *testing.T) {
	p := start(t, 0.01, "  A: {size: 1, neuron: lif, tau_m: 20, V_th: 1000000, V_reset: 0, V0: 0, input: 15}\n", "")
	for n, v := range p.potentials("A", 3000) {
		require.InDelta(t, 15*-math.Expm1(-0.01*float64(n+1)/20), v[0], 1e-4)
	}
}

// An Ornstein-Uhlenbeck current far slower than a step forgets at its own pace: relative to u,
// 1e-6 a step, which e^(-dt/tau) in float32 is off by 1 %.
func TestSlowCurrentForgets(t *testing.T) {
	m, _ := enginetest.Build(t, &network.Network{Name: "slow", Dt: 0.01, Populations: []network.Population{{
		Name: "A", Size: 1, Neuron: network.LIF, TauM: 10, VTh: network.Number(15), OUNoise: network.OUNoise{SD: 1, Tau: 10_000},
	}}})
	require.InEpsilon(t, -1e-6, m.Populations[0].Noise.MUU, 1e-6)
	require.Greater(t, math.Abs(float64(float32(math.Exp(-1e-6)))-1+1e-6), 0.01e-6, "control")
}

// Rounding has no side: over neurons and steps of a network, the error that a step makes in V
// averages to nothing, while that of the usual form does not.
func TestRoundingIsNoBias(t *testing.T) {
	net := &network.Network{Name: "pair", Dt: 0.01, Seed: 5, Populations: []network.Population{{
		Name: "E", Size: 400, Neuron: network.LIF, TauM: 20, VTh: network.Number(15), TRef: 2, V0: network.Between(0, 15),
		Input: network.Input{network.DC(15.3)},
	}}, Projections: []network.Projection{{
		Name: "EE", From: "E", To: "E", Rule: network.FixedProbability, P: 0.1, Weight: network.Number(-0.3), Delay: network.Number(1),
		Synapse: network.Exponential, Autapses: true, TauSyn: 5,
	}}}
	m, c := enginetest.Build(t, net)
	e := cpuref.New(m, c)
	p := &m.Populations[0]
	pvv, pvr := math.Exp(-net.Dt/20), 5/(5-20.)*(math.Exp(-net.Dt/5)-math.Exp(-net.Dt/20))
	drive := float64(15.3) * (1 - pvv)
	rounded := (float32(drive) + p.GridV) - p.GridV
	read := func() (v, g []float32) {
		v, g = make([]float32, p.Size), make([]float32, p.Size)
		require.NoError(t, e.Read(sim.V, 0, 0, v))
		require.NoError(t, e.Read(0, 0, 0, g))
		return v, g
	}
	var sum, plain, squares, n float64
	require.NoError(t, e.Advance(t.Context(), 3000))
	v, g := read()
	for range 2048 {
		require.NoError(t, e.Advance(t.Context(), 1))
		next, nextG := read()
		for k := range v {
			if v[k] == 0 || next[k] == 0 { // clamped, or about to be
				continue
			}
			exact := pvv*float64(v[k]) + pvr*float64(g[k]) + drive
			usual := float32(float32(pvv)*v[k]) + float32(float32(pvr)*g[k]) + rounded
			usual = (usual + p.GridV) - p.GridV
			d := float64(next[k]) - exact
			sum, plain, squares, n = sum+d, plain+float64(usual)-exact, squares+d*d, n+1
		}
		v, g = next, nextG
	}
	mean, sd := sum/n, math.Sqrt(squares/n)
	t.Logf("%.0f steps: mean error %.2g mV, sd %.2g mV; usual form %.2g mV", n, mean, sd, plain/n)
	require.Less(t, math.Abs(mean), 1e-4*sd)
	require.Greater(t, math.Abs(plain/n), 1e-2*sd, "control")
}
