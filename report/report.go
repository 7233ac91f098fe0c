// Package report writes what runs left as one HTML page that needs nothing else: the numbers of summary.json, the network as
// tables and as a drawing, spikes and rates to zoom into, figures, theory beside measurement, and how to do it again.
//
// Its one invariant: the page fetches nothing and runs nothing but what it holds (a content security policy says so to the
// browser), and its numbers are those of summary.json, rounded as einet run prints them.
package report

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"html/template"
	"io"
	"slices"
	"strings"
	"time"

	"einet/network"
	"einet/plot"
)

var (
	//go:embed assets/page.html
	pageText string
	//go:embed assets/trials.html
	trialsText string
	//go:embed assets/style.css
	styleText string
	//go:embed assets/view.js
	viewText string
	//go:embed assets/uPlot.iife.min.js
	uPlotText string
	//go:embed assets/uPlot.min.css
	uPlotStyle string
	//go:embed assets/uPlot-LICENSE
	uPlotLicence string
)

// A Run is what a run left to report.
type Run struct {
	Folder  string           // where it is, as it was named
	Made    time.Time        // when its summary was written
	Network *network.Network // as it was simulated
	YAML    []byte           // its network.yaml
	Summary []byte           // its summary.json
	Data    plot.Data        // populations with spikes, a sample of neurons over the whole run, and counts
	Figures []Figure         // that it made, in their order
	Verdict *Verdict         // of einet validate, nil where it was not asked
}

// A Figure is a picture that a run made: its PNG and its SVG.
type Figure struct {
	Name     string
	PNG, SVG []byte
}

// mostYAML and mostFigures bound what is held of a page [bytes] beside its data: a network may hold lists of millions of synapses.
const (
	mostYAML    = 200_000
	mostFigures = 900_000
)

// Write writes the page of one run, or of several side by side. An error of a run's files names its folder; others are w's, or that of a context
// that ended.
func Write(ctx context.Context, w io.Writer, runs []*Run, version string) error {
	p, err := newPage(ctx, runs, version)
	if err != nil {
		return err
	}
	body, err := filled("page", p)
	if err != nil {
		return err
	}
	data, err := json.Marshal(p.data)
	if err != nil {
		return err
	}
	return writeHTML(w, document{
		title: p.Title, version: version, style: uPlotStyle + "\n" + styleText + colours(p.Runs), body: body, data: data,
		scripts: []string{"/*! " + firstLines(uPlotLicence) + " */\n" + uPlotText, viewText},
	})
}

// A document is a page in parts.
type document struct {
	title, version, style, body string
	data                        []byte // for its scripts; nil: none
	scripts                     []string
}

func writeHTML(w io.Writer, d document) error {
	var out bytes.Buffer
	fmt.Fprintf(&out, `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="%s">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="einet %s">
<title>%s</title>
<style>%s</style>
</head>
%s`, policy(d.style, d.scripts), html.EscapeString(d.version), html.EscapeString(d.title), d.style, d.body)
	if d.data != nil {
		fmt.Fprintf(&out, "<script type=\"application/json\" id=\"data\">%s</script>\n", d.data)
	}
	for _, s := range d.scripts {
		fmt.Fprintf(&out, "<script>%s</script>\n", s)
	}
	out.WriteString("</body>\n</html>\n")
	_, err := out.WriteTo(w)
	return err
}

// policy allows the style and the scripts of the page, its pictures, and nothing else.
func policy(style string, scripts []string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	var allowed []string
	for _, s := range scripts {
		allowed = append(allowed, hash(s))
	}
	run := "'none'"
	if allowed != nil {
		run = strings.Join(allowed, " ")
	}
	return "default-src 'none'; img-src data:; style-src " + hash(style) + "; script-src " + run + "; base-uri 'none'; form-action 'none'"
}

// firstLines are a licence's, for a comment in front of what it is of.
func firstLines(licence string) string {
	return "uPlot, " + strings.ReplaceAll(strings.TrimSpace(licence), "*/", "* /")
}

// A page is what its template shows, and the data that its script draws.
type page struct {
	Title, Lead, Version string
	Runs                 []*view
	Facts                []row // of all runs, a cell each
	Numbers              []table
	data                 pageData
}

// A view is one run on the page.
type view struct {
	*Run
	Index                    int
	Name                     string
	Cards                    []card
	Banner                   string // why the run ended early
	Warnings                 []string
	Digest                   string
	Command                  string
	Populations, Projections table
	Diagram                  template.HTML
	Caption                  string // of the diagram
	Matrix                   template.HTML
	Raster                   rasterNote
	Pictures                 []picture
	LeftOut                  string // of the figures
	Theory                   *comparison
	Listing                  string // network.yaml
	ListingCut               int    // bytes that it does not show
	Versions                 string

	summary *summary
}

