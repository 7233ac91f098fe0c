package plot

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Sweep is what theory and simulation give for several strengths of the
// external input. Rates are in Hz, one row for each population.
type Sweep struct {
	Populations []Population
	Factor      []float64   // of the external input, ascending, at which the theory was evaluated
	Theory      [][]float64 // rates by mean-field theory
	Limit       []float64   // rates of the balance limit at factor 1; nil where there is none
	SimFactor   []float64   // factors that were simulated
	Simulated   [][]float64
}

// Theory draws rates against the strength of the input: theory as lines, the
// balance limit, to which rates are proportional, as pale ones, and simulation
// as points.
func Theory(s Sweep) (Figure, error) {
	highest, err := s.highest()
	if err != nil {
		return Figure{}, err
	}
	last := s.Factor[len(s.Factor)-1]
	pad := 0.03 * (last - s.Factor[0]) // or the outer points would sit on the frame
	p := newPlot("External input (factor)", "Rate (Hz)", s.Factor[0]-pad, last+pad, 0, max(1, 1.08*highest))
	words := "Lines: mean-field theory; points: simulation"
	if s.Limit != nil {
		words = "Lines: mean-field theory (pale: balance limit); points: simulation"
	}
	title(p, words)
	lines := s.draw(p)
	return figure("theory", 8*vg.Centimeter, lineKey(s.Populations, lines), panel{Plot: p, share: 1})
}

// draw draws the curves and points and returns the populations' lines.
func (s Sweep) draw(p *plot.Plot) []draw.LineStyle {
	lines := looks(s.Populations)
	var curves []curve
	for i, line := range lines {
		curves = append(curves, curve{points: pairs(s.Factor, s.Theory[i]), line: line})
	}
	if few(s.Populations) {
		tellApart(curves, smoothHidden*p.Y.Max)
	}
	for i := range s.Limit {
		limit := make([]float64, len(s.Factor))
		for k, f := range s.Factor {
			limit[k] = f * s.Limit[i]
		}
		p.Add(curve{points: pairs(s.Factor, limit), line: draw.LineStyle{Color: pale(lines[i].Color.(color.RGBA), 0.35), Width: thin}})
	}
	for _, c := range curves {
		p.Add(c)
	}
	for i := range curves {
		p.Add(dots{pairs(s.SimFactor, s.Simulated[i]), lines[i]})
		lines[i] = curves[i].line
	}
	return lines
}

// highest is the highest rate of theory and simulation; it refuses data that can't be drawn.
func (s Sweep) highest() (float64, error) {
	if len(s.Factor) < 2 || len(s.Theory) != len(s.Populations) || len(s.Simulated) != len(s.Populations) {
		return 0, fmt.Errorf("theory: %d factors, %d and %d rows for %d populations", len(s.Factor), len(s.Theory), len(s.Simulated), len(s.Populations))
	}
	highest := 0.0
	for i, q := range s.Populations {
		if len(s.Theory[i]) != len(s.Factor) || len(s.Simulated[i]) != len(s.SimFactor) {
			return 0, fmt.Errorf("theory of %s: %d and %d rates for %d and %d factors", q.Name, len(s.Theory[i]), len(s.Simulated[i]), len(s.Factor), len(s.SimFactor))
		}
		for _, rates := range [][]float64{s.Theory[i], s.Simulated[i]} {
			if err := finite("theory of "+q.Name, rates); err != nil {
				return 0, err
			}
			for _, r := range rates {
				highest = max(highest, r)
			}
		}
	}
	return highest, nil
}

func pairs(x, y []float64) plotter.XYs {
	points := make(plotter.XYs, len(x))
	for i := range x {
		points[i] = plotter.XY{X: x[i], Y: y[i]}
	}
	return points
}

// dots marks points by discs, with a rim that sets them off from lines; those of thin lines are small.
type dots struct {
	points plotter.XYs
	line   draw.LineStyle
}

func (d dots) Plot(c draw.Canvas, p *plot.Plot) {
	radius, rim := 1.4+d.line.Width, vg.Length(0.8)
	if d.line.Width < medium { // of many lines
		radius, rim = 1.2, 0
	}
	x, y := p.Transforms(&c)
	for _, q := range d.points {
		at := vg.Point{X: x(q.X), Y: y(q.Y)}
		for _, disc := range []draw.GlyphStyle{
			{Color: background, Radius: radius + rim, Shape: draw.CircleGlyph{}},
			{Color: d.line.Color, Radius: radius, Shape: draw.CircleGlyph{}},
		} {
			c.DrawGlyph(disc, at)
		}
	}
}
