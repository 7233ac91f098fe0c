//go:build long

package validate

import (
	"math"
	"strconv"
	"testing"

	"einet/analysis"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// movedMs is by how much a spike has to be elsewhere to count as a difference [ms]: two steps
// of the coarsest grid.
const movedMs = 0.2

// An atDt is what a network does on one grid, over its seeds.
type atDt struct {
	dt                float64
	rates, cvs, first []float64 // [Hz], 1, [ms]: when the first spike moved beside the finest grid
}

// firstMoved is the time [ms] of the first spike that one of two runs has and the other has not within
// movedMs, neuron by neuron in order, of the later run at most.
func firstMoved(a, b []sim.Spike, dtA, dtB float64) float64 {
	trains := func(spikes []sim.Spike, dt float64) map[uint32][]float64 {
		t := map[uint32][]float64{}
		for _, s := range spikes {
			t[s.Neuron] = append(t[s.Neuron], float64(s.Step)*dt)
		}
		return t
	}
	x, y := trains(a, dtA), trains(b, dtB)
	first := math.Inf(1)
	for neuron, t := range x {
		for k, at := range t {
			if k >= len(y[neuron]) || math.Abs(at-y[neuron][k]) > movedMs {
				first = min(first, at)
				break
			}
		}
	}
	return first
}

// What a smaller dt changes. It is logged as the table of docs/accuracy.md; what is required is that rates and
// CV at dt 0.1 are those of the finest grid to a few percent, and that a coarse grid differs.
func TestAccuracyOverDt(t *testing.T) {
	grids := []float64{0.1, 0.05, 0.025, 0.0125}
	const seeds, discardMs, durationMs, compareMs = 6, 200, 2200, 200
	for _, k := range []struct {
		preset string
		set    []string
		within float64 // relative error of the rate at dt 0.1
	}{
		{"ei", nil, 0.05},
		{"vogels2005cuba", nil, 0.05},
		{"vogels2005coba", nil, 0.08},
		{"brunel2000exp", nil, 0.02},
	} {
		t.Run(k.preset, func(t *testing.T) {
			list := make([]atDt, len(grids))
			for i, dt := range grids {
				list[i].dt = dt
			}
			for seed := uint32(1); len(list[0].rates) < seeds; seed++ {
				var finest []sim.Spike
				lasting := true
				results := make([]atDt, len(grids))
				for i := len(grids) - 1; i >= 0 && lasting; i-- {
					dt := grids[i]
					net := load(t, k.preset, 1, append([]string{"dt=" + strconv.FormatFloat(dt, 'g', -1, 64)}, k.set...)...)
					net.Seed = seed
					spikes, s := followed(t, net, discardMs, durationMs, compareMs)
					if i == len(grids)-1 {
						finest = spikes
					}
					populations := s.Populations(int64(net.Steps(durationMs)))
					lasting = meanRate(populations) > extinct
					results[i] = atDt{rates: []float64{meanRate(populations)}, cvs: []float64{pooledCV(populations)},
						first: []float64{firstMoved(spikes, finest, dt, grids[len(grids)-1])}}
				}
				if !lasting {
					continue
				}
				for i := range list {
					list[i].rates = append(list[i].rates, results[i].rates...)
					list[i].cvs = append(list[i].cvs, results[i].cvs...)
					list[i].first = append(list[i].first, results[i].first...)
				}
			}
			best := list[len(list)-1]
			for _, x := range list {
				t.Logf("| %s | %g | %.3f ± %.3f | %+.2f | %.4f ± %.4f | %+.2f | %.1f |", k.preset, x.dt, mean(x.rates), standardError(x.rates),
					100*(mean(x.rates)/mean(best.rates)-1), mean(x.cvs), standardError(x.cvs), 100*(mean(x.cvs)/mean(best.cvs)-1), mean(x.first))
			}
			require.InEpsilon(t, mean(best.rates), mean(list[0].rates), k.within)
			require.Greater(t, mean(list[2].first), 0.9*mean(list[0].first), "a finer grid follows for longer")
			require.Less(t, mean(list[0].first), float64(compareMs), "control: the grid matters")
		})
	}
}

// followed simulates a network and returns its spikes of the first compareMs and the statistics.
func followed(t *testing.T, net *network.Network, discardMs, durationMs, compareMs float64) ([]sim.Spike, *analysis.Statistics) {
	require.NoError(t, net.Validate())
	lab := fastLab()
	b, err := lab.build(t.Context(), net, 0)
	require.NoError(t, err)
	s := analysis.NewStatistics(sizes(net), net.Dt, int64(net.Steps(discardMs)))
	var spikes []sim.Spike
	until := uint32(net.Steps(compareMs))
	require.NoError(t, lab.run(t.Context(), net, b.connectome, int64(net.Steps(durationMs)), func(*dynamics.Model) []sim.Recorder {
		return []sim.Recorder{spikesTo(func(list []sim.Spike) {
			s.Add(list)
			for _, x := range list {
				if x.Step <= until {
					spikes = append(spikes, x)
				}
			}
		})}
	}))
	return spikes, s
}

func standardError(x []float64) float64 {
	m, sum := mean(x), 0.0
	for _, y := range x {
		sum += (y - m) * (y - m)
	}
	return math.Sqrt(sum / float64(len(x)*(len(x)-1)))
}
