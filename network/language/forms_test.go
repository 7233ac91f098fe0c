package language_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/language"
)

// everything has each form of the language that needs no file.
const everything = `
constants: {N: 400, J: 1/sqrt(0.25*N), tau: 0.02 s, on: 1}
name: everything
scale: {weight: -0.5, input: 0.5, p: 0, indegree: 1, poisson_rate: 1, rule: fixed_indegree, rates: {E: 5, I: 2*E.size/100, P: 8, S: 1, C: 3}}
record: {spikes: {E: 100, I: all}, state: {E: {neurons: 10, every: 0.1 ms}, C: {neurons: all, every: 1}}, averages: 1}
populations:
  E:
    size: 0.8*N
    tau_m: tau
    C_m: 250 pF
    E_L: -65 mV
    V_th: {normal: {mean: -50, sd: 1, high: -45}}
    V_reset: -70
    t_ref: 2
    V0: {lognormal: [3, 1]}
    g0: {excitatory: {uniform: [0, 1]}, inhibitory: -5}
    input: [100 pA, {step: {at: 1, by: 0.1 nA}}]
    bias: {normal: {mean: 0, sd: 3, low: -2, outside: redraw}}
    poisson: [{rate: 8 kHz, weight: 87.8 pA, tau_syn: 0.5}, {rate: 20, weight: -0.1 mV, synapse: delta}]
    white_noise: {sd: 5}
    ou_noise: {sd: 40 pA, tau: 5}
  I: {size: N - E.size, tau_m: 10, V_th: 15, V_reset: 0, poisson: {rate: 10, weight: J, synapse: alpha, tau_syn: 2}}
  P: {neuron: poisson, size: 10, rate: [8, {sinusoid: {amplitude: 8 Hz, frequency: 4}}]}
  S: {neuron: spikes, size: 3, times: [1, 0.25, 1 s], neurons: [0, 2, 1]}
  C: {neuron: lif_cond, size: 5, C_m: 200, g_L: 10 nS, E_L: -60, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60}
projections:
  a: {from: E, to: I, p: "min(1, 0.1*on)", weight: J mV, delay: {normal: [1.5, 0.75]}, tau_syn: 5}
  b: {from: I, to: E, rule: fixed_indegree, indegree: 0.2*N, multapses: false, weight: {normal: [-20, 2]}, delay: {uniform: [1, 2]}, synapse: alpha, tau_syn: 5}
  c: {from: E, to: E, rule: fixed_outdegree, outdegree: 5, autapses: false, weight: {lognormal: {mean: 20 pA, sd: 5 pA, high: 60}}, delay: 1, tau_syn: 5}
  d: {from: P, to: E, rule: fixed_total_number, synapses: round(log1p(-0.1)/log1p(-1/(P.size*E.size))), weight: 0.5 mV, delay: 1, synapse: delta}
  e: {from: S, to: C, rule: all_to_all, weight: -6 nS, delay: 1, tau_syn: 5}
  f: {from: C, to: C, rule: one_to_one, weight: {uniform: [1, 2]}, delay: 1, tau_syn: 5}
  g: {from: S, to: C, rule: list, edges: [[0, 4, 2, 0.1], [2, 1, 2.5, 0.7]], tau_syn: 5}
  h: {from: S, to: E, rule: list, edges: [[0, 4]], weight: 3, delay: 1, tau_syn: 5}
`

// noRates is everything without what Scale.Rates excludes.
func noRates(text string) string {
	return strings.Replace(text, ", rates: {E: 5, I: 2*E.size/100, P: 8, S: 1, C: 3}", "", 1)
}

