package plot

import (
	"fmt"
	"image"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// MostStripMarks bounds the spikes of a population along a line.
const MostStripMarks = maxMarks / 2

// A Strip is the spikes of neurons that lie along a line or ring.
type Strip struct {
	Population
	Length float64   // of the line [mm]
	TimeMs []float64 // [spike]
	At     []float64 // [spike] where the neuron is [mm]
	From   float64   // time shown [ms]
	To     float64
	Every  int // neurons from one that is shown to the next
}

// A Sheet is the activity of neurons that lie on a sheet, in some windows of time.
type Sheet struct {
	Population
	Width, Height float64      // of the sheet [mm]
	Columns       int          // of boxes, equal
	Windows       [][2]float64 // from and to [ms]
	RateHz        [][]float64  // [window][box] of a neuron, in rows from the bottom; NaN where there is none
}

// Strips draws spikes by position over time, a panel for each population.
func Strips(list []Strip) (Figure, error) {
	var panels []panel
	for i, s := range list {
		if len(s.At) != len(s.TimeMs) {
			return Figure{}, fmt.Errorf("%s: %d spikes at %d positions", s.Name, len(s.TimeMs), len(s.At))
		}
		p := newPlot(timeLabel(s.To), "Position (mm)", s.From, s.To, 0, s.Length)
		p.X.Tick.Marker = timeTicks(s.To, 10)
		if i < len(list)-1 {
			p.X.Tick.Marker, p.X.Label.Text = unlabelled{p.X.Tick.Marker}, ""
		}
		named := short(s.Name, titleLetters)
		if s.Every > 1 {
			named += fmt.Sprintf(", every %s neuron", ordinal(s.Every))
		}
		title(p, named)
		p.Add(marks{s})
		panels = append(panels, panel{Plot: p, share: 1 / float64(len(list))})
	}
	return figure("strip", vg.Length(1.6+5.4*float64(len(list)))*vg.Centimeter, nil, panels...)
}

func ordinal(n int) string {
	if n == 2 {
		return "second"
	}
	return fmt.Sprintf("%dth", n)
}

// marks are the spikes of a strip.
type marks struct{ Strip }

func (m marks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	size := vg.Length(1.1)
	if len(m.TimeMs) < 4000 {
		size = 1.6
	}
	c.SetColor(hue(m.Inhibitory))
	for k, t := range m.TimeMs {
		at := vg.Point{X: x(t), Y: y(m.At[k])}
		half := vg.Point{X: size / 2, Y: size / 2}
		c.Fill(vg.Rectangle{Min: at.Sub(half), Max: at.Add(half)}.Path())
	}
}

// Sheets draws snapshots of the activity on sheets: a row for each population, whose colours mean the same in all of its windows.
func Sheets(list []Sheet) (Figure, error) {
	columns := 0
	for _, s := range list {
		columns = max(columns, len(s.Windows))
		for _, w := range s.RateHz {
			if len(w)%s.Columns != 0 {
				return Figure{}, fmt.Errorf("%s: %d boxes, in rows of %d", s.Name, len(w), s.Columns)
			}
		}
	}
	const left, right = vg.Length(34), vg.Length(scaleWidth + 4)
	side := (width - 2*margin - left - right - vg.Length(columns-1)*gap) / vg.Length(columns)
	heights := make([]vg.Length, len(list))
	height := 2*margin + vg.Length(22)
	for i, s := range list {
		heights[i] = min(side*vg.Length(s.Height/s.Width), 2*side)
		height += heights[i] + sheetTitle + gap
	}
	return render("sheet", height, func(c draw.Canvas) {
		c = draw.Crop(c, margin, -margin, margin, -margin)
		top := c.Max.Y
		for i := range list {
			s := &list[i]
			limit, clipped := s.limit()
			top -= sheetTitle
			for k := range s.Windows {
				x := c.Min.X + left + vg.Length(k)*(side+gap)
				box := vg.Rectangle{Min: vg.Point{X: x, Y: top - heights[i]}, Max: vg.Point{X: x + side, Y: top}}
				s.draw(c, box, k, limit, i == len(list)-1)
			}
			last := c.Min.X + left + vg.Length(len(s.Windows))*(side+gap) - gap
			scale := &heat{limit: limit, clipped: clipped, scale: "Rate (Hz)"}
			data := c
			data.Rectangle = vg.Rectangle{Min: vg.Point{X: last, Y: top - heights[i]}, Max: vg.Point{X: last, Y: top}}
			scale.drawScale(data)
			top -= heights[i] + gap
		}
	})
}

// sheetTitle is the room above a row of snapshots.
const sheetTitle = vg.Length(14)

// limit is that of a sheet's colours: few boxes are beyond.
func (s *Sheet) limit() (limit float64, clipped bool) {
	var all []float64
	for _, w := range s.RateHz {
		for _, r := range w {
			if !math.IsNaN(r) {
				all = append(all, r)
			}
		}
	}
	if len(all) == 0 {
		return 1, false
	}
	slices.Sort(all)
	most := all[len(all)-1]
	limit = all[(len(all)-1)*995/1000]
	switch {
	case most == 0:
		return 1, false
	case limit == 0:
		return most, false
	}
	return limit, most > limit
}

// draw draws one snapshot.
func (s *Sheet) draw(c draw.Canvas, box vg.Rectangle, k int, limit float64, labelled bool) {
	colors := &heat{limit: limit}
	rows := len(s.RateHz[k]) / s.Columns
	picture := image.NewPaletted(image.Rect(0, 0, s.Columns, rows), ramp)
	for at, r := range s.RateHz[k] {
		index := uint8(rampColors) // of no neuron
		if !math.IsNaN(r) {
			index = colors.index(r)
		}
		picture.Pix[(rows-1-at/s.Columns)*picture.Stride+at%s.Columns] = index
	}
	size := box.Size()
	c.DrawImage(box, enlarged(picture, pixels(size.X), pixels(size.Y)))
	w := s.Windows[k]
	style := face(tickSize, ink)
	style.YAlign = text.YBottom
	name := ""
	if k == 0 {
		name = short(s.Name, axisLetters) + ", "
	}
	c.FillText(style, vg.Point{X: box.Min.X, Y: box.Max.Y + 2}, fmt.Sprintf("%s%s\u2013%s ms", name, number(w[0]), number(w[1])))

	p := newPlot("", "", 0, s.Width, 0, s.Height)
	p.X.Tick.Marker, p.Y.Tick.Marker = ticks(2), ticks(3)
	if labelled {
		p.X.Label.Text = "x (mm)"
	} else {
		p.X.Tick.Marker = unlabelled{p.X.Tick.Marker}
	}
	if k == 0 {
		p.Y.Label.Text = "y (mm)"
	} else {
		p.Y.Tick.Marker = unlabelled{p.Y.Tick.Marker}
	}
	// The axes lie outside the box: a plot whose data area is the box.
	data := p.DataCanvas(c)
	around := c
	around.Min = vg.Point{X: box.Min.X - (data.Min.X - c.Min.X), Y: box.Min.Y - (data.Min.Y - c.Min.Y)}
	around.Max = vg.Point{X: box.Max.X + (c.Max.X - data.Max.X), Y: box.Max.Y + (c.Max.Y - data.Max.Y)}
	p.Draw(around)
	frame := draw.LineStyle{Color: ink, Width: hairline}
	c.StrokeLines(frame, []vg.Point{box.Min, {X: box.Min.X, Y: box.Max.Y}, box.Max, {X: box.Max.X, Y: box.Min.Y}, box.Min})
}

// enlarged is a picture of more dots, each a copy of the nearest.
func enlarged(from *image.Paletted, columns, rows int) *image.Paletted {
	size := from.Rect.Size()
	to := image.NewPaletted(image.Rect(0, 0, columns, rows), from.Palette)
	for y := range rows {
		for x := range columns {
			to.Pix[y*to.Stride+x] = from.Pix[y*size.Y/rows*from.Stride+x*size.X/columns]
		}
	}
	return to
}
