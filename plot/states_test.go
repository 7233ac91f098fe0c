package plot

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Each variable has a panel with its unit; what can't be drawn is told.
func TestStates(t *testing.T) {
	e := Population{Name: "E", Size: 10}
	times := []float64{0.1, 0.2, 0.3}
	v := State{Population: e, Neuron: 7, Name: "V", Unit: "mV", TimeMs: times, Values: []float32{-70, -60, -50}}
	u := State{Population: e, Neuron: 7, Name: "m", TimeMs: times, Values: []float32{0.5, 0.5, 0.5}}
	figure, err := States([]State{v, u})
	require.NoError(t, err)
	checkFigure(t, figure)
	require.Equal(t, "states", figure.Name)
	require.Contains(t, string(figure.SVG), "V (mV)")
	require.Contains(t, string(figure.SVG), "Neuron 7 of E")
	u.Values[1] = float32(math.NaN())
	_, err = States([]State{u})
	require.ErrorContains(t, err, "m of neuron 7 of E")
	v.TimeMs = times[:2]
	_, err = States([]State{v})
	require.EqualError(t, err, "V of neuron 7 of E: 2 times and 3 values, want as many and at least 2")
}

// Where R is not known, input is in pA, and there is no threshold to compare it with.
func TestCurrentsInPicoampere(t *testing.T) {
	c := Current{Population: Population{Name: "E", Size: 10}, TimeMs: []float64{1, 2}, Exc: []float32{100, 200}, Inh: []float32{0, -50}, Ext: make([]float32, 2), Threshold: 15, Unit: "pA"}
	figure, err := Currents([]Current{c})
	require.NoError(t, err)
	require.Contains(t, string(figure.SVG), "Input I (pA)")
	require.Contains(t, string(figure.SVG), "125 pA")
	require.NotContains(t, string(figure.SVG), "(mV)")
}

// The three inputs are lines with a point for each time, in their colours.
func TestCurrentsAreDrawn(t *testing.T) {
	c := Current{Population: Population{Name: "E", Size: 10}, Threshold: 15}
	for i := range 50 {
		c.TimeMs = append(c.TimeMs, float64(i+1))
		c.Exc, c.Inh, c.Ext = append(c.Exc, float32(20+i%7)), append(c.Inh, float32(-15-i%5)), append(c.Ext, 10)
	}
	for _, unit := range []string{"mV", "pA"} {
		c.Unit = unit
		figure, err := Currents([]Current{c})
		require.NoError(t, err)
		for _, colour := range []string{"#0072B2", "#D55E00", "#1A1A1A"} {
			require.Regexp(t, `d="M[^"]*(L[^"]*){49}" style="fill:none;stroke:`+colour, string(figure.SVG), unit)
		}
	}
}
