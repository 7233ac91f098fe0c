package plot

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// maxMarks bounds the spikes in a raster: more would neither be seen nor open
// quickly in a browser.
const maxMarks = 40000

// markHeight is that of a spike which is seen well, mostMark that of one in a raster of few neurons.
const markHeight, mostMark = vg.Length(2.6), vg.Length(14)

// Raster draws the spikes of the sampled neurons, population above population,
// and the rates of all neurons below, over the sample's window of time.
func Raster(d Data) (Figure, error) {
	r := newRaster(d)
	upper := min(max(vg.Length(r.rows.total)*rowHeight, leastRows), mostRows)
	lower := 3.6 * vg.Centimeter
	if r.rates.heat != nil {
		lower = heatHeight(len(d.Populations), 7*vg.Centimeter)
	}
	share := float64(upper / (upper + lower))
	return figure("raster", upper+lower+1.9*vg.Centimeter, r.rates.key(), r.panels(share)...)
}

// Height of a row, and of all.
const (
	rowHeight = vg.Length(12)
	leastRows = 3.2 * vg.Centimeter
	mostRows  = 7 * vg.Centimeter
)

// A raster is spikes and the rates below.
type raster struct {
	rows  *rows
	rates *rates
}

func newRaster(d Data) raster {
	from, to := d.Sample.Span()
	to = min(to, d.end()) // the run may have ended earlier
	return raster{newRows(d), newRates(d, from, to)}
}

// panels are both, the rows with that share of the height.
func (r raster) panels(share float64) []panel {
	lower := r.rates.panel(1 - share)
	top := newPlot("", r.rows.label(), lower.X.Min, lower.X.Max, 0, float64(r.rows.total))
	top.Y.Tick.Marker = r.rows.axis()
	top.Y.Tick.Length = 0
	top.X.Tick.Marker = unlabelled{lower.X.Tick.Marker}
	top.Add(r.rows, r.rates.discarded())
	return []panel{{Plot: top, share: share}, lower}
}

// rows are the spike times of a raster; it draws them and labels their axis.
type rows struct {
	populations []Population
	times       [][][]float64 // [population][row][spike] [ms]
	neurons     [][]int       // [population][row] indices in the populations
	named       bool          // each row has its neuron's name
	total       int
}

// mostNamed is the most rows of chosen neurons that have their names at the axis.
const mostNamed = 25

func newRows(d Data) *rows {
	r := &rows{populations: d.Populations}
	marks, first := 0, 0
	for i := range d.Populations {
		times := d.Sample.Times(i)
		r.times = append(r.times, times)
		neurons := slices.Clone(d.Sample.Neurons(i))
		for k := range neurons {
			if neurons[k] -= first; d.Chosen != nil && d.Chosen[i] != nil {
				r.named, neurons[k] = true, d.Chosen[i][neurons[k]]
			}
		}
		first += d.Populations[i].Size
		r.neurons = append(r.neurons, neurons)
		r.total += len(times)
		for _, row := range times {
			marks += len(row)
		}
	}
	r.thin(1 + marks/maxMarks)
	r.named = r.named && r.total <= mostNamed
	return r
}

// thin keeps every n-th row.
func (r *rows) thin(n int) {
	r.total = 0
	for i, times := range r.times {
		var kept [][]float64
		var neurons []int
		for j := 0; j < len(times); j += n {
			kept, neurons = append(kept, times[j]), append(neurons, r.neurons[i][j])
		}
		r.times[i], r.neurons[i] = kept, neurons
		r.total += len(kept)
	}
}

func (r *rows) label() string {
	all := 0
	for _, p := range r.populations {
		all += p.Size
	}
	return fmt.Sprintf("Neurons (%d of %s)", r.total, grouped(all))
}

// axis names the populations or, of a few that were chosen, each neuron.
func (r *rows) axis() *rowAxis {
	a, end := &rowAxis{}, 0.0
	add := func(p Population, rows int) {
		end += float64(rows)
		a.populations, a.ends = append(a.populations, p), append(a.ends, end)
	}
	for i, p := range r.populations {
		if !r.named {
			add(p, len(r.times[i]))
			continue
		}
		for _, neuron := range r.neurons[i] {
			add(Population{Name: fmt.Sprintf("%s %d", p.Name, neuron)}, 1)
		}
	}
	return a
}

// markWidth is that of a mark; one that is nearer than a quarter of it to the mark before in
// its row is not seen and not drawn.
const markWidth = vg.Length(0.8)

// pathMarks is the number of marks that are one path: thousands of separate marks make a slow and
// large SVG, and the bitmap takes a time for a path that goes by the square of its marks.
const pathMarks = 256

// Plot draws one short upright line for each spike.
func (r *rows) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	// Where there are so many rows that a mark would be a dot, it is as high as two rows.
	height := min(max(0.84*(y(1)-y(0)), min(2*(y(1)-y(0)), markHeight)), mostMark)
	lines, groups := looks(r.populations), inGroups(r.populations)
	base := 0
	for i, times := range r.times {
		c.SetLineStyle(draw.LineStyle{Color: r.color(lines, i), Width: markWidth})
		var path vg.Path
		for j, row := range times {
			bottom, last := y(float64(base+j)+0.5)-height/2, vg.Length(-1)
			for _, t := range row {
				if x(t)-last < markWidth/4 {
					continue
				}
				last = x(t)
				path.Move(vg.Point{X: last, Y: bottom})
				path.Line(vg.Point{X: last, Y: bottom + height})
				if len(path) == 2*pathMarks {
					c.Stroke(path)
					path = path[:0]
				}
			}
		}
		base += len(times)
		c.Stroke(path)
		if i+1 < len(r.times) && (r.parts(i+1, groups) || vg.Length(len(times))*(y(1)-y(0)) > borderRows) {
			c.StrokeLine2(groupBorder, c.Min.X, y(float64(base)), c.Max.X, y(float64(base)))
		}
	}
}

// borderRows is the height of a population's rows from which on it always has a border.
const borderRows = vg.Length(12)

// parts says whether a border parts population i from the one before: another group, or where there are none, the other kind.
func (r *rows) parts(i int, groups bool) bool {
	if groups {
		return begins(r.populations, i)
	}
	return r.populations[i].Inhibitory != r.populations[i-1].Inhibitory
}

// color is that of population i: its own where the rates below have lines.
func (r *rows) color(lines []draw.LineStyle, i int) color.Color {
	if len(r.populations) > mostRates {
		return hue(r.populations[i].Inhibitory)
	}
	return lines[i].Color
}

// unlabelled is another ticker's marks without their numbers.
type unlabelled struct{ plot.Ticker }

func (u unlabelled) Ticks(lo, hi float64) []plot.Tick {
	marks := u.Ticker.Ticks(lo, hi)
	for i := range marks {
		marks[i].Label = ""
	}
	return marks
}

// grouped writes n with narrow spaces between thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	if len(s) < 5 {
		return s
	}
	var parts []string
	for len(s) > 3 {
		parts = append([]string{s[len(s)-3:]}, parts...)
		s = s[:len(s)-3]
	}
	return strings.Join(append([]string{s}, parts...), "\u2009")
}
