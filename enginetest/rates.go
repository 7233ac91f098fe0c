package enginetest

import (
	"math"
	"testing"

	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// rates: Poisson sources fire at their rate however many spikes that makes in a step, and in every step as often as
// independent Poisson counts do.
func rates(t *testing.T, make Factory) {
	const size = 130
	for hz, steps := range map[float64]int{1000: 1500, 20_000: 200, 200_000: 100} {
		n := named("source", []network.Population{{Name: "P", Size: size, Neuron: network.Poisson, Rate: network.Input{network.DC(hz)}}})
		m, c := Build(t, n)
		e := make(t, m, c)
		require.NoError(t, e.Advance(t.Context(), steps))
		spikes, err := e.Spikes(nil)
		require.NoError(t, err)
		requireRate(t, spikes, hz*n.Dt/1000, float64(steps*size))
	}
}

// requireRate holds so many counts, of that mean, to the mean and the variance of Poisson counts, to four standard
// errors. Counts that stop at 1 keep neither.
func requireRate(t *testing.T, spikes []sim.Spike, mean, counts float64) {
	total, atOnce := float64(len(spikes)), map[sim.Spike]float64{}
	for _, s := range spikes {
		atOnce[s]++
	}
	require.InDelta(t, mean*counts, total, 4*math.Sqrt(mean*counts), "mean of %g spikes a step", mean)
	squares := 0.0
	for _, n := range atOnce {
		squares += n * n
	}
	variance := squares/counts - (total/counts)*(total/counts)
	require.InDelta(t, mean, variance, 4*math.Sqrt((mean+2*mean*mean)/counts), "variance of %g spikes a step", mean)
	distinct := float64(len(atOnce))
	require.Greater(t, mean*counts-distinct, 4*math.Sqrt(mean*counts), "control: one spike a step at most")
}
