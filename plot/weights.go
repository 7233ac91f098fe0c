package plot

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Weights are those of a projection with long-term plasticity.
type Weights struct {
	Projection string
	Inhibitory bool
	Unit       string
	Edges      []float64 // [bins+1] from w_min to w_max, which may be below it
	Start, End []int64   // [bins] synapses

	// Over time, where that was recorded:
	TimeMs         []float64 // [T]
	Mean, Low, Top []float64 // [T] mean, 10th and 90th percentile of the synapses that were recorded
	Recorded       int       // synapses
}

// WeightsFigure is the name of the figure of weights.
const WeightsFigure = "weights"

// WeightsOf draws of each projection how its weights are distributed at the start and at the end, and their course where that was recorded.
func WeightsOf(list []Weights) (Figure, error) {
	before := draw.LineStyle{Color: grey, Width: medium, Dashes: []vg.Length{4, 2.5}}
	key := []entry{{name: "at the start", line: before}}
	for _, inhibitory := range []bool{false, true} {
		if k := slices.IndexFunc(list, func(w Weights) bool { return w.Inhibitory == inhibitory }); k >= 0 {
			name := map[bool]string{false: "at the end, excitatory", true: "at the end, inhibitory"}[inhibitory]
			key = append(key, entry{name: name, line: list[k].line()})
		}
	}
	var panels []panel
	for _, w := range list {
		p, err := w.histogram(before)
		if err != nil {
			return Figure{}, err
		}
		panels = append(panels, panel{Plot: p})
		if len(w.TimeMs) > 1 {
			if p, err = w.course(); err != nil {
				return Figure{}, err
			}
			panels = append(panels, panel{Plot: p})
		}
	}
	for i := range panels {
		panels[i].share = 1 / float64(len(panels))
	}
	return figure(WeightsFigure, vg.Length(2+4.5*float64(len(panels)))*vg.Centimeter, key, panels...)
}

func (w *Weights) line() draw.LineStyle {
	if w.Inhibitory {
		return draw.LineStyle{Color: vermillion, Width: medium}
	}
	return draw.LineStyle{Color: blue, Width: medium}
}

// histogram is both distributions, as parts of the synapses.
func (w *Weights) histogram(before draw.LineStyle) (*plot.Plot, error) {
	n := len(w.Edges) - 1
	if n < 1 || len(w.Start) != n || len(w.End) != n {
		return nil, fmt.Errorf("weights of %s: %d edges for %d and %d counts", w.Projection, len(w.Edges), len(w.Start), len(w.End))
	}
	if err := finite("weights of "+w.Projection, w.Edges); err != nil {
		return nil, err
	}
	top := 0.0
	outline := func(counts []int64) (points plotter.XYs) {
		total := 0.0
		for _, c := range counts {
			total += float64(c)
		}
		for i, c := range counts {
			part := 0.0
			if total > 0 {
				part = 100 * float64(c) / total
			}
			top = max(top, part)
			points = append(points, plotter.XY{X: w.Edges[i], Y: part}, plotter.XY{X: w.Edges[i+1], Y: part})
		}
		return points
	}
	start, end := outline(w.Start), outline(w.End)
	if top == 0 {
		top = 1
	}
	lo, hi := min(w.Edges[0], w.Edges[n]), max(w.Edges[0], w.Edges[n])
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	pad := (hi - lo) * 0.02
	p := newPlot("Weight ("+w.Unit+")", "Synapses (%)", lo-pad, hi+pad, 0, top*1.08)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(8), ticks(5)
	title(p, short(w.Projection, keyLetters))
	p.Add(curve{points: start, line: before}, curve{points: end, line: w.line()})
	return p, nil
}

// course is the mean over time, between lines of the percentiles.
func (w *Weights) course() (*plot.Plot, error) {
	t := len(w.TimeMs)
	if len(w.Mean) != t || len(w.Low) != t || len(w.Top) != t {
		return nil, fmt.Errorf("weights of %s: %d times for %d means, %d and %d percentiles", w.Projection, t, len(w.Mean), len(w.Low), len(w.Top))
	}
	if err := finite("weights of "+w.Projection, slices.Concat(w.Mean, w.Low, w.Top)); err != nil {
		return nil, err
	}
	lo, hi := slices.Min(w.Low), slices.Max(w.Top)
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	pad := (hi - lo) * 0.06
	p := newPlot(timeLabel(w.TimeMs[t-1]), "Weight ("+w.Unit+")", w.TimeMs[0], w.TimeMs[t-1], lo-pad, hi+pad)
	p.X.Tick.Marker, p.Y.Tick.Marker = timeTicks(w.TimeMs[t-1], 10), ticks(5)
	title(p, fmt.Sprintf("%s: mean, 10th and 90th percentile of %d synapses", short(w.Projection, keyLetters), w.Recorded))
	edge := w.line()
	edge.Width = hairline
	for _, c := range []struct {
		values []float64
		line   draw.LineStyle
	}{{w.Low, edge}, {w.Top, edge}, {w.Mean, w.line()}} {
		points := make(plotter.XYs, t)
		for i, ms := range w.TimeMs {
			points[i] = plotter.XY{X: ms, Y: c.values[i]}
		}
		p.Add(curve{points: points, line: c.line})
	}
	return p, nil
}
