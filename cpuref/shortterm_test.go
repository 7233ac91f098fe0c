package cpuref_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// Jumps of the potential through delta synapses with short-term plasticity are those of the equations in float64, from a source that fires
// at 20 Hz and, after a pause, once more; with tau_rec off by 5 % they are not.
func TestDepressionAndFacilitation(t *testing.T) {
	const w, dt, tauM = 2.0, 0.1, 1e6 // a membrane that keeps what it gets
	times := []float64{10}
	for range 8 {
		times = append(times, times[len(times)-1]+50)
	}
	times = append(times, times[len(times)-1]+500)
	for name, k := range map[string]struct{ u, rec, facil, rest float64 }{
		"depressing": {0.5, 800, 0, 0}, "facilitating": {0.04, 100, 1000, 0}, "working memory": {0.2, 200, 1500, 0.2},
	} {
		p := start(t, dt, fmt.Sprintf("  S: {size: 1, neuron: spikes, times: %s, neurons: [%s]}\n", list(times), zeros(len(times)))+
			"  A: {size: 1, neuron: lif, tau_m: 1000000, V_th: 1000, V_reset: 0}\n",
			fmt.Sprintf("a: {from: S, to: A, rule: all_to_all, weight: %g, delay: 0.7, synapse: delta, short_term: {U: %g, tau_rec: %g, tau_facil: %g, u_rest: %g}}",
				w, k.u, k.rec, k.facil, k.rest))
		v := p.potentials("A", 10_000)
		jumps := func(rec float64) (worst float64) {
			u, x, last, sum := k.rest, 1.0, 0.0, 0.0
			for _, at := range times {
				if k.facil > 0 {
					u = k.rest + (u-k.rest)*math.Exp(-(at-last)/k.facil)
				} else {
					u = k.rest
				}
				x = 1 + (x-1)*math.Exp(-(at-last)/rec)
				u += k.u * (1 - u)
				sum = sum*math.Exp(-(at-last)/tauM) + w*u*x
				x -= u * x
				last = at
				worst = max(worst, math.Abs(sum-float64(v[int(math.Round((at+0.7)/dt))-1][0])))
			}
			return worst
		}
		require.Less(t, jumps(k.rec), 1e-4, name)
		require.Greater(t, jumps(1.05*k.rec), 1e-2, "control: %s", name)
	}
}

func list(times []float64) string { return fmt.Sprintf("[%s]", join(times)) }

func join[T any](values []T) string {
	text := ""
	for k, x := range values {
		if k > 0 {
			text += ", "
		}
		text += fmt.Sprint(x)
	}
	return text
}

func zeros(n int) string { return join(make([]int, n)) }

// Spikes of one step are as many spikes: the second finds what the first left.
func TestReleasesOfOneStep(t *testing.T) {
	p := start(t, 0.1, "  S: {size: 1, neuron: spikes, times: [1, 1, 1], neurons: [0, 0, 0]}\n  A: {size: 1, neuron: lif, tau_m: 1000, V_th: 1000, V_reset: 0}\n",
		"a: {from: S, to: A, rule: all_to_all, weight: 1, delay: 0.1, synapse: delta, short_term: {U: 0.5, tau_rec: 100}}")
	v := p.potentials("A", 11)
	require.InDelta(t, 0.5+0.25+0.125, v[10][0], 1e-6)
}
