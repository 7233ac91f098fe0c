package theory

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// simulated is the rate [Hz] of a LIF neuron under Ornstein-Uhlenbeck input, of two time
// constants [ms] with a share each of sigma^2, by exact integration in small
// steps. Its standard error is below 1 %.
func simulated(n LIF, mean, sigma float64, share, tauSyn [2]float64) float64 {
	const neurons, settle, duration = 60, 200.0, 4000.0
	random := rand.New(rand.NewPCG(1, 2))
	dt := 0.05 * tauSyn[0]
	leak := math.Exp(-dt / n.TauM)
	var keep, kick [2]float64
	for k := range share {
		sd := sigma * math.Sqrt(share[k]*n.TauM/(2*tauSyn[k]))
		keep[k] = math.Exp(-dt / tauSyn[k])
		kick[k] = sd * math.Sqrt(1-keep[k]*keep[k])
	}
	spikes := 0
	for range neurons {
		v, z := n.VReset, [2]float64{}
		for t := 0.0; t < duration; t += dt {
			input := mean
			for k := range z {
				input += z[k] / 2 // half of it before its step and half after: an error of dt^2
				z[k] = keep[k]*z[k] + kick[k]*random.NormFloat64()
				input += z[k] / 2
			}
			v = input + (v-input)*leak
			if v >= n.VTh {
				v = n.VReset
				if t > settle {
					spikes++
				}
			}
		}
	}
	return 1000 * float64(spikes) / (neurons * (duration - settle))
}

// The shift for coloured noise, its decrease above threshold and the mean of two time
// constants, against neurons simulated one by one. The expansion is of first order in
// sqrt(tau_s/tau_m), hence 6 %. wrong is what it must not be: the rate without
// the correction, with the bare shift, with the arithmetic mean.
func TestColourAgainstSimulation(t *testing.T) {
	n := LIF{TauM: 10, VTh: 10}
	bare := func(mean, sigma, tauSyn float64) float64 {
		moved := n
		shift := Alpha / 2 * math.Sqrt(tauSyn/n.TauM) * sigma
		moved.VTh += shift
		moved.VReset += shift
		return moved.Rate(mean, sigma, 0)
	}
	for _, k := range []struct {
		name          string
		mean, sigma   float64
		share, tauSyn [2]float64
		wrong         float64
	}{
		{"one", 8, 3, [2]float64{1, 0}, [2]float64{0.5, 0.5}, n.Rate(8, 3, 0)},
		{"above threshold", 15, 3, [2]float64{1, 0}, [2]float64{2, 2}, bare(15, 3, 2)},
		{"far above", 12, 1, [2]float64{1, 0}, [2]float64{2, 2}, n.Rate(12, 1, 0) * 1.1},
		{"two", 8, 3, [2]float64{0.5, 0.5}, [2]float64{0.5, 5}, n.Rate(8, 3, 2.75)},
	} {
		s := &System{Populations: []Population{{Neuron: n, Input: k.mean}}}
		for i, share := range k.share {
			// Excitation and inhibition of opposite means, so that only noise is left.
			power := share * k.sigma * k.sigma * n.TauM / 2
			for _, sign := range []float64{1, -1} {
				s.Populations[0].Sources = append(s.Populations[0].Sources, Source{
					From: External, Rate: 1000, InDegree: 1, Charge: sign * math.Sqrt(power), TauSyn: k.tauSyn[i],
				})
			}
		}
		states, err := s.Solve(t.Context(), Correction{Colour: true})
		require.NoError(t, err)
		require.InEpsilon(t, k.sigma, states[0].Sigma, 1e-12)
		want := simulated(n, k.mean, k.sigma, k.share, k.tauSyn)
		require.InEpsilon(t, want, states[0].Rate, 0.06, k.name)
		require.Greater(t, math.Abs(k.wrong/want-1), 0.06, "%s: the control", k.name)
	}
}
