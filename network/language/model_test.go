package language_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/equation"
	"einet/network"
	"einet/network/language"
	embedded "einet/network/models"
)

// withModels has a model of the author's own, and populations of it and of one that einet has.
const withModels = `name: small
constants: {N: 20, tau: 144}
models:
  my:
    parameters: {tau_m: 20 ms, V_th: 15 mV, tau_w: {normal: [100 ms, 10 ms]}, k: 0.04/mV, R: 5 Mohm, x: 0.5, t_ref: 0 ms, G: 2*3 nS}
    receptors: [slow]
    definitions:
      u: 2*w
      z: u - w
    state: {V: {uniform: [0, 15 mV]}, w: V_th/3}
    equations:
      V': (-V - z + I)/tau_m + g_slow*R*(10 mV - V)/tau_m
      w': if(V > V_th, -w, -2*w)/tau_w
    spike: V >= V_th + w and not w > 100 mV
    reset: {V: "min(0, V)", w: w + 1 mV}
    method: euler
populations:
  E: {size: N, neuron: adex, parameters: {a: 2, tau_w: {normal: [tau, 10 ms]}}, state: {V: E_L + 5 mV, w: {uniform: [0, 1 nA]}}, t_ref: 2, input: 500 pA, white_noise: {sd: 1}}
  I: {size: 10, neuron: my, input: 20 mV, V0: 3, t_ref: {uniform: [1, 2 ms]}, method: heun, poisson: {rate: 10, weight: 3 nS, tau_syn: 100, receptor: slow}}
projections:
  a: {from: E, to: I, p: 0.1, weight: 1 mV, tau_syn: 5, delay: 1}
  b: {from: I, to: E, p: 0.1, weight: -10 pA, tau_syn: 5, delay: 1}
  c: {from: E, to: I, p: 0.1, weight: 1 nS, tau_syn: 50, delay: 1, receptor: slow}
`

func TestModels(t *testing.T) {
	n, err := load(withModels, language.Options{})
	require.NoError(t, err)
	require.Len(t, n.Models, 2)
	my, e, i := n.Models[0], n.Populations[0].Model, n.Populations[1].Model
	require.Equal(t, []string{"my", "adex"}, []string{my.Name, n.Models[1].Name})
	require.Equal(t, network.ModelParameter{Name: "R", Unit: equation.Millivolt.Over(equation.Picoampere), Value: network.Number(0.005)}, *my.Parameter("R"))
	require.Equal(t, network.ModelParameter{Name: "k", Unit: equation.Plain.Over(equation.Millivolt), Value: network.Number(0.04)}, *my.Parameter("k"))
	require.Equal(t, network.Number(6), my.Parameter("G").Value)
	require.Equal(t, network.NormalDist(100, 10), my.Parameter("tau_w").Value)
	require.Equal(t, network.NormalDist(144, 10), e.Parameter("tau_w").Value)
	require.Equal(t, network.Number(144), n.Models[1].Parameter("tau_w").Value, "a population's own values are its alone")
	require.Equal(t, []float64{2, 4}, []float64{e.Parameter("a").Value.Mean(), n.Models[1].Parameter("a").Value.Mean()})
	require.Equal(t, "E_L + 5 mV", e.State("V").Start.String())
	require.Equal(t, network.Between(0, 1000), e.State("w").StartDist)
	require.Equal(t, equation.Millivolt, my.State("w").Unit)
	require.Equal(t, network.Number(3), i.State("V").StartDist)
	require.Equal(t, network.Heun, i.Method)
	require.Equal(t, network.Number(2), n.Populations[0].Refractory())
	require.Equal(t, network.Between(1, 2), n.Populations[1].Refractory())
	// currents and weights
	require.Equal(t, "pA", n.Populations[0].CurrentUnit())
	require.Equal(t, "mV", n.Populations[1].CurrentUnit())
	require.Equal(t, "nS", n.Populations[1].WeightUnit(network.Exponential, "slow"))
	require.Equal(t, "mV", n.Populations[1].WeightUnit(network.Exponential, ""))
	require.Equal(t, "mV", n.Populations[0].WeightUnit(network.Delta, ""))
	requireRoundTrip(t, n)
}

