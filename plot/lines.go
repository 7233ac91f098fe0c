package plot

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Lines are statistics over one value that was varied.
type Lines struct {
	Name        string // of the figure
	X           Ruler
	Populations []Population
	Panels      []LinePanel
	Boundaries  []LineBoundary
}

// A LinePanel is one statistic: what it is, with its unit, and its values [population][x], NaN where there are none.
type LinePanel struct {
	Label            string
	Mean, SD, Theory [][]float64 // SD over seeds, NaN where there is one; Theory may be nil
}

// A LineBoundary is where a field [x] passes a level.
type LineBoundary struct {
	Name  string
	Look  int // as of a Boundary
	Field []float64
	Level float64
	Jump  func(from int) float64 // as of a Boundary, between a value and the next
}

// Draw draws a panel for each statistic, one above the other: points with their standard deviation, theory as lines.
func (l Lines) Draw() (Figure, error) {
	n := l.X.Len()
	if len(l.Panels) == 0 || n == 0 {
		return Figure{}, errors.New("lines: there is nothing to draw")
	}
	looks := looks(l.Populations)
	key := lineKey(l.Populations, looks)
	for _, b := range l.Boundaries {
		key = append(key, entry{name: b.Name, line: boundaryLine(b.Look)})
	}
	var panels []panel
	for k, one := range l.Panels {
		for i := range l.Populations {
			if len(one.Mean) != len(l.Populations) || len(one.Mean[i]) != n {
				return Figure{}, fmt.Errorf("%s: there are not %d values for each population", one.Label, n)
			}
		}
		p := l.plot(one, looks)
		if k == 0 && one.Theory != nil {
			title(p, "Points: simulation; lines: mean-field theory")
		}
		if k < len(l.Panels)-1 {
			p.X.Label.Text, p.X.Tick.Marker = "", unlabelled{&l.X}
		}
		panels = append(panels, panel{Plot: p, share: 1 / float64(len(l.Panels))})
	}
	return figure(l.Name, vg.Length(len(l.Panels))*4.2*vg.Centimeter+2*vg.Centimeter, key, panels...)
}

func (l *Lines) plot(one LinePanel, looks []draw.LineStyle) *plot.Plot {
	edges := l.X.edges()
	lo, hi := 0.0, 0.0
	for i := range l.Populations {
		for k, v := range one.Mean[i] {
			sd := 0.0
			if s := one.SD[i][k]; !math.IsNaN(s) {
				sd = s
			}
			if !math.IsNaN(v) {
				lo, hi = min(lo, v-sd), max(hi, v+sd)
			}
		}
		if one.Theory != nil {
			for _, v := range one.Theory[i] {
				if !math.IsNaN(v) {
					hi = max(hi, v)
				}
			}
		}
	}
	if hi == lo {
		hi = lo + 1
	}
	if lo < 0 {
		lo -= 0.06 * (hi - lo)
	}
	p := newPlot(l.X.Label, one.Label, edges[0], edges[len(edges)-1], lo, hi+0.06*(hi-lo))
	p.X.Tick.Marker, p.Y.Tick.Marker = &l.X, ticks(4)
	for _, b := range l.Boundaries {
		for _, x := range b.crossings(&l.X) {
			p.Add(mark{x, boundaryLine(b.Look)})
		}
	}
	if one.Theory != nil {
		for _, c := range l.theory(one, looks, smoothHidden*p.Y.Max) {
			p.Add(c)
		}
	}
	for i := range l.Populations {
		for k, v := range one.Mean[i] {
			if s := one.SD[i][k]; !math.IsNaN(v) && s > 0 {
				x := l.X.place(k)
				p.Add(curve{points: plotter.XYs{{X: x, Y: v - s}, {X: x, Y: v + s}}, line: draw.LineStyle{Color: looks[i].Color, Width: hairline}})
			}
		}
		var points plotter.XYs
		for _, part := range l.parts(one.Mean[i]) {
			points = append(points, part...)
		}
		p.Add(dots{points, looks[i]})
	}
	return p
}

// theory are the lines of theory, those that lie on earlier ones dashed.
func (l *Lines) theory(one LinePanel, looks []draw.LineStyle, distance float64) (curves []curve) {
	for i := range l.Populations {
		for _, part := range l.parts(one.Theory[i]) {
			curves = append(curves, curve{points: part, line: draw.LineStyle{Color: looks[i].Color, Width: thin}})
		}
	}
	tellApart(curves, distance)
	return curves
}

// parts are the points of values that are there, cut where one is missing.
func (l *Lines) parts(values []float64) (parts []plotter.XYs) {
	var part plotter.XYs
	for k, v := range values {
		if math.IsNaN(v) {
			if part != nil {
				parts, part = append(parts, part), nil
			}
			continue
		}
		part = append(part, plotter.XY{X: l.X.place(k), Y: v})
	}
	if part != nil {
		parts = append(parts, part)
	}
	return parts
}

// crossings are the places at which the field passes the level.
func (b *LineBoundary) crossings(r *Ruler) (places []float64) {
	for k := range r.Len() - 1 {
		f, g := b.Field[k]-b.Level, b.Field[k+1]-b.Level
		if math.IsNaN(f) || math.IsNaN(g) || f > 0 == (g > 0) {
			continue
		}
		part := f / (f - g)
		if b.Jump != nil {
			part = b.Jump(k)
		}
		places = append(places, r.place(k)+(r.place(k+1)-r.place(k))*part)
	}
	return places
}
