package experiment

import (
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"

	"einet/analysis"
	"einet/network"
	"einet/plot"
	"einet/sim"
)

// A GroupSummary is the statistics of a group's spikes after discard_ms, as those of a population. Of a division those of single neurons are its
// population's, and the correlation and rate_sd_hz the means over its parts, each of which has its own. What could not be measured is null.
type GroupSummary struct {
	Neurons [][3]int `json:"neurons"`         // ranges of the population: from, to, every
	Parts   int      `json:"parts,omitempty"` // of a division

	Size    int      `json:"size"`
	Spikes  int64    `json:"spikes"`
	RateHz  *float64 `json:"rate_hz"`
	CVISI   *float64 `json:"cv_isi"`
	CVCount int      `json:"cv_isi_neurons"`
	CV2     *float64 `json:"cv2"`
	LV      *float64 `json:"lv"`
	Fano    *float64 `json:"fano"`

	Correlation *float64 `json:"mean_pairwise_correlation"`

	RateSDHz     *float64 `json:"rate_sd_hz"`                // of the group's rate in windows of 100 ms, over time
	PartRateSDHz *float64 `json:"part_rate_sd_hz,omitempty"` // of the rates of a division's parts, over these
}

// GroupNeurons are the neurons of a group, as a GroupSummary has them.
type GroupNeurons struct {
	Neurons [][3]int `json:"neurons"`
	Size    int      `json:"size"`
}

// groupNeurons are those of all groups and divisions, and of the parts of these, nil where there are none.
func groupNeurons(net *network.Network) map[string]GroupNeurons {
	if len(net.Groups) == 0 {
		return nil
	}
	all := map[string]GroupNeurons{}
	parts := net.Parts()
	for i := range net.Groups {
		whole, _ := net.Part(net.Groups[i].FullName())
		parts = append(parts, whole)
	}
	for i := range parts {
		all[parts[i].Name] = GroupNeurons{spansOf(&parts[i]), parts[i].Size}
	}
	return all
}

// spansOf are the neurons of a part as summary.json has them.
func spansOf(p *network.Part) (spans [][3]int) {
	for _, s := range p.Spans() {
		spans = append(spans, [3]int{s.From, s.To, s.Every})
	}
	return spans
}

// A groupStatistics gathers the spikes of all groups of a network; nil where it has none.
type groupStatistics struct {
	parts      []network.Part
	regroup    *analysis.Regroup
	statistics *analysis.Statistics
	spikes     []sim.Spike // scratch
}

func newGroupStatistics(net *network.Network, discard int64) *groupStatistics {
	g := &groupStatistics{parts: net.Parts()}
	if len(g.parts) == 0 {
		return nil
	}
	g.regroup = regroupOf(net, g.parts)
	g.statistics = analysis.NewStatistics(g.regroup.Sizes(), net.Dt, discard)
	return g
}

// regroupOf are parts of a network as populations of their own.
func regroupOf(net *network.Network, parts []network.Part) *analysis.Regroup {
	var groups [][]int
	for i := range parts {
		groups = append(groups, net.IDs(&parts[i]))
	}
	return analysis.NewRegroup(net.Neurons(), groups)
}

func (g *groupStatistics) add(spikes []sim.Spike) {
	g.spikes = g.regroup.Append(g.spikes[:0], spikes)
	g.statistics.Add(g.spikes)
}

// summaries are those of all groups after so many steps, by name, and the names in their order.
func (g *groupStatistics) summaries(net *network.Network, populations map[string]PopulationSummary, discard, step int64) (all map[string]GroupSummary, order []string) {
	all = map[string]GroupSummary{}
	windows := g.statistics.Counts.Merge(analysis.FanoWindowMs / analysis.CountBinMs)
	for i, p := range g.statistics.Populations(max(step, discard)) {
		part := &g.parts[i]
		s := GroupSummary{
			Neurons: spansOf(part), Size: p.Size, Spikes: p.Spikes, RateHz: Number(p.Rate), CVISI: Number(p.CV), CVCount: p.CVOver, CV2: Number(p.CV2), LV: Number(p.LV),
			Fano: Number(p.Fano), Correlation: Number(p.Correlation.Value),
			RateSDHz: Number(rateSD(windows.Between(i, discard, step), p.Size, windows.BinMs())),
		}
		all[part.Name] = s
	}
	for i := range net.Groups {
		name := net.Groups[i].FullName()
		if order = append(order, name); net.Groups[i].Count > 0 {
			of := populations[net.Groups[i].Population]
			all[name] = division(all, name, &of)
		}
	}
	return all, order
}

