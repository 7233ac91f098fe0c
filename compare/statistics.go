package compare

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"gonum.org/v1/gonum/stat"

	"einet/analysis"
	"einet/connectome"
	"einet/experiment"
	"einet/record"
	"einet/validate"
)

// A Statistic of a population in both runs. Band is how far they may be apart: see validate.Band; null where it is not known.
type Statistic struct {
	Population string   `json:"population"`
	Name       string   `json:"name"`
	A          *float64 `json:"a"` // of the whole run behind its discard_ms
	B          *float64 `json:"b"`
	Apart      *float64 `json:"apart"` // of the means over segments, or of the whole runs
	Band       *float64 `json:"band"`
	Off        bool     `json:"off"`     // they are farther apart
	Missing    bool     `json:"missing"` // one run has it throughout and the other nowhere
}

// statistics are what runs are compared by.
var statistics = []struct {
	name string
	of   func(*analysis.PopulationStatistics) float64
	in   func(*experiment.PopulationSummary) *float64 // the same in a summary
}{
	{"rate [Hz]", func(p *analysis.PopulationStatistics) float64 { return p.Rate },
		func(s *experiment.PopulationSummary) *float64 { return s.RateHz }},
	{"CV of ISI", func(p *analysis.PopulationStatistics) float64 { return p.CV },
		func(s *experiment.PopulationSummary) *float64 { return s.CVISI }},
	{"LV", func(p *analysis.PopulationStatistics) float64 { return p.LV },
		func(s *experiment.PopulationSummary) *float64 { return s.LV }},
	{"correlation", func(p *analysis.PopulationStatistics) float64 { return p.Correlation.Value },
		func(s *experiment.PopulationSummary) *float64 { return s.Correlation }},
	{"count variance/mean", func(p *analysis.PopulationStatistics) float64 { return p.VarianceToMean },
		func(s *experiment.PopulationSummary) *float64 { return s.CountDispersion }},
}

// Each run is cut into segments, whose scatter says how far statistics are apart by chance where the synapses are the same. How far they
// are with other synapses it does not say: of that, simulations of other seeds do.
const (
	segments       = 8
	leastSegmentMs = 50
)

// compareStatistics fills in the statistics of the populations that both have.
func (r *Result) compareStatistics(ctx context.Context) error {
	length := min(r.A.DurationMs-r.A.DiscardMs, r.B.DurationMs-r.B.DiscardMs) / segments
	var cut [2]map[string][][]float64
	whole := [2]map[string][]float64{}
	for i, run := range []*Run{&r.A, &r.B} {
		var err error
		if cut[i], whole[i], err = run.measure(ctx, length); err != nil {
			return err
		}
	}
	switch {
	case connectome.KeyOf(r.A.net) != connectome.KeyOf(r.B.net):
		r.NoBands = fmt.Sprintf("the runs have other synapses, and how far statistics scatter with these is not known: --seeds N simulates N other seeds of %s", r.A.Dir)
	case length < leastSegmentMs:
		r.NoBands = fmt.Sprintf("the runs are too short for bands: behind what they discard they must have %d ms", segments*leastSegmentMs)
	default:
		r.Segments, r.SegmentMs = segments, length
	}
	for _, p := range record.Populations(r.A.net) {
		if whole[1][p.Name] == nil || whole[0][p.Name] == nil {
			continue
		}
		for k, s := range statistics {
			one := Statistic{Population: p.Name, Name: s.name, A: experiment.Number(whole[0][p.Name][k]), B: experiment.Number(whole[1][p.Name][k])}
			if r.Segments > 0 {
				one.hold(cut[0][p.Name][k], cut[1][p.Name][k])
			}
			r.Statistics = append(r.Statistics, one)
		}
	}
	return nil
}

// hold holds the means over both runs' segments to the band in which those of one network are.
func (s *Statistic) hold(a, b []float64) {
	x, y := there(a), there(b)
	if len(x) == 0 && len(y) == len(b) || len(y) == 0 && len(x) == len(a) {
		s.Missing, s.Off = true, true
		return
	}
	if len(x) < len(a) || len(y) < len(b) { // only some have enough spikes
		return
	}
	sd, freedom := validate.PooledSD([][]float64{x, y})
	if freedom < validate.LeastPooled {
		return
	}
	mean := stat.Mean(x, nil)
	apart := stat.Mean(y, nil) - mean
	s.Apart, s.Band = experiment.Number(apart), experiment.Number(validate.Band(mean, sd, len(x), len(y)))
	s.Off = s.Band != nil && math.Abs(apart) > *s.Band
}

// there are the numbers among values.
func there(values []float64) (numbers []float64) {
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			numbers = append(numbers, v)
		}
	}
	return numbers
}

// measure are the statistics of a run's populations: [statistic][segment] of segments of a length [ms], and [statistic] of the whole.
// Populations of which not all spikes were kept have none.
func (r *Run) measure(ctx context.Context, length float64) (cut map[string][][]float64, all map[string][]float64, err error) {
	f, err := record.OpenSpikes(filepath.Join(r.Dir, experiment.SpikesFile))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	var sizes []int
	for _, p := range f.Populations {
		sizes = append(sizes, p.Size)
	}
	steps := func(ms float64) int64 { return int64(math.Round(ms / f.DtMs)) }
	from, end := steps(r.DiscardMs), f.Steps
	of := analysis.NewStatistics(sizes, f.DtMs, from)
	parts := make([]*analysis.Statistics, segments)
	ends := make([]int64, segments)
	for k := range parts {
		parts[k] = analysis.NewStatistics(sizes, f.DtMs, from+steps(length*float64(k)))
		ends[k] = from + steps(length*float64(k+1))
	}
	s := &stream{SpikeReader: f}
	for k := 0; ; {
		n, err := f.Read(s.buf[:])
		if eof(err) {
			break
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return nil, nil, err
		}
		spikes := s.buf[:n]
		of.Add(spikes)
		for k < segments && len(spikes) > 0 {
			n := 0
			for n < len(spikes) && int64(spikes[n].Step) <= ends[k] {
				n++
			}
			parts[k].Add(spikes[:n])
			if spikes = spikes[n:]; len(spikes) > 0 {
				k++
			}
		}
	}
	cut, all = map[string][][]float64{}, map[string][]float64{}
	summaries := of.Populations(max(end, from))
	for i, p := range f.Populations {
		if f.Recorded != nil && f.Recorded[i].Count < p.Size {
			continue
		}
		all[p.Name], cut[p.Name] = make([]float64, len(statistics)), make([][]float64, len(statistics))
		for k, s := range statistics {
			all[p.Name][k] = s.of(&summaries[i])
		}
	}
	for k, part := range parts {
		for i, p := range part.Populations(ends[k]) {
			for j, s := range statistics {
				if name := f.Populations[i].Name; cut[name] != nil {
					cut[name][j] = append(cut[name][j], s.of(&p))
				}
			}
		}
	}
	return cut, all, nil
}
