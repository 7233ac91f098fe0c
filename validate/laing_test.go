package validate

import (
	"math"
	"math/cmplx"
	"testing"

	"github.com/stretchr/testify/require"
)

// bump is the mean rate [1/tau_m] and the population vector of Laing & Chow's population rate model on a ring of n places: the
// current of each settles at the sum of couplings times rates, and a neuron of the constant input x > 1 has the rate
// 1/ln(x/(x - 1)). aE and aI are the widths of excitation and inhibition.
func bump(n int, input, aE, aI float64) (mean, vector float64) {
	rate := func(x float64) float64 {
		if x <= 1 {
			return 0
		}
		return 1 / math.Log(x/(x-1))
	}
	w := func(a, x float64) float64 { return math.Exp(-x*x/a) / math.Sqrt(math.Pi*a) }
	coupling := make([]float64, n)
	for k := range coupling {
		x := float64(k) / float64(n)
		x = min(x, 1-x)
		coupling[k] = 5 * (1.1*w(aE, x) - w(aI, x)) / float64(n)
	}
	current, rates := make([]float64, n), make([]float64, n)
	for step := range 4000 {
		for k := range rates {
			x := input + current[k]
			if at := (float64(k) + 0.5) / float64(n); step < 100 && math.Abs(at-0.5) < 0.1 { // the cue
				x += 0.5
			}
			rates[k] = rate(x)
		}
		for k := range current {
			sum := 0.0
			for j, r := range rates {
				sum += coupling[(k-j+n)%n] * r
			}
			current[k] += 0.05 * (sum - current[k])
		}
	}
	sum := 0.0
	z := complex(0, 0)
	for k, r := range rates {
		sum += r
		z += complex(r, 0) * cmplx.Exp(complex(0, 2*math.Pi*float64(k)/float64(n)))
	}
	return sum / float64(n), cmplx.Abs(z) / sum
}

// The figures of laing2001 are those of the rate model, at tau_m 10 ms; other widths have others.
func TestFiguresOfLaing(t *testing.T) {
	mean, vector := bump(100, 0.9, 1./28, 1./20)
	x := experiment("laing2001")
	require.InDelta(t, x.Figures[0].Published, 100*mean, 0.01)
	require.InDelta(t, x.Figures[1].Published, vector, 1e-4)
	mean, _ = bump(100, 0.9, 1./26, 1./20)
	require.False(t, 100*mean > x.Figures[0].Lo && 100*mean < x.Figures[0].Hi, "control: %g", 100*mean)
}
