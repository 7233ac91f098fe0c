//go:build long

package validate

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// songNeuron is a neuron of Song, Miller & Abbott (2000) in float64, which shares nothing with einet but the preset's parameters: 1 000 Poisson sources of a rate [Hz], whose
// synapses learn from spike to spike by e^(-t/20 ms), and inhibition. It gives the output's rate [Hz] and CV of intervals from the time from on, and the shares of
// weights below a tenth of g_max and above nine tenths at the end. Times are in ms; w^mu bends both changes.
func songNeuron(r *rand.Rand, rate, mu, from, to float64) (hz, cv, low, high float64) {
	const (
		dt, tauM, tauG, tau         = 0.1, 20.0, 5.0, 20.0
		gMax, gIn, aPlus, aMinus    = 0.015, 0.05, 0.005, 0.005 * 1.05
		rest, threshold, reset      = -70.0, -54.0, -60.0
		sources, inhibition, refuse = 1000, 200 * 10.0, 2 // steps of t_ref
	)
	poisson := func(none float64) (n int) { // none is the probability of 0
		for p := r.Float64(); p > none; p *= r.Float64() {
			n++
		}
		return n
	}
	bend := func(x float64) float64 {
		if mu == 0 {
			return 1
		}
		return math.Pow(x, mu)
	}
	var w, x, last [sources]float64
	for i := range w {
		w[i] = r.Float64()
	}
	decay := func(since float64) float64 { return math.Exp(-since * dt / tau) }
	v, gE, gI, y, fired, clamped := reset, 0.0, 0.0, 0.0, 0.0, 0
	var intervals []float64
	spikes := 0.0
	half := math.Exp(-dt / 2 / tauG)
	noInput, noInhibition := math.Exp(-sources*rate*dt/1000), math.Exp(-inhibition*dt/1000)
	for n := 1.0; n <= to/dt; n++ {
		e, i := gE*half, gI*half
		g, toward := 1+e+i, (rest+e*0+i*rest)/(1+e+i)
		v = toward + (v-toward)*math.Exp(-dt*g/tauM)
		if clamped > 0 {
			v, clamped = reset, clamped-1
		}
		gE, gI = gE*half*half, gI*half*half
		spike := v >= threshold
		if spike {
			for k := range w {
				w[k] = min(1, w[k]+aPlus*bend(1-w[k])*x[k]*decay(n-last[k]))
			}
			if n*dt > from {
				if spikes++; spikes > 1 {
					intervals = append(intervals, n-fired)
				}
			}
			v, clamped = reset, refuse
		}
		for range poisson(noInput) {
			k := r.IntN(sources)
			w[k] = max(0, w[k]-aMinus*bend(w[k])*y*decay(n-fired))
			x[k], last[k] = x[k]*decay(n-last[k])+1, n
			gE += gMax * w[k]
		}
		gI += gIn * float64(poisson(noInhibition))
		if spike {
			y, fired = y*decay(n-fired)+1, n
		}
	}
	mean, squares := 0.0, 0.0
	for _, x := range intervals {
		mean, squares = mean+x/float64(len(intervals)), squares+x*x/float64(len(intervals))
	}
	for _, x := range w {
		if x < 0.1 {
			low += 1. / sources
		}
		if x > 0.9 {
			high += 1. / sources
		}
	}
	return 1000 * spikes / (to - from), math.Sqrt(squares-mean*mean) / mean, low, high
}

// The published figures of song2000 that come of no paper are those of songNeuron, and the multiplicative rule has others.
func TestFiguresOfSong(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, k := range []struct {
		name    string
		rate    float64
		mu      float64
		neurons int
	}{{"", 20, 0, 3}, {"input of 40 Hz", 40, 0, 3}, {"multiplicative", 20, 1, 1}} {
		x := experimentOf(t, "song2000", k.name)
		got := map[Quantity]float64{}
		for range k.neurons {
			hz, cv, low, high := songNeuron(r, k.rate, k.mu, x.DiscardMs, x.DurationMs)
			t.Logf("%s: %.4g Hz, CV %.4g, %.3g below, %.3g above", x.peerCase(), hz, cv, low, high)
			for q, value := range map[Quantity]float64{Rate: hz, CV: cv, LowWeights: low, HighWeights: high} {
				got[q] += value / float64(k.neurons)
			}
		}
		for _, f := range x.Figures {
			value, measured := got[f.Quantity]
			require.True(t, measured)
			require.True(t, value >= f.Lo && value <= f.Hi, "%s: %s %g, must be %g to %g", x.peerCase(), f.Quantity, value, f.Lo, f.Hi)
		}
	}
}
