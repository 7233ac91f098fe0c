package plot

import (
	"errors"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Titled run is one panel of Rasters.
type Titled struct {
	Title string
	Data
}

// Rasters draws the raster and the rate of several runs side by side, two to a row, each
// over its sample's window of time. The key is that of the first run.
func Rasters(runs []Titled) (Figure, error) {
	const columns, height, titlePadding, rowGap = 2, 7.5 * vg.Centimeter, vg.Length(4), vg.Length(12)
	if len(runs) == 0 {
		return Figure{}, errors.New("rasters: there are no runs")
	}
	type cell struct {
		panels []panel
		key    []entry
	}
	var cells []cell
	for _, run := range runs {
		top, bottom, key := run.raster()
		top.Y.Label.Text, bottom.Y.Label.Text = "", "Rate (Hz)" // no room for more
		top.Title.Text = run.Title
		top.Title.TextStyle = face(labelSize, ink)
		top.Title.TextStyle.XAlign, top.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
		top.Title.Padding = titlePadding
		cells = append(cells, cell{[]panel{{top, 0.66}, {bottom, 0.34}}, key})
	}
	rows := (len(runs) + columns - 1) / columns
	return render("rasters", vg.Length(rows)*height+keyHeight+2*margin, func(c draw.Canvas) {
		c = draw.Crop(c, margin, -margin, margin, -margin)
		drawKey(c, cells[0].key)
		c.Max.Y -= keyHeight
		wide, high := (c.Max.X-c.Min.X)/columns, (c.Max.Y-c.Min.Y)/vg.Length(rows)
		for i, cell := range cells {
			area := c
			area.Min.X += vg.Length(i%columns) * wide
			area.Max.X = area.Min.X + wide
			area.Max.Y -= vg.Length(i/columns) * high
			area.Min.Y = area.Max.Y - high
			if i%columns == 0 {
				area.Max.X -= rowGap / 2
			} else {
				area.Min.X += rowGap / 2
			}
			column(draw.Crop(area, 0, 0, rowGap/2, -rowGap/2), cell.panels)
		}
	})
}
