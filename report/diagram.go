package report

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"einet/network"
)

// Populations up to which a diagram has labels at its arrows, and arrows at all; beyond it is a matrix alone.
const (
	mostLabelled = 4
	mostDrawn    = 12
	mostArrows   = 22 // without labels: the strongest
)

// Sizes of a diagram [px].
const (
	nodeRadius = 38.0
	fontSize   = 14.0
	lineHeight = 17.0
	letter     = 0.54 * fontSize // mean width of a letter
)

// A diagram is a network drawn as populations and signed arrows.
type diagram struct {
	net     *network.Network
	run     int
	arrows  []arrow
	caption string
	at      []point // of each population
	labels  []label
	taken   []bounds // of nodes and labels
	passed  []point  // by curves
	out     strings.Builder
	box     bounds
}

// An arrow is all projections of one sign from one population to another.
type arrow struct {
	connection
	labels   []string
	strength float64
}

// A label is lines beside a curve, away from it.
type label struct {
	lines []string
	class string
	on    func(t float64) point // the curve, from 0 to 1
	away  point
}

func newDiagram(net *network.Network, run int) *diagram {
	d := &diagram{net: net, run: run, box: emptyBounds()}
	at := map[[3]int]int{}
	for i := range net.Projections {
		c := connectionOf(net, i)
		sign := 0
		if c.excites {
			sign = 1
		}
		key := [3]int{c.from, c.to, sign}
		k, known := at[key]
		if !known {
			k = len(d.arrows)
			at[key] = k
			d.arrows = append(d.arrows, arrow{connection: c})
		}
		d.arrows[k].labels = append(d.arrows[k].labels, c.text+" × "+short(c.inDegree))
		d.arrows[k].strength += c.strength()
	}
	d.caption = d.captioned()
	return d
}

func (d *diagram) captioned() string {
	n := len(d.net.Populations)
	switch {
	case len(d.arrows) == 0:
		return "No projections: the neurons are not connected."
	case n <= mostLabelled:
		return "Arrows excite, dots inhibit; at each: weight × mean in-degree."
	case n <= mostDrawn && len(d.drawn()) < len(d.arrows):
		return fmt.Sprintf("Arrows excite, dots inhibit; wider is stronger (weight × in-degree). Drawn are the %d strongest of %d connections; the matrix has all, blue ones excitatory and orange ones inhibitory. External input is in the table.", len(d.drawn()), len(d.arrows))
	case n <= mostDrawn:
		return "Arrows excite, dots inhibit; wider is stronger (weight × in-degree). In the matrix blue excites and orange inhibits. External input is in the table."
	}
	return fmt.Sprintf("%d populations, %d connections: blue excites, orange inhibits; stronger colours are stronger connections (weight × in-degree).", n, len(d.arrows))
}

// drawn are the arrows that are: all where there are labels, otherwise the strongest, weak ones first.
func (d *diagram) drawn() []arrow {
	all := slices.Clone(d.arrows)
	if len(d.net.Populations) <= mostLabelled {
		return all
	}
	slices.SortStableFunc(all, func(a, b arrow) int {
		if a.strength != b.strength {
			return map[bool]int{true: -1, false: 1}[a.strength < b.strength]
		}
		return 0
	})
	return all[max(0, len(all)-mostArrows):]
}

// svg is the drawing; "" of more populations than can be drawn.
func (d *diagram) svg() template.HTML {
	n := len(d.net.Populations)
	if n > mostDrawn {
		return ""
	}
	d.layOut()
	strongest := 0.0
	for _, a := range d.arrows {
		strongest = max(strongest, a.strength)
	}
	for _, a := range d.drawn() {
		width := 2.2
		if n > mostLabelled {
			width = 0.8 + 4*math.Sqrt(a.strength/max(strongest, 1e-300))
		}
		d.arrow(a, width)
	}
	for i := range d.net.Populations {
		d.node(i)
	}
	if n <= mostLabelled {
		for i := range d.net.Populations {
			d.external(i)
		}
		for _, l := range d.labels {
			d.place(l)
		}
	}
	b := d.box.grown(6)
	return template.HTML(fmt.Sprintf(
		`<svg class="diagram" role="img" aria-label="%s" viewBox="%.0f %.0f %.0f %.0f" width="%.0f" font-size="%.0f">%s</svg>`,
		html.EscapeString("Diagram of the network: "+d.words()), b.lo.x, b.lo.y, b.hi.x-b.lo.x, b.hi.y-b.lo.y, d.enlarged()*(b.hi.x-b.lo.x), fontSize, d.out.String()))
}

