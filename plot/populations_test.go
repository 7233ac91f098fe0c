package plot

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image/png"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"einet/analysis"
	"einet/sim"
)

// A written text and the box around it, in points from the lower left corner of the figure.
type written struct {
	text                 string
	left, low, right, up float64
	upright              bool // rotated
}

// texts are those of an SVG, and the size of the figure.
func texts(t *testing.T, f Figure) (list []written, w, h float64) {
	type transform [6]float64
	apply := func(m transform, x, y float64) (float64, float64) {
		return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
	}
	stack := []transform{{1, 0, 0, 1, 0, 0}}
	call := regexp.MustCompile(`(\w+)\(([^)]*)\)`)
	var open *written
	size := regexp.MustCompile(`font-size:([0-9.]+)px`)
	for d := xml.NewDecoder(bytes.NewReader(f.SVG)); ; {
		token, err := d.Token()
		if err != nil {
			return list, w, h
		}
		switch e := token.(type) {
		case xml.StartElement:
			at := map[string]string{}
			for _, a := range e.Attr {
				at[a.Name.Local] = a.Value
			}
			number := func(s string) float64 {
				x, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
				require.NoError(t, err)
				return x
			}
			switch e.Name.Local {
			case "svg":
				_, err := fmt.Sscanf(at["viewBox"], "0 0 %g %g", &w, &h)
				require.NoError(t, err)
			case "g":
				m := stack[len(stack)-1]
				if len(stack) > 1 { // the first turns the axis
					for _, c := range call.FindAllStringSubmatch(at["transform"], -1) {
						v := strings.Split(c[2], ",")
						switch c[1] {
						case "translate":
							m[4], m[5] = apply(m, number(v[0]), number(v[1]))
						case "rotate":
							s, co := math.Sincos(number(v[0]) / 180 * math.Pi)
							m = transform{m[0]*co + m[2]*s, m[1]*co + m[3]*s, m[2]*co - m[0]*s, m[3]*co - m[1]*s, m[4], m[5]}
						default:
							require.Fail(t, "transform", c[1])
						}
					}
				}
				stack = append(stack, m)
			case "text":
				m := stack[len(stack)-1]
				x, y := apply(m, number(at["x"]), -number(at["y"]))
				points := number(size.FindStringSubmatch(at["style"])[1])
				open = &written{left: x, low: y, right: points, upright: math.Abs(m[1]) > 0.5}
			}
		case xml.CharData:
			if open != nil {
				open.text += string(e)
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "g":
				stack = stack[:len(stack)-1]
			case "text":
				points := open.right
				long, high := face(vg.Length(points), ink).Width(open.text).Points(), 0.72*points
				open.right, open.up = open.left+long, open.low+high
				if open.upright {
					open.left, open.right, open.up = open.left-high, open.left, open.low+long
				}
				list, open = append(list, *open), nil
			}
		}
	}
}

func (a written) overlaps(b written) bool {
	return a.left < b.right && b.left < a.right && a.low < b.up && b.low < a.up
}

// faults are the texts of a figure that leave it or lie over each other.
func faults(t *testing.T, f Figure) (found []string) {
	list, w, h := texts(t, f)
	for i, a := range list {
		if a.left < 0 || a.low < 0 || a.right > w || a.up > h {
			found = append(found, "outside: "+a.text)
		}
		for _, b := range list[:i] {
			if a.overlaps(b) {
				found = append(found, a.text+" over "+b.text)
			}
		}
	}
	return found
}

// named are populations for each of that many neurons, of which every fourth is inhibitory.
func named(n, size int, name func(int) string) []Population {
	var list []Population
	for i := range n {
		list = append(list, Population{Name: name(i), Size: size, Inhibitory: i%4 == 3})
	}
	return list
}