// rateSD is the standard deviation [Hz] of a group's rate in bins of so many ms; NaN of fewer than two.
func rateSD(counts []int64, size int, binMs float64) float64 {
	rates := make([]float64, len(counts))
	for k, n := range counts {
		rates[k] = float64(n) / float64(size) / (binMs / 1000)
	}
	if len(rates) < 2 {
		return math.NaN()
	}
	return stat.StdDev(rates, nil)
}

// division is the summary of a division of that name, whose parts are among all: what is of single neurons is that of its population,
// the rest the mean over the parts.
func division(all map[string]GroupSummary, name string, of *PopulationSummary) GroupSummary {
	s := GroupSummary{
		Neurons: [][3]int{{0, of.Size - 1, 1}}, Size: of.Size, Spikes: of.Spikes, RateHz: of.RateHz, CVISI: of.CVISI, CVCount: of.CVCount,
		CV2: of.CV2, LV: of.LV, Fano: of.Fano,
	}
	var parts []GroupSummary
	for other, p := range all {
		if strings.HasPrefix(other, name+".") {
			parts = append(parts, p)
		}
	}
	values := func(of func(p *GroupSummary) *float64) (values []float64) {
		for k := range parts {
			if x := of(&parts[k]); x != nil {
				values = append(values, *x)
			}
		}
		slices.Sort(values) // sums have the same bits whatever the order of a map
		return values
	}
	s.Parts = len(parts)
	s.Correlation = Number(stat.Mean(values(func(p *GroupSummary) *float64 { return p.Correlation }), nil))
	s.RateSDHz = Number(stat.Mean(values(func(p *GroupSummary) *float64 { return p.RateSDHz }), nil))
	if rates := values(func(p *GroupSummary) *float64 { return p.RateHz }); len(rates) > 1 {
		s.PartRateSDHz = Number(stat.StdDev(rates, nil))
	}
	return s
}

// The raster of groups shows more neurons than that of populations, for there may be many groups, and groupMs, in which slow
// fluctuations are seen.
const (
	groupRows = 400
	groupMs   = 2000
)

// A groupFigure gathers the spikes that the figure of groups shows.
type groupFigure struct {
	regroup *analysis.Regroup
	data    plot.Data
	spikes  []sim.Spike // scratch
}

// shownParts are what the figure of groups shows, by name: those asked for, or all groups and the populations that have none.
func shownParts(net *network.Network, asked []string) ([]network.Part, error) {
	var parts []network.Part
	add := func(name string) error {
		part, ok := net.Part(name)
		switch {
		case !ok:
			return usage(net.PartFault(name))
		case part.Count > 0:
			for k := range part.Count {
				one, _ := net.Part(part.NameOf(k))
				parts = append(parts, one)
			}
		default:
			parts = append(parts, part)
		}
		return nil
	}
	if len(asked) == 0 {
		for _, p := range net.Populations {
			groups := net.GroupsOf(p.Name)
			for _, g := range groups {
				asked = append(asked, g.FullName())
			}
			if len(groups) == 0 {
				asked = append(asked, p.Name)
			}
		}
	}
	for _, name := range asked {
		if err := add(name); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// newGroupFigure is of parts of a network, of those of their neurons whose spikes were kept.
func newGroupFigure(net *network.Network, parts []network.Part, a *among, from, to int64, bin int) *groupFigure {
	g := &groupFigure{}
	var groups [][]int
	for i := range parts {
		p := &parts[i]
		ids := slices.DeleteFunc(net.IDs(p), func(id int) bool {
			return a.recorded && a.header.Recorded[p.Population].Place(a.header.Populations[p.Population], uint32(id)) < 0
		})
		if len(ids) > 0 {
			groups = append(groups, ids)
			g.data.Populations = append(g.data.Populations, plot.Population{Name: p.Name, Size: len(ids), Inhibitory: net.Inhibits(net.Populations[p.Population].Name)})
		}
	}
	if len(groups) == 0 {
		return nil
	}
	g.regroup = analysis.NewRegroup(net.Neurons(), groups)
	g.data.Sample = analysis.NewSample(g.regroup.Sizes(), net.Dt, groupRows, from, to)
	g.data.Counts = analysis.NewPopulationCounts(g.regroup.Sizes(), net.Dt, bin)
	return g
}

func (g *groupFigure) add(spikes []sim.Spike) {
	g.spikes = g.regroup.Append(g.spikes[:0], spikes)
	g.data.Sample.Add(g.spikes)
	g.data.Counts.Add(g.spikes)
}
