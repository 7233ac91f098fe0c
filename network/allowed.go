package network

import "strings"

// What may stand where, in the words of a fault. What one key alone allows stands in its table.
const (
	MustMap      = "must be a mapping"
	MustNumber   = "must be a number of magnitude at most 1e9"
	MustTau      = "must be a time above 0 and at most 1e9 ms"
	MustTime     = "must be a time in ms"
	MustSize     = "must be a whole number of at least 1"
	MustDist     = "must be a number or a distribution {uniform: [low, high]}, {normal: [mean, sd]} or {lognormal: [mean, sd]}"
	MustHaveNone = "must be left out: a delta synapse has none" // of tau_syn

	mustSpread    = "must be a number from 0 to 1e9"
	mustPositive  = "must be a number above 0 and at most 1e9"
	mustCount     = "must be a whole number of at least 0"
	mustBeFirst   = "must be a whole number, that which the file gives to the first neuron"
	mustRate      = "must be a rate in Hz, not negative"
	mustPairs     = "must be same or different: which parts of the two divisions are connected"
	mustFrequency = "must be a frequency above 0 Hz"
	mustScaleRule = "must be fixed_indegree, which replaces fixed_probability, or left out"
)

var (
	mustNeuron  = mustBeOneOf(Kinds)
	mustRule    = mustBeOneOf(Rules())
	mustSynapse = mustBeOneOf(Shapes)
)

func mustBeOneOf(words []string) string { return "must be one of " + strings.Join(words, ", ") }