// networks are populations as networks name them.
var networks = map[string][]Population{
	"one neuron":     named(1, 1, func(int) string { return "neuron" }),
	"one":            named(1, 100, func(int) string { return "E" }),
	"two":            {{Name: "E", Size: 80}, {Name: "I", Size: 20, Inhibitory: true}},
	"eight":          named(8, 30, func(i int) string { return fmt.Sprintf("L%d%c", 2+i/2, "EI"[i%2]) }),
	"unequal":        {{Name: "E", Size: 5000}, {Name: "PV", Size: 8, Inhibitory: true}, {Name: "SOM", Size: 8, Inhibitory: true}, {Name: "VIP", Size: 8, Inhibitory: true}, {Name: "NDNF", Size: 8, Inhibitory: true}, {Name: "T", Size: 100}},
	"numbered":       append(named(50, 20, func(i int) string { return fmt.Sprintf("E%d", i+1) }), Population{Name: "I", Size: 100, Inhibitory: true}),
	"areas":          named(51, 20, func(i int) string { return fmt.Sprintf("A%c_%d", 'a'+i/3, i%3) }),
	"without system": named(30, 20, func(i int) string { return fmt.Sprintf("%c%c%c", 'a'+i%7, 'a'+i*i%11, 'a'+i%23) }),
	"long":           named(51, 20, func(i int) string { return strings.Repeat("x", 60) + fmt.Sprintf("%c%c", 'a'+i%26, 'a'+i/26) }),
	"hundreds":       named(200, 3, func(i int) string { return fmt.Sprintf("column%d", i) }),
}

// noisy are data of populations that fire at random, at a rate of their own, with all that a run draws.
func noisy(populations []Population) Data {
	r := rand.New(rand.NewPCG(5, 6))
	var sizes []int
	for _, p := range populations {
		sizes = append(sizes, p.Size)
	}
	const steps = 2000
	d := Data{Populations: populations, Steps: steps, Discarded: 50,
		Sample: analysis.NewSample(sizes, 0.1, 200, 500, steps), Counts: analysis.NewPopulationCounts(sizes, 0.1, 10)}
	for step := uint32(1); step <= steps; step++ {
		var spikes []sim.Spike
		first := uint32(0)
		for i, size := range sizes {
			for k := range uint32(size) {
				if r.Float64() < 0.002*float64(1+i%5) {
					spikes = append(spikes, sim.Spike{Step: step, Neuron: first + k})
				}
			}
			first += uint32(size)
		}
		d.Sample.Add(spikes)
		d.Counts.Add(spikes)
	}
	for i, p := range populations {
		v := Potential{Population: p, VTh: 15, V: analysis.Histogram{Edges: []float64{-15}}}
		for k := range 60 {
			v.V.Edges, v.V.Counts = append(v.V.Edges, -14.5+float64(k)/2), append(v.V.Counts, int64(100*math.Exp(-math.Pow(float64(k-35-i%9)/9, 2))))
		}
		d.Potentials = append(d.Potentials, v)
	}
	d.Currents = []Current{{Population: populations[0], TimeMs: []float64{1, 2}, Exc: []float32{3, 4}, Inh: []float32{-1, -2}, Ext: []float32{1, 1}, Threshold: 15}}
	return d
}

// claimed are results of a validation and a sweep of the same populations.
func claimed(populations []Population) (Validation, Sweep) {
	r := rand.New(rand.NewPCG(7, 8))
	v, s := someValidation(), Sweep{Populations: populations, Factor: []float64{0.5, 1, 2}, SimFactor: []float64{0.5, 2}}
	v.Populations, v.Intervals, v.Correlations = populations, nil, nil
	for i := range populations {
		h := analysis.Histogram{Edges: []float64{1}}
		for k := range 40 {
			h.Edges, h.Counts = append(h.Edges, 1.15*h.Edges[k]), append(h.Counts, int64(k%(7+i%3)+3))
		}
		v.Intervals = append(v.Intervals, h)
		var c []float64
		for range 300 {
			c = append(c, 0.01*r.NormFloat64()+0.0003*float64(i%7))
		}
		v.Correlations = append(v.Correlations, c)
		f := 4 + float64(i)
		s.Theory, s.Simulated = append(s.Theory, []float64{f, 2 * f, 4 * f}), append(s.Simulated, []float64{f, 4.1 * f})
	}
	return v, s
}

// Whatever the number of populations and their names, no text of a figure leaves it or lies over another.
func TestAnyPopulations(t *testing.T) {
	for name, populations := range networks {
		d := noisy(populations)
		figures, err := drawn(d)
		require.NoError(t, err, name)
		v, s := claimed(populations)
		more, err := Validate(v)
		require.NoError(t, err, name)
		theory, err := Theory(s)
		require.NoError(t, err, name)
		side, err := Rasters([]Titled{{"A", d}, {strings.Repeat("Ö", 200), d}, {"C", d}})
		require.NoError(t, err, name)
		figures = append(append(figures, more...), theory, side)
		require.Len(t, figures, 10)
		for _, f := range figures {
			require.Empty(t, faults(t, f), "%s of %s", f.Name, name)
			f.Name = strings.ReplaceAll(name, " ", "-") + "-" + f.Name
			checkFigure(t, f)
		}
	}
}