func TestEveryForm(t *testing.T) {
	n := mustLoad(t, noRates(everything), language.Options{})
	requireRoundTrip(t, n)
	e, i, p, s, c := n.Populations[0], n.Populations[1], n.Populations[2], n.Populations[3], n.Populations[4]
	require.Equal(t, []int{320, 80}, []int{e.Size, i.Size})
	require.Equal(t, []float64{20, 250, -65}, []float64{e.TauM, e.CM, e.EL})
	require.Equal(t, network.Dist{Kind: network.Normal, A: -50, B: 1, Low: math.Inf(-1), High: -45}, e.VTh)
	require.Equal(t, network.Dist{Kind: network.Normal, A: 0, B: 3, Low: -2, High: math.Inf(1), Redraw: true}, e.Bias)
	require.Equal(t, network.Dist{Kind: network.LogNormal, A: 3, B: 1, Low: math.Inf(-1), High: math.Inf(1)}, e.V0)
	require.Equal(t, []network.Dist{network.Between(0, 1), network.Number(-5)}, []network.Dist{e.G0Ex, e.G0In})
	require.Equal(t, network.Input{network.DC(100), network.Step{At: 1, By: 100}}, e.Input)
	require.Equal(t, []network.PoissonInput{
		{Rate: 8000, Weight: 87.8, Synapse: network.Exponential, TauSyn: 0.5},
		{Rate: 20, Weight: -0.1, Synapse: network.Delta},
	}, e.PoissonInput)
	require.Equal(t, 5.0, e.WhiteNoise)
	require.Equal(t, network.OUNoise{SD: 40, Tau: 5}, e.OUNoise)
	require.Equal(t, network.PoissonInput{Rate: 10, Weight: 0.1, Synapse: network.Alpha, TauSyn: 2}, i.PoissonInput[0])
	require.Equal(t, network.Input{network.DC(8), network.Sinusoid{Amplitude: 8, Frequency: 4}}, p.Rate)
	require.Equal(t, network.SpikeTrain{Times: []float64{1, 0.25, 1000}, Neuron: []int{0, 2, 1}}, s.Spikes)
	require.Equal(t, []float64{0, 200, 10, 0, -80}, []float64{c.TauM, c.CM, c.GL, c.EEx, c.EIn})

	q := n.Projections
	require.Equal(t, []float64{0.1, 0.1}, []float64{q[0].P, q[0].Weight.A})
	require.Equal(t, network.NormalDist(1.5, 0.75), q[0].Delay)
	require.Equal(t, []int{80, 5}, []int{q[1].N, q[2].N})
	require.Equal(t, []bool{false, true, true, false}, []bool{q[1].Multapses, q[1].Autapses, q[2].Multapses, q[2].Autapses})
	require.Equal(t, network.Dist{Kind: network.LogNormal, A: 20, B: 5, Low: math.Inf(-1), High: 60}, q[2].Weight)
	require.Equal(t, 337, q[3].N, "ln(0.9)/ln(1 - 1/3200) = 337.1")
	require.Equal(t, network.Edges{Source: []uint32{0, 2}, Target: []uint32{4, 1}, Weight: []float64{2, 2.5}, Delay: []float64{0.1, 0.7}}, q[6].Edges)
	require.Equal(t, network.Record{
		Spikes:   []network.RecordNeurons{{Population: "E", Neurons: network.FirstOf(100)}, {Population: "I", Neurons: network.FirstOf(80)}},
		State:    []network.RecordState{{Population: "E", Neurons: network.FirstOf(10), Every: 0.1}, {Population: "C", Neurons: network.FirstOf(5), Every: 1}},
		Averages: network.RecordAverages{Every: 1},
	}, n.Record)
}

