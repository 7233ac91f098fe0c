package live

import (
	"fmt"
	"math"
	"slices"
)

// The colours, those of figures made light for a dark ground.
var (
	ground     = hex(0x0d1117)
	panelColor = hex(0x151b23)
	gridColor  = hex(0x26303b)
	frameColor = hex(0x39434f)
	ink        = hex(0xe3e8ee)
	dim        = hex(0x95a1af)
	blue       = hex(0x4fb0f0) // excitatory
	vermillion = hex(0xff7f3f) // inhibitory
	netColor   = hex(0xf2f2f2)
	green      = hex(0x7fd38a) // threshold
	yellow     = hex(0xf0d060) // what was done
	onlyFirst  = hex(0xffffff)
	onlySecond = hex(0xff4fd0)
)

func colorOf(inhibitory bool) rgba {
	if inhibitory {
		return vermillion
	}
	return blue
}

// A frame is what a picture is made of.
type frame struct {
	*canvas
	scope   *Scope // locked
	numbers Numbers
	title   string
	stage   string // what goes on before there is anything to see
	speed   float64
	real    float64
	frames  float64 // a second
	paused  bool
	message string
	help    bool
}

// The least size of a window, and that at which it opens [points].
const (
	leastWidth, leastHeight = 640, 400
	firstWidth, firstHeight = 1200, 760
)

const (
	gap     = float32(8)
	barTop  = float32(30)
	barKeys = float32(26)
)

// Panels are where each part of a picture is; of one without width there is no room.
type panels struct{ raster, rates, inputs, numbers, potentials rect }

// arrange gives each panel its place in a window [points]: where it is low inputs are left out, and potentials where numbers leave no
// room.
func arrange(w, h float32, numberLines int) panels {
	var p panels
	side := float32(300)
	if w < 900 {
		side = 214
	}
	area := rect{gap, barTop, w - 2*gap, h - barTop - barKeys}
	left := rect{area.x, area.y, area.w - side - gap, area.h}
	lower := float32(0.29)
	if h < 520 {
		lower = 0
	}
	inputs := left.h * lower
	rates := max(110, left.h*0.23)
	raster := left.h - rates - gap
	if inputs > 0 {
		raster -= inputs + gap
		p.inputs = rect{left.x, left.y + left.h - inputs, left.w, inputs}
	}
	p.raster = rect{left.x, left.y, left.w, raster}
	p.rates = rect{left.x, left.y + raster + gap, left.w, rates}
	x := left.x + left.w + gap
	needs := float32(numberLines)*numberHeight + 40
	p.numbers = rect{x, area.y, side, min(needs, area.h)}
	if rest := area.h - needs - gap; rest >= 140 {
		p.potentials = rect{x, area.y + needs + gap, side, rest}
	} else {
		p.numbers.h = area.h
	}
	return p
}

// draw draws the picture, on the colour of the ground.
func (f *frame) draw() {
	f.drawBar()
	if f.scope == nil {
		f.text(f.width/2, f.height/2, large, ink, middle, f.stage+" …")
	} else {
		lines := f.numberLines()
		p := arrange(f.width, f.height, len(lines))
		f.drawRaster(p.raster)
		f.drawRates(p.rates, p.inputs.w == 0)
		if p.inputs.w > 0 {
			f.drawInputs(p.inputs)
		}
		f.drawNumbers(p.numbers, lines)
		if p.potentials.w > 0 {
			f.drawPotentials(p.potentials)
		}
	}
	f.drawKeys()
	if f.help {
		f.drawHelp()
	}
}

// drawBar draws the line at the top.
func (f *frame) drawBar() {
	f.text(gap+2, 20, bold, ink, left, f.title)
	state, color := "×"+factor(f.speed)+" of real time", dim
	if f.paused {
		state, color = "paused", yellow
	}
	f.text(f.width-gap-2, 20, bold, color, right, state)
	if f.width > 800 {
		f.text(f.width-gap-18-f.textWidth(bold, state), 20, plain, dim, right, fmt.Sprintf("%.0f frames/s", f.frames))
		state += "  60 frames/s"
	}
	room := f.width - 2*gap - f.textWidth(bold, f.title) - f.textWidth(bold, state) - 40
	if f.scope != nil {
		if about := fmt.Sprintf("%s neurons on %s", grouped(f.scope.neurons), f.scope.engine); f.textWidth(plain, about) < room {
			f.text(gap+2+f.textWidth(bold, f.title)+16, 20, plain, dim, left, about)
		}
	}
}

