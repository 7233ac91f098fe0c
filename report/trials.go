package report

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"

	"einet/network"
)

// A trialsSummary is what the page of replicas shows of their summary.json.
type trialsSummary struct {
	Network, Preset, Engine, Device string
	Replicas, Seeds                 int64
	AtOnce                          int     `json:"at_once"`
	DtMs                            float64 `json:"dt_ms"`
	DurationMs                      float64 `json:"duration_ms"`
	DiscardMs                       float64 `json:"discard_ms"`
	Interrupted                     bool
	Stopped                         string
	Neurons, Synapses               int64
	Connectivity                    string
	BuildS                          float64 `json:"build_s"`
	SimulateS                       float64 `json:"simulate_s"`
	RealTimeFactor                  float64 `json:"real_time_factor"`
	Version, Command                string
	Warnings                        []string
	Trials                          []trial
	Populations, Groups             map[string]map[string]json.RawMessage
}

// A trial is one of them.
type trial struct {
	Seed, Trial   json.Number
	Spikes        int64
	Digest        string
	WeightsDigest string  `json:"weights_digest"`
	DurationMs    float64 `json:"duration_ms"`
	Interrupted   bool
	Populations   map[string]map[string]*json.Number
}

// moments are those of a statistic over trials.
type moments struct {
	Mean, SD *json.Number
	CI95     *[2]json.Number
}

// A trialsPage is what its template shows.
type trialsPage struct {
	*view
	Title, Lead, Version string
	Over, Each           table
	Facts                []row
	Many                 bool // of them
}

// mostOpen trials are listed without being asked for.
const mostOpen = 30

// WriteTrials writes the page of replicas: statistics over trials and of each, their rates over trials as a figure, the network, and how to do it again.
func WriteTrials(ctx context.Context, w io.Writer, r *Run, version string) error {
	var s trialsSummary
	if err := json.Unmarshal(r.Summary, &s); err != nil {
		return fmt.Errorf("%s: summary.json: %w", r.Folder, err)
	}
	if len(s.Trials) == 0 {
		return fmt.Errorf("%s: summary.json: trials: must be those of replicas", r.Folder)
	}
	early := &summary{Interrupted: s.Interrupted, Stopped: s.Stopped, DurationMs: s.DurationMs}
	v := &view{Run: r, Name: cmp.Or(s.Network, r.Folder), Warnings: s.Warnings, Command: s.Command, Banner: early.banner(), summary: early}
	v.describe(1)
	v.Versions = (&summary{Version: s.Version, Engine: s.Engine, Device: s.Device}).versions()
	p := &trialsPage{view: v, Version: version, Title: fmt.Sprintf("%s: %s", v.Name, counted(int64(len(s.Trials)), "trial")), Lead: r.Network.Description, Many: len(s.Trials) > mostOpen}
	p.Over, p.Each, p.Facts = s.over(r), s.each(r), s.facts(r)
	body, err := filled("trials", p)
	if err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return writeHTML(w, document{title: p.Title, version: version, style: styleText + colours([]*view{v}), body: body})
}

// facts are what is said of all replicas.
func (s *trialsSummary) facts(r *Run) []row {
	seeds := "seed " + s.Trials[0].Seed.String()
	if s.Seeds > 1 {
		seeds = fmt.Sprintf("seeds %s to %s", s.Trials[0].Seed, s.Trials[len(s.Trials)-1].Seed)
	}
	one := &summary{Neurons: s.Neurons, Synapses: s.Synapses, Connectivity: s.Connectivity, DtMs: s.DtMs, DurationMs: s.DurationMs, DiscardMs: s.DiscardMs}
	var rows []row
	for _, fact := range [][2]string{
		{"folder", r.Folder},
		{"network", named(s.Network, s.Preset)},
		{"size", one.size()},
		{"model time of each", one.modelTime()},
		{"trials", fmt.Sprintf("%d, %s, %d at once", len(s.Trials), seeds, s.AtOnce)},
		{"simulated in", fmt.Sprintf("%.3g s (real-time factor %.3g), built in %.3g s", s.SimulateS, s.RealTimeFactor, s.BuildS)},
		{"engine", s.Engine + " on " + s.Device},
		{"version", "einet " + orUnknown(s.Version)},
		{"made", made(r.Made)},
	} {
		rows = append(rows, row{Name: fact[0], Cells: []cell{{Text: fact[1], Words: true}}})
	}
	return rows
}

