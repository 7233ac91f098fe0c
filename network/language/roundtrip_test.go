package language_test

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/fault"
	"einet/network"
	"einet/network/language"
	"einet/table/readertest"
)

// Any valid network is written so that it reads back identical.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		requireRoundTrip(t, n)
	})
}

func requireRoundTrip(t require.TestingT, n *network.Network) {
	text, err := language.Marshal(n)
	require.NoError(t, err)
	again, err := language.Load(bytes.NewReader(text), "again.yaml", language.Options{})
	require.NoError(t, err, "%s", text)
	require.Equal(t, n, again)
}

func drawNetwork(t *rapid.T) *network.Network {
	exponent := func(label string) float64 {
		return rapid.SampledFrom([]float64{-1, -0.5, 0, 0.5, 1}).Draw(t, label)
	}
	text := rapid.StringOf(rapid.RuneFrom([]rune("ab \t\n\"'\\#:-{}[]|>é\u00a0\u2028\U0001f600 %&*!0x")))
	name := rapid.OneOf(rapid.StringMatching(`[A-Za-z][A-Za-z0-9_]{0,5}`),
		rapid.SampledFrom([]string{"null", "NULL", "true", "No", "inf", "e1", "y"}))
	dt := rapid.SampledFrom([]float64{0.1, 0.025, 1.0 / 3, 0.4, 1}).Draw(t, "dt")
	steps := func(label string, least int) float64 {
		return float64(rapid.IntRange(least, 1<<20).Draw(t, label)) * dt
	}
	n := &network.Network{
		Name:        rapid.StringMatching(`[A-Za-z0-9][A-Za-z0-9_.-]{0,9}`).Draw(t, "name"),
		Description: text.Draw(t, "description"),
		Source:      text.Draw(t, "source"),
		Dt:          dt,
		Seed:        rapid.Uint32().Draw(t, "seed"),
		Trial:       rapid.Uint32Max(16383).Draw(t, "trial"),
		Duration:    steps("duration", 0),
		Scale:       network.Scaling{Weight: exponent("weight"), Input: exponent("input"), P: exponent("p")},
	}
	names := rapid.SliceOfNDistinct(name, 1, 5, rapid.ID).Draw(t, "names")
	for _, name := range names {
		n.Populations = append(n.Populations, drawPopulation(t, name, dt))
	}
	for _, p := range n.Populations {
		n.Groups = append(n.Groups, drawGroups(t, &p)...)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "projections") {
		n.Projections = append(n.Projections, drawProjection(t, n, "P"+strconv.Itoa(i)))
	}
	for _, p := range n.Populations {
		if p.Model != nil {
			n.Models = []network.NeuronModel{written(t)}
		}
	}
	n.Record = drawRecord(t, n)
	return n
}

// drawGroups are a division of a population, or some neurons of it, or none of both.
func drawGroups(t *rapid.T, p *network.Population) (all []network.Group) {
	if rapid.Bool().Draw(t, "divided") {
		all = append(all, network.Group{Population: p.Name, Name: "parts", Count: rapid.IntRange(1, min(3, p.Size)).Draw(t, "count")})
	}
	if n := drawNeurons(t, p.Size); n.Sample == 0 && n.Count() > 0 {
		g := network.Group{Population: p.Name, Name: "some", Neurons: n}
		if !p.Neuron.IsSource() && rapid.Bool().Draw(t, "driven") {
			g.Input, g.Bias = network.Input{network.DC(1), network.Step{At: p.TRef, By: 2}}, network.Between(0, 1)
		}
		if p.Neuron == network.LIF && rapid.Bool().Draw(t, "stirred") {
			g.PoissonInput = []network.PoissonInput{{Rate: 100, Weight: 1, Synapse: network.Exponential, TauSyn: 5}, {Rate: 10, Weight: -1, Synapse: network.Delta}}
			g.WhiteNoise = 2
			if p.OUNoise == (network.OUNoise{}) {
				g.OUNoise = network.OUNoise{SD: 3, Tau: 5}
			}
		}
		all = append(all, g)
	}
	return all
}

// written is a model that an author wrote.
func written(t require.TestingT) network.NeuronModel {
	n, err := load(withModels, language.Options{})
	require.NoError(t, err)
	return n.Models[0]
}

