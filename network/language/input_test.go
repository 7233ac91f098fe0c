package language_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

const mustInput = "must be a number of magnitude at most 1e9, a time course {step, pulse, ramp, sinusoid or samples: ...}, or a list of these"

// input loads small with another input of E, which begins at net.yaml:4:81.
func input(text string, opts language.Options) (network.Input, error) {
	n, err := load(strings.Replace(small, "input: 60", "input: "+text, 1), opts)
	if err != nil {
		return nil, err
	}
	return n.Populations[0].Input, nil
}

func TestInputs(t *testing.T) {
	for text, want := range map[string]network.Input{
		"60":                        {network.DC(60)},
		"":                          {network.DC(0)},
		"[]":                        nil,
		"[60]":                      {network.DC(60)},
		"[60, -5]":                  {network.DC(60), network.DC(-5)},
		"{step: {at: 500, by: 60}}": {network.Step{At: 500, By: 60}},
		"[60, {step: {at: 0, by: -1}}, {step: {at: 3.5, by: 1}}]": {network.DC(60), network.Step{By: -1}, network.Step{At: 3.5, By: 1}},
		"{pulse: {at: 5, duration: 10, amplitude: 6}}":            {network.Pulse{At: 5, Duration: 10, Amplitude: 6}},
		"{ramp: {at: 5, duration: 10, by: 6}}":                    {network.Ramp{At: 5, Duration: 10, By: 6}},
		"{sinusoid: {amplitude: 6, frequency: 20}}":               {network.Sinusoid{Amplitude: 6, Frequency: 20}},
		"{sinusoid: {amplitude: 6, frequency: 5000, phase: -90}}": {network.Sinusoid{Amplitude: 6, Frequency: 5000, Phase: -90}},
		"{samples: {every: 0.5, values: [1, 2]}}":                 {network.Samples{Every: 0.5, Values: []float64{1, 2}}},
		"{samples: {times: [1, 1.1], values: [1, 2]}}":            {network.Samples{Times: []float64{1, 1.1}, Values: []float64{1, 2}}},
	} {
		got, err := input(text, language.Options{})
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
}

func TestInputFaults(t *testing.T) {
	const at, e = "net.yaml:4:", "populations.E.input"
	for _, row := range []struct{ text, want string }{
		{"{}", at + "81: " + e + ": a mapping: " + mustInput},
		{"{step: }", at + "81: " + e + ": a mapping: " + mustInput},
		{"[60, [1]]", at + "86: " + e + ".1: a list: " + mustInput},
		{"[60, ]", ""},
		{"[60, 1e10]", at + "86: " + e + ".1: 10000000000: must be a number of magnitude at most 1e9"},
		{"{stepp: {at: 1, by: 1}}", at + "82: " + e + ".stepp: unknown key: did you mean step? allowed are step, pulse, ramp, sinusoid, samples"},
		{"{step: {at: 1, by: 1}, ramp: {at: 1, duration: 1, by: 1}}", at + "81: " + e + ": a mapping: must be one time course; several make a list, [{...}, {...}]"},
		{"{step: 60}", at + "88: " + e + ".step: 60: must be a mapping"},
		{"{step: {at: 1}}", at + "88: " + e + ".step.by: missing: must be a number of magnitude at most 1e9"},
		{"{step: {at: 1, to: 5, by: 1}}", at + "96: " + e + ".step.to: unknown key: allowed are at, by"},
		{"{step: {at: 0.25, by: 1}}", at + "93: " + e + ".step.at: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3"},
		{"[{step: {at: 0.25, by: 1}}]", at + "94: " + e + ".step.at: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3"},
		{"[1, {step: {at: -5, by: 1}}]", at + "97: " + e + ".1.step.at: -5: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0"},
		{"{step: {at: .nan, by: 1}}", at + "93: " + e + ".step.at: .nan: must be a time in ms"},
		{"{pulse: {at: 1, duration: 0, amplitude: 1}}", at + "107: " + e + ".pulse.duration: 0: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"{ramp: {at: 1, duration: 0.04, by: 1}}", at + "106: " + e + ".ramp.duration: 0.04: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"{sinusoid: {amplitude: 1, frequency: 0}}", at + "118: " + e + ".sinusoid.frequency: 0: must be a frequency above 0 Hz"},
		{"{sinusoid: {amplitude: 1, frequency: 5001}}", at + "118: " + e + ".sinusoid.frequency: 5001: must be at most 5000 Hz, two steps of dt a period"},
		{"{samples: {values: [1]}}", at + "91: " + e + ".samples.every: missing: must be the time in ms from each value to the next"},
		{"{samples: {every: 1, values: 1}}", at + "110: " + e + ".samples.values: 1: must be a list of numbers of magnitude at most 1e9"},
		{"{samples: {every: 1, values: []}}", at + "110: " + e + ".samples.values: 0: must be at least one value"},
		{"{samples: {every: 1, values: [1, x, y]}}", at + "114: " + e + ".samples.values.1: x: must be a number (and 1 more)"},
		{"{samples: {every: 1, values: [1, 1e10]}}", at + "114: " + e + ".samples.values.1: 10000000000: must be a number of magnitude at most 1e9"},
		{"{samples: {every: 0.15, values: [1]}}", at + "99: " + e + ".samples.every: 0.15: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1"},
		{"{samples: {every: 1, times: [0], values: [1]}}", at + "92: " + e + ".samples.every: unknown key: allowed are file, columns, times, values"},
		{"{samples: {times: [0, 1], values: [1]}}", at + "99: " + e + ".samples.times: 2: must be as many times as values, 1"},
		{"{samples: {times: [1, 1], values: [1, 2]}}", at + "103: " + e + ".samples.times.1: 1: must be later than the time before it, 1"},
		{"{samples: {times: [0, 0.25], values: [1, 2]}}", at + "103: " + e + ".samples.times.1: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3"},
		{"{samples: {every: 1, values: [1, x, 3, 4*z, 5]}}", at + "114: " + e + ".samples.values.1: x: must be a number (and 1 more)"},
		{"{samples: {every: 1, values: [1, 1e10, 2, -1e11, 1e12]}}", at + "114: " + e + ".samples.values.1: 10000000000: must be a number of magnitude at most 1e9 (and 2 more)"},
		{"{samples: {times: [0, 2, 1, 3.25, 4], values: [1, 2, 3, 4, 5]}}", at + "106: " + e + ".samples.times.2: 1: must be later than the time before it, 2 (and 1 more)"},
	} {
		t.Run(row.text, func(t *testing.T) {
			_, err := input(row.text, language.Options{})
			if row.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, row.want)
		})
	}
}

