package plot

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"einet/analysis"
)

// A Validation is what a check of a network's claims left to draw. Parts that
// are nil or empty are left out.
type Validation struct {
	Populations  []Population
	Responses    []Response
	Sizes        []Cancellation
	Intervals    []analysis.Histogram // of each population [ms]
	Correlations [][]float64          // of pairs of neurons, of each population
}

// A Cancellation is mean |net input| over mean excitatory and external input in
// a network of some size.
type Cancellation struct {
	Neurons int
	Ratio   float64
}

// Validate draws all that there is: response, scaling, isi, correlations.
func Validate(v Validation) ([]Figure, error) {
	var list []Figure
	for _, f := range []struct {
		has  bool
		draw func() (Figure, error)
	}{
		{len(v.Responses) > 0, func() (Figure, error) { return responses(v.Responses) }},
		{len(v.Sizes) > 1, func() (Figure, error) { return scaling(v.Sizes) }},
		{slices.ContainsFunc(v.Intervals, func(h analysis.Histogram) bool { return h.Total() > 0 }), v.intervals},
		{slices.ContainsFunc(v.Correlations, func(c []float64) bool { return len(c) > 1 }), v.correlations},
	} {
		if !f.has {
			continue
		}
		figure, err := f.draw()
		if err != nil {
			return nil, err
		}
		list = append(list, figure)
	}
	return list, nil
}

