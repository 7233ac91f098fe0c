package cpuref_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/cpuref"
	"einet/dynamics"
	"einet/network"
	"einet/network/language"
	"einet/sim"
)

// A probe is an engine on a network described in YAML.
type probe struct {
	*cpuref.Engine
	t     *testing.T
	net   *network.Network
	model *dynamics.Model
}

func start(t *testing.T, dt float64, populations, projections string) *probe {
	text := fmt.Sprintf("name: probe\ndt: %g\nseed: 3\nduration: 100\npopulations:\n%sprojections: {%s}\n", dt, populations, projections)
	net, err := language.Load(strings.NewReader(text), "probe.yaml", language.Options{})
	require.NoError(t, err, text)
	m, err := dynamics.New(net)
	require.NoError(t, err)
	c, err := connectome.Build(context.Background(), net, 1)
	require.NoError(t, err)
	return &probe{cpuref.New(m, c), t, net, m}
}

// potentials are those of the named population after each of so many steps.
func (p *probe) potentials(name string, steps int) (v [][]float32) {
	i := p.net.Population(name)
	for range steps {
		require.NoError(p.t, p.Advance(context.Background(), 1))
		row := make([]float32, p.net.Populations[i].Size)
		require.NoError(p.t, p.Read(sim.V, i, 0, row))
		v = append(v, row)
	}
	return v
}

// integrate is V(T) of dV/dt = f(t, V) from V(0), by Runge and Kutta in steps that do not
// matter.
func integrate(v, to float64, f func(t, v float64) float64) float64 {
	const n = 400
	h := to / n
	for k := range n {
		t := h * float64(k)
		a := f(t, v)
		b := f(t+h/2, v+h/2*a)
		c := f(t+h/2, v+h/2*b)
		d := f(t+h, v+h*c)
		v += h / 6 * (a + 2*b + 2*c + d)
	}
	return v
}

const oneSpike = "  S: {size: 1, neuron: spikes, times: [1], neurons: [0]}\n"

// A spike's effect on a neuron at rest, for each shape of synapse, in each unit.
func TestPostsynapticPotentials(t *testing.T) {
	const tauM, tau, w, arrives = 20.0, 5.0, 3.0, 1.7 // fired at 1.0, a delay of 0.7
	for name, k := range map[string]struct {
		neuron, synapse string
		g               func(t float64) float64 // R I, t after the arrival
		jump            float64
	}{
		"exponential": {"tau_m: 20", "weight: 3, tau_syn: 5", func(t float64) float64 { return w * math.Exp(-t/tau) }, 0},
		"alpha":       {"tau_m: 20", "weight: 3, tau_syn: 5, synapse: alpha", func(t float64) float64 { return w * t / tau * math.Exp(1-t/tau) }, 0},
		"biexponential": {"tau_m: 20", "weight: 3, tau_syn: 5, tau_rise: 1, synapse: biexponential", func(t float64) float64 {
			peak := math.Log(5) / (1 - 1./5)
			return w * (math.Exp(-t/5) - math.Exp(-t)) / (math.Exp(-peak/5) - math.Exp(-peak))
		}, 0},
		"delta":      {"tau_m: 20", "weight: 3, synapse: delta", func(float64) float64 { return 0 }, w},
		"in pA":      {"tau_m: 20, C_m: 200", "weight: 30, tau_syn: 5", func(t float64) float64 { return w * math.Exp(-t/tau) }, 0},
		"inhibition": {"tau_m: 20", "weight: -3, tau_syn: 5", func(t float64) float64 { return -w * math.Exp(-t/tau) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, 0.1, oneSpike+"  A: {size: 1, neuron: lif, "+k.neuron+", E_L: -65, V_th: -40, V_reset: -70}\n",
				"S_to_A: {from: S, to: A, rule: all_to_all, delay: 0.7, "+k.synapse+"}")
			for n, v := range p.potentials("A", 400) {
				at := 0.1*float64(n+1) - arrives
				want := 0.0
				if at > -1e-9 {
					at = max(at, 0)
					want = integrate(k.jump, at, func(t, v float64) float64 { return (k.g(t) - v) / tauM })
				}
				require.InDelta(t, want-65, float64(v[0]), 5e-5, "at %g ms after the arrival", at)
			}
		})
	}
}

