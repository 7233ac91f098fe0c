package validate

import (
	"fmt"
	"io/fs"
	"math"
	"testing"

	"einet/network"
	"einet/network/presets"

	"github.com/stretchr/testify/require"
)

// Every file of peers is of an experiment and its populations, every preset has one, and each
// allows for the scatter of its seeds.
func TestPeers(t *testing.T) {
	seen, withPeers := 0, map[string]bool{}
	for _, x := range Published {
		net := loadExperiment(t, &x)
		list, err := x.peerRuns()
		require.NoError(t, err)
		others := 0
		for _, p := range list {
			if seen++; !p.einet() {
				others++
				withPeers[x.Preset] = true
			}
			require.Equal(t, net.Dt, p.DtMs, x.peerCase())
			require.Len(t, p.Populations, len(net.Populations), x.peerCase())
		}
		figures, err := x.figures(names(net))
		require.NoError(t, err)
		require.Len(t, figures, len(x.Figures)+others*len(net.Populations)*len(peerStatistics))
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
		require.True(t, withPeers[name], name)
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

// The band is three standard errors of a difference of means, or a percent, whatever its own
// values are: 1 in 370 means of the same distribution lie outside, and one by 5 such errors off does.
func TestPeerBand(t *testing.T) {
	require.InDelta(t, 3*0.4*math.Sqrt(1.0/16+1.0/4), peerBand(5, 0.4, 16, 4), 1e-12)
	require.InDelta(t, 0.05, peerBand(5, 1e-4, 16, 4), 1e-12)
	require.InDelta(t, 0.05, peerBand(-5, 0, 16, 4), 1e-12)

	values := []float64{4.6, 5.4, 4.6, 5.4, 4.6, 5.4, 4.6, 5.4} // squares sum to 1.28, 7 degrees of freedom
	sd, freedom := pooledSD([][]float64{values, {1, 3}, {7}, nil})
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
	return fmt.Sprintf("%s of %s %.4g, %s %.4g to %.4g", r.Quantity, r.Population, *r.Measured, r.Source, r.Lo, r.Hi)
}
