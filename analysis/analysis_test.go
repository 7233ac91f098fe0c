package analysis

import (
	"math"
	"math/rand/v2"
	"runtime"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"einet/sim"
)

// renewal draws trains of independent intervals [ms] on a grid of 0.1 ms,
// sorted as a simulation gives them.
func renewal(neurons int, ms float64, interval func(*rand.Rand) float64) []sim.Spike {
	r := rand.New(rand.NewPCG(1, 2))
	var spikes []sim.Spike
	for n := range neurons {
		for t := interval(r); t < ms; t += interval(r) {
			spikes = append(spikes, sim.Spike{Step: uint32(math.Ceil(t / 0.1)), Neuron: uint32(n)})
		}
	}
	sort.Slice(spikes, func(i, j int) bool {
		a, b := spikes[i], spikes[j]
		return a.Step < b.Step || a.Step == b.Step && a.Neuron < b.Neuron
	})
	return spikes
}

// requireValues is InDeltaSlice that a list too short cannot pass.
func requireValues(t require.TestingT, want, got []float64, delta float64) {
	require.Len(t, got, len(want))
	require.InDeltaSlice(t, want, got, delta)
}

func exponential(meanMs float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return meanMs * r.ExpFloat64() }
}

// gamma intervals of the given order, a sum of exponential ones.
func gamma(order int, meanMs float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 {
		sum := 0.0
		for range order {
			sum += meanMs / float64(order) * r.ExpFloat64()
		}
		return sum
	}
}

func refractory(meanMs, deadMs float64) func(*rand.Rand) float64 {
	return func(r *rand.Rand) float64 { return deadMs + (meanMs-deadMs)*r.ExpFloat64() }
}

// TestKnownTrains meets closed forms. 200 trains of 100 s at 20 Hz: the rate's
// standard error is sqrt(200*2000)/(200*2000) = 0.16 %, that of the mean CV below
// 0.2 %; its bias from ~2000 intervals a train about 0.05 %. So 1 % is 5 sd.
func TestKnownTrains(t *testing.T) {
	const neurons, ms, mean = 200, 100e3, 50.0
	for name, c := range map[string]struct {
		interval func(*rand.Rand) float64
		cv       float64
		control  float64 // a CV near it that must be told apart
	}{
		"poisson":            {exponential(mean), 1, 0.98},
		"gamma 2":            {gamma(2, mean), 1 / math.Sqrt2, 0.69},
		"gamma 4":            {gamma(4, mean), 0.5, 0.51},
		"refractory poisson": {refractory(mean, 5), 1 - 5/mean, 1 - 4/mean},
	} {
		tr := NewTrains([]int{neurons}, 0.1, 0)
		tr.Add(renewal(neurons, ms, c.interval))
		p := tr.Populations(ms / 0.1)[0]
		require.Equal(t, neurons, p.CVOver, name)
		require.InEpsilon(t, 20, p.Rate, 0.01, name)
		require.InEpsilon(t, c.cv, p.CV, 0.01, name)
		require.Greater(t, math.Abs(p.CV/c.control-1), 0.01, "%s: the check would accept a CV of %g", name, c.control)
	}
}

// TestTrainsEqualThePlainForm compares the streamed sums with the intervals
// written out, however the stream is cut and wherever counting begins.
func TestTrainsEqualThePlainForm(t *testing.T) {
	spikes := renewal(7, 3000, exponential(40))
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 20000).Draw(t, "from")
		tr := NewTrains([]int{3, 4}, 0.1, from)
		for rest := spikes; len(rest) > 0; {
			n := min(len(rest), rapid.IntRange(1, 400).Draw(t, "piece"))
			tr.Add(rest[:n])
			rest = rest[n:]
		}
		got := tr.Populations(30000)
		for i, ids := range [][]uint32{{0, 1, 2}, {3, 4, 5, 6}} {
			var cvs []float64
			count := 0
			for _, id := range ids {
				var isi []float64
				last := int64(-1)
				for _, s := range spikes {
					if s.Neuron == id && int64(s.Step) > from {
						if last >= 0 {
							isi = append(isi, float64(int64(s.Step)-last))
						}
						last = int64(s.Step)
						count++
					}
				}
				if len(isi) >= MinIntervals {
					mean, variance := stat.PopMeanVariance(isi, nil)
					cvs = append(cvs, math.Sqrt(variance)/mean)
				}
			}
			require.EqualValues(t, count, got[i].Spikes)
			require.InDelta(t, float64(count)/float64(len(ids))/(float64(30000-from)*1e-4), got[i].Rate, 1e-9)
			requireValues(t, cvs, tr.cvs(i), 1e-9)
			require.InDelta(t, stat.Mean(tr.Rates(i, 30000), nil), got[i].Rate, 1e-9)
		}
	})
}

