package plot

import (
	"errors"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Titled run is one panel of Rasters.
type Titled struct {
	Title string
	Data
}

// Rasters draws the raster and the rate of several runs side by side, two to a row, each
// over its sample's window of time. There is one key, where populations are called alike in all.
func Rasters(runs []Titled) (Figure, error) {
	const columns, titlePadding, rowGap = 2, vg.Length(4), vg.Length(12)
	if len(runs) == 0 {
		return Figure{}, errors.New("rasters: there are no runs")
	}
	var list []raster
	for _, run := range runs {
		list = append(list, newRaster(run.Data))
	}
	dashAlike(list)
	height, share := 7.5*vg.Centimeter, 0.66
	if slices.ContainsFunc(list, func(r raster) bool { return r.rates.heat != nil }) {
		height, share = 9*vg.Centimeter, 0.55
	}
	var cells [][]panel
	for i, r := range list {
		panels := r.panels(share)
		panels[0].Y.Label.Text = "" // no room for more
		panels[1].X.Tick.Marker = timeTicks(r.rates.to, 5)
		panels[0].X.Tick.Marker = unlabelled{panels[1].X.Tick.Marker}
		if r.rates.heat == nil {
			panels[1].Y.Label.Text = "Rate (Hz)"
		} else {
			r.rates.heat.scale = "Rate (Hz)"
		}
		title(panels[0].Plot, short(runs[i].Title, titleLetters))
		panels[0].Title.TextStyle.Font.Size = labelSize
		panels[0].Title.Padding = titlePadding
		cells = append(cells, panels)
	}
	rows := (len(runs) + columns - 1) / columns
	var key [][]entry
	if !slices.ContainsFunc(runs, func(r Titled) bool { return !sameNames(r.Populations, runs[0].Populations) }) {
		key = keyRows(width-2*margin, list[0].rates.key())
	}
	return render("rasters", vg.Length(rows)*height+vg.Length(len(key))*keyHeight+2*margin, func(c draw.Canvas) {
		c = drawKey(draw.Crop(c, margin, -margin, margin, -margin), key)
		wide, high := (c.Max.X-c.Min.X)/columns, (c.Max.Y-c.Min.Y)/vg.Length(rows)
		for i, panels := range cells {
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
			column(draw.Crop(area, 0, 0, rowGap/2, -rowGap/2), panels)
		}
	})
}

// sameNames tells whether populations are called alike, so that one key is for all.
func sameNames(a, b []Population) bool {
	return slices.EqualFunc(a, b, func(p, q Population) bool { return p.Name == q.Name })
}

// dashAlike gives a population the dashes of one run in all, for they have one key.
func dashAlike(list []raster) {
	for _, from := range list {
		for i, c := range from.rates.curves {
			for _, r := range list {
				if i < len(r.rates.curves) && len(c.line.Dashes) > 0 {
					r.rates.curves[i].line.Dashes = c.line.Dashes
				}
			}
		}
	}
}
