package theory

import (
	"context"
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"
)

// A slow modulation is followed as the stationary rate follows its input: Siegert's formula says how.
func TestResponseToASlowModulationIsTheSlopeOfTheRate(t *testing.T) {
	n := brunelNeuron
	for _, k := range []struct{ mean, sigma float64 }{{15, 4}, {10, 6}, {19, 2}, {25, 5}, {30, 3}} {
		r, ok := n.Response(k.mean, k.sigma, 0.01)
		require.True(t, ok)
		const h = 1e-3
		byMean := (n.Rate(k.mean+h, k.sigma, 0) - n.Rate(k.mean-h, k.sigma, 0)) / (2 * h)
		variance := k.sigma * k.sigma
		byVariance := (n.Rate(k.mean, math.Sqrt(variance+h), 0) - n.Rate(k.mean, math.Sqrt(variance-h), 0)) / (2 * h)
		require.InEpsilon(t, byMean, real(r.Mean), 1e-4)
		require.InEpsilon(t, byVariance, real(r.Variance), 1e-3)
		require.Less(t, math.Abs(cmplx.Phase(r.Mean)), 0.01)
	}
}

// A fast one is followed with 1/sqrt(frequency) and an eighth of a period late, one of the variance at once (Brunel et al., Phys. Rev.
// Lett. 86, 2001; Lindner & Schimansky-Geier, ibid.): rate sqrt(2/(w tau_m))/sigma and rate/sigma^2.
func TestResponseToAFastModulation(t *testing.T) {
	n, mean, sigma := brunelNeuron, 15.0, 4.0
	rate := n.Rate(mean, sigma, 0)
	const hz = 20000
	r, ok := n.Response(mean, sigma, hz)
	require.True(t, ok)
	require.InEpsilon(t, rate/sigma*math.Sqrt(2/(2*math.Pi*hz/1000*n.TauM)), cmplx.Abs(r.Mean), 0.03)
	require.InDelta(t, -math.Pi/4, cmplx.Phase(r.Mean), 0.03)
	require.InEpsilon(t, rate/(sigma*sigma), cmplx.Abs(r.Variance), 0.05)
	require.InDelta(t, 0, cmplx.Phase(r.Variance), 0.05)
}

func TestResponseOfSilentAndOfNoiselessNeurons(t *testing.T) {
	r, ok := brunelNeuron.Response(-100, 1, 50)
	require.True(t, ok)
	require.Zero(t, r)
	_, ok = brunelNeuron.Response(25, 0.01, 50)
	require.False(t, ok)

	// As far as noise may be small: the slope of the rate is still Siegert's.
	for _, k := range []struct{ mean, sigma float64 }{{40, 0.6}, {200, 4}, {22, 0.25}} {
		r, ok := brunelNeuron.Response(k.mean, k.sigma, 0.01)
		require.True(t, ok)
		const h = 1e-3
		require.InEpsilon(t, (brunelNeuron.Rate(k.mean+h, k.sigma, 0)-brunelNeuron.Rate(k.mean-h, k.sigma, 0))/(2*h), real(r.Mean), 1e-3)
	}
}

// Of clocks there is no stability, and it takes no time to say so.
func TestStabilityOfClocks(t *testing.T) {
	s := delayed(brunel(5, 2, 0.1, 10), 1.5)
	for k := range s.Populations[0].Sources {
		s.Populations[0].Sources[k].Charge /= 1000
		s.Populations[0].Sources[k].InDegree *= 1000
	}
	_, err := s.Stability(t.Context())
	require.ErrorIs(t, err, ErrStiff)
}

// delayed is a network with a delay [ms] of all its synapses.
func delayed(s *System, ms float64) *System {
	for i := range s.Populations {
		for k := range s.Populations[i].Sources {
			s.Populations[i].Sources[k].Delay = ms
		}
	}
	return s
}

func stabilityOf(t testing.TB, s *System) Stability {
	stability, err := s.Stability(t.Context())
	require.NoError(t, err)
	return stability
}

// The four states that Brunel (2000) simulates, by name: the stationary one is stable where he calls it asynchronous, and the frequencies
// of the synchronous irregular ones are near those of his simulations, 180 and 22 Hz.
func TestStabilityOfBrunelsStates(t *testing.T) {
	const delay = 1.5
	for _, k := range []struct {
		state      string
		g, eta     float64
		unstable   int
		slow, fast float64 // [Hz]
	}{
		{"AI", 5, 2, 0, 0, 1000},
		{"SI fast", 6, 4, 2, 170, 200},
		{"SI slow", 4.5, 0.9, 2, 18, 35},
		{"SR", 3, 2, 2, 500, 800}, // about 1/delay
	} {
		s := stabilityOf(t, delayed(brunel(k.g, k.eta, 0.1, 10), delay))
		require.Equal(t, k.unstable, s.Unstable, k.state)
		require.True(t, k.slow <= s.Hz && s.Hz <= k.fast, "%s: %g Hz", k.state, s.Hz)
	}
	// Controls: another delay has another frequency, and without one inhibition can't oscillate fast.
	require.Less(t, stabilityOf(t, delayed(brunel(6, 4, 0.1, 10), 3)).Hz, 130.0)
	require.Zero(t, stabilityOf(t, delayed(brunel(6, 4, 0.1, 10), 0.1)).Unstable)
}

// Two populations with the same input are the network with one.
func TestStabilityOfTwoPopulationsThatAreAlike(t *testing.T) {
	for _, eta := range []float64{2, 4} {
		one := delayed(brunel(6, eta, 0.1, 10), 1.5)
		two := &System{}
		for range 2 {
			p := one.Populations[0]
			p.Sources = []Source{p.Sources[0], p.Sources[1], p.Sources[2]}
			p.Sources[1].From = 1
			two.Populations = append(two.Populations, p)
		}
		require.Equal(t, stabilityOf(t, one).Unstable, stabilityOf(t, two).Unstable)
		require.InEpsilon(t, stabilityOf(t, one).Hz, stabilityOf(t, two).Hz, 1e-3)
	}
}

// What an external input at the threshold, and inhibition that cancels excitation, are of Brunel's network: eta = 1 and g = 4.
func TestBrunelsLines(t *testing.T) {
	for _, k := range [][2]float64{{3, 0.5}, {4, 1}, {5, 2}} {
		s := brunel(k[0], k[1], 0.1, 10)
		require.InDelta(t, k[1], s.ExternalOverThreshold(0), 1e-12)
		require.InDelta(t, (4-k[0])/(4+k[0]), s.RecurrentBalance(0), 1e-12)
	}
}

func BenchmarkStability(b *testing.B) {
	s := delayed(brunel(6, 4, 0.1, 10), 1.5)
	for b.Loop() {
		stabilityOf(b, s)
	}
}

func TestTheoryEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := delayed(brunel(6, 4, 0.1, 10), 1.5)
	_, err := s.Solve(ctx, Correction{})
	require.ErrorIs(t, err, context.Canceled)
	_, err = s.Stability(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
