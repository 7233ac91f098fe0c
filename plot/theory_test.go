package plot

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func someSweep() Sweep {
	return Sweep{
		Populations: []Population{{Name: "E"}, {Name: "I", Inhibitory: true}},
		Factor:      []float64{0.5, 1, 1.5, 2},
		Theory:      [][]float64{{3, 6, 9, 12}, {8, 18, 29, 39}},
		Limit:       []float64{5.6, 18.7},
		SimFactor:   []float64{0.5, 2},
		Simulated:   [][]float64{{2.9, 12}, {7.6, 39}},
	}
}

func TestTheory(t *testing.T) {
	f, err := Theory(someSweep())
	require.NoError(t, err)
	require.Equal(t, "theory", f.Name)
	checkFigure(t, f)
	require.Contains(t, string(f.SVG), "balance limit")
	unbalanced := someSweep()
	unbalanced.Limit = nil
	f, err = Theory(unbalanced)
	require.NoError(t, err)
	require.NotContains(t, string(f.SVG), "balance limit")
}

func TestTheoryRefused(t *testing.T) {
	for _, spoil := range []func(*Sweep){
		func(s *Sweep) { s.Theory = s.Theory[:1] },
		func(s *Sweep) { s.Theory[1] = s.Theory[1][:2] },
		func(s *Sweep) { s.Simulated[0] = nil },
		func(s *Sweep) { s.Simulated[1][0] = math.NaN() },
		func(s *Sweep) { s.Factor = nil },
	} {
		bad := someSweep()
		spoil(&bad)
		_, err := Theory(bad)
		require.ErrorContains(t, err, "theory")
	}
}