// panel draws the ground of a panel and returns where its figure goes.
func (f *frame) panel(r rect, title string, foot bool) rect {
	f.fill(r, panelColor)
	f.text(r.x+12, r.y+18, bold, ink, left, title)
	bottom := float32(10)
	if foot {
		bottom = 36
	}
	return r.inset(62, 28, 14, bottom)
}

// drawRaster draws spikes, population above population as they are listed.
func (f *frame) drawRaster(r rect) {
	s := f.scope
	title := fmt.Sprintf("Spikes of %s neurons, every %s of %s", grouped(s.rows), ordinal(s.every), grouped(s.neurons))
	if s.every == 1 {
		title = fmt.Sprintf("Spikes of all %s neurons", grouped(s.neurons))
	}
	in := f.panel(r, title, false)
	t := f.timeAxis(in, false)
	rows := axis{0, float64(s.rows), in.y + in.h, in.y}
	height := max(in.h/float32(s.rows)*0.9, 2.2)
	lastLabel := float32(math.Inf(1))
	for i := range s.populations {
		p := &s.populations[i]
		at := rows.at(float64(p.row)+float64(p.rows)/2) + 4
		if lastLabel-at >= 11 {
			f.text(in.x-7, at, plain, colorOf(p.inhibitory), right, short(p.name))
			lastLabel = at
		}
		if i > 0 {
			f.fill(rect{in.x, rows.at(float64(p.row)), in.w, 1 / f.scale}, frameColor)
		}
	}
	split := s.splitAt >= 0
	for _, m := range s.marks {
		color := f.rowColor(m.row)
		switch {
		case m.whose == first:
			color = onlyFirst
		case m.whose == second:
			color = onlySecond
		case split && int64(m.step) > s.splitAt:
			color = color.at(0.75)
		}
		x, middle := t.at(float64(m.step)*s.dt), rows.at(float64(m.row)+0.5)
		if x < in.x || x > in.x+in.w {
			continue
		}
		f.spot(x-0.8, middle-height/2, 1.6, height, color)
	}
	f.border(in)
	f.drawEvents(in, t, true)
	if split {
		f.legend(r, in.x+in.w, []entry{{"in both", blue.at(0.75)}, {"only with the spike", onlyFirst}, {"only without it", onlySecond}})
	}
}

// rowColor is that of the population of a row.
func (f *frame) rowColor(row int32) rgba {
	for i := range f.scope.populations {
		if p := &f.scope.populations[i]; int(row) < p.row+p.rows {
			return colorOf(p.inhibitory)
		}
	}
	return ink
}

// drawEvents draws what was done, as lines with names.
func (f *frame) drawEvents(in rect, t axis, named bool) {
	begin := float32(math.Inf(1)) // of what was done next
	for _, e := range slices.Backward(f.scope.events) {
		x := t.at(float64(e.step) * f.scope.dt)
		if x < in.x || x > in.x+in.w {
			continue
		}
		for y := in.y; y < in.y+in.h; y += 7 {
			f.fill(rect{x, y, 1, 4}, yellow.at(0.8))
		}
		w := f.textWidth(small, e.text)
		if named && x+8+w < begin {
			at := min(x+4, in.x+in.w-w)
			f.fill(rect{at - 2, in.y + 1, w + 4, 14}, panelColor.at(0.85))
			f.text(at, in.y+12, small, yellow, left, e.text)
		}
		begin = x
	}
}

// An entry of a key.
type entry struct {
	name  string
	color rgba
}

// legend writes names with their colours, at the head of a panel, that end at x. Those that find no room are left out.
func (f *frame) legend(r rect, x float32, entries []entry) {
	width := float32(0)
	for _, e := range entries {
		width += f.textWidth(small, e.name) + 30
	}
	at := x - width + 12
	for _, e := range entries {
		if at > r.x+150 || width < r.w/2 {
			f.fill(rect{at, r.y + 12, 12, 3}, e.color)
			f.text(at+16, r.y+17, small, dim, left, e.name)
		}
		at += f.textWidth(small, e.name) + 30
	}
}
