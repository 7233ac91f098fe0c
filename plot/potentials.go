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
	p := newPlot("Membrane potential (mV)", "Probability density (1/mV)", lo-pad, hi+pad, 0, top*1.08)
	p.X.Tick.Marker = ticks(8)
	p.Y.Tick.Marker = ticks(6)
	key := drawPotentials(p, list)
	return render("potentials", 7.5*vg.Centimeter, func(c draw.Canvas) {
		stack(c, key, panel{p, 1})
	})
}

func drawPotentials(p *plot.Plot, list []Potential) (key []entry) {
	populations := make([]Population, len(list))
	for i, q := range list {
		populations[i] = q.Population
	}
	dashed := draw.LineStyle{Color: ink, Width: medium, Dashes: []vg.Length{4, 2.5}}
	seen := map[[2]float64]bool{}
	for i, q := range list {
		line := look(populations, i)
		line.Width = medium
		key = append(key, entry{q.Name, line})
		p.Add(curve{points: q.outline(), line: line})
		if box := [2]float64{q.VReset, q.VTh}; !seen[box] {
			seen[box] = true
			level := 1 / (q.VTh - q.VReset)
			p.Add(curve{line: dashed, points: plotter.XYs{{X: q.VReset}, {X: q.VReset, Y: level}, {X: q.VTh, Y: level}, {X: q.VTh}}})
		}
	}
	return append(key, entry{"uniform from reset to threshold", dashed})
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
