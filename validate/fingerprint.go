package validate

import (
	"context"
	"encoding/json"
	"math"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A fingerprint is what statistical comparison knows of a run: for each
// population, distributions over neurons or pairs, and numbers of the whole.
type fingerprint struct {
	populations []populationPrint
}

type populationPrint struct {
	rate         float64   // mean [Hz]
	rates        []float64 // of neurons [Hz]
	cvs          []float64 // of neurons
	correlations []float64 // of pairs
	dispersion   float64   // variance over mean of the population's count in bins of 1 ms
	cv           float64   // mean
}

func printOf(s *analysis.Statistics, net *network.Network, steps int64) fingerprint {
	var f fingerprint
	for i, p := range s.Populations(steps) {
		f.populations = append(f.populations, populationPrint{
			rate: p.Rate, rates: s.Trains.Rates(i, steps), cvs: s.Trains.CVs(i),
			correlations: s.Pairs.Correlations(i, steps), dispersion: p.VarianceToMean, cv: p.CV,
		})
	}
	return f
}

// fingerprints simulates networks, each on its own connectome.
func (l *Lab) fingerprints(ctx context.Context, nets []*network.Network, steps, discard int64) ([]fingerprint, error) {
	prints := make([]fingerprint, len(nets))
	err := l.each(ctx, len(nets), func(ctx context.Context, i int) error {
		b, err := l.build(ctx, nets[i], 1)
		if err != nil {
			return err
		}
		s := analysis.NewStatistics(sizes(nets[i]), nets[i].Dt, discard).WithPairs()
		err = l.run(ctx, nets[i], b.connectome, steps, func(*dynamics.Model) []sim.Recorder {
			return []sim.Recorder{spikesTo(s.Add)}
		})
		prints[i] = printOf(s, nets[i], steps)
		return err
	})
	return prints, err
}

// A distance compares one population of a run with the pool of others.
type distance struct {
	name    string
	between func(x *populationPrint, pool []*populationPrint) float64
}

// distances are what runs are compared by: the distributions of rate, CV and
// correlation, each by the Kolmogorov-Smirnov and the earth mover's distance,
// and the synchrony of the population.
var distances = []distance{
	{"rate, KS", onPool(analysis.KolmogorovSmirnov, func(p *populationPrint) []float64 { return p.rates })},
	{"rate, EMD [Hz]", onPool(analysis.EarthMover, func(p *populationPrint) []float64 { return p.rates })},
	{"CV, KS", onPool(analysis.KolmogorovSmirnov, func(p *populationPrint) []float64 { return p.cvs })},
	{"CV, EMD", onPool(analysis.EarthMover, func(p *populationPrint) []float64 { return p.cvs })},
	{"correlation, KS", onPool(analysis.KolmogorovSmirnov, func(p *populationPrint) []float64 { return p.correlations })},
	{"correlation, EMD", onPool(analysis.EarthMover, func(p *populationPrint) []float64 { return p.correlations })},
	{"count variance/mean", func(x *populationPrint, pool []*populationPrint) float64 {
		return math.Abs(x.dispersion - meanOf(pool, func(p *populationPrint) float64 { return p.dispersion }))
	}},
}

func onPool(d func(a, b []float64) float64, of func(*populationPrint) []float64) func(*populationPrint, []*populationPrint) float64 {
	return func(x *populationPrint, pool []*populationPrint) float64 {
		var all []float64
		for _, p := range pool {
			all = append(all, of(p)...)
		}
		return d(of(x), all)
	}
}

func meanOf(pool []*populationPrint, of func(*populationPrint) float64) float64 {
	sum := 0.0
	for _, p := range pool {
		sum += of(p)
	}
	return sum / float64(len(pool))
}

// A Number is null in JSON where it is NaN or infinite.
type Number float64

// MarshalJSON writes the number or null.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(number(float64(n))) }

// number is nil for what JSON cannot hold.
func number(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
