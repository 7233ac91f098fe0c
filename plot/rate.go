package plot

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"einet/analysis"
)

// Rate draws the mean firing rate of each population over the whole run.
func Rate(d Data) (Figure, error) {
	p, key := ratePanel(d, 0, d.end())
	return render("rate", 6.5*vg.Centimeter, func(c draw.Canvas) {
		stack(c, key, panel{p, 1})
	})
}

// end is the time [ms] of the last step, or of the first when nothing ran.
func (d Data) end() float64 { return float64(max(1, d.Steps)) * d.Counts.StepMs() }

// maxBins is the most bins a rate is drawn with: about one for each point of
// the axis.
const maxBins = 600

// binned merges counts until the span of time [ms] has at most maxBins bins of
// a round width.
func binned(c *analysis.PopulationCounts, span float64) *analysis.PopulationCounts {
	if span <= maxBins*c.BinMs() {
		return c
	}
	return c.Merge(int(math.Ceil(round(span/maxBins) / c.BinMs())))
}

// ratePanel plots the rates between two times [ms].
func ratePanel(d Data, from, to float64) (*plot.Plot, []entry) {
	counts := binned(d.Counts, to-from)
	var key []entry
	var curves []curve
	for i, p := range d.Populations {
		line := look(d.Populations, i)
		key = append(key, entry{p.Name, line})
		curves = append(curves, curve{points: cut(counts.Rates(i, d.Steps), counts.BinMs(), from, to), line: line, name: p.Name})
	}
	limit, clipped := rateLimit(curves)
	y := fmt.Sprintf("Rate (Hz), bins of %s ms", number(counts.BinMs()))
	p := newPlot(timeLabel(to), y, from-lead(from, to), to, 0, limit)
	p.X.Tick.Marker = timeTicks(to)
	p.Y.Tick.Marker = ticks(4)
	for _, c := range curves {
		p.Add(c)
	}
	if clipped {
		p.Add(peaks(curves))
	}
	return p, key
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

func timeTicks(to float64) plot.Ticker {
	if to > longMs {
		return seconds{}
	}
	return ticks(10)
}

// seconds labels an axis in ms by seconds.
type seconds struct{}

func (seconds) Ticks(lo, hi float64) []plot.Tick {
	marks := ticks(10).Ticks(lo/1000, hi/1000)
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

// rateLimit chooses the end of the axis so that a short high peak, as that of
// a synchronous start, does not flatten all the rest, and says whether it cuts
// something off.
func rateLimit(curves []curve) (limit float64, clipped bool) {
	highest, usual := 0.0, 0.0
	for _, c := range curves {
		var values []float64
		for _, q := range c.points {
			values = append(values, q.Y)
		}
		if len(values) == 0 {
			continue
		}
		slices.Sort(values)
		highest = max(highest, values[len(values)-1])
		usual = max(usual, values[len(values)*96/100])
	}
	if usual > 0 && highest > 2*usual {
		return 1.7 * usual, true
	}
	return max(1, 1.1*highest), false
}

// peaks notes the values that a shortened axis cuts off.
type peaks []curve

func (k peaks) Plot(c draw.Canvas, p *plot.Plot) {
	const space = vg.Length(12)
	x, _ := p.Transforms(&c)
	style := face(tickSize, ink)
	var cut []curve
	var notes []string
	at, total := c.Min.X, vg.Length(0)
	for _, cv := range k {
		if top := cv.peak(); top.Y > p.Y.Max {
			cut = append(cut, cv)
			notes = append(notes, fmt.Sprintf("%s peak %.0f Hz at %s ms", cv.name, top.Y, number(top.X)))
			at = max(at, x(top.X)+space/2)
			total += style.Width(notes[len(notes)-1]) + space
		}
	}
	if room := c.Max.X - c.Min.X; total > room { // too many: the highest stands for all
		cut = []curve{slices.MaxFunc(cut, func(a, b curve) int { return cmp.Compare(a.peak().Y, b.peak().Y) })}
		top := cut[0].peak()
		notes = []string{fmt.Sprintf("peaks up to %.0f Hz (%s at %s ms)", top.Y, cut[0].name, number(top.X))}
		total = style.Width(notes[0])
	}
	at = max(c.Min.X, min(at, c.Max.X-total))
	for i, note := range notes {
		style.Color = cut[i].line.Color
		box := style.Rectangle(note).Add(vg.Point{X: at, Y: c.Max.Y - style.Height(note)})
		c.SetColor(background)
		c.Fill(box.Path())
		c.FillText(style, box.Min, note)
		at += style.Width(note) + space
	}
}
