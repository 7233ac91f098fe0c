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

// ornstein is an Ornstein-Uhlenbeck process of standard deviation sd and time
// constant tau [ms], exact at every dt [ms], begun in its stationary state.
func ornstein(n int, sd, tau, dt float64, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 8))
	decay := math.Exp(-dt / tau)
	x, list := sd*r.NormFloat64(), make([]float64, n)
	for k := range list {
		list[k] = x
		x = decay*x + sd*math.Sqrt(1-decay*decay)*r.NormFloat64()
	}
	return list
}

// The spectrum of an OU process is the Lorentzian 2 sd^2 tau/(1+(2 pi f tau)^2),
// and its integral the variance. About 1200 segments have a standard error of 3 %
// a frequency; sampling at dt folds in (f dt)^2, below 1 % up to 100 Hz. So four
// of them and that, 13 %; a tau 20 % longer is seen.
func TestWelchOfAnOUProcess(t *testing.T) {
	const sd, tau, dt, n, segment = 3.0, 10.0, 0.5, 1 << 20, 2048
	x := ornstein(n, sd, tau, dt, 7)
	s := Welch(x, dt, segment)
	require.Len(t, s.Power, segment/2+1)
	require.InDelta(t, 1000/(segment*dt), s.Hz[1], 1e-9)
	require.InDelta(t, 1000/dt/2, s.Hz[segment/2], 1e-9)
	worst := func(tau float64) float64 {
		worst := 0.0
		for k, hz := range s.Hz {
			if k >= 2 && hz <= 100 {
				seconds := tau / 1000
				want := 2 * sd * sd * seconds / (1 + math.Pow(2*math.Pi*hz*seconds, 2))
				worst = max(worst, math.Abs(s.Power[k]/want-1))
			}
		}
		return worst
	}
	require.Less(t, worst(tau), 0.13)
	require.Greater(t, worst(1.2*tau), 0.13)
	integral := 0.0
	for k, p := range s.Power {
		if k == 0 || k == segment/2 { // one mode each, not two
			p /= 2
		}
		integral += 2 * p * s.Hz[1]
	}
	require.InEpsilon(t, stat.PopVariance(x, nil), integral, 0.01)
}

// A Poisson train's spectrum is its rate, flat; that of the mean of N trains
// is rate/N. A gamma train's falls to rate*CV^2 at low frequencies, where it
// must fail. Bands of ~100 frequencies from ~200 segments: 1 % standard error.
func TestWelchOfSpikeTrains(t *testing.T) {
	const neurons, ms, rate = 50, 200e3, 20.0
	spectrum := func(interval func(*rand.Rand) float64) Spectrum {
		c := NewPopulationCounts([]int{neurons}, 0.1, 10)
		c.Add(renewal(neurons, ms, interval))
		rates := c.Rates(0, ms/0.1)
		return Welch(rates, c.BinMs(), 1000)
	}
	bands := [][2]float64{{2, 100}, {100, 200}, {200, 300}, {300, 400}, {400, 499}}
	s := spectrum(exponential(1000 / rate))
	for _, b := range bands {
		require.InEpsilon(t, rate/neurons, meanDensity(s, b[0], b[1]), 0.06, "%v", b)
	}
	g := spectrum(gamma(4, 1000/rate))
	require.InEpsilon(t, rate/neurons/4, meanDensity(g, 1, 5), 0.2)
	require.Greater(t, math.Abs(meanDensity(g, 2, 100)/(rate/neurons)-1), 0.06)
	require.True(t, math.IsNaN(meanDensity(s, 3000, 4000)))
	require.Empty(t, Welch(make([]float64, 10), 1, 11).Power)
}

// I fires a lagged copy of some of E's spikes: the correlogram has its peak at
// that lag, of the height that they share, and lies flat elsewhere, within 5
// standard errors of 1/sqrt(1e5 bins).
func TestCorrelogramOfLaggedPopulations(t *testing.T) {
	const neurons, ms, lag = 20, 100e3, 3 // bins of 1 ms
	r := rand.New(rand.NewPCG(9, 10))
	c := NewPopulationCounts([]int{neurons, neurons}, 0.1, 10)
	for _, s := range renewal(neurons, ms, exponential(50)) {
		c.Add([]sim.Spike{s})
		late, n := s.Step+lag*10, s.Neuron+neurons
		if r.Float64() < 0.5 { // the others keep the rate, at random times
			late = 1 + uint32(r.IntN(ms/0.1))
		}
		c.Add([]sim.Spike{{Step: late, Neuron: n}})
	}
	g := correlateCounts(c.Counts(0, ms/0.1), c.Counts(1, ms/0.1), c.BinMs(), 20)
	require.Len(t, g.LagMs, 41)
	at, height := g.Peak()
	require.InDelta(t, lag, at, 1e-9)
	require.InDelta(t, 0.5, height, 0.02)
	for k, x := range g.Value {
		if g.LagMs[k] != at {
			require.InDelta(t, 0, x, 5/math.Sqrt(1e5), "lag %g", g.LagMs[k])
		}
	}
	back := correlateCounts(c.Counts(1, ms/0.1), c.Counts(0, ms/0.1), c.BinMs(), 20)
	at, _ = back.Peak()
	require.InDelta(t, -lag, at, 1e-9, "the other way about")
}