func TestTrainsTooShortForACV(t *testing.T) {
	tr := NewTrains([]int{2}, 0.1, 10)
	for step := uint32(10); step <= 60; step += 10 { // 5 spikes after step 10: 4 intervals
		tr.Add([]sim.Spike{{Step: step, Neuron: 0}})
	}
	p := tr.Populations(110)[0]
	require.EqualValues(t, 5, p.Spikes)
	require.Zero(t, p.CVOver)
	require.True(t, math.IsNaN(p.CV))
	tr.Add([]sim.Spike{{Step: 70, Neuron: 0}}) // the fifth interval, all alike
	p = tr.Populations(110)[0]
	require.Equal(t, 1, p.CVOver)
	require.Zero(t, p.CV)
	require.InDelta(t, 300, p.Rate, 1e-9) // 6 spikes, 2 neurons, 10 ms
	require.True(t, math.IsNaN(tr.Populations(10)[0].Rate), "no time counted")
}

func TestPopulationCounts(t *testing.T) {
	c := NewPopulationCounts([]int{2, 1}, 0.1, 10)
	c.Add([]sim.Spike{{Step: 1, Neuron: 0}, {Step: 10, Neuron: 1}, {Step: 11, Neuron: 2}})
	c.Add([]sim.Spike{{Step: 35, Neuron: 0}})
	require.InDelta(t, 1, c.BinMs(), 1e-12)
	require.Equal(t, []int64{2, 0, 0}, c.Counts(0, 39), "the fourth bin is not full")
	require.Equal(t, []int64{2, 0, 0, 1, 0}, c.Counts(0, 50))
	require.Equal(t, []int64{0, 1, 0, 0}, c.Counts(1, 40))
	requireValues(t, []float64{1000, 0, 0, 500}, c.Rates(0, 40), 1e-9)
	require.Equal(t, []int64{2, 1}, c.Merge(2).Counts(0, 40))
	require.InDelta(t, 2, c.Merge(2).BinMs(), 1e-12)
}

func TestSample(t *testing.T) {
	s := NewSample([]int{8000, 2000, 3}, 0.1, 200, 0, 100)
	require.Len(t, s.Neurons(0), 160)
	require.Len(t, s.Neurons(1), 40)
	require.Equal(t, []int{10000, 10001, 10002}, s.Neurons(2), "all of a small population")
	for j, id := range s.Neurons(0) {
		require.Equal(t, j, id/50, "one of each 50")
	}
	require.Equal(t, 160, s.Neurons(1)[0]/50)
	require.Equal(t, s.ids, NewSample([]int{8000, 2000, 3}, 0.1, 200, 0, 100).ids, "the same sizes, the same neurons")
	id := uint32(s.Neurons(0)[1])
	s.Add([]sim.Spike{{Step: 1, Neuron: id}, {Step: 2, Neuron: id + 1}, {Step: 100, Neuron: id}, {Step: 101, Neuron: id}})
	times := s.Times(0)
	requireValues(t, []float64{0.1, 10}, times[1], 1e-12)
	require.Empty(t, times[0])
	require.Empty(t, s.Times(1)[0])
}

// Neurons on a grid are sampled from all of it: at equal distances, which are multiples of its width, they would be of
// two columns. Many populations have a row each, not five.
func TestSampleIsFair(t *testing.T) {
	columns := map[int]int{}
	for _, id := range NewSample([]int{10000}, 0.1, 200, 0, 100).Neurons(0) {
		columns[id%100]++
	}
	require.Greater(t, len(columns), 75) // of 100, 200 draws hit 86.6 +- 2.8
	sizes := make([]int, 1000)
	for i := range sizes {
		sizes[i] = 20
	}
	s := NewSample(sizes, 0.1, 200, 0, 100)
	require.Len(t, s.steps, 1000)
	require.Len(t, NewSample(sizes[:51], 0.1, 200, 0, 100).steps, 255)
}

func TestDensity(t *testing.T) {
	h := Histogram{Edges: []float64{-1, -0.5, 0, 1}, Counts: []int64{1, 0, 3}}
	require.EqualValues(t, 4, h.Total())
	require.Equal(t, []float64{0.5, 0, 0.75}, h.Density())
	require.Equal(t, []float64{0}, Histogram{Edges: []float64{0, 1}, Counts: []int64{0}}.Density())
	require.Empty(t, Histogram{}.Density())
}

// The memory of statistics is what is asked for before a run.
func TestStatisticsBytes(t *testing.T) {
	const neurons = 1 << 20
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := NewStatistics([]int{neurons / 2, neurons / 2}, 0.1, 0)
	runtime.ReadMemStats(&after)
	require.InEpsilon(t, StatisticsBytes, float64(after.TotalAlloc-before.TotalAlloc)/neurons, 0.02)
	runtime.KeepAlive(s)
}
