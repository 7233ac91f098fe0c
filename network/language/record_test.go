package language_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
)

// recording is small with a record, of E (80 neurons), I (20) and a source S (5).
func recording(record string) string {
	return strings.Replace(small, "  I:", "  S: {size: 5, neuron: poisson, rate: 1}\n  I:", 1) + "\nrecord: " + record + "\n"
}

func TestNeurons(t *testing.T) {
	span := func(from, to, every int) network.Span { return network.Span{From: from, To: to, Every: every} }
	for text, want := range map[string]network.Neurons{
		"all":                         {First: 80},
		"0":                           {},
		"[]":                          {},
		"7":                           {First: 7},
		"E.size/2":                    {First: 40},
		"[7]":                         {Listed: []network.Span{span(7, 7, 1)}},
		"[3, 7, 79]":                  {Listed: []network.Span{span(3, 3, 1), span(7, 7, 1), span(79, 79, 1)}},
		"[79, 3, {from: 10, to: 19}]": {Listed: []network.Span{span(79, 79, 1), span(3, 3, 1), span(10, 19, 1)}},
		"{from: 20, to: 29}":          {Listed: []network.Span{span(20, 29, 1)}},
		"20..29":                      {Listed: []network.Span{span(20, 29, 1)}},
		"[3, 10 .. 2*8+3]":            {Listed: []network.Span{span(3, 3, 1), span(10, 19, 1)}},
		"{every: 10}":                 {Listed: []network.Span{span(0, 79, 10)}},
		"{from: 2*30, every: 3}":      {Listed: []network.Span{span(60, 79, 3)}},
		"{to: 4}":                     {Listed: []network.Span{span(0, 4, 1)}},
		"{sample: E.size/4}":          {Sample: 20},
		"{sample: 0}":                 {},
	} {
		n := mustLoad(t, recording("{spikes: {E: "+text+"}}"), language.Options{})
		require.Equal(t, []network.RecordNeurons{{Population: "E", Neurons: want}}, n.Record.Spikes, text)
		requireRoundTrip(t, n)
	}
}