// With --set every value of a model can be changed, of those that einet has too.
func TestSetOfModels(t *testing.T) {
	n, err := load(withModels, language.Options{Set: []string{"models.my.method=rk4", "populations.E.parameters.b=3 nA", "populations.E.state.w=0", "models.my.parameters.tau_m=7 ms", "populations.I.neuron=izhikevich", "populations.I.t_ref=1",
		"populations.I.poisson.receptor=~", "populations.I.poisson.weight=1 mV", "projections.c.receptor=~", "projections.c.weight=1"}})
	require.NoError(t, err)
	require.Equal(t, network.RungeKutta4, n.Models[0].Method)
	require.Equal(t, network.Number(3000), n.Populations[0].Model.Parameter("b").Value)
	require.Equal(t, network.Number(7), n.Models[0].Parameter("tau_m").Value)
	require.Nil(t, n.Populations[1].Model.State("w"))
	require.Equal(t, 1.0, n.Populations[1].TRef)
}

// Every model that einet has is without a fault, says where it is from, and is written so that it reads back the same.
func TestEmbeddedModels(t *testing.T) {
	require.GreaterOrEqual(t, len(embedded.Names()), 8)
	for _, name := range embedded.Names() {
		n, err := load("name: one\npopulations: {E: {size: 3, neuron: "+name+", poisson: {rate: 10, weight: 1, tau_syn: 3}}}", language.Options{})
		require.NoError(t, err, name)
		require.NotEmpty(t, n.Models[0].Description, name)
		require.Regexp(t, `\((19|20)\d\d\)`, n.Models[0].Source, name)
		requireRoundTrip(t, n)
	}
	require.Nil(t, embedded.Text("nothing"))
}

// The membrane potential of a conductance-based model is told its weights in nS.
func TestWeightsOfConductances(t *testing.T) {
	const net = "populations: {E: {size: 3, neuron: hh, poisson: {rate: 10, weight: -1 nS, tau_syn: 3}}}"
	n, err := load(net, language.Options{})
	require.NoError(t, err)
	require.Equal(t, []string{"pA", "nS"}, []string{n.Populations[0].CurrentUnit(), n.Populations[0].WeightUnit(network.Alpha, "")})
	_, err = load(strings.Replace(net, "nS", "pA", 1), language.Options{})
	require.ErrorContains(t, err, "populations.E.poisson.weight: -1 pA: its unit must be nS, that of the population's neurons")
}

