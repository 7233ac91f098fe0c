package plot

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/analysis"
)

// someValidation has a response whose peak is cut off, one that is shown whole,
// and one that does not settle.
func someValidation() Validation {
	response := Response{Population: Population{Name: "E"}, Factor: 2, Recurrent: true, Before: 6, After: 13, Half: 0.2, Settle: 5, Settled: 0.15, TauM: 15}
	for b := range 500 {
		x := float64(b-100) * 0.2
		response.Time = append(response.Time, x)
		rate := 6.0
		if x >= 0 {
			rate = 13 + 70*math.Exp(-x)
		}
		response.Rate = append(response.Rate, rate)
	}
	small, alone := response, response
	small.After, small.Rate = 40, response.Rate
	alone.Recurrent, alone.Settle, alone.Half = false, math.NaN(), math.NaN()
	return Validation{
		Populations: []Population{{Name: "E"}, {Name: "I", Inhibitory: true}},
		Responses:   []Response{response, small, alone},
		Sizes:       []Cancellation{{5000, 0.14}, {10000, 0.1}, {20000, 0.07}},
		Intervals: []analysis.Histogram{
			{Edges: []float64{1, 2, 4, 8, 16}, Counts: []int64{0, 5, 8, 2}},
			{Edges: []float64{0}, Counts: nil}, // silent
		},
		Correlations: [][]float64{{-0.01, 0, 0.02, 0.01, -0.005}, {0.1, 0.1}},
	}
}

func figureNames(t *testing.T, v Validation) (names []string) {
	figures, err := Validate(v)
	require.NoError(t, err)
	for _, f := range figures {
		names = append(names, f.Name)
		checkFigure(t, f)
	}
	return names
}

func TestValidate(t *testing.T) {
	v := someValidation()
	require.Equal(t, []string{"response", "scaling", "isi", "correlations"}, figureNames(t, v))
	figures, err := Validate(v)
	require.NoError(t, err)
	for i, words := range [][]string{
		{"\u00b115 %", "half-way 0.2 ms", "settled 5.0 ms", "not settled", "without synapses", "whole peak"},
		{"power \u22120.50", "20000"},
		{"E, mean 5.8 ms", "exponential"},
		{"E, mean (dashed) 0.003", "2 ms"},
	} {
		for _, w := range words {
			require.Contains(t, string(figures[i].SVG), w)
		}
	}
	require.NotContains(t, string(figures[2].SVG), "I, mean", "I is silent")
}

// Words beside two lines that are near each other don't meet.
func TestNotesOfResponses(t *testing.T) {
	v := someValidation()
	for _, settle := range []float64{1, 5, 10, 14, 15, 16, 22, 40} {
		for i := range v.Responses {
			v.Responses[i].Settle, v.Responses[i].Name = settle, strings.Repeat("name", 16)
		}
		figures, err := Validate(Validation{Responses: v.Responses})
		require.NoError(t, err)
		require.Empty(t, faults(t, figures[0]), "settled at %g ms", settle)
	}
}

// Only what there is is drawn.
func TestValidateDrawsWhatThereIs(t *testing.T) {
	require.Empty(t, figureNames(t, Validation{}))
	v := someValidation()
	v.Responses, v.Sizes = nil, v.Sizes[:1]
	require.Equal(t, []string{"isi", "correlations"}, figureNames(t, v))
	v.Intervals[0], v.Correlations = analysis.Histogram{}, [][]float64{nil, {1}}
	require.Empty(t, figureNames(t, v))
	v.Correlations = [][]float64{nil, {0, 0, 0}}
	require.Equal(t, []string{"correlations"}, figureNames(t, v))
}

// The clocks of vs96 have all intervals in one bin, far above the exponential.
func TestValidateOfClocks(t *testing.T) {
	v := Validation{Populations: []Population{{Name: "E"}}, Intervals: []analysis.Histogram{{Edges: []float64{23.9, 24.1}, Counts: []int64{100}}}}
	require.Equal(t, []string{"isi"}, figureNames(t, v))
}

func TestValidateRefused(t *testing.T) {
	for want, spoil := range map[string]func(*Validation){
		"response of E":     func(v *Validation) { v.Responses[0].Rate = v.Responses[0].Rate[1:] },
		"response of E: ho": func(v *Validation) { v.Responses[1].After = math.NaN() },
		"scaling: 0 at":     func(v *Validation) { v.Sizes[0].Ratio = 0 },
		"scaling: NaN":      func(v *Validation) { v.Sizes[1].Ratio = math.NaN() },
		"scaling: all":      func(v *Validation) { v.Sizes = []Cancellation{{5, 1}, {5, 2}} },
		"isi: 1 ":           func(v *Validation) { v.Intervals = v.Intervals[:1] },
		"isi of E":          func(v *Validation) { v.Intervals[0].Edges = v.Intervals[0].Edges[1:] },
		"correlations: 1":   func(v *Validation) { v.Correlations = v.Correlations[:1] },
		"correlations of I": func(v *Validation) { v.Correlations[1][0] = math.NaN() },
	} {
		bad := someValidation()
		spoil(&bad)
		_, err := Validate(bad)
		require.ErrorContains(t, err, want)
	}
}

func TestPowers(t *testing.T) {
	labels := func(lo, hi float64) (list []string) {
		for _, m := range (powers{}).Ticks(math.Log10(lo), math.Log10(hi)) {
			list = append(list, m.Label)
			require.InDelta(t, math.Log10(hi), m.Value, math.Log10(hi/lo)+1e-9)
		}
		return list
	}
	require.Equal(t, []string{"0.05", "0.07", "0.1", "0.15"}, labels(0.04, 0.16))
	require.Equal(t, []string{"1", "2", "5", "10", "20"}, labels(0.9, 40))
	require.Equal(t, []string{"0.01", "0.1", "1"}, labels(0.002, 3))
}
