package dynamics

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/equation"
	"einet/network"
	"einet/program"
)

func parsed(t testing.TB, text string) *equation.Expr {
	e, err := equation.Parse(text)
	require.NoError(t, err, text)
	return e
}

// A pattern is a set of parameters of Naud, Marcille, Clopath & Gerstner (2008), Table 1.
type pattern struct {
	name                                       string
	cM, gL, eL, vT, deltaT, a, tauW, b, vReset float64
	current                                    float64 // [pA]
	sameUntil                                  float64 // [ms] until when times are compared; an irregular neuron forgets
}

var patterns = []pattern{
	{"tonic spiking", 200, 10, -70, -50, 2, 2, 30, 0, -58, 500, 500},
	{"adaptation", 200, 12, -70, -50, 2, 2, 300, 60, -58, 500, 500},
	{"initial burst", 130, 18, -58, -50, 2, 4, 150, 120, -50, 400, 500},
	{"regular bursting", 200, 10, -58, -50, 2, 2, 120, 100, -46, 210, 500},
	{"delayed accelerating", 200, 12, -70, -50, 2, -10, 300, 0, -58, 300, 500},
	{"delayed regular bursting", 100, 10, -65, -50, 2, -10, 90, 30, -47, 110, 500},
	{"transient spiking", 100, 10, -65, -50, 2, 10, 90, 100, -47, 180, 500},
	{"irregular spiking", 100, 12, -60, -50, 2, -11, 130, 30, -48, 160, 50},
}

// adex is of Brette & Gerstner (2005).
func adex(t testing.TB, q pattern, method network.Method) *network.NeuronModel {
	m := &network.NeuronModel{Name: "adex", Method: method}
	for _, p := range []struct {
		name string
		x    float64
	}{
		{"C_m", q.cM}, {"g_L", q.gL}, {"E_L", q.eL}, {"V_T", q.vT}, {"Delta_T", q.deltaT}, {"tau_w", q.tauW}, {"a", q.a}, {"b", q.b},
		{"V_reset", q.vReset}, {"V_peak", 0},
	} {
		m.Parameters = append(m.Parameters, network.ModelParameter{Name: p.name, Value: network.Number(p.x)})
	}
	m.Definitions = []network.ModelDefinition{{Name: "v", Expr: parsed(t, "min(V, V_peak)")}}
	m.States = []network.ModelState{
		{Name: "V", Start: parsed(t, "E_L"), Derivative: parsed(t, "(g_L*(E_L - v) + g_L*Delta_T*exp((v - V_T)/Delta_T) - w + I)/C_m")},
		{Name: "w", Start: parsed(t, "0"), Derivative: parsed(t, "(a*(v - E_L) - w)/tau_w")},
	}
	m.Spike = parsed(t, "V >= V_peak")
	m.Reset = []network.ModelReset{{State: "V", Expr: parsed(t, "V_reset")}, {State: "w", Expr: parsed(t, "w + b")}}
	return m
}

// flow is the same in float64.
func (q pattern) flow() flow {
	return flow{
		f: func(y, dy []float64) {
			v := min(y[0], 0)
			dy[0] = (q.gL*(q.eL-v) + q.gL*q.deltaT*math.Exp((v-q.vT)/q.deltaT) - y[1] + q.current) / q.cM
			dy[1] = (q.a*(v-q.eL) - y[1]) / q.tauW
		},
		above: func(y []float64) float64 { return y[0] },
		reset: func(y []float64) { y[0], y[1] = q.vReset, y[1]+q.b },
	}
}

// spikesOf is when a neuron of a model fires with a constant current [pA], in ms.
func spikesOf(t testing.TB, model *network.NeuronModel, dt, current, duration float64) (times []float64, p *program.Program) {
	net := &network.Network{Name: "one", Dt: dt, Duration: duration, Populations: []network.Population{
		{Name: "A", Size: 1, Neuron: network.Neuron(model.Name), Model: model, Input: network.Input{network.DC(current)}},
	}}
	m, err := New(net)
	require.NoError(t, err)
	p = m.Populations[0].Cell.Program
	n := program.Neuron{Drive: float32(current)}
	for _, s := range m.CellStates(0) {
		n.States = append(n.States, s[0])
	}
	for step := int64(0); step < int64(math.Round(duration/dt)); step++ {
		n.Now = Clock(step)
		fires, fails := p.Run(&n)
		require.False(t, fails)
		if fires {
			times = append(times, float64(step+1)*dt)
		}
	}
	return times, p
}

// The eight firing patterns of adaptive exponential neurons have their spikes where an adaptive integrator of float64 has
// them. What there is of a delay is that spikes lie on the grid of time: it halves with dt.
func TestFiringPatterns(t *testing.T) {
	for _, q := range patterns {
		t.Run(q.name, func(t *testing.T) {
			want := q.flow().spikes([]float64{q.eL, 0}, 500)
			got, _ := spikesOf(t, adex(t, q, network.Heun), 0.01, q.current, 500)
			far := func(got []float64) (worst float64) {
				for i := range min(len(want), len(got)) {
					if want[i] < q.sameUntil {
						worst = max(worst, math.Abs(got[i]-want[i]))
					}
				}
				return worst
			}
			require.Less(t, far(got), 1.0)
			if q.sameUntil == 500 {
				require.Len(t, got, len(want))
			}
			wrong := q
			wrong.a++
			wrong.vReset -= 0.5
			control, _ := spikesOf(t, adex(t, wrong, network.Heun), 0.01, q.current, 500)
			require.True(t, len(control) != len(want) || far(control) > 1, "control: %d spikes, off by %g ms", len(control), far(control))
		})
	}
}

