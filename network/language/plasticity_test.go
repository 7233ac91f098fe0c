package language_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

const plastic = `
populations:
  S: {size: 10, neuron: poisson, rate: 10}
  E: {size: 10, tau_m: 10, V_th: 15, V_reset: 0, t_ref: 2, input: 20}
projections:
  P: {from: S, to: E, p: 0.5, weight: 0.5, delay: 1, tau_syn: 5, plasticity: {stdp: {A_plus: 0.01, A_minus: 0.0105, tau_plus: 20, tau_minus: 30, w_max: 1}}}
  I: {from: E, to: E, p: 0.5, weight: 0, delay: 1, tau_syn: 5, plasticity: {vogels2011: {eta: 1 uV, tau: 20, target: 5, w_min: 0, w_max: -1, pairing: nearest}}}
  T: {from: E, to: E, p: 0.5, weight: {normal: {mean: 0.5, sd: 0.1, low: 0.1, high: 1}}, delay: 1, tau_syn: 5, plasticity: {triplet: {A2_plus: 0, A3_plus: 0.01, A2_minus: 0.001,
    A3_minus: 0, tau_plus: 16.8, tau_x: 101, tau_minus: 33.7, tau_y: 125, w_min: 0.01, w_max: 1}}}
`

// Each rule is read with what may be left out, and inhibits as its w_max says; --scale takes what is a weight along.
func TestPlasticity(t *testing.T) {
	n := mustLoad(t, plastic, language.Options{})
	require.Equal(t, network.Plasticity{STDP: network.STDP{APlus: 0.01, AMinus: 0.0105, TauPlus: 20, TauMinus: 30, WeightBounds: network.WeightBounds{Max: 1}}}, n.Projections[0].Plasticity)
	vogels := network.Vogels{Eta: 0.001, Tau: 20, Target: 5, WeightBounds: network.WeightBounds{Max: -1, Nearest: true}}
	require.Equal(t, network.Plasticity{Vogels: vogels}, n.Projections[1].Plasticity)
	require.Equal(t, network.WeightBounds{Min: 0.01, Max: 1}, n.Projections[2].Plasticity.Bounds())
	require.True(t, n.Projections[0].Excitatory())
	require.False(t, n.Projections[1].Excitatory(), "though its weights are 0 at the start")
	requireRoundTrip(t, n)
	require.Empty(t, n.Warnings())
	half := mustLoad(t, plastic, language.Options{Scale: 4, Set: []string{"scale.weight=-0.5"}})
	vogels.Eta, vogels.Max = vogels.Eta/2, -0.5
	require.Equal(t, vogels, half.Projections[1].Plasticity.Vogels)
	require.Equal(t, network.WeightBounds{Min: 0.005, Max: 0.5}, half.Projections[2].Plasticity.Bounds())
	require.Equal(t, 0.01, half.Projections[0].Plasticity.STDP.APlus)
}