// drawModel gives a population other values of the model's parameters and starts.
func drawModel(t *rapid.T, p *network.Population, dt float64) {
	m := written(t)
	for i := range m.Parameters {
		switch q := &m.Parameters[i]; q.Name {
		case "t_ref":
			q.Value = network.Number(float64(rapid.IntRange(0, 1<<20).Draw(t, "t_ref")) * dt)
		case "tau_m":
			q.Value = network.Number(rapid.Float64Range(5e-324, 1e9).Draw(t, "tau_m"))
		default:
			q.Value = drawDist(t, q.Name)
		}
	}
	for i := range m.States {
		if s := &m.States[i]; rapid.Bool().Draw(t, "start") {
			s.Start, s.StartDist = nil, drawDist(t, s.Name)
		}
	}
	m.Method = network.Method(rapid.SampledFrom(network.Methods).Draw(t, "method"))
	p.Model = &m
}

// drawNeurons are some of a population's.
func drawNeurons(t *rapid.T, size int) network.Neurons {
	switch rapid.IntRange(0, 3).Draw(t, "neurons") {
	case 0:
		return network.FirstOf(rapid.IntRange(0, size).Draw(t, "first"))
	case 1:
		return network.Neurons{Sample: rapid.IntRange(1, size).Draw(t, "sample")}
	}
	var n network.Neurons
	for next := 0; next < size && len(n.Listed) < 4; {
		from := rapid.IntRange(next, size-1).Draw(t, "from")
		s := network.Span{From: from, To: from, Every: 1}
		if rapid.Bool().Draw(t, "range") {
			s = network.Span{From: from, To: rapid.IntRange(from, min(size-1, from+1000)).Draw(t, "to"), Every: rapid.IntRange(1, 50).Draw(t, "every")}
		}
		n.Listed, next = append(n.Listed, s), s.To+1
	}
	return n
}

func drawRecord(t *rapid.T, n *network.Network) (r network.Record) {
	some := func(names []string) []string {
		return rapid.OneOf(rapid.Just([]string(nil)), rapid.SliceOfNDistinct(rapid.SampledFrom(names), 1, -1, rapid.ID)).Draw(t, "variables")
	}
	every := func() float64 { return float64(rapid.IntRange(1, 1000).Draw(t, "every")) * n.Dt }
	for _, p := range n.Populations {
		if rapid.Bool().Draw(t, "spikes") {
			r.Spikes = append(r.Spikes, network.RecordNeurons{Population: p.Name, Neurons: drawNeurons(t, p.Size)})
		}
		if p.Neuron.IsSource() {
			continue
		}
		if rapid.Bool().Draw(t, "state") {
			r.State = append(r.State, network.RecordState{Population: p.Name, Neurons: drawNeurons(t, p.Size), Every: every(), Variables: some(p.StateVariables())})
		}
		if rapid.Bool().Draw(t, "histogram") {
			h := network.RecordHistogram{Population: p.Name, Variable: "net", Low: -1, High: 5, Bins: 3, Every: every()}
			if neurons := drawNeurons(t, p.Size); neurons.Count() > 0 {
				h.Neurons = &neurons
			}
			r.Counted = append(r.Counted, h)
		}
		if neurons := drawNeurons(t, p.Size); neurons.Count() > 0 && neurons.Count() < 1e5 && rapid.Bool().Draw(t, "triggered") {
			lags := func() float64 { return float64(rapid.IntRange(0, 100).Draw(t, "lags")) * 3 * n.Dt }
			r.Triggered = append(r.Triggered, network.RecordTriggered{Population: p.Name, Neurons: neurons, Before: lags(), After: lags(), Every: 3 * n.Dt, Variables: some(p.StateVariables())})
		}
	}
	if rapid.Bool().Draw(t, "averages") {
		r.Averages = network.RecordAverages{Every: every(), Variables: some(network.AverageVariables)}
		if r.Averages.Variables != nil {
			p := &n.Populations[0]
			r.Averages.Neurons = []network.RecordNeurons{{Population: p.Name, Neurons: drawNeurons(t, p.Size)}}
		}
	}
	return r
}

// drawDist is a distribution on the positive numbers.
func drawDist(t *rapid.T, label string) network.Dist {
	a := rapid.Float64Range(1, 1e6).Draw(t, label)
	d := network.Dist{Kind: network.Normal, A: a, B: rapid.OneOf(rapid.Just(0.), rapid.Float64Range(1e-3, 1e3)).Draw(t, "sd"),
		Low: math.Inf(-1), High: math.Inf(1)}
	redraw := rapid.Bool().Draw(t, "redraw")
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return network.Number(a)
	case 1:
		return network.Between(a, rapid.Float64Range(a, 1e9).Draw(t, "high"))
	case 2:
		d.Kind = network.LogNormal
	case 3:
		d.High, redraw = a+1, false // which may leave less than a thousandth
	}
	d.Redraw = redraw
	d.Low = rapid.Float64Range(0, a).Draw(t, "low")
	return d
}