// Of each record one fault, at its place.
func TestRecordFaults(t *testing.T) {
	const neurons = "must be all, none, a whole number of neurons (the first), a range 0..399, {from, to, every}, a list of neurons and ranges, or {sample: how many}"
	for text, want := range map[string]string{
		"{spikes: {E: 81}}":                                                         "record.spikes.E: 81: must be all or at most 80, the size of the population",
		"{spikes: {E: -1}}":                                                         "record.spikes.E: -1: " + neurons,
		"{spikes: {E: some}}":                                                       "record.spikes.E: some: " + neurons,
		"{spikes: {E: 10-19}}":                                                      "record.spikes.E: 10-19: " + neurons + "; a range is 10..19",
		"{spikes: {E: 10 Hz}}":                                                      "record.spikes.E: 10 Hz: " + neurons + ": has no unit, not Hz",
		"{spikes: {E: {}}}":                                                         "record.spikes.E: a mapping: " + neurons,
		"{spikes: {E: [1, 2-5]}}":                                                   "record.spikes.E.1: 2-5: must be a whole number from 0, a neuron of the population; a range is 2..5",
		"{spikes: {E: [3, 80, 5, 99, 100]}}":                                        "record.spikes.E.1: 80: must be a whole number from 0 to 79, the last neuron of E (and 2 more)",
		"{spikes: {E: [80]}}":                                                       "record.spikes.E: 80: must be a whole number from 0 to 79, the last neuron of E",
		"{spikes: {E: [3, -1]}}":                                                    "record.spikes.E.1: -1: must be a whole number from 0, a neuron of the population",
		"{spikes: {E: [3, 4.5]}}":                                                   "record.spikes.E.1: 4.5: must be a whole number from 0, a neuron of the population, a range 0..399 or {from, to, every}",
		"{spikes: {E: [3, x, 5, {to: y}, {by: 2, to: z}]}}":                         "record.spikes.E.1: x: must be a whole number from 0, a neuron of the population, a range 0..399 or {from, to, every} (and 2 more)",
		"{spikes: {E: [3, 7, 3]}}":                                                  "record.spikes.E.2: 3: is named twice",
		"{spikes: {E: [{every: 10}, 7, 30]}}":                                       "record.spikes.E.2: 30: is named twice",
		"{spikes: {E: {from: 20, to: 10}}}":                                         "record.spikes.E.to: 10: must not be below from, 20",
		"{spikes: {E: [1, {from: 20, to: 10}]}}":                                    "record.spikes.E.1.to: 10: must not be below from, 20",
		"{spikes: {E: {from: 20, to: 80}}}":                                         "record.spikes.E.to: 80: must be a whole number from 0 to 79, the last neuron of E",
		"{spikes: {E: {from: -20}}}":                                                "record.spikes.E.from: -20: must be a whole number from 0, a neuron of the population",
		"{spikes: {E: {every: 0}}}":                                                 "record.spikes.E.every: 0: must be a whole number of at least 1",
		"{spikes: {E: {by: 2}}}":                                                    "record.spikes.E.by: unknown key: allowed are from, to, every, sample",
		"{spikes: {E: {sample: 81}}}":                                               "record.spikes.E.sample: 81: must be at most 80, the size of the population",
		"{spikes: {E: {sample: -2}}}":                                               "record.spikes.E.sample: -2: must be at most 80, the size of the population",
		"{spikes: {E: [{sample: 3}]}}":                                              "record.spikes.E.sample: 3: must stand alone, {sample: how many}",
		"{spikes: {F: 3}}":                                                          `record.spikes.F: "F": must be the name of a population: E, S, I`,
		"{state: {S: {neurons: [1], every: 1}}}":                                    `record.state.S: "S": must not be a source, which has no state`,
		"{state: {E: {neurons: [80], every: 1}}}":                                   "record.state.E.neurons: 80: must be a whole number from 0 to 79, the last neuron of E",
		"{state: {E: {neurons: {every: 10 ms}, every: 1}}}":                         "record.state.E.neurons.every: 10 ms: must be a whole number of at least 1: has no unit, not ms",
		"{state: {E: {neurons: 1, every: 1, variables: V}}}":                        "record.state.E.variables: V: must be a list of some of V, exc, inh, ext, net, g",
		"{state: {E: {neurons: 1, every: 1, variables: []}}}":                       "record.state.E.variables: a list: must be a list of some of V, exc, inh, ext, net, g",
		"{state: {E: {neurons: 1, every: 1, variables: [v]}}}":                      "record.state.E.variables: v: must be a list of some of V, exc, inh, ext, net, g; did you mean V?",
		"{state: {E: {neurons: 1, every: 1, variables: [V, I_syn]}}}":               "record.state.E.variables: I_syn: must be a list of some of V, exc, inh, ext, net, g",
		"{state: {E: {neurons: 1, every: 1, variables: [V, g, V]}}}":                "record.state.E.variables: V: is named twice",
		"{histograms: {E: {V: {low: 0, high: 15, bins: 3, every: 1, neurons: 0}}}}": "record.histograms.E.V.neurons: 0: must be some",
		"{averages: {neurons: {E: 3}}}":                                             "record.averages.every: missing: must be a time in ms",
		"{averages: {every: 0.26}}":                                                 "record.averages: 0.26: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3",
		"{averages: {every: 0, variables: [rate]}}":                                 "record.averages.every: 0: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1",
		"{averages: {every: 1, neurons: {X: all}}}":                                 `record.averages.neurons.X: "X": must be the name of a population: E, S, I`,
		"{averages: {every: 1, neurons: {E: [99]}}}":                                "record.averages.neurons.E: 99: must be a whole number from 0 to 79, the last neuron of E",
		"{averages: fast}":                                                          "record.averages: fast: must be a time in ms, or {every, neurons, variables}",

		"{triggered: {E: {neurons: 3, before: 20, after: 10}}}":                            "record.triggered.E.every: missing: must be a time in ms",
		"{triggered: {E: {before: 20, after: 10, every: 1}}}":                              "record.triggered.E.neurons: missing: " + neurons,
		"{triggered: {E: {neurons: 3, before: -1, after: 10, every: 1}}}":                  "record.triggered.E.before: -1: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0",
		"{triggered: {E: {neurons: 3, before: 2, after: 0.25, every: 0.1}}}":               "record.triggered.E.after: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3",
		"{triggered: {E: {neurons: 3, before: 2, after: 0.9, every: 0.3}}}":                "record.triggered.E.before: 2: must be a multiple of every, 0.3 ms",
		"{triggered: {E: {neurons: 3, before: 2, after: 1, every: 0}}}":                    "record.triggered.E.every: 0: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1",
		"{triggered: {E: {neurons: 0, before: 2, after: 1, every: 1}}}":                    "record.triggered.E.neurons: 0: must be some",
		"{triggered: {E: {neurons: 81, before: 2, after: 1, every: 1}}}":                   "record.triggered.E.neurons: 81: must be all or at most 80, the size of the population",
		"{triggered: {E: {neurons: 3, before: 2, after: 1, every: 1, of: V}}}":             "record.triggered.E.of: unknown key: allowed are neurons, before, after, every, variables",
		"{triggered: {E: {neurons: 3, before: 2, after: 1, every: 1, variables: [rate]}}}": "record.triggered.E.variables: rate: must be a list of some of V, exc, inh, ext, net, g",
		"{triggered: {E: {neurons: all, before: 60 s, after: 1, every: 1}}}":               "record.triggered.E: 80 neurons and 600011 steps around a spike: must be at most 33554432 neurons times steps, for their state is held in memory: choose a sample of neurons or a shorter before and after",
		"{triggered: {S: {neurons: 3, before: 2, after: 1, every: 1}}}":                    `record.triggered.S: "S": must not be a source, which has no state`,
		"{triggered: {F: {neurons: 3, before: 2, after: 1, every: 1}}}":                    `record.triggered.F: "F": must be the name of a population: E, S, I`,
		"{triggered: 20}": "record.triggered: 20: must be a mapping of names to record.triggered",
	} {
		_, err := load(recording(text), language.Options{})
		require.Error(t, err, text)
		place, fault, _ := strings.Cut(err.Error(), ": ")
		require.Equal(t, want, fault, text)
		require.True(t, strings.HasPrefix(place, "net.yaml:11:") || strings.HasPrefix(place, "net.yaml:10:"), place)
	}
}

