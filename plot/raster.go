package plot

import (
	"fmt"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// maxMarks bounds the spikes in a raster: more would neither be seen nor open
// quickly in a browser.
const maxMarks = 40000

// markHeight is that of a spike which is seen well.
const markHeight = vg.Length(2.6)

// Raster draws the spikes of the sampled neurons, population above population,
// and the rates of all neurons below, over the sample's window of time.
func Raster(d Data) (Figure, error) {
	top, bottom, key := d.raster()
	return render("raster", 12.5*vg.Centimeter, func(c draw.Canvas) {
		stack(c, key, panel{top, 0.66}, panel{bottom, 0.34})
	})
}

// raster are the two panels and their key.
func (d Data) raster() (top, bottom *plot.Plot, key []entry) {
	from, to := d.Sample.Window()
	to = min(to, d.end()) // the run may have ended earlier
	rows := newRows(d)
	top = newPlot("", rows.label(), from-lead(from, to), to, 0, float64(rows.total))
	top.Y.Tick.Marker = rows
	top.Y.Tick.Length = 0
	top.X.Tick.Marker = unlabelled{ticks(10)}
	top.Add(rows)
	bottom, key = ratePanel(d, from, to)
	return top, bottom, key
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

// Ticks names the populations at the middle of their rows or, of a few that were chosen, each neuron.
func (r *rows) Ticks(float64, float64) []plot.Tick {
	var marks []plot.Tick
	first := 0
	for i, times := range r.times {
		for j, neuron := range r.neurons[i] {
			if r.named {
				marks = append(marks, plot.Tick{Value: float64(first+j) + 0.5, Label: fmt.Sprintf("%s %d", r.populations[i].Name, neuron)})
			}
		}
		if !r.named {
			marks = append(marks, plot.Tick{Value: float64(first) + float64(len(times))/2, Label: r.populations[i].Name})
		}
		first += len(times)
	}
	return marks
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
	// A mark is as high as two rows where rows are so many that it would be a dot.
	height := max(0.84*(y(1)-y(0)), min(2*(y(1)-y(0)), markHeight))
	base := 0
	for i, times := range r.times {
		c.SetLineStyle(draw.LineStyle{Color: hue(r.populations[i].Inhibitory), Width: markWidth})
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
		if base < r.total {
			c.StrokeLine2(draw.LineStyle{Color: pale(grey, 0.5), Width: 0.4}, c.Min.X, y(float64(base)), c.Max.X, y(float64(base)))
		}
	}
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
