package validate

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"
)

// A statistic is one number of one population. Each has a reason to be there:
// some change of a network, or of spike times, that no other sees as well.
type statistic struct {
	name string
	of   func(*activity) float64
}

// statistics are what runs are compared by: how fast, how unevenly and how
// irregularly neurons fire, how long the intervals are, how the population's
// count fluctuates, and which way time goes in it. Means over neurons and bins
// are continuous; quantiles and largest distances would be multiples of a step
// or a neuron, alike in most seeds, and a seed that isn't would be far off.
var statistics = []statistic{
	{"rate [Hz]", func(a *activity) float64 { return a.population.Rate }},
	{"sd of neurons' rates [Hz]", func(a *activity) float64 { return a.rateSD }},
	{"CV of intervals", func(a *activity) float64 { return a.population.CV }},
	{"LV of intervals", func(a *activity) float64 { return a.population.LV }},
	{"geometric mean of intervals [ms]", func(a *activity) float64 { return a.intervalMean }},
	{"geometric sd of intervals", func(a *activity) float64 { return a.intervalSD }},
	{"Fano factor", func(a *activity) float64 { return a.population.Fano }},
	{"log of count variance/mean, 1 ms", func(a *activity) float64 { return logVarianceToMean(a.own.coarse, 1) }},
	{"log of count variance/mean, 10 ms", func(a *activity) float64 { return logVarianceToMean(a.own.coarse, 10) }},
	{"autocorrelation, 1 ms", func(a *activity) float64 { return analysis.Autocorrelation(a.own.coarse, 1) }},
	{"autocorrelation, 2 ms", func(a *activity) float64 { return analysis.Autocorrelation(a.own.coarse, 2) }},
	{"lead over the others, 0.2 ms", func(a *activity) float64 { return analysis.LagAsymmetry(a.own.fine, a.others.fine, a.fineLag) }},
	{"lead over the others, 1 ms", func(a *activity) float64 { return analysis.LagAsymmetry(a.own.coarse, a.others.coarse, 1) }},
	{"lead over the others, 2 ms", func(a *activity) float64 { return analysis.LagAsymmetry(a.own.coarse, a.others.coarse, 2) }},
	{"skewness of increments, 1 ms", func(a *activity) float64 { return analysis.IncrementSkewness(a.own.coarse, 1) }},
}

// The bins that show delays [ms], or a step where that is wider, and the lag
// between them.
const (
	fineBinMs = 0.1
	fineLagMs = 0.2
)

// An activity is what the statistics of one population are computed from.
type activity struct {
	population               analysis.PopulationStatistics
	rateSD                   float64 // over neurons [Hz]
	intervalMean, intervalSD float64 // geometric, of all neurons' intervals
	own, others              counts  // of the population, and of all others together
	fineLag                  int     // fineLagMs in fine bins, at least 1
}

// counts are the spikes in bins of time.
type counts struct {
	fine   []float64 // in bins of fineBinMs
	coarse []float64 // in bins of analysis.CountBinMs
}

// A fingerprint is what statistical comparison knows of a run:
// [population*len(statistics)+statistic], NaN for what the run lacks.
type fingerprint []float64

func printOf(activities []activity) fingerprint {
	var f fingerprint
	for i := range activities {
		for _, s := range statistics {
			f = append(f, s.of(&activities[i]))
		}
	}
	return f
}

// reversed is the activity as it looks backwards. Only the order of counts
// changes: rates and intervals have no direction.
func reversed(activities []activity) []activity {
	list := slices.Clone(activities)
	for i := range list {
		for _, c := range []*counts{&list[i].own, &list[i].others} {
			*c = counts{backwards(c.fine), backwards(c.coarse)}
		}
	}
	return list
}

func backwards(x []float64) []float64 {
	y := slices.Clone(x)
	slices.Reverse(y)
	return y
}

// An observer gathers what fingerprints need, spike by spike.
type observer struct {
	sizes      []int
	discard    int64
	statistics *analysis.Statistics
	intervals  *analysis.Intervals
	fine       *analysis.PopulationCounts

	unseen []span // of neurons whose spikes don't count
	seen   []sim.Spike
}

// A span is the neurons of a population.
type span struct{ first, end uint32 }

// ignore leaves out the spikes of populations.
func (o *observer) ignore(populations []int) {
	for _, i := range populations {
		first := 0
		for _, n := range o.sizes[:i] {
			first += n
		}
		o.unseen = append(o.unseen, span{uint32(first), uint32(first + o.sizes[i])})
	}
}

