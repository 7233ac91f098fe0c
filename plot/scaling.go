package plot

import (
	"errors"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Scaling is what ranks take, in ascending order of their number: the wall time of a second of model time [s], of a rank's own work and of the
// exchange of spikes, and the memory of a rank [MB].
type Scaling struct {
	Title                             string
	Ranks, Own, Exchange, All, Memory []float64
	Weak                              bool // the network grows with the ranks
}

// Draw draws time and memory against the number of ranks, all logarithmic. A pale line is what would be ideal: time and memory of one rank over
// the number of ranks or, where the network grows with them, the same for all.
func (s Scaling) Draw() (Figure, error) {
	if len(s.Ranks) < 2 {
		return Figure{}, errors.New("scaling: there are not two numbers of ranks")
	}
	lines := []Line{{"a rank's neurons", s.Ranks, s.Own}, {"exchange of spikes (model)", s.Ranks, s.Exchange}, {"both", s.Ranks, s.All}}
	memory := []Line{{"memory of a rank", s.Ranks, s.Memory}}
	looks, key := engineLooks([][]Line{lines, memory})
	time, space := s.panel("Wall time per s of model time (s)", lines, looks), s.panel("Memory of a rank (MB)", memory, looks)
	title(time, s.Title+"; pale: ideal")
	time.X.Label.Text = ""
	return figure("ranks", 15*vg.Centimeter+keyHeight, key, panel{Plot: time, share: 0.6}, panel{Plot: space, share: 0.4})
}

func (s Scaling) panel(label string, lines []Line, looks map[string]draw.LineStyle) *plot.Plot {
	box := newBounds()
	var curves []curve
	for _, l := range lines {
		c := curve{line: looks[l.Engine]}
		for i := range l.X {
			if l.Y[i] > 0 {
				at := plotter.XY{X: math.Log10(l.X[i]), Y: math.Log10(l.Y[i])}
				c.points = append(c.points, at)
				box.add(at)
			}
		}
		curves = append(curves, c)
	}
	p := newPlot("Ranks", label, box.lo.X-0.05, box.hi.X+0.05, box.lo.Y-0.15, box.hi.Y+0.15)
	p.X.Tick.Marker, p.Y.Tick.Marker = powers{}, powers{}
	if first := curves[0].points; len(first) > 0 {
		end := plotter.XY{X: box.hi.X, Y: first[0].Y}
		if !s.Weak {
			end = plotter.XY{X: min(box.hi.X, first[0].X+first[0].Y-box.lo.Y), Y: max(box.lo.Y, first[0].Y-(box.hi.X-first[0].X))}
		}
		p.Add(curve{points: plotter.XYs{first[0], end}, line: draw.LineStyle{Color: pale(curves[0].line.Color.(color.RGBA), 0.35), Width: thin}})
	}
	for _, c := range curves {
		p.Add(c, dots{c.points, c.line})
	}
	return p
}