// Each row replaces a piece of withModels and gives the whole error.
func TestFaultsOfModels(t *testing.T) {
	const (
		units   = "must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"
		symbols = "I, g_ex, g_in, g_slow, u, z, V, w, tau_m, V_th, tau_w, k, R, x, t_ref, G"
	)
	for _, row := range []struct{ old, new, want string }{
		// expressions
		{"V': (-V - z + I)/tau_m", "V': (-V - z + I/tau_m", "net.yaml:12:11: models.my.equations.V': (-V - z + I/tau_m + g_slow*R*(10 mV - V)/tau_m: must be an expression: column 1: the ) of this ( is missing; within { } an expression with a comma needs quotes"},
		{"spike: V >= V_th + w and not w > 100 mV", "spike: [V]", "net.yaml:14:12: models.my.spike: a list: must be an expression"},
		{"min(0, V)", "min(0 V", "net.yaml:15:16: models.my.reset.V: \"min(0 V\": must be an expression: column 4: the ) of this ( is missing; within { } an expression with a comma needs quotes"},
		{"    spike: V >= V_th + w and not w > 100 mV\n", "", "net.yaml:4:3: models.my.spike: missing: must be true where the neuron fires, such as V >= V_th"},
		{"V: \"min(0, V)\", w", "V: 0, V: 1, w", "net.yaml:15:19: models.my.reset.V: the key stands here twice, first at net.yaml:15:13"},
		{"z: u - w", "z: u - 1", "net.yaml:9:10: models.my.definitions.z: column 3: u is mV and 1 is a plain number: of - must be of one unit"},
		{"-2*w)/tau_w", "-2*w)", "net.yaml:13:11: models.my.equations.w': column 1: if(V > V_th, -w, -2*w) is mV, and must be mV/ms"},
		{"spike: V >= V_th + w", "spike: V >= tau_m + w", "net.yaml:14:12: models.my.spike: column 12: tau_m is ms and w is mV: of + must be of one unit"},
		{"spike: V >= V_th + w and not w > 100 mV", "spike: V - V_th", "net.yaml:14:12: models.my.spike: column 3: V - V_th is a number where something true or false must stand, such as V >= V_th"},
		{"w: w + 1 mV", "w: 1/tau_m", "net.yaml:15:32: models.my.reset.w: column 2: 1/tau_m is 1/ms, and must be mV"},
		{"w: w + 1 mV", "q: w + 1 mV", "net.yaml:15:32: models.my.reset.q: \"q\": must be a state: V, w"},
		// names
		{"z: u - w", "z: u - v", "net.yaml:9:10: models.my.definitions.z: v: column 5: is no state, parameter or definition; there are " + symbols + "; did you mean V?"},
		{"z: u - w", "z: u - g_slwo*R*mV", "net.yaml:9:10: models.my.definitions.z: g_slwo: column 5: is no state, parameter or definition; there are " + symbols + "; did you mean g_slow?"},
		{"z: u - w", "z: u - g_fast*R*mV", "net.yaml:9:10: models.my.definitions.z: g_fast: column 5: is no state, parameter or definition; there are " + symbols + "; receptors: [fast] makes one of it"},
		{"u: 2*w", "u: 2*z", "net.yaml:8:10: models.my.definitions.u: z: column 3: a definition may use only those in front of it"},
		{"u: 2*w", "u: w*t/ms", "net.yaml:8:10: models.my.definitions.u: t: column 3: there is no t: what depends on time is the input of a population, I"},
		{"u: 2*w", "u: w/s*ms", "net.yaml:8:10: models.my.definitions.u: s: column 3: is no state, parameter or definition; there are " + symbols + "; as the unit of ms it needs a number in front"},
		{"x: 0.5", "ms: 0.5", "net.yaml:5:106: models.my.parameters.ms: ms: must have another name: ms is a unit"},
		{"x: 0.5", "exp: 0.5", "net.yaml:5:107: models.my.parameters.exp: exp: must have another name: exp means something by itself in equations"},
		{"x: 0.5", "w: 0.5", "net.yaml:10:42: models.my.state.w: w: the name must stand once among parameters and state"},
		{"x: 0.5", "2x: 0.5", "net.yaml:5:106: models.my.parameters.2x: \"2x\": the name must match [A-Za-z][A-Za-z0-9_]{0,63}"},
		{"  my:", "  lif:", "net.yaml:4:3: models.lif: \"lif\": is a name that einet has: choose another\nnet.yaml:19:25: populations.I.neuron: \"my\": must be one of lif, lif_cond, poisson, spikes, or a model: lif, " + models},
		{"[slow]", "[slow, fast]", "net.yaml:6:16: models.my.receptors.fast: \"fast\": must be used: no equation has g_fast"},
		{"w': if", "q': if", "net.yaml:13:7: models.my.equations.q': unknown key: must be the derivative of a state: V', w'"},
		{"w': if", "w: if", "net.yaml:13:7: models.my.equations.w: unknown key: must be the derivative of a state: V', w'; did you mean w'?"},
		{"      w': if(V > V_th, -w, -2*w)/tau_w\n", "", "net.yaml:11:5: models.my.equations.w': missing: must be the derivative of w"},
		{"state: {V: {uniform: [0, 15 mV]}, w: V_th/3}", "state: {V: 3 ms, w: V_th/3}", "net.yaml:10:16: models.my.state.V: 3 ms: " + units + " or an expression of parameters: its unit must be mV, not ms"},
		{"state: {V: {uniform: [0, 15 mV]}, w: V_th/3}", "state: {V: V_th + tau_m, w: V_th/3}", "net.yaml:10:16: models.my.state.V: V_th + tau_m: must be an expression of parameters: column 6: V_th is mV and tau_m is ms: of + must be of one unit"},
		{"state: {V: {uniform: [0, 15 mV]}, w: V_th/3}", "state: {V: tau_m, w: V_th/3}", "net.yaml:10:16: models.my.state.V: column 1: tau_m is ms, and must be mV"},
		{"state: {V: {uniform: [0, 15 mV]}, w: V_th/3}", "state: {V: 2*V, w: V_th/3}", "net.yaml:10:16: models.my.state.V: 2*V: " + units + " or an expression of parameters: no constant is called V; there are N, tau"},
		{"method: euler", "method: rk", "net.yaml:16:13: models.my.method: \"rk\": must be one of euler, exponential_euler, heun, rk4"},
		// values
		{"tau_w: {normal: [100 ms, 10 ms]}", "tau_w: {normal: [100 ms, 10 mV]}", "net.yaml:5:70: models.my.parameters.tau_w.normal.1: 10 mV: must be a number of magnitude at most 1e9: its unit must be ms, not mV"},
		{"G: 2*3 nS", "G: 1/2 nS", "net.yaml:5:126: models.my.parameters.G: 1/2 nS: " + units + ": what is its unit of? Put ( ) around a number with its unit, or * in front of the unit"},
		{"G: 2*3 nS", "G: 2 nX", "net.yaml:5:126: models.my.parameters.G: 2 nX: " + units + ": column 3: there is no unit nX, or an operator is missing in front of it; units are V, A, S, F, s, m, M, ohm and Hz with a prefix, as mV, and cm"},
		{"t_ref: 0 ms", "t_ref: 0.25 ms", "net.yaml:5:117: models.my.parameters.t_ref: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3"},
		{"parameters: {a: 2,", "parameters: {a: 2 mV,", "net.yaml:18:46: populations.E.parameters.a: 2 mV: " + units + ": its unit must be nS, not mV"},
		{"parameters: {a: 2,", "parameters: {aa: 2,", "net.yaml:18:43: populations.E.parameters.aa: unknown key: must be one of those of adex: C_m, g_L, E_L, V_T, Delta_T, tau_w, a, b, V_reset, V_peak, t_ref"},
		{"neuron: adex, parameters: {a: 2,", "neuron: adex, C_m: 200, parameters: {a: 2,", "net.yaml:18:35: populations.E.C_m: 200: must stand among the parameters: parameters: {C_m: ...}"},
		{"state: {V: E_L + 5 mV", "state: {U: E_L + 5 mV", "net.yaml:18:89: populations.E.state.U: unknown key: must be one of those of adex: V, w"},
		{"state: {V: E_L + 5 mV", "state: {V: E_L + 5 ms", "net.yaml:18:92: populations.E.state.V: E_L + 5 ms: must be an expression of parameters: column 5: E_L is mV and 5 ms is ms: of + must be of one unit"},
		{"state: {V: E_L + 5 mV", "V0: 3, state: {V: E_L + 5 mV", "net.yaml:18:85: populations.E.V0: 3: must not stand here and in state, as V"},
		{"V0: 3", "V0: 3 nS", "net.yaml:19:47: populations.I.V0: 3 nS: " + units + " or an expression of parameters: its unit must be mV, not nS"},
		{"t_ref: 2,", "t_ref: 2.05,", "net.yaml:18:137: populations.E.t_ref: 2.05: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 2"},
		{"input: 500 pA", "input: 500 mV", "net.yaml:18:147: populations.E.input: 500 mV: its unit must be pA, that of the population's neurons"},
		{"t_ref: 2,", "t_ref: 2, method: exponential_euler,", "net.yaml:18:148: populations.E.method: exponential_euler: needs equations that are linear in their own variable, which that of V' is not; heun takes any"},
		{"neuron: my,", "neuron: my, white_noise: {sd: 1}, parameters: {tau_m: 0},", "net.yaml:19:71: populations.I.parameters.tau_m: 0: must be above 0 with white_noise"},
		{"neuron: my, input: 20 mV, V0: 3, t_ref: {uniform: [1, 2 ms]}, method: heun,", "neuron: izhikevich, white_noise: {sd: 1},", "net.yaml:19:37: populations.I.white_noise: needs the membrane time constant: a parameter tau_m [ms], or C_m [pF] and g_L [nS]; izhikevich has neither\nnet.yaml:19:117: populations.I.poisson.receptor: \"slow\": must be left out: izhikevich has no receptors with names\nnet.yaml:23:78: projections.c.receptor: \"slow\": must be left out: izhikevich has no receptors with names"},
		// synapses
		{"weight: 1 nS, tau_syn: 50", "weight: -1 nS, tau_syn: 50", "net.yaml:23:39: projections.c.weight: -1: must not be negative: it is the conductance of the receptor slow"},
		{"delay: 1, receptor: slow", "delay: 1, receptor: slwo", "net.yaml:23:78: projections.c.receptor: \"slwo\": must be one of slow; did you mean slow?"},
		{"neuron: adex, parameters: {a: 2, tau_w: {normal: [tau, 10 ms]}}, state: {V: E_L + 5 mV, w: {uniform: [0, 1 nA]}}, t_ref: 2", "neuron: hh", "net.yaml:22:39: projections.b.weight: -10 pA: its unit must be nS, that of the population's neurons"},
		{"neuron: adex,", "neuron: adex2,", "net.yaml:18:24: populations.E.neuron: \"adex2\": must be one of lif, lif_cond, poisson, spikes, or a model: my, " + models + "; did you mean adex?"},
		{"method: euler", "method: exponential_euler\n    about: x", "net.yaml:17:5: models.my.about: unknown key: allowed are description, source, method, parameters, receptors, definitions, state, equations, spike, reset"},
		{"(-V - z + I)/tau_m", "(-V - z)/tau_m", "net.yaml:19:36: populations.I.input: must be left out: no equation of my has I\nnet.yaml:21:3: projections.a.receptor: the equations of my have neither I nor g_ex nor g_in, which synapses without a receptor go to; must be one of slow"},
		{"(-V - z + I)/tau_m", "(-V - z + g_ex*R*V + I)/tau_m", "net.yaml:21:39: projections.a.weight: 1 mV: its unit must be nS, that of the population's neurons"},
		{"tau_syn: 50, delay: 1, receptor", "synapse: delta, delay: 1, receptor", "net.yaml:23:39: projections.c.weight: 1 nS: its unit must be mV, that of the population's neurons\nnet.yaml:23:54: projections.c.synapse: \"delta\": must be exponential, alpha or biexponential: a conductance can't be a delta"},
		{"delay: 1}\n  c", "delay: 1, receptor: slow}\n  c", "net.yaml:22:79: projections.b.receptor: \"slow\": must be left out: adex has no receptors with names"},
	} {
		t.Run(row.new, func(t *testing.T) {
			text := strings.Replace(withModels, row.old, row.new, 1)
			require.NotEqual(t, withModels, text)
			_, err := load(text, language.Options{})
			require.EqualError(t, err, row.want)
		})
	}
}

