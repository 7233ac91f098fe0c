package plot

import (
	"fmt"
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel is one plot of a column of plots, with its share of the height.
type panel struct {
	*plot.Plot
	share float64
	right vg.Length // room beside it, which is its own
}

const (
	margin    = vg.Length(6)  // around a figure
	gap       = vg.Length(8)  // between panels
	keyHeight = vg.Length(16) // of a row of the key
)

// figure draws a column of panels with a key above them. The height is with one row of the key, further ones are more. The
// shares are those of the data areas: what an axis or a title takes is set aside first.
func figure(name string, height vg.Length, key []entry, panels ...panel) (Figure, error) {
	rows := keyRows(width-2*margin, key)
	return render(name, height+vg.Length(len(rows)-1)*keyHeight, func(c draw.Canvas) {
		column(drawKey(draw.Crop(c, margin, -margin, margin, -margin), rows), panels)
	})
}

// mostKeyRows are the rows that a key may have; what it leaves out it counts.
const mostKeyRows = 4

// keyRows divides a key into rows that fit a width; an empty key is one empty row.
func keyRows(width vg.Length, key []entry) [][]entry {
	rows := rowsOf(width, key)
	for n := len(key) - 1; len(rows) > mostKeyRows; n-- {
		rest := entry{name: fmt.Sprintf("and %d more", len(key)-n)}
		rows = rowsOf(width, append(key[:n:n], rest))
	}
	return rows
}

func rowsOf(width vg.Length, key []entry) [][]entry {
	rows, used := [][]entry{nil}, vg.Length(0)
	for _, e := range key {
		e.name = short(e.name, entryLetters)
		need := e.width()
		if last := len(rows) - 1; used+need > width+keySpace && len(rows[last]) > 0 {
			rows, used = append(rows, nil), 0
		}
		last := len(rows) - 1
		rows[last], used = append(rows[last], e), used+need
	}
	return rows
}

const keySample, keySpace = vg.Length(16), vg.Length(12)

// width is that of an entry and the space behind it.
func (e entry) width() vg.Length {
	style := face(labelSize, ink)
	return keySample + 4 + style.Width(e.name) + keySpace
}

// column draws panels from top to bottom, with their data areas in line.
func column(c draw.Canvas, panels []panel) {
	room := c.Max.Y - c.Min.Y - gap*vg.Length(len(panels)-1)
	extra := make([]vg.Length, len(panels))
	for i, p := range panels {
		data := p.DataCanvas(c)
		extra[i] = data.Min.Y - c.Min.Y + c.Max.Y - data.Max.Y
		room -= extra[i]
	}
	left, right := vg.Length(0), vg.Length(0)
	for _, p := range panels {
		if a, ok := p.Y.Tick.Marker.(*rowAxis); ok {
			a.room = room * vg.Length(p.share)
		}
		data := p.DataCanvas(c)
		left = max(left, data.Min.X-c.Min.X)
		right = max(right, c.Max.X-data.Max.X+p.right)
	}
	for i, p := range panels {
		area := c
		area.Min.Y = area.Max.Y - extra[i] - room*vg.Length(p.share)
		c.Max.Y = area.Min.Y - gap
		data := p.DataCanvas(area)
		p.Draw(draw.Crop(area, left-(data.Min.X-area.Min.X), area.Max.X-data.Max.X-right, 0, 0))
	}
}

// An entry of the key is a line, or shades of lines, and what it stands for.
type entry struct {
	name   string
	line   draw.LineStyle
	shades []color.Color
}

// drawKey sets rows of entries flush right, where no data are, and returns what is left below.
func drawKey(c draw.Canvas, rows [][]entry) draw.Canvas {
	style := face(labelSize, ink)
	style.YAlign = draw.YCenter
	for _, row := range rows {
		total := vg.Length(0)
		for _, e := range row {
			total += e.width()
		}
		x, y := c.Max.X-total+keySpace, c.Max.Y-keyHeight/3
		for _, e := range row {
			e.drawSample(c, x, y-1) // at the middle of small letters
			c.FillText(style, vg.Point{X: x + keySample + 4, Y: y}, e.name)
			x += e.width()
		}
		c.Max.Y -= keyHeight
	}
	return c
}

// drawSample draws an entry's line from x on, or all its shades beside each other.
func (e entry) drawSample(c draw.Canvas, x, y vg.Length) {
	line := e.line
	if line.Color == nil {
		return
	}
	line.Width = max(line.Width, medium)
	if len(e.shades) == 0 {
		c.StrokeLine2(line, x, y, x+keySample, y)
	}
	part := keySample / vg.Length(max(1, len(e.shades)))
	for k, shade := range e.shades {
		line.Color, line.Width = shade, 2*medium
		c.StrokeLine2(line, x+vg.Length(k)*part, y, x+vg.Length(k+1)*part, y)
	}
}
