package analysis_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/analysis"
	"einet/sim"
)

// A spike counts once for each group of its neuron, under the number that this has there.
func TestRegroup(t *testing.T) {
	r := analysis.NewRegroup(6, [][]int{{4, 0}, {0, 1, 2}, {5}})
	require.Equal(t, []int{2, 3, 1}, r.Sizes())
	var got []sim.Spike
	got = r.Append(got, []sim.Spike{{Step: 1, Neuron: 0}, {Step: 2, Neuron: 3}, {Step: 2, Neuron: 4}, {Step: 5, Neuron: 5}, {Step: 6, Neuron: 2}})
	require.Equal(t, []sim.Spike{{Step: 1, Neuron: 1}, {Step: 1, Neuron: 2}, {Step: 2, Neuron: 0}, {Step: 5, Neuron: 5}, {Step: 6, Neuron: 4}}, got)
}
