package language_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/language"
)

// Synapses in columns are those in rows; with delays and no weights they are written so, and read back.
func TestEdgesByColumns(t *testing.T) {
	list := func(edges, more string) network.Edges {
		n := mustLoad(t, "populations: {E: {size: 4, tau_m: 10, V_th: 15, V_reset: 0}}\n"+
			"projections: {a: {from: E, to: E, rule: list, edges: "+edges+more+", tau_syn: 5}}", language.Options{})
		requireRoundTrip(t, n)
		return n.Projections[0].Edges
	}
	for columns, rows := range map[string]string{
		"{source: [0, 3], target: [1, 2]}, weight: 1, delay: 1":                    "[[0, 1], [3, 2]], weight: 1, delay: 1",
		"{target: [1, 2], source: [0, 3], weight: [0.5 mV, 2]}, delay: 1":          "[[0, 1, 0.5], [3, 2, 2]], delay: 1",
		"{source: [0, 3], target: [1, 2], weight: [0.5, 2], delay: [1 ms, 2 * 5]}": "[[0, 1, 0.5, 1], [3, 2, 2, 10]]",
		"{source: [], target: []}, weight: 1, delay: 1":                            "[], weight: 1, delay: 1",
	} {
		require.Equal(t, list(rows, ""), list(columns, ""), columns)
	}
	delays := list("{source: [0, 3], target: [1, 2], delay: [1, 10]}", ", weight: 1")
	require.Equal(t, []float64{1, 10}, delays.Delay)
	require.Nil(t, delays.Weight)
}

// None of a population is what 0 is.
func TestNoneOfAPopulation(t *testing.T) {
	for _, record := range []string{"{spikes: {E: W}}", "{state: {E: {neurons: W, every: 1}}}", "{averages: {every: 1, neurons: {E: W}}}"} {
		require.Equal(t, mustLoad(t, recording(strings.ReplaceAll(record, "W", "0")), language.Options{}),
			mustLoad(t, recording(strings.ReplaceAll(record, "W", "none")), language.Options{}), record)
	}
	_, err := load(recording("{histograms: {E: {V: {low: 0, high: 15, bins: 3, every: 1, neurons: none}}}}"), language.Options{})
	require.ErrorContains(t, err, "record.histograms.E.V.neurons: 0: must be some")
}

// A name of a megabyte is cut wherever it is told, and one that the language allows is not.
func TestLongNamesAreCut(t *testing.T) {
	long := strings.Repeat("ä", 100_000)
	word := strings.Repeat("a", 100_000)
	const cell = "{size: 4, tau_m: 10, V_th: 15, V_reset: 0}"
	for _, text := range []string{
		"populations: {L: " + cell + "}",
		"populations: {L: 3}",
		"populations: {L: {size: 4}, L: {size: 4}}",
		"populations:\n  L:\n  size: 4\n",
		"populations:\nL: " + cell,
		"L: 3\npopulations: {E: " + cell + "}",
		"constants: {L: x}\npopulations: {E: " + cell + "}",
		"constants: {b: L}\npopulations: {E: " + cell + "}",
		"populations: {L: " + cell + "}\nprojections: {L: {from: L, to: K, p: 1, weight: 1, delay: 0, tau_syn: 5}}",
		"populations: {L: " + cell + "}\nprojections: {L: {from: L, to: L, rule: list, edges: [[9, 0]], weight: 1, delay: 1, tau_syn: 5}}",
		"populations: {L: " + cell + "}\nprojections: {L: {from: L, to: L, rule: fixed_indegree, multapses: false, indegree: 9, weight: 1, delay: 1, tau_syn: 5}}",
		"populations: {L: " + cell + "}\nrecord: {spikes: {L: [9]}, state: {L: {neurons: 3, every: 1, variables: [L]}}}\nscale: {rates: {L: 1}}",
		"populations: {E: {size: 4, neuron: L}}",
		"name: L\npopulations: {E: " + cell + "}",
		"populations: {S: {neuron: spikes, size: 1, file: L}}",
	} {
		for _, name := range []string{long, word} {
			_, err := load(strings.ReplaceAll(text, "L", name), language.Options{})
			require.Error(t, err)
			for line := range strings.Lines(err.Error()) {
				require.Less(t, utf8.RuneCountInString(line), 5000, text)
			}
		}
	}
	whole := "populations: {E: " + cell + "}"
	for _, set := range []string{"populations.L.size=3", "populations.L=3", "L=3", "populations.E.L=3", "populations.E.size.L=3", "populations.E.size=L", "populations.E.V_th.L.L=3", "L",
		strings.Repeat("a.", 100_000) + "b=3"} {
		_, err := load(whole, language.Options{Set: []string{strings.ReplaceAll(set, "L", long)}})
		require.Error(t, err)
		require.Less(t, utf8.RuneCountInString(err.Error()), 5000, set)
	}
	_, err := load(strings.ReplaceAll(whole, "E", strings.Repeat("E", 64))+"\nprojections: {a: {from: x, to: x, p: 1, weight: 1, delay: 1, tau_syn: 5}}", language.Options{})
	require.ErrorContains(t, err, "must be the name of a population: "+strings.Repeat("E", 64)+"\n")
	require.Equal(t, strings.Repeat("é", 64)+"...", fault.Clip(strings.Repeat("é", 65)))
}

// A fault that is found when the network has been read has a place too.
func TestLocated(t *testing.T) {
	found := []fault.Error{{Path: "populations.E.tau_m", Value: "15", Allowed: "no"}, {Path: "seed", Value: "7", Allowed: "no"}}
	seed := uint32(7)
	located := language.Located(found, []byte(small), "net.yaml", language.Options{Seed: &seed, Set: []string{"populations.I.size=3"}})
	require.Equal(t, "net.yaml:4:24: populations.E.tau_m: 15: no", located[0].Error())
	require.Contains(t, located[0].Snippet(), "^")
	require.Equal(t, "--seed 7: seed: 7: no", located[1].Error())
}