// statesAfter are the states of a neuron of a model that does not fire, at the end of a current [pA].
func statesAfter(t testing.TB, model *network.NeuronModel, dt, current, duration float64) []float64 {
	net := &network.Network{Name: "one", Dt: dt, Duration: duration, Populations: []network.Population{
		{Name: "A", Size: 1, Neuron: network.Neuron(model.Name), Model: model, Input: network.Input{network.DC(current)}},
	}}
	m, err := New(net)
	require.NoError(t, err)
	n := program.Neuron{Drive: float32(current)}
	for _, s := range m.CellStates(0) {
		n.States = append(n.States, s[0])
	}
	c := m.Populations[0].Cell
	for step := range int64(math.Round(duration / dt)) {
		n.Now = Clock(step)
		fires, fails := c.Program.Run(&n)
		require.False(t, fires || fails)
	}
	var states []float64
	for _, at := range c.States {
		states = append(states, float64(math.Float32frombits(n.States[at])))
	}
	return states
}

// end is the potential then.
func end(t testing.TB, model *network.NeuronModel, dt, current, duration float64) float64 {
	return statesAfter(t, model, dt, current, duration)[0]
}

// Half the step makes the error so many times smaller: the order of a method.
func TestConvergence(t *testing.T) {
	q := patterns[0]
	q.a, q.current = 8, 300
	const duration = 25.6
	y := []float64{q.eL, 0}
	require.Empty(t, q.flow().spikes(y, duration))
	for _, c := range []struct {
		method network.Method
		dt     float64
		order  float64
	}{{network.Euler, 0.1, 1}, {network.Heun, 0.4, 2}, {network.RungeKutta4, 6.4, 4}} {
		coarse := math.Abs(end(t, adex(t, q, c.method), c.dt, q.current, duration) - y[0])
		fine := math.Abs(end(t, adex(t, q, c.method), c.dt/2, q.current, duration) - y[0])
		t.Logf("%s: %.3g mV at dt %g ms, %.3g at half of it: %.3g times", c.method, coarse, c.dt, fine, coarse/fine)
		require.InDelta(t, c.order, math.Log2(coarse/fine), 0.4, c.method)
	}
}

// Each variable by itself is exact by exponential Euler; that the others stand still within a step makes it of first order.
func TestConvergenceOfExponentialEuler(t *testing.T) {
	const current, duration = 200, 25.6
	model := func() *network.NeuronModel {
		m := adex(t, patterns[0], network.ExponentialEuler)
		m.States[0].Derivative = parsed(t, "(g_L*(E_L - V) - w + I)/C_m")
		m.States[1].Derivative = parsed(t, "(8*(V - E_L) - w)/tau_w")
		return m
	}
	w := flow{
		f: func(y, dy []float64) {
			q := patterns[0]
			dy[0], dy[1] = (q.gL*(q.eL-y[0])-y[1]+current)/q.cM, (8*(y[0]-q.eL)-y[1])/q.tauW
		},
		above: func(y []float64) float64 { return y[0] },
	}
	y := []float64{patterns[0].eL, 0}
	require.Empty(t, w.spikes(y, duration))
	coarse := math.Abs(end(t, model(), 0.4, current, duration) - y[0])
	fine := math.Abs(end(t, model(), 0.2, current, duration) - y[0])
	t.Logf("exponential_euler: %.3g mV at dt 0.4 ms, %.3g at half of it", coarse, fine)
	require.InDelta(t, 1, math.Log2(coarse/fine), 0.2)
}

// A model makes the same code each time, so that populations share a kernel and drivers find it compiled.
func TestModelsMakeTheSameCodeAgain(t *testing.T) {
	for _, method := range []network.Method{network.Euler, network.Heun, network.RungeKutta4} {
		_, first := spikesOf(t, adex(t, patterns[1], method), 0.1, 0, 0.1)
		for range 20 {
			_, again := spikesOf(t, adex(t, patterns[1], method), 0.1, 0, 0.1)
			require.Equal(t, first.Code, again.Code, method)
			require.True(t, first.SameCode(again), method)
		}
	}
}

// A right side may be a number, by every method.
func TestConstantDerivatives(t *testing.T) {
	for _, method := range network.Methods {
		m := adex(t, patterns[0], network.Method(method))
		m.States[0].Derivative, m.States[1].Derivative = parsed(t, "(E_L - V)/tau_w"), parsed(t, "2")
		m.Definitions = nil
		m.States = append(m.States, network.ModelState{Name: "k", Start: parsed(t, "3"), Derivative: parsed(t, "0")})
		states := statesAfter(t, m, 0.5, 0, 10)
		require.InDelta(t, 20, states[1], 1e-5, method)
		require.Equal(t, 3., states[2], method)
	}
}
