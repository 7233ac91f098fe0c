package plot

import (
	"fmt"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// A State is a variable of one neuron over an interval of time.
type State struct {
	Population
	Neuron int       // its index in the population
	Name   string    // of the variable
	Unit   string    // empty for none
	Over   string    // what it is an average over, in the place of a neuron
	TimeMs []float64 // [T]
	Values []float32 // [T]
}

// States draws each variable in a panel of its own.
func States(list []State) (Figure, error) {
	var panels []panel
	for i, s := range list {
		p, err := s.plot()
		if err != nil {
			return Figure{}, err
		}
		if i < len(list)-1 {
			p.X.Tick.Marker = unlabelled{p.X.Tick.Marker}
			p.X.Label.Text = ""
		}
		if i == 0 || s.Neuron != list[i-1].Neuron || s.Over != list[i-1].Over || s.Name == list[0].Name {
			text := fmt.Sprintf("Neuron %d of %s", s.Neuron, short(s.Population.Name, keyLetters))
			if s.Over != "" {
				text = s.Over
			}
			title(p, text)
		}
		panels = append(panels, panel{Plot: p, share: 1 / float64(len(list))})
	}
	return figure("states", vg.Length(2+3*len(list))*vg.Centimeter, nil, panels...)
}

func (s State) plot() (*plot.Plot, error) {
	name := fmt.Sprintf("%s of neuron %d of %s", s.Name, s.Neuron, s.Population.Name)
	t := len(s.TimeMs)
	if t < 2 || len(s.Values) != t {
		return nil, fmt.Errorf("%s: %d times and %d values, want as many and at least 2", name, t, len(s.Values))
	}
	c := curve{line: net}
	lo, hi := float64(s.Values[0]), float64(s.Values[0])
	for i, ms := range s.TimeMs {
		y := float64(s.Values[i])
		c.points = append(c.points, plotter.XY{X: ms, Y: y})
		lo, hi = min(lo, y), max(hi, y)
	}
	if err := finite(name, []float64{lo, hi}); err != nil {
		return nil, err
	}
	if lo == hi {
		lo, hi = lo-1, hi+1
	}
	label := short(s.Name, axisLetters)
	if s.Unit != "" {
		label += " (" + s.Unit + ")"
	}
	from, to := s.TimeMs[0], s.TimeMs[t-1]
	pad := (hi - lo) * 0.06
	p := newPlot(timeLabel(to), label, from, to, lo-pad, hi+pad)
	p.X.Tick.Marker = timeTicks(to, 10)
	p.Add(c)
	return p, nil
}
