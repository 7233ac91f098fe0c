package validate

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os/exec"
	"sort"
	"strings"
	"testing"

	"einet/analysis"
	"einet/network"
	"einet/network/presets"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// withoutPeers are the presets that no other simulator was asked about, and what they are held to instead.
var withoutPeers = map[string]string{
	"laing2001":     "a rate model (laing_test.go)",
	"mongillo2008":  "the paper's words, and conditions that must fail: NEST's synapses know no u_rest",
	"rosenbaum2017": "the authors' code, three seeds (published.go)",
}

// Every file of peers is of an experiment and its populations, every preset but those withoutPeers has one, and each
// allows for the scatter of its seeds.
func TestPeers(t *testing.T) {
	seen, withPeers := 0, map[string]bool{}
	for _, x := range Published {
		net := loadExperiment(t, &x)
		list, err := x.peerRuns()
		require.NoError(t, err)
		others, learning := 0, 0
		for _, p := range list {
			if seen++; !p.einet() {
				others++
				learning += len(p.Projections)
				withPeers[x.Preset] = true
			}
			require.Equal(t, net.Dt, p.DtMs, x.peerCase())
			require.Len(t, p.Populations, len(net.Populations), x.peerCase())
		}
		figures, err := x.figures(names(net))
		require.NoError(t, err)
		require.Len(t, figures, len(x.Figures)+others*len(net.Populations)*len(peerStatistics)+learning*len(peerWeights))
		for _, f := range figures[len(x.Figures):] {
			require.Positive(t, f.PeerSeeds)
			require.InDelta(t, f.Published, (f.Lo+f.Hi)/2, 1e-9)
			require.GreaterOrEqual(t, f.Hi, f.Published*(1+0.99*peerShare))
		}
	}
	files, err := fs.Glob(peerFiles, "peers/*.json")
	require.NoError(t, err)
	require.Len(t, files, seen, "files that no experiment has")
	for _, name := range presets.Names() {
		require.NotEqual(t, withoutPeers[name] != "", withPeers[name], name)
	}
	_, err = (&Experiment{Preset: "vs96", DurationMs: 2000, DiscardMs: 400}).peerRuns()
	require.ErrorContains(t, err, "is of vs96, 2000 ms after 500 ms; the experiment is vs96, 2000 after 400")
	_, err = experiment("vs96").figures([]string{"E", "X"})
	require.ErrorContains(t, err, "rate of X: 0 values of 8 seeds")
}

func loadExperiment(t *testing.T, x *Experiment) *network.Network {
	net, err := x.Load()
	require.NoError(t, err)
	return net
}

// The band is three standard errors of a difference of means, or a percent.
func TestPeerBand(t *testing.T) {
	require.InDelta(t, 3*0.4*math.Sqrt(1.0/16+1.0/4), Band(5, 0.4, 16, 4), 1e-12)
	require.InDelta(t, 0.05, Band(5, 1e-4, 16, 4), 1e-12)
	require.InDelta(t, 0.05, Band(-5, 0, 16, 4), 1e-12)

	values := []float64{4.6, 5.4, 4.6, 5.4, 4.6, 5.4, 4.6, 5.4} // squares sum to 1.28, 7 degrees of freedom
	sd, freedom := PooledSD([][]float64{values, {1, 3}, {7}, nil})
	require.InDelta(t, math.Sqrt((1.28+2)/8), sd, 1e-12)
	require.Equal(t, 8, freedom)
}

// What a run holds einet to follows from its own mean and from the scatter of all runs of the network.
func TestPeerFigure(t *testing.T) {
	run := func(values ...float64) peerRun {
		return peerRun{Seeds: make([]int, len(values)), Populations: map[string]map[string][]float64{"E": {"cv": values}}}
	}
	nest, ours := run(4.9, 5.1), run(3, 4, 3, 4, 3, 4, 3, 4)
	f, err := peerFigure(&nest, []peerRun{nest, ours}, "E", "cv", 2)
	require.NoError(t, err)
	half := 3 * math.Sqrt((0.02+2)/8)
	require.Equal(t, 2, f.PeerSeeds)
	require.InDelta(t, 5, f.Published, 1e-12)
	require.InDelta(t, 5-half, f.Lo, 1e-12)
	require.InDelta(t, 5+half, f.Hi, 1e-12)
	_, err = peerFigure(&nest, []peerRun{nest}, "E", "cv", 2)
	require.ErrorContains(t, err, "too few seeds to tell how they scatter: 1 degrees of freedom, at least 7 needed")
	nest.Seeds = nest.Seeds[:1]
	_, err = peerFigure(&nest, []peerRun{nest, ours}, "E", "cv", 2)
	require.ErrorContains(t, err, "2 values of 1 seeds")
}

func told(r *Reproduction) string {
	return fmt.Sprintf("%s of %s %.4g, %s %.4g to %.4g", r.Quantity, r.Population, orNaN(r.Measured), r.Source, r.Lo, r.Hi)
}

// The Python that measures other simulators computes what einet does.
func TestStatisticsOfPython(t *testing.T) {
	python := "python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		if python = "/usr/bin/python3"; exec.Command(python, "-c", "import numpy").Run() != nil {
			t.Skip("no python3 with numpy here (apt-get install python3-numpy)")
		}
	}
	const size, dt, from, to = 60, 0.4, 1250, 6007
	r := rand.New(rand.NewPCG(5, 6))
	var spikes []sim.Spike
	var text strings.Builder
	for step := range uint32(to + 200) { // of a common rate that varies, and beyond the end
		for n := range uint32(size) {
			if r.Float64() < 0.01*(1+math.Sin(float64(step)/40))*float64(n)/size {
				spikes = append(spikes, sim.Spike{Step: step + 1, Neuron: n})
				fmt.Fprintln(&text, step+1, n)
			}
		}
	}
	command := exec.Command(python, "-c", fmt.Sprintf(`
import json, sys
sys.path.insert(0, "peers")
sys.dont_write_bytecode = True
import numpy as np
from spiketrains import statistics
step, neuron = np.loadtxt(sys.stdin, dtype=int).T
print(json.dumps(statistics(step, neuron, %d, %v, %d, %d)))`, size, dt, from, to))
	command.Stdin = strings.NewReader(text.String())
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	var got map[string]float64
	require.NoError(t, json.Unmarshal(out, &got), string(out))

	s, shared := analysis.NewStatistics([]int{size}, dt, from), analysis.NewCovariances([]int{size}, CorrelationBinMs/dt, from)
	inTime := spikes[:sort.Search(len(spikes), func(k int) bool { return spikes[k].Step > to })]
	s.Add(inTime)
	shared.Add(inTime)
	p := s.Populations(to)[0]
	for key, want := range map[string]float64{
		"rate": p.Rate, "cv": p.CV, "variance_to_mean": p.VarianceToMean, "correlation": shared.Correlation(0, to).Value,
	} {
		require.InEpsilon(t, want, got[key], 1e-9, key)
	}
	require.Greater(t, got["correlation"], 0.01)
}