// The control: what was drawn before has labels over each other, and is seen.
func TestFaultsAreSeen(t *testing.T) {
	populations := networks["numbered"]
	p := newPlot("", "", 0, 1, 0, 51)
	marks := make(plot.ConstantTicks, 51)
	for i, q := range populations {
		marks[i].Value, marks[i].Label = float64(i)+0.5, q.Name
	}
	p.Y.Tick.Marker = marks
	f, err := figure("all", 6*vg.Centimeter, nil, panel{Plot: p, share: 1})
	require.NoError(t, err)
	require.Greater(t, len(faults(t, f)), 49)
	p.Y.Tick.Marker = ticks(5)
	title(p, strings.Repeat("too long ", 20))
	f, err = figure("few", 6*vg.Centimeter, nil, panel{Plot: p, share: 1})
	require.NoError(t, err)
	require.Len(t, faults(t, f), 1)
}

// rowNames are the labels of rows of one unit on an axis of that height.
func rowNames(populations []Population, height vg.Length) (names []string) {
	a := &rowAxis{populations: populations, room: height}
	for i := range populations {
		a.ends = append(a.ends, float64(i+1))
	}
	for _, m := range a.Ticks(0, float64(len(populations))) {
		names = append(names, m.Label)
	}
	return names
}

func TestRowNames(t *testing.T) {
	require.Equal(t, []string{"E", "I"}, rowNames(networks["two"], 100))
	require.Len(t, rowNames(networks["numbered"], 51*labelHeight), 51)
	require.Equal(t, []string{"E1", "E10", "E20", "E30", "E40", "I"}, rowNames(networks["numbered"], 8*labelHeight))
	require.Equal(t, []string{"E1", "E5", "E10", "E15", "E20", "E25", "E30", "E35", "E40", "E45", "I"}, rowNames(networks["numbered"], 15*labelHeight))
	require.Len(t, rowNames(networks["areas"], 20*labelHeight), 17)
	require.Equal(t, []string{"Aa", "Ab"}, rowNames(networks["areas"], 20*labelHeight)[:2])
	require.Equal(t, []string{"neuron"}, rowNames(networks["one neuron"], 1))
	// A small population between large ones has its label a little aside.
	a := &rowAxis{populations: named(3, 1, func(i int) string { return "ABC"[i : i+1] }), ends: []float64{40, 44, 84}, room: 84}
	a.ends = []float64{10, 12, 22}
	a.room = 22 * labelHeight / 6.5
	require.Len(t, a.Ticks(0, 22), 3)
}

// Keys end: what doesn't fit is counted.
func TestKeysEnd(t *testing.T) {
	var lines []Line
	for i := range 100 {
		lines = append(lines, Line{fmt.Sprintf("network %d, N 10 k", i), []float64{1, 2}, []float64{1, 1 + float64(i)/100}})
	}
	f, err := Threads(lines)
	require.NoError(t, err)
	require.Empty(t, faults(t, f))
	list, _, _ := texts(t, f)
	entries, rest := 0, 0
	for _, w := range list {
		if strings.HasPrefix(w.text, "network") {
			entries++
		}
		fmt.Sscanf(w.text, "and %d more", &rest)
	}
	require.Equal(t, 100, entries+rest)
	require.Greater(t, entries, 8)
	require.Len(t, keyRows(width, append(slices.Repeat([]entry{{name: "some engine, 2 threads"}}, 200), entry{})), mostKeyRows)
}

