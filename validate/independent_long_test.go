//go:build long

package validate

import (
	"math/rand/v2"
	"testing"

	"einet/analysis"

	"github.com/stretchr/testify/require"
)

// The figures that the conductance-based presets are held to are this simulation's, over
// twelve connectomes.
func TestFiguresOfFloat64(t *testing.T) {
	for _, k := range conductanceNetworks {
		t.Run(k.preset, func(t *testing.T) {
			x := experiment(k.preset)
			rates, cvs := k.net.figures(12, false, 500, 3500)
			t.Logf("rates %.4v Hz, CV %.4v", rates, cvs)
			require.InEpsilon(t, x.Figures[0].Published, mean(rates), 1e-3)
			require.InEpsilon(t, x.Figures[1].Published, mean(cvs), 1e-3)
		})
	}
}

// Those of izhikevich2003 are the paper's program's, over twelve seeds.
func TestFiguresOfIzhikevichsProgram(t *testing.T) {
	x := experiment("izhikevich2003")
	for k, values := range izhikevichFigures(12, int64(x.DiscardMs), int64(x.DurationMs)) {
		t.Logf("%s of %q: %.4v", x.Figures[k].Quantity, x.Figures[k].Population, values)
		require.InEpsilon(t, x.Figures[k].Published, mean(values), 1e-3)
	}
}

// Both populations' sizes, and the numbers that say of which kind each neuron is.
const izhikevichE, izhikevichI = 800, 200

// drawnIzhikevich is the paper's program with Go's random numbers.
func drawnIzhikevich(seed uint64) *izhikevichNetwork {
	r := rand.New(rand.NewPCG(seed, 3))
	uniform := func(size int, high float64) []float64 {
		x := make([]float64, size)
		for i := range x {
			x[i] = high * r.Float64()
		}
		return x
	}
	n := newIzhikevich(uniform(izhikevichE, 1), uniform(izhikevichI, 1))
	for i := range n.weights {
		if n.weights[i] = uniform(len(n.a), 0.5); i >= izhikevichE {
			n.weights[i] = uniform(len(n.a), -1)
		}
	}
	n.input = func(_ int, dst []float64) {
		for i := range dst {
			sd := 5.0
			if i >= izhikevichE {
				sd = 2
			}
			dst[i] = sd * r.NormFloat64()
		}
	}
	return n
}

// izhikevichFigures are the rates of E and I, and the frequencies of alpha and gamma in the rate of E [Hz], of the paper's
// program in runs of as many seeds.
func izhikevichFigures(seeds int, discard, duration int64) (figures [4][]float64) {
	for seed := range uint64(seeds) {
		s := analysis.NewStatistics([]int{izhikevichE, izhikevichI}, 1, discard)
		s.Add(drawnIzhikevich(seed + 1).run(int(duration)))
		list := s.Populations(duration)
		rhythm := func(of Quantity) float64 {
			return s.Counts.PeakHzWithin(0, discard, duration, bands[of].low, bands[of].high)
		}
		for k, x := range []float64{list[0].Rate, list[1].Rate, rhythm(Alpha), rhythm(Gamma)} {
			figures[k] = append(figures[k], x)
		}
	}
	return figures
}
