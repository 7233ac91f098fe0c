package validate

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/stat"
)

// peerFiles are what NEST and others gave of the presets' networks, and einet itself for its
// scatter, written by peers/measure.py.
//
//go:embed peers/*.json
var peerFiles embed.FS

// A peerRun is one of them: statistics of a network in a simulator.
type peerRun struct {
	Case        string                          `json:"network"` // see Experiment.peerCase
	Simulator   string                          `json:"simulator"`
	DtMs        float64                         `json:"dt_ms"`
	DurationMs  float64                         `json:"duration_ms"`
	DiscardMs   float64                         `json:"discard_ms"`
	Seeds       []int                           `json:"seeds"`
	Populations map[string]map[string][]float64 `json:"populations"` // by name and statistic, of each seed
	Projections map[string]map[string][]float64 `json:"projections"` // likewise, of those that learn
}

// einet tells the runs of einet itself.
func (p *peerRun) einet() bool { return strings.HasPrefix(p.Simulator, "einet") }

// CorrelationBinMs is the width of the bins whose counts are correlated here [ms]. It is so much
// wider than analysis.CountBinMs that correlation and variance of the count say different things.
const CorrelationBinMs = 10

// A peerStatistic is a quantity, as files name it.
type peerStatistic struct {
	key      string
	quantity Quantity
}

// peerStatistics are what simulators are compared by, as their files name it.
var peerStatistics = []peerStatistic{{"rate", Rate}, {"cv", CV}, {"variance_to_mean", Dispersion}, {"correlation", Correlation}}

// peerWeights are those of projections that learn.
var peerWeights = []peerStatistic{{"weight", MeanWeight}, {"low_weights", LowWeights}, {"high_weights", HighWeights}}

// The rule of the bands: the mean over einet's seeds may be peerErrors standard errors of the
// difference from the mean over the other simulator's seeds, and in any case peerShare of that.
// Networks that are alike scatter alike, so that the standard deviation is pooled from the seeds
// of both, einet's from a file: a wrong network does not widen the band that it is held to.
const (
	peerErrors  = 3
	peerShare   = 0.01
	LeastPooled = 7 // degrees of freedom that a standard deviation has
)

// Band is how far the mean over a number of seeds may be from the mean over others.
func Band(mean, sd float64, others, seeds int) float64 {
	return max(peerErrors*sd*math.Sqrt(1/float64(others)+1/float64(seeds)), peerShare*math.Abs(mean))
}

// PooledSD is the standard deviation of values around the mean of their own list, and its degrees of freedom.
func PooledSD(lists [][]float64) (sd float64, freedom int) {
	squares := 0.0
	for _, list := range lists {
		if len(list) > 1 {
			squares += stat.Variance(list, nil) * float64(len(list)-1)
			freedom += len(list) - 1
		}
	}
	return math.Sqrt(squares / float64(freedom)), freedom
}

// peerCase is what the files of peers call the experiment: preset-name.
func (x *Experiment) peerCase() string {
	if x.Name == "" {
		return x.Preset
	}
	return x.Preset + "-" + x.Name
}

// peerRuns reads those of an experiment.
func (x *Experiment) peerRuns() ([]peerRun, error) {
	files, err := fs.Glob(peerFiles, "peers/"+x.peerCase()+".*.json")
	if err != nil {
		return nil, err
	}
	var list []peerRun
	for _, name := range files {
		text, err := peerFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var p peerRun
		if err := json.Unmarshal(text, &p); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if p.Case != x.peerCase() || p.DurationMs != x.DurationMs || p.DiscardMs != x.DiscardMs {
			return nil, fmt.Errorf("%s: is of %s, %g ms after %g ms; the experiment is %s, %g after %g", name,
				p.Case, p.DurationMs, p.DiscardMs, x.peerCase(), x.DurationMs, x.DiscardMs)
		}
		list = append(list, p)
	}
	return list, nil
}

// figures are the published ones and, in the order of the populations, those of other simulators.
func (x *Experiment) figures(populations []string) ([]Figure, error) {
	list := slices.Clone(x.Figures)
	runs, err := x.peerRuns()
	if err != nil {
		return nil, err
	}
	add := func(p *peerRun, name string, statistics []peerStatistic) error {
		for _, s := range statistics {
			f, err := peerFigure(p, runs, name, s.key, x.Seeds)
			if err != nil {
				return fmt.Errorf("%s in %s: %s of %s: %w", p.Case, p.Simulator, s.key, name, err)
			}
			f.Quantity = s.quantity
			list = append(list, f)
		}
		return nil
	}
	for _, p := range runs {
		if p.einet() {
			continue
		}
		for _, name := range populations {
			if err := add(&p, name, peerStatistics); err != nil {
				return nil, err
			}
		}
		for _, name := range slices.Sorted(maps.Keys(p.Projections)) {
			if err := add(&p, name, peerWeights); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// values are those of a statistic of a population or projection.
func (p *peerRun) values(name, key string) []float64 {
	if of, learns := p.Projections[name]; learns {
		return of[key]
	}
	return p.Populations[name][key]
}

// peerFigure is what p's mean holds the mean over a number of einet's seeds to. All runs are of
// the same network, and give its scatter.
func peerFigure(p *peerRun, runs []peerRun, population, key string, seeds int) (Figure, error) {
	values := p.values(population, key)
	if len(values) == 0 || len(values) != len(p.Seeds) {
		return Figure{}, fmt.Errorf("%d values of %d seeds", len(values), len(p.Seeds))
	}
	var lists [][]float64
	for _, r := range runs {
		lists = append(lists, r.values(population, key))
	}
	mean := stat.Mean(values, nil)
	sd, freedom := PooledSD(lists)
	if freedom < LeastPooled {
		return Figure{}, fmt.Errorf("too few seeds to tell how they scatter: %d degrees of freedom, at least %d needed", freedom, LeastPooled)
	}
	half := Band(mean, sd, len(values), seeds)
	return Figure{Population: population, Published: mean, Lo: mean - half, Hi: mean + half, Source: p.Simulator, PeerSeeds: len(values)}, nil
}
