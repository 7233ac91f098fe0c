package plot

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A panel is one plot of a column of plots, with its share of the height.
type panel struct {
	*plot.Plot
	share float64
}

const (
	margin    = vg.Length(6)  // around a figure
	gap       = vg.Length(8)  // between panels
	keyHeight = vg.Length(16) // above the first one
)

// stack draws a column of panels with a key above them. The shares are those of the data areas: what an axis or a
// title takes is set aside first.
func stack(c draw.Canvas, key []entry, panels ...panel) {
	c = draw.Crop(c, margin, -margin, margin, -margin)
	for _, row := range keyRows(c.Max.X-c.Min.X, key) {
		drawKey(c, row)
		c.Max.Y -= keyHeight
	}
	column(c, panels)
}

// keyRows divides a key into rows that fit a width; an empty key is one empty row.
func keyRows(width vg.Length, key []entry) [][]entry {
	rows, used := [][]entry{nil}, vg.Length(0)
	for _, e := range key {
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
	left, right := vg.Length(0), vg.Length(0)
	extra := make([]vg.Length, len(panels))
	for i, p := range panels {
		data := p.DataCanvas(c)
		left = max(left, data.Min.X-c.Min.X)
		right = max(right, c.Max.X-data.Max.X)
		extra[i] = data.Min.Y - c.Min.Y + c.Max.Y - data.Max.Y
		room -= extra[i]
	}
	for i, p := range panels {
		area := c
		area.Min.Y = area.Max.Y - extra[i] - room*vg.Length(p.share)
		c.Max.Y = area.Min.Y - gap
		data := p.DataCanvas(area)
		p.Draw(draw.Crop(area, left-(data.Min.X-area.Min.X), area.Max.X-data.Max.X-right, 0, 0))
	}
}

// An entry of the key is a line and what it stands for.
type entry struct {
	name string
	line draw.LineStyle
}

// drawKey sets the entries in one row, flush right, where no data are.
func drawKey(c draw.Canvas, key []entry) {
	style := face(labelSize, ink)
	style.YAlign = draw.YCenter
	total := vg.Length(0)
	for _, e := range key {
		total += e.width()
	}
	x, y := c.Max.X-total+keySpace, c.Max.Y-keyHeight/3
	for _, e := range key {
		line := e.line
		line.Width = max(line.Width, medium)
		c.StrokeLine2(line, x, y-1, x+keySample, y-1) // at the middle of small letters
		c.FillText(style, vg.Point{X: x + keySample + 4, Y: y}, e.name)
		x += e.width()
	}
}