func newObserver(sizes []int, dtMs float64, discard int64) *observer {
	return &observer{
		sizes: sizes, discard: discard,
		statistics: analysis.NewStatistics(sizes, dtMs, discard), intervals: analysis.NewIntervals(sizes, dtMs, discard),
		fine: analysis.NewPopulationCounts(sizes, dtMs, max(1, int(math.Round(fineBinMs/dtMs)))),
	}
}

func (o *observer) add(spikes []sim.Spike) {
	if len(o.unseen) > 0 {
		o.seen = slices.DeleteFunc(append(o.seen[:0], spikes...), func(s sim.Spike) bool {
			return slices.ContainsFunc(o.unseen, func(u span) bool { return u.first <= s.Neuron && s.Neuron < u.end })
		})
		spikes = o.seen
	}
	o.statistics.Add(spikes)
	o.intervals.Add(spikes)
	o.fine.Add(spikes)
}

// activities are those of each population up to a step, the last one simulated.
func (o *observer) activities(steps int64) []activity {
	var list []activity
	var all counts
	for i, p := range o.statistics.Populations(steps) {
		a := activity{population: p, rateSD: stat.PopStdDev(o.statistics.Trains.Rates(i, steps), nil)}
		a.fineLag = max(1, int(math.Round(fineLagMs/o.fine.BinMs())))
		a.intervalMean, a.intervalSD = geometric(o.intervals.Histogram(i))
		a.own.fine = asFloats(o.fine.Between(i, o.discard, steps))
		a.own.coarse = asFloats(o.statistics.Counts.Between(i, o.discard, steps))
		all.fine, all.coarse = plus(all.fine, a.own.fine, 1), plus(all.coarse, a.own.coarse, 1)
		list = append(list, a)
	}
	for i := range list {
		a := &list[i]
		a.others = counts{plus(all.fine, a.own.fine, -1), plus(all.coarse, a.own.coarse, -1)}
	}
	return list
}

// geometric is the geometric mean and standard deviation of a histogram's
// values, each at the geometric mean of its bin. NaN without values.
func geometric(h analysis.Histogram) (mean, sd float64) {
	var logs, weights []float64
	for k, n := range h.Counts {
		logs = append(logs, math.Log(h.Edges[k]*h.Edges[k+1])/2)
		weights = append(weights, float64(n))
	}
	if len(logs) == 0 {
		return math.NaN(), math.NaN()
	}
	m, s := stat.PopMeanStdDev(logs, weights)
	return math.Exp(m), math.Exp(s)
}

// logVarianceToMean is the logarithm of the variance over the mean of counts in
// bins which are n times as wide: the seeds' scatter, of synchronous networks
// over several times its value, is then as far up as down. NaN without variance.
func logVarianceToMean(counts []float64, n int) float64 {
	var wide []int64
	for ; len(counts) >= n; counts = counts[n:] {
		sum := 0.0
		for _, x := range counts[:n] {
			sum += x
		}
		wide = append(wide, int64(sum))
	}
	ratio := analysis.VarianceToMean(wide)
	if ratio == 0 {
		return math.NaN()
	}
	return math.Log(ratio)
}

func asFloats(counts []int64) []float64 {
	list := make([]float64, len(counts))
	for k, n := range counts {
		list[k] = float64(n)
	}
	return list
}

// plus is a + sign*b; a may be empty.
func plus(a, b []float64, sign float64) []float64 {
	sum := make([]float64, len(b))
	copy(sum, a)
	for k, x := range b {
		sum[k] += sign * x
	}
	return sum
}

// observe simulates networks, each on its own connectome, and passes on the
// activities of each, by several goroutines. The spikes of populations unseen don't count.
func (l *Lab) observe(ctx context.Context, nets []*network.Network, unseen []int, steps, discard int64, take func(i int, a []activity)) error {
	return l.each(ctx, len(nets), func(ctx context.Context, i int) error {
		b, err := l.build(ctx, nets[i], 1)
		if err != nil {
			return err
		}
		o := newObserver(sizes(nets[i]), nets[i].Dt, discard)
		o.ignore(unseen)
		err = l.run(ctx, nets[i], b.connectome, steps, func(*dynamics.Model) []sim.Recorder {
			return []sim.Recorder{spikesTo(o.add)}
		})
		if err == nil {
			take(i, o.activities(steps))
		}
		return err
	})
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
