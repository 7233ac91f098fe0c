package plot

import (
	"errors"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Line is measurements of one engine, in ascending order of X.
type Line struct {
	Engine string
	X, Y   []float64
}

// A Growth is how long engines take for one network at several sizes: X is the number of
// neurons, Y the wall time for a second of model time [s].
type Growth struct {
	Network string
	Lines   []Line
}

// engineColors are those of Okabe & Ito (2008) that stand out on white.
var engineColors = []color.RGBA{
	{0x00, 0x72, 0xb2, 0xff}, {0xd5, 0x5e, 0x00, 0xff}, {0x00, 0x9e, 0x73, 0xff},
	{0xcc, 0x79, 0xa7, 0xff}, {0xe6, 0x9f, 0x00, 0xff}, {0x56, 0xb4, 0xe9, 0xff},
}

// engineDashes tell apart what has the same colour.
var engineDashes = [][]vg.Length{nil, {4, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}}

// engineLooks gives each engine of several panels one look, in the order of their
// appearance.
func engineLooks(panels [][]Line) (looks map[string]draw.LineStyle, key []entry) {
	looks = map[string]draw.LineStyle{}
	for _, lines := range panels {
		for _, l := range lines {
			if _, known := looks[l.Engine]; !known {
				n := len(looks)
				look := draw.LineStyle{Color: engineColors[n%len(engineColors)], Width: medium, Dashes: engineDashes[n/len(engineColors)%len(engineDashes)]}
				looks[l.Engine], key = look, append(key, entry{name: l.Engine, line: look})
			}
		}
	}
	return looks, key
}

// Growths draws time against the number of neurons, both logarithmic, a panel for each
// network. A pale line through the first point of each is time in proportion to the neurons.
func Growths(list []Growth) (Figure, error) {
	if len(list) == 0 {
		return Figure{}, errors.New("sizes: no network has several sizes")
	}
	var all [][]Line
	for _, g := range list {
		all = append(all, g.Lines)
	}
	looks, key := engineLooks(all)
	var panels []panel
	for _, g := range list {
		panels = append(panels, panel{Plot: growth(g, looks), share: 1 / float64(len(list))})
	}
	return figure("sizes", vg.Length(len(list))*6*vg.Centimeter+keyHeight, key, panels...)
}

func growth(g Growth, looks map[string]draw.LineStyle) *plot.Plot {
	var curves []curve
	box := newBounds()
	for _, l := range g.Lines {
		c := curve{line: looks[l.Engine]}
		for i := range l.X {
			at := plotter.XY{X: math.Log10(l.X[i]), Y: math.Log10(l.Y[i])}
			c.points = append(c.points, at)
			box.add(at)
		}
		curves = append(curves, c)
	}
	p := newPlot("Neurons", "Wall time per s of model time (s)", box.lo.X-0.05, box.hi.X+0.05, box.lo.Y-0.15, box.hi.Y+0.15)
	p.X.Tick.Marker, p.Y.Tick.Marker = powers{}, powers{}
	title(p, short(g.Network, titleLetters)+"; pale: in proportion to the neurons")
	for _, c := range curves {
		first := c.points[0]
		end := plotter.XY{X: box.hi.X, Y: first.Y + box.hi.X - first.X}
		p.Add(curve{points: plotter.XYs{first, end}, line: draw.LineStyle{Color: pale(c.line.Color.(color.RGBA), 0.35), Width: thin}})
	}
	for _, c := range curves {
		p.Add(c, dots{c.points, c.line})
	}
	return p
}

// bounds is the box of what is drawn.
type bounds struct{ lo, hi plotter.XY }

func newBounds() bounds {
	inf := math.Inf(1)
	return bounds{plotter.XY{X: inf, Y: inf}, plotter.XY{X: -inf, Y: -inf}}
}

func (b *bounds) add(p plotter.XY) {
	b.lo = plotter.XY{X: min(b.lo.X, p.X), Y: min(b.lo.Y, p.Y)}
	b.hi = plotter.XY{X: max(b.hi.X, p.X), Y: max(b.hi.Y, p.Y)}
}

// Threads draws speed-up, time on one thread over time on several, against threads: X is the
// threads, Y the speed-up, and Engine names the network. A pale line is as many times as threads.
func Threads(lines []Line) (Figure, error) {
	if len(lines) == 0 {
		return Figure{}, errors.New("threads: nothing was measured on several numbers of threads")
	}
	looks, key := engineLooks([][]Line{lines})
	most, highest := 1.0, 1.0
	for _, l := range lines {
		for i := range l.X {
			most, highest = max(most, l.X[i]), max(highest, l.Y[i])
		}
	}
	p := newPlot("Threads", "Speed-up over one thread", 0.95, most+0.05, 0, 1.05*max(most, highest))
	p.X.Tick.Marker = threadMarks(most)
	title(p, "Pale: as many times as threads")
	p.Add(curve{points: plotter.XYs{{X: 1, Y: 1}, {X: most, Y: most}}, line: draw.LineStyle{Color: pale(ink, 0.35), Width: thin}})
	for _, l := range lines {
		points := pairs(l.X, l.Y)
		p.Add(curve{points: points, line: looks[l.Engine]}, dots{points, looks[l.Engine]})
	}
	return figure("threads", 8*vg.Centimeter, key, panel{Plot: p, share: 1})
}

// threadMarks marks whole numbers up to that many, at most about eight of them.
type threadMarks float64

func (w threadMarks) Ticks(_, _ float64) []plot.Tick {
	var marks []plot.Tick
	step := math.Ceil(float64(w) / 8)
	for k := 1.0; k <= float64(w); k += step {
		marks = append(marks, plot.Tick{Value: k, Label: number(k)})
	}
	return marks
}