func drawSynapse(t *rapid.T, delta bool) (shape network.Synapse, tau, rise float64) {
	shape = network.Synapse(rapid.SampledFrom(network.Shapes).Draw(t, "synapse"))
	if shape == network.Delta && delta {
		return shape, 0, 0
	}
	tau = rapid.Float64Range(1e-300, 1e9).Draw(t, "tau_syn")
	switch shape {
	case network.Delta:
		shape = network.Exponential
	case network.Biexponential:
		rise = tau / rapid.Float64Range(1.001, 1000).Draw(t, "tau_syn over tau_rise")
	}
	return shape, tau, rise
}

func drawPopulation(t *rapid.T, name string, dt float64) network.Population {
	number := func(label string) float64 { return rapid.Float64Range(-1e9, 1e9).Draw(t, label) }
	positive := func(label string) float64 { return rapid.Float64Range(5e-324, 1e9).Draw(t, label) }
	p := network.Population{Name: name, Size: rapid.IntRange(1, 1<<28).Draw(t, "size"),
		Neuron: rapid.SampledFrom([]network.Neuron{network.LIF, network.LIFCond, "my", network.Poisson, network.SpikeSource}).Draw(t, "neuron")}
	switch p.Neuron {
	case "my":
		drawModel(t, &p, dt)
	case network.Poisson:
		rate := func(label string) float64 { return rapid.Float64Range(5e-324, min(1e9, 2e5/dt)).Draw(t, label) }
		p.Rate = network.Input{network.DC(rate("rate")), network.Step{At: 3 * dt, By: rate("by")}}
		return p
	case network.SpikeSource:
		for range rapid.IntRange(0, 5).Draw(t, "spikes") {
			p.Spikes.Times = append(p.Spikes.Times, rapid.Float64Range(dt, 1e4).Draw(t, "time"))
			p.Spikes.Neuron = append(p.Spikes.Neuron, rapid.IntRange(0, p.Size-1).Draw(t, "neuron"))
		}
		return p
	case network.LIFCond:
		p.CM, p.GL, p.EEx, p.EIn = positive("C_m"), positive("g_L"), number("E_ex"), number("E_in")
	case network.LIF:
		p.TauM = positive("tau_m")
		if rapid.Bool().Draw(t, "C_m?") {
			p.CM = positive("C_m")
		}
	}
	if p.Model == nil {
		p.EL, p.VTh, p.V0 = number("E_L"), drawDist(t, "V_th"), drawDist(t, "V0")
		p.VReset = rapid.Float64Range(-1e9, -1e5).Draw(t, "V_reset")
		p.TRef = float64(rapid.IntRange(0, 1<<20).Draw(t, "t_ref")) * dt
	}
	p.G0Ex, p.G0In, p.Bias = drawDist(t, "excitatory"), network.Number(0), drawDist(t, "bias")
	p.Input = drawInput(t, dt)
	for range rapid.IntRange(0, 3).Draw(t, "poisson") {
		in := network.PoissonInput{Rate: rapid.Float64Range(0, 1e5).Draw(t, "rate"), Weight: number("weight")}
		if in.Synapse, in.TauSyn, in.TauRise = drawSynapse(t, p.Neuron != network.LIFCond); p.Model != nil && in.Synapse != network.Delta && in.Weight >= 0 {
			in.Receptor = rapid.SampledFrom([]string{"", "slow"}).Draw(t, "receptor")
		}
		p.PoissonInput = append(p.PoissonInput, in)
	}
	if rapid.Bool().Draw(t, "noise") {
		p.WhiteNoise, p.OUNoise = positive("sd"), network.OUNoise{SD: positive("sd"), Tau: positive("tau")}
	}
	return p
}