func TestExpressions(t *testing.T) {
	for text, want := range map[string]float64{
		"2 + 3*4":             14,
		"(2 + 3)*4":           20,
		"-2^2":                -4,
		"2^-2":                0.25,
		"2**3^2":              512,
		"8/4/2":               1,
		"7 - 2 - 1":           4,
		"1e3 - .5e1":          995,
		"sqrt(16) + abs(-1)":  5,
		"exp(0) + log(1)":     1,
		"expm1(0) - log1p(0)": 0,
		"'min(3, 2) + max(1, floor(2.9)) + ceil(1.1) + round(2.5)'": 9,
		"2*E.size": 160,
		"'7'":      7,
		"a + b":    7,
		"4^0.5":    2,
		"10 mV":    10,
		"2*a mV":   6,
		"0.01 V":   10,
		"5000uV":   5,
	} {
		n, err := load("constants: {a: 3, b: a + 1}\n"+strings.Replace(small, "input: 60", "input: "+text, 1), language.Options{})
		require.NoError(t, err, text)
		require.Equal(t, network.Input{network.DC(want)}, n.Populations[0].Input, text)
	}
	for text, want := range map[string]string{
		"2 +":                           "it ends too soon",
		"2 3":                           "unexpected 3",
		"2 $ 3":                         "unexpected $",
		"sqrt 4":                        "no constant is called sqrt; there are a, b",
		"root(4)":                       "no function is called root; there are abs, ceil, exp, expm1, floor, log, log1p, max, min, round, sqrt",
		"max(4, 5)":                     "a ) is missing; within { } an expression with a comma needs quotes",
		"max(4)":                        "max takes another number of values than 1",
		"1/0":                           "not a finite number",
		"sqrt(-1)":                      "not a finite number",
		"bb*2":                          "no constant is called bb; there are a, b",
		"E.sise":                        "no constant is called E.sise; did you mean E.size?",
		"3 nS":                          "its unit must be mV or pA or a multiple of it, not nS",
		"((((1)":                        "a ) is missing",
		"1" + strings.Repeat("+1", 600): "an expression has at most 1000 characters",
		strings.Repeat("-", 60) + "1":   "nested too deeply",
	} {
		_, err := load("constants: {a: 3, b: a + 1}\n"+strings.Replace(small, "input: 60", "input: "+text, 1), language.Options{})
		require.ErrorContains(t, err, ": "+want, text)
	}
}

// The numbers of an expression are those of correct rounding, as every machine has them.
func TestExpressionsArePrecise(t *testing.T) {
	n := mustLoad(t, `
constants: {tau: 10, tau_s: 0.5, q: (tau/tau_s)^(1/(tau_s - tau))}
populations: {E: {size: round(log1p(-0.1009)/log1p(-1/(20683*20683))), tau_m: 1, V_th: 1, V_reset: 0}}
`, language.Options{Set: []string{"populations.E.input=0.15*250*(tau_s - tau)/(tau*tau_s*(q^tau - q^tau_s))"}})
	want := math.Round(math.Log1p(-0.1009) / math.Log1p(-1/(20683.0*20683)))
	require.Equal(t, int(want), n.Populations[0].Size)
	require.InDelta(t, 87.8087, float64(n.Populations[0].Input[0].(network.DC)), 1e-3)
}

func TestSetOfConstants(t *testing.T) {
	n := mustLoad(t, noRates(everything), language.Options{Set: []string{"constants.N=2*200", "constants.J=3/4", "populations.C.size=2*3"}})
	require.Equal(t, 0.75, n.Projections[0].Weight.A)
	require.Equal(t, 6, n.Populations[4].Size)
	_, err := load(noRates(everything), language.Options{Set: []string{"constants.M=3"}})
	require.EqualError(t, err, "--set constants.M=3: constants.M: does not exist; there are N, J, tau, on")
}

