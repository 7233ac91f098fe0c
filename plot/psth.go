package plot

import (
	"errors"
	"fmt"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Trials are the spikes of one neuron and the rates of populations in several trials of a network, around a time 0.
type Trials struct {
	Populations []Population
	TimeMs      []float64     // [bins] middles, at equal distances
	Rates       [][][]float64 // [population][trial][bins] mean over neurons [Hz]
	Low, High   [][]float64   // [population][bins] of the band around the mean over trials [Hz]; NaN of one trial

	Neuron string      // whose spikes those are
	Of     int         // its population
	Spikes [][]float64 // [trial] times [ms]
}

// PSTH draws the spikes of one neuron, a row for each trial, above the peristimulus time histogram: rates as means over trials, with
// their band.
func PSTH(t Trials) (Figure, error) {
	n := len(t.TimeMs)
	if n < 2 || len(t.Populations) == 0 || len(t.Spikes) == 0 {
		return Figure{}, errors.New("rates over trials: there are fewer than two bins, or no trials")
	}
	half := (t.TimeMs[1] - t.TimeMs[0]) / 2
	from, to := t.TimeMs[0]-half, t.TimeMs[n-1]+half
	r := &rows{populations: []Population{t.Populations[t.Of]}, times: [][][]float64{t.Spikes}, total: len(t.Spikes)}
	top := newPlot("", "Trials", from, to, 0, float64(len(t.Spikes)))
	top.Y.Tick.Marker = ticks(3)
	top.X.Tick.Marker = unlabelled{ticks(8)}
	title(top, "Spikes of neuron "+t.Neuron)
	event := mark{0, draw.LineStyle{Color: ink, Width: hairline}}
	top.Add(r, event)
	limit := 0.0
	looks := looks(t.Populations)
	lower := newPlot("Time (ms)", fmt.Sprintf("Rate (Hz), %s ms bins", number(2*half)), from, to, 0, 1)
	lower.X.Tick.Marker = ticks(8)
	for i := range t.Populations {
		lower.Add(ribbon{t.TimeMs, t.Low[i], t.High[i], pale(color.RGBAModel.Convert(looks[i].Color).(color.RGBA), 0.3)})
	}
	for i := range t.Populations {
		mean := make([]float64, n)
		for k := range mean {
			for _, trial := range t.Rates[i] {
				mean[k] += trial[k] / float64(len(t.Rates[i]))
			}
			limit = max(limit, mean[k])
			if high := t.High[i][k]; !math.IsNaN(high) {
				limit = max(limit, high)
			}
		}
		line := looks[i]
		line.Width = thin
		lower.Add(curve{points: pairs(t.TimeMs, mean), line: line})
	}
	lower.Add(event)
	lower.Y.Max = max(1, 1.06*limit)
	key := append(lineKey(t.Populations, looks), entry{name: "95 % of the mean", line: draw.LineStyle{Color: pale(grey, 0.45), Width: 7}})
	return figure("psth", 9.5*vg.Centimeter, key, panel{Plot: top, share: 0.4}, panel{Plot: lower, share: 0.6})
}

// A ribbon fills what lies between two lines, where both are there.
type ribbon struct {
	x, low, high []float64
	colour       color.Color
}

func (r ribbon) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	var up, down []vg.Point
	fill := func() {
		if len(up) > 1 {
			area := up
			for k := len(down) - 1; k >= 0; k-- {
				area = append(area, down[k])
			}
			c.FillPolygon(r.colour, c.ClipPolygonXY(area))
		}
		up, down = nil, nil
	}
	for k := range r.x {
		if math.IsNaN(r.low[k]) || math.IsNaN(r.high[k]) {
			fill()
			continue
		}
		up = append(up, vg.Point{X: x(r.x[k]), Y: y(max(0, r.low[k]))})
		down = append(down, vg.Point{X: x(r.x[k]), Y: y(r.high[k])})
	}
	fill()
}