// scaling draws the ratio against the number of neurons, both axes logarithmic,
// with lines through the points' centre: the one that fits and 1/sqrt N.
func scaling(list []Cancellation) (Figure, error) {
	var x, y []float64 // logarithms to base 10
	for _, s := range list {
		if s.Neurons < 1 || !(s.Ratio > 0) || math.IsInf(s.Ratio, 1) {
			return Figure{}, fmt.Errorf("scaling: %v at %d neurons, which cannot be drawn", s.Ratio, s.Neurons)
		}
		x, y = append(x, math.Log10(float64(s.Neurons))), append(y, math.Log10(s.Ratio))
	}
	xlo, xhi, ylo, yhi := slices.Min(x), slices.Max(x), slices.Min(y), slices.Max(y)
	if xlo == xhi {
		return Figure{}, fmt.Errorf("scaling: all networks have %d neurons", list[0].Neurons)
	}
	_, slope := stat.LinearRegression(x, y, nil, false)
	line := func(slope float64) plotter.XYs {
		var ends plotter.XYs
		for _, at := range []float64{xlo - 0.06, xhi + 0.06} {
			ends = append(ends, plotter.XY{X: at, Y: stat.Mean(y, nil) + slope*(at-stat.Mean(x, nil))})
		}
		return ends
	}
	fitted := draw.LineStyle{Color: blue, Width: medium}
	p := newPlot("Neurons N", "Mean |net input| / mean excitation", xlo-0.08, xhi+0.08, ylo-0.12, yhi+0.12)
	var at plot.ConstantTicks
	for i, s := range list {
		at = append(at, plot.Tick{Value: x[i], Label: number(float64(s.Neurons))})
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = at, powers{}
	p.Add(curve{points: line(slope), line: fitted}, curve{points: line(-0.5), line: dashed}, dots{pairs(x, y), draw.LineStyle{Color: blue, Width: 1.6 * medium}})
	key := []entry{{name: "fit, N to the power " + minus(fmt.Sprintf("%.2f", slope)), line: fitted}, {name: "1/\u221aN", line: dashed}}
	return figure("scaling", 8*vg.Centimeter, key, panel{Plot: p, share: 1})
}

// dashed is the line of what data are compared with.
var dashed = draw.LineStyle{Color: ink, Width: medium, Dashes: []vg.Length{4, 2.5}}

// powers marks an axis of logarithms to base 10 by the numbers themselves, as
// many to a factor of ten as there is room for.
type powers struct{}

func (powers) Ticks(lo, hi float64) []plot.Tick {
	list := []float64{1}
	switch {
	case hi-lo < 1:
		list = []float64{1, 1.5, 2, 3, 5, 7}
	case hi-lo < 3:
		list = []float64{1, 2, 5}
	}
	var marks []plot.Tick
	for k := math.Floor(lo); k <= hi; k++ {
		for _, m := range list {
			if v := k + math.Log10(m); v >= lo && v <= hi {
				marks = append(marks, plot.Tick{Value: v, Label: number(m * math.Pow(10, k))})
			}
		}
	}
	return marks
}

// longestInterval is how many means the axis of intervals goes to.
const longestInterval = 6

// intervals draws the density of each population's inter-spike intervals, of
// all neurons together, over their mean, and the exponential one of the same
// mean, which is straight on the logarithmic axis.
func (v Validation) intervals() (Figure, error) {
	if len(v.Intervals) != len(v.Populations) {
		return Figure{}, fmt.Errorf("isi: %d histograms for %d populations", len(v.Intervals), len(v.Populations))
	}
	for i, h := range v.Intervals {
		if h.Total() > 0 && len(h.Edges) != len(h.Counts)+1 {
			return Figure{}, fmt.Errorf("isi of %s: %d edges for %d counts", v.Populations[i].Name, len(h.Edges), len(h.Counts))
		}
	}
	if !few(v.Populations) {
		return v.intervalRows()
	}
	end := -longestInterval * math.Log10E
	low, high := end-0.3, 0.0
	var key []entry
	curves := []curve{{points: plotter.XYs{{}, {X: longestInterval, Y: end}}, line: dashed}}
	lines := looks(v.Populations)
	for i, q := range v.Populations {
		h := v.Intervals[i]
		if h.Total() == 0 {
			continue // a silent population
		}
		mean, line := meanOf(h), lines[i]
		steps := outline(h)
		for k := range steps {
			steps[k].X, steps[k].Y = steps[k].X/mean, max(2*low, math.Log10(steps[k].Y*mean))
			high = max(high, steps[k].Y)
		}
		steps = append(steps, plotter.XY{X: steps[len(steps)-1].X, Y: 2 * low}) // down to the axis
		curves = append(curves, curve{points: steps, line: line})
		key = append(key, entry{name: fmt.Sprintf("%s, mean %.3g ms", short(q.Name, axisLetters), mean), line: line})
	}
	p := newPlot("Inter-spike interval / mean interval", "Probability density", 0, longestInterval, low, high+0.15)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(6), powers{}
	for _, c := range curves {
		p.Add(c)
	}
	key = append(key, entry{name: "exponential of the same mean", line: dashed})
	return figure("isi", 8*vg.Centimeter, key, panel{Plot: p, share: 1})
}

// intervalRows draws the densities of many populations as a heat.
func (v Validation) intervalRows() (Figure, error) {
	var scaled []analysis.Histogram
	for _, h := range v.Intervals {
		s := analysis.Histogram{Counts: h.Counts}
		if h.Total() > 0 {
			for _, e := range h.Edges {
				s.Edges = append(s.Edges, e/meanOf(h))
			}
		}
		scaled = append(scaled, s)
	}
	h := densities(v.Populations, scaled, 0, longestInterval, "Probability density")
	p := h.panel("Inter-spike interval / mean interval", 1)
	return figure("isi", heatHeight(len(v.Populations), 16*vg.Centimeter)+2.5*vg.Centimeter, kinds(v.Populations), p)
}

// meanOf is the mean of a histogram's values, taken to lie at the bins' middles.
func meanOf(h analysis.Histogram) float64 {
	sum := 0.0
	for k, n := range h.Counts {
		sum += float64(n) * (h.Edges[k] + h.Edges[k+1]) / 2
	}
	return sum / float64(h.Total())
}

// outline is a histogram's density as a flight of steps.
func outline(h analysis.Histogram) plotter.XYs {
	points := make(plotter.XYs, 0, 2*len(h.Counts))
	for k, d := range h.Density() {
		points = append(points, plotter.XY{X: h.Edges[k], Y: d}, plotter.XY{X: h.Edges[k+1], Y: d})
	}
	return points
}

// correlationBins are the bins over the range that is shown, and rareness is
// such that one in so many correlations lies beyond each of its ends.
const correlationBins, rareness = 60, 200

// correlations draws the density of each population's pairwise correlations and
// marks the means.
func (v Validation) correlations() (Figure, error) {
	if len(v.Correlations) != len(v.Populations) {
		return Figure{}, fmt.Errorf("correlations: %d lists for %d populations", len(v.Correlations), len(v.Populations))
	}
	lo, hi, err := v.shown()
	if err != nil {
		return Figure{}, err
	}
	x := fmt.Sprintf("Correlation of two neurons' spike counts in bins of %d ms", analysis.PairBinMs)
	if !few(v.Populations) {
		return v.correlationRows(x, lo, hi)
	}
	var key []entry
	var curves []curve
	top := 0.0
	lines := looks(v.Populations)
	for i, q := range v.Populations {
		if len(v.Correlations[i]) < 2 {
			continue
		}
		line := lines[i]
		steps := outline(histogram(v.Correlations[i], lo, hi))
		top = max(top, curve{points: steps}.peak().Y)
		curves = append(curves, curve{points: steps, line: line})
		mean := minus(fmt.Sprintf("%.2g", stat.Mean(v.Correlations[i], nil)))
		key = append(key, entry{name: fmt.Sprintf("%s, mean (dashed) %s", short(q.Name, axisLetters), mean), line: line})
	}
	p := newPlot(x, "Probability density", lo, hi, 0, 1.1*top)
	p.X.Tick.Marker = ticks(8)
	for i, list := range v.Correlations {
		if len(list) > 1 { // each in the gaps of the one before: means may be equal
			line := lines[i]
			line.Dashes, line.DashOffs = []vg.Length{4, 2.5}, 3.25*vg.Length(i%2)
			p.Add(mark{stat.Mean(list, nil), line})
		}
	}
	for _, c := range curves {
		p.Add(c)
	}
	return figure("correlations", 8*vg.Centimeter, key, panel{Plot: p, share: 1})
}

// correlationRows draws the densities of many populations as a heat, with their means marked.
func (v Validation) correlationRows(x string, lo, hi float64) (Figure, error) {
	var all []analysis.Histogram
	var means [][]float64
	for _, list := range v.Correlations {
		if len(list) < 2 {
			all, means = append(all, analysis.Histogram{}), append(means, nil)
			continue
		}
		all, means = append(all, histogram(list, lo, hi)), append(means, []float64{stat.Mean(list, nil)})
	}
	h := densities(v.Populations, all, lo, hi, "Probability density")
	h.marks = means
	p := h.panel(x, 1)
	p.X.Tick.Marker = ticks(8)
	key := append(kinds(v.Populations), entry{name: "mean", line: draw.LineStyle{Color: ink, Width: thin}})
	return figure("correlations", heatHeight(len(v.Populations), 16*vg.Centimeter)+2.5*vg.Centimeter, key, p)
}

// shown is the range of correlations that is shown, the same for all.
func (v Validation) shown() (lo, hi float64, err error) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i, list := range v.Correlations {
		if err := finite("correlations of "+v.Populations[i].Name, list); err != nil {
			return 0, 0, err
		}
		if sorted := slices.Sorted(slices.Values(list)); len(sorted) > 1 {
			out := len(sorted) / rareness
			lo, hi = min(lo, sorted[out]), max(hi, sorted[len(sorted)-1-out])
		}
	}
	pad := max(0.02*(hi-lo), 0.001)
	return lo - pad, hi + pad, nil
}

// minus sets a true minus sign.
func minus(number string) string { return strings.Replace(number, "-", "\u2212", 1) }

func histogram(values []float64, lo, hi float64) analysis.Histogram {
	h := analysis.Histogram{Counts: make([]int64, correlationBins)}
	for k := range correlationBins + 1 {
		h.Edges = append(h.Edges, lo+(hi-lo)*float64(k)/correlationBins)
	}
	for _, x := range values {
		if k := math.Floor((x - lo) / (hi - lo) * correlationBins); k >= 0 && k < correlationBins {
			h.Counts[int(k)]++
		}
	}
	return h
}
