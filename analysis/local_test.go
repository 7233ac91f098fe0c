package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/sim"
)

// TestLocalVariation meets closed forms: for gamma intervals of order k
// I/(I+J) is Beta(k, k), hence LV = 3/(2k+1) and CV2 = 1, 3/4, 35/64 for k = 1,
// 2, 4. 200 trains of ~2000 intervals: the standard error of either mean is
// below 0.15 %, so 1 % is 6 sd; the control is what 2 or 3 % more would be.
func TestLocalVariation(t *testing.T) {
	const neurons, ms, meanMs = 200, 100e3, 50.0
	for name, c := range map[string]struct {
		interval func(*rand.Rand) float64
		cv2, lv  float64
	}{
		"poisson": {exponential(meanMs), 1, 1},
		"gamma 2": {gamma(2, meanMs), 3. / 4, 3. / 5},
		"gamma 4": {gamma(4, meanMs), 35. / 64, 1. / 3},
	} {
		l := NewLocal([]int{neurons}, 1000)
		l.Add(renewal(neurons, ms, c.interval))
		require.Len(t, l.LVs(0), neurons)
		require.InEpsilon(t, c.cv2, mean(l.CV2s(0)), 0.01, name)
		require.InEpsilon(t, c.lv, mean(l.LVs(0)), 0.01, name)
		require.Greater(t, math.Abs(mean(l.CV2s(0))/(1.02*c.cv2)-1), 0.01, "%s: the check would accept 2 %% more", name)
		require.Greater(t, math.Abs(mean(l.LVs(0))/(1.02*c.lv)-1), 0.01, "%s: the check would accept 2 %% more", name)
	}
}

// A Poisson train whose rate changes every 5 s between 5 and 45 Hz is as locally
// irregular as another, while its CV is far above 1.
func TestLocalVariationOfAChangingRate(t *testing.T) {
	var spikes []sim.Spike
	r := rand.New(rand.NewPCG(3, 4))
	for at := 0.0; at < 2e6; {
		rate := 5.0
		if int(at/5000)%2 == 1 {
			rate = 45
		}
		at += 1000 / rate * r.ExpFloat64()
		spikes = append(spikes, sim.Spike{Step: uint32(at / 0.1)})
	}
	l, tr := NewLocal([]int{1}, 0), NewTrains([]int{1}, 0.1, 0)
	l.Add(spikes)
	tr.Add(spikes)
	require.InDelta(t, 1, l.LVs(0)[0], 0.03)
	require.InDelta(t, 1, l.CV2s(0)[0], 0.03)
	require.Greater(t, tr.cvs(0)[0], 1.4)
}

// A source that fires several times in a step is as irregular as its times were before they were rounded, as far as the
// step allows: at 1 kHz and a step of 0.1 ms a tenth of the intervals is 0. Intervals that are all 0 have no CV.
func TestIrregularityOfSpikesThatShareAStep(t *testing.T) {
	spikes := renewal(50, 20e3, exponential(1))
	tr, l := NewTrains([]int{50}, 0.1, 0), NewLocal([]int{50}, 0)
	tr.Add(spikes)
	l.Add(spikes)
	require.InDelta(t, 1, mean(tr.cvs(0)), 0.01)
	require.InDelta(t, 1, mean(l.CV2s(0)), 0.02)
	require.InDelta(t, 1, mean(l.LVs(0)), 0.06)
	require.InEpsilon(t, 1000, tr.Populations(200_000)[0].Rate, 0.01)

	same := make([]sim.Spike, 10)
	for k := range same {
		same[k] = sim.Spike{Step: 3}
	}
	tr, l = NewTrains([]int{1}, 0.1, 0), NewLocal([]int{1}, 0)
	tr.Add(same)
	l.Add(same)
	require.Empty(t, tr.cvs(0))
	require.Zero(t, tr.Populations(10)[0].CVOver)
	require.EqualValues(t, 10, tr.Populations(10)[0].Spikes)
	require.Empty(t, l.LVs(0))
	h := NewIntervals([]int{1}, 0.1, 0)
	h.Add(append(same, sim.Spike{Step: 5}))
	total := int64(0)
	for _, n := range h.Histogram(0).Counts {
		total += n
	}
	require.EqualValues(t, 1, total)
}

func TestLocalVariationByHand(t *testing.T) {
	l := NewLocal([]int{1, 1}, 5)
	steps := []uint32{5, 10, 20, 50, 60, 90, 100} // 5 is too early: intervals 10 30 10 30 10
	for k, step := range steps {
		if k == len(steps)-1 {
			require.Empty(t, l.CV2s(1), "four intervals are too few")
		}
		l.Add([]sim.Spike{{Step: step, Neuron: 1}})
	}
	require.Empty(t, l.CV2s(0))
	requireValues(t, []float64{1}, l.CV2s(1), 1e-12) // 2*20/40
	requireValues(t, []float64{0.75}, l.LVs(1), 1e-12)
}

// The interval histogram of Poisson trains is an exponential: with ~4e5
// intervals a bin of n has the relative standard error 1/sqrt(n); 5 of them. That
// of a refractory train fails, and so does a mean 4 % longer.
func TestIntervalHistogram(t *testing.T) {
	const neurons, ms, meanMs, dt = 200, 100e3, 50.0, 0.1
	worst := func(interval func(*rand.Rand) float64, meanMs float64) float64 {
		h := NewIntervals([]int{neurons}, dt, 0)
		h.Add(renewal(neurons, ms, interval))
		got := h.Histogram(0)
		total, worst := float64(got.Total()), 0.0
		for k, n := range got.Counts {
			want := total * (math.Exp(-max(0, got.Edges[k]-dt/2)/meanMs) - math.Exp(-(got.Edges[k+1]-dt/2)/meanMs))
			if want > 100 && got.Edges[k] > dt { // intervals rounded to 0 or 1 step share the first bin
				worst = max(worst, math.Abs(float64(n)-want)/math.Sqrt(want))
			}
		}
		return worst
	}
	require.Less(t, worst(exponential(meanMs), meanMs), 5.0)
	require.Greater(t, worst(exponential(meanMs), 1.04*meanMs), 5.0)
	require.Greater(t, worst(refractory(meanMs, 2), meanMs), 5.0)
}

func TestIntervalBins(t *testing.T) {
	h := NewIntervals([]int{1, 2}, 0.1, 10)
	h.Add([]sim.Spike{{Step: 10, Neuron: 1}, {Step: 11, Neuron: 1}, {Step: 12, Neuron: 1}, {Step: 14, Neuron: 2}, {Step: 112, Neuron: 1}})
	require.Empty(t, h.Histogram(0).Counts)
	got := h.Histogram(1)
	require.EqualValues(t, 2, got.Total())
	require.EqualValues(t, 1, got.Counts[0])
	require.InDelta(t, 0.05, got.Edges[0], 1e-12)
	require.InDelta(t, 0.15, got.Edges[1], 1e-12)
	last := len(got.Counts) - 1
	require.EqualValues(t, 1, got.Counts[last])
	require.InDelta(t, 9.95, got.Edges[last], 1e-9, "100 steps begin a bin")
	h.Add([]sim.Spike{{Step: math.MaxUint32, Neuron: 1}})
	require.EqualValues(t, 3, h.Histogram(1).Total())
}

// cvs are the coefficients of variation of the inter-spike intervals of
// population i's neurons that have at least MinIntervals intervals, in the
// order of their ids.
func (t *Trains) cvs(i int) []float64 {
	var list []float64
	for _, n := range t.population(i) {
		if cv, ok := n.cv(); ok {
			list = append(list, cv)
		}
	}
	return list
}