func TestSetInput(t *testing.T) {
	for set, want := range map[string]network.Input{
		"populations.*.input=[60, {step: {at: 50, by: 6}}, 1]":      {network.DC(60), network.Step{At: 50, By: 6}, network.DC(1)},
		"populations.E.input.1.step.by=7":                           {network.DC(60), network.Step{At: 10, By: 7}},
		"populations.E.input.1={ramp: {at: 1, duration: 2, by: 3}}": {network.DC(60), network.Ramp{At: 1, Duration: 2, By: 3}},
	} {
		got, err := input("[60, {step: {at: 10, by: 5}}]", language.Options{Set: []string{set}})
		require.NoError(t, err, set)
		require.Equal(t, want, got, set)
	}
	const set = "populations.E.input={step: {at: 0.15, by: 1}}"
	_, err := input("60", language.Options{Set: []string{set}})
	require.EqualError(t, err, "--set "+set+": populations.E.input.step.at: 0.15: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.1")
}

// --scale multiplies what is in mV, and leaves the network that it was made from.
func TestScaleInput(t *testing.T) {
	const text = "[60, {step: {at: 5, by: 6}}, {pulse: {at: 5, duration: 1, amplitude: 6}}, {ramp: {at: 5, duration: 1, by: 6}}, " +
		"{sinusoid: {amplitude: 6, frequency: 20, phase: 90}}, {samples: {every: 1, values: [1, 2]}}]"
	got, err := input(text, language.Options{Scale: 4, Set: []string{"scale.input=0.5"}})
	require.NoError(t, err)
	require.Equal(t, network.Input{
		network.DC(120), network.Step{At: 5, By: 12}, network.Pulse{At: 5, Duration: 1, Amplitude: 12},
		network.Ramp{At: 5, Duration: 1, By: 12}, network.Sinusoid{Amplitude: 12, Frequency: 20, Phase: 90},
		network.Samples{Every: 1, Values: []float64{2, 4}},
	}, got)
	lo, hi := got.Bounds()
	require.Equal(t, []float64{120 - 12, 120 + 3*12 + 12 + 4}, []float64{lo, hi})
	_, err = input("{step: {at: 1, by: 1e9}}", language.Options{Scale: 4, Set: []string{"scale.input=1"}})
	require.EqualError(t, err, "--scale 4: populations.E.input.step.by: 4000000000: must be a number of magnitude at most 1e9")
}

