package live

import (
	"fmt"
	"math"
	"strings"
)

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
