package report

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"image/color"
	"math"
	"strings"

	"einet/plot"
)

// pageData is what the page's script draws.
type pageData struct {
	Runs []runData `json:"runs"`
}

// A runData is the spikes and rates of a run. Numbers are packed: each as LEB128 (seven bits a byte, the lowest first), all in base64.
type runData struct {
	Title       string           `json:"title"`
	DtMs        float64          `json:"dt"`
	DurationMs  float64          `json:"duration"`
	DiscardMs   float64          `json:"discard"`
	Populations []populationData `json:"populations"` // with spikes
	Spikes      string           `json:"spikes"`      // of each row: how many, then steps from one to the next
	BinMs       float64          `json:"bin"`
	Bins        int              `json:"bins"`
	Counts      string           `json:"counts"` // of each population, of each bin
}

type populationData struct {
	Name       string `json:"name"`
	Size       int    `json:"size"`
	Colour     string `json:"colour"` // name of a variable of the style
	Inhibitory bool   `json:"inhibitory"`
	Neurons    []int  `json:"neurons"` // of each row, as indices in the population
}

// Bounds of what a page holds: spikes of all its runs, rows of each, and bins of all populations.
const (
	mostSpikes = 250_000
	mostRows   = 600
	mostCounts = 250_000
)

// Rows is how many neurons are to be sampled for a run's raster: of all that have spikes, as many as a page has room for, beside
// other runs.
func Rows(neurons int, spikes int64, runs int) int {
	rows := min(neurons, mostRows)
	if room := int64(mostSpikes / max(1, runs)); spikes > 0 {
		rows = min(rows, int(float64(neurons)*min(1, float64(room)/float64(spikes))))
	}
	return max(rows, 1)
}

// packed is the data of a run.
func packed(r *Run, index, runs int) runData {
	d := r.Data
	data := runData{Populations: []populationData{}, Title: r.Folder, DtMs: r.Network.Dt, DurationMs: float64(d.Steps) * r.Network.Dt, DiscardMs: d.Discarded}
	if d.Sample == nil {
		return data
	}
	var spikes []byte
	first := 0
	for i, p := range d.Populations {
		q := populationData{Name: p.Name, Size: p.Size, Colour: r.colour(p.Name, index), Inhibitory: p.Inhibitory}
		for _, id := range d.Sample.Neurons(i) {
			k := id - first
			if d.Chosen != nil && d.Chosen[i] != nil {
				k = d.Chosen[i][k]
			}
			q.Neurons = append(q.Neurons, k)
		}
		first += p.Size
		for _, times := range d.Sample.Times(i) {
			spikes = binary.AppendUvarint(spikes, uint64(len(times)))
			last := uint64(0)
			for _, t := range times {
				step := uint64(math.Round(t / r.Network.Dt))
				spikes = binary.AppendUvarint(spikes, step-last)
				last = step
			}
		}
		data.Populations = append(data.Populations, q)
	}
	data.Spikes = base64.StdEncoding.EncodeToString(spikes)
	data.pack(d, mostCounts/max(1, runs))
	return data
}

// pack adds the counts, in bins as wide as there is room for.
func (data *runData) pack(d plot.Data, room int) {
	counts := d.Counts
	if bins := int(d.Steps) * len(d.Populations) / max(1, int(math.Round(counts.BinMs()/counts.StepMs()))); bins > room {
		counts = counts.Merge((bins + room - 1) / room)
	}
	var packed []byte
	for i := range d.Populations {
		all := counts.Counts(i, d.Steps)
		data.Bins = len(all)
		for _, n := range all {
			packed = binary.AppendUvarint(packed, uint64(n))
		}
	}
	data.BinMs, data.Counts = counts.BinMs(), base64.StdEncoding.EncodeToString(packed)
}

// A rasterNote says what the raster shows, or why there is none.
type rasterNote struct {
	Shown bool
	Text  string
}

func note(r *Run) rasterNote {
	d := r.Data
	if d.Sample == nil {
		return rasterNote{Text: "The network asks for no spikes to be kept (record: spikes), so there is nothing to draw; the statistics are of all."}
	}
	rows, all, kept := 0, 0, int64(0)
	for i, p := range d.Populations {
		rows += len(d.Sample.Neurons(i))
		all += p.Size
		for _, n := range d.Counts.Counts(i, d.Steps) {
			kept += n
		}
	}
	n := rasterNote{Shown: true}
	total := r.Network.Neurons()
	switch {
	case rows < all:
		n.Text = fmt.Sprintf("Spikes of %s of %s neurons, drawn at random evenly over each population, in proportion to its size but at least 5; rates are of all.",
			grouped(int64(rows)), grouped(int64(all)))
	case all < total:
		n.Text = fmt.Sprintf("All spikes that were kept: of %s of %s neurons (record: spikes); rates are theirs.", grouped(int64(all)), grouped(int64(total)))
	default:
		n.Text = fmt.Sprintf("All spikes of all %s neurons.", grouped(int64(all)))
		if all == 1 {
			n.Text = "All spikes of the neuron."
		}
	}
	if rows < all && all < total {
		n.Text += fmt.Sprintf(" Spikes of %s of %s neurons were kept.", grouped(int64(all)), grouped(int64(total)))
	}
	if kept == 0 {
		n.Text += " There are none: no neuron fired."
	}
	return n
}

// colour is the name of a population's variable of the style.
func (r *Run) colour(population string, run int) string {
	return fmt.Sprintf("--r%dp%d", run, r.Network.Population(population))
}

// colours are the populations' colours as variables of the style, those of figures; on dark ground lighter.
func colours(runs []*view) string {
	var light, dark, classes strings.Builder
	for i, v := range runs {
		all := make([]plot.Population, len(v.Network.Populations))
		for k, q := range v.Network.Populations {
			all[k] = plot.Population{Name: q.Name, Size: q.Size, Inhibitory: v.Network.Inhibits(q.Name)}
		}
		for k, c := range plot.Colours(all) {
			fmt.Fprintf(&light, "--r%dp%d:%s;", i, k, hex(c))
			fmt.Fprintf(&classes, ".c--r%dp%d{--c:var(--r%dp%d)}", i, k, i, k)
			fmt.Fprintf(&dark, "--r%dp%d:%s;", i, k, hex(lighter(c)))
		}
	}
	return fmt.Sprintf("\n:root{%s}\n@media screen and (prefers-color-scheme:dark){:root:not(.paper){%s}}\n%s\n", light.String(), dark.String(), classes.String())
}

func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// lightness is the luma from which on a colour is well seen on dark ground.
const lightness = 0.47

// lighter is a colour of the same hue that is seen as well on dark ground: brighter, and paler where it can't be brighter.
func lighter(c color.RGBA) color.RGBA {
	luma := func(r, g, b float64) float64 { return (0.2126*r + 0.7152*g + 0.0722*b) / 255 }
	r, g, b := float64(c.R), float64(c.G), float64(c.B)
	for luma(r, g, b) < lightness {
		if most := max(r, g, b); most < 234.9 { // brighter, by its own colour
			k := min(1.06, 235/most)
			r, g, b = r*k, g*k, b*k
			continue
		}
		r, g, b = r+(255-r)*0.05, g+(255-g)*0.05, b+(255-b)*0.05 // paler
	}
	return color.RGBA{R: uint8(math.Round(r)), G: uint8(math.Round(g)), B: uint8(math.Round(b)), A: 255}
}
