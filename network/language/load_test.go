package language_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/language"
)

// small is a valid network, with a fixed line for each field.
const small = `name: small
dt: 0.1
populations:
  E: {size: 80, tau_m: 15, V_th: 15, V_reset: 0, V0: {uniform: [0, 15]}, input: 60}
  I: {size: 20, tau_m: 10, V_th: 15, V_reset: 0, V0: 5, input: 40, t_ref: 2}
projections:
  E_to_I: {from: E, to: I, p: 0.25, weight: 0.5, delay: 0.1, tau_syn: 6}
  I_to_E: {from: I, to: E, p: 0.25, weight: -2, delay: 1.5, tau_syn: 5}
`

func load(text string, opts language.Options) (*network.Network, error) {
	return language.Load(strings.NewReader(text), "net.yaml", opts)
}

func mustLoad(t *testing.T, text string, opts language.Options) *network.Network {
	t.Helper()
	n, err := load(text, opts)
	require.NoError(t, err)
	return n
}

func TestDefaults(t *testing.T) {
	n, err := language.Load(strings.NewReader(`
populations:
  E: {size: 8e1, tau_m: 15, E_L: -60, V_th: -50, V_reset: -60}
`), "nets/my first net.yaml", language.Options{})
	require.NoError(t, err)
	require.Equal(t, &network.Network{
		Name: "my_first_net", Dt: 0.1, Seed: 1, Duration: 1000,
		Populations: []network.Population{{
			Name: "E", Size: 80, Neuron: network.LIF, TauM: 15, EL: -60, VTh: network.Number(-50), VReset: -60,
			V0: network.Number(-60), Input: network.Input{network.DC(0)},
			Bias: network.Number(0), G0Ex: network.Number(0), G0In: network.Number(0),
		}},
	}, n)
}

func TestFileOrderIsKept(t *testing.T) {
	n := mustLoad(t, strings.NewReplacer("  E:", "  Z:", "from: E", "from: Z", "to: E,", "to: Z,").Replace(small),
		language.Options{})
	require.Equal(t, "Z", n.Populations[0].Name)
	require.Equal(t, 1, n.Population("I"))
	require.Equal(t, "I_to_E", n.Projections[1].Name)
	require.Equal(t, 100, n.Neurons())
	require.Equal(t, 15, n.Steps(n.Projections[1].Delay.A))
}

func TestMergeKeys(t *testing.T) {
	n := mustLoad(t, `
populations:
  E: &cell {size: 80, tau_m: 15, V_th: 15, V_reset: 0, input: 60}
  I:
    <<: *cell
    size: 20
  J: {size: 5, <<: [{tau_m: 7}, *cell]}
`, language.Options{Set: []string{"populations.E.input=30"}})
	e, i, j := n.Populations[0], n.Populations[1], n.Populations[2]
	require.Equal(t, []int{80, 20, 5}, []int{e.Size, i.Size, j.Size})
	require.Equal(t, []float64{15, 15, 7}, []float64{e.TauM, i.TauM, j.TauM})
	require.Equal(t, []network.Input{{network.DC(30)}, {network.DC(60)}, {network.DC(60)}}, []network.Input{e.Input, i.Input, j.Input}, "--set must not change what was merged")
}

func TestOptions(t *testing.T) {
	seed, trial, duration := uint32(4294967295), uint32(3), 250.0
	n := mustLoad(t, small, language.Options{Seed: &seed, Trial: &trial, Duration: &duration, Scale: 0.25,
		Set: []string{"scale.weight=-0.5", "scale.input=0.5", "scale.p=1"}})
	require.Equal(t, seed, n.Seed)
	require.Equal(t, trial, n.Trial)
	require.Equal(t, duration, n.Duration)
	require.Equal(t, []int{20, 5}, []int{n.Populations[0].Size, n.Populations[1].Size})
	require.Equal(t, []network.Input{{network.DC(30)}, {network.DC(20)}}, []network.Input{n.Populations[0].Input, n.Populations[1].Input})
	require.Equal(t, []float64{1, -4}, []float64{n.Projections[0].Weight.A, n.Projections[1].Weight.A})
	require.Equal(t, 0.0625, n.Projections[0].P)

	n = mustLoad(t, small, language.Options{Scale: 1e-6, Set: []string{"scale={input: -1}"}})
	require.Equal(t, 1, n.Populations[1].Size, "a population keeps a neuron")
	require.Equal(t, network.Input{network.DC(60 * (1 / 1e-6))}, n.Populations[0].Input)
	require.Equal(t, 0.5, n.Projections[0].Weight.A)
}

func TestReaderFails(t *testing.T) {
	_, err := language.Load(iotest.ErrReader(io.ErrUnexpectedEOF), "net.yaml", language.Options{})
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	var fault fault.Error
	require.False(t, errors.As(err, &fault))
}

