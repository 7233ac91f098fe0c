package sweep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"gonum.org/v1/gonum/stat"

	"einet/experiment"
	"einet/plot"
	"einet/record"
)

// write writes what the runs that are complete came to.
func (w *work) write(ctx context.Context) error {
	if len(w.results) == 0 {
		return w.writeRecord()
	}
	defer time.AfterFunc(patience, func() { w.o.Say("simulated; theory and figure are computed") }).Stop()
	var none error
	w.theory, none = w.predict(ctx, w.processors())
	var stopped error
	if ctx.Err() != nil { // what theory there is is not all
		if !w.out.Interrupt {
			stopped, w.out.Interrupt = experiment.ErrInterrupted, true
		}
		for k := range w.theory {
			w.theory[k] = &prediction{}
		}
	}
	if none != nil {
		w.out.Theory = none.Error()
	}
	if err := record.WriteFile(w.store.path(TableFile), w.writeTable); err != nil {
		return err
	}
	if err := w.writeArrays(w.store.path(ArrayFile)); err != nil {
		return err
	}
	w.out.Files = []string{TableFile, ArrayFile}
	if err := w.draw(ctx); err != nil {
		return err
	}
	return errors.Join(stopped, w.writeRecord())
}

// patience is how long what follows the simulations may take before it is told.
const patience = 2 * time.Second

func (w *work) writeRecord() error {
	r, err := w.store.record()
	if err != nil {
		return err
	}
	r.Outcome = &w.out
	return w.store.write(r)
}

// shown are the statistics that figures have.
var shown = []struct {
	column, scale, label string
	theory               string  // its prediction
	highest              float64 // of the scale at least
}{
	{"rate_hz", "Rate (Hz)", "Rate (Hz)", "theory_rate_hz", 1},
	{"cv_isi", "CV of intervals", "CV of intervals", "theory_cv_isi", 1},
	{"mean_pairwise_correlation", "Correlation of counts in 2 ms", "Correlation", "", 0},
}

// mostRows of maps are drawn: one for each population.
const mostRows = 4

// draw draws the figure of one or two axes.
func (w *work) draw(ctx context.Context) error {
	switch n := len(w.plan.Axes); {
	case w.o.NoFigure:
		return w.store.removeFigure() // an earlier one would be of other points
	case n > 2:
		w.out.NoFigure = fmt.Sprintf("figures are of one or two axes, and there are %d", n)
		return w.store.removeFigure()
	case w.out.Interrupt:
		w.out.NoFigure = "of a sweep that was interrupted there is no figure"
		return w.store.removeFigure()
	}
	var figure plot.Figure
	var err error
	if len(w.plan.Axes) == 2 {
		figure, err = w.maps(ctx).Draw()
	} else {
		figure, err = w.lines(ctx).Draw()
	}
	if err != nil {
		return err
	}
	names, err := experiment.WriteFigure(w.store.dir, figure)
	w.out.Files = append(w.out.Files, names...)
	return err
}

// ruler is an axis as figures have it.
func (a *Axis) ruler() plot.Ruler {
	numbers, unit, ok := a.Numbers()
	if !ok {
		return plot.Ruler{Label: a.Name, Words: a.Values}
	}
	r := plot.Ruler{Label: a.Name, Values: numbers, Log: a.Log}
	if unit != "" {
		r.Label += " (" + unit + ")"
	}
	for i := range numbers {
		if i > 1 && (numbers[i] > numbers[i-1]) != (numbers[1] > numbers[0]) { // neither up nor down
			return plot.Ruler{Label: r.Label, Words: a.Values}
		}
	}
	return r
}

// drawn are the populations that figures have: those with a membrane, the first few.
func (w *work) drawn() (list []int) {
	list = experiment.WithPotential(w.plan.Base)
	return list[:min(len(list), mostRows)]
}

