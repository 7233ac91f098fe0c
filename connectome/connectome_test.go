package connectome_test

import (
	"context"
	"math"
	"slices"
	"testing"

	"einet/connectome"
	"einet/network"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func twoPopulations(nE, nI int, p float64, seed uint32) *network.Network {
	return &network.Network{
		Seed: seed, Dt: 0.1,
		Populations: []network.Population{{Name: "E", Size: nE}, {Name: "I", Size: nI}},
		Projections: []network.Projection{
			{Name: "EE", From: "E", To: "E", Rule: network.FixedProbability, P: p, Autapses: true, Delay: network.Number(0.1)}, {Name: "IE", From: "I", To: "E", Rule: network.FixedProbability, P: p, Autapses: true, Delay: network.Number(0.1)},
		},
	}
}

func build(t require.TestingT, net *network.Network, workers int) *connectome.Connectome {
	c, err := connectome.Build(context.Background(), net, workers)
	require.NoError(t, err)
	return c
}

// The stored rows are exactly what a Bernoulli draws, chunk by chunk, however
// many goroutines built them.
func TestRowsAreTheDraws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		nE, nI := rapid.IntRange(1, 9000).Draw(t, "nE"), rapid.IntRange(1, 300).Draw(t, "nI")
		p := rapid.SampledFrom([]float64{0, 1e-3, 0.02, 0.25, 0.9, 1}).Draw(t, "p")
		net := twoPopulations(nE, nI, p, rapid.Uint32().Draw(t, "seed"))
		if p > 0.1 {
			net.Populations[0].Size = min(nE, 400)
			nE = net.Populations[0].Size
		}
		c := build(t, net, rapid.IntRange(1, 7).Draw(t, "workers"))
		for i, from := range []int{nE, nI} {
			draw := connectome.NewBernoulli(net.Seed, i, p)
			pr := &c.Projections[i]
			require.Len(t, pr.Blocks, 1)
			var buf [connectome.Chunk]uint16
			for j := 0; j < from; j += 1 + from/50 {
				var want []uint16
				for at := 0; at < nE; at += connectome.Chunk {
					for _, x := range draw.Targets(&buf, j, at/connectome.Chunk, min(connectome.Chunk, nE-at)) {
						want = append(want, uint16(at)+x)
					}
				}
				require.True(t, slices.Equal(want, pr.Blocks[0].Row(j)))
				require.True(t, slices.IsSorted(want))
				require.Len(t, slices.Compact(want), len(pr.Blocks[0].Row(j)), "no pair twice")
			}
		}
	})
}

func TestBlocksBeyond16Bits(t *testing.T) {
	net := twoPopulations(70_000, 10, 1e-4, 3)
	c := build(t, net, 2)
	require.Equal(t, []int{65_536, 4_464}, []int{c.Projections[0].Blocks[0].Size, c.Projections[0].Blocks[1].Size})
	require.Equal(t, 65_536, c.Projections[0].Blocks[1].First)
	require.InEpsilon(t, 70_000.*70_010*1e-4, c.Synapses(), 0.01)
	last := c.Projections[0].Blocks[1].Targets
	require.Less(t, int(slices.Max(last)), 4_464)
}

// Out- and in-degrees are binomial: mean n p, variance n p (1-p), and each pair
// is as likely as any other, a neuron with itself included.
func TestDegreesAreBinomial(t *testing.T) {
	const n, p = 3000, 0.1
	degrees := func(p float64) (out, in []float64, self int) {
		c := build(t, twoPopulations(n, 1, p, 11), 2)
		out, in = make([]float64, n), make([]float64, n)
		for j := range n {
			row := c.Projections[0].Blocks[0].Row(j)
			out[j] = float64(len(row))
			for _, k := range row {
				in[k]++
				if int(k) == j {
					self++
				}
			}
		}
		return out, in, self
	}
	check := func(x []float64) bool {
		var sum, squares float64
		for _, v := range x {
			sum += v
			squares += v * v
		}
		mean := sum / n
		variance := squares/n - mean*mean
		want := n * p * (1 - p)
		return math.Abs(mean-n*p) < 4*math.Sqrt(want/n) && math.Abs(variance/want-1) < 4*math.Sqrt(2./n)
	}
	out, in, self := degrees(p)
	require.True(t, check(out))
	require.True(t, check(in))
	require.InDelta(t, n*p, self, 4*math.Sqrt(n*p*(1-p)))
	out, in, _ = degrees(1.05 * p)
	require.False(t, check(out), "5 % more synapses must be seen")
	require.False(t, check(in))
}

func TestSeedsAndProjectionsDiffer(t *testing.T) {
	a, b := build(t, twoPopulations(200, 200, 0.5, 1), 1), build(t, twoPopulations(200, 200, 0.5, 2), 1)
	require.NotEqual(t, a.Projections[0].Blocks[0].Targets, b.Projections[0].Blocks[0].Targets)
	require.NotEqual(t, a.Projections[0].Blocks[0].Targets, a.Projections[1].Blocks[0].Targets)
}

func TestEstimate(t *testing.T) {
	net := twoPopulations(8000, 2000, 0.25, 1)
	c := build(t, net, 2)
	synapses, bytes := connectome.Estimate(net)
	require.InEpsilon(t, c.Synapses(), synapses, 0.002)
	require.InEpsilon(t, c.Bytes(), bytes, 0.002)
}

// What no machine can hold is estimated as such, not as a number that wrapped.
func TestEstimateDoesNotOverflow(t *testing.T) {
	net := twoPopulations(1<<30, 1<<30, 1, 1)
	for range 3 {
		net.Projections = append(net.Projections, net.Projections[0])
	}
	synapses, bytes := connectome.Estimate(net) // five times 2^60, and two bytes each
	require.EqualValues(t, int64(5)<<60, synapses)
	require.EqualValues(t, int64(math.MaxInt64), bytes)
	for range 5 {
		net.Projections = append(net.Projections, net.Projections[0])
	}
	synapses, _ = connectome.Estimate(net)
	require.EqualValues(t, int64(math.MaxInt64), synapses)
}

func TestBuildStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := connectome.Build(ctx, twoPopulations(50_000, 10, 0.1, 1), 2)
	require.ErrorIs(t, err, context.Canceled)
}

func BenchmarkBuild(b *testing.B) {
	net := twoPopulations(8000, 2000, 0.25, 1)
	var synapses int64
	for b.Loop() {
		synapses = build(b, net, 0).Synapses()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(synapses), "ns/synapse")
}
