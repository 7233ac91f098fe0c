package cpuref_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"einet/sim"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// countsOf are the numbers of spikes of each of so many neurons in each of so many steps of a Poisson source.
func countsOf(t *testing.T, rate string, neurons, steps int) []int {
	p := start(t, 0.1, fmt.Sprintf("  S: {size: %d, neuron: poisson, rate: %s}\n", neurons, rate), "")
	require.NoError(t, p.Advance(context.Background(), steps))
	spikes, err := p.Spikes(nil)
	require.NoError(t, err)
	counts := make([]int, neurons*steps)
	for _, s := range spikes {
		counts[int(s.Step-1)*neurons+int(s.Neuron)]++
	}
	return counts
}

// improbable is the probability of a chi-square as large as that of counts which are Poisson distributed with that
// mean; what is expected fewer than 10 times is taken together.
func improbable(counts []int, mean float64) float64 {
	n, poisson := float64(len(counts)), distuv.Poisson{Lambda: mean}
	times := make([]float64, slices.Max(counts)+1)
	for _, c := range counts {
		times[c]++
	}
	var expected, seen []float64
	e, o, rest, beyond := 0., 0., n, n
	for k := 0; rest-e >= 10; k++ {
		if e += n * poisson.Prob(float64(k)); k < len(times) {
			o += times[k]
		}
		if e >= 10 {
			expected, seen, rest, beyond = append(expected, e), append(seen, o), rest-e, beyond-o
			e, o = 0, 0
		}
	}
	expected, seen = append(expected, rest), append(seen, beyond)
	return distuv.ChiSquared{K: float64(len(seen) - 1)}.Survival(stat.ChiSquare(seen, expected))
}

// The spikes of a source's neuron in a step are Poisson distributed however many they are, at a rate that varies too.
// At most one a step, as it was until sources drew counts, is not; nor is a rate that is off by 2 %.
func TestSourcesDrawPoissonCounts(t *testing.T) {
	for rate, mean := range map[string]float64{
		"1000": 0.1, "20000": 2, "200000": 20, "[1000, {step: {at: 0, by: 6000}}]": 0.7, "[0, {samples: {every: 0.1, values: [1, 20000]}}]": 2,
	} {
		counts := countsOf(t, rate, 2000, 200)
		if rate[0] == '[' && mean == 2 {
			counts = counts[2000:] // the first step has another rate
		}
		require.Greater(t, improbable(counts, mean), 1e-4, rate)
		require.Less(t, improbable(counts, 1.02*mean), 1e-4, "control: %s, another mean", rate)
		for k := range counts {
			counts[k] = min(counts[k], 1)
		}
		require.Less(t, improbable(counts, mean), 1e-4, "control: %s, at most one spike a step", rate)
	}
}

// Counts of different neurons and of different steps are independent.
func TestCountsAreIndependent(t *testing.T) {
	const neurons, steps = 1000, 400
	counts := countsOf(t, "20000", neurons, steps)
	x := make([]float64, len(counts))
	for k, c := range counts {
		x[k] = float64(c)
	}
	for name, lag := range map[string]int{"the next neuron": 1, "the neuron of the same word": 16, "the next step": neurons} {
		r := stat.Correlation(x[lag:], x[:len(x)-lag], nil)
		require.Less(t, math.Abs(r), 4/math.Sqrt(neurons*steps), name)
	}
	require.Greater(t, stat.Correlation(x, x, nil), 0.9, "control: the same counts")
}

// Sources through one_to_one delta synapses give potentials the distribution that Poisson input of the neurons' own of the
// same rate and weight gives; of a rate that is 5 % higher they do not, nor with at most one spike a step.
func TestSourcesEqualPoissonInput(t *testing.T) {
	const size = 4000
	of := func(rate float64) (sources, input []float64) {
		p := start(t, 0.1, fmt.Sprintf("  S: {size: %d, neuron: poisson, rate: %g}\n", size, rate)+
			fmt.Sprintf("  A: &a {size: %d, neuron: lif, tau_m: 1, V_th: 1000, V_reset: 0}\n", size)+
			fmt.Sprintf("  B: {<<: *a, poisson: {rate: %g, weight: 0.5, synapse: delta}}\n", rate),
			"one: {from: S, to: A, rule: one_to_one, weight: 0.5, delay: 0.1, synapse: delta}")
		const steps = 100
		v, w := p.potentials("A", steps), p.potentials("B", steps)
		for i := range size {
			sources, input = append(sources, float64(v[steps-1][i])), append(input, float64(w[steps-1][i]))
		}
		slices.Sort(sources)
		slices.Sort(input)
		return sources, input
	}
	sources, input := of(20_000)
	bound := 1.95 * math.Sqrt(2./size) // exceeded by one in a thousand
	require.Less(t, stat.KolmogorovSmirnov(sources, nil, input, nil), bound)
	more, _ := of(21_000)
	require.Greater(t, stat.KolmogorovSmirnov(more, nil, input, nil), bound, "control: 5 % more")
	fewer, _ := of(10_000 * (1 - math.Exp(-2)))
	require.Greater(t, stat.KolmogorovSmirnov(fewer, nil, input, nil), bound, "control: the rate of at most one spike a step")
}

// Each spike of a source adds its weight: three of one neuron in a step are three times one, and what one neuron
// fires in vain until sources lost spikes arrives.
func TestSpikesOfOneStepAddUp(t *testing.T) {
	v := func(times, neurons string) float32 {
		p := start(t, 0.1, fmt.Sprintf("  S: {size: 2, neuron: spikes, times: %s, neurons: %s}\n", times, neurons)+
			"  A: {size: 1, neuron: lif, tau_m: 10, V_th: 1000, V_reset: 0}\n",
			"a: {from: S, to: A, rule: all_to_all, weight: 0.5, delay: 0.1, synapse: delta}")
		all := p.potentials("A", 11)
		return all[10][0]
	}
	require.Equal(t, float32(1.5), v("[1.0, 1.01, 1.04]", "[0, 0, 0]"))
	require.Equal(t, float32(2), v("[1.0, 1.01, 1.04, 1]", "[0, 1, 0, 0]"))
	require.Equal(t, float32(0.5), v("[1.0]", "[1]"))

	p := start(t, 0.1, "  S: {size: 1, neuron: spikes, times: [1, 1, 1], neurons: [0, 0, 0]}\n  A: {size: 1, neuron: lif, tau_m: 10, V_th: 1000, V_reset: 0}\n",
		"a: {from: S, to: A, rule: all_to_all, weight: 0.5, delay: 0.1, synapse: delta}")
	p.Lose(sim.Spike{Step: 10, Neuron: 0})
	require.Equal(t, float32(1), p.potentials("A", 11)[10][0], "one that is lost is one of three")
}
