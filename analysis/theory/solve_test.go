package theory

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// brunel is model A of Brunel (2000): one population stands for both, which
// receive the same.
func brunel(g, eta, j, reset float64) *System {
	const excitatory, inhibitory, tau, threshold = 1000, 250, 20, 20
	external := 1000 * eta * threshold / (0.1 * excitatory * tau) // of the network with J = 0.1 mV
	return &System{Populations: []Population{{
		Neuron: LIF{TauM: tau, VTh: threshold, VReset: reset, TRef: 2},
		Sources: []Source{
			{From: 0, InDegree: excitatory, Charge: j * tau},
			{From: 0, InDegree: inhibitory, Charge: -g * j * tau},
			{From: External, Rate: external, InDegree: excitatory, Charge: j * tau},
		},
	}}}
}

// The expected rates are the analytic ones of this network, to the digits in
// which they were given; the tolerance is above what those leave open.
func TestBrunelRates(t *testing.T) {
	const tolerance = 0.005
	for _, k := range []struct{ g, eta, reset, want float64 }{
		{5, 2, 10, 37.95}, {6, 4, 10, 55.8}, {4.5, 0.9, 10, 6.52},
		{5, 2, 0, 32.0}, {6, 4, 0, 49.1}, {4.5, 0.9, 0, 5.83},
	} {
		states, err := brunel(k.g, k.eta, 0.1, k.reset).Solve(t.Context(), Correction{})
		require.NoError(t, err)
		require.InEpsilon(t, k.want, states[0].Rate, tolerance)
		// Control: weights 5 % off would be seen.
		states, err = brunel(k.g, k.eta, 0.105, k.reset).Solve(t.Context(), Correction{})
		require.NoError(t, err)
		require.Greater(t, math.Abs(states[0].Rate/k.want-1), tolerance)
	}
}

// Delta synapses are white noise, whatever the correction, and equal in-degrees
// leave nothing quenched.
func TestCorrectionsOfNothing(t *testing.T) {
	s := brunel(5, 2, 0.1, 10)
	plain, err := s.Solve(t.Context(), Correction{})
	require.NoError(t, err)
	corrected, err := s.Solve(t.Context(), Correction{Colour: true, Quenched: true})
	require.NoError(t, err)
	require.Equal(t, plain, corrected)
	require.Equal(t, math.Inf(1), plain[0].SD)
	require.Zero(t, plain[0].Quenched)
}

// What Solve returns reproduces itself, in balanced networks weak and strong.
func TestSolutionsAreSelfConsistent(t *testing.T) {
	c := Correction{Colour: true, Quenched: true}
	for _, strength := range []float64{0.1, 1, 10, 20} {
		for _, ratio := range []float64{1.1, 1.5, 3} {
			s := ei(300*strength, 250*strength, 480*strength, 250*strength, 10*ratio*strength, 10*strength)
			for i := range s.Populations {
				for k := range s.Populations[i].Sources {
					q := &s.Populations[i].Sources[k]
					q.InDegree, q.InDegreeVar, q.RateVarFactor = 1000, 900, 900
					q.Charge, q.TauSyn = q.Charge/1000, 3
				}
			}
			states, err := s.Solve(t.Context(), c)
			require.NoError(t, err)
			var r rates
			for _, q := range states {
				r.mean, r.variance = append(r.mean, q.Rate), append(r.variance, q.RateSD*q.RateSD)
			}
			for i, q := range states {
				mean, variance := s.Populations[i].Neuron.respond(s.drive(i, r), c)
				require.InEpsilon(t, 1+q.Rate, 1+mean, 1e-8)
				require.InEpsilon(t, 1+q.RateSD, 1+math.Sqrt(variance), 1e-6)
			}
		}
	}
}

// The average over a Gaussian of means, on a rate that is linear where the Gaussian is.
func TestQuenchedAverage(t *testing.T) {
	n := LIF{TauM: 10, VTh: 0, VReset: -10}
	d := Drive{Mean: 50, Quenched: 1, Sigma: 0}
	mean, variance := n.respond(d, Correction{Quenched: true})
	slope := (n.Rate(50.5, 0, 0) - n.Rate(49.5, 0, 0))
	require.InEpsilon(t, n.Rate(50, 0, 0), mean, 1e-4)
	require.InEpsilon(t, slope, math.Sqrt(variance), 1e-3)
	mean, variance = n.respond(d, Correction{})
	require.Equal(t, n.Rate(50, 0, 0), mean)
	require.Zero(t, variance)
}

func TestNoStateIsAnError(t *testing.T) {
	// Excitation that grows without bound: no refractory period, charge per
	// spike above what a spike needs.
	s := &System{Populations: []Population{{
		Neuron: LIF{TauM: 10, VTh: 10}, Input: 20, Sources: []Source{{From: 0, InDegree: 100, Charge: 10, TauSyn: 2}},
	}}}
	_, err := s.Solve(t.Context(), Correction{})
	require.ErrorIs(t, err, ErrNoState)
}
