package report

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"einet/network"
)

// A table is rows of cells below a header; the first column is the rows' names.
type table struct {
	Caption, Name string
	Header        []cell
	Rows          []row
	Note          string
}

// A row is named by its first cell, which may have a population's colour.
type row struct {
	Colour, Name string
	Cells        []cell
	Group        bool // the row begins a group
}

// A cell is text, of a number with its exact value and its place in summary.json.
type cell struct {
	Text, Value, Key, Title string
	Words                   bool // no number
}

// A summary is what the page shows of summary.json.
type summary struct {
	Network, Preset, Engine, Device string
	Seed, Trial                     json.Number
	DtMs                            float64 `json:"dt_ms"`
	DurationMs                      float64 `json:"duration_ms"`
	DiscardMs                       float64 `json:"discard_ms"`
	Interrupted                     bool
	Stopped                         string
	Neurons, Synapses, Spikes       int64
	Connectivity                    string
	BuildS                          float64 `json:"build_s"`
	SimulateS                       float64 `json:"simulate_s"`
	RealTimeFactor                  float64 `json:"real_time_factor"`
	Digest, Version, Command        string
	Warnings                        []string
	Populations                     map[string]map[string]*json.Number
	InhibitionLagMs                 *json.Number `json:"inhibition_lag_ms"`
	WeightsDigest                   string       `json:"weights_digest"`
}

func readSummary(text []byte) (*summary, error) {
	var s summary
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, fmt.Errorf("summary.json: %w", err)
	}
	return &s, nil
}

// banner says that the run ended early, and why.
func (s *summary) banner() string {
	switch {
	case s.Stopped != "":
		return fmt.Sprintf("The run was stopped at %s: %s", milliseconds(s.DurationMs), s.Stopped)
	case s.Interrupted:
		return fmt.Sprintf("The run was interrupted at %s of model time; this is what was simulated until then.", milliseconds(s.DurationMs))
	}
	return ""
}

func (s *summary) versions() string {
	return fmt.Sprintf("einet %s, engine %s on %s", orUnknown(s.Version), s.Engine, s.Device)
}

func orUnknown(text string) string {
	if text == "" {
		return "of an unknown version"
	}
	return text
}

// value is a number of a population, nil where it was not measured.
func (s *summary) value(population, key string) *float64 {
	n := s.Populations[population][key]
	if n == nil {
		return nil
	}
	x, err := n.Float64()
	if err != nil {
		return nil
	}
	return &x
}

// A measure is a number of populations in summary.json, with the digits that einet run prints.
type measure struct {
	key, label, unit, means string
	decimals                int
	kind                    measureKind
}

type measureKind int

const (
	decimal measureKind = iota
	whole
	estimated // with its standard error, whose key ends with _error
)

// measures are those of spike trains and those of inputs.
var measures = []struct {
	caption string
	inputs  bool
	list    []measure
}{
	{"Spike trains", false, []measure{
		{key: "size", label: "neurons", kind: whole},
		{key: "spikes", label: "spikes", kind: whole},
		{key: "rate_hz", label: "rate", unit: "Hz", means: "mean over neurons", decimals: 2},
		{key: "cv_isi", label: "CV of ISI", means: "coefficient of variation of inter-spike intervals, mean over neurons with at least 5", decimals: 3},
		{key: "cv_isi_neurons", label: "neurons of CV", means: "how many neurons have at least 5 intervals", kind: whole},
		{key: "cv2", label: "CV2", means: "of neighbouring intervals", decimals: 3},
		{key: "lv", label: "LV", means: "local variation", decimals: 3},
		{key: "fano", label: "Fano", means: "Fano factor of counts in 100 ms", decimals: 3},
		{key: "mean_pairwise_correlation", label: "correlation", means: "of counts in 2 ms, mean over all pairs, ± its standard error", decimals: 5, kind: estimated},
	}},
	{"Inputs", true, []measure{
		{key: "excitatory_input_mv", label: "excitatory", unit: "mV", means: "mean, external input included", decimals: 1},
		{key: "inhibitory_input_mv", label: "inhibitory", unit: "mV", means: "mean", decimals: 1},
		{key: "net_input_mv", label: "net", unit: "mV", means: "mean", decimals: 1},
		{key: "net_input_sd_mv", label: "sd", unit: "mV", means: "of the net input, over neurons and time", decimals: 1},
		{key: "excitatory_input_pa", label: "excitatory", unit: "pA", means: "mean, external input included", decimals: 1},
		{key: "inhibitory_input_pa", label: "inhibitory", unit: "pA", means: "mean", decimals: 1},
		{key: "net_input_pa", label: "net", unit: "pA", means: "mean", decimals: 1},
		{key: "net_input_sd_pa", label: "sd", unit: "pA", means: "of the net input, over neurons and time", decimals: 1},
		{key: "net_over_excitatory", label: "|net|/exc", means: "mean of |net| over mean excitatory", decimals: 3},
		{key: "ks_uniform", label: "KS of V", means: "distance of V between reset and threshold from the uniform distribution", decimals: 3},
	}},
}

