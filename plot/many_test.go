package plot

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/vg"

	"einet/analysis"
	"einet/sim"
)

// A line of many points is drawn from few, of which every column has its ends and extremes; a line
// of a usual length is left alone.
func TestExtremesOfALongLine(t *testing.T) {
	line := make([]vg.Point, 1000000)
	for k := range line {
		line[k] = vg.Point{X: vg.Length(k) / 2000, Y: vg.Length(math.Sin(float64(k)/50) * float64(k))}
	}
	line[777777].Y, line[333333].Y = 1e9, -1e9
	kept := extremes(line, 500./columns)
	require.Less(t, len(kept), 4*columns+4)
	for _, k := range []int{0, 777777, 333333, len(line) - 1} {
		require.Contains(t, kept, line[k])
	}
	require.True(t, slices.IsSortedFunc(kept, func(a, b vg.Point) int { return int(math.Copysign(1, float64(a.X-b.X))) }))
	between := func(points []vg.Point, from, to vg.Length) (lo, hi vg.Length) {
		for _, q := range points {
			if q.X >= from && q.X < to {
				lo, hi = min(lo, q.Y), max(hi, q.Y)
			}
		}
		return lo, hi
	}
	lo, hi := between(line, 250.2, 250.3)
	keptLo, keptHi := between(kept, 250, 250.5) // a column more to both sides
	require.LessOrEqual(t, keptLo, lo)
	require.GreaterOrEqual(t, keptHi, hi)
	require.Equal(t, line[:4000], extremes(line[:4000], 1))
}

// The raster of neurons that fire at every step has no more marks than are seen.
func TestRasterOfRunaways(t *testing.T) {
	const steps = 50000
	d := Data{Populations: []Population{{Name: "A", Size: 2}}, Steps: steps,
		Sample: analysis.NewSample([]int{2}, 0.01, 2, 0, steps), Counts: analysis.NewPopulationCounts([]int{2}, 0.01, 100)}
	for step := uint32(1); step <= steps; step++ {
		spikes := []sim.Spike{{Step: step, Neuron: 0}, {Step: step, Neuron: 1}}
		d.Sample.Add(spikes)
		d.Counts.Add(spikes)
	}
	f, err := Raster(d)
	require.NoError(t, err)
	checkFigure(t, f)
	require.Less(t, bytes.Count(f.SVG, []byte("M")), 6000)
}
