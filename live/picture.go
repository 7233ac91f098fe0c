package live

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"einet/sim"
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

// keys are those at the foot of the window, the most needed first.
var keys = []struct{ key, does string }{
	{"h", "help"}, {"q", "quit"}, {"space", "pause"}, {"→", "step"}, {"+ −", "speed"}, {"↑ ↓", "input"}, {"g G", "inhibition"}, {"p", "kick"},
	{"l", "lose spike"}, {"r", "restart"}, {"n", "neuron"}, {"s", "save"},
}

func (f *frame) drawKeys() {
	y := f.height - 9
	if f.message != "" {
		f.text(gap+2, y, plain, yellow, left, f.message)
		return
	}
	x, between := gap+2, f.width-2*gap-2
	for _, k := range keys {
		between -= f.textWidth(small, k.key) + 5 + f.textWidth(small, k.does)
	}
	between = min(max(between/float32(len(keys)-1), 6), 16)
	for _, k := range keys {
		w := f.textWidth(small, k.key) + 5 + f.textWidth(small, k.does)
		if x+w > f.width-gap {
			return
		}
		f.text(x, y, small, ink, left, k.key)
		f.text(x+f.textWidth(small, k.key)+5, y, small, dim, left, k.does)
		x += w + between
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

// An axis maps values to a stretch of the canvas.
type axis struct {
	low, high float64
	from, to  float32
}

func (a axis) at(v float64) float32 {
	return a.from + float32((v-a.low)/(a.high-a.low))*(a.to-a.from)
}

// held is the same, no further than the ends.
func (a axis) held(v float64) float32 { return a.at(min(max(v, a.low), a.high)) }

// ticks are about that many round numbers on the axis.
func (a axis) ticks(n int) []float64 {
	step := round((a.high - a.low) / float64(n))
	var all []float64
	for k := math.Ceil(a.low/step - 1e-9); k*step <= a.high+1e-9*step; k++ {
		all = append(all, k*step)
	}
	return all
}

// round is the least of 1, 2, 5, 10, ... times a power of ten that is not below x.
func round(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5, 10} {
		if x <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// timeAxis is the last moments, with their lines; foot: with numbers and a name.
func (f *frame) timeAxis(r rect, foot bool) axis {
	now := float64(f.scope.step) * f.scope.dt
	a := axis{now - shownMs, now, r.x, r.x + r.w}
	if now < shownMs {
		a.low, a.high = 0, shownMs
	}
	for _, t := range a.ticks(max(3, int(r.w/110))) {
		f.fill(rect{a.at(t), r.y, 1 / f.scale, r.h}, gridColor)
		if foot {
			f.text(a.at(t), r.y+r.h+14, small, dim, middle, decimal(t))
		}
	}
	if foot {
		f.text(r.x+r.w/2, r.y+r.h+29, small, dim, middle, "Model time [ms]")
	}
	return a
}

// valueAxis is one from bottom to top, with lines and numbers.
func (f *frame) valueAxis(r rect, low, high float64) axis {
	a := axis{low, high, r.y + r.h, r.y}
	for _, v := range a.ticks(max(2, int(r.h/30))) {
		f.fill(rect{r.x, a.at(v), r.w, 1 / f.scale}, gridColor)
		f.text(r.x-7, a.at(v)+4, small, dim, right, decimal(v))
	}
	return a
}

func (f *frame) border(r rect) {
	f.fill(rect{r.x, r.y + r.h, r.w, 1 / f.scale}, frameColor)
	f.fill(rect{r.x, r.y, 1 / f.scale, r.h}, frameColor)
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

// drawRates draws the rates of populations.
func (f *frame) drawRates(r rect, foot bool) {
	s := f.scope
	in := f.panel(r, "Population rates [Hz]", foot)
	t := f.timeAxis(in, foot)
	top := 10.0
	perBin := func(i int) float64 {
		return 1000 / (float64(s.counts[i].width) * s.dt * float64(s.populations[i].size))
	}
	for i := range s.counts {
		for _, n := range s.counts[i].whole(s.step) {
			top = max(top, float64(n)*perBin(i))
		}
	}
	v := f.valueAxis(in, 0, round(top/4)*math.Ceil(top/round(top/4)))
	var entries []entry
	for i := range s.counts {
		c, color := &s.counts[i], colorOf(s.populations[i].inhibitory)
		if len(s.counts) > 4 {
			color = color.at(0.65)
		} else {
			entries = append(entries, entry{s.populations[i].name, color})
		}
		lastX, lastY := float32(0), float32(0)
		for k, n := range c.whole(s.step) {
			x := t.at((float64(c.first+int64(k)) + 0.5) * float64(c.width) * s.dt)
			y := v.held(float64(n) * perBin(i))
			if k > 0 && lastX >= in.x {
				f.line(lastX, lastY, x, y, 1.4, color)
			}
			lastX, lastY = x, y
		}
	}
	f.border(in)
	f.drawEvents(in, t, false)
	f.legend(r, in.x+in.w, entries)
}

// drawInputs draws the inputs of the chosen neuron, or its potential where its synapses have no currents.
func (f *frame) drawInputs(r rect) {
	s := f.scope
	c := &s.chosen
	if c.population < 0 {
		in := f.panel(r, "No neuron has a membrane potential", true)
		f.timeAxis(in, true)
		f.border(in)
		return
	}
	lines := []struct {
		entry
		of func(p *point) float32
	}{
		{entry{"excitatory + external", blue}, func(p *point) float32 { return p.exc }},
		{entry{"inhibitory", vermillion}, func(p *point) float32 { return p.inh }},
		{entry{"net", netColor}, func(p *point) float32 { return p.net }},
	}
	title := "Input of neuron " + c.name + " [mV]"
	if !c.currents {
		lines, title = lines[:1], "Potential of neuron "+c.name+" [mV] (delta synapses have no current)"
		lines[0].entry, lines[0].of = entry{"V", colorOf(c.inhibitory)}, func(p *point) float32 { return p.v }
	}
	in := f.panel(r, title, true)
	t := f.timeAxis(in, true)
	threshold := c.threshold
	low, high := 0.0, 0.0
	if c.currents {
		threshold -= c.rest // the input that takes the free membrane there
		if c.lif {
			low, high = min(0, threshold), max(0, threshold)
		}
	} else {
		low, high = min(c.reset, threshold), threshold
	}
	for i := range s.trace {
		for _, l := range lines {
			v := float64(l.of(&s.trace[i]))
			low, high = min(low, v), max(high, v)
		}
	}
	step := round((high - low + 1e-9) / 6)
	v := f.valueAxis(in, math.Floor(low/step)*step, math.Ceil(high/step)*step)
	entries := []entry{}
	if !c.currents || c.lif {
		f.dashed(in, v.held(threshold))
		entries = append(entries, entry{"threshold", green})
	}
	for _, l := range lines {
		f.drawTrace(in, t, v, l.color, l.of)
		entries = append(entries, l.entry)
	}
	f.border(in)
	f.legend(r, in.x+in.w, entries)
}

// drawTrace draws a line in columns, each from its least to its largest value, so that nothing is lost and little is drawn.
func (f *frame) drawTrace(in rect, t, v axis, color rgba, of func(p *point) float32) {
	const width = 1.25
	column, low, high, last := -1, float32(0), float32(0), float32(math.NaN())
	flush := func() {
		if column >= 0 {
			f.fill(rect{in.x + float32(column)*width, low - 0.6, width, high - low + 1.2}, color)
		}
	}
	for i := range f.scope.trace {
		p := &f.scope.trace[i]
		x, y := t.at(float64(p.step)*f.scope.dt), v.held(float64(of(p)))
		if x < in.x || x > in.x+in.w {
			continue
		}
		if k := int((x - in.x) / width); k != column {
			flush()
			column, low, high = k, y, y
			if last == last { // from where the column before ended
				low, high = min(y, last), max(y, last)
			}
		}
		low, high, last = min(low, y), max(high, y), y
	}
	flush()
}

// dashed draws the line of the threshold.
func (f *frame) dashed(in rect, y float32) {
	for x := in.x; x < in.x+in.w; x += 10 {
		f.fill(rect{x, y, 6, 1}, green.at(0.9))
	}
}

// drawPotentials draws the distribution of membrane potentials.
func (f *frame) drawPotentials(r rect) {
	in := f.panel(r, "Membrane potentials", true)
	in = rect{r.x + 16, in.y + 14, r.w - 32, in.h - 14}
	all := [2]*potential{&f.scope.potential[0], &f.scope.potential[1]}
	low, high, top := math.Inf(1), math.Inf(-1), 0.0
	for _, p := range all {
		if p.counts != nil {
			low, high = min(low, p.low), max(high, p.high)
			top = max(top, p.most())
		}
	}
	if top == 0 {
		return
	}
	x := axis{low, high, in.x, in.x + in.w}
	for _, v := range x.ticks(4) {
		f.fill(rect{x.at(v), in.y, 1 / f.scale, in.h}, gridColor)
		f.text(x.at(v), in.y+in.h+14, small, dim, middle, decimal(v))
	}
	f.text(in.x+in.w/2, in.y+in.h+29, small, dim, middle, "V [mV]")
	y := axis{0, 1.08 * top, in.y + in.h, in.y}
	var entries []entry
	for k, p := range all {
		if p.counts == nil {
			continue
		}
		color := colorOf(k == 1)
		entries = append(entries, entry{fmt.Sprintf("%s neurons %s", grouped(p.neurons), map[bool]string{false: "exc.", true: "inh."}[k == 1]), color})
		total, width := p.total(), (p.high-p.low)/potentialBins
		lastX, lastY := in.x, y.at(0)
		for b, n := range p.counts {
			at, to := x.at(p.low+(float64(b)+0.5)*width), y.at(n/total/width)
			f.fill(rect{x.at(p.low + float64(b)*width), to, x.at(p.low+float64(b+1)*width) - x.at(p.low+float64(b)*width), y.at(0) - to}, color.at(0.16))
			if b > 0 {
				f.line(lastX, lastY, at, to, 1.4, color)
			}
			lastX, lastY = at, to
		}
	}
	p := all[0]
	if p.counts == nil {
		p = all[1]
	}
	f.upright(in, x.at(p.threshold), green, "threshold")
	if p.reset != p.low {
		f.upright(in, x.at(p.reset), dim, "reset")
	}
	f.border(in)
	f.legend2(r, entries)
}

// upright draws a value of an axis with its name.
func (f *frame) upright(in rect, x float32, color rgba, name string) {
	for y := in.y; y < in.y+in.h; y += 7 {
		f.fill(rect{x, y, 1, 4}, color)
	}
	w := f.textWidth(small, name)
	f.text(min(x, in.x+in.w-w/2), in.y-4, small, color, middle, name)
}

// legend2 writes names below a title.
func (f *frame) legend2(r rect, entries []entry) {
	x := r.x + r.w - 12
	for i := len(entries) - 1; i >= 0; i-- {
		e := entries[i]
		name := e.name
		if f.textWidth(bold, "Membrane potentials")+2*f.textWidth(small, name)+90 > r.w { // the number of neurons is the first to go
			name = name[strings.LastIndex(name, " ")+1:]
		}
		x -= f.textWidth(small, name)
		f.text(x, r.y+17, small, dim, left, name)
		f.fill(rect{x - 15, r.y + 12, 11, 3}, e.color)
		x -= 24
	}
}

func (p *potential) total() (sum float64) {
	for _, n := range p.counts {
		sum += n
	}
	return max(sum, 1)
}

// most is the largest density.
func (p *potential) most() float64 {
	top := 0.0
	for _, n := range p.counts {
		top = max(top, n)
	}
	return top / p.total() / ((p.high - p.low) / potentialBins)
}

// A numberLine is a number with its name.
type numberLine struct {
	name, value, unit string
	color             rgba
}

const numberHeight = float32(23)

// numberLines are those that are shown.
func (f *frame) numberLines() []numberLine {
	x, s := &f.numbers, f.scope
	lines := []numberLine{
		{"model time", strconv.FormatFloat(sim.InMs(s.step, s.dt), 'f', 1, 64), "ms", ink},
		{"real-time factor", orDash(f.real, factor), "", ink},
	}
	if len(s.populations) <= 3 {
		for i := range s.populations {
			lines = append(lines, numberLine{"rate " + s.populations[i].name, orDash(x.Rates[i], oneDecimal), "Hz", colorOf(s.populations[i].inhibitory)})
		}
	} else {
		for k, name := range []string{"rate excitatory", "rate inhibitory"} {
			sum, n := 0.0, 0.0
			for i := range s.populations {
				if p := &s.populations[i]; kind(p.inhibitory) == k {
					sum, n = sum+x.Rates[i]*float64(p.size), n+float64(p.size)
				}
			}
			lines = append(lines, numberLine{name, orDash(sum/n, oneDecimal), "Hz", colorOf(k == 1)})
		}
	}
	lines = append(lines,
		numberLine{"CV of intervals, exc.", orDash(x.CV[0], twoDecimals), "", blue},
		numberLine{"CV of intervals, inh.", orDash(x.CV[1], twoDecimals), "", vermillion},
		numberLine{"synchrony", orDash(x.Synchrony, twoDecimals), "", ink})
	if s.input != 0 {
		lines = append(lines, numberLine{"external input", strings.Replace(fmt.Sprintf("%+.0f", 100*s.input), "-", "−", 1), "%", yellow})
	}
	if s.inhibited != 1 {
		lines = append(lines, numberLine{"inhibition", "×" + twoDecimals(s.inhibited), "", yellow})
	}
	if x.Lost {
		lines = append(lines, numberLine{"since the lost spike", oneDecimal(x.LostMs), "ms", onlySecond},
			numberLine{"spikes in both", fmt.Sprintf("%.0f", 100*x.Shared), "%", onlySecond})
	}
	return lines
}

func (f *frame) drawNumbers(r rect, lines []numberLine) {
	f.fill(r, panelColor)
	f.text(r.x+12, r.y+18, bold, ink, left, "Now")
	for i, l := range lines {
		y := r.y + 44 + float32(i)*numberHeight
		if y > r.y+r.h-6 {
			return
		}
		f.text(r.x+12, y, plain, dim, left, l.name)
		unit := r.x + r.w - 36
		f.text(unit, y, large, l.color, right, l.value)
		f.text(unit+5, y, small, dim, left, l.unit)
	}
}

// helpLines explain keys and panels.
var helpLines = []struct{ key, does string }{
	{"space", "pause, and go on"},
	{"→", "a single step"},
	{"+  −", "faster, slower than real time"},
	{"↑  ↓", "external input 5 % of its usual up, down"},
	{"g  G", "inhibition 5 % weaker, stronger"},
	{"p", "kick: all excitatory neurons up by 10 mV, once"},
	{"l", "lose one spike: a second copy runs beside, without it; again: end that"},
	{"r", "restart at step 0, unchanged"},
	{"n", "the next neuron"},
	{"s", "save picture, spikes and log of changes"},
	{"h", "this help"},
	{"q  esc", "quit"},
	{"", ""},
	{"synchrony", "variance / mean of all spikes in 3 ms, over 1 s: 1 if independent"},
	{"CV", "of intervals between spikes, over 2 s; shown neurons with 5 or more"},
	{"rates", "of all neurons, in bins of 2 ms; as a number over 0.5 s"},
	{"replay", "einet run network.yaml --replay events.jsonl, in the saved folder"},
}

func (f *frame) drawHelp() {
	f.over = 1
	lineHeight := min(22, (f.height-70)/float32(len(helpLines)))
	w, h := min(f.width-20, 560), lineHeight*float32(len(helpLines))+44
	r := rect{(f.width - w) / 2, (f.height - h) / 2, w, h}
	f.fill(rect{0, 0, f.width, f.height}, ground.at(0.6))
	f.fill(rect{r.x - 1, r.y - 1, r.w + 2, r.h + 2}, frameColor)
	f.fill(r, panelColor)
	f.text(r.x+16, r.y+22, bold, ink, left, "Keys")
	for i, l := range helpLines {
		y := r.y + 46 + float32(i)*lineHeight
		f.text(r.x+16, y, plain, yellow, left, l.key)
		f.text(r.x+92, y, plain, ink, left, l.does)
	}
}

// messageTime is how long a message stays.
const messageTime = 5 * time.Second

func oneDecimal(x float64) string  { return strconv.FormatFloat(x, 'f', 1, 64) }
func twoDecimals(x float64) string { return strconv.FormatFloat(x, 'f', 2, 64) }

// orDash is a number, where it is one.
func orDash(x float64, text func(float64) string) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return text(x)
}

// factor writes a speed.
func factor(x float64) string { return strconv.FormatFloat(x, 'g', 2, 64) }

// decimal writes a number at an axis, with a true minus.
func decimal(x float64) string {
	if math.Abs(x) < 1e-9 {
		return "0"
	}
	return strings.Replace(strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64), "-", "−", 1)
}

// grouped writes n with thin spaces between thousands.
func grouped(n int) string {
	text := strconv.Itoa(n)
	if len(text) < 5 {
		return text
	}
	var parts []string
	for len(text) > 3 {
		parts = append([]string{text[len(text)-3:]}, parts...)
		text = text[:len(text)-3]
	}
	return strings.Join(append([]string{text}, parts...), " ")
}

// ordinal writes 1st, 2nd and so on.
func ordinal(n int) string {
	ending := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			ending = "st"
		case 2:
			ending = "nd"
		case 3:
			ending = "rd"
		}
	}
	return strconv.Itoa(n) + ending
}

// short cuts names that the axis has no room for.
func short(name string) string {
	if r := []rune(name); len(r) > 7 {
		return string(r[:6]) + "…"
	}
	return name
}
