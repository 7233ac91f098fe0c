package plot

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each projection has a histogram, and its course where it was recorded; what can't be drawn is told.
func TestWeights(t *testing.T) {
	e := Weights{Projection: "E_to_E", Unit: "mV", Edges: []float64{0, 0.5, 1}, Start: []int64{4, 0}, End: []int64{1, 3},
		TimeMs: []float64{10, 20, 30}, Mean: []float64{0.2, 0.4, 0.5}, Low: []float64{0, 0, 0.1}, Top: []float64{0.3, 0.8, 1}, Recorded: 4}
	i := Weights{Projection: "I_to_E", Inhibitory: true, Unit: "nS", Edges: []float64{0, -2, -4}, Start: []int64{0, 0}, End: []int64{0, 0}}
	figure, err := WeightsOf([]Weights{e, i})
	require.NoError(t, err)
	checkFigure(t, figure)
	require.Equal(t, WeightsFigure, figure.Name)
	for _, text := range []string{"Weight (mV)", "Weight (nS)", "Synapses (%)", "10th and 90th percentile of 4 synapses", "at the end, inhibitory"} {
		require.Contains(t, string(figure.SVG), text)
	}
	one := e
	one.Mean = []float64{0.2, math.NaN(), 0.5}
	_, err = WeightsOf([]Weights{one})
	require.ErrorContains(t, err, "weights of E_to_E")
	one.Mean, one.End = e.Mean, nil
	_, err = WeightsOf([]Weights{one})
	require.EqualError(t, err, "weights of E_to_E: 3 edges for 2 and 0 counts")
	one.End, one.Low = e.End, nil
	_, err = WeightsOf([]Weights{one})
	require.EqualError(t, err, "weights of E_to_E: 3 times for 3 means, 0 and 3 percentiles")
}
