package plot

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Response is a population's rate around a step of the input at time 0. Times
// are in ms, rates in Hz; what was not reached is NaN.
type Response struct {
	Population
	Factor        float64   // of the input
	Recurrent     bool      // the network; otherwise its cells without synapses
	Time, Rate    []float64 // bins' middles
	Before, After float64
	Half, Settle  float64 // time to half of the change, and to stay within Settled of After
	Settled, TauM float64 // a fraction; the membrane time constant
}

// Time [ms] that the words take beside the lines at which a rate settles and of the time constant.
const settledMs, constantMs = 8.5, 11

// Part of the time that is shown [ms], and what the inset shows of it.
const (
	responseFrom, responseTo = -10, 50
	insetFrom, insetTo       = -2, 8
)

// responses draws the rate around each step of the input, one panel for each,
// with the times that it takes.
func responses(list []Response) (Figure, error) {
	var panels []panel
	for _, r := range list {
		if len(r.Time) != len(r.Rate) || len(r.Time) < 2 {
			return Figure{}, fmt.Errorf("response of %s: %d times for %d rates", r.Name, len(r.Time), len(r.Rate))
		}
		if err := finite("response of "+r.Name, slices.Concat(r.Time, r.Rate, []float64{r.Before, r.After})); err != nil {
			return Figure{}, err
		}
		panels = append(panels, panel{Plot: r.panel(), share: 1 / float64(len(list))})
	}
	panels[len(panels)-1].X.Label.Text = "Time from the step of the input (ms)"
	key := []entry{
		{name: "network", line: list[0].line()},
		{name: fmt.Sprintf("\u00b1%.0f %% of the final rate", 100*list[0].Settled), line: draw.LineStyle{Color: bandColour, Width: 7}},
	}
	if i := slices.IndexFunc(list, func(r Response) bool { return !r.Recurrent }); i > 0 {
		key = slices.Insert(key, 1, entry{name: "its cells without synapses", line: list[i].line()})
	}
	height := 1.5*vg.Centimeter + vg.Length(len(list))*4.6*vg.Centimeter
	return figure("response", height, key, panels...)
}

var (
	bandColour = pale(ink, 0.15)
	dotted     = draw.LineStyle{Color: ink, Width: thin, Dashes: []vg.Length{1.5, 1.5}}
	reached    = draw.LineStyle{Color: vermillion, Width: medium}
)

func (r Response) line() draw.LineStyle {
	if !r.Recurrent {
		return draw.LineStyle{Color: grey, Width: thin}
	}
	return draw.LineStyle{Color: hue(r.Inhibitory), Width: thin}
}

func (r Response) panel() *plot.Plot {
	points := r.between(responseFrom, responseTo)
	limit, cut := r.limit()
	p := newPlot("", "Rate (Hz)", responseFrom, responseTo, 0, max(1, limit))
	title(p, r.caption())
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(6), ticks(4)
	p.Add(strip{r.After * (1 - r.Settled), r.After * (1 + r.Settled)}, mark{0, draw.LineStyle{Color: ink, Width: hairline}},
		mark{r.TauM, dotted}, note{at: r.TauM, words: fmt.Sprintf("time constant %s ms", number(r.TauM))})
	if !math.IsNaN(r.Settle) {
		settled := note{at: r.Settle, words: fmt.Sprintf("settled %.1f ms", r.Settle)}
		if r.TauM < r.Settle+settledMs && r.Settle < r.TauM+constantMs {
			settled.line = 1
		}
		p.Add(mark{r.Settle, reached})
		if !r.settledInCaption() {
			p.Add(settled)
		}
	}
	p.Add(curve{points: points, line: r.line()})
	if !math.IsNaN(r.Half) {
		p.Add(dots{plotter.XYs{{X: r.Half, Y: (r.Before + r.After) / 2}}, reached}, note{words: fmt.Sprintf("half-way %.1f ms", r.Half), left: true})
	}
	if cut {
		p.Add(inset{r})
	}
	return p
}

// limit is the end of the axis of rates, and whether it cuts the peak off.
func (r Response) limit() (limit float64, cut bool) {
	peak := highest(r.between(responseFrom, responseTo))
	if most := 2.4 * r.After; peak > 1.3*most {
		return most, true
	}
	return 1.15 * peak, false
}

// insetMs is the time [ms] from which on words would meet an inset.
const insetMs = 16

// settledInCaption says whether there is no room for the words beside the line.
func (r Response) settledInCaption() bool {
	_, cut := r.limit()
	return cut && r.Settle > insetMs
}

// caption says what the panel shows.
func (r Response) caption() string {
	name := short(r.Name, keyLetters)
	who := "cells of " + name + " without synapses"
	if r.Recurrent {
		who = name + " in the network"
	}
	words := fmt.Sprintf("Input \u00d7 %s: %s, %.1f Hz before and %.1f Hz after", number(r.Factor), who, r.Before, r.After)
	switch {
	case math.IsNaN(r.Settle):
		words += ", not settled while it is followed"
	case r.settledInCaption():
		words += fmt.Sprintf(", settled %.1f ms", r.Settle)
	}
	return words
}

func (r Response) between(from, to float64) plotter.XYs {
	var points plotter.XYs
	for i, t := range r.Time {
		if t >= from && t <= to {
			points = append(points, plotter.XY{X: t, Y: r.Rate[i]})
		}
	}
	return points
}

func highest(points plotter.XYs) float64 {
	top := 0.0
	for _, q := range points {
		top = max(top, q.Y)
	}
	return top
}

// A strip is a horizontal band.
type strip struct{ lo, hi float64 }

func (s strip) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	c.SetColor(bandColour)
	c.Fill(vg.Rectangle{Min: vg.Point{X: c.Min.X, Y: y(s.lo)}, Max: vg.Point{X: c.Max.X, Y: min(c.Max.Y, y(s.hi))}}.Path())
}

// A mark is a vertical line.
type mark struct {
	x    float64
	line draw.LineStyle
}

func (m mark) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	if m.x >= p.X.Min && m.x <= p.X.Max {
		c.StrokeLine2(m.line, x(m.x), c.Min.Y, x(m.x), c.Max.Y)
	}
}

// A note stands beside a vertical line at the top of a plot, or that many lines below.
type note struct {
	at    float64
	words string
	left  bool
	line  int
}

func (n note) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	style := face(tickSize, ink)
	style.YAlign = text.YTop
	at := x(n.at) + 3
	if n.left {
		style.XAlign, at = text.XRight, x(n.at)-3
	}
	c.FillText(style, vg.Point{X: at, Y: c.Max.Y - vg.Length(n.line)*1.2*tickSize}, n.words)
}

// An inset shows the whole peak that the panel around it cuts off.
type inset struct{ r Response }

func (n inset) Plot(c draw.Canvas, _ *plot.Plot) {
	points := n.r.between(insetFrom, insetTo)
	p := newPlot("", "", insetFrom, insetTo, 0, 1.1*highest(points))
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(5), ticks(3)
	p.Add(curve{points: points, line: n.r.line()})
	w, h := c.Max.X-c.Min.X, c.Max.Y-c.Min.Y
	area := draw.Crop(c, 0.6*w, -0.02*w, 0.48*h, 0.02*h)
	p.Draw(area)
	style := face(tickSize, ink)
	style.XAlign, style.YAlign = text.XRight, text.YTop
	c.FillText(style, vg.Point{X: area.Max.X - 2, Y: area.Max.Y - 2}, fmt.Sprintf("whole peak, bins of %s ms", number(n.r.Time[1]-n.r.Time[0])))
}
