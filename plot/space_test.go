package plot

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// Spikes along a ring, of as many as are drawn at most, have axes in ms and mm.
func TestStrips(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	s := Strip{Population: Population{Name: "E", Size: 1000}, Length: 2, From: 0, To: 1000, Every: 2}
	for range MostStripMarks {
		s.TimeMs, s.At = append(s.TimeMs, 1000*r.Float64()), append(s.At, 2*r.Float64())
	}
	figure, err := Strips([]Strip{s, {Population: Population{Name: "I", Inhibitory: true}, Length: 1, To: 1000, Every: 1}})
	require.NoError(t, err)
	checkFigure(t, figure)
	require.Equal(t, "strip", figure.Name)
	for _, words := range []string{"Position (mm)", "Time (ms)", "E, every second neuron"} {
		require.Contains(t, string(figure.SVG), words)
	}
	s.At = s.At[1:]
	_, err = Strips([]Strip{s})
	require.ErrorContains(t, err, "E: ")
}

// Snapshots of a sheet share the scale of their population; a box without neurons has no rate.
func TestSheets(t *testing.T) {
	sheet := Sheet{Population: Population{Name: "E"}, Width: 1, Height: 0.5, Columns: 4}
	for k := range 5 {
		rates := make([]float64, 8)
		rates[k] = 100
		rates[7] = math.NaN()
		sheet.Windows = append(sheet.Windows, [2]float64{float64(100 * k), float64(100*k + 20)})
		sheet.RateHz = append(sheet.RateHz, rates)
	}
	silent := Sheet{Population: Population{Name: "silent"}, Width: 1, Height: 1, Columns: 1, Windows: sheet.Windows[:1], RateHz: [][]float64{{0}}}
	figure, err := Sheets([]Sheet{sheet, silent})
	require.NoError(t, err)
	checkFigure(t, figure)
	require.Equal(t, "sheet", figure.Name)
	for _, words := range []string{"Rate (Hz)", "x (mm)", "y (mm)", "E, 0\u201320 ms", "400\u2013420 ms"} {
		require.Contains(t, string(figure.SVG), words)
	}
	limit, clipped := sheet.limit()
	require.Equal(t, 100.0, limit)
	require.False(t, clipped)
	sheet.Columns = 3
	_, err = Sheets([]Sheet{sheet})
	require.EqualError(t, err, "E: 8 boxes, in rows of 3")
}
