package sim_test

import (
	"math"
	"testing"

	"einet/cpuref"
	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

func TestBins(t *testing.T) {
	b := sim.Bins{Low: -1, High: 2, Counts: make([]uint32, 3)}
	b.Count([]float32{-1.5, -1, -0.01, 0, 0.99, 1.99, 2, 7, float32(math.Nextafter32(2, 0))})
	require.Equal(t, []uint32{2, 2, 2}, b.Counts)
	require.EqualValues(t, []uint32{1, 2}, []uint32{b.Below, b.Above})
	require.Equal(t, []float64{-1, 0, 1, 2}, b.Edges())
	b.Count(nil)
	require.Equal(t, []uint32{0, 0, 0}, b.Counts)
}

// However near an edge a value is, it is where its quotient puts it; the float32 next to each edge among them.
func TestBinsAtEdges(t *testing.T) {
	for _, bins := range []int{1, 3, 7, 50, 1000, 99_991, 10_000_000} {
		b := sim.Bins{Low: -0.3, High: 1.1, Counts: make([]uint32, bins)}
		if bins == 7 || bins == 1000 { // far from 0, where float32 are few
			b.Low, b.High = -60.3, -60.1
		}
		width := (b.High - b.Low) / float64(bins)
		values := []float32{0, -1e30, 1e30, float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, -math.MaxFloat32}
		for _, e := range b.Edges() {
			x := float32(e)
			values = append(values, x, math.Nextafter32(x, 9), math.Nextafter32(x, -9), x+float32(width/2), x-float32(5*width/2))
		}
		want, below, above := make([]uint32, bins), uint32(0), uint32(0)
		for _, x := range values {
			switch x := float64(x); {
			case x < b.Low:
				below++
			case x >= b.High:
				above++
			default:
				want[min(int(math.Floor((x-b.Low)/width)), bins-1)]++
			}
		}
		b.Count(values)
		require.Equal(t, want, b.Counts, "%d bins", bins)
		require.EqualValues(t, []uint32{below, above}, []uint32{b.Below, b.Above})
	}
}

// The free membrane with white noise of sd 2 about an input of 10 mV is normal once it has settled:
// bin by bin, within five times what chance gives. A mean off by 0.2 mV is seen.
func TestHistogramOfANormalPotential(t *testing.T) {
	const size, mean, sd = 40_000, 10, 2
	net := &network.Network{Name: "free", Dt: 0.1, Duration: 100, Seed: 1, Populations: []network.Population{{
		Name: "A", Size: size, Neuron: network.LIF, TauM: 5, VTh: network.Number(1000), V0: network.Number(0),
		Input: network.Input{network.DC(mean)}, WhiteNoise: sd,
	}}}
	m, c := enginetest.Build(t, net)
	b := sim.Bins{Low: 4, High: 16, Counts: make([]uint32, 24)}
	s := sim.NewSampler(m, sim.Selection{Variables: []string{"V"}}, 600, func(_ int64, x *sim.NeuronState) error { b.Count(x.V()); return nil })
	require.NoError(t, sim.Run(t.Context(), cpuref.New(m, c), 600, nil, s))
	worst := func(mean float64) (worst float64) {
		cdf := func(x float64) float64 { return 0.5 * math.Erfc((mean-x)/sd/math.Sqrt2) }
		for k, e := range b.Edges()[:24] {
			p := cdf(e+0.5) - cdf(e)
			worst = max(worst, math.Abs(float64(b.Counts[k])-size*p)/math.Sqrt(size*p))
		}
		return worst
	}
	require.Less(t, worst(mean), 5.)
	require.Greater(t, worst(mean+0.2), 5., "control")
}
