package network

import (
	"slices"
	"strings"
)

// Counts tells whether the rule draws a given number of synapses, N.
func (r Rule) Counts() bool {
	return r == FixedInDegree || r == FixedOutDegree || r == FixedTotalNumber
}

// OneOf tells whether a word is one of those of a list above.
func OneOf(words, word string) bool { return slices.Contains(strings.Split(words, "|"), word) }

var (
	Kinds  = "lif|lif_cond|poisson|spikes"
	Rules  = "fixed_probability|fixed_indegree|fixed_outdegree|fixed_total_number|all_to_all|one_to_one|list"
	Shapes = "exponential|alpha|delta"
)
