package plot

import (
	"bytes"
	"encoding/xml"
	"flag"
	"fmt"
	"image/png"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot/plotter"

	"einet/analysis"
	"einet/sim"
)

var keep = flag.String("keep", "", "write the figures into this folder, to look at")

func TestFigures(t *testing.T) {
	figures, err := drawn(simulate(1000))
	require.NoError(t, err)
	var names []string
	for _, f := range figures {
		names = append(names, f.Name)
		checkFigure(t, f)
	}
	require.Equal(t, []string{"raster", "rate", "potentials", "currents"}, names)
}

// checkFigure checks that a figure can be opened and is of a sane size.
func checkFigure(t *testing.T, f Figure) {
	t.Helper()
	if *keep != "" {
		require.NoError(t, os.WriteFile(filepath.Join(*keep, f.Name+".png"), f.PNG, 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(*keep, f.Name+".svg"), f.SVG, 0o666))
	}
	image, err := png.DecodeConfig(bytes.NewReader(f.PNG))
	require.NoError(t, err)
	require.InDelta(t, 17/2.54*dpi, image.Width, 1)
	require.Less(t, len(f.SVG), 3<<20)
	for d := xml.NewDecoder(bytes.NewReader(f.SVG)); ; {
		_, err := d.Token()
		if err == io.EOF {
			return
		}
		require.NoError(t, err)
	}
}

// poisson fires populations of those sizes at random, at 200 Hz from 1 to 4 ms
// and hz otherwise.
func poisson(sizes []int, ms float64, hz float64) Data {
	r := rand.New(rand.NewPCG(3, 4))
	steps := int64(ms * 10)
	d := Data{
		Steps:  steps,
		Sample: analysis.NewSample(sizes, 0.1, 200, 0, 5000),
		Counts: analysis.NewPopulationCounts(sizes, 0.1, 10),
	}
	all := 0
	for i, n := range sizes {
		d.Populations = append(d.Populations, Population{Name: fmt.Sprintf("L%d%c", i/2+2, "EI"[i%2]), Size: n, Inhibitory: i%2 == 1})
		all += n
	}
	for step := uint32(1); int64(step) <= steps; step++ {
		p := hz / 1e4
		if step > 10 && step < 40 {
			p = 0.02
		}
		var spikes []sim.Spike
		for id := range uint32(all) {
			if r.Float64() < p {
				spikes = append(spikes, sim.Spike{Step: step, Neuron: id})
			}
		}
		d.Sample.Add(spikes)
		d.Counts.Add(spikes)
	}
	return d
}

func TestManyPopulations(t *testing.T) {
	d := poisson([]int{2000, 600, 2200, 550, 480, 110, 1400, 300}, 3000, 8)
	figures, err := drawn(d)
	require.NoError(t, err)
	require.Len(t, figures, 2)
	for _, f := range figures {
		f.Name = "many-" + f.Name
		checkFigure(t, f)
	}
}

// The densest and the emptiest of data still give figures.
func TestExtremes(t *testing.T) {
	for name, d := range map[string]Data{
		"dense":  poisson([]int{300}, 500, 2000),
		"silent": poisson([]int{8, 2}, 100, 0),
		"short":  poisson([]int{8, 2}, 0.5, 10),
		"none":   poisson([]int{8, 2}, 0, 10),
	} {
		d.Potentials = []Potential{{Population: d.Populations[0], VTh: 15, V: analysis.Histogram{Edges: []float64{0, 15}, Counts: []int64{0}}}}
		d.Currents = []Current{{Population: d.Populations[0], TimeMs: []float64{1, 2}, Exc: make([]float32, 2), Inh: make([]float32, 2), Ext: make([]float32, 2)}}
		figures, err := drawn(d)
		require.NoError(t, err, name)
		if name == "short" || name == "none" { // which nobody asks for; they can be drawn
			require.Len(t, figures, 2, name)
			for _, figure := range []func(Data) (Figure, error){Raster, Rate} {
				f, err := figure(d)
				require.NoError(t, err, name)
				figures = append(figures, f)
			}
		}
		require.Len(t, figures, 4, name)
		for _, f := range figures {
			f.Name = name + "-" + f.Name
			checkFigure(t, f)
		}
	}
}