// over are the statistics over trials, a row each.
func (s *trialsSummary) over(r *Run) table {
	t := table{Caption: "Spike trains over trials", Name: "population", Header: []cell{{Text: "mean"}, {Text: "sd", Title: "of a sample"}, {Text: "95 % confidence", Title: "of the mean, by Student's t"}}}
	add := func(name, colour, key string, of map[string]json.RawMessage) {
		first := true
		for _, m := range measures[0].list {
			var x moments
			if text := of[m.key]; m.key == "size" || text == nil || json.Unmarshal(text, &x) != nil || x.Mean == nil {
				continue
			}
			key := key + "." + m.key
			line := row{Name: name + " " + m.header().Text, Colour: colour, Group: first, Cells: []cell{m.number(x.Mean, key+".mean"), m.number(x.SD, key+".sd"), {Text: "–"}}}
			if x.CI95 != nil {
				low, high := m.number(&x.CI95[0], ""), m.number(&x.CI95[1], "")
				line.Cells[2].Text = low.Text + " to " + high.Text
			}
			t.Rows = append(t.Rows, line)
			first = false
		}
	}
	for i := range r.Network.Populations {
		name := r.Network.Populations[i].Name
		add(name, r.colour(name, 0), "populations."+name, s.Populations[name])
	}
	for i := range r.Network.Groups {
		g := &r.Network.Groups[i]
		name := g.Population + "." + g.Name
		add(name, r.colour(g.Population, 0), "groups."+name, s.Groups[name])
	}
	t.Note = "Of the trials that were not interrupted."
	if s.Seeds > 1 {
		t.Note += " Trials of one seed have the same synapses: the interval is that of the seeds' means."
	}
	return t
}

// each are the trials, a row each, with the rates and CV of populations where these are few.
func (s *trialsSummary) each(r *Run) table {
	t := table{Caption: "Trials", Name: "trial", Header: []cell{{Text: "spikes"}}}
	if s.Seeds > 1 {
		t.Name = "seed, trial"
	}
	var shown []network.Population
	if len(r.Network.Populations) <= mostCards {
		shown = r.Network.Populations
	} else {
		t.Note = fmt.Sprintf("Rates of its %d populations in each trial are in summary.json.", len(r.Network.Populations))
	}
	rate, cv := measures[0].list[2], measures[0].list[3]
	for _, p := range shown {
		t.Header = append(t.Header, cell{Text: p.Name + " " + rate.header().Text, Title: rate.means}, cell{Text: p.Name + " " + cv.header().Text, Title: cv.means})
	}
	t.Header = append(t.Header, cell{Text: "digest", Words: true})
	weights := slices.ContainsFunc(s.Trials, func(x trial) bool { return x.WeightsDigest != "" })
	if weights {
		t.Header = append(t.Header, cell{Text: "digest of weights", Words: true})
	}
	for k, x := range s.Trials {
		line := row{Name: x.Trial.String(), Cells: []cell{{Text: grouped(x.Spikes), Value: strconv.FormatInt(x.Spikes, 10), Key: fmt.Sprintf("trials.%d.spikes", k)}}}
		if s.Seeds > 1 {
			line.Name = x.Seed.String() + ", " + line.Name
		}
		if x.Interrupted {
			line.Name += ", interrupted at " + milliseconds(x.DurationMs)
		}
		for _, p := range shown {
			for _, m := range []measure{rate, cv} {
				line.Cells = append(line.Cells, m.number(x.Populations[p.Name][m.key], fmt.Sprintf("trials.%d.populations.%s.%s", k, p.Name, m.key)))
			}
		}
		line.Cells = append(line.Cells, cell{Text: x.Digest, Words: true})
		if weights {
			line.Cells = append(line.Cells, cell{Text: cmp.Or(x.WeightsDigest, "–"), Words: true})
		}
		t.Rows = append(t.Rows, line)
	}
	return t
}

// number is a cell of a number that stands at a key of summary.json, a dash where it is null.
func (m measure) number(n *json.Number, key string) cell {
	c := cell{Text: "–", Key: key}
	if n == nil {
		return c
	}
	x, err := n.Float64()
	if err != nil {
		return c
	}
	c.Value, c.Text = n.String(), minus(Decimals(&x, m.decimals))
	return c
}