// Up to four rates are lines, more are rows of one picture, whose values are the rates and whose darkest row is that of
// the highest.
func TestManyRatesAreRows(t *testing.T) {
	require.Nil(t, newRates(noisy(networks["two"]), 0, 200).heat)
	d := noisy(networks["eight"])
	v := newRates(d, 0, 200)
	require.Len(t, v.heat.values, 8)
	merged := d.binned(0, 200)
	require.Equal(t, merged.Rates(4, d.Steps), v.heat.values[4])
	require.Len(t, v.heat.edges, len(v.heat.values[0])+1)
	require.InDelta(t, 200, v.heat.edges[len(v.heat.edges)-1], 1e-9)
	require.Len(t, v.key(), 3, "two kinds, and what is discarded")

	f, err := Rate(d)
	require.NoError(t, err)
	picture, err := png.Decode(bytes.NewReader(f.PNG))
	require.NoError(t, err)
	darkness := func(row int) (sum float64) { // of 8 rows from below, between the axis and the frame's top
		list, _, _ := texts(t, f)
		k := slices.IndexFunc(list, func(w written) bool { return w.text == d.Populations[row].Name })
		y := picture.Bounds().Dy() - int((list[k].low+list[k].up)/2*dpi/72)
		for x := picture.Bounds().Dx() / 3; x < picture.Bounds().Dx()*3/4; x++ {
			r, g, b, _ := picture.At(x, y).RGBA()
			sum += 3 - float64(r+g+b)/0xFFFF
		}
		return sum
	}
	require.Greater(t, darkness(4), 1.5*darkness(1), "of 100 Hz and 40 Hz")
	require.Greater(t, darkness(1), 1.2*darkness(0))
}

// The darker, the more.
func TestRampFalls(t *testing.T) {
	before := uint32(math.MaxUint32)
	for _, c := range ramp[:rampColors] {
		r, g, b, _ := c.RGBA()
		require.LessOrEqual(t, r+g+b, before)
		before = r + g + b
	}
}

// Lines that lie on each other are dashed, others aren't.
func TestTellApart(t *testing.T) {
	line := func(y ...float64) curve {
		var c curve
		for i, v := range y {
			c.points = append(c.points, plotter.XY{X: float64(i), Y: v})
		}
		return c
	}
	list := []curve{line(0, 50, 0, 100), line(0, 51, 1, 99), line(0, 50, 0, 60), line(0, 50, 0, 100)}
	tellApart(list, 5)
	require.Nil(t, list[0].line.Dashes)
	require.NotNil(t, list[1].line.Dashes)
	require.Nil(t, list[2].line.Dashes)
	require.NotNil(t, list[3].line.Dashes)
	require.NotEqual(t, list[1].line.Dashes, list[3].line.Dashes)
}

// Each population of a figure with few has a look of its own, and of many a shade.
func TestLooks(t *testing.T) {
	for name, populations := range networks {
		seen := map[string]bool{}
		for _, l := range looks(populations) {
			seen[fmt.Sprint(l.Color)] = true
		}
		require.GreaterOrEqual(t, len(seen), min(len(populations), 30), name)
	}
}

// A single peak is cut off and told above the data; bursts that come again are shown.
func TestPeaksAreToldAboveTheData(t *testing.T) {
	d := poisson([]int{800, 200}, 300, 8)
	f, err := Raster(d)
	require.NoError(t, err)
	list, _, _ := texts(t, f)
	k := slices.IndexFunc(list, func(w written) bool { return strings.Contains(w.text, "peak") })
	require.GreaterOrEqual(t, k, 0)
	axis := 0.0 // of the numbers beside the rates
	for _, w := range list {
		if _, err := strconv.Atoi(w.text); err == nil && w.right < list[k].left {
			axis = max(axis, w.up)
		}
	}
	require.Positive(t, axis)
	require.Greater(t, list[k].low, axis-2)
	require.Empty(t, faults(t, f))
	var flat, bursts curve
	for i := range 200 {
		y := 5.0
		if i%50 < 2 {
			y = 100
		}
		bursts.points = append(bursts.points, plotter.XY{X: float64(i), Y: y})
		if i >= 2 {
			y = 5
		}
		flat.points = append(flat.points, plotter.XY{X: float64(i), Y: y})
	}
	_, clipped := rateLimit([]curve{flat})
	require.True(t, clipped)
	limit, clipped := rateLimit([]curve{bursts})
	require.False(t, clipped)
	require.Greater(t, limit, 100.0)
}

// An axis has at least three numbers.
func TestLeastTicks(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		lo := 100 * r.NormFloat64()
		hi := lo + math.Exp(4*r.NormFloat64())
		for _, n := range []int{4, 5, 10} {
			got := ticks(n).Ticks(lo, hi)
			require.GreaterOrEqual(t, len(got), leastTicks, "%g %g", lo, hi)
			require.LessOrEqual(t, len(got), n+1+leastTicks, "%g %g", lo, hi)
		}
	}
	require.Len(t, (powers{}).Ticks(math.Log10(4000*0.9), math.Log10(400000*1.1)), 6, "of sizes from 4000 to 400 000")
}