// A conductance follows its equation to second order: halving dt divides the error by four.
func TestConductanceIsOfSecondOrder(t *testing.T) {
	const gL, cm, ge, gi = 10.0, 200.0, 60.0, 300.0
	want := integrate(-60, 10, func(t, v float64) float64 {
		return (-gL*(v+60) - ge*math.Exp(-t/5)*v - gi*math.Exp(-t/10)*(v+80)) / cm
	})
	var errs []float64
	for _, dt := range []float64{0.4, 0.2, 0.1} {
		p := start(t, dt, "  A: {size: 1, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -60, E_ex: 0, E_in: -80, V_th: 0, V_reset: -60, "+
			"g0: {excitatory: 60, inhibitory: 300}}\n  S: {size: 1, neuron: spikes, times: [90], neurons: [0]}\n",
			"a: {from: S, to: A, rule: all_to_all, weight: 1, delay: 0.4, tau_syn: 5}, b: {from: S, to: A, rule: all_to_all, weight: -1, delay: 0.4, tau_syn: 10}")
		v := p.potentials("A", int(math.Round(10/dt)))
		errs = append(errs, math.Abs(float64(v[len(v)-1][0])-want))
	}
	t.Logf("errors at dt 0.4, 0.2, 0.1: %.3g mV", errs)
	require.Less(t, errs[2], 1e-3)
	for k := range 2 {
		require.InDelta(t, 4, errs[k]/errs[k+1], 1.2)
	}
}

// A neuron with constant input is a clock: t_ref + tau_m ln((I - V_reset)/(I - V_th)), on the grid.
func TestRefractoryClock(t *testing.T) {
	for _, ref := range []float64{0, 2, 5} {
		p := start(t, 0.1, fmt.Sprintf("  A: {size: 1, neuron: lif, tau_m: 10, V_th: 15, V_reset: 0, t_ref: %g, input: 20}\n", ref), "")
		require.NoError(t, p.Advance(context.Background(), 2000))
		spikes, err := p.Spikes(nil)
		require.NoError(t, err)
		period := ref + math.Ceil(10*math.Log(20/5.)/0.1)*0.1
		require.InDelta(t, period, 0.1*float64(spikes[5].Step-spikes[4].Step), 1e-6, "t_ref %g", ref)
	}
}

// stationary is the mean and variance of V over neurons and time, after the first fifth.
func stationary(v [][]float32) (mean, variance float64) {
	n := 0.0
	for _, row := range v[len(v)/5:] {
		for _, x := range row {
			mean, variance, n = mean+float64(x), variance+float64(x)*float64(x), n+1
		}
	}
	mean /= n
	return mean, variance/n - mean*mean
}

// Noise and Poisson input give the free potential the moments of theory (Campbell's theorem),
// and another strength does not.
func TestMomentsOfFluctuations(t *testing.T) {
	const tauM, rate, w = 20.0, 2.0, 0.5 // rate in 1/ms
	for name, k := range map[string]struct {
		of             string
		mean, variance float64
	}{
		"white noise": {"white_noise: {sd: 3}", 0, 9},
		// tau_m V' = -V + I, I of variance 4 and correlation time 5: variance 4 tau/(tau + tau_m)
		"OU":            {"ou_noise: {sd: 2, tau: 5}", 0, 4 * 5 / (5 + tauM)},
		"Poisson delta": {"poisson: {rate: 2000, weight: 0.5, synapse: delta}", rate * w * tauM, rate * w * w * tauM / 2},
		// a PSP w tau/(tau - tau_m)(e^(-t/tau) - e^(-t/tau_m)) has the integral w tau and the square's integral w^2 tau^2/(2 (tau + tau_m))
		"Poisson": {"poisson: {rate: 2000, weight: 0.5, tau_syn: 5}", rate * w * 5, rate * w * w * 25 / (2 * (5 + tauM))},
		"two of them": {"poisson: [{rate: 2000, weight: 0.5, synapse: delta}, {rate: 1000, weight: -0.5, synapse: delta}]",
			w * tauM, 1.5 * rate * w * w * tauM / 2},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, 0.1, "  A: {size: 400, neuron: lif, tau_m: 20, V_th: 1000, V_reset: 0, "+k.of+"}\n", "")
			mean, variance := stationary(p.potentials("A", 5000))
			t.Logf("mean %.4g (%.4g), variance %.4g (%.4g)", mean, k.mean, variance, k.variance)
			// 400 neurons for 400 ms: about 4000 independent values
			require.InDelta(t, k.mean, mean, 0.04*math.Sqrt(k.variance))
			require.InEpsilon(t, k.variance, variance, 0.06)
			require.Greater(t, math.Abs(variance/(1.1*1.1*k.variance)-1), 0.06, "control: 10 % stronger")
		})
	}
}