func TestWarnings(t *testing.T) {
	silent := []string{"populations.*.input=15"}
	require.Empty(t, mustLoad(t, small, language.Options{}).Warnings())
	require.Len(t, mustLoad(t, small, language.Options{Set: silent}).Warnings(), 1)
	for _, fires := range []string{
		"populations.E.input=15.1", "populations.I.E_L=1", "populations.E.V_th=14", "populations.I.V0=15",
		"populations.E.V0={uniform: [0, 16]}",
	} {
		require.Empty(t, mustLoad(t, small, language.Options{Set: append(silent, fires)}).Warnings(), fires)
	}
}

// Time constants of models that some neurons draw at 0 or below are warned of; those that next to none draws, and others than tau, are not.
func TestWarningsOfTimeConstantsAtOrBelow0(t *testing.T) {
	const says = " draw 0 ms or less: with such a time constant a state runs away; a distribution may have a bound, low: 0.1"
	for value, want := range map[string]string{
		"{normal: [20, 10]}":                                     "populations.E.parameters.tau_w: about 2.28 of 100 neurons" + says,
		"{uniform: [-10, 30]}":                                   "populations.E.parameters.tau_w: about 25 of 100 neurons" + says,
		"{normal: {mean: 20, sd: 10, low: 0}}":                   "populations.E.parameters.tau_w: about 2.28 of 100 neurons" + says,
		"{normal: {mean: 20, sd: 10, low: -5, outside: redraw}}": "populations.E.parameters.tau_w: about 1.66 of 100 neurons" + says,
		"0":                                    "populations.E.parameters.tau_w: about 100 of 100 neurons" + says,
		"{normal: {mean: 20, sd: 10, low: 1}}": "",
		"{normal: [20, 4]}":                    "",
		"{lognormal: [20, 10]}":                "",
		"20":                                   "",
	} {
		n := mustLoad(t, "dt: 0.1\nduration: 10\npopulations: {E: {size: 100, neuron: adex, input: 900 pA, t_ref: 2, parameters: {tau_w: "+value+"}}}", language.Options{})
		if want == "" {
			require.Empty(t, n.Warnings(), value)
			continue
		}
		require.Equal(t, []string{want}, n.Warnings(), value)
	}
	require.Empty(t, mustLoad(t, "dt: 0.1\nduration: 10\npopulations: {E: {size: 100, neuron: adex, input: 900 pA, parameters: {t_ref: {normal: {mean: 2, sd: 1, low: 0}}}}}", language.Options{}).Warnings())
}

// Given spikes that share a step are counted, those of different neurons are not.
func TestWarningsOfSharedSteps(t *testing.T) {
	of := func(spikes string) []string {
		return mustLoad(t, "name: n\ndt: 0.1\nduration: 10\npopulations: {S: {size: 3, neuron: spikes, "+spikes+"}}", language.Options{}).Warnings()
	}
	require.Equal(t, []string{"populations.S: 2 of 3 spikes fall into the step of an earlier one of their neuron: they arrive together; a smaller dt tells them apart"},
		of("times: [1.04, 1.0, 1.01], neurons: [0, 0, 0]"))
	require.Contains(t, of("times: [1.04, 3, 1.01, 1, 3], neurons: [0, 2, 1, 0, 2]")[0], "2 of 5 spikes")
	require.Empty(t, of("times: [1.04, 1.06, 3], neurons: [0, 0, 1]"))
	require.Empty(t, of("times: [1, 1, 1], neurons: [0, 1, 2]"))
}

// The rate of a source is bounded by what a step takes, at its highest.
func TestRateOfASourceIsBounded(t *testing.T) {
	of := func(rate string) error {
		_, err := load("name: n\ndt: 0.1\nduration: 10\npopulations: {P: {size: 3, neuron: poisson, rate: "+rate+"}}", language.Options{})
		return err
	}
	require.NoError(t, of("5e6"))
	require.EqualError(t, of("[5e6, {sinusoid: {amplitude: 1, frequency: 5}}]"),
		"net.yaml:4:51: populations.P.rate: 5000001: must be at most 5000000 Hz, 500 spikes in a step; more is white_noise of the targets")
	require.ErrorContains(t, of("[1, {step: {at: 1, by: -2}}]"), "populations.P.rate: -1: must not become negative")
}

func TestValidateInGo(t *testing.T) {
	n := mustLoad(t, small, language.Options{})
	require.NoError(t, n.Validate())
	n.Populations[0].Size = -5
	n.Populations[1].Name = "E"
	n.Projections[0].Name = ""
	n.Projections[1].Delay = network.Number(0.25)
	err := n.Validate()
	require.EqualError(t, err, strings.Join([]string{
		`populations.E.size: -5: must be a whole number of at least 1`,
		`populations.E: "E": the name must not stand here twice`,
		`projections.0: "": the name must match [A-Za-z][A-Za-z0-9_]{0,63}`,
		`projections.0.to: "I": must be the name of a population: E, E`,
		`projections.I_to_E.from: "I": must be the name of a population: E, E`,
		`projections.I_to_E.delay: 0.25: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.3`,
	}, "\n"))
	var fault fault.Error
	require.ErrorAs(t, err, &fault)
	require.Equal(t, "populations.E.size", fault.Path)
	_, err = language.Marshal(n)
	require.Error(t, err)
}
