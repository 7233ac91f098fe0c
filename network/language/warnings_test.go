package language_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/language"
)

const fastSynapses = `
dt: 0.1
duration: 100
populations:
  L: {size: 2, neuron: lif, tau_m: 20, V_th: 15, V_reset: 0, input: 20, V0: 0}
  C: {size: 2, neuron: lif_cond, C_m: 200, g_L: 10, E_ex: 60, E_in: -20, V_th: 10, V_reset: 0, input: 200, V0: 0}
projections:
  a: {from: L, to: L, rule: all_to_all, weight: 1, delay: 1, tau_syn: 5}
  b: {from: L, to: C, rule: all_to_all, weight: 1, delay: 1, tau_syn: 5}
`

// Time constants that dt does not resolve are told with the size of the error, those that it does are not.
func TestWarningsOfTimeConstants(t *testing.T) {
	for _, k := range []struct {
		set  string
		want string // nothing: no warning
	}{
		{"dt=0.1", ""},
		{"projections.a.tau_syn=0.1", ""},
		{"projections.a.tau_syn=0.05", "projections.a.tau_syn: 0.05 ms: dt is 0.1 ms: the course of the current within a step is lost, and V follows what a spike adds to it to 0.23 %"},
		{"projections.a={from: L, to: L, rule: all_to_all, weight: 1, delay: 1, synapse: delta}", ""},
		{"projections.a={from: L, to: L, rule: all_to_all, weight: 0, delay: 1, tau_syn: 0.01}", ""},
		{"projections.b.tau_syn=0.3", ""},
		{"projections.b.tau_syn=0.1", "projections.b.tau_syn: 0.1 ms: dt is 0.1 ms: a spike brings 4 % less charge"},
		{"projections.b.tau_syn=0.05", "a spike brings 15 % less charge"},
		{"projections.b={from: L, to: C, rule: all_to_all, weight: 1, delay: 1, tau_syn: 0.1, synapse: alpha}", "a spike brings 3.8 % more charge"},
		{"populations.C.poisson={rate: 10, weight: 1, tau_syn: 0.05}", "populations.C.poisson.0.tau_syn: 0.05 ms: dt is 0.1 ms: a spike brings 15 % less charge"},
		{"populations.L.ou_noise={sd: 1, tau: 5}", ""},
		{"populations.L.ou_noise={sd: 1, tau: 1}", "populations.L.ou_noise.tau: 1 ms: dt is 0.1 ms: the fluctuations of V are 4.8 % smaller"},
	} {
		w := mustLoad(t, fastSynapses, language.Options{Set: []string{k.set}}).Warnings()
		if k.want == "" {
			require.Empty(t, w, k.set)
			continue
		}
		require.Len(t, w, 1, k.set)
		require.Contains(t, w[0], k.want)
	}
	w := mustLoad(t, fastSynapses, language.Options{Set: []string{"dt=0.0001"}}).Warnings()
	require.Len(t, w, 2)
	require.Equal(t, "populations.L: dt is 0.0001 ms: V moves by less than two steps of its resolution, 1.9e-06 mV, in a step "+
		"where it is within 0.76 mV of what it tends to: a spike from there is off by some steps, or does not come", w[0])
	require.Empty(t, mustLoad(t, fastSynapses, language.Options{Set: []string{"dt=0.001"}}).Warnings())
	// Where a constant input tends to hardly more than the threshold, V is there for long.
	w = mustLoad(t, fastSynapses, language.Options{Set: []string{"dt=0.001", "populations.L.input=15.001"}}).Warnings()
	require.Len(t, w, 1)
	require.Contains(t, w[0], "populations.L: dt is 0.001 ms: V moves by less than two steps of its resolution, 1.9e-06 mV, in a step where it is within 0.076 mV")
	w = mustLoad(t, fastSynapses, language.Options{Set: []string{"dt=0.01", "populations.L={size: 2, tau_m: 20, V_th: 1e6, V_reset: 0, input: 1000100}"}}).Warnings()
	require.Len(t, w, 1)
	for _, set := range []string{"15.05", "14.999", "[15.001, {step: {at: 10, by: 5}}]"} {
		require.Empty(t, mustLoad(t, fastSynapses, language.Options{Set: []string{"dt=0.001", "populations.L.input=" + set}}).Warnings(), set)
	}
	many := strings.Builder{}
	for k := range 9 {
		fmt.Fprintf(&many, "  c%d: {from: L, to: C, rule: all_to_all, weight: 1, delay: 1, tau_syn: 0.05}\n", k)
	}
	w = mustLoad(t, fastSynapses+many.String(), language.Options{}).Warnings()
	require.Len(t, w, 5)
	require.Equal(t, "5 more time constants are as short", w[4])
}
