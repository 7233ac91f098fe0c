package plot

import (
	"fmt"
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

// Colours of populations (Okabe & Ito 2008, and two darker ones): cool ones are excitatory, warm ones inhibitory.
var (
	cool = []color.RGBA{blue, {0x00, 0x9E, 0x73, 0xFF}, {0x56, 0xB4, 0xE9, 0xFF}, {0x1B, 0x2A, 0x6B, 0xFF}}
	warm = []color.RGBA{vermillion, {0xE6, 0x9F, 0x00, 0xFF}, {0xCC, 0x79, 0xA7, 0xFF}, {0x7A, 0x1F, 0x1F, 0xFF}}
)

// ofKind counts the populations that are inhibitory, or excitatory.
func ofKind(populations []Population, inhibitory bool) int {
	n := 0
	for _, p := range populations {
		if p.Inhibitory == inhibitory {
			n++
		}
	}
	return n
}

// few says whether populations can be told apart by colour.
func few(populations []Population) bool {
	return ofKind(populations, false) <= len(cool) && ofKind(populations, true) <= len(warm)
}

// looks are lines for populations: each has its colour where they are few, otherwise its shade of its kind's.
func looks(populations []Population) []draw.LineStyle {
	lines := make([]draw.LineStyle, len(populations))
	few, of, seen := few(populations), map[bool]int{true: ofKind(populations, true), false: ofKind(populations, false)}, map[bool]int{}
	for i, p := range populations {
		k, colors := seen[p.Inhibitory], cool
		if p.Inhibitory {
			colors = warm
		}
		seen[p.Inhibitory]++
		c, width := hue(p.Inhibitory), medium
		if few {
			c = colors[k]
		} else if last := of[p.Inhibitory] - 1; last > 0 {
			c, width = mixed(mixed(c, ink, 0.7), pale(c, 0.45), float64(k)/float64(last)), thin
		}
		lines[i] = draw.LineStyle{Color: c, Width: width}
	}
	return lines
}

// lineKey is the key of such lines: one entry each, or where there are shades, one for each kind.
func lineKey(populations []Population, lines []draw.LineStyle) []entry {
	var key []entry
	if few(populations) {
		for i, p := range populations {
			key = append(key, entry{name: p.Name, line: lines[i]})
		}
		return key
	}
	for _, inhibitory := range []bool{false, true} {
		e := entry{}
		first, last, n := -1, -1, ofKind(populations, inhibitory)
		for i, p := range populations {
			if p.Inhibitory == inhibitory {
				if first < 0 {
					first = i
				}
				last = i
				e.shades = append(e.shades, lines[i].Color)
			}
		}
		if n == 0 {
			continue
		}
		e.line, e.name = lines[first], populations[first].Name
		if n > 1 {
			e.name = fmt.Sprintf("%s to %s (%d)", short(e.name, axisLetters), short(populations[last].Name, axisLetters), n)
		}
		key = append(key, e)
	}
	return key
}

// Mean distances of two lines, of their axis' height, up to which one hides the other: of those with noise, which
// can't be followed beside each other, and of smooth ones.
const noisyHidden, smoothHidden = 0.05, 0.012

// tellApart gives dashes to lines that lie on earlier ones, up to that mean distance, so that both are seen.
func tellApart(curves []curve, distance float64) {
	dashes := [][]vg.Length{nil, {3, 3}, {1.5, 4.5}}
	for j := range curves {
		over := 0
		for i := range j {
			if curves[j].over(curves[i], distance) {
				over++
			}
		}
		curves[j].line.Dashes = dashes[over%len(dashes)]
	}
}

// over says whether a line lies on another one, where they are not both near the axis.
func (cv curve) over(other curve, distance float64) bool {
	if len(cv.points) != len(other.points) {
		return false
	}
	sum, n := 0.0, 0
	for k, q := range cv.points {
		y := other.points[k].Y
		if q.X != other.points[k].X {
			return false
		}
		if max(q.Y, y) > distance {
			sum += math.Abs(q.Y - y)
			n++
		}
	}
	return sum <= distance*float64(n)
}

func hue(inhibitory bool) color.RGBA {
	if inhibitory {
		return vermillion
	}
	return blue
}

// pale is a colour mixed with white, for areas.
func pale(c color.RGBA, strength float64) color.RGBA {
	return mixed(color.RGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}, c, strength)
}

// mixed is the colour at a fraction of the way from a to b.
func mixed(a, b color.RGBA, at float64) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*at)) }
	return color.RGBA{R: mix(a.R, b.R), G: mix(a.G, b.G), B: mix(a.B, b.B), A: 0xFF}
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

// leastTicks are needed to read an axis.
const leastTicks = 3

// ticks marks about that many round numbers.
type ticks int

func (t ticks) Ticks(lo, hi float64) []plot.Tick {
	if !(hi > lo) {
		return []plot.Tick{{Value: lo, Label: number(lo)}}
	}
	step := round((hi - lo) / float64(t))
	if math.Floor(hi/step+1e-6)-math.Ceil(lo/step-1e-6) < leastTicks-1 {
		step = round(0.4 * step) // the next smaller one
	}
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

// Colours are those of populations in figures.
func Colours(populations []Population) []color.RGBA {
	colours := make([]color.RGBA, len(populations))
	for i, line := range looks(populations) {
		colours[i] = color.RGBAModel.Convert(line.Color).(color.RGBA)
	}
	return colours
}
