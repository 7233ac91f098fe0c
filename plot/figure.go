// Package plot draws the figures of a run as PNG and SVG, sized and lettered
// for print: axes with units, excitatory populations in cool colours and inhibitory
// ones in warm ones that colour-blind readers tell apart (Okabe & Ito 2008), and
// rows of a colour scale where populations are too many for lines of their own.
// Its one invariant: it only draws; nothing is computed here but what a
// drawing needs (bins to show, the limit of an axis), and no file is touched.
package plot

import (
	"bytes"
	"fmt"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"einet/analysis"
)

// A Figure is a drawing in two formats.
type Figure struct {
	Name string // without extension: raster, rate, potentials, currents, states, weights, strip, sheet, groups
	PNG  []byte // 200 dots an inch
	SVG  []byte
}

// A Population is what a figure shows of a population beside its data.
type Population struct {
	Name       string
	Size       int
	Inhibitory bool
}

// Data is what a run left to draw. Parts that are nil or empty are left out.
type Data struct {
	Populations []Population
	Chosen      [][]int                    // of each population, whose neurons those are, as indices in the whole; nil for the first
	Steps       int64                      // steps simulated
	Sample      *analysis.Sample           // for the raster
	Counts      *analysis.PopulationCounts // in bins of about 1 ms, of the whole run
	Potentials  []Potential                // one per population that was recorded
	Currents    []Current                  // one per panel, two or three are enough
	States      []State                    // one per panel, likewise
	Weights     []Weights                  // one or two panels each, likewise
	Strips      []Strip                    // of populations along lines, one per panel
	Sheets      []Sheet                    // of populations on sheets, one per row
	Groups      *Data                      // populations, sample and counts of parts of populations, as if they were populations

	From, To  float64 // that the rate is shown between [ms]; To is 0 for the whole run
	Discarded float64 // first part of the run that statistics leave out [ms]
}

// Figures draw what there are data for: raster and rate of a run that is two bins of the counts or longer, potentials, currents, states, weights, and activity in space.
func (d Data) Figures() []func() (Figure, error) {
	var list []func() (Figure, error)
	if d.Counts != nil && float64(d.Steps)*d.Counts.StepMs() >= 2*d.Counts.BinMs() {
		list = append(list,
			func() (Figure, error) { return Raster(d) },
			func() (Figure, error) { return Rate(d) })
	}
	if len(d.Potentials) > 0 {
		list = append(list, func() (Figure, error) { return Potentials(d.Potentials) })
	}
	if len(d.Currents) > 0 {
		list = append(list, func() (Figure, error) { return Currents(d.Currents) })
	}
	if len(d.States) > 0 {
		list = append(list, func() (Figure, error) { return States(d.States) })
	}
	if len(d.Weights) > 0 {
		list = append(list, func() (Figure, error) { return WeightsOf(d.Weights) })
	}
	if len(d.Strips) > 0 {
		list = append(list, func() (Figure, error) { return Strips(d.Strips) })
	}
	if len(d.Sheets) > 0 {
		list = append(list, func() (Figure, error) { return Sheets(d.Sheets) })
	}
	if d.Groups != nil && len(list) > 0 {
		g := *d.Groups
		g.Steps, g.From, g.To, g.Discarded = d.Steps, d.From, d.To, d.Discarded
		list = append(list, func() (Figure, error) {
			f, err := Raster(g)
			f.Name = GroupsFigure
			return f, err
		})
	}
	return list
}

// GroupsFigure is the name of the raster and rates of groups.
const GroupsFigure = "groups"

// dpi is the resolution of PNG files.
const dpi = 200

// width is that of a figure across both columns of a journal's page.
const width = 17 * vg.Centimeter

// families are the typefaces an SVG asks for: the one it was laid out with and
// those of the same widths or nearly so.
const families = "'Liberation Sans',Arial,Helvetica,sans-serif"

// render draws a figure once for each format.
func render(name string, height vg.Length, paint func(draw.Canvas)) (Figure, error) {
	f := Figure{Name: name}
	bitmap := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	paint(draw.New(bitmap))
	var out bytes.Buffer
	if _, err := (vgimg.PngCanvas{Canvas: bitmap}).WriteTo(&out); err != nil {
		return f, fmt.Errorf("%s.png: %w", name, err)
	}
	f.PNG = bytes.Clone(out.Bytes())

	vector := vgsvg.New(width, height)
	white := draw.New(vector)
	white.SetColor(background)
	white.Fill(white.Rectangle.Path())
	paint(white)
	out.Reset()
	if _, err := vector.WriteTo(&out); err != nil {
		return f, fmt.Errorf("%s.svg: %w", name, err)
	}
	f.SVG = bytes.ReplaceAll(out.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:"+families))
	f.SVG = bytes.ReplaceAll(f.SVG, []byte("data:image/jpg;"), []byte("data:image/png;")) // what pictures are
	f.SVG = bytes.ReplaceAll(f.SVG, []byte("<image "), []byte(`<image preserveAspectRatio="none" `))
	return f, nil
}

// finite refuses data that can't be drawn.
func finite[T float32 | float64](name string, values []T) error {
	for _, v := range values {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("%s: holds %v, which cannot be drawn", name, v)
		}
	}
	return nil
}