func TestCorrelateByHand(t *testing.T) {
	g := Correlate([]float64{1, -1, 1, -1}, []float64{1, -1, 1, -1}, 2, 9)
	require.Equal(t, []float64{-6, -4, -2, 0, 2, 4, 6}, g.LagMs)
	requireValues(t, []float64{-0.25, 0.5, -0.75, 1, -0.75, 0.5, -0.25}, g.Value, 1e-12)
	at, _ := Correlate([]float64{1, 1}, []float64{0, 1}, 1, 1).Peak()
	require.True(t, math.IsNaN(at), "a constant series has no peak")
	require.Empty(t, Correlate(nil, nil, 1, 5).Value[1:])
}

// Inhibition that follows excitation by 12 steps, with noise of its own.
func TestInputCorrelogram(t *testing.T) {
	const lag, n = 12, 20000
	var exc, inh [][]float32
	for k := range 3 {
		x := ornstein(n+lag, 5, 6, 0.1, uint64(20+k))
		noise := ornstein(n, 2, 6, 0.1, uint64(30+k))
		e, i := make([]float32, n), make([]float32, n)
		for t := range n {
			e[t] = float32(50 + x[t+lag])
			i[t] = float32(-60 - x[t] - noise[t])
		}
		exc, inh = append(exc, e), append(inh, i)
	}
	silent := make([]float32, n)
	g := InputCorrelogram(append([][]float32{silent}, exc...), append([][]float32{silent}, inh...), 0.1, 100)
	at, height := g.Peak()
	require.InDelta(t, lag*0.1, at, 1e-9)
	require.InDelta(t, 5/math.Sqrt(29), height, 0.06) // 1/sqrt(2 sd^2 tau/T) apart
	require.Empty(t, InputCorrelogram([][]float32{silent}, [][]float32{silent}, 0.1, 100).Value)
}

// The sums of a correlogram by Fourier transforms are those written out, for series of any length
// and lags up to it.
func TestCorrelateEqualsThePlainForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 300).Draw(t, "n")
		a := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), n, n).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Float64Range(-1e-3, 1e-3), n, n).Draw(t, "b")
		a[0], b[0] = 2e3, 2e-3 // neither is constant
		a[1], b[1] = -2e3, -2e-3
		g := Correlate(a, b, 1, rapid.IntRange(0, 400).Draw(t, "lags"))
		x, y, most := standardised(a), standardised(b), len(g.Value)/2
		for k, got := range g.Value {
			want := 0.0
			for i := range x {
				if j := i + k - most; j >= 0 && j < n {
					want += x[i] * y[j] / float64(n)
				}
			}
			require.InDelta(t, want, got, 1e-12)
		}
	})
}

// A quarter of a million bins and 200 000 lags: a minute, were each lag a sum of its own.
func TestCorrelogramOfALongSeries(t *testing.T) {
	const n, lag = 1 << 18, 12345
	x := ornstein(n+lag, 1, 10, 0.01, 3)
	at, height := Correlate(x[lag:], x[:n], 1, 200000).Peak()
	require.InDelta(t, lag, at, 1e-9)
	require.InDelta(t, 1, height, 0.05)
}

// correlateCounts is Correlate of two populations' counts in the same bins.
func correlateCounts(a, b []int64, binMs float64, maxLag int) Correlogram {
	return Correlate(floats(a), floats(b), binMs, maxLag)
}

// meanDensity is the mean density of a spectrum at frequencies from lo to hi [Hz], both included;
// NaN where there are none.
func meanDensity(s Spectrum, lo, hi float64) float64 {
	sum, n := 0.0, 0
	for k, hz := range s.Hz {
		if hz >= lo && hz <= hi {
			sum += s.Power[k]
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return sum / float64(n)
}
