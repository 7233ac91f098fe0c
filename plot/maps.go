package plot

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"math"
	"slices"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Maps are statistics over two values that were varied.
type Maps struct {
	Name       string // of the figure
	X, Y       Ruler
	Rows       [][]Map // each of as many
	Boundaries []Boundary
}

// A Map is one statistic: what it is, with its unit, and its values [x][y], NaN where there are none. Values that span decades have
// a logarithmic scale.
type Map struct {
	Title, Scale string
	Values       [][]float64
	Highest      float64 // of the scale at least
}

// A Boundary is where a field [x][y] passes a level.
type Boundary struct {
	Name  string
	Look  int // which of a few looks its line has: the same one in all figures
	Field [][]float64
	Level float64
	// Jump is how far between two neighbouring values, as indices of x and y, the field passes the level, from 0 to 1, where it jumps and its
	// values don't say. nil: the field is smooth.
	Jump func(from, to [2]int) float64
}

// boundaryLines are told apart by colour and dashes.
var boundaryLines = []draw.LineStyle{
	{Color: color.RGBA{R: 0xE6, G: 0x9F, B: 0x00, A: 0xFF}, Width: 1.6},
	{Color: color.RGBA{R: 0x00, G: 0x9E, B: 0x73, A: 0xFF}, Width: 1.6, Dashes: []vg.Length{5, 2.5}},
	{Color: color.RGBA{R: 0x56, G: 0xB4, B: 0xE9, A: 0xFF}, Width: 1.8, Dashes: []vg.Length{2, 2}},
}

func boundaryLine(look int) draw.LineStyle { return boundaryLines[look%len(boundaryLines)] }

// Draw draws the maps side by side, the boundaries over each.
func (m Maps) Draw() (Figure, error) {
	if len(m.Rows) == 0 || m.X.Len() == 0 || m.Y.Len() == 0 {
		return Figure{}, errors.New("maps: there is nothing to draw")
	}
	for _, row := range m.Rows {
		for _, one := range row {
			if len(one.Values) != m.X.Len() || len(one.Values[0]) != m.Y.Len() {
				return Figure{}, fmt.Errorf("map of %s: %d by %d values, want %d by %d", one.Scale, len(one.Values), len(one.Values[0]), m.X.Len(), m.Y.Len())
			}
		}
	}
	var key []entry
	for _, b := range m.Boundaries {
		key = append(key, entry{name: b.Name, line: boundaryLine(b.Look)})
	}
	const rowHeight = 5.4 * vg.Centimeter
	rows := keyRows(width-2*margin, key)
	if len(key) == 0 {
		rows = nil
	}
	height := vg.Length(len(m.Rows))*rowHeight + vg.Length(len(rows))*keyHeight + 2*margin
	return render(m.Name, height, func(c draw.Canvas) {
		c = drawKey(draw.Crop(c, margin, -margin, margin, -margin), rows)
		data := m.plot(m.Rows[0][0], true, true).DataCanvas(c) // what is around it is room for labels, of the first column and the last row
		left, low := data.Min.X-c.Min.X, data.Min.Y-c.Min.Y
		high := (c.Max.Y - c.Min.Y - low) / vg.Length(len(m.Rows))
		for i, row := range m.Rows {
			wide := (c.Max.X - c.Min.X - left) / vg.Length(len(row))
			for k, one := range row {
				p := m.plot(one, k == 0, i == len(m.Rows)-1)
				area := c
				area.Min.X += left + vg.Length(k)*wide
				area.Max.X = area.Min.X + wide - mapScale
				area.Max.Y -= vg.Length(i) * high
				area.Min.Y = area.Max.Y - high + gap
				data := p.DataCanvas(area)
				area.Min.X -= data.Min.X - area.Min.X
				area.Min.Y -= data.Min.Y - area.Min.Y
				p.Draw(area)
			}
		}
	})
}

// mapScale is the room of a map's scale of colours.
const mapScale = vg.Length(46)

func (m *Maps) plot(one Map, left, bottom bool) *plot.Plot {
	x, y := m.X.edges(), m.Y.edges()
	p := newPlot(m.X.Label, m.Y.Label, x[0], x[len(x)-1], y[0], y[len(y)-1])
	p.X.Tick.Marker, p.Y.Tick.Marker = &m.X, &m.Y
	if !left {
		p.Y.Label.Text, p.Y.Tick.Marker = "", unlabelled{&m.Y}
	}
	if !bottom {
		p.X.Label.Text, p.X.Tick.Marker = "", unlabelled{&m.X}
	}
	title(p, one.Title)
	p.Add(&cells{m: m, Map: one, x: x, y: y, tints: newTints(one)})
	for _, b := range m.Boundaries {
		p.Add(contour{m, b, boundaryLine(b.Look)})
	}
	return p
}

