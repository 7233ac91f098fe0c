package plot

import (
	"fmt"
	"math"
	"testing"

	"gonum.org/v1/plot/vg"

	"github.com/stretchr/testify/require"
)

func TestGrowthsAndThreads(t *testing.T) {
	lines := []Line{{"cpu, 1 thread", []float64{1e3, 1e4}, []float64{0.01, 0.2}}, {"gpu", []float64{1e3, 1e4}, []float64{0.02, 0.03}}}
	f, err := Growths([]Growth{{"ei", lines}, {"vs96", lines[:1]}})
	require.NoError(t, err)
	require.Empty(t, faults(t, f))
	checkFigure(t, f)
	for _, text := range []string{"Neurons", "Wall time per s of model time (s)", "cpu, 1 thread", "gpu", "ei; pale", "vs96; pale", "10000", "5000", "0.01", "0.02"} {
		require.Contains(t, string(f.SVG), text)
	}
	f, err = Threads([]Line{{"ei, N 10 k", []float64{1, 2}, []float64{1, 1.8}}})
	require.NoError(t, err)
	for _, text := range []string{"Threads", "Speed-up over one thread", "ei, N 10 k", ">1.5<"} {
		require.Contains(t, string(f.SVG), text)
	}
	_, err = Growths(nil)
	require.Error(t, err)
	_, err = Threads(nil)
	require.Error(t, err)
}

// Rows of a key hold all entries in order, or count the rest, and none is wider than the figure unless one entry is.
func TestKeyRows(t *testing.T) {
	var key []entry
	for i := range 9 {
		key = append(key, entry{name: fmt.Sprintf("engine %d, 2 threads", i)})
	}
	for _, width := range []vg.Length{10, 200, 400, vg.Length(math.Inf(1))} {
		var all []entry
		rows := keyRows(width, key)
		for _, row := range rows {
			total := -keySpace
			for _, e := range row {
				total += e.width()
			}
			require.True(t, len(row) == 1 || total <= width)
			all = append(all, row...)
		}
		require.LessOrEqual(t, len(rows), mostKeyRows)
		if n := len(all); n < len(key) {
			require.Equal(t, fmt.Sprintf("and %d more", len(key)-n+1), all[n-1].name)
			all = append(all[:n-1], key[n-1:]...)
		}
		require.Equal(t, key, all)
	}
	require.Len(t, keyRows(100, nil), 1)
}