func TestFaultsOfPlasticity(t *testing.T) {
	const oneRule = "must be one rule: {stdp: {...}}, {vogels2011: {...}} or {triplet: {...}}"
	for set, want := range map[string]string{
		"P.plasticity={}":                      "P.plasticity: a mapping: " + oneRule,
		"P.plasticity=stdp":                    "P.plasticity: stdp: must be a mapping",
		"P.plasticity={stdp: {}, triplet: {}}": "P.plasticity: a mapping: " + oneRule,
		"P.plasticity={sdtp: {}}":              "P.plasticity.sdtp: unknown key: did you mean stdp? allowed are stdp, vogels2011, triplet",
		"P.plasticity.stdp.tauplus=20":         "P.plasticity.stdp.tauplus: unknown key: did you mean tau_plus?",
		"P.plasticity.stdp.pairing=some":       "P.plasticity.stdp.pairing: some: must be one of all, nearest",
		"P.plasticity.stdp.A_plus=1.5":         "P.plasticity.stdp.A_plus: 1.5: must be a part of w_max, from 0 to 1",
		"P.plasticity.stdp.A_plus=1e-10":       "P.plasticity.stdp.A_plus: 1e-10: must be 0 or at least 4.65661287308e-10, a unit of weights, which have 2^31 up to w_max",
		"P.plasticity.stdp.A_minus=-0.1":       "P.plasticity.stdp.A_minus: -0.1: must be a part of w_max, from 0 to 1",
		"P.plasticity.stdp.tau_plus=0":         "P.plasticity.stdp.tau_plus: 0: must be a time above 0",
		"P.plasticity.stdp.mu=2":               "P.plasticity.stdp.mu: 2: must be from 0, additive, to 1, multiplicative",
		"P.plasticity.stdp.w_max=0":            "P.plasticity.stdp.w_max: 0: must not be 0: it has the sign of weight",
		"P.plasticity.stdp.w_max=1 nS":         "P.plasticity.stdp.w_max: 1 nS: its unit must be mV",
		"P.plasticity.stdp.w_min=-0.1":         "P.plasticity.stdp.w_min: -0.1: must be 0 or have the sign of w_max, 1",
		"P.plasticity.stdp.w_min=1.5":          "P.plasticity.stdp.w_min: 1.5: must not be beyond w_max, 1",
		"P.weight=1.5":                         "P.weight: 1.5: must lie between w_min and w_max of its plasticity, 0 and 1",
		"P.weight=-0.5":                        "P.weight: -0.5: must lie between w_min and w_max of its plasticity, 0 and 1",
		"P.weight={uniform: [0, 2]}":           `P.weight: "0 to 2": must lie between w_min and w_max of its plasticity, 0 and 1`,
		"P.weight={normal: [0.5, 0.2]}":        `P.weight: "0 to 1.5": must lie between w_min and w_max of its plasticity, 0 and 1: low and high hold a distribution there`,
		"P={from: S, to: E, rule: list, edges: [[0, 1, 0.5, 1], [0, 2, 2, 1]], tau_syn: 5, plasticity: {stdp: {A_plus: 0, A_minus: 0, tau_plus: 1, tau_minus: 1, w_max: 1}}}": "P.edges: weight of synapse 1: 2: must lie between w_min and w_max of its plasticity, 0 and 1",
		"P.short_term={U: 0.5, tau_rec: 100}":          `P.plasticity: "stdp": must not stand beside short_term`,
		"I.weight=0.5":                                 "I.weight: 0.5: must lie between w_min and w_max of its plasticity, 0 and -1",
		"I.plasticity.vogels2011.eta=1e-12":            "I.plasticity.vogels2011.eta: 1e-12: must be at least ",
		"I.plasticity.vogels2011.eta=0":                "I.plasticity.vogels2011.eta: 0: must be a number above 0, at most abs(w_max)",
		"I.plasticity.vogels2011.eta=1.5":              "I.plasticity.vogels2011.eta: 1.5: must be at most abs(w_max), 1",
		"I.plasticity.vogels2011.target=-1":            "I.plasticity.vogels2011.target: -1: must be a rate in Hz, not negative",
		"I.plasticity.vogels2011.target=4 kHz":         "I.plasticity.vogels2011.target: 4000: must be at most 128/(2 tau), 3200 Hz: traces end at 128",
		"T.plasticity.triplet.tau_x=0":                 "T.plasticity.triplet.tau_x: 0: must be a time above 0",
		"T.weight={normal: {mean: 0.5, sd: 0.1}}":      `T.weight: "0 to 1": must lie between w_min and w_max of its plasticity, 0.01 and 1`,
		"P.plasticity={stdp: {A_plus: 0, A_minus: 0}}": "P.plasticity.stdp.tau_plus: missing: must be a time above 0",
	} {
		_, err := load(plastic, language.Options{Set: []string{"projections." + set}})
		require.ErrorContains(t, err, "projections."+want, set)
		if !strings.Contains(set, "A_minus: 0}") { // which lacks three
			require.NotContains(t, err.Error(), "\n", set)
		}
	}
	_, err := load(plastic, language.Options{Set: []string{"scale.rates={S: 10, E: 5}"}})
	require.ErrorContains(t, err, `scale.rates: "P": must have no plasticity`)
	n := mustLoad(t, plastic, language.Options{})
	n.Projections[0].Plasticity.Triplet = n.Projections[2].Plasticity.Triplet
	require.EqualError(t, n.Validate(), "projections.P.plasticity: \"2 rules\": "+oneRule)
}

// A trace ends at 128, which is told of what may come there.
func TestWarningsOfTraces(t *testing.T) {
	spikes := func(n int, every float64) string {
		times := make([]string, n)
		for i := range times {
			times[i] = fmt.Sprintf("%.1f", float64(i+1)*every)
		}
		return "populations.S={size: 10, neuron: spikes, times: [" + strings.Join(times, ", ") + "], neurons: [" + strings.Repeat("3, ", n-1) + "3]}"
	}
	for set, want := range map[string]string{
		"projections.P.plasticity.stdp.tau_minus=267": "",
		"projections.P.plasticity.stdp.tau_minus=270": "projections.P.plasticity.stdp.tau_minus: 270 ms: the trace of E ends at 128, which a neuron that fires every 2.1 ms, as t_ref lets it, brings it to",
		"populations.S.rate=4000":                     "",
		"populations.S.rate=6000":                     "projections.P.plasticity.stdp.tau_plus: 20 ms: the trace of S ends at 128, which its rate of 6000 Hz may bring it to",
		spikes(200, 0.1):                              "",
		spikes(400, 0.1):                              "projections.P.plasticity.stdp.tau_plus: 20 ms: the trace of S ends at 128, which its spikes bring it to",
	} {
		var lists [][]string
		n := mustLoad(t, plastic, language.Options{Set: []string{set, "projections.T.plasticity.triplet.pairing=nearest"}})
		lists = append(lists, n.Warnings())
		if want == "" {
			require.Empty(t, lists[0], set)
			continue
		}
		require.Equal(t, []string{want}, lists[0])
	}
}