func (m measure) header() cell {
	text := m.label
	if m.unit != "" {
		text += " (" + m.unit + ")"
	}
	return cell{Text: text, Title: m.means}
}

// cell is the measure of a population.
func (m measure) cell(s *summary, population string) cell {
	n, x := s.Populations[population][m.key], s.value(population, m.key)
	c := cell{Text: "–", Key: "populations." + population + "." + m.key}
	if x == nil {
		return c
	}
	c.Value = n.String()
	switch m.kind {
	case whole:
		c.Text = grouped(int64(*x))
	case estimated:
		c.Text = minus(WithError(x, s.value(population, m.key+"_error")))
	case decimal:
		c.Text = minus(Decimals(x, m.decimals))
	}
	return c
}

// known are the measures without those whose unit no population's inputs have; where all are unknown they are in mV.
func (s *summary) known(list []measure) []measure {
	has := func(unit string) bool {
		for name := range s.Populations {
			for _, m := range list {
				if m.unit == unit && s.value(name, m.key) != nil {
					return true
				}
			}
		}
		return false
	}
	inPA := has("pA")
	without := map[string]bool{"pA": !inPA, "mV": inPA && !has("mV")}
	return slices.DeleteFunc(slices.Clone(list), func(m measure) bool { return without[m.unit] })
}

