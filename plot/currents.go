package plot

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Current is the input of one neuron over an interval of time.
type Current struct {
	Population
	Neuron    int       // its index in the population
	TimeMs    []float64 // [T]
	Exc       []float32 // [T] excitatory synaptic current
	Inh       []float32 // [T] inhibitory synaptic current, negative
	Ext       []float32 // [T] external input
	Threshold float64   // the constant input that just brings it to threshold: V_th - E_L [mV]
	Unit      string    // of all input: mV, as R*I, or pA, where it has no such threshold
}

// Currents draws the input of each neuron in a panel of its own: excitatory
// and external, inhibitory, and their sum, which must pass the dashed threshold
// for the neuron to fire.
func Currents(list []Current) (Figure, error) {
	var panels []panel
	for i, n := range list {
		p, err := n.plot()
		if err != nil {
			return Figure{}, err
		}
		if i < len(list)-1 {
			p.X.Tick.Marker = unlabelled{p.X.Tick.Marker}
			p.X.Label.Text = ""
		}
		panels = append(panels, panel{Plot: p, share: 1 / float64(len(list))})
	}
	key := []entry{
		{name: "excitatory + external", line: excitation}, {name: "inhibitory", line: inhibition},
		{name: "net", line: net}, {name: "threshold", line: threshold},
	}
	return figure("currents", vg.Length(2+4*len(list))*vg.Centimeter, key, panels...)
}

var (
	excitation = draw.LineStyle{Color: blue, Width: thin}
	inhibition = draw.LineStyle{Color: vermillion, Width: thin}
	net        = draw.LineStyle{Color: ink, Width: medium}
	threshold  = draw.LineStyle{Color: grey, Width: thin, Dashes: []vg.Length{4, 2.5}}
)

func (n Current) plot() (*plot.Plot, error) {
	name := fmt.Sprintf("currents of neuron %d of %s", n.Neuron, n.Name)
	t := len(n.TimeMs)
	if t < 2 || len(n.Exc) != t || len(n.Inh) != t || len(n.Ext) != t {
		return nil, fmt.Errorf("%s: %d times, %d, %d and %d values, want as many and at least 2", name, t, len(n.Exc), len(n.Inh), len(n.Ext))
	}
	var exc, inh, sum curve
	exc.line, inh.line, sum.line = excitation, inhibition, net
	label, unit := "Input R\u00b7I (mV)", "mV"
	if n.Unit == "pA" {
		label, unit, n.Threshold = "Input I (pA)", "pA", 0
	}
	lo, hi := min(0, n.Threshold), max(0, n.Threshold)
	for i, ms := range n.TimeMs {
		e, h := float64(n.Exc[i])+float64(n.Ext[i]), float64(n.Inh[i])
		exc.points = append(exc.points, plotter.XY{X: ms, Y: e})
		inh.points = append(inh.points, plotter.XY{X: ms, Y: h})
		sum.points = append(sum.points, plotter.XY{X: ms, Y: e + h})
		lo, hi = min(lo, h, e+h), max(hi, e, e+h)
	}
	if err := finite(name, []float64{lo, hi, n.Threshold, mean(sum.points)}); err != nil {
		return nil, err
	}
	from, to := n.TimeMs[0]-(n.TimeMs[1]-n.TimeMs[0]), n.TimeMs[t-1]
	pad := (hi - lo) * 0.06
	p := newPlot(timeLabel(to), label, from, to, lo-pad, hi+pad)
	p.X.Tick.Marker = timeTicks(to, 10)
	p.Add(level{0, draw.LineStyle{Color: pale(grey, 0.5), Width: 0.4}})
	if n.Unit != "pA" {
		p.Add(level{n.Threshold, threshold})
	}
	p.Add(exc, inh, sum)
	title(p, fmt.Sprintf("Neuron %d of %s, means: %s \u2212 %s = %s %s", n.Neuron, short(n.Name, keyLetters),
		whole(mean(exc.points)), whole(-mean(inh.points)), whole(mean(sum.points)), unit))
	return p, nil
}

// title sets a line of text above a panel.
func title(p *plot.Plot, words string) {
	p.Title.Text = words
	p.Title.TextStyle = face(tickSize, ink)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	p.Title.Padding = 2
}

func whole(x float64) string { return number(math.Round(x)) }

func mean(points plotter.XYs) float64 {
	sum := 0.0
	for _, q := range points {
		sum += q.Y
	}
	return sum / float64(len(points))
}

// A level is a horizontal line.
type level struct {
	y    float64
	line draw.LineStyle
}

func (l level) Plot(c draw.Canvas, p *plot.Plot) {
	_, y := p.Transforms(&c)
	c.StrokeLine2(l.line, c.Min.X, y(l.y), c.Max.X, y(l.y))
}
