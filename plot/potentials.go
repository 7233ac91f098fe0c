package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"einet/analysis"
)

// A Potential is the distribution of a population's membrane potentials.
type Potential struct {
	Population
	VReset, VTh float64            // [mV]
	V           analysis.Histogram // absolute potentials [mV]
}

// Potentials draws the probability density of the membrane potential of each
// population and, dashed, the uniform density between reset and threshold.
func Potentials(list []Potential) (Figure, error) {
	lo, hi, top := math.Inf(1), math.Inf(-1), 0.0
	for _, q := range list {
		if len(q.V.Edges) != len(q.V.Counts)+1 {
			return Figure{}, fmt.Errorf("potentials of %s: %d edges for %d counts", q.Name, len(q.V.Edges), len(q.V.Counts))
		}
		if err := finite("potentials of "+q.Name, slices.Concat(q.V.Edges, []float64{q.VReset, q.VTh})); err != nil {
			return Figure{}, err
		}
		if q.VReset >= q.VTh {
			return Figure{}, fmt.Errorf("potentials of %s: reset %g is not below threshold %g", q.Name, q.VReset, q.VTh)
		}
		lo, hi = min(lo, q.lowest()), max(hi, q.VTh)
		top = max(top, q.highest(), 1/(q.VTh-q.VReset))
	}
	pad := (hi - lo) * 0.03
	if populations := of(list); !few(populations) {
		return potentialRows(list, populations, lo-pad, hi+pad, top)
	}
	p := newPlot("Membrane potential (mV)", "Probability density (1/mV)", lo-pad, hi+pad, 0, top*1.08)
	p.X.Tick.Marker = ticks(8)
	p.Y.Tick.Marker = ticks(6)
	key := drawPotentials(p, list)
	return figure("potentials", 7.5*vg.Centimeter, key, panel{Plot: p, share: 1})
}

func of(list []Potential) []Population {
	populations := make([]Population, len(list))
	for i, q := range list {
		populations[i] = q.Population
	}
	return populations
}

// potentialRows draws the densities as a heat, with reset and threshold marked.
func potentialRows(list []Potential, populations []Population, lo, hi, top float64) (Figure, error) {
	var all []analysis.Histogram
	var marks [][]float64
	for _, q := range list {
		all, marks = append(all, q.V), append(marks, []float64{q.VReset, q.VTh})
	}
	h := densities(populations, all, lo, hi, "Probability density (1/mV)")
	h.clipped, h.limit, h.marks = h.limit > top, top, marks
	p := h.panel("Membrane potential (mV)", 1)
	p.X.Tick.Marker = ticks(8)
	key := append(kinds(populations), entry{name: "reset, threshold", line: draw.LineStyle{Color: ink, Width: thin}})
	return figure("potentials", heatHeight(len(list), 16*vg.Centimeter)+2.5*vg.Centimeter, key, p)
}

func drawPotentials(p *plot.Plot, list []Potential) (key []entry) {
	var curves []curve
	lines := looks(of(list))
	for i, q := range list {
		curves = append(curves, curve{points: q.outline(), line: lines[i], name: q.Name})
	}
	tellApart(curves, smoothHidden*p.Y.Max)
	dashed := draw.LineStyle{Color: ink, Width: medium, Dashes: []vg.Length{4, 2.5}}
	seen := map[[2]float64]bool{}
	for i, q := range list {
		key = append(key, entry{name: short(q.Name, keyLetters), line: curves[i].line})
		p.Add(curves[i])
		if box := [2]float64{q.VReset, q.VTh}; !seen[box] {
			seen[box] = true
			level := 1 / (q.VTh - q.VReset)
			p.Add(curve{line: dashed, points: plotter.XYs{{X: q.VReset}, {X: q.VReset, Y: level}, {X: q.VTh, Y: level}, {X: q.VTh}}})
		}
	}
	return append(key, entry{name: "uniform from reset to threshold", line: dashed})
}

// outline is the density as a flight of steps.
func (q Potential) outline() plotter.XYs {
	var points plotter.XYs
	for i, d := range q.V.Density() {
		points = append(points, plotter.XY{X: q.V.Edges[i], Y: d}, plotter.XY{X: q.V.Edges[i+1], Y: d})
	}
	return points
}

// lowest is where the drawing begins: reset, or the potential that one in 200
// values is below.
func (q Potential) lowest() float64 {
	below, total := int64(0), q.V.Total()
	for i, n := range q.V.Counts {
		if below += n; below*200 > total {
			return min(q.VReset, q.V.Edges[i])
		}
	}
	return q.VReset
}

// highest is the greatest density, that of the bin at reset aside: neurons that
// are held there while refractory fill it.
func (q Potential) highest() float64 {
	top := 0.0
	for i, d := range q.V.Density() {
		if !(q.V.Edges[i] <= q.VReset && q.VReset < q.V.Edges[i+1]) {
			top = max(top, d)
		}
	}
	return top
}
