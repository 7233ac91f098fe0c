package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"einet/analysis"
)

// Rate draws the mean firing rate of each population over the whole run, or the part of it that d asks for: as lines, or
// where they are more than mostRates as a heat.
func Rate(d Data) (Figure, error) {
	from, to := d.From, d.end()
	if d.To > 0 {
		to = min(to, d.To)
	}
	v := newRates(d, from, to)
	height := 6.5 * vg.Centimeter
	if v.heat != nil {
		height = heatHeight(len(d.Populations), 16*vg.Centimeter) + 2.5*vg.Centimeter
	}
	return figure("rate", height, v.key(), v.panel(1))
}

// mostRates is the number of noisy lines that are told apart.
const mostRates = 4

// end is the time [ms] of the last step, or of the first when nothing ran.
func (d Data) end() float64 { return float64(max(1, d.Steps)) * d.Counts.StepMs() }

// A rate is drawn with at most maxBins bins, about one for each point of the axis, and so wide that they have
// binSpikes spikes on average, or else with fewBins; a heat with at most heatBins, or else with fewHeated.
const (
	maxBins, heatBins  = 600, 300
	fewBins, fewHeated = 25, 100
	binSpikes          = 2
)

// binned merges the counts of d between two times [ms] into such bins, of a round width.
func (d Data) binned(from, to float64) *analysis.PopulationCounts {
	c, most, least := d.Counts, float64(maxBins), float64(fewBins)
	if len(d.Populations) > mostRates {
		most, least = heatBins, fewHeated
	}
	spikes := int64(0)
	for i := range d.Populations {
		for b, n := range c.Counts(i, d.Steps) {
			if t := (float64(b) + 0.5) * c.BinMs(); t > from && t < to {
				spikes += n
			}
		}
	}
	bin := (to - from) / most
	if spikes > 0 {
		bin = max(bin, min((to-from)/least, binSpikes*(to-from)*float64(len(d.Populations))/float64(spikes)))
	}
	if bin <= c.BinMs() {
		return c
	}
	return c.Merge(int(math.Ceil(round(bin) / c.BinMs())))
}

// rates are the populations' rates between two times, as lines or as a heat.
type rates struct {
	Data
	from, to, bin float64 // [ms]
	curves        []curve
	limit         float64
	clipped       bool
	heat          *heat
}

func newRates(d Data, from, to float64) *rates {
	counts := d.binned(from, to)
	v := &rates{Data: d, from: from, to: to, bin: counts.BinMs()}
	for i, line := range looks(d.Populations) {
		line.Width = thin
		points := cut(counts.Rates(i, d.Steps), v.bin, from, to)
		v.curves = append(v.curves, curve{points: points, line: line, name: d.Populations[i].Name})
	}
	v.limit, v.clipped = rateLimit(v.curves)
	if len(d.Populations) <= mostRates {
		tellApart(v.curves, noisyHidden*v.limit)
	} else if len(v.curves[0].points) > 0 {
		v.heat = v.rows()
	}
	return v
}

// rows are the rates as a heat.
func (v *rates) rows() *heat {
	h := &heat{populations: v.Populations, limit: v.limit, clipped: v.clipped, scale: v.scale()}
	if v.clipped { // to a number that is on the scale
		step := round(h.limit / scaleTicks)
		h.limit = math.Ceil(h.limit/step) * step
	}
	for _, q := range v.curves[0].points {
		h.edges = append(h.edges, q.X-v.bin/2)
	}
	h.edges = append(h.edges, h.edges[len(h.edges)-1]+v.bin)
	for _, c := range v.curves {
		var row []float64
		for _, q := range c.points {
			row = append(row, q.Y)
		}
		h.values = append(h.values, row)
	}
	return h
}

func (v *rates) scale() string { return fmt.Sprintf("Rate (Hz), bins of %s ms", number(v.bin)) }

func (v *rates) key() []entry {
	var key []entry
	if v.heat != nil {
		key = kinds(v.Populations)
	} else {
		for _, c := range v.curves {
			key = append(key, entry{name: short(c.name, keyLetters), line: c.line})
		}
	}
	if v.Discarded > v.from {
		key = append(key, entry{name: "not in the statistics", line: draw.LineStyle{Color: bandColour, Width: 7}})
	}
	return key
}

// panel plots the rates.
func (v *rates) panel(share float64) panel {
	p := panel{share: share}
	if v.heat != nil {
		p = v.heat.panel(timeLabel(v.to), share)
		p.X.Min, p.X.Max = v.from, v.to
	} else {
		p.Plot = newPlot(timeLabel(v.to), v.scale(), v.from-lead(v.from, v.to), v.to, 0, v.limit)
		p.Y.Tick.Marker = ticks(4)
		for _, c := range v.curves {
			if len(c.points) < stepBins {
				c.points = steps(c.points, v.bin)
			}
			p.Add(c)
		}
	}
	p.X.Tick.Marker = timeTicks(v.to, 10)
	if v.clipped {
		title(p.Plot, " ") // room for them
		p.Add(peaks{v.curves, v.limit})
	}
	p.Add(v.discarded())
	return p
}

// stepBins is the number of bins from which on a rate is a line; fewer are steps, as wide as they are.
const stepBins = 100

func steps(points plotter.XYs, bin float64) plotter.XYs {
	var all plotter.XYs
	for _, q := range points {
		all = append(all, plotter.XY{X: q.X - bin/2, Y: q.Y}, plotter.XY{X: q.X + bin/2, Y: q.Y})
	}
	return all
}

// discarded shades what the statistics leave out of what is shown.
func (v *rates) discarded() shade { return shade{v.from, min(v.Discarded, v.to)} }

