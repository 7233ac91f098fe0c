package experiment

import (
	"testing"

	"github.com/stretchr/testify/require"

	"einet/sim"
)

// A spike does not count where a step of its lags was not seen, as an interruption leaves one; the others do.
func TestTriggeredOverAGap(t *testing.T) {
	step := int64(0)
	var seen []float32
	of := func(*sim.NeuronState) []float32 {
		seen = []float32{float32(step), float32(-step)}
		return seen
	}
	tr := &triggered{
		reads: []sim.Selection{{Neurons: []int{4, 1}}}, first: 10, place: []int{-1, 1, -1, -1, 0}, before: 2, after: 1, lags: []int64{-2, -1, 0, 1},
		variables: []stateVariable{{"V", of}}, since: 1, ring: make([]float32, 4*2), mean: [][]float64{make([]float64, 4)}, squares: [][]float64{make([]float64, 4)},
	}
	run := func(from, to int64, at map[int64]uint32) {
		for step = from; step <= to; step++ {
			require.Equal(t, step, tr.Next(step-1))
			var spikes []sim.Spike
			if neuron := at[step]; neuron > 0 {
				spikes = []sim.Spike{{Step: uint32(step), Neuron: neuron}}
			}
			require.NoError(t, tr.Spikes(step, spikes))
			require.NoError(t, tr.Sample(&sim.Observation{Step: step, States: make([]*sim.NeuronState, 1)}))
		}
	}
	run(1, 20, map[int64]uint32{2: 14, 3: 14, 5: 9, 6: 10, 7: 11, 8: 15, 19: 14, 20: 14}) // of 2 and 20 not all is seen; 9, 10 and 15 are not chosen
	require.EqualValues(t, 3, tr.count)
	require.InDelta(t, (1.-5+17)/3, tr.mean[0][0], 1e-12, "3, 7 and 19, of which 7 is of the neuron whose V falls")
	run(22, 30, map[int64]uint32{22: 14, 23: 14, 24: 14})
	require.EqualValues(t, 4, tr.count, "24 alone")
	require.InDelta(t, (1.-5+17+22)/4, tr.mean[0][0], 1e-12)
	require.InDelta(t, (4.-8+20+25)/4, tr.mean[0][3], 1e-12)
	require.Empty(t, tr.spikes)
}