// The states follow the equations: a numeric solution of each model rests without a current, and fires with one.
func TestEmbeddedModelsFire(t *testing.T) {
	current := map[string]float64{"adex": 800, "adex_cond": 800, "eif": 10, "qif": 8, "izhikevich": 10, "lif_adaptive": 400, "mat": 600, "hh": 500, "lif_nmda": 800}
	for _, name := range embedded.Names() {
		n, err := load("populations: {E: {size: 3, neuron: "+name+"}}", language.Options{})
		require.NoError(t, err)
		m := n.Populations[0].Model
		require.Contains(t, current, name)
		if name == "hh" { // which fires by itself
			require.InDelta(t, 7, spikesOf(m, 0), 1)
			m.Parameter("E_L").Value = network.Number(-65)
		}
		require.LessOrEqual(t, spikesOf(m, 0), 1, "%s at rest", name)
		count := spikesOf(m, current[name])
		require.Greater(t, count, 3, name)
		require.Less(t, count, 200, name)
	}
}

// spikesOf counts the spikes of a model in 500 ms with a constant current, by Euler's method with small steps.
func spikesOf(m *network.NeuronModel, current float64) (count int) {
	values := map[string]float64{network.CurrentSymbol: current}
	for _, p := range m.Parameters {
		values[p.Name] = p.Value.Mean()
	}
	lookup := func(name string) float64 { return values[name] }
	for _, s := range m.States {
		if values[s.Name] = s.StartDist.Mean(); s.Start != nil {
			values[s.Name] = equation.Value(s.Start, lookup)
		}
	}
	const dt = 0.005
	was, last := true, math.Inf(-1)
	for step := range int(500 / dt) {
		next := map[string]float64{}
		for _, d := range m.Definitions {
			values[d.Name] = equation.Value(d.Expr, lookup)
		}
		for _, s := range m.States {
			next[s.Name] = values[s.Name] + dt*equation.Value(s.Derivative, lookup)
		}
		refractory := float64(step)*dt < last+values[network.TRefParameter]
		for name, x := range next {
			if name != network.VState || !refractory || m.ResetOf(network.VState) == nil {
				values[name] = x
			}
		}
		fires := equation.Truth(m.Spike, lookup)
		if fires && !was && !refractory {
			count, last = count+1, float64(step)*dt
			after := map[string]float64{}
			for _, r := range m.Reset {
				after[r.State] = equation.Value(r.Expr, lookup)
			}
			for name, x := range after {
				values[name] = x
			}
			fires = equation.Truth(m.Spike, lookup)
		}
		was = fires
	}
	return count
}