func TestConstantInput(t *testing.T) {
	mV, ok := network.Input{network.DC(3), network.DC(4)}.Constant()
	require.Equal(t, 7.0, mV)
	require.True(t, ok)
	_, ok = network.Input{network.DC(3), network.Step{}}.Constant()
	require.False(t, ok)
}

// A network is silent only if its inputs never get it to threshold.
func TestWarningsOfInputs(t *testing.T) {
	silent := []string{"populations.*.input=[10, {step: {at: 5, by: 5}}, {step: {at: 6, by: -1}}]"}
	require.Len(t, mustLoad(t, small, language.Options{Set: silent}).Warnings(), 1)
	for _, fires := range []string{
		"{step: {at: 5, by: 15.1}}", "[9, {pulse: {at: 1, duration: 1, amplitude: 6.1}}]", "{ramp: {at: 0, duration: 1, by: 16}}",
		"{sinusoid: {amplitude: -16, frequency: 1}}", "{samples: {every: 1, values: [0, 16]}}",
	} {
		set := append(silent, "populations.I.input="+fires)
		require.Empty(t, mustLoad(t, small, language.Options{Set: set}).Warnings(), fires)
	}
}

// What only a Network built in Go can hold.
func TestInputsInGo(t *testing.T) {
	n := mustLoad(t, small, language.Options{})
	n.Populations[0].Input = network.Input{nil, &network.Step{}, network.Samples{Every: 1, Times: []float64{0}, Values: []float64{math.NaN()}}}
	n.Populations[1].Input = make(network.Input, 257)
	for i := range n.Populations[1].Input {
		n.Populations[1].Input[i] = network.DC(1)
	}
	require.EqualError(t, n.Validate(), strings.Join([]string{
		`populations.E.input.0: <nil>: must be a DC, Step, Pulse, Ramp, Sinusoid or Samples`,
		`populations.E.input.1: *network.Step: must be a DC, Step, Pulse, Ramp, Sinusoid or Samples`,
		`populations.E.input.2.samples.values.0: NaN: must be a number of magnitude at most 1e9`,
		`populations.E.input.2.samples.every: 1: must not stand beside times`,
		`populations.I.input: 257: must be at most 256 components`,
	}, "\n"))
	n.Populations[1].Input = nil
	n.Populations[0].Input = network.Input{network.Samples{Every: 1, Values: make([]float64, 1<<18+1)}}
	require.EqualError(t, n.Validate(), "populations: 262145: must be at most 262144 numbers in the samples of all inputs; a wider grid of samples needs fewer")
	n.Populations[0].Input = network.Input{network.Samples{Every: 1, Values: make([]float64, 1<<18)}}
	for i := range 1 << 18 {
		n.Populations[0].Input[0].(network.Samples).Values[i] = -math.Pi * 1e-100
	}
	requireRoundTrip(t, n)
}