// A card is the number of a population that is looked at first.
type card struct {
	Colour, Name, Size string
	Rate, CV           cell
}

// A picture is a figure as the page holds it.
type picture struct {
	Name, Caption string
	URL           template.URL
}

// Several tells whether there are several runs.
func (p *page) Several() bool { return len(p.Runs) > 1 }

// Drawn tells whether there is a raster of any run.
func (p *page) Drawn() bool {
	return slices.ContainsFunc(p.Runs, func(v *view) bool { return v.Raster.Shown })
}

func newPage(ctx context.Context, runs []*Run, version string) (*page, error) {
	p := &page{Version: version}
	for i, r := range runs {
		v, err := newView(ctx, r, i, len(runs))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Folder, err)
		}
		p.Runs = append(p.Runs, v)
		p.data.Runs = append(p.data.Runs, packed(r, i, len(runs)))
	}
	p.Facts = facts(p.Runs)
	if p.Several() {
		p.Title, p.Lead = fmt.Sprintf("%d runs", len(runs)), titles(p.Runs)
		p.Numbers = sideBySide(p.Runs)
	} else {
		v := p.Runs[0]
		p.Title, p.Lead = v.Name, v.Network.Description
		p.Numbers = v.summary.tables(v.Run)
	}
	return p, nil
}

func titles(runs []*view) string {
	var names []string
	for _, v := range runs {
		names = append(names, v.Folder)
	}
	return strings.Join(names, ", ")
}

func newView(ctx context.Context, r *Run, i, runs int) (*view, error) {
	s, err := readSummary(r.Summary)
	if err != nil {
		return nil, err
	}
	v := &view{Run: r, Index: i, Name: s.Network, Warnings: s.Warnings, Digest: s.Digest, Command: s.Command, summary: s}
	if v.Name == "" {
		v.Name = r.Folder
	}
	v.Banner = s.banner()
	v.Cards = s.cards(r, i)
	v.Raster = note(r)
	v.describe(runs)
	if v.Theory = compare(ctx, r, i, s); ctx.Err() != nil {
		return nil, ctx.Err()
	}
	v.Versions = s.versions()
	return v, nil
}

// describe fills in what is said of the network, and the figures.
func (v *view) describe(runs int) {
	v.Populations, v.Projections = populationTable(v.Network, v.Index), projectionTable(v.Network)
	d := newDiagram(v.Network, v.Index)
	v.Diagram, v.Caption, v.Matrix = d.svg(), d.caption, d.matrix()
	v.Pictures, v.LeftOut = pictures(v.Figures, mostFigures/runs)
	v.Listing = string(v.YAML)
	if len(v.Listing) > mostYAML {
		v.ListingCut = len(v.Listing) - mostYAML
		v.Listing = strings.ToValidUTF8(v.Listing[:mostYAML], "")
	}
}

// filled is a template with its data: the body of a page, up to the data of scripts.
func filled(name string, data any) (string, error) {
	t := template.New("")
	for name, text := range map[string]string{"page": pageText, "trials": trialsText} {
		if _, err := t.New(name).Parse(text); err != nil {
			return "", err
		}
	}
	var out strings.Builder
	err := t.ExecuteTemplate(&out, name, data)
	return out.String(), err
}

// captions say what figures show, by their names.
var captions = map[string]string{
	"raster": "Spikes of a sample of neurons, and the rates of all.", "rate": "Rates of all neurons.",
	"groups":     "Spikes of a sample of neurons of each group, and the rates of groups.",
	"potentials": "How membrane potentials are distributed over neurons and time.", "currents": "Input of single neurons.",
	"psth":    "Spikes of the neuron that fires most, in each trial, above the rates as means over trials; the bands hold the mean with 95 % confidence.",
	"weights": "How weights that change are distributed at the start and at the end, and their course where it was recorded.",
	"strip":   "Spikes by position along a line or ring.", "sheet": "Rates on a sheet, at five times.",
}

// pictures are the figures, as far as there is room: as PNG, whose letters are the same everywhere, or else as SVG.
func pictures(figures []Figure, room int) (list []picture, leftOut string) {
	var out []string
	for _, f := range figures {
		kind, data := "image/png", f.PNG
		if len(f.PNG) == 0 || len(f.PNG) > room && len(f.SVG) > 0 {
			kind, data = "image/svg+xml", f.SVG
		}
		if len(data) > room {
			out = append(out, f.Name)
			continue
		}
		room -= len(data)
		url := "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(data)
		list = append(list, picture{f.Name, captions[f.Name], template.URL(url)})
	}
	if out != nil {
		leftOut = "Too large for this page, and in the folder of the run: " + strings.Join(out, ", ") + "."
	}
	return list, leftOut
}
