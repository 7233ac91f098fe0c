package analysis

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// A density 2x on [0, 1] is 1/4 from uniform; what lies outside doesn't count.
func TestKSUniform(t *testing.T) {
	h := Histogram{Edges: []float64{-1, 0}, Counts: []int64{12345}}
	flat := Histogram{Edges: []float64{-1, 0}, Counts: []int64{12345}}
	const bins = 60
	for k := range int64(bins) {
		h.Edges, h.Counts = append(h.Edges, float64(k+1)/bins), append(h.Counts, 2*k+1)
		flat.Edges, flat.Counts = append(flat.Edges, float64(k+1)/bins), append(flat.Counts, 7)
	}
	require.InDelta(t, 0.25, KSUniform(h, 0, 1), 1e-9)
	require.InDelta(t, 0, KSUniform(flat, 0, 1), 1e-9)
	require.Greater(t, KSUniform(flat, -1, 1), 0.4, "with what lies outside it would be far from uniform")
	require.True(t, math.IsNaN(KSUniform(h, 5, 6)))
}