// mean is that of a statistic over seeds, and its standard deviation: NaN where there are too few.
func (w *work) mean(point, population int, column Column) (mean, sd float64) {
	var values []float64
	for k := range w.plan.Seeds {
		if v := w.value(point*len(w.plan.Seeds)+k, population, column); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	mean, sd = stat.MeanStdDev(values, nil)
	if len(values) < 2 {
		sd = math.NaN()
	}
	return mean, sd
}

func columnNamed(name string) Column {
	for _, c := range Columns {
		if c.Name == name {
			return c
		}
	}
	panic(name)
}

// predictedBy is a prediction for a population, by the name of its column.
func predictedBy(column string, p *prediction, population int) float64 {
	for _, c := range theoryColumns {
		if c.name == column {
			return c.of(p, population)
		}
	}
	return math.NaN()
}

// A boundary is where theory has a change of state.
type boundary struct {
	look         int
	name, column string
	level        float64
	sudden       bool
}

var boundaries = []boundary{
	{0, "mean external input at threshold", "theory_external_over_threshold", 1, false},
	{1, "recurrent excitation = inhibition", "theory_recurrent_balance", 0, false},
	{2, "stability of the stationary state", "theory_unstable_modes", 0.5, true},
}

// crossed are the boundaries that the first population's predictions pass, with the values of each.
func (w *work) crossed() (list []boundary, fields [][]float64) {
	drawn := w.drawn()
	if len(drawn) == 0 {
		return nil, nil
	}
	for _, b := range boundaries {
		field := make([]float64, len(w.theory))
		above, below := false, false
		for k := range field {
			field[k] = predictedBy(b.column, w.theory[k], drawn[0])
			above, below = above || field[k] > b.level, below || field[k] <= b.level
		}
		if above && below {
			list, fields = append(list, b), append(fields, field)
			w.out.Boundaries = append(w.out.Boundaries, b.name)
		}
	}
	return list, fields
}

func (w *work) maps(ctx context.Context) plot.Maps {
	m := plot.Maps{Name: FigureName, X: w.plan.Axes[0].ruler(), Y: w.plan.Axes[1].ruler()}
	columns := len(w.plan.Axes[1].Values)
	asGrid := func(of func(point int) float64) (grid [][]float64) {
		for i := range w.plan.Axes[0].Values {
			grid = append(grid, make([]float64, columns))
			for k := range columns {
				grid[i][k] = of(i*columns + k)
			}
		}
		return grid
	}
	for _, population := range w.drawn() {
		var row []plot.Map
		for _, s := range shown {
			column := columnNamed(s.column)
			row = append(row, plot.Map{
				Title: w.plan.Base.Populations[population].Name, Scale: s.scale, Highest: s.highest,
				Values: asGrid(func(point int) float64 {
					v, _ := w.mean(point, population, column)
					return v
				}),
			})
		}
		m.Rows = append(m.Rows, row)
	}
	list, fields := w.crossed()
	for i, b := range list {
		m.Boundaries = append(m.Boundaries, plot.Boundary{
			Name: b.name, Look: b.look, Level: b.level, Field: asGrid(func(point int) float64 { return fields[i][point] }), Jump: w.jump(ctx, b),
		})
	}
	return m
}

func (w *work) lines(ctx context.Context) plot.Lines {
	l := plot.Lines{Name: FigureName, X: w.plan.Axes[0].ruler()}
	net := w.plan.Base
	for _, i := range w.drawn() {
		l.Populations = append(l.Populations, plot.Population{Name: net.Populations[i].Name, Size: net.Populations[i].Size, Inhibitory: net.Inhibits(net.Populations[i].Name)})
	}
	for _, s := range shown {
		panel := plot.LinePanel{Label: s.label}
		for _, i := range w.drawn() {
			var means, sds, theory []float64
			for k := range w.plan.Axes[0].Values {
				mean, sd := w.mean(k, i, columnNamed(s.column))
				means, sds = append(means, mean), append(sds, sd)
				theory = append(theory, predictedBy(s.theory, w.theory[k], i))
			}
			panel.Mean, panel.SD = append(panel.Mean, means), append(panel.SD, sds)
			if s.theory != "" && w.out.Theory == "" {
				panel.Theory = append(panel.Theory, theory)
			}
		}
		l.Panels = append(l.Panels, panel)
	}
	list, fields := w.crossed()
	for i, b := range list {
		boundary := plot.LineBoundary{Name: b.name, Look: b.look, Field: fields[i], Level: b.level}
		if jump := w.jump(ctx, b); jump != nil {
			boundary.Jump = func(from int) float64 { return jump([2]int{from}, [2]int{from + 1}) }
		}
		l.Boundaries = append(l.Boundaries, boundary)
	}
	return l
}

// Legend writes what the columns of the table are, one a line.
func Legend(to io.Writer) error {
	for _, c := range Columns {
		if _, err := fmt.Fprintf(to, "%s\t%s\t%s\n", c.Name, c.Unit, c.Text); err != nil {
			return err
		}
	}
	for _, c := range theoryColumns {
		if _, err := fmt.Fprintf(to, "%s\t%s\t%s\n", c.name, c.unit, c.text); err != nil {
			return err
		}
	}
	return nil
}