// A shade is a vertical band over data, which stay visible.
type shade struct{ from, to float64 }

func (s shade) Plot(c draw.Canvas, p *plot.Plot) {
	if !(s.to > s.from) {
		return
	}
	x, _ := p.Transforms(&c)
	c.SetColor(color.NRGBA{R: ink.R, G: ink.G, B: ink.B, A: 0x26})
	c.Fill(vg.Rectangle{Min: vg.Point{X: x(s.from), Y: c.Min.Y}, Max: vg.Point{X: x(s.to), Y: c.Max.Y}}.Path())
}

// lead is a little time before the first: a peak at the very start would
// otherwise hide on the axis.
func lead(from, to float64) float64 { return 0.008 * (to - from) }

// timeLabel and timeTicks show seconds where milliseconds would be long numbers.
func timeLabel(to float64) string {
	if to > longMs {
		return "Time (s)"
	}
	return "Time (ms)"
}

const longMs = 2000

func timeTicks(to float64, n int) plot.Ticker {
	if to > longMs {
		return seconds(n)
	}
	return ticks(n)
}

// seconds labels an axis in ms by about so many seconds.
type seconds int

func (n seconds) Ticks(lo, hi float64) []plot.Tick {
	marks := ticks(n).Ticks(lo/1000, hi/1000)
	for i := range marks {
		marks[i].Value *= 1000
	}
	return marks
}

// cut is the part of a rate between two times, at the middles of its bins.
func cut(rates []float64, bin, from, to float64) plotter.XYs {
	var points plotter.XYs
	for b, r := range rates {
		if t := (float64(b) + 0.5) * bin; t > from && t < to {
			points = append(points, plotter.XY{X: t, Y: r})
		}
	}
	return points
}

// A curve is a named line.
type curve struct {
	points plotter.XYs
	line   draw.LineStyle
	name   string
}

// Plot draws the part of the line that is in the plot's ranges.
func (cv curve) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	line := make([]vg.Point, len(cv.points))
	for i, q := range cv.points {
		line[i] = vg.Point{X: x(q.X), Y: y(q.Y)}
	}
	c.StrokeLines(cv.line, c.ClipLinesXY(extremes(line, (c.Max.X-c.Min.X)/columns))...)
}

// columns is the number of parts of the width of a panel in which a line is told apart: two for
// each dot of a bitmap.
const columns = 3000

// extremes are the points of a line that runs to the right: of those within a column of that width
// the first, lowest, highest and last, in their order. A line of millions of points looks the
// same so and is drawn in no time.
func extremes(line []vg.Point, width vg.Length) []vg.Point {
	if len(line) <= 4*columns {
		return line
	}
	var kept []vg.Point
	for first := 0; first < len(line); {
		lowest, highest, last := first, first, first
		for k := first; k < len(line) && line[k].X < line[first].X+width; k++ {
			last = k
			if line[k].Y < line[lowest].Y {
				lowest = k
			}
			if line[k].Y > line[highest].Y {
				highest = k
			}
		}
		at := []int{first, min(lowest, highest), max(lowest, highest), last}
		for _, k := range slices.Compact(at) {
			kept = append(kept, line[k])
		}
		first = last + 1
	}
	return kept
}

func (cv curve) peak() plotter.XY {
	return slices.MaxFunc(cv.points, func(a, b plotter.XY) int { return cmp.Compare(a.Y, b.Y) })
}

// rateLimit chooses the end of the axis so that one short high peak, as that of
// a synchronous start, does not flatten all the rest, and says whether it cuts
// it off. All else is shown whole, as are bursts that come again.
func rateLimit(curves []curve) (limit float64, clipped bool) {
	top, first, last := plotter.XY{}, math.Inf(1), math.Inf(-1)
	for _, c := range curves {
		for _, q := range c.points {
			first, last = min(first, q.X), max(last, q.X)
			if q.Y > top.Y {
				top = q
			}
		}
	}
	rest := 0.0
	for _, c := range curves {
		for _, q := range c.points {
			if math.Abs(q.X-top.X) > peakShare*(last-first) {
				rest = max(rest, q.Y)
			}
		}
	}
	if rest > 0 && top.Y > 2*rest {
		return 1.3 * rest, true
	}
	return max(1, 1.1*top.Y), false
}

// peakShare is the part of the time, to both sides of the highest value, that is its peak.
const peakShare = 0.05

// peaks notes the values beyond a limit that an axis or a scale cuts off, above the data.
type peaks struct {
	curves []curve
	limit  float64
}

func (k peaks) Plot(c draw.Canvas, _ *plot.Plot) {
	const space = vg.Length(12)
	style := face(tickSize, ink)
	var cut []curve
	var notes []string
	total := -space
	for _, cv := range k.curves {
		if top := cv.peak(); top.Y > k.limit {
			cut = append(cut, cv)
			notes = append(notes, fmt.Sprintf("%s peak %.0f Hz at %s ms", short(cv.name, axisLetters), top.Y, number(top.X)))
			total += style.Width(notes[len(notes)-1]) + space
		}
	}
	if room := c.Max.X - c.Min.X; total > room { // too many: the highest stands for all
		cut = []curve{slices.MaxFunc(cut, func(a, b curve) int { return cmp.Compare(a.peak().Y, b.peak().Y) })}
		top := cut[0].peak()
		notes = []string{fmt.Sprintf("peaks up to %.0f Hz (%s at %s ms)", top.Y, short(cut[0].name, axisLetters), number(top.X))}
	}
	at := c.Min.X
	for i, note := range notes {
		style.Color = cut[i].line.Color
		c.FillText(style, vg.Point{X: at, Y: c.Max.Y + 3}, note)
		at += style.Width(note) + space
	}
}
