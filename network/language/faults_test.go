package language_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/language"
)

const ofLIF = "allowed are size, neuron, positions, tau_m, C_m, E_L, V_th, V_reset, t_ref, V0, g0, input, bias, poisson, white_noise, ou_noise"

// models are those that einet has.
const models = "adex, adex_cond, eif, hh, izhikevich, lif_adaptive, lif_nmda, mat, qif"

// Each row replaces a piece of the valid network and gives the whole error.
func TestFaults(t *testing.T) {
	for _, row := range []struct{ old, new, want string }{
		// types and values
		{"size: 80", "size: -5", "net.yaml:4:13: populations.E.size: -5: must be a whole number of at least 1"},
		{"size: 80", "size: 0", "net.yaml:4:13: populations.E.size: 0: must be a whole number of at least 1"},
		{"size: 80", "size: 2.5", "net.yaml:4:13: populations.E.size: 2.5: must be a whole number of at least 1"},
		{"size: 80", "size: 5/2", "net.yaml:4:13: populations.E.size: 5/2: must be a whole number of at least 1: is 2.5"},
		{"size: 80", "size: many", "net.yaml:4:13: populations.E.size: many: must be a whole number of at least 1"},
		{"size: 80", `size: "80 mV"`, `net.yaml:4:13: populations.E.size: "80 mV": must be a whole number of at least 1: has no unit, not mV`},
		{"size: 80", "size: [80]", "net.yaml:4:13: populations.E.size: a list: must be a whole number of at least 1"},
		{"size: 80", "size: 3e9", "net.yaml:3:1: populations: must have fewer than 2^31 neurons in all"},
		{"size: 80, ", "", "net.yaml:4:3: populations.E.size: missing: must be a whole number of at least 1, how many neurons there are"},
		{"size: 80", "size: ", "net.yaml:4:3: populations.E.size: missing: must be a whole number of at least 1, how many neurons there are"},
		{"tau_m: 15", "tau_m: 0", "net.yaml:4:24: populations.E.tau_m: 0: must be a time above 0 and at most 1e9 ms"},
		{"tau_m: 15", "tau_m: .nan", "net.yaml:4:24: populations.E.tau_m: .nan: must be a time above 0 and at most 1e9 ms"},
		{"tau_m: 15", "tau_m: .inf", "net.yaml:4:24: populations.E.tau_m: .inf: must be a time above 0 and at most 1e9 ms"},
		{"input: 60", "input: 1e400", "net.yaml:4:81: populations.E.input: 1e400: " + mustInput},
		{"input: 60", "input: -1e10", "net.yaml:4:81: populations.E.input: -10000000000: must be a number of magnitude at most 1e9"},
		{"input: 60", "input: yes", "net.yaml:4:81: populations.E.input: yes: " + mustInput},
		{"V_reset: 0", "V_reset: 15", "net.yaml:4:47: populations.E.V_reset: 15: must be below V_th (15)"},
		{"V_th: 15", "V_th: high", "net.yaml:4:34: populations.E.V_th: high: must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"},
		{"uniform: [0, 15]", "uniform: [15, 0]", "net.yaml:4:69: populations.E.V0.uniform.1: 0: must be at least 15, the low end"},
		{"uniform: [0, 15]", "uniform: [0]", "net.yaml:4:64: populations.E.V0.uniform: a list: must be [low, high]"},
		{"uniform: [0, 15]", "uniform: [0, x]", "net.yaml:4:68: populations.E.V0.uniform.1: x: must be a number of magnitude at most 1e9"},
		{"V0: 5", "V0: random", "net.yaml:5:54: populations.I.V0: random: must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"},
		{"size: 80", "size: 80, neuron: srm", `net.yaml:4:25: populations.E.neuron: "srm": must be one of lif, lif_cond, poisson, spikes, or a model: ` + models + ``},
		// of what the word decides nothing else is said
		{"size: 80", "size: 80, neuron: iaf_cond_exp, g_L: 10, C_m: 200 pF, E_ex: 0, a: 4", `net.yaml:4:25: populations.E.neuron: "iaf_cond_exp": must be one of lif, lif_cond, poisson, spikes, or a model: ` + models + ``},
		{"size: 80", "size: 80, neuron: LIF_cnd", `net.yaml:4:25: populations.E.neuron: "LIF_cnd": must be one of lif, lif_cond, poisson, spikes, or a model: ` + models + `; did you mean lif_cond?`},
		{"size: 80, tau_m: 15", "neuron: [lif], size: 0", `net.yaml:4:15: populations.E.neuron: a list: must be one of lif, lif_cond, poisson, spikes` +
			"\nnet.yaml:4:28: populations.E.size: 0: must be a whole number of at least 1"},
		{"p: 0.25, weight: 0.5", "rule: fixed_in_degree, indegree: 3, multapses: false, weight: 0.5 nS", `net.yaml:7:34: projections.E_to_I.rule: "fixed_in_degree": must be one of ` + strings.Join(network.Rules(), ", ") + `; did you mean fixed_indegree?`},
		{"tau_syn: 6", "synapse: delts", `net.yaml:7:71: projections.E_to_I.synapse: "delts": must be one of exponential, alpha, biexponential, delta; did you mean delta?`},
		{"size: 20, tau_m: 10", "size: 20, neuron: lif_cod, tau_m: 10", `net.yaml:5:25: populations.I.neuron: "lif_cod": must be one of lif, lif_cond, poisson, spikes, or a model: ` + models + `; did you mean lif_cond?`},
		{"p: 0.25, weight: 0.5", "p: 1.5, weight: 0.5", "net.yaml:7:31: projections.E_to_I.p: 1.5: must be a probability from 0 to 1"},
		{"from: E", "from: X", `net.yaml:7:18: projections.E_to_I.from: "X": must be the name of a population: E, I`},
		{"tau_syn: 6", "tau_syn: -6", "net.yaml:7:71: projections.E_to_I.tau_syn: -6: must be a time above 0 and at most 1e9 ms"},
		{"tau_syn: 6", "tau_syn: 6, rule: all", `net.yaml:7:80: projections.E_to_I.rule: "all": must be one of ` + strings.Join(network.Rules(), ", ") + ``},
		{"tau_syn: 6", "tau_syn: 6, short_term: {U: 1.5, tau_rec: 100}", "net.yaml:7:90: projections.E_to_I.short_term.U: 1.5: must be above 0 and at most 1"},
		{"tau_syn: 6", "tau_syn: 6, short_term: {U: 0.5, tau_rec: -1, tau_facil: 5 mV, u_rest: 1}", "net.yaml:7:104: projections.E_to_I.short_term.tau_rec: -1: must be a time constant, or 0 for none" +
			"\nnet.yaml:7:119: projections.E_to_I.short_term.tau_facil: 5 mV: must be a time constant, or 0 for none: its unit must be ms or a multiple of it, not mV" +
			"\nnet.yaml:7:133: projections.E_to_I.short_term.u_rest: 1: must be at least 0 and below 1"},
		{"tau_syn: 6", "tau_syn: 6, short_term: {tau_rec: 100}", "net.yaml:7:86: projections.E_to_I.short_term.U: missing: must be above 0 and at most 1"},
		{"tau_syn: 6", "tau_syn: 6, short_term: {U: 0, tau_rec: 100}", "net.yaml:7:90: projections.E_to_I.short_term.U: 0: must be above 0 and at most 1"},
		{"tau_syn: 6", "tau_syn: 6, short_term: {}", "net.yaml:7:86: projections.E_to_I.short_term.U: missing: must be above 0 and at most 1\nnet.yaml:7:86: projections.E_to_I.short_term.tau_rec: missing: must be a time constant, or 0 for none"},
		{"tau_syn: 6", "tau_syn: 6, short_term: depressing", "net.yaml:7:86: projections.E_to_I.short_term: depressing: must be a mapping"},
		{"tau_syn: 6", "tau_syn: 6, short_term: {U: 0.5, tau_rec: 100, tau_fac: 10}", "net.yaml:7:109: projections.E_to_I.short_term.tau_fac: unknown key: did you mean tau_facil? allowed are U, tau_rec, tau_facil, u_rest"},
		// the grid
		{"delay: 1.5", "delay: 1.46", "net.yaml:8:56: projections.I_to_E.delay: 1.46: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 1.5"},
		{"delay: 1.5", "delay: 0", "net.yaml:8:56: projections.I_to_E.delay: 0: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"delay: 1.5", "delay: 1e9", "net.yaml:8:56: projections.I_to_E.delay: 1000000000: must be at most 2^30 steps of dt, 107374182.4 ms"},
		{"t_ref: 2", "t_ref: 0.05", "net.yaml:5:75: populations.I.t_ref: 0.05: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.1"},
		{"t_ref: 2", "t_ref: -2", "net.yaml:5:75: populations.I.t_ref: -2: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0"},
		{"dt: 0.1", "dt: 0", "net.yaml:2:5: dt: 0: must be a time above 0 and at most 1e9 ms"},
		{"dt: 0.1", "dt: 0.1\nduration: -1", "net.yaml:3:11: duration: -1: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0"},
		{"dt: 0.1", "dt: 0.1\nseed: -1", "net.yaml:3:7: seed: -1: must be a whole number from 0 to 4294967295"},
		{"dt: 0.1", "dt: 0.1\ntrial: 16384", "net.yaml:3:8: trial: 16384: must be a whole number from 0 to 16383"},
		{"dt: 0.1", "dt: 0.1\nscale: {weight: 2}", "net.yaml:3:17: scale.weight: 2: must be -1, -0.5, 0, 0.5 or 1"},
		// names and keys
		{"name: small", "name: ../up", `net.yaml:1:7: name: "../up": must match [A-Za-z0-9][A-Za-z0-9_.-]{0,63}`},
		{"  E:", "  2E:", `net.yaml:4:3: populations.2E: "2E": the name must match [A-Za-z][A-Za-z0-9_]{0,63}` +
			"\n" + `net.yaml:7:18: projections.E_to_I.from: "E": must be the name of a population: 2E, I` +
			"\n" + `net.yaml:8:25: projections.I_to_E.to: "E": must be the name of a population: 2E, I`},
		{"  I:", "  E:", "net.yaml:5:3: populations.E: the key stands here twice, first at net.yaml:4:3" +
			"\n" + `net.yaml:7:25: projections.E_to_I.to: "I": must be the name of a population: E` +
			"\n" + `net.yaml:8:18: projections.I_to_E.from: "I": must be the name of a population: E`},
		{"dt: 0.1", "dt: 0.1\ndt: 0.2", "net.yaml:3:1: dt: the key stands here twice, first at net.yaml:2:1"},
		{"tau_m: 15", "tau_M: 15", "net.yaml:4:17: populations.E.tau_M: unknown key: did you mean tau_m? allowed are size, neuron, positions, tau_m, C_m, E_L, V_th, V_reset, t_ref, V0, g0, input, bias, poisson, white_noise, ou_noise"},
		{"weight: 0.5", "weigth: 0.5", "net.yaml:7:37: projections.E_to_I.weigth: unknown key: did you mean weight? allowed are from, to, rule, p, autapses, weight, delay, synapse, tau_syn, receptor, short_term, plasticity"},
		{"tau_syn: 6", "tau: 6", "net.yaml:7:62: projections.E_to_I.tau: unknown key: did you mean tau_syn? allowed are from, to, rule, p, autapses, weight, delay, synapse, tau_syn, receptor, short_term, plasticity"},
		{"size: 80, tau_m: 15", "sise: 80, tau: 15", "net.yaml:4:7: populations.E.sise: unknown key: did you mean size? " + ofLIF + "\nnet.yaml:4:17: populations.E.tau: unknown key: did you mean tau_m? " + ofLIF},
		// what is missing besides is told, and a second word for it
		{"size: 80, tau_m: 15", "tau: 15, tau_n: 15", "net.yaml:4:3: populations.E.size: missing: must be a whole number of at least 1, how many neurons there are" +
			"\nnet.yaml:4:7: populations.E.tau: unknown key: did you mean tau_m? " + ofLIF + "\nnet.yaml:4:16: populations.E.tau_n: unknown key: did you mean tau_m? " + ofLIF},
		{"uniform: [0, 15]", "gamma: [0, 15]", "net.yaml:4:54: populations.E.V0: a mapping: must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"},
		{"uniform: [0, 15]", "normal: [0, -1]", "net.yaml:4:67: populations.E.V0.normal.sd: -1: must be a number from 0 to 1e9"},
		{"uniform: [0, 15]", "normal: {mean: 0, sd: 1, outside: again}", "net.yaml:4:89: populations.E.V0.normal.outside: again: must be clip, so that what is beyond a bound becomes the bound, or redraw, so that it is drawn again"},
		{"uniform: [0, 15]", "normal: {mean: 0, sd: 1, low: 4, outside: redraw}", "net.yaml:4:55: populations.E.V0.normal: \"4 to +Inf\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 3.2e-05"},
		{"uniform: [0, 15]", "lognormal: {mean: 1, sd: 0, high: 0.5, outside: redraw}", "net.yaml:4:55: populations.E.V0.lognormal: \"-Inf to 0.5\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 0"},
		{"uniform: [0, 15]", "lognormal: [0, 0]", "net.yaml:4:67: populations.E.V0.lognormal.mean: 0: must not be 0"},
		{"uniform: [0, 15]", "normal: {mean: 0, sd: 1, low: 2, high: 1}", "net.yaml:4:85: populations.E.V0.normal.low: 2: must be at most high"},
		{"uniform: [0, 15]", "normal: [0, 1, redraw]", "net.yaml:4:63: populations.E.V0.normal: a list: must be [mean, sd] or {mean, sd, low, high, outside}, the last three if wanted; to draw again is said as {normal: {mean: 1, sd: 0.2, low: 0, outside: redraw}}"},
		{"uniform: [0, 15]", "normal: {mean: 0, sd: 1, redraw: true}", "net.yaml:4:88: populations.E.V0.normal.redraw: true: must be left out: to draw again is said as {normal: {mean: 1, sd: 0.2, low: 0, outside: redraw}}"},
		{"uniform: [0, 15]", "normal: [0, 1], outside: redraw", "net.yaml:4:80: populations.E.V0.outside: redraw: must stand within the distribution: {normal: {mean: 1, sd: 0.2, low: 0, outside: redraw}}"},
		{"uniform: [0, 15]", "redraw: {normal: [0, 1]}", "net.yaml:4:54: populations.E.V0: a mapping: must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}; to draw again is said as {normal: {mean: 1, sd: 0.2, low: 0, outside: redraw}}"},
		{"uniform: [0, 15]", "unifrom: [0, 15]", "net.yaml:4:54: populations.E.V0: a mapping: must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}; did you mean uniform?"},
		// expressions and units
		{"tau_m: 15", "tau_m: 15 mV", "net.yaml:4:24: populations.E.tau_m: 15 mV: must be a time above 0 and at most 1e9 ms: its unit must be ms or a multiple of it, not mV"},
		{"tau_m: 15", "tau_m: 3 * (5", "net.yaml:4:24: populations.E.tau_m: 3 * (5: must be a time above 0 and at most 1e9 ms: a ) is missing"},
		{"tau_m: 15", "tau_m: 3 * five", "net.yaml:4:24: populations.E.tau_m: 3 * five: must be a time above 0 and at most 1e9 ms: no constant is called five"},
		{"input: 60", "input: 60 pA", "net.yaml:4:81: populations.E.input: 60 pA: its unit must be mV, that of the population's neurons"},
		{"tau_m: 15", "tau_m: 15 msec", "net.yaml:4:24: populations.E.tau_m: 15 msec: must be a time above 0 and at most 1e9 ms: there is no unit msec; there are ms, s, us"},
		{"tau_m: 15", "tau_m: 15Ms", "net.yaml:4:24: populations.E.tau_m: 15Ms: must be a time above 0 and at most 1e9 ms: there is no unit Ms; there are ms, s, us"},
		{"input: 60", "input: 2*(60) mv", "net.yaml:4:81: populations.E.input: 2*(60) mv: must be a number of magnitude at most 1e9, a time course {step, pulse, ramp, sinusoid or samples: ...}, or a list of these: there is no unit mv; there are mV, V, uV, pA, nA"},
		{"size: 80", "size: 80 cells", "net.yaml:4:13: populations.E.size: 80 cells: must be a whole number of at least 1: has no unit, not cells"},
		{"dt: 0.1", "dt: 0.1\nconstants: {tau: 20 msec}", "net.yaml:3:18: constants.tau: 20 msec: must be a number or an expression: there is no unit msec; there are ms, s, us, mV, V, uV, pA, nA, nS, uS, pF, nF, Hz, kHz, deg, mm, um, m, mm/ms, m/s"},
		{"dt: 0.1", "dt: 0.1\nconstants: {a: b, b: 2*a}", "net.yaml:3:16: constants.a: b: must be a number or an expression: a is defined by itself" +
			"\nnet.yaml:3:22: constants.b: 2*a: must be a number or an expression: a is defined by itself"},
		{"dt: 0.1", "dt: lag/4\nconstants: {leg: 1}", "net.yaml:2:5: dt: lag/4: must be a time above 0 and at most 1e9 ms: no constant is called lag; did you mean leg?"},
		// models, rules and shapes
		{"size: 80", "size: 80, neuron: lif_cond", "net.yaml:4:3: populations.E.C_m: missing: must be a number above 0 and at most 1e9" +
			"\nnet.yaml:4:3: populations.E.g_L: missing: must be a number above 0 and at most 1e9" +
			"\nnet.yaml:4:3: populations.E.E_ex: missing: must be a number of magnitude at most 1e9" +
			"\nnet.yaml:4:3: populations.E.E_in: missing: must be a number of magnitude at most 1e9" +
			"\nnet.yaml:4:35: populations.E.tau_m: unknown key: only lif has it; allowed are size, neuron, positions, C_m, g_L, E_ex, E_in, E_L, V_th, V_reset, t_ref, V0, g0, input, bias, poisson, white_noise, ou_noise"},
		{"p: 0.25, weight: 0.5", "rule: fixed_indegree, indegree: 81, multapses: false, weight: 0.5", "net.yaml:7:60: projections.E_to_I.indegree: 81: must be at most 80, the neurons of E; or allow multapses"},
		{"p: 0.25, weight: 0.5", "rule: fixed_outdegree, p: 0.25, outdegree: 3, weight: 0.5", "net.yaml:7:51: projections.E_to_I.p: unknown key: only fixed_probability has it; allowed are from, to, rule, outdegree, multapses, near, autapses, weight, delay, synapse, tau_syn, receptor, short_term, plasticity"},
		{"p: 0.25, weight: 0.5", "rule: one_to_one, weight: 0.5", "net.yaml:7:34: projections.E_to_I.rule: \"one_to_one\": needs populations of one size, to connect neuron i to neuron i"},
		{"p: 0.25, weight: 0.5", "p: 0.25, weight: {uniform: [-1, 1]}", "net.yaml:7:37: projections.E_to_I.weight: \"-1 to 1\": must have one sign: make two projections"},
		{"p: 0.25, weight: 0.5", "p: 0.25, weight: {normal: {mean: 1, sd: 1, low: 4.5, outside: redraw}}", "net.yaml:7:46: projections.E_to_I.weight.normal: \"4.5 to +Inf\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 0.00023"},
		{"p: 0.25, weight: 0.5", "p: 0.25, weight: {normal: {mean: 1, sd: 10, high: 0.01, outside: redraw}}", "net.yaml:7:37: projections.E_to_I.weight: \"0 to 0.01\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 0.0004"},
		{"p: 0.25, weight: 0.5", "p: 0.25, weight: {normal: {mean: 1, sd: 0, high: -1}}", "net.yaml:7:37: projections.E_to_I.weight: -1: must have the sign of its mean, 1"},
		{"delay: 1.5", "delay: {normal: {mean: -1, sd: 0.3, outside: redraw}}", "net.yaml:8:49: projections.I_to_E.delay: \"0.05 to 0.5\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 0.00023"},
		{"delay: 1.5", "delay: {normal: {mean: 0.04, sd: 0, outside: redraw}}", "net.yaml:8:49: projections.I_to_E.delay: \"0.05 to 0.04\": must hold at least 1/1000 of the distribution, for what is outside is drawn again; it holds 0"},
		{"delay: 1.5", "delay: {normal: [100, 80]}", "net.yaml:8:49: projections.I_to_E.delay: \"0.1 to 500 ms\": must span at most 4096 steps of dt (0.1 ms): narrow it with low and high"},
		{"tau_syn: 6", "tau_syn: 6, synapse: delta", "net.yaml:7:71: projections.E_to_I.tau_syn: 6: must be left out: a delta synapse has none"},
		{"size: 80", "size: 80, poisson: {rate: 6e6, weight: 1, tau_syn: 5}", "net.yaml:4:33: populations.E.poisson.rate: 6000000: must be at most 5000000 Hz, 500 spikes in a step; more is white_noise"},
		{"dt: 0.1", "dt: 0.1\nrecords: all", "net.yaml:3:1: records: unknown key: did you mean record? allowed are constants, name, description, source, dt, seed, trial, duration, scale, models, populations, groups, projections, record, sonata"},
		// YAML
		{"size: 80", "size: *n", "net.yaml:4:13: populations.E.size: no anchor of this name stands before the alias"},
		{"size: 80", "size: !!int 80", "net.yaml:4:13: populations.E.size: must be a plain value, mapping or list"},
		{"size: 80", "<<: 3, size: 80", "net.yaml:4:11: populations.E: << must name a mapping, or a list of mappings"},
		{"dt: 0.1", "dt: 0.1\n\tseed: 1", "net.yaml:3:1: not valid YAML: a tab: lines are indented by blanks"},
		{"dt: 0.1", "dt: 0.1\n---", "net.yaml:3:1: must be a single YAML document"},
		{"dt: 0.1", "dt: " + strings.Repeat("[", 40) + strings.Repeat("]", 40), "net.yaml:2:37: not valid YAML: nested deeper than 32"},
		{"name: small", "name: \xff", "net.yaml:1:1: must be UTF-8 text"},
		{"name: small", "name: [small]", "net.yaml:1:7: name: a list: must be a word or text"},
	} {
		require.Equal(t, 1, min(1, strings.Count(small, row.old)), row.old)
		_, err := load(strings.Replace(small, row.old, row.new, 1), language.Options{})
		t.Run(row.new, func(t *testing.T) { require.EqualError(t, err, row.want) })
	}
}

func TestEveryFaultIsReported(t *testing.T) {
	_, err := load(`
dt: fast
populations:
  E: {size: -1, tau_m: 0, V_th: 15, V_reset: 20}
  I: 3
projections: [1]
`, language.Options{Set: []string{"seed=x"}})
	require.EqualError(t, err, strings.Join([]string{
		"net.yaml:2:5: dt: fast: must be a time above 0 and at most 1e9 ms",
		"net.yaml:4:13: populations.E.size: -1: must be a whole number of at least 1",
		"net.yaml:4:24: populations.E.tau_m: 0: must be a time above 0 and at most 1e9 ms",
		"net.yaml:4:46: populations.E.V_reset: 20: must be below V_th (15)",
		"net.yaml:5:3: populations.I: 3: must be a mapping",
		"net.yaml:6:14: projections: a list: must be a mapping of names to projections",
		"--set seed=x: seed: x: must be a whole number from 0 to 4294967295",
	}, "\n"))
}

// requireFaults holds descriptions to what is said of them.
func requireFaults(t *testing.T, said map[string]string) {
	t.Helper()
	for text, want := range said {
		_, err := load(text, language.Options{})
		require.EqualError(t, err, want, text)
	}
}

func TestNoNetwork(t *testing.T) {
	requireFaults(t, map[string]string{
		"":                         "net.yaml:1:1: populations: missing: must be a mapping of at least one population",
		"# nothing":                "net.yaml:1:1: populations: missing: must be a mapping of at least one population",
		"populations: {}":          "net.yaml:1:1: populations: must be a mapping of at least one population",
		"populations: [E]":         "net.yaml:1:14: populations: a list: must be a mapping of names to populations",
		"just words":               "net.yaml:1:1: just words: must be a mapping, with populations",
		"populations: {? [a] : 1}": "net.yaml:1:21: not valid YAML: found an invalid key for this map",
	})
}

// What is far too large is told at once, in a line: neither the parser nor a list of faults takes
// a time that grows with the square of the input.
func TestLimits(t *testing.T) {
	const population = "populations: {E: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}\n"
	each := func(n int, format string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	const projection = "  p%d: {from: E, to: E, p: 0.1, weight: 1, delay: 1, tau_syn: 1}\n"
	const marks = "net.yaml: must have at most 600000 commas, colons and lines in all; longer lists may stand in files of their own"
	const keys = ": must have at most 8192 keys in a mapping; there may be 1024 populations, 4096 projections and 1024 constants"
	for _, row := range []struct{ text, want string }{
		{strings.Repeat("\x00", 100_000_000), "net.yaml: must be at most 8388608 bytes"},
		{strings.Repeat("\x00", 8_000_000), "net.yaml:1:1: must be UTF-8 text"},
		{strings.Repeat("0", 8_000_000), "net.yaml:1:1: " + strings.Repeat("0", 64) + "...: must be a mapping, with populations"},
		{population + "constants:\n" + each(5000, "  c%[1]d: 2*c1%[1]d\n"), "net.yaml:2:1: constants: 5000: must be at most 1024"},
		{population + "projections:\n" + each(100_000, projection), marks},
		{population + "projections:\n" + each(30_000, projection), "net.yaml:8195:8" + keys},
		{population + "projections: {" + each(30_000, "p%d: {from: E}, ") + "}\n", "net.yaml:2:146366" + keys},
		{population + "projections:\n" + each(4097, projection), "net.yaml:2:1: projections: 4097: must be at most 4096"},
		{"populations:\n" + each(1025, "  p%d: {size: 1}\n") + "projections:\n" + each(2, "  x%d: {from: p1, to: p2, rule: all_to_all, weight: 1, delay: 1, tau_syn: 1}\n"),
			"net.yaml:1:1: populations: 1025: must be at most 1024"},
		{strings.Replace(population, "V_reset: 0", "V_reset: 0, input: {samples: {every: 1, values: ["+strings.Repeat("0.5, ", 1_000_000)+"]}}", 1), marks},
		{strings.Replace(population, "V_reset: 0", "V_reset: 0, input: {samples: {every: 1, values: ["+strings.Repeat("0.5, ", 270_000)+"]}}", 1),
			"net.yaml:1:1: populations: 270000: must be at most 262144 numbers in the samples of all inputs; a wider grid of samples needs fewer"},
		{population + "record:\n" + strings.Repeat("  - 1\n", 1_000_000), marks},
	} {
		_, err := load(row.text, language.Options{})
		require.EqualError(t, err, row.want)
		var fault fault.Error
		require.ErrorAs(t, err, &fault)
		require.Less(t, len(fault.Snippet()), 1000)
	}
	mustLoad(t, population+"constants:\n"+each(1024, "  c%d: 1\n")+"projections:\n"+each(4096, projection), language.Options{})
}

// What YAML takes for a neighbour, where it was to stand within, is one fault that says so.
func TestIndentation(t *testing.T) {
	requireFaults(t, map[string]string{
		"populations:\n  E:\n  size: 800\n  tau_m: 20\n  V_th: 15\n  V_reset: 0\n":                                     "net.yaml:3:3: populations: size, tau_m, V_th, V_reset: must be indented further than E, the population that they are of, or stand behind it in braces: E: {size: ...}",
		"populations:\nE:\n  size: 800\n  tau_m: 20\n  V_th: 15\n  V_reset: 0\n":                                       "net.yaml:2:1: populations: E: must be indented further than populations, if it is one of them",
		"populations:\n  E:\n    size: 800\n   tau_m: 20\n":                                                            "net.yaml:4:4: not valid YAML: value is not allowed in this context: what belongs together must be indented alike, by as many blanks",
		"populations: {E: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}\nprojections:\n  a:\n  from: E\n  to: E\n  p: 1\n": "net.yaml:4:3: projections: from, to, p: must be indented further than a, the projection that they are of, or stand behind it in braces: a: {from: ...}",
		"populations:\n  E:\n    size: 800\n      tau_m: 20\n":                                                         "net.yaml:3:11: not valid YAML: mapping value is not allowed in this context: what belongs together must be indented alike, by as many blanks, and keys within a line stand in braces",
		"populations:\n  E:\n    size:800\n    tau_m: 20\n":                                                            "net.yaml:3:5: not valid YAML: unexpected key name: a key is followed by a colon and a blank",
		"populations:\n  E: {size: 800\n":                                                                              "net.yaml:2:6: not valid YAML: could not find flow mapping end token '}': the } of this { is missing",
		"populations: {E: {size: 8 tau_m: 1, V_th: 1, V_reset: 0}}":                                                    "net.yaml:1:15: populations.E.tau_m: missing: must be a time above 0 and at most 1e9 ms\nnet.yaml:1:25: populations.E.size: 8 tau_m: 1: must be a whole number of at least 1: a comma is missing in front of tau_m",
		"populations: {E: , size: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}":                                           "net.yaml:1:15: populations.E: nothing: must be a mapping",
	})
}

// Delays of a projection may span 4096 steps and no more, however they are given.
func TestSpanOfDelays(t *testing.T) {
	for _, k := range []struct{ fits, not, span string }{
		{"{uniform: [1, 410.5]}", "{uniform: [1, 410.6]}", "1 to 410.6 ms"},
		{"{normal: {mean: 200, sd: 100, high: 409.6}}", "{normal: {mean: 200, sd: 100, high: 409.7}}", "0.1 to 409.7 ms"},
		{"{normal: {mean: 200, sd: 100, high: 409.6, outside: redraw}}", "{normal: {mean: 200, sd: 100, high: 409.75, outside: redraw}}", "0.1 to 409.7 ms"},
		{"{lognormal: {mean: 200, sd: 100, low: 90.5, high: 500}}", "{lognormal: {mean: 200, sd: 100, low: 90.4, high: 500}}", "90.4 to 500 ms"},
	} {
		load := func(delay string) error {
			text := "populations: {A: {size: 80, tau_m: 20, V_th: 15, V_reset: 0}}\n" +
				"projections: {p: {from: A, to: A, p: 0.1, weight: 1, delay: " + delay + ", tau_syn: 5}}\n"
			_, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
			return err
		}
		require.NoError(t, load(k.fits))
		err := load(k.not)
		require.ErrorContains(t, err, fmt.Sprintf("projections.p.delay: %q: must span at most 4096 steps of dt (0.1 ms): narrow it with low and high", k.span))
	}
}

// Names that are not there are followed by what they may be a slip of.
func TestNamesThatAreMeant(t *testing.T) {
	const net = "populations: {Exc: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}, Inh: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}\n"
	for text, want := range map[string]string{
		"projections: {a: {from: Ecx, to: inh, p: 1, weight: 1, delay: 1, tau_syn: 1}}": `projections.a.from: "Ecx": must be the name of a population: Exc, Inh; did you mean Exc?`,
		"projections: {a: {from: Exc, to: inh, p: 1, weight: 1, delay: 1, tau_syn: 1}}": `projections.a.to: "inh": must be the name of a population: Exc, Inh; did you mean Inh?`,
		"record: {spikes: {exc: 1}}":       `record.spikes.exc: "exc": must be the name of a population: Exc, Inh; did you mean Exc?`,
		"scale: {rates: {Exc: 1, ihn: 5}}": `scale.rates.ihn: "ihn": must be the name of a population: Exc, Inh; did you mean Inh?`,
	} {
		_, err := load(net+text, language.Options{})
		require.ErrorContains(t, err, want)
	}
	_, err := load(net, language.Options{Set: []string{"populations.exc.size=3"}})
	require.EqualError(t, err, "--set populations.exc.size=3: populations.exc: does not exist; there are Exc, Inh; did you mean Exc?")
}
