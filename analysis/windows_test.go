package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"pgregory.net/rapid"

	"einet/sim"
)

// TestFano meets closed forms. In windows with m spikes on average a gamma
// process of order k in equilibrium has 1/k + (1-1/k^2)/(6 m) (Cox, Renewal
// Theory, 4.5). 200 trains of 200 windows of 1 s: each Fano factor has a standard
// error of about F sqrt(2/200), their mean 0.7 %, so 3 % is 4 sd.
func TestFano(t *testing.T) {
	const neurons, ms, meanMs, windowMs = 200, 200e3, 50.0, 1000.0
	const m = windowMs / meanMs
	for name, c := range map[string]struct {
		interval func(*rand.Rand) float64
		fano     float64
	}{
		"poisson": {exponential(meanMs), 1},
		"gamma 2": {gamma(2, meanMs), 1./2 + (1-1./4)/(6*m)},
		"gamma 4": {gamma(4, meanMs), 1./4 + (1-1./16)/(6*m)},
	} {
		w := NewCountingWindows([]int{neurons}, windowMs/0.1, 5000)
		w.Add(renewal(neurons, ms, c.interval))
		fanos := w.Fanos(0, ms/0.1)
		require.Len(t, fanos, neurons)
		require.InEpsilon(t, c.fano, mean(fanos), 0.03, name)
		for _, control := range []float64{0.94, 1.06} {
			require.Greater(t, math.Abs(mean(fanos)/(control*c.fano)-1), 0.03, "%s: the check would accept %g of it", name, control)
		}
	}
}

// Few windows and few spikes don't bias the Fano factor of Poisson trains: 1 s in
// windows of 100 ms at 2 Hz, over neurons with spikes. Standard error over 5000
// neurons of sqrt(2/9) each: 0.7 %. With the biased variance it would be 0.9.
func TestFanoOfShortTrains(t *testing.T) {
	w := NewCountingWindows([]int{5000}, 1000, 0)
	w.Add(renewal(5000, 1000, exponential(500)))
	fanos := w.Fanos(0, 10000)
	require.Less(t, len(fanos), 4600)
	require.InDelta(t, 1, mean(fanos), 0.03)
	require.Greater(t, math.Abs(0.9-mean(fanos)), 0.03)
}

// TestFanoEqualsThePlainForm wherever counting begins and ends, cut as it may be.
func TestFanoEqualsThePlainForm(t *testing.T) {
	spikes := renewal(5, 3000, exponential(40))
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.Int64Range(0, 20000).Draw(t, "from")
		to := rapid.Int64Range(from, 31000).Draw(t, "to")
		width := rapid.IntRange(1, 4000).Draw(t, "width")
		w := NewCountingWindows([]int{2, 3}, width, from)
		counts := make([][]float64, 5)
		for n := range counts {
			counts[n] = make([]float64, int(to-from)/width)
		}
		for _, s := range spikes {
			if int64(s.Step) > to {
				break
			}
			w.Add([]sim.Spike{s})
			if bin := (int64(s.Step) - from - 1) / int64(width); int64(s.Step) > from && int(bin) < len(counts[0]) {
				counts[s.Neuron][bin]++
			}
		}
		for i, ids := range [][]int{{0, 1}, {2, 3, 4}} {
			var want []float64
			for _, id := range ids {
				if m, v := stat.MeanVariance(counts[id], nil); len(counts[id]) > 1 && m > 0 {
					want = append(want, v/m)
				}
			}
			requireValues(t, want, w.Fanos(i, to), 1e-9)
		}
	})
}

// The population count of independent Poisson trains has the variance of its
// mean; when every spike is one of five at the same time it is five times that.
// 100 000 bins: relative standard error sqrt(2/1e5) = 0.45 %.
func TestVarianceToMean(t *testing.T) {
	const ms = 100e3
	count := func(copies int) []int64 {
		c := NewPopulationCounts([]int{500}, 0.1, 10)
		for _, s := range renewal(100, ms, exponential(50)) {
			for range copies {
				c.Add([]sim.Spike{s})
			}
		}
		return c.Between(0, 0, ms/0.1)
	}
	require.InEpsilon(t, 1, VarianceToMean(count(1)), 0.03)
	require.InEpsilon(t, 5, VarianceToMean(count(5)), 0.03)
	require.Greater(t, math.Abs(VarianceToMean(count(5))/5.4-1), 0.03)
	require.True(t, math.IsNaN(VarianceToMean([]int64{3})))
	require.True(t, math.IsNaN(VarianceToMean([]int64{0, 0})))

	list := VariancesToMean([]int64{0, 2, 1, 1, 4, 0, 7}, 2)
	requireValues(t, []float64{2, 0, 4}, list, 1e-12)
	require.Len(t, VariancesToMean(count(1), 10), 10000)
	require.InEpsilon(t, 1, mean(VariancesToMean(count(1), 10)), 0.05, "unbiased in short windows")
}

func TestBetween(t *testing.T) {
	c := NewPopulationCounts([]int{1}, 0.1, 10)
	for step := uint32(1); step <= 50; step++ {
		c.Add([]sim.Spike{{Step: step}})
	}
	require.Equal(t, []int64{10, 10, 10}, c.Between(0, 20, 50))
	require.Equal(t, []int64{10, 10}, c.Between(0, 21, 50), "a bin that begins before is left out")
	require.Empty(t, c.Between(0, 100, 50))
}