// Scaling as the cortical microcircuit does it: in-degrees with s, weights with
// 1/sqrt(s), the mean kept by a current.
func TestScaleKeepsMeans(t *testing.T) {
	const net = `
scale: {weight: -0.5, indegree: 1, poisson_rate: 1, rates: {E: 5, P: 10}}
populations:
  E: {size: 1000, tau_m: 10, C_m: 250, V_th: 15, V_reset: 0, poisson: {rate: 1000, weight: 8, tau_syn: 0.5}}
  P: {neuron: poisson, size: 200, rate: 10}
projections:
  a: {from: E, to: E, rule: fixed_indegree, indegree: 100, weight: {normal: [10, 1]}, delay: 1, tau_syn: 2}
  b: {from: P, to: E, rule: fixed_total_number, synapses: 4000, weight: 0.1, delay: 1, synapse: delta}
  c: {from: E, to: E, p: 0.3, weight: -1, delay: 1, synapse: alpha, tau_syn: 2}
record: {spikes: {E: all, P: 100}}
`
	n := mustLoad(t, net, language.Options{Scale: 0.25})
	e, q := n.Populations[0], n.Projections
	require.Equal(t, []int{250, 50}, []int{e.Size, n.Populations[1].Size})
	require.Equal(t, []int{25, 250}, []int{q[0].N, q[1].N}, "4000 s^2")
	require.Equal(t, []float64{20, 2}, []float64{q[0].Weight.A, q[0].Weight.B})
	require.Equal(t, network.PoissonInput{Rate: 250, Weight: 16, Synapse: network.Exponential, TauSyn: 0.5}, e.PoissonInput[0])
	require.Equal(t, []network.RecordNeurons{{Population: "E", Neurons: network.FirstOf(250)}, {Population: "P", Neurons: network.FirstOf(50)}}, n.Record.Spikes)
	// mean input [pA]: rate [Hz] x charge [pA ms] / 1000, before less after
	before := (1000*8*0.5 + 100*5*10*2 + 4*10*0.1*250 + 300*5*-1*2*math.E) / 1000
	after := (250*16*0.5 + 25*5*20*2 + 1*10*0.2*250 + 75*5*-2*2*math.E) / 1000
	require.InEpsilon(t, before-after, float64(e.Input[1].(network.DC)), 1e-12)

	n = mustLoad(t, net, language.Options{Scale: 0.25, Set: []string{"scale.rule=fixed_indegree", "scale.indegree=0"}})
	require.Equal(t, network.FixedInDegree, n.Projections[2].Rule)
	require.Equal(t, 300, n.Projections[2].N, "of the unscaled sizes")
	_, err := load(net, language.Options{Set: []string{"scale.rates={E: 5}"}})
	require.EqualError(t, err, `--set scale.rates={E: 5}: scale.rates: "P": must be among them: a population with projections`)
}

