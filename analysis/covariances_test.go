package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"einet/sim"
)

// correlationOf is that of neurons' counts in bins of 2 ms, of all neurons as one population.
func correlationOf(spikes []sim.Spike, neurons int, ms float64) Correlation {
	c := NewCovariances([]int{neurons}, 20, 0)
	c.Add(spikes)
	return c.Correlation(0, int64(ms/0.1))
}

// Trains thinned from one mother train have its share as their correlation; independent ones, of
// whatever regularity, have none. Each is within four of its standard errors, and three quarters
// of the correlation are not; nor is it where spikes are spread over other bins.
func TestCorrelationOfThinnedTrains(t *testing.T) {
	const neurons, ms, rate = 50, 200e3, 20.0
	for _, share := range []float64{0.02, 0.1, 0.3} {
		c := correlationOf(thinned(neurons, ms, rate, share, 0), neurons, ms)
		require.InDelta(t, share, c.Value, 4*c.Error)
		require.Greater(t, math.Abs(0.75*share-c.Value), 4*c.Error, "control: three quarters of %g", share)
		require.EqualValues(t, ms/2, c.Bins)
		jittered := correlationOf(thinned(neurons, ms, rate, share, 2), neurons, ms)
		require.Greater(t, math.Abs(share-jittered.Value), 4*jittered.Error, "control: 2 ms of jitter")
	}
	for _, interval := range []func(*rand.Rand) float64{exponential(1000 / rate), gamma(4, 1000/rate)} {
		c := correlationOf(renewal(neurons, ms, interval), neurons, ms)
		require.InDelta(t, 0, c.Value, 4*c.Error)
		require.Less(t, c.Error, 2*math.Sqrt(2/(ms/2))/neurons)
	}
}

// The rate of all neurons follows a sinusoid of relative amplitude a: in bins of a width d far
// below its period two counts have the covariance (a rate d)^2/2, and each the variance rate d
// more than that. The errors of bins are alike for half a period, which blocks see; a control is
// half of the amplitude's square.
func TestCorrelationOfACommonRate(t *testing.T) {
	const neurons, ms, rate, a, hz = 40, 100e3, 50.0, 0.6, 4.0
	r := rand.New(rand.NewPCG(1, 2))
	var spikes []sim.Spike
	for step := range uint32(ms / 0.1) {
		p := rate * 1e-4 * (1 + a*math.Sin(2*math.Pi*hz*float64(step)*1e-4))
		for n := range uint32(neurons) {
			if r.Float64() < p {
				spikes = append(spikes, sim.Spike{Step: step + 1, Neuron: n})
			}
		}
	}
	mean := rate * 0.002
	want := a * a / 2 * mean * mean / (mean*(1-rate*1e-4) + a*a/2*mean*mean)
	c := correlationOf(spikes, neurons, ms)
	require.InDelta(t, want, c.Value, 4*c.Error)
	require.Greater(t, math.Abs(want/2-c.Value), 4*c.Error, "control")
}

// Over many runs the values scatter as their errors say, to 20 %, for independent trains as for
// thinned ones, and in runs of 200 ms as of 2 s; for independent ones that is sqrt(2/bins)/neurons.
// The mean of the values is right: a short run has no bias.
func TestErrorOfCorrelation(t *testing.T) {
	const neurons, rate, runs = 30, 40.0, 300
	for _, c := range []struct{ ms, share float64 }{{200, 0}, {2000, 0}, {2000, 0.1}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			r := rand.New(rand.NewPCG(11, uint64(c.ms)))
			var values, errors []float64
			for range runs {
				x := correlationOf(mixed(r, neurons, c.ms, rate, c.share), neurons, c.ms)
				values, errors = append(values, x.Value), append(errors, x.Error)
			}
			scatter := stat.StdDev(values, nil)
			require.InDelta(t, c.share, mean(values), 4*scatter/math.Sqrt(runs))
			require.InEpsilon(t, scatter, mean(errors), 0.2)
			if c.share == 0 {
				require.InEpsilon(t, math.Sqrt(2/(c.ms/2))/neurons, scatter, 0.2)
			}
		})
	}
}

