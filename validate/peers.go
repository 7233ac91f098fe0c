package validate

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// peerFiles are what other simulators gave of the presets' networks, written by peers/measure.py.
//
//go:embed peers/*.json
var peerFiles embed.FS

// A peer is one of them: statistics of the same network in another simulator.
type peer struct {
	Case        string                          `json:"network"` // see Experiment.peerCase
	Simulator   string                          `json:"simulator"`
	DtMs        float64                         `json:"dt_ms"`
	DurationMs  float64                         `json:"duration_ms"`
	DiscardMs   float64                         `json:"discard_ms"`
	Seeds       []int                           `json:"seeds"`
	Populations map[string]map[string][]float64 `json:"populations"` // by name and statistic, of each seed

	// Scatter stands in for the standard deviation over seeds where those of the peer are too few:
	// it is that over einet's, by population and statistic.
	Scatter map[string]map[string]float64 `json:"scatter"`
}

// CorrelationBinMs is the width of the bins whose counts are correlated here [ms]. It is so much
// wider than analysis.CountBinMs that correlation and variance of the count say different things.
const CorrelationBinMs = 10

// peerStatistics are what peers are compared by, as their files name it.
var peerStatistics = []struct {
	key      string
	quantity Quantity
}{{"rate", Rate}, {"cv", CV}, {"variance_to_mean", Dispersion}, {"correlation", Correlation}}

// The rule of the bands: the mean over einet's seeds may be peerErrors standard errors of the
// difference from the mean over the peer's seeds, and in any case peerShare of that. Both scatter
// alike if the networks are alike, so the standard deviation is that of the peer's seeds; a
// wrong network does not widen the band that it is held to.
const (
	peerErrors = 3
	peerShare  = 0.01
	leastSeeds = 8 // from which on a peer's own scatter counts
)

// peerBand is how far the mean over that many seeds may be from the mean of values.
func peerBand(mean, sd float64, of, seeds int) float64 {
	return max(peerErrors*sd*math.Sqrt(1/float64(of)+1/float64(seeds)), peerShare*math.Abs(mean))
}

// peerCase is what the files of peers call the experiment: preset-name.
func (x *Experiment) peerCase() string {
	if x.Name == "" {
		return x.Preset
	}
	return x.Preset + "-" + x.Name
}

// peers reads those of an experiment.
func (x *Experiment) peers() ([]peer, error) {
	names, err := fs.Glob(peerFiles, "peers/"+x.peerCase()+".*.json")
	if err != nil {
		return nil, err
	}
	var list []peer
	for _, name := range names {
		text, err := peerFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var p peer
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

// figures are the published ones and those of peers, in the order of the populations.
func (x *Experiment) figures(populations []string) ([]Figure, error) {
	list := slices.Clone(x.Figures)
	peers, err := x.peers()
	if err != nil {
		return nil, err
	}
	for _, p := range peers {
		for _, name := range populations {
			of, ok := p.Populations[name]
			if !ok {
				return nil, fmt.Errorf("%s of %s: no population %s", p.Simulator, p.Case, name)
			}
			for _, s := range peerStatistics {
				f, err := p.figure(of[s.key], p.Scatter[name][s.key], x.Seeds)
				if err != nil {
					return nil, fmt.Errorf("%s of %s: %s of %s: %w", p.Simulator, p.Case, s.key, name, err)
				}
				f.Population, f.Quantity = name, s.quantity
				list = append(list, f)
			}
		}
	}
	return list, nil
}

// figure is what the peer's values, one for each of its seeds, hold the mean over that many of einet's seeds to.
func (p *peer) figure(values []float64, scatter float64, seeds int) (Figure, error) {
	if len(values) != len(p.Seeds) || len(values) < leastSeeds && scatter == 0 {
		return Figure{}, fmt.Errorf("%d values of %d seeds", len(values), len(p.Seeds))
	}
	mean, sd := stat.Mean(values, nil), scatter
	if scatter == 0 {
		sd = stat.StdDev(values, nil)
	}
	half := peerBand(mean, sd, len(values), seeds)
	return Figure{Published: mean, Lo: mean - half, Hi: mean + half, Source: p.Simulator, PeerSeeds: len(values)}, nil
}