// tables are the numbers of one run, a row each population.
func (s *summary) tables(r *Run) []table {
	var all []table
	for _, group := range measures {
		t := table{Caption: group.caption, Name: "population"}
		list := s.known(group.list)
		for _, m := range list {
			t.Header = append(t.Header, m.header())
		}
		for k := range r.Network.Populations {
			p := &r.Network.Populations[k]
			if group.inputs && p.Neuron.IsSource() {
				continue
			}
			line := row{Name: p.Name, Colour: r.colour(p.Name, 0)}
			for _, m := range list {
				line.Cells = append(line.Cells, m.cell(s, p.Name))
			}
			t.Rows = append(t.Rows, line)
		}
		if group.inputs {
			t.Note = leavesOut(r.Network)
		}
		if len(t.Rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// leavesOut says which inputs are not whole.
func leavesOut(net *network.Network) string {
	var names []string
	for i := range net.Populations {
		if net.GetsDelta(i) {
			names = append(names, net.Populations[i].Name)
		}
	}
	if names == nil {
		return ""
	}
	return "Inputs of " + strings.Join(names, ", ") + " leave out delta synapses, whose spikes move V at once and are no current."
}

// sideBySide are the numbers of several runs, a column each; populations of one name are in one row.
func sideBySide(runs []*view) []table {
	var all []table
	var names []string
	known := map[string]bool{}
	for _, v := range runs {
		for _, p := range v.Network.Populations {
			if !known[p.Name] {
				known[p.Name], names = true, append(names, p.Name)
			}
		}
	}
	for _, group := range measures {
		t := table{Caption: group.caption, Name: "population"}
		for _, v := range runs {
			t.Header = append(t.Header, cell{Text: v.Folder})
		}
		for _, name := range names {
			for k, m := range group.list {
				line := row{Name: name + " " + m.header().Text, Group: k == 0}
				any := false
				for _, v := range runs {
					c := m.cell(v.summary, name)
					any = any || c.Value != ""
					c.Key = ""
					line.Cells = append(line.Cells, c)
				}
				if any {
					t.Rows = append(t.Rows, line)
				}
			}
		}
		if len(t.Rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

// mostCards is the most populations that have one.
const mostCards = 8

func (s *summary) cards(r *Run, run int) (cards []card) {
	if len(r.Network.Populations) > mostCards {
		return nil
	}
	rate, cv := measures[0].list[2], measures[0].list[3]
	for _, p := range r.Network.Populations {
		c := card{Colour: r.colour(p.Name, run), Name: p.Name, Size: grouped(int64(p.Size)), Rate: rate.cell(s, p.Name), CV: cv.cell(s, p.Name)}
		c.Rate.Key, c.CV.Key = "", "" // the tables have them
		cards = append(cards, c)
	}
	return cards
}

// facts are what is said of runs as wholes, a column each.
func facts(runs []*view) []row {
	type fact struct {
		name string
		of   func(v *view, s *summary) string
	}
	list := []fact{
		{"folder", func(v *view, _ *summary) string { return v.Folder }},
		{"network", func(_ *view, s *summary) string { return named(s.Network, s.Preset) }},
		{"size", func(_ *view, s *summary) string { return s.size() }},
		{"model time", func(_ *view, s *summary) string { return s.modelTime() }},
		{"seed", func(_ *view, s *summary) string {
			if t := s.Trial.String(); t != "0" && t != "" {
				return s.Seed.String() + ", trial " + t
			}
			return s.Seed.String()
		}},
		{"spikes", func(_ *view, s *summary) string { return grouped(s.Spikes) }},
		{"simulated in", func(_ *view, s *summary) string {
			return fmt.Sprintf("%.3g s (real-time factor %.3g), built in %.3g s", s.SimulateS, s.RealTimeFactor, s.BuildS)
		}},
		{"engine", func(_ *view, s *summary) string { return s.Engine + " on " + s.Device }},
		{"version", func(_ *view, s *summary) string { return "einet " + orUnknown(s.Version) }},
		{"made", func(v *view, _ *summary) string { return made(v.Made) }},
		{"digest", func(_ *view, s *summary) string { return s.Digest }},
	}
	if slices.ContainsFunc(runs, func(v *view) bool { return v.summary.WeightsDigest != "" }) {
		list = append(list, fact{"digest of weights", func(_ *view, s *summary) string { return cmp.Or(s.WeightsDigest, "-") }})
	}
	var rows []row
	for _, f := range list {
		r := row{Name: f.name}
		for _, v := range runs {
			r.Cells = append(r.Cells, cell{Text: f.of(v, v.summary), Words: true})
		}
		rows = append(rows, r)
	}
	return rows
}

func named(network, preset string) string {
	if preset != "" && preset != network {
		return network + ", made from " + preset
	}
	return network
}

func (s *summary) size() string {
	about := ""
	if s.Connectivity == "procedural" {
		about = "about "
	}
	return fmt.Sprintf("%s, %s%s", counted(s.Neurons, "neuron"), about, counted(s.Synapses, "synapse"))
}

func (s *summary) modelTime() string {
	text := milliseconds(s.DurationMs) + " in steps of " + milliseconds(s.DtMs)
	if s.DiscardMs > 0 {
		text += ", the first " + milliseconds(s.DiscardMs) + " not in the statistics"
	}
	return text
}

func made(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }

// Decimals is a number with so many digits behind the point, - where there is none: the rounding of all that einet prints of runs.
func Decimals(x *float64, decimals int) string {
	if x == nil {
		return "-"
	}
	return fmt.Sprintf("%.*f", decimals, *x)
}

// WithError is a value to two digits of its standard error, and that, or ? where it is not known.
func WithError(x, e *float64) string {
	switch {
	case x == nil:
		return Decimals(x, 5)
	case e == nil || *e <= 0:
		return Decimals(x, 5) + " ± ?"
	}
	decimals := min(max(1-int(math.Floor(math.Log10(*e))), 0), 7)
	return fmt.Sprintf("%.*f ± %.*f", decimals, *x, decimals, *e)
}

// minus writes a true minus sign.
func minus(text string) string { return strings.ReplaceAll(text, "-", "\u2212") }

// short is a number of at most 4 digits.
func short(x float64) string {
	if math.Abs(x) >= 1e4 && math.Abs(x) < 1e15 {
		return minus(grouped(int64(math.Round(x))))
	}
	return minus(fmt.Sprintf("%.4g", x))
}

// milliseconds is a time, in s where that is the shorter number.
func milliseconds(ms float64) string {
	if ms >= 1000 {
		return fmt.Sprintf("%.6g s", ms/1000)
	}
	return fmt.Sprintf("%.6g ms", ms)
}

// counted is a number of things.
func counted(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(n) + " " + thing + "s"
}

// grouped writes n with narrow spaces between thousands.
func grouped(n int64) string {
	s := fmt.Sprint(n)
	if utf8.RuneCountInString(s) < 5 {
		return s
	}
	for at := len(s) - 3; at > 0 && s[at-1] != '-'; at -= 3 {
		s = s[:at] + "\u202f" + s[at:]
	}
	return s
}