// Files of synapses and spikes, beside the network's.
func TestListFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666))
	}
	write("edges.csv", "source,target,weight\n0,1,2\n2,1,3.5\n")
	write("edges.npy", npy("<i4", "(1, 2)", false, "\x02\x00\x00\x00\x01\x00\x00\x00"))
	write("columns.npy", npy("<u4", "(2, 2)", true, "\x02\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00"))
	write("spikes.csv", "# ms neuron\n0.1 2\n7 0\n")
	net := `
populations:
  S: {neuron: spikes, size: 3, file: spikes.csv}
  E: {size: 2, tau_m: 10, V_th: 15, V_reset: 0}
projections:
  a: {from: S, to: E, rule: list, file: edges.csv, delay: 1, tau_syn: 5}
  b: {from: S, to: E, rule: list, file: edges.npy, weight: 1, delay: 1, tau_syn: 5}
  c: {from: S, to: E, rule: list, file: columns.npy, weight: 1, delay: 1, tau_syn: 5}
`
	load := func(text string) (*network.Network, error) {
		return language.Load(strings.NewReader(text), filepath.Join(dir, "net.yaml"), language.Options{})
	}
	n, err := load(net)
	require.NoError(t, err)
	requireRoundTrip(t, n)
	require.Equal(t, network.SpikeTrain{File: n.Populations[0].Spikes.File, Times: []float64{0.1, 7}, Neuron: []int{2, 0}}, n.Populations[0].Spikes)
	require.Equal(t, filepath.Join(dir, "spikes.csv"), n.Populations[0].Spikes.File.Path)
	a, b, c := n.Projections[0].Edges, n.Projections[1].Edges, n.Projections[2].Edges
	require.Equal(t, network.Edges{File: a.File, Source: []uint32{0, 2}, Target: []uint32{1, 1}, Weight: []float64{2, 3.5}}, a)
	require.Equal(t, network.Edges{File: b.File, Source: []uint32{2}, Target: []uint32{1}}, b)
	require.Equal(t, network.Edges{File: c.File, Source: []uint32{2, 1}, Target: []uint32{0, 1}}, c)

	text, err := language.Marshal(n)
	require.NoError(t, err)
	for _, row := range []struct{ file, content, want string }{
		{"spikes.csv", "7 0", "has changed: its SHA-256 is "},
		{"spikes.csv", "1,2\n3", "spikes.csv:2: must have as many columns as the lines before it, 2, not 1"},
		{"spikes.csv", "1,2,3", "spikes.csv:1: must have the columns time [ms], neuron, not 3"},
		{"spikes.csv", "1,3", "spikes.csv:1: neuron 3: must be a whole number from 0 to 2, the last neuron of S"},
		{"spikes.csv", "0.01,2", "spikes.csv:1: time 0.01 ms: must be at least one step of dt, 0.1 ms; of 1 spikes 1 are earlier: early: drop leaves them out, early: first moves them to the first step"},
		{"edges.csv", "0,1,2\n0,2,2", "edges.csv:2: column 2: 2: must be a whole number from 0 to 1, the last neuron of E"},
		{"edges.csv", "0,1,2\n0.5,1,2", "edges.csv:2: column 1: 0.5: must be a whole number from 0 to 2, the last neuron of S"},
		{"edges.csv", "0,1,2\n0,1,-2", "edges.csv:2: column 3: -2: must have the sign of those before it: make two projections"},
		{"edges.csv", "0,1,2,0.25", "edges.csv:1: column 4: 0.25: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.3"},
		{"edges.csv", "0,1\n0,1", "projections.a.weight: missing: must be a number or a distribution"},
		{"edges.csv", "0", "edges.csv:1: must have the columns source, target and, if wanted, weight and delay [ms], not 1"},
	} {
		was, err := os.ReadFile(filepath.Join(dir, row.file))
		require.NoError(t, err)
		write(row.file, row.content)
		from := net
		if strings.HasPrefix(row.want, "has changed") {
			from = string(text)
		}
		_, err = load(from)
		require.ErrorContains(t, err, row.want)
		write(row.file, string(was))
	}
}

// The line and a caret below it at what is wrong, also in lines that are cut.
func TestSnippets(t *testing.T) {
	for text, want := range map[string]string{
		"\ta: [1, 2": "",
		strings.Replace(small, "tau_m: 15", "tau_m: -15", 1):                                   "-15, V_th",
		strings.Replace(small, "size: 80", "size: 80, bias: {normal: [0, -1]}", 1):             "-1]}",
		strings.Replace(small, "size: 80", "size: 80, "+strings.Repeat(" ", 200)+"bias: x", 1): "x, tau_m",
		strings.Replace(small, "dt: 0.1", "dt: é # €\r", 1):                                    "é # €",
	} {
		_, err := load(text, language.Options{})
		var fault fault.Error
		require.ErrorAs(t, err, &fault)
		line, caret, two := strings.Cut(fault.Snippet(), "\n")
		require.True(t, two, text)
		at := []rune(line)[len([]rune(caret))-1:]
		require.True(t, strings.HasPrefix(string(at), want), "%s\n%s", line, caret)
		require.LessOrEqual(t, len([]rune(line)), 120)
	}
	_, err := load(small, language.Options{Set: []string{"dt=wrong"}})
	var fault fault.Error
	require.ErrorAs(t, err, &fault)
	require.Empty(t, fault.Snippet(), "a flag has no line")
}