// enlarged is how large it stands on a wide page.
func (d *diagram) enlarged() float64 {
	if len(d.net.Populations) > mostLabelled {
		return 1.1
	}
	return 1.25
}

// words say what is drawn, for who does not see it.
func (d *diagram) words() string {
	var parts []string
	for _, a := range d.drawn() {
		verb := "inhibits"
		if a.excites {
			verb = "excites"
		}
		to := d.net.Populations[a.to].Name
		if a.from == a.to {
			to = "itself"
		}
		parts = append(parts, fmt.Sprintf("%s %s %s (%s)", d.net.Populations[a.from].Name, verb, to, strings.Join(a.labels, ", ")))
	}
	if parts == nil {
		return "no connections"
	}
	return strings.Join(parts, "; ")
}

// layOut places the populations: one or two in a row, up to four on a circle, more in two columns, excitatory ones left, so that
// layers are rows.
func (d *diagram) layOut() {
	n := len(d.net.Populations)
	d.at = make([]point, n)
	switch {
	case n <= 2:
		for i := range n {
			d.at[i] = point{float64(i) * 215, 0}
		}
	case n <= mostLabelled:
		radius := 175.0
		for i := range n {
			angle := 180 + 360*float64(i)/float64(n)
			if n == 3 {
				angle = 150 + 120*float64(i) + 60
			}
			d.at[i] = point{radius, 0}.turned(angle)
		}
	default:
		var columns [2][]int
		for i, p := range d.net.Populations {
			k := 0
			if d.net.Inhibits(p.Name) {
				k = 1
			}
			columns[k] = append(columns[k], i)
		}
		rows := max(len(columns[0]), len(columns[1]))
		for k, column := range columns {
			for j, i := range column {
				apart := 108.0
				if len(column) > 0 {
					apart *= float64(rows) / float64(len(column))
				}
				d.at[i] = point{float64(k) * 290, (float64(j) + 0.5) * apart}
			}
		}
	}
}

// outward is the direction from the middle of the diagram in which a population's loop is.
func (d *diagram) outward(i int) point {
	n := len(d.net.Populations)
	switch {
	case n == 1:
		return point{0, -1}
	case n == 2:
		return point{0, -1}.turned(44*float64(i) - 22)
	case n <= mostLabelled:
		return d.at[i].unit()
	}
	if d.at[i].x > 145 {
		return point{1, 0}
	}
	return point{-1, 0}
}

// node draws a population: a circle, or a box for a source.
func (d *diagram) node(i int) {
	p, c := &d.net.Populations[i], d.at[i]
	colour := fmt.Sprintf("--r%dp%d", d.run, i)
	r := nodeRadius
	if len(d.net.Populations) > mostLabelled {
		r = 30
	}
	fmt.Fprintf(&d.out, `<g class="node c%s"><title>%s</title>`, colour, html.EscapeString(fmt.Sprintf("%s: %s %s", p.Name, grouped(int64(p.Size)), modelOf(p))))
	if p.Neuron.IsSource() {
		fmt.Fprintf(&d.out, `<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="6"/>`, c.x-r, c.y-0.75*r, 2*r, 1.5*r)
	} else {
		fmt.Fprintf(&d.out, `<circle cx="%.1f" cy="%.1f" r="%.1f"/>`, c.x, c.y, r)
	}
	name := clipped(p.Name, 10)
	size := min(fontSize, (2*r-9)/(0.62*float64(utf8.RuneCountInString(name))))
	fmt.Fprintf(&d.out, `<text class="name" x="%.1f" y="%.1f" font-size="%.1f">%s</text><text class="size" x="%.1f" y="%.1f">%s</text></g>`,
		c.x, c.y+1, size, html.EscapeString(name), c.x, c.y+15, grouped(int64(p.Size)))
	d.box.add(c, r)
	around := emptyBounds()
	around.add(c, r)
	d.taken = append(d.taken, around)
}

func clipped(name string, letters int) string {
	if utf8.RuneCountInString(name) <= letters {
		return name
	}
	return string([]rune(name)[:letters-1]) + "…"
}

// radius is how far from its middle arrows end at a population, in a direction.
func (d *diagram) radius(i int, towards point) float64 {
	r := nodeRadius
	if len(d.net.Populations) > mostLabelled {
		r = 30
	}
	if !d.net.Populations[i].Neuron.IsSource() {
		return r
	}
	return min(r/max(1e-9, math.Abs(towards.x)), 0.75*r/max(1e-9, math.Abs(towards.y)))
}

const headGap = 2.5 // between an arrow and its population

