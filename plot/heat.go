package plot

import (
	"image"
	"image/color"
	"math"
	"sort"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"einet/analysis"
)

// A heat shows what would be too many lines: a row for each population, the first at the bottom, and
// in it values along x as colours, whose scale stands at the right.
type heat struct {
	populations []Population
	edges       []float64   // [columns+1] of the columns, ascending
	values      [][]float64 // [population][columns], from 0; nil where there are none
	limit       float64     // of the scale
	clipped     bool        // there are values beyond
	scale       string      // what the values are, with their unit
	marks       [][]float64 // [population] of x, marked in its row
}

// ramp is the scale of colours: their lightness falls evenly, so that it is read without colours too, and
// they are none that stand for excitatory or inhibitory populations.
var ramp = func() (colors color.Palette) {
	stops := []color.RGBA{{0xFF, 0xFF, 0xFF, 0xFF}, {0xD5, 0xC4, 0xE4, 0xFF}, {0x9C, 0x7A, 0xC0, 0xFF}, {0x62, 0x35, 0x91, 0xFF}, {0x22, 0x08, 0x3F, 0xFF}}
	for k := range rampColors {
		at := float64(k) / (rampColors - 1) * float64(len(stops)-1)
		i := min(int(at), len(stops)-2)
		colors = append(colors, mixed(stops[i], stops[i+1], at-float64(i)))
	}
	return append(colors, pale(grey, 0.4)) // of no data
}()

const rampColors = 255

// Lengths of a heat's parts, in points: the scale at the right, and the strip at the left that tells excitatory from
// inhibitory populations.
const (
	scaleGap, scaleBar, scaleWidth = vg.Length(8), vg.Length(7), vg.Length(50)
	stripGap, stripWidth           = vg.Length(2), vg.Length(3)
)

// heatHeight is that of the rows of n populations.
func heatHeight(n int, most vg.Length) vg.Length {
	return min(max(vg.Length(n)*0.34*vg.Centimeter, 3.6*vg.Centimeter), most)
}

// panel is the plot with room for the scale.
func (h *heat) panel(x string, share float64) panel {
	p := newPlot(x, "", h.edges[0], h.edges[len(h.edges)-1], 0, float64(len(h.populations)))
	axis := &rowAxis{populations: h.populations}
	for i := range h.populations {
		axis.ends = append(axis.ends, float64(i+1))
	}
	p.Y.Tick.Marker = axis
	p.Y.LineStyle.Width = 0
	p.Y.Tick.Length, p.Y.Tick.LineStyle.Color = stripGap+stripWidth+1, color.Transparent // room for the strip
	p.Add(h)
	return panel{Plot: p, share: share, right: scaleWidth}
}

// kinds is the key of figures that do not tell single populations apart by colour.
func kinds(populations []Population) []entry {
	var key []entry
	for _, inhibitory := range []bool{false, true} {
		name := map[bool]string{false: "excitatory", true: "inhibitory"}[inhibitory]
		if ofKind(populations, inhibitory) > 0 {
			key = append(key, entry{name: name, line: draw.LineStyle{Color: hue(inhibitory), Width: stripWidth}})
		}
	}
	return key
}

// Plot draws the rows as one picture, of as many dots as a bitmap has there.
func (h *heat) Plot(c draw.Canvas, p *plot.Plot) {
	size := c.Size()
	columns, rows := pixels(size.X), max(pixels(size.Y), len(h.populations))
	picture := image.NewPaletted(image.Rect(0, 0, columns, rows), ramp)
	at := make([]int, columns)
	for k := range at {
		x := p.X.Min + (p.X.Max-p.X.Min)*(float64(k)+0.5)/float64(columns)
		at[k] = min(max(sort.SearchFloat64s(h.edges, x)-1, 0), len(h.edges)-2)
	}
	for y := range rows {
		values := h.values[len(h.populations)-1-y*len(h.populations)/rows]
		for x := range columns {
			picture.Pix[y*picture.Stride+x] = rampColors
			if values != nil {
				picture.Pix[y*picture.Stride+x] = h.index(values[at[x]])
			}
		}
	}
	c.DrawImage(c.Rectangle, picture)
	h.drawFrame(c, p)
	h.drawScale(c)
}

func pixels(length vg.Length) int { return max(1, int(math.Ceil(length.Dots(dpi)))) }

func (h *heat) index(value float64) uint8 {
	return uint8(math.Round(min(max(value/h.limit, 0), 1) * (rampColors - 1)))
}