// Of what is wrong in a model whose I is in mV, I isn't blamed.
func TestFaultsOfModelsInMillivolt(t *testing.T) {
	for equation, wrong := range map[string]string{
		"(I - V)/tau + V":            "column 13: (I - V)/tau is mV/ms and V is mV: of + must be of one unit",
		"(I - V)/tau + exp(V)*mV/ms": "column 19: V is mV: exp is of a plain number; divide it by a quantity of its unit",
		"(I - V)/tau + 1 pA":         "column 13: (I - V)/tau is mV/ms and 1 pA is pA: of + must be of one unit",
		"(I - V)/k":                  "column 8: (I - V)/k is mV, and must be mV/ms",
		"(I*(1 kohm) - V + tau)/tau": "column 17: I*1e-06 Gohm - V is mV and tau is ms: of + must be of one unit", // I is in pA
	} {
		_, err := load("models: {m: {parameters: {tau: 20 ms, k: 20}, state: {V: 0}, equations: {\"V'\": \""+equation+"\"}, spike: V > 15 mV}}\n"+
			"populations: {A: {size: 3, neuron: m}}", language.Options{})
		require.ErrorContains(t, err, "models.m.equations.V': "+wrong, equation)
	}
}

// Arrays of what is recorded are called POPULATION_STATE, of which there may be one each.
func TestStatesAreNotCalledAsAnotherArray(t *testing.T) {
	const two = `
models: {m: {parameters: {tau: 20 ms}, state: {V: 0, x_V: 0 mV}, equations: {"V'": (I - V)/tau, "x_V'": 0}, spike: V > 15 mV}}
populations: {E: {size: 3, neuron: m}, %s: {size: 3, tau_m: 10, V_th: 15, V_reset: 0}}`
	_, err := load(fmt.Sprintf(two, "E_x"), language.Options{})
	require.ErrorContains(t, err, "populations.E: \"E\": must have another name: E_x_V of what is recorded would be its state x_V and V of the population E_x")
	_, err = load(fmt.Sprintf(two, "F_x"), language.Options{})
	require.NoError(t, err)
	for _, name := range []string{"step", "neuron", "tau_syn", "exc", "g1"} {
		_, err = load(strings.ReplaceAll(fmt.Sprintf(two, "F"), "x_V", name), language.Options{})
		require.ErrorContains(t, err, "models.m.state."+name+": \""+name+"\": must have another name: a run records something else by it")
	}
}
