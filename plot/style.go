package plot

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

var (
	blue       = color.RGBA{R: 0x00, G: 0x72, B: 0xB2, A: 0xFF} // excitatory
	vermillion = color.RGBA{R: 0xD5, G: 0x5E, B: 0x00, A: 0xFF} // inhibitory
	ink        = color.RGBA{R: 0x1A, G: 0x1A, B: 0x1A, A: 0xFF}
	grey       = color.RGBA{R: 0x70, G: 0x70, B: 0x70, A: 0xFF}
	background = color.White
)

// Sizes of type, and widths of lines from the frame's to the data's.
const (
	labelSize = 9
	tickSize  = 8
	hairline  = vg.Length(0.6)
	thin      = vg.Length(0.8)
	medium    = vg.Length(1.2)
)

// look is the colour and dashes of population i: the two hues tell excitatory
// from inhibitory, and dashes tell populations of one kind apart.
func look(populations []Population, i int) draw.LineStyle {
	dashes := [][]vg.Length{nil, {4, 2}, {1.5, 1.5}, {6, 2, 1.5, 2}}
	same := 0
	for _, p := range populations[:i] {
		if p.Inhibitory == populations[i].Inhibitory {
			same++
		}
	}
	return draw.LineStyle{Color: hue(populations[i].Inhibitory), Width: thin, Dashes: dashes[same%len(dashes)]}
}

func hue(inhibitory bool) color.RGBA {
	if inhibitory {
		return vermillion
	}
	return blue
}

// pale is a colour mixed with white, for areas.
func pale(c color.RGBA, strength float64) color.RGBA {
	mix := func(v uint8) uint8 { return uint8(math.Round(255 - (255-float64(v))*strength)) }
	return color.RGBA{R: mix(c.R), G: mix(c.G), B: mix(c.B), A: 0xFF}
}

// face is the sans-serif type that all text is set in.
func face(size vg.Length, c color.Color) text.Style {
	return text.Style{
		Color:   c,
		Font:    font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size),
		Handler: plot.DefaultTextHandler,
	}
}

// newPlot is a plot in the common style, with fixed ranges: in a figure nothing
// grows by itself.
func newPlot(x, y string, xmin, xmax, ymin, ymax float64) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text, p.Y.Label.Text = x, y
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = xmin, xmax, ymin, ymax
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		rotation, xalign, yalign := a.Tick.Label.Rotation, a.Tick.Label.XAlign, a.Tick.Label.YAlign
		a.Tick.Label = face(tickSize, ink)
		a.Tick.Label.Rotation, a.Tick.Label.XAlign, a.Tick.Label.YAlign = rotation, xalign, yalign
		xalign, yalign = a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign
		a.Label.TextStyle = face(labelSize, ink)
		a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = xalign, yalign
		a.Label.Padding = 3
		a.LineStyle = draw.LineStyle{Color: ink, Width: hairline}
		a.Tick.LineStyle = a.LineStyle
		a.Tick.Length = 3
		a.Padding = 0
		a.Tick.Marker = ticks(5)
	}
	return p
}

// ticks marks about that many round numbers.
type ticks int

func (t ticks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) {
		return []plot.Tick{{Value: lo, Label: number(lo)}}
	}
	step := round((hi - lo) / float64(t))
	var marks []plot.Tick
	for k := math.Ceil(lo/step - 1e-6); k*step <= hi+step*1e-6; k++ {
		// Within the range, or the axis would leave out its own ends.
		value := min(max(k*step, lo), hi)
		marks = append(marks, plot.Tick{Value: value, Label: number(k * step)})
	}
	return marks
}

// round is the least of 1, 2, 5, 10, ... (times a power of ten) not below x.
func round(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if x <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// number is a short form of x with a true minus sign.
func number(x float64) string {
	if x == 0 {
		return "0" // there is a negative zero
	}
	s := strconv.FormatFloat(x, 'g', 4, 64)
	if math.Abs(x) >= 1e4 && math.Abs(x) < 1e7 {
		s = strconv.FormatFloat(x, 'f', 0, 64)
	}
	return strings.Replace(s, "-", "\u2212", 1)
}