// drawProjection targets the last population that is no source, or a new one.
func drawProjection(t *rapid.T, n *network.Network, name string) network.Projection {
	to := slices.IndexFunc(n.Populations, func(p network.Population) bool { return !p.Neuron.IsSource() })
	if to < 0 {
		to = len(n.Populations)
		p := drawPopulation(t, "target", n.Dt)
		for p.Neuron.IsSource() {
			p = drawPopulation(t, "target", n.Dt)
		}
		n.Populations = append(n.Populations, p)
	}
	post := n.Populations[to]
	pre := rapid.SampledFrom(n.Populations).Draw(t, "from")
	p := network.Projection{Name: name, From: pre.Name, To: post.Name, Multapses: true, Autapses: rapid.Bool().Draw(t, "autapses"),
		Weight: drawDist(t, "weight"), Delay: network.Number(float64(rapid.IntRange(1, 1<<20).Draw(t, "delay")) * n.Dt)}
	if rapid.Bool().Draw(t, "delays") {
		mean := rapid.SampledFrom([]float64{10, 1000}).Draw(t, "mean delay") * n.Dt
		p.Delay = network.Dist{Kind: network.Normal, A: mean, B: mean / 2, Low: math.Inf(-1), High: 4 * mean,
			Redraw: rapid.Bool().Draw(t, "redraw")}
	}
	grouped := n.Group(p.From, "parts") != nil && n.Group(p.To, "parts") != nil && rapid.Bool().Draw(t, "grouped")
	if grouped {
		p.FromGroup, p.ToGroup = "parts", "parts.0"
	}
	if p.Synapse, p.TauSyn, p.TauRise = drawSynapse(t, post.Neuron != network.LIFCond); post.Model != nil && p.Synapse != network.Delta {
		p.Receptor = rapid.SampledFrom([]string{"", "slow"}).Draw(t, "receptor")
	}
	if rapid.Bool().Draw(t, "short_term") {
		p.ShortTerm = network.ShortTerm{U: rapid.Float64Range(1e-9, 1).Draw(t, "U"), TauRec: rapid.Float64Range(0, 1e9).Draw(t, "tau_rec"),
			TauFacil: rapid.SampledFrom([]float64{0, 1, 1e9}).Draw(t, "tau_facil"), URest: rapid.SampledFrom([]float64{0, 0.2}).Draw(t, "u_rest")}
	}
	if !p.ShortTerm.Is() && rapid.Bool().Draw(t, "plasticity") {
		p.Plasticity = drawPlasticity(t)
	}
	rules := []network.Rule{network.FixedProbability, network.FixedInDegree, network.FixedOutDegree, network.FixedTotalNumber, network.AllToAll, network.List}
	if grouped { // the numbers of others are of whole populations
		rules = rules[:1]
		if a, b := n.Group(p.From, "parts"), n.Group(p.To, "parts"); a.Count == b.Count {
			p.ToGroup, p.Pairs = "parts", rapid.SampledFrom([]network.Pairs{network.AllPairs, network.SamePart, network.DifferentParts}).Draw(t, "pairs")
		}
	}
	p.Rule = rapid.SampledFrom(rules).Draw(t, "rule")
	switch p.Rule {
	case network.FixedProbability:
		p.P = rapid.Float64Range(0, 1).Draw(t, "p")
	case network.FixedInDegree, network.FixedOutDegree:
		p.N = rapid.IntRange(0, 1<<20).Draw(t, "N")
		if p.From == p.To && pre.Size == 1 {
			p.Autapses = true
		}
		if p.N == 0 {
			p.Multapses = rapid.Bool().Draw(t, "multapses")
		}
	case network.FixedTotalNumber:
		p.N = rapid.IntRange(0, 1<<40).Draw(t, "N")
		p.Autapses = true
	case network.List:
		for range rapid.IntRange(0, 4).Draw(t, "edges") {
			p.Edges.Source = append(p.Edges.Source, uint32(rapid.IntRange(0, pre.Size-1).Draw(t, "source")))
			p.Edges.Target = append(p.Edges.Target, uint32(rapid.IntRange(0, post.Size-1).Draw(t, "target")))
			p.Edges.Weight = append(p.Edges.Weight, rapid.Float64Range(0, 1e9).Draw(t, "weight"))
			p.Edges.Delay = append(p.Edges.Delay, float64(rapid.IntRange(1, network.MaxDelayCodes).Draw(t, "delay"))*n.Dt)
		}
	}
	return p
}

// drawPlasticity is of positive weights, whatever these are.
func drawPlasticity(t *rapid.T) (p network.Plasticity) {
	part := func(label string) float64 { return rapid.Float64Range(1e-9, 1).Draw(t, label) } // not below 2^-31
	tau := func(label string) float64 { return rapid.Float64Range(1e-9, 1e9).Draw(t, label) }
	b := network.WeightBounds{Max: 1e9, Nearest: rapid.Bool().Draw(t, "nearest")}
	switch rapid.IntRange(0, 2).Draw(t, "rule of plasticity") {
	case 0:
		p.STDP = network.STDP{APlus: part("A_plus"), AMinus: part("A_minus"), TauPlus: tau("tau_plus"), TauMinus: tau("tau_minus"), Mu: rapid.Float64Range(0, 1).Draw(t, "mu"), WeightBounds: b}
	case 1:
		p.Vogels = network.Vogels{Eta: rapid.Float64Range(1, 1e9).Draw(t, "eta"), Tau: rapid.Float64Range(1e-9, 100).Draw(t, "tau"),
			Target: rapid.Float64Range(0, 600).Draw(t, "target"), WeightBounds: b}
	default:
		p.Triplet = network.Triplet{A2Plus: part("A2_plus"), A3Plus: part("A3_plus"), A2Minus: part("A2_minus"), A3Minus: part("A3_minus"),
			TauPlus: tau("tau_plus"), TauX: tau("tau_x"), TauMinus: tau("tau_minus"), TauY: tau("tau_y"), WeightBounds: b}
	}
	return p
}