// cells draw a map.
type cells struct {
	m *Maps
	Map
	x, y  []float64
	tints tints
}

// A tints scale gives values their colours between a lowest and a highest, in their logarithm if they span decades.
type tints struct {
	lo, hi  float64
	log     bool
	beneath bool // there are values below the scale
}

// Where the highest value is that many times the middle one, the scale is logarithmic, over as many decades.
const (
	decadesFrom = 5
	decades     = 3
)

func newTints(m Map) tints {
	var all []float64
	for _, column := range m.Values {
		for _, v := range column {
			if !math.IsNaN(v) && v > 0 {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		return tints{hi: max(m.Highest, 1)}
	}
	slices.Sort(all)
	s := tints{hi: max(all[len(all)-1], m.Highest)}
	if s.hi < decadesFrom*all[len(all)/2] {
		return s
	}
	s.log, s.hi = true, math.Log10(s.hi)
	s.lo = max(s.hi-decades, math.Log10(all[0]))
	s.beneath = true // 0 is, too
	return s
}

// at is the place of a value on the scale, from 0 to 1.
func (s *tints) at(v float64) float64 {
	if s.log {
		if v <= 0 {
			return 0
		}
		v = math.Log10(v)
	}
	return min(max((v-s.lo)/(s.hi-s.lo), 0), 1)
}

func (s *tints) ticks() []plot.Tick {
	marks := ticks(scaleTicks).Ticks(s.lo, s.hi)
	if s.log {
		marks = logTicks(s.lo, s.hi)
	}
	return marks
}

// Plot draws the cells as one picture, of as many dots as a bitmap has there, and the scale.
func (d *cells) Plot(c draw.Canvas, p *plot.Plot) {
	size := c.Size()
	columns, rows := pixels(size.X), pixels(size.Y)
	picture := image.NewPaletted(image.Rect(0, 0, columns, rows), ramp)
	for px := range columns {
		i := cellAt(d.x, p.X.Min+(p.X.Max-p.X.Min)*(float64(px)+0.5)/float64(columns))
		for py := range rows {
			k := cellAt(d.y, p.Y.Max-(p.Y.Max-p.Y.Min)*(float64(py)+0.5)/float64(rows))
			v, tints := d.Values[d.m.X.index(i)][d.m.Y.index(k)], uint8(rampColors)
			if !math.IsNaN(v) {
				tints = uint8(math.Round(d.tints.at(v) * (rampColors - 1)))
			}
			picture.Pix[py*picture.Stride+px] = tints
		}
	}
	c.DrawImage(c.Rectangle, picture)
	frame(c, c.Rectangle)
	d.drawScale(c)
}

func cellAt(edges []float64, x float64) int {
	return min(max(sort.SearchFloat64s(edges, x)-1, 0), len(edges)-2)
}

func frame(c draw.Canvas, r vg.Rectangle) {
	frame := draw.LineStyle{Color: ink, Width: hairline}
	c.StrokeLines(frame, []vg.Point{r.Min, {X: r.Min.X, Y: r.Max.Y}, r.Max, {X: r.Max.X, Y: r.Min.Y}, r.Min})
}

func (d *cells) drawScale(c draw.Canvas) {
	const away, wide = vg.Length(5), vg.Length(6)
	bar := vg.Rectangle{Min: vg.Point{X: c.Max.X + away, Y: c.Min.Y}, Max: vg.Point{X: c.Max.X + away + wide, Y: c.Max.Y}}
	picture := image.NewPaletted(image.Rect(0, 0, 1, rampColors), ramp)
	for y := range rampColors {
		picture.Pix[y*picture.Stride] = uint8(rampColors - 1 - y)
	}
	c.DrawImage(bar, picture)
	frame(c, bar)
	style := face(tickSize-1, ink)
	style.YAlign = text.YCenter
	for _, m := range d.tints.ticks() {
		y := bar.Min.Y + (bar.Max.Y-bar.Min.Y)*vg.Length((m.Value-d.tints.lo)/(d.tints.hi-d.tints.lo))
		c.StrokeLine2(draw.LineStyle{Color: ink, Width: hairline}, bar.Max.X, y, bar.Max.X+2, y)
		c.FillText(style, vg.Point{X: bar.Max.X + 4, Y: y}, m.Label)
	}
	style.Rotation, style.XAlign, style.YAlign = math.Pi/2, text.XCenter, text.YBottom
	c.FillText(style, vg.Point{X: c.Max.X + mapScale - 6, Y: (bar.Min.Y + bar.Max.Y) / 2}, d.Scale)
}

// A contour draws a boundary, with a rim that sets it off from what is below.
type contour struct {
	m *Maps
	Boundary
	line draw.LineStyle
}

func (b contour) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	paths := b.paths()
	for _, style := range []draw.LineStyle{{Color: background, Width: b.line.Width + 1.4}, b.line} {
		for _, path := range paths {
			var points []vg.Point
			for _, at := range path {
				points = append(points, vg.Point{X: x(at[0]), Y: y(at[1])})
			}
			c.StrokeLines(style, c.ClipLinesXY(points)...)
		}
	}
}

// paths are the lines along which the field passes the level, between the four values of each cell of the grid, joined end to end.
func (b *contour) paths() [][][2]float64 {
	var pieces [][2][2]float64
	for i := range b.m.X.Len() - 1 {
		for k := range b.m.Y.Len() - 1 {
			var ends [][2]float64
			corners := [][2]int{{i, k}, {i + 1, k}, {i + 1, k + 1}, {i, k + 1}, {i, k}}
			for e := range 4 {
				if at, ok := b.crossing(corners[e], corners[e+1]); ok {
					ends = append(ends, at)
				}
			}
			for e := 0; e+1 < len(ends); e += 2 {
				pieces = append(pieces, [2][2]float64{ends[e], ends[e+1]})
			}
		}
	}
	lines := joined(pieces)
	for _, line := range lines {
		b.reach(line)
	}
	return lines
}

// reach prolongs a line that ends at the outermost values to the edge of their cells.
func (b *contour) reach(line [][2]float64) {
	n := len(line)
	for axis, r := range []*Ruler{&b.m.X, &b.m.Y} {
		edges := r.edges()
		lo, hi := r.place(r.index(0)), r.place(r.index(r.Len()-1))
		for _, end := range [][2]int{{0, 1}, {n - 1, n - 2}} {
			at, before := &line[end[0]], line[end[1]]
			to := at[axis]
			switch at[axis] {
			case lo:
				to = edges[0]
			case hi:
				to = edges[len(edges)-1]
			}
			if d := at[axis] - before[axis]; to != at[axis] && d != 0 {
				at[1-axis] += (at[1-axis] - before[1-axis]) / d * (to - at[axis])
				at[axis] = to
			}
		}
	}
}

// crossing is where the field passes the level between two values of the grid. What lies at the level counts as below.
func (b *contour) crossing(from, to [2]int) (at [2]float64, ok bool) {
	f, g := b.Field[from[0]][from[1]]-b.Level, b.Field[to[0]][to[1]]-b.Level
	if math.IsNaN(f) || math.IsNaN(g) || f > 0 == (g > 0) {
		return at, false
	}
	part := f / (f - g)
	if b.Jump != nil {
		part = b.Jump(from, to)
	}
	for axis, r := range []*Ruler{&b.m.X, &b.m.Y} {
		lo, hi := r.place(from[axis]), r.place(to[axis])
		at[axis] = lo + (hi-lo)*part
	}
	return at, true
}

// joined makes lines of pieces that meet.
func joined(pieces [][2][2]float64) (lines [][][2]float64) {
	const near = 1e-9
	meets := func(a, b [2]float64) bool { return math.Abs(a[0]-b[0]) < near && math.Abs(a[1]-b[1]) < near }
	used := make([]bool, len(pieces))
	grow := func(line [][2]float64) [][2]float64 {
		for more := true; more; {
			more = false
			end := line[len(line)-1]
			for i, p := range pieces {
				if used[i] {
					continue
				}
				switch {
				case meets(p[0], end):
					line = append(line, p[1])
				case meets(p[1], end):
					line = append(line, p[0])
				default:
					continue
				}
				used[i], more = true, true
				break
			}
		}
		return line
	}
	for i, p := range pieces {
		if used[i] {
			continue
		}
		used[i] = true
		line := grow([][2]float64{p[0], p[1]})
		slices.Reverse(line)
		lines = append(lines, grow(line))
	}
	return lines
}
