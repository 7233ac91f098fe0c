package network_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/network"
)

// Any valid network is written so that it reads back identical.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawNetwork(t)
		requireRoundTrip(t, n)
	})
}

func requireRoundTrip(t require.TestingT, n *network.Network) {
	text, err := n.Marshal()
	require.NoError(t, err)
	again, err := network.Load(bytes.NewReader(text), "again.yaml", network.Options{})
	require.NoError(t, err, "%s", text)
	require.Equal(t, n, again)
}

func drawNetwork(t *rapid.T) *network.Network {
	number := func(label string) float64 { return rapid.Float64Range(-1e9, 1e9).Draw(t, label) }
	positive := func(label string) float64 { return rapid.Float64Range(5e-324, 1e9).Draw(t, label) }
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
		reset := number("V_reset")
		v0 := network.Number(number("V0"))
		if rapid.Bool().Draw(t, "uniform") {
			v0 = network.Dist{Kind: network.Uniform, A: v0.A, B: rapid.Float64Range(v0.A, 1e9).Draw(t, "high")}
		}
		n.Populations = append(n.Populations, network.Population{
			Name: name, Size: rapid.IntRange(1, 1<<28).Draw(t, "size"), Neuron: network.LIF,
			TauM: positive("tau_m"), EL: number("E_L"), VReset: min(reset, 9e8), VTh: network.Number(min(reset, 9e8) + 1e6),
			TRef: steps("t_ref", 0), V0: v0, Bias: network.Number(0), G0Ex: network.Number(0), G0In: network.Number(0), Input: drawInput(t, dt),
		})
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "projections") {
		n.Projections = append(n.Projections, network.Projection{
			Name: "P" + strconv.Itoa(i), From: rapid.SampledFrom(names).Draw(t, "from"),
			To: rapid.SampledFrom(names).Draw(t, "to"), Rule: network.FixedProbability,
			P: rapid.Float64Range(0, 1).Draw(t, "p"), Weight: network.Number(number("weight")), Multapses: true,
			Delay: network.Number(steps("delay", 1)), Synapse: network.Exponential, TauSyn: positive("tau_syn"),
		})
	}
	return n
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
	f.Add("a: |\n  b\n? c\n: [d, {e: f}]\n--- !!g 'h'\n", "a.*.0={}")
	f.Add("populations:\n  E:\n    size: 1e1\n    V0: {uniform: [.nan, -.inf]}\n    neuron: >-\n      lif\n", "scale.weight=-0.5")
	f.Fuzz(func(t *testing.T, text, set string) {
		n, err := load(text, network.Options{Set: []string{set}})
		if err != nil {
			requireLines(t, err)
			return
		}
		requireRoundTrip(t, n)
	})
}

// requireLines holds that an error joins FieldErrors of one line each.
func requireLines(t *testing.T, err error) {
	faults := err.(interface{ Unwrap() []error }).Unwrap()
	require.NotEmpty(t, faults)
	for _, fault := range faults {
		require.IsType(t, network.FieldError{}, fault)
		require.NotContains(t, fault.Error(), "\n")
	}
}