// arrow draws a connection.
func (d *diagram) arrow(a arrow, width float64) {
	if a.from == a.to {
		d.loop(a, width)
		return
	}
	from, to := d.at[a.from], d.at[a.to]
	along := to.minus(from)
	side := along.unit().turned(90) // each direction has its own side
	bend := 0.27 * along.length()
	if len(d.net.Populations) > 2 {
		bend = 0.17 * along.length()
	}
	if len(d.net.Populations) > mostLabelled {
		bend = 0.10 * along.length()
		if from.x == to.x { // in one column: around those between
			side, bend = d.outward(a.from), 20+0.22*along.length()
		}
	}
	one, two := from.plus(along, 0.28).plus(side, bend), to.plus(along, -0.28).plus(side, bend)
	d.curve(a, from, one, two, to, width, side)
}

func (d *diagram) colour(i int) string { return fmt.Sprintf("--r%dp%d", d.run, i) }

// loop draws a connection of a population with itself.
func (d *diagram) loop(a arrow, width float64) {
	c, out := d.at[a.from], d.outward(a.from)
	reach, spread := 2.9*nodeRadius, 36.0
	if len(d.net.Populations) > mostLabelled {
		reach, spread = 62, 30
	}
	if !a.excites && d.both(a) { // beside the one that excites
		out = out.turned(55)
	}
	start, end := c.plus(out.turned(-spread), reach), c.plus(out.turned(spread), reach)
	if len(d.net.Populations) == 2 {
		out = point{0, -1}
	}
	d.curve(a, c, start, end, c, width, out)
}

// both tells whether a population both excites and inhibits itself.
func (d *diagram) both(a arrow) bool {
	return slices.ContainsFunc(d.arrows, func(b arrow) bool { return b.from == a.from && b.to == a.to && b.excites != a.excites })
}

// curve draws a cubic curve from one population's edge to another's, with the head of its sign. Its label is to be on a side.
func (d *diagram) curve(a arrow, from, one, two, to point, width float64, side point) {
	first, last := one.minus(from).unit(), two.minus(to).unit()
	head := 5.5 + 2*width
	start := from.plus(first, d.radius(a.from, first)+1)
	tip := to.plus(last, d.radius(a.to, last)+headGap)
	end := tip.plus(last, head)
	fmt.Fprintf(&d.out, `<g class="arrow c%s"><title>%s</title><path d="M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" stroke-width="%.1f"/>`, d.colour(a.from),
		html.EscapeString(fmt.Sprintf("%s to %s: %s", d.net.Populations[a.from].Name, d.net.Populations[a.to].Name, strings.Join(a.labels, ", "))),
		start.x, start.y, one.x, one.y, two.x, two.y, end.x, end.y, width)
	if a.excites {
		across := last.turned(90)
		l, r := end.plus(across, 0.5*head), end.plus(across, -0.5*head)
		fmt.Fprintf(&d.out, `<polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/>`, tip.x, tip.y, l.x, l.y, r.x, r.y)
	} else {
		dot := tip.plus(last, 0.5*head)
		fmt.Fprintf(&d.out, `<circle cx="%.1f" cy="%.1f" r="%.1f"/>`, dot.x, dot.y, 0.55*head)
	}
	d.out.WriteString("</g>")
	on := func(t float64) point {
		s := 1 - t
		return point{
			s*s*s*start.x + 3*s*s*t*one.x + 3*s*t*t*two.x + t*t*t*end.x,
			s*s*s*start.y + 3*s*s*t*one.y + 3*s*t*t*two.y + t*t*t*end.y,
		}
	}
	for k := range 17 { // a cubic is within its points, but not as far out
		p := on(float64(k) / 16)
		d.box.add(p, width+2)
		d.passed = append(d.passed, p)
	}
	d.labels = append(d.labels, label{a.labels, "c" + d.colour(a.from), on, side})
}

// mostLines is the most lines of a label.
const mostLines = 3

// place writes a label where it hides least: at one of some places along its curve, on either side.
func (d *diagram) place(l label) {
	if len(l.lines) > mostLines {
		l.lines = append(slices.Clone(l.lines[:mostLines-1]), fmt.Sprintf("and %d more", len(l.lines)-mostLines+1))
	}
	var best bounds
	least := math.Inf(1)
	for _, turned := range []float64{1, -1} {
		for k, t := range []float64{0.5, 0.4, 0.6, 0.32, 0.68, 0.25, 0.75} {
			at := textBounds(l.lines, l.on(t), point{l.away.x * turned, l.away.y * turned})
			hides := float64(k) + 2*(1-turned)
			for _, b := range d.taken {
				if b.meets(at) {
					hides += 100
				}
			}
			for _, p := range d.passed {
				if at.has(p) {
					hides += 10
				}
			}
			if hides < least {
				best, least = at, hides
			}
		}
	}
	d.text(l.lines, best, l.class)
}