func TestDenseRastersAreThinned(t *testing.T) {
	d := poisson([]int{300}, 500, 2000)
	r := newRows(d)
	require.Less(t, r.total, 200)
	marks := 0
	for _, row := range r.times[0] {
		marks += len(row)
	}
	require.LessOrEqual(t, marks, maxMarks)
	require.Equal(t, fmt.Sprintf("Neurons (%d of 300)", r.total), r.label())
}

func TestWhatCannotBeDrawnIsRefused(t *testing.T) {
	nan := float32(math.NaN())
	ok := Current{Population: Population{Name: "E"}, TimeMs: []float64{1, 2}, Exc: []float32{1, 2}, Inh: []float32{1, 2}, Ext: []float32{1, 2}}
	_, err := Currents([]Current{ok})
	require.NoError(t, err)
	for _, spoil := range []func(*Current){
		func(c *Current) { c.Inh = []float32{1, nan} },
		func(c *Current) { c.Exc = c.Exc[:1] },
		func(c *Current) { c.TimeMs = nil },
	} {
		bad := ok
		spoil(&bad)
		_, err := Currents([]Current{bad})
		require.ErrorContains(t, err, "neuron 0 of E")
	}
	for _, q := range []Potential{
		{VTh: 15, V: analysis.Histogram{Edges: []float64{1}, Counts: []int64{1}}},
		{VTh: math.NaN(), V: analysis.Histogram{Edges: []float64{0, 1}, Counts: []int64{1}}},
		{V: analysis.Histogram{Edges: []float64{0, 1}, Counts: []int64{1}}},
	} {
		_, err := Potentials([]Potential{q})
		require.Error(t, err)
	}
}

func TestRateLimit(t *testing.T) {
	level := func(values ...float64) curve {
		var c curve
		for i := range 100 {
			c.points = append(c.points, plotter.XY{X: float64(i), Y: 10 + float64(i%3)})
		}
		for i, v := range values {
			c.points[i].Y = v
		}
		return c
	}
	limit, clipped := rateLimit([]curve{level(), level(200, 150)})
	require.True(t, clipped)
	require.InDelta(t, 1.3*12, limit, 1e-9)
	limit, clipped = rateLimit([]curve{level(), level(20)})
	require.False(t, clipped)
	require.InDelta(t, 22, limit, 1e-9)
	require.Equal(t, plotter.XY{X: 0, Y: 200}, level(200, 150).peak())
}

func TestTicks(t *testing.T) {
	labels := func(lo, hi float64, n int) (list []string) {
		for _, m := range ticks(n).Ticks(lo, hi) {
			require.True(t, lo <= m.Value && m.Value <= hi)
			list = append(list, m.Label)
		}
		return list
	}
	require.Equal(t, []string{"0", "100", "200", "300", "400", "500"}, labels(-4, 500, 10))
	require.Equal(t, []string{"\u22125", "0", "5"}, labels(-5, 5.1, 4))
	require.Equal(t, []string{"0", "0.02", "0.04"}, labels(0, 0.05, 4))
	require.Equal(t, []string{"800", "900", "1000"}, labels(800.0000001, 999.9999999, 3))
	require.Equal(t, "20000", number(2e4))
	require.Equal(t, "10\u2009000", grouped(10000))
	require.Equal(t, "1\u2009234\u2009567", grouped(1234567))
}

// drawn are all figures that there are data for.
func drawn(d Data) ([]Figure, error) {
	var list []Figure
	for _, figure := range d.Figures() {
		f, err := figure()
		if err != nil {
			return nil, err
		}
		list = append(list, f)
	}
	return list, nil
}
