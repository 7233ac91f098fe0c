package plot

import (
	"bytes"
	"image/png"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// field is a function of two rulers' values.
func field(x, y []float64, of func(x, y float64) float64) (values [][]float64) {
	for _, a := range x {
		var column []float64
		for _, b := range y {
			column = append(column, of(a, b))
		}
		values = append(values, column)
	}
	return values
}

// A boundary is where it is known to be, from edge to edge of the cells, in one line.
func TestBoundariesAreWhereTheFieldPassesTheLevel(t *testing.T) {
	x, y := []float64{3, 3.5, 5, 6}, []float64{0.5, 1.5, 2}
	m := &Maps{X: Ruler{Values: x}, Y: Ruler{Values: y}}
	lines := (&contour{m: m, Boundary: Boundary{Field: field(x, y, func(x, _ float64) float64 { return (4 - x) / 8 })}}).paths()
	require.Len(t, lines, 1)
	for _, at := range lines[0] {
		require.InDelta(t, 4, at[0], 1e-12)
	}
	ends := []float64{lines[0][0][1], lines[0][len(lines[0])-1][1]}
	require.ElementsMatch(t, []float64{0, 2.25}, ends, "half a cell beyond the outermost values")

	slanted := (&contour{m: m, Boundary: Boundary{Level: 5.9, Field: field(x, y, func(x, y float64) float64 { return x + y })}}).paths()
	require.Len(t, slanted, 1)
	for _, at := range slanted[0] {
		require.InDelta(t, 5.9, at[0]+at[1], 1e-9)
	}

	jump := func(from, to [2]int) float64 {
		if from[0] < to[0] {
			return 0.25
		}
		return 0.75
	}
	sudden := (&contour{m: m, Boundary: Boundary{Level: 0.5, Jump: jump, Field: field(x, y, func(x, _ float64) float64 { return math.Max(0, math.Min(1, x-4)) })}}).paths()
	require.InDelta(t, 3.5+0.25*1.5, sudden[0][1][0], 1e-12)

	none := (&contour{m: m, Boundary: Boundary{Field: field(x, y, func(x, _ float64) float64 { return math.NaN() })}}).paths()
	require.Empty(t, none)
}

// On a logarithmic ruler boundaries are straight in the logarithm, and descending values are drawn from the left.
func TestRulers(t *testing.T) {
	r := Ruler{Values: []float64{100, 10, 1}, Log: true}
	require.Equal(t, []float64{-0.5, 0.5, 1.5, 2.5}, r.edges())
	require.Equal(t, 2, r.index(0))
	words := Ruler{Words: []string{"a", "b"}}
	require.Equal(t, []float64{-0.5, 0.5, 1.5}, words.edges())
	require.Equal(t, []float64{4.5, 5.5}, (&Ruler{Values: []float64{5}}).edges())
	var labels []string
	for _, m := range logTicks(-1, 0.5) {
		labels = append(labels, m.Label)
	}
	require.Equal(t, []string{"0.1", "0.2", "0.5", "1", "2"}, labels)
}

// Values that span decades have a logarithmic scale, others one from 0.
func TestScalesOfMaps(t *testing.T) {
	even := newTints(Map{Values: [][]float64{{1, 2}, {3, math.NaN()}}})
	require.False(t, even.log)
	require.InDelta(t, 2.0/3, even.at(2), 1e-12)
	wide := newTints(Map{Values: [][]float64{{1, 2, 0}, {100, 3, 1}}})
	require.True(t, wide.log)
	require.InDelta(t, 0.5, wide.at(10), 1e-12)
	require.Zero(t, wide.at(0))
	require.Equal(t, 1.0, newTints(Map{Values: [][]float64{{math.NaN()}}}).hi)
}

// Cells have their colours: the highest value the darkest, what is missing grey.
func TestMapsAndLinesAreDrawn(t *testing.T) {
	values := [][]float64{{0, 1}, {math.NaN(), 0.5}}
	m := Maps{Name: "maps", X: Ruler{Label: "x", Values: []float64{1, 2}}, Y: Ruler{Label: "y", Words: []string{"a", "b"}}, Rows: [][]Map{{{Title: "E", Scale: "z", Values: values}}}}
	f, err := m.Draw()
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(f.PNG))
	require.NoError(t, err)
	seen := map[uint32]bool{}
	for py := range picture.Bounds().Dy() {
		for px := range picture.Bounds().Dx() {
			r, g, b, _ := picture.At(px, py).RGBA()
			seen[r>>8<<16|g>>8<<8|b>>8] = true
		}
	}
	darkest, missing := ramp[rampColors-1], ramp[rampColors]
	for _, c := range []interface{ RGBA() (r, g, b, a uint32) }{darkest, missing} {
		r, g, b, _ := c.RGBA()
		require.True(t, seen[r>>8<<16|g>>8<<8|b>>8])
	}
	_, err = Maps{Rows: m.Rows, X: Ruler{Values: []float64{1}}, Y: m.Y}.Draw()
	require.ErrorContains(t, err, "want 1 by 2")

	l := Lines{Name: "lines", X: m.X, Populations: []Population{{Name: "E"}}, Panels: []LinePanel{{Label: "z", Mean: [][]float64{{1, 2}}, SD: [][]float64{{math.NaN(), 0.1}}, Theory: [][]float64{{1, math.NaN()}}}}}
	f, err = l.Draw()
	require.NoError(t, err)
	require.Contains(t, string(f.SVG), "mean-field theory")
	l.Panels[0].Mean[0] = nil
	_, err = l.Draw()
	require.Error(t, err)
}