func drawInput(t *rapid.T, dt float64) network.Input {
	number := func(label string) float64 { return rapid.Float64Range(-1e9, 1e9).Draw(t, label) }
	steps := func(label string, least int) float64 {
		return float64(rapid.IntRange(least, 1<<20).Draw(t, label)) * dt
	}
	var in network.Input
	for range rapid.IntRange(0, 3).Draw(t, "components") {
		var part network.Component
		switch rapid.IntRange(0, 6).Draw(t, "component") {
		case 0:
			part = network.DC(number("input"))
		case 1:
			part = network.Step{At: steps("at", 0), By: number("by")}
		case 2:
			part = network.Pulse{At: steps("at", 0), Duration: steps("duration", 1), Amplitude: number("amplitude")}
		case 3:
			part = network.Ramp{At: steps("at", 0), Duration: steps("duration", 1), By: number("by")}
		case 4:
			part = network.Sinusoid{Amplitude: number("amplitude"), Phase: number("phase"),
				Frequency: rapid.Float64Range(5e-324, 500/dt).Draw(t, "frequency")}
		case 5:
			part = network.Samples{Every: steps("every", 1), Values: rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 5).Draw(t, "values")}
		case 6:
			s := network.Samples{}
			for at := range rapid.IntRange(1, 5).Draw(t, "samples") {
				s.Times = append(s.Times, float64(3*at+rapid.IntRange(0, 2).Draw(t, "at"))*dt)
				s.Values = append(s.Values, number("value"))
			}
			part = s
		}
		in = append(in, part)
	}
	return in
}

// Load never panics, answers every fault on a line of its own, and what it
// accepts can be written and read back.
func FuzzLoad(f *testing.F) {
	f.Add(small, "populations.*.size=3")
	f.Add("populations: {E: &a {size: 1, tau_m: 1, V_th: 1, V_reset: 0}, I: {<<: *a, size: 2}}", "dt=0.05")
	f.Add(strings.Replace(small, "input: 60", "input: [1, {step: {at: 1, by: 2}}, {samples: {times: [0, 1], values: [1, 2]}}]", 1),
		"populations.I.input={sinusoid: {amplitude: 1, frequency: 5}}")
	files, err := filepath.Glob("../presets/*.yaml")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(string(text), "duration=1 s")
	}
	f.Add(withModels, "populations.E.neuron=hh")
	f.Add("populations: {E: {size: 3, neuron: lif_nmda}}", "populations.E.parameters={Mg: 2 mM}")
	f.Add("models: {m: {state: {V: 0}, equations: {V': 1 mV/ms}, spike: V > 3 mV}}\npopulations: {E: {size: 3, neuron: m}}", "models.m.definitions={a: V*V, b: a*a}")
	f.Add(everything, "constants.J=2*sqrt(N)")
	f.Add(recording("{spikes: {E: [3, {from: 10, to: 30, every: 5}], I: {sample: 3}}, state: {E: {neurons: {every: 7}, every: 1, variables: [V, g]}}, averages: {every: 2, neurons: {S: all}, variables: [rate]}}"), "record.spikes.E=[1, 2]")
	f.Add("a: |\n  b\n? c\n: [d, {e: f}]\n--- !!g 'h'\n", "a.*.0={}")
	f.Add("populations:\n  E:\n    size: 1e1\n    V0: {uniform: [.nan, -.inf]}\n    neuron: >-\n      lif\n", "scale.weight=-0.5")
	f.Fuzz(func(t *testing.T, text, set string) {
		readertest.Bounded(t, len(text)+len(set), func() {
			n, err := load(text, language.Options{Set: []string{set}})
			if err != nil {
				requireLines(t, err)
				return
			}
			requireRoundTrip(t, n)
		})
	})
}

// requireLines holds that an error joins fault.Errors of one line each.
func requireLines(t *testing.T, err error) {
	faults := err.(interface{ Unwrap() []error }).Unwrap()
	require.NotEmpty(t, faults)
	for _, wrong := range faults {
		require.IsType(t, fault.Error{}, wrong)
		require.NotContains(t, wrong.Error(), "\n")
	}
}
