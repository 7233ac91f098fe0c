package validate

import (
	"context"
	"fmt"
	"math"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A Reproduction is a figure of a publication beside ours.
type Reproduction struct {
	Preset     string   `json:"preset"`
	Condition  string   `json:"condition,omitempty"`
	Population string   `json:"population,omitempty"` // empty: all neurons; of weights a projection
	Quantity   Quantity `json:"quantity"`
	Unit       string   `json:"unit,omitempty"`
	Published  *float64 `json:"published"` // null where the publication has words only
	Measured   *float64 `json:"measured"`  // mean over seeds
	Lo         float64  `json:"at_least"`
	Hi         float64  `json:"at_most"`
	Verdict    Verdict  `json:"verdict"`
	Source     string   `json:"source"`
	PeerSeeds  int      `json:"peer_seeds,omitempty"` // where source is a simulator: seeds in whose mean published is
}

// Reproduce measures the figures of an experiment on net, which is its network,
// loaded with its changes, or one that is to be held to the same figures: those
// published, and those of other simulators.
func (l *Lab) Reproduce(ctx context.Context, x *Experiment, net *network.Network) ([]Reproduction, error) {
	figures, err := x.figures(names(net))
	if err != nil {
		return nil, err
	}
	return l.reproduce(ctx, x, figures, net)
}

// reproduce measures those figures.
func (l *Lab) reproduce(ctx context.Context, x *Experiment, figures []Figure, net *network.Network) ([]Reproduction, error) {
	sums := make([]float64, len(figures))
	one := clone(net)
	for taken, died := 0, 0; taken < x.Seeds; one.Seed++ {
		measured, lasts, err := l.measure(ctx, x, figures, one)
		if err != nil {
			return nil, err
		}
		if x.Lasting && !lasts {
			if died++; died > 10*x.Seeds {
				return nil, fmt.Errorf("%s: activity dies out from all of %d starts", net.Name, taken+died)
			}
			continue
		}
		taken++
		l.progress()
		for i := range sums {
			sums[i] += measured[i]
		}
	}
	var list []Reproduction
	for i, f := range figures {
		mean := sums[i] / float64(x.Seeds)
		r := Reproduction{
			Preset: x.Preset, Condition: x.Name, Population: f.Population, Quantity: f.Quantity, Unit: f.Quantity.Unit(),
			Published: number(f.Published), Measured: number(mean), Lo: f.Lo, Hi: f.Hi, Verdict: Fail, Source: f.Source, PeerSeeds: f.PeerSeeds,
		}
		if mean >= f.Lo && mean <= f.Hi {
			r.Verdict = Pass
		}
		list = append(list, r)
	}
	return list, nil
}

// extinct is the mean rate [Hz] at and below which activity has died out.
const extinct = 0.5

// measure is what the figures are of in one simulation, and whether its activity lasts.
func (l *Lab) measure(ctx context.Context, x *Experiment, figures []Figure, net *network.Network) (values []float64, lasts bool, err error) {
	b, err := l.build(ctx, net, 0)
	if err != nil {
		return nil, false, err
	}
	from, to := int64(net.Steps(x.DiscardMs)), int64(net.Steps(x.DurationMs))
	s := analysis.NewStatistics(sizes(net), net.Dt, from)
	parts := newParted(net, figures, from)
	shared := analysis.NewCovariances(sizes(net), net.Steps(CorrelationBinMs), from)
	places := placesOf(net, figures, from)
	quiet := &Lab{Backend: l.Backend}
	learned := make([]float64, len(figures))
	err = quiet.runThen(ctx, net, b.connectome, to, func(*dynamics.Model) []sim.Recorder {
		all := []sim.Recorder{spikesTo(s.Add), spikesTo(shared.Add), spikesTo(parts.add)}
		for _, p := range places {
			all = append(all, spikesTo(p.add))
		}
		return all
	}, func(e sim.Engine) error { return weights(net, e, figures, learned) })
	if err != nil {
		return nil, false, err
	}
	list := s.Populations(to)
	for i, f := range figures {
		of, first, counts, covariances := list, 0, s.Counts, shared
		if part, named := net.Part(f.Population); named && part.IsAll() { // a division has all of its population's neurons
			first = part.Population
			of = list[first : first+1]
		} else if named {
			first, counts, covariances = parts.places[f.Population][0], parts.statistics.Counts, parts.shared
			of = parts.statistics.Populations(to)[first : first+1]
		}
		value := math.NaN()
		switch f.Quantity {
		case Rate:
			value = meanRate(of)
		case CV:
			value = pooledCV(of)
		case Frequency:
			value = counts.PeakHz(first, from, to)
		case Alpha, Gamma:
			value = counts.PeakHzWithin(first, from, to, bands[f.Quantity].low, bands[f.Quantity].high)
		case Dispersion:
			value = of[0].VarianceToMean
		case PopulationSpike:
			value = counts.Burst(first, from, to, populationSpikeMs)
		case Fano:
			value = of[0].Fano
		case RateSD:
			value = parts.rateSD(f.Population, from, to)
		case Correlation:
			value = covariances.Correlation(first, to).Value
			if parts != nil && len(parts.places[f.Population]) > 0 {
				value = parts.correlation(f.Population, to)
			}
		case MeanWeight, LowWeights, HighWeights:
			value = learned[i]
		case NearCorrelation, FarCorrelation, BumpLength:
			if p := places[first]; p != nil {
				value = p.value(f.Quantity, to)
			}
		}
		values = append(values, value)
	}
	return values, meanRate(list) > extinct, nil
}

// experiment is what is published of a preset as it is, nil for nothing.
func experiment(preset string) *Experiment {
	for i := range Published {
		if x := &Published[i]; x.Preset == preset && (x.Name == "" || preset == "brunel2000" && x.Name == "AI") {
			return x
		}
	}
	return nil
}
