package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"einet/sim"
)

// Widths of bins and windows [ms] that the field's statistics are stated for.
const (
	FanoWindowMs = 100
	PairBinMs    = 2
	CountBinMs   = 1
)

// Statistics are the measures of spike trains that are compared between engines,
// seeds and papers, each gathered by its own type, about 90 bytes a neuron in
// all.
type Statistics struct {
	Trains *Trains
	Local  *Local
	Fano   *CountingWindows  // in windows of FanoWindowMs
	Shared *Covariances      // in bins of PairBinMs
	Counts *PopulationCounts // in bins of CountBinMs, from step 0 on
	Pairs  *Pairs            // of PairNeurons in bins of PairBinMs; nil but WithPairs

	from, pairSteps int64
	sizes           []int
	fetched         uint32 // of no meaning
}

// StatisticsBytes is what NewStatistics takes for a neuron once it has fired.
const StatisticsBytes = 92

// NewStatistics makes them for consecutive populations of the given sizes on a
// grid of dtMs [ms]. Spikes at steps up to fromStep don't count.
func NewStatistics(sizes []int, dtMs float64, fromStep int64) *Statistics {
	steps := func(ms float64) int { return max(1, int(math.Round(ms/dtMs))) }
	return &Statistics{
		Trains: NewTrains(sizes, dtMs, fromStep),
		Local:  NewLocal(sizes, fromStep),
		Fano:   NewCountingWindows(sizes, steps(FanoWindowMs), fromStep),
		Shared: NewCovariances(sizes, steps(PairBinMs), fromStep),
		Counts: NewPopulationCounts(sizes, dtMs, steps(CountBinMs)),
		from:   fromStep, pairSteps: int64(steps(PairBinMs)), sizes: sizes,
	}
}

// WithPairs also gathers the correlations of single pairs, whose distribution is compared and
// drawn: 0.5 MB a population, and as much time as all the rest where neurons fire fast.
func (s *Statistics) WithPairs() *Statistics {
	s.Pairs = NewPairs(s.sizes, PairNeurons, int(s.pairSteps), s.from)
	return s
}

// Add takes further spikes, sorted by step. Ids are global.
func (s *Statistics) Add(spikes []sim.Spike) {
	for some := range slices.Chunk(spikes, spikesAtOnce) {
		s.fetch(some)
		s.Trains.Add(some)
		s.Local.Add(some)
		s.Fano.Add(some)
		s.Shared.Add(some)
		s.Counts.Add(some)
		if s.Pairs != nil {
			s.Pairs.Add(some)
		}
	}
}

// spikesAtOnce are so few that what is known of their neurons stays in the nearest cache.
const spikesAtOnce = 128

// fetch brings that there. Of a large network it lies in slow memory, from which a processor takes much at once where no
// decision hangs on it.
func (s *Statistics) fetch(spikes []sim.Spike) {
	any := uint32(0)
	for _, k := range spikes {
		any |= s.Trains.trains[k.Neuron].last | s.Local.trains[k.Neuron].last | s.Fano.trains[k.Neuron].window | s.Shared.trains[k.Neuron].bin
	}
	s.fetched = any
}

// PopulationStatistics is the summary of one population. A mean without values
// is NaN.
type PopulationStatistics struct {
	Population
	CV2            float64     // mean over the neurons with a CV
	LV             float64     // likewise
	Fano           float64     // mean over neurons with spikes
	Correlation    Correlation // of all pairs
	VarianceToMean float64     // of the population's count
}

// Populations summarises the spikes of the steps fromStep+1..toStep; toStep is
// the last step simulated.
func (s *Statistics) Populations(toStep int64) []PopulationStatistics {
	var list []PopulationStatistics
	for i, p := range s.Trains.Populations(toStep) {
		list = append(list, PopulationStatistics{
			Population:     p,
			CV2:            mean(s.Local.CV2s(i)),
			LV:             mean(s.Local.LVs(i)),
			Fano:           mean(s.Fano.Fanos(i, toStep)),
			Correlation:    s.Shared.Correlation(i, toStep),
			VarianceToMean: VarianceToMean(s.Counts.Between(i, s.from, toStep)),
		})
	}
	return list
}

func mean(list []float64) float64 { return stat.Mean(list, nil) } // NaN of none
