package validate

import (
	"encoding/json"
	"math"
	"math/cmplx"
	"testing"

	"einet/analysis"
	"einet/analysis/theory"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// step is the grid of synthetic responses [ms].
const step = 0.1

// synthetic is a response with the rate of a formula of time [ms].
func synthetic(rate func(t float64) float64) *Response {
	const neurons = 100
	r := &Response{}
	perStep := make([]float64, int(math.Round((settleMs+followMs)/step)))
	for n := range perStep {
		perStep[n] = rate((float64(n)+0.5)*step-settleMs) * neurons * step / 1000
	}
	r.measure(perStep, step, int(math.Round(responseBinMs/step)), neurons)
	return r
}

// stepAt is 6 Hz, then 12 Hz.
func stepAt(at float64) func(float64) float64 {
	return func(t float64) float64 {
		if t < at {
			return 6
		}
		return 12
	}
}

// Times of known courses are read off: to half to a step, to settle to the width of a bin
// and of the mean over smoothBins of them.
func TestMeasure(t *testing.T) {
	const smooth = responseBinMs * smoothBins
	r := synthetic(stepAt(3))
	require.InDelta(t, 6, r.Before, 1e-9)
	require.InDelta(t, 12, r.After, 1e-9)
	require.InDelta(t, 3+step, float64(r.HalfMs), 1e-9, "the end of the step")
	require.InDelta(t, 3, *r.Settle, smooth)
	require.InDelta(t, 12, r.PeakHz, 1e-9)

	const tau = 5.0
	r = synthetic(func(t float64) float64 { return 12 - 6*math.Exp(-max(0, t)/tau) })
	require.InDelta(t, tau*math.Ln2, float64(r.HalfMs), 1.5*step)
	require.InDelta(t, tau*math.Log(6/(Settled*12)), *r.Settle, smooth, "6 e^(-t/tau) = 15 %% of 12")

	// A peak does not count as settled, and neither does the way down through
	// the band to an undershoot.
	r = synthetic(func(t float64) float64 {
		switch {
		case t < 0:
			return 6
		case t < 2:
			return 60
		case t < 7:
			return 2
		}
		return 12
	})
	require.InDelta(t, step, float64(r.HalfMs), 1e-9)
	require.InDelta(t, 7, *r.Settle, smooth)
	require.InDelta(t, 60, r.PeakHz, 1e-9)
	require.InDelta(t, 2, r.UnderHz, 1e-9)
}

// Some steps above half are noise, and a stay in the band that is too short is none.
func TestMeasureIsNotFooled(t *testing.T) {
	course := stepAt(20)
	r := synthetic(func(t float64) float64 {
		if t > 4 && t < 4.2 {
			return 12
		}
		return course(t)
	})
	require.InDelta(t, 20+step, float64(r.HalfMs), 1e-9)
	r = synthetic(func(t float64) float64 {
		if t > settledForMs-2 && t < settledForMs+3 {
			return 2
		}
		return stepAt(0)(t)
	})
	require.InDelta(t, settledForMs+3, *r.Settle, responseBinMs*smoothBins)
}

// What does not happen has no time.
func TestMeasureOfNothing(t *testing.T) {
	for name, rate := range map[string]func(float64) float64{
		"silent":  func(float64) float64 { return 0 },
		"no rise": func(float64) float64 { return 6 },
		"a fall":  func(t float64) float64 { return 18 - stepAt(0)(t) },
		"ringing": func(t float64) float64 { return 6 + 6*math.Copysign(1, math.Sin(t)) },
	} {
		r := synthetic(rate)
		if name != "ringing" {
			require.True(t, math.IsNaN(float64(r.HalfMs)), name)
		}
		if name == "silent" || name == "ringing" {
			require.Nil(t, r.Settle, name)
		}
		_, err := json.Marshal(r)
		require.NoError(t, err, name)
	}
}

// onset of counts whose variance is that of a synchronous start for some ms.
func TestOnset(t *testing.T) {
	start := func(ms int) *Response {
		r := &Response{}
		for range 20 {
			counts := make([]int64, settleMs+followMs)
			for b := range counts {
				counts[b] = 100 + int64(10*(b%2)) // variance 25 over a mean of 105
				if b < ms {
					counts[b] = 100 + int64(300*(b%2))
				}
			}
			if ms > 0 {
				counts[0] = 1050
			}
			r.perMs = append(r.perMs, counts)
		}
		return r
	}
	o := start(20).onset()
	require.InDelta(t, 10, o.first, 1e-9)
	require.True(t, o.givesWay())
	require.InDelta(t, 20, o.gaveWay(), 1e-9)
	require.Greater(t, o.early, 100*o.late)
	require.InDelta(t, 25*10/9.0/105, o.late, 1e-9)
	require.InDelta(t, 60, start(60).onset().gaveWay(), 1e-9, "a later end is seen")
	require.True(t, math.IsNaN(start(0).onset().gaveWay()), "nothing was synchronous")
	require.True(t, math.IsNaN(start(settleMs).onset().gaveWay()), "and this stays so")

	bursts := start(settleMs) // with silence between them
	for _, counts := range bursts.perMs {
		clear(counts[10:30])
		clear(counts[150:160])
	}
	require.InDelta(t, start(settleMs).onset().late, bursts.onset().late, 1e-9)
	require.True(t, math.IsNaN(bursts.onset().gaveWay()))

	coarse := &Response{perMs: [][]int64{make([]int64, 150)}} // a grid of 2 ms
	require.True(t, math.IsNaN(coarse.onset().first), "and silence has none")
}

// modulated are counts of a rate 1 + m sin(w (t - lag)) in bins of 0.2 ms, after
// a start that is not to count.
func modulated(frequency, m, lag float64, discard, steps int64) []*analysis.PopulationCounts {
	c := analysis.NewPopulationCounts([]int{1}, 0.1, 2)
	for step := int64(1); step <= steps; step++ {
		t := (float64((step-1)/2) + 0.5) * 0.2
		n := 1000 * (1 + m*math.Sin(2*math.Pi*frequency*(t-lag)/1000))
		if step <= discard {
			n = 5
		}
		for range int(math.Round(n)) {
			c.Add([]sim.Spike{{Step: uint32(step)}})
		}
	}
	return []*analysis.PopulationCounts{c}
}

func TestModulation(t *testing.T) {
	const discard, steps = 150, 2850
	for _, k := range []struct{ frequency, m, lag float64 }{
		{10, 0.2, 0}, {10, 0.2, 3}, {50, 0.1, -2}, {30, 0.4, 5},
	} {
		x := modulation(modulated(k.frequency, k.m, k.lag, discard, steps), discard, steps, k.frequency)
		require.Equal(t, k.frequency, x.FrequencyHz)
		require.InDelta(t, k.lag, float64(x.LagMs), 0.05, "%v", k)
		require.InEpsilon(t, k.m/trackingAmplitude, float64(x.Gain), 0.02, "%v", k)
	}
	flat := modulation(modulated(10, 0, 0, discard, steps), discard, steps, 10)
	require.Less(t, float64(flat.Gain), 0.02)
	silent := modulation([]*analysis.PopulationCounts{analysis.NewPopulationCounts([]int{1}, 0.1, 2)}, discard, steps, 10)
	require.True(t, math.IsNaN(float64(silent.LagMs)))
	_, err := json.Marshal(silent)
	require.NoError(t, err)
}

// A rate that is late by more than half a period seems to lead, and is out of bounds all the same.
func TestLateRateIsNoLead(t *testing.T) {
	s, err := theory.FromNetwork(load(t, "ei", 1))
	require.NoError(t, err)
	lag := -cmplx.Phase(s.Modulation(50)[0]) / (2 * math.Pi * 50) * 1000
	require.InDelta(t, -3.55, lag, 0.01)
	late := modulation(modulated(50, 0.2, 12, 150, 2850), 150, 2850, 50)
	require.InDelta(t, -8, float64(late.LagMs), 0.05)
	require.Less(t, float64(late.LagMs), lag-lagWithinMs)
	require.Greater(t, 0.0, lag+lagWithinMs, "and neither may it follow at once")
}

func TestExponent(t *testing.T) {
	of := func(power float64) (list []Balance) {
		for _, n := range []int{1000, 2000, 8000} {
			list = append(list, Balance{n, Number(3 * math.Pow(float64(n), power))})
		}
		return list
	}
	require.InDelta(t, -0.5, exponent(of(-0.5)), 1e-12)
	require.InDelta(t, -1, exponent(of(-1)), 1e-12)
}

// trains are those of 10 neurons that each fire every 20 steps; from one step on
// they come a step later.
func trains(steps, changed uint32) (list []sim.Spike) {
	for step := uint32(1); step <= steps; step++ {
		for n := range uint32(10) {
			at := step
			if step > changed {
				at--
			}
			if at%20 == n*2 {
				list = append(list, sim.Spike{Step: step, Neuron: n})
			}
		}
	}
	return list
}

func TestCompareTrains(t *testing.T) {
	net := &network.Network{Dt: 0.1, Populations: []network.Population{{Size: 10}}}
	same := compareTrains(net, trains(3000, 3000), trains(3000, 3000), 1000, 3000)
	require.True(t, math.IsNaN(same.DivergeMs), "equal trains never part")
	require.Equal(t, []float64{1, 0}, []float64{same.Coincident, same.RateChanged})
	require.InDelta(t, 1.0/20, same.ByChance, 1e-9)

	other := compareTrains(net, trains(3000, 3000), trains(3000, 1500), 1000, 3000)
	require.InDelta(t, 50, other.DivergeMs, chaosBinMs)
	require.Zero(t, other.Coincident)
	require.InDelta(t, 0, other.RateChanged, 0.02)
	fewer := trains(3000, 1500)
	half := fewer[:0:0]
	for i, s := range fewer {
		if s.Step <= 1000 || i%2 == 0 {
			half = append(half, s)
		}
	}
	require.InDelta(t, -0.5, compareTrains(net, trains(3000, 3000), half, 1000, 3000).RateChanged, 0.02)
}

// The chaos of a network with few synapses, and none without.
func TestChaos(t *testing.T) {
	for _, k := range []struct {
		scale    float64
		set      []string
		diverges bool
	}{{0.1, nil, true}, {0.1, []string{"projections.*.weight=0"}, false}} {
		net := load(t, "ei", k.scale, k.set...)
		b, err := new(Lab).build(t.Context(), net, 1)
		require.NoError(t, err)
		lab := &Lab{Backend: backend("reference")}
		x, first, err := lab.chaos(t.Context(), b)
		require.NoError(t, err)
		require.Equal(t, k.diverges, !math.IsNaN(x.DivergeMs), "%+v", x)
		require.Equal(t, k.diverges, !math.IsNaN(x.changed()), "without chaos there is nothing to leave alone")
		more, ok := stepped(net, 1.1, chaosLostMs)
		require.True(t, ok)
		driven, err := lab.driven(t.Context(), b, first, more)
		require.NoError(t, err)
		require.Greater(t, driven.RateChanged, 0.05, "more input is noticed")
	}
}