// textBounds is the room of lines beside a point, away from it.
func textBounds(lines []string, at, away point) bounds {
	width := 0.0
	for _, l := range lines {
		width = max(width, letter*float64(utf8.RuneCountInString(l)))
	}
	height := lineHeight * float64(len(lines))
	c := point{at.x + away.x*(width/2+7), at.y + away.y*(height/2+5)}
	return bounds{point{c.x - width/2, c.y - height/2}, point{c.x + width/2, c.y + height/2}}
}

// text writes lines.
func (d *diagram) text(lines []string, at bounds, class string) {
	for k, l := range lines {
		fmt.Fprintf(&d.out, `<text class="label %s" x="%.1f" y="%.1f">%s</text>`, class, (at.lo.x+at.hi.x)/2, at.lo.y+lineHeight*(float64(k)+0.75), html.EscapeString(l))
	}
	d.box.add(at.lo, 0)
	d.box.add(at.hi, 0)
	d.taken = append(d.taken, at)
}

// external draws what a population gets from outside.
func (d *diagram) external(i int) {
	parts := external(&d.net.Populations[i])
	if parts == nil {
		return
	}
	from := point{0, 1}
	if len(d.net.Populations) > 2 {
		from = d.outward(i).turned(62)
	}
	tip := d.at[i].plus(from, nodeRadius+headGap)
	end, start := tip.plus(from, 8), tip.plus(from, 38)
	across := from.turned(90)
	l, r := end.plus(across, 5), end.plus(across, -5)
	fmt.Fprintf(&d.out, `<g class="arrow outside"><path d="M%.1f %.1fL%.1f %.1f" stroke-width="2"/><polygon points="%.1f,%.1f %.1f,%.1f %.1f,%.1f"/></g>`,
		start.x, start.y, end.x, end.y, tip.x, tip.y, l.x, l.y, r.x, r.y)
	d.box.add(start, 2)
	d.text(parts, textBounds(parts, start, from), "outside")
}

// matrix is the connections as a table of colours, from columns to rows; "" where the diagram says all.
func (d *diagram) matrix() template.HTML {
	n := len(d.net.Populations)
	if n <= mostLabelled || len(d.arrows) == 0 {
		return ""
	}
	cellSize := max(9.0, min(34, 520/float64(n)))
	every := max(1, int(math.Ceil(11/cellSize)))
	margin := 0.0
	for _, p := range d.net.Populations {
		margin = max(margin, 12*0.56*float64(min(12, utf8.RuneCountInString(p.Name)))+14)
	}
	strongest := 0.0
	for _, a := range d.arrows {
		strongest = max(strongest, a.strength)
	}
	var out strings.Builder
	side := margin + cellSize*float64(n)
	fmt.Fprintf(&out, `<svg class="matrix" role="img" aria-label="Matrix of connections: columns are sources, rows are targets" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" font-size="12">`,
		side+2, side+22, side+2, side+22)
	fmt.Fprintf(&out, `<text class="axis" x="%.1f" y="12">from</text><text class="axis" x="2" y="%.1f">to</text>`, margin+cellSize*float64(n)/2, margin+14)
	fmt.Fprintf(&out, `<g transform="translate(0 20)"><rect class="frame" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`, margin, margin, cellSize*float64(n), cellSize*float64(n))
	for i, p := range d.net.Populations {
		if i%every != 0 {
			continue
		}
		at := margin + (float64(i)+0.5)*cellSize
		name := html.EscapeString(clipped(p.Name, 12))
		fmt.Fprintf(&out, `<text x="%.1f" y="%.1f" text-anchor="end">%s</text>`, margin-6, at+4, name)
		fmt.Fprintf(&out, `<text transform="translate(%.1f %.1f) rotate(-90)">%s</text>`, at+4, margin-6, name)
	}
	for _, a := range d.arrows {
		class, title := "in", ""
		if a.excites {
			class = "ex"
		}
		if n <= 30 {
			title = fmt.Sprintf("<title>%s</title>", html.EscapeString(fmt.Sprintf("%s to %s: %s", d.net.Populations[a.from].Name, d.net.Populations[a.to].Name, strings.Join(a.labels, ", "))))
		}
		fmt.Fprintf(&out, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill-opacity="%.2f">%s</rect>`, class,
			margin+float64(a.from)*cellSize+0.5, margin+float64(a.to)*cellSize+0.5, cellSize-1, cellSize-1, 0.12+0.88*math.Sqrt(a.strength/max(strongest, 1e-300)), title)
	}
	out.WriteString("</g></svg>")
	return template.HTML(out.String())
}