// An OU current is stationary from the start and keeps its correlation for tau.
func TestOUIsStationaryFromTheStart(t *testing.T) {
	const size = 4000
	p := start(t, 0.1, "  A: {size: 4000, neuron: lif, tau_m: 0.1, V_th: 1000, V_reset: 0, ou_noise: {sd: 2, tau: 5}}\n", "")
	v := p.potentials("A", 100) // of so short a membrane V follows the current
	at := func(n int) (variance, covariance float64) {
		for k := range size {
			variance += float64(v[n][k]) * float64(v[n][k]) / size
			covariance += float64(v[n][k]) * float64(v[49][k]) / size
		}
		return variance, covariance
	}
	early, _ := at(9)
	late, correlated := at(99)
	require.InEpsilon(t, 4, early, 0.12)
	require.InEpsilon(t, 4, late, 0.12)
	require.InEpsilon(t, 4*math.Exp(-1), correlated, 0.15, "5 ms later")
}

// Drawn thresholds, biases and initial potentials have their means and standard deviations.
func TestDrawnParameters(t *testing.T) {
	p := start(t, 0.1, "  A: {size: 20000, neuron: lif, tau_m: 10, E_L: -60, V_reset: -70, V_th: {normal: [-50, 2]}, V0: {normal: [-62, 1]}, bias: {normal: [3, 0.5]}}\n", "")
	moments := func(x []float32) (mean, sd float64) {
		for _, y := range x {
			mean += float64(y) / float64(len(x))
			sd += float64(y) * float64(y) / float64(len(x))
		}
		return mean, math.Sqrt(sd - mean*mean)
	}
	mean, sd := moments(p.model.InitialV(0))
	require.InDelta(t, -2, mean, 0.03, "relative to E_L")
	require.InEpsilon(t, 1, sd, 0.02)
	mean, sd = moments(p.model.Thresholds(0))
	require.InDelta(t, 10, mean, 0.06)
	require.InEpsilon(t, 2, sd, 0.02)
	v := p.potentials("A", 1500) // many time constants: V - E_L is the bias
	mean, sd = moments(v[len(v)-1])
	require.InDelta(t, -57, mean, 0.02)
	require.InEpsilon(t, 0.5, sd, 0.02)
}

// A Poisson source fires at its rate, in time too, and independently.
func TestPoissonSource(t *testing.T) {
	p := start(t, 0.1, "  S: {size: 2000, neuron: poisson, rate: [20, {step: {at: 500, by: 60}}]}\n", "")
	require.NoError(t, p.Advance(context.Background(), 10_000))
	spikes, err := p.Spikes(nil)
	require.NoError(t, err)
	early, late, counts := 0., 0., make([]float64, 2000)
	for _, s := range spikes {
		if s.Step <= 5000 {
			early++
			counts[s.Neuron]++
		} else {
			late++
		}
	}
	require.InDelta(t, 20*1000, early, 4*math.Sqrt(20000))
	require.InDelta(t, 80*1000, late, 4*math.Sqrt(80000))
	mean, square := 0., 0.
	for _, n := range counts {
		mean, square = mean+n/2000, square+n*n/2000
	}
	require.InEpsilon(t, 1, (square-mean*mean)/mean, 0.13, "counts are Poisson: variance/mean")
}
