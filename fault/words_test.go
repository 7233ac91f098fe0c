package fault_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network/language"
)

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
	for word, want := range map[string]string{"brunel200": "brunel2000", "potjans": "potjans2014", "e1": "ei", "EI": "ei", "x": "", "brunel2000x": "brunel2000", "b": "", "sv96": "vs96", "ie": "ei"} {
		require.Equal(t, want, fault.Meant(word, []string{"brunel2000", "ei", "potjans2014", "vs96"}), word)
	}
}