// drawFrame draws what stands around the rows and in them: borders, strips of their kind, marks.
func (h *heat) drawFrame(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	groups := inGroups(h.populations)
	for i, q := range h.populations {
		lo, hi := y(float64(i)), y(float64(i+1))
		c.SetColor(hue(q.Inhibitory))
		right := c.Min.X - stripGap
		c.Fill(vg.Rectangle{Min: vg.Point{X: right - stripWidth, Y: lo}, Max: vg.Point{X: right, Y: hi}}.Path())
		if i > 0 && groups && begins(h.populations, i) {
			c.StrokeLine2(groupBorder, c.Min.X, lo, c.Max.X, lo)
		}
		if h.marks != nil {
			for _, at := range h.marks[i] {
				c.StrokeLine2(draw.LineStyle{Color: ink, Width: thin}, x(at), lo, x(at), hi)
			}
		}
	}
	frame := draw.LineStyle{Color: ink, Width: hairline}
	c.StrokeLines(frame, []vg.Point{c.Min, {X: c.Min.X, Y: c.Max.Y}, c.Max, {X: c.Max.X, Y: c.Min.Y}, c.Min})
}

// groupBorder is the line between populations or groups of them.
var groupBorder = draw.LineStyle{Color: pale(grey, 0.5), Width: 0.4}

func (h *heat) drawScale(c draw.Canvas) {
	bar := vg.Rectangle{Min: vg.Point{X: c.Max.X + scaleGap, Y: c.Min.Y}, Max: vg.Point{X: c.Max.X + scaleGap + scaleBar, Y: c.Max.Y}}
	picture := image.NewPaletted(image.Rect(0, 0, 1, rampColors), ramp)
	for y := range rampColors {
		picture.Pix[y*picture.Stride] = uint8(rampColors - 1 - y)
	}
	c.DrawImage(bar, picture)
	frame := draw.LineStyle{Color: ink, Width: hairline}
	c.StrokeLines(frame, []vg.Point{bar.Min, {X: bar.Min.X, Y: bar.Max.Y}, bar.Max, {X: bar.Max.X, Y: bar.Min.Y}, bar.Min})
	style := face(tickSize, ink)
	style.YAlign = text.YCenter
	for _, m := range h.ticks() {
		y := bar.Min.Y + (bar.Max.Y-bar.Min.Y)*vg.Length(m.Value/h.limit)
		c.StrokeLine2(frame, bar.Max.X, y, bar.Max.X+2, y)
		c.FillText(style, vg.Point{X: bar.Max.X + 4, Y: y}, m.Label)
	}
	style = face(tickSize, ink)
	style.Rotation, style.XAlign, style.YAlign = math.Pi/2, text.XCenter, text.YBottom
	c.FillText(style, vg.Point{X: c.Max.X + scaleWidth, Y: (bar.Min.Y + bar.Max.Y) / 2}, h.scale)
}

// scaleTicks are about as many numbers as a scale has.
const scaleTicks = 4

// ticks are those of the scale.
func (h *heat) ticks() []plot.Tick {
	marks := ticks(scaleTicks).Ticks(0, h.limit)
	if last := &marks[len(marks)-1]; h.clipped && last.Value > h.limit*(1-1e-9) {
		last.Label = "\u2265" + last.Label
	}
	return marks
}

// heatColumns are those of distributions that are drawn as a heat.
const heatColumns = 300

// densities are histograms of the same number of populations as a heat between two values of x; those of
// nothing have no values. What is in a bin at reset, where refractory neurons are held, is beyond the scale if need be.
func densities(populations []Population, list []analysis.Histogram, lo, hi float64, scale string) *heat {
	h := &heat{populations: populations, scale: scale}
	for k := range heatColumns + 1 {
		h.edges = append(h.edges, lo+(hi-lo)*float64(k)/heatColumns)
	}
	for _, v := range list {
		if v.Total() == 0 {
			h.values = append(h.values, nil)
			continue
		}
		density, row := v.Density(), make([]float64, heatColumns)
		for k := range row {
			x := (h.edges[k] + h.edges[k+1]) / 2
			if at := sort.SearchFloat64s(v.Edges, x) - 1; at >= 0 && at < len(density) {
				row[k] = density[at]
			}
			h.limit = max(h.limit, row[k])
		}
		h.values = append(h.values, row)
	}
	return h
}