// mixed are Poisson trains of which each spike is with the given probability, kept by each neuron
// for itself, one of a train common to all; two have that as their correlation where it is small.
func mixed(r *rand.Rand, neurons int, ms, rate, share float64) []sim.Spike {
	var spikes []sim.Spike
	poisson := func(rate float64, each func(step uint32)) {
		for at := 0.0; ; {
			if at += 1000 / rate * r.ExpFloat64(); at >= ms {
				return
			}
			each(uint32(at/0.1) + 1)
		}
	}
	if share > 0 {
		poisson(rate/share, func(step uint32) {
			for n := range uint32(neurons) {
				if r.Float64() < share {
					spikes = append(spikes, sim.Spike{Step: step, Neuron: n})
				}
			}
		})
	} else {
		for n := range uint32(neurons) {
			poisson(rate, func(step uint32) { spikes = append(spikes, sim.Spike{Step: step, Neuron: n}) })
		}
	}
	sort.Slice(spikes, func(i, j int) bool { return spikes[i].Step < spikes[j].Step })
	return spikes
}

// Whatever the widths, the value is the pairs' covariances over the neurons' variances, written out.
func TestCorrelationEqualsThePlainForm(t *testing.T) {
	spikes := renewal(40, 400, exponential(60))
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 3000).Draw(t, "from")
		to := rapid.Int64Range(from+100, 4500).Draw(t, "to")
		width := rapid.IntRange(1, 50).Draw(t, "width")
		c := NewCovariances([]int{30, 10}, width, from)
		counts := make([][]float64, 40)
		for n := range counts {
			counts[n] = make([]float64, int(to-from)/width)
		}
		for rest := spikes; len(rest) > 0 && int64(rest[0].Step) <= to; rest = rest[1:] {
			s := rest[0]
			c.Add(rest[:1])
			if bin := (int(s.Step) - int(from) - 1) / width; int64(s.Step) > from && bin < len(counts[0]) {
				counts[s.Neuron][bin]++
			}
		}
		for i, ids := range [][2]int{{0, 30}, {30, 40}} {
			pairs, own := 0.0, 0.0
			for j := ids[0]; j < ids[1]; j++ {
				own += stat.Covariance(counts[j], counts[j], nil)
				for k := ids[0]; k < j; k++ {
					pairs += 2 * stat.Covariance(counts[j], counts[k], nil)
				}
			}
			got := c.Correlation(i, to)
			require.Equal(t, math.Float64bits(got.Value), math.Float64bits(c.Correlation(i, to).Value), "asking changes nothing")
			want := pairs / own / float64(ids[1]-ids[0]-1)
			if math.IsNaN(want) {
				require.True(t, math.IsNaN(got.Value))
				continue
			}
			require.InDelta(t, want, got.Value, 1e-9)
		}
	})
}

// What can't be known is NaN: of one neuron, of clocks, of a run too short for an error.
func TestCorrelationOfTooLittle(t *testing.T) {
	one := NewCovariances([]int{1}, 20, 0)
	one.Add(renewal(1, 1000, exponential(20)))
	require.True(t, math.IsNaN(one.Correlation(0, 10000).Value))
	clocks := NewCovariances([]int{3}, 20, 0)
	for step := uint32(20); step < 10000; step += 20 {
		clocks.Add([]sim.Spike{{Step: step, Neuron: 0}, {Step: step, Neuron: 1}, {Step: step, Neuron: 2}})
	}
	require.True(t, math.IsNaN(clocks.Correlation(0, 9980).Value))
	short := correlationOf(renewal(20, 60, exponential(10)), 20, 60)
	require.False(t, math.IsNaN(short.Value))
	require.True(t, math.IsNaN(short.Error))
}