// What is asked for of each population is written so that it reads back.
func TestRecordsRoundTrip(t *testing.T) {
	n := mustLoad(t, recording("{state: {E: {neurons: [3, {from: 10, to: 30, every: 5}], every: 0.5, variables: [V, g]}}, "+
		"histograms: {I: {net: {low: 0, high: 15, bins: 3, every: 1, neurons: {sample: 5}}}}, "+
		"triggered: {E: {neurons: {every: 3}, before: 20 ms, after: 0, every: 0.5, variables: [g, V]}, I: {neurons: all, before: 0, after: 1, every: 1}}, "+
		"averages: {every: 2, neurons: {S: all, E: {every: 2}}, variables: [rate, V]}}"), language.Options{})
	requireRoundTrip(t, n)
	require.Equal(t, 6, n.Record.State[0].Neurons.Count())
	require.Equal(t, []string{"V", "g"}, n.Record.State[0].Variables)
	require.Equal(t, &network.Neurons{Sample: 5}, n.Record.Counted[0].Neurons)
	require.Equal(t, []network.RecordTriggered{
		{Population: "E", Neurons: network.Neurons{Listed: []network.Span{{From: 0, To: 79, Every: 3}}}, Before: 20, Every: 0.5, Variables: []string{"g", "V"}},
		{Population: "I", Neurons: network.FirstOf(20), After: 1, Every: 1},
	}, n.Record.Triggered)
	require.Equal(t, network.RecordAverages{Every: 2, Variables: []string{"rate", "V"}, Neurons: []network.RecordNeurons{
		{Population: "S", Neurons: network.FirstOf(5)}, {Population: "E", Neurons: network.Neurons{Listed: []network.Span{{From: 0, To: 79, Every: 2}}}},
	}}, n.Record.Averages)
}

// With other sizes, all stay all, a range to the end goes to the end, and there are never more than neurons; a
// neuron that is gone is a fault.
func TestScaledNeurons(t *testing.T) {
	const record = "{spikes: {E: all, I: {sample: 15}, S: {every: 2}}, averages: {every: 1, neurons: {E: [3, {from: 10, to: 60}]}}}"
	n := mustLoad(t, recording(record), language.Options{Scale: 0.5})
	require.Equal(t, []network.RecordNeurons{
		{Population: "E", Neurons: network.FirstOf(40)}, {Population: "I", Neurons: network.Neurons{Sample: 10}},
		{Population: "S", Neurons: network.Neurons{Listed: []network.Span{{From: 0, To: 2, Every: 2}}}},
	}, n.Record.Spikes)
	require.Equal(t, []network.Span{{From: 3, To: 3, Every: 1}, {From: 10, To: 39, Every: 1}}, n.Record.Averages.Neurons[0].Neurons.Listed)
	n = mustLoad(t, recording(record), language.Options{Scale: 2})
	require.Equal(t, []network.Span{{From: 3, To: 3, Every: 1}, {From: 10, To: 60, Every: 1}}, n.Record.Averages.Neurons[0].Neurons.Listed)
	require.Equal(t, network.Neurons{Listed: []network.Span{{From: 0, To: 9, Every: 2}}}, n.Record.Spikes[2].Neurons)

	_, err := load(recording("{spikes: {E: [3, 50]}}"), language.Options{Scale: 0.5})
	require.EqualError(t, err, "--scale 0.5: record.spikes.E.1: 50: must be a whole number from 0 to 39, the last neuron of E")
}

// Lists within a population of any size, and a size that is itself at fault.
func TestNeuronsOfManyAndOfNone(t *testing.T) {
	for size, want := range map[string]string{
		"2147483000": "record.spikes.E.2: 3: is named twice",
		"1e15":       "populations: must have fewer than 2^31 neurons in all",
		"-4":         "populations.E.size: -4: must be a whole number of at least 1",
	} {
		_, err := load("populations: {E: {neuron: poisson, rate: 1, size: "+size+"}}\nrecord: {spikes: {E: [3, 7, 3]}}", language.Options{})
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
}

// The ends of a histogram may have a unit, as the reference page says of them.
func TestHistogramEndsHaveUnits(t *testing.T) {
	const ends = "{histograms: {E: {V: {low: -5 mV, high: 0.02 %s, bins: 5, every: 1 ms}}}}"
	n, err := load(recording(fmt.Sprintf(ends, "V")), language.Options{})
	require.NoError(t, err)
	require.Equal(t, []float64{-5, 20}, []float64{n.Record.Counted[0].Low, n.Record.Counted[0].High})
	_, err = load(recording(fmt.Sprintf(ends, "pA")), language.Options{})
	require.ErrorContains(t, err, "record.histograms.E.V.high: 0.02 pA: must be a number of magnitude at most 1e9: its unit must be mV or a multiple of it, not pA")
}
