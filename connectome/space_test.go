package connectome_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	"einet/connectome"
	"einet/network"
)

func gridOf(periodic bool, extent []float64, places ...int) network.Positions {
	n := append(slices.Clone(places), 0, 0)
	return network.Positions{Layout: network.Grid, Columns: n[0], Rows: n[1], Layers: n[2], Extent: extent, Periodic: periodic}
}

func ringOf(length float64) network.Positions {
	return network.Positions{Layout: network.Ring, Extent: []float64{length}, Periodic: true}
}

func randomIn(periodic bool, extent ...float64) network.Positions {
	return network.Positions{Layout: network.RandomPlaces, Extent: extent, Periodic: periodic}
}

// inSpace is one with positions.
func inSpace(sources, targets int, from, to network.Positions, own bool, p network.Projection) *network.Network {
	net := one(sources, targets, own, p)
	net.Populations[0].Positions, net.Populations[1].Positions = from, to
	return net
}

// where are the positions of the two ends, and distance is that of two neurons: written down once more.
func where(net *network.Network) (from, to [][]float64) {
	p := &net.Projections[0]
	return connectome.Coordinates(net, net.Population(p.From)), connectome.Coordinates(net, net.Population(p.To))
}

func distance(at *network.Positions, from, to [][]float64, i, j int) float64 {
	sum := 0.0
	for k := range from {
		d := math.Abs(from[k][i] - to[k][j])
		if at.Periodic && d > at.Extent[k]/2 {
			d = at.Extent[k] - d
		}
		sum += d * d
	}
	return math.Sqrt(sum)
}

func TestCoordinates(t *testing.T) {
	net := one(24, 1000, false, network.Projection{Rule: network.AllToAll})
	net.Populations[0].Positions = gridOf(false, []float64{2, 3, 1}, 4, 3, 2)
	net.Populations[1].Positions = randomIn(false, 2, 0.5)
	at := connectome.Coordinates(net, 0)
	for i, want := range map[int][3]float64{0: {0.25, 0.5, 0.25}, 1: {0.75, 0.5, 0.25}, 4: {0.25, 1.5, 0.25}, 12: {0.25, 0.5, 0.75}, 23: {1.75, 2.5, 0.75}} {
		require.Equal(t, want, [3]float64{at[0][i], at[1][i], at[2][i]})
	}
	at = connectome.Coordinates(net, 1)
	require.Len(t, at, 2)
	for k, extent := range []float64{2, 0.5} {
		counts := make([]int, 20)
		for _, x := range at[k] {
			counts[int(x/extent*20)]++ // panics beyond the extent
		}
		require.Less(t, math.Abs(flat(counts)), 4.0)
	}
	require.Equal(t, at, connectome.Coordinates(net, 1))
	correlation := 0.0
	for i := range at[0] {
		correlation += (at[0][i] - 1) * (at[1][i] - 0.25) / 1000 * 12 / 1
	}
	require.Less(t, math.Abs(correlation), 4/math.Sqrt(1000), "the dimensions are drawn apart")
	net.Seed++
	require.NotEqual(t, at, connectome.Coordinates(net, 1))
	net.Populations[0] = network.Population{Name: "A", Size: 8, Positions: ringOf(4)}
	require.Equal(t, [][]float64{{0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3.25, 3.75}}, connectome.Coordinates(net, 0))
}

var kernels = []network.Kernel{{Shape: network.Bell, Size: 0.12}, {Shape: network.Decay, Size: 0.1}, {Shape: network.Disc, Size: 0.2}}

// fits is how far synapses are from those of a kernel, in standard deviations: at each distance the number of pairs is known, and
// the number of synapses among them is a sum of independent draws.
func fits(t *testing.T, net *network.Network, kernel network.Kernel, peak float64) float64 {
	from, to := where(net)
	at := &net.Populations[0].Positions
	const bins = 24
	farthest := at.Farthest() * 1.0001
	var got, want, variance [bins]float64
	bin := func(i, j int) int { return int(distance(at, from, to, i, j) / farthest * bins) }
	for i := range from[0] {
		for j := range to[0] {
			d := distance(at, from, to, i, j)
			p := peak
			switch q := d / kernel.Size; kernel.Shape {
			case network.Bell:
				p *= math.Exp(-q * q / 2)
			case network.Decay:
				p *= math.Exp(-q)
			case network.Disc:
				if q > 1 {
					p = 0
				}
			}
			want[bin(i, j)] += p
			variance[bin(i, j)] += p * (1 - p)
		}
	}
	for _, s := range synapses(t, net, 2) {
		got[bin(s.source, s.target)]++
	}
	sum, n := 0.0, 0.0
	for k := range got {
		if variance[k] > 5 {
			sum += (got[k] - want[k]) * (got[k] - want[k]) / variance[k]
			n++
		} else {
			require.InDelta(t, want[k], got[k], 20)
		}
	}
	require.Greater(t, n, 2.0)
	return (sum - n) / math.Sqrt(2*n)
}

// Synapses are as likely as the kernel says at their distance: on lines, sheets and in space, with edges and without.
func TestProbabilityByDistance(t *testing.T) {
	square, cube := []float64{1, 1}, []float64{1, 0.8, 0.6}
	for i, c := range []struct {
		name     string
		from, to network.Positions
		sources  int
		targets  int
	}{
		{"ring", ringOf(1), ringOf(1), 200, 600},
		{"line", gridOf(false, square[:1], 250), randomIn(false, 1), 250, 500},
		{"torus", gridOf(true, square, 15, 15), gridOf(true, square, 50, 30), 225, 1500},
		{"sheet", gridOf(false, square, 15, 15), gridOf(false, square, 50, 30), 225, 1500},
		{"random torus", randomIn(true, square...), randomIn(true, square...), 200, 1500},
		{"space", randomIn(false, cube...), gridOf(false, cube, 10, 20, 10), 200, 2000},
	} {
		for k, kernel := range kernels {
			if c.name != "torus" && k != i%len(kernels) { // each space has one of them, and one space all
				continue
			}
			t.Run(c.name+" "+string(kernel.Shape), func(t *testing.T) {
				net := inSpace(c.sources, c.targets, c.from, c.to, false, network.Projection{Rule: network.FixedProbability, P: 0.7, Near: kernel})
				require.Less(t, fits(t, net, kernel, 0.7), 4.5)
				require.Greater(t, fits(t, net, network.Kernel{Shape: kernel.Shape, Size: 1.1 * kernel.Size}, 0.7), 4.5, "control: another size")
				require.Greater(t, fits(t, net, kernel, 0.8), 4.5, "control: another peak")
				all := synapses(t, net, 1)
				require.True(t, slices.Equal(all, synapses(t, net, 3)), "whoever draws them")
				for i, s := range all[1:] { // in order of source and target
					require.False(t, all[i].source == s.source && all[i].target == s.target, "no pair twice")
				}
			})
		}
	}
}

// The mean number of synapses and the memory that they take are those that come of it.
func TestMeanByDistance(t *testing.T) {
	for _, periodic := range []bool{true, false} {
		for _, random := range []bool{true, false} {
			for _, kernel := range kernels {
				from, to := gridOf(periodic, []float64{1, 2}, 20, 25), gridOf(periodic, []float64{1, 2}, 30, 100)
				if random {
					from, to = randomIn(periodic, 1, 2), randomIn(periodic, 1, 2)
				}
				net := inSpace(500, 3000, from, to, false, network.Projection{Rule: network.FixedProbability, P: 0.5, Near: kernel})
				_, mean := net.MeanSynapses(0)
				n := float64(len(synapses(t, net, 2)))
				within := 5 * math.Sqrt(mean)
				if random { // the places are random, too
					within += 0.1 * mean
				}
				require.InDelta(t, mean, n, within, "%v %v", from.String(), kernel)
				require.Greater(t, math.Abs(0.8*mean-n), within, "control")
				estimated, bytes := connectome.Estimate(net)
				require.InDelta(t, mean, estimated, 1)
				require.InDelta(t, bytes, build(t, net, 1).Bytes(), 2*within)
			}
		}
	}
}

// wrapped is the probability that a Gaussian offset from x ends in a place of a line with edges, or of a ring.
func wrapped(at *network.Positions, k int, x, sigma float64, n, c int) float64 {
	normal := distuv.Normal{Sigma: sigma}
	L := at.Extent[k]
	lo, hi := float64(c)*L/float64(n)-x, float64(c+1)*L/float64(n)-x
	if !at.Periodic {
		return (normal.CDF(hi) - normal.CDF(lo)) / (normal.CDF(L-x) - normal.CDF(-x))
	}
	p := 0.0
	for i := -12.0; i <= 12; i++ {
		p += normal.CDF(hi+i*L) - normal.CDF(lo+i*L)
	}
	return p
}

// The neurons that are chosen lie at Gaussian offsets, in each dimension by itself, to the nearest place.
func TestDegreesByDistance(t *testing.T) {
	square := []float64{1, 1}
	for _, c := range []struct {
		name     string
		from, to network.Positions
		sources  int
		targets  int
		sigma    float64
	}{
		{"ring", ringOf(1), ringOf(1), 150, 40, 0.1},
		{"torus", gridOf(true, square, 15, 15), gridOf(true, square, 20, 20), 225, 400, 0.1},
		{"wide torus", gridOf(true, square, 15, 15), gridOf(true, square, 20, 20), 225, 400, 0.6},
		{"sheet", gridOf(false, square, 15, 15), gridOf(false, square, 20, 20), 225, 400, 0.25},
		{"random", randomIn(true, square...), gridOf(true, square, 20, 20), 225, 400, 0.15},
		{"space", randomIn(false, 1, 1, 1), gridOf(false, []float64{1, 1, 1}, 8, 8, 8), 400, 512, 0.3},
	} {
		for _, rule := range []network.Rule{network.FixedOutDegree, network.FixedInDegree} {
			t.Run(c.name+" "+string(rule), func(t *testing.T) {
				const k = 200
				from, to, sources, targets := c.from, c.to, c.sources, c.targets
				if rule == network.FixedInDegree { // targets choose
					from, to, sources, targets = to, from, targets, sources
				}
				net := inSpace(sources, targets, from, to, false, network.Projection{Rule: rule, N: k, Multapses: true, Near: network.Kernel{Shape: network.Bell, Size: c.sigma}})
				all := synapses(t, net, 2)
				require.Len(t, all, k*c.sources)
				require.True(t, slices.Equal(all, synapses(t, net, 1)))
				choosing, chosen := connectome.Coordinates(net, 0), &net.Populations[1]
				if rule == network.FixedInDegree {
					choosing, chosen = connectome.Coordinates(net, 1), &net.Populations[0]
				}
				places := chosen.Positions.Places(chosen.Size)
				off := func(sigma float64) float64 { // the largest of the dimensions
					most, below := 0.0, 1
					for dim, n := range places {
						got, want := make([]float64, n), make([]float64, n)
						// relative to the place of the one that chooses, so that offsets are seen
						for i := range choosing[dim] {
							own := int(choosing[dim][i] / c.to.Extent[dim] * float64(n))
							for p := range n {
								want[(p-own+n)%n] += k * wrapped(&c.to, dim, choosing[dim][i], sigma, n, p)
							}
						}
						for _, s := range all {
							i, j := s.source, s.target
							if rule == network.FixedInDegree {
								i, j = j, i
							}
							own := int(choosing[dim][i] / c.to.Extent[dim] * float64(n))
							got[(j/below%n-own+n)%n]++
						}
						below *= n
						sum := 0.0
						for p := range got {
							sum += (got[p] - want[p]) * (got[p] - want[p]) / max(want[p], 1)
						}
						most = max(most, (sum-float64(n))/math.Sqrt(2*float64(n)))
					}
					return most
				}
				require.Less(t, off(c.sigma), 4.5)
				if c.name != "wide torus" { // which is nearly flat
					require.Greater(t, off(1.05*c.sigma), 4.5, "control")
				}
			})
		}
	}
}

// Without autapses none chooses itself, and all have their number of synapses.
func TestDegreesByDistanceWithoutAutapses(t *testing.T) {
	for _, rule := range []network.Rule{network.FixedOutDegree, network.FixedInDegree} {
		net := inSpace(100, 1, gridOf(true, []float64{1, 1}, 10, 10), network.Positions{}, true,
			network.Projection{Rule: rule, N: 50, Multapses: true, Near: network.Kernel{Shape: network.Bell, Size: 0.05}})
		all := synapses(t, net, 2)
		require.Len(t, all, 5000)
		for _, s := range all {
			require.NotEqual(t, s.source, s.target)
		}
		net.Projections[0].Autapses = true
		own := 0
		for _, s := range synapses(t, net, 2) {
			if s.source == s.target {
				own++
			}
		}
		require.Greater(t, own, 2000, "control: most draws are of the neuron itself")
	}
}

// In-degrees keep the bound, which is not far above: also where few sources lie far apart, or anywhere.
func TestInDegreeBoundByDistance(t *testing.T) {
	square := []float64{1, 1}
	for _, c := range []struct {
		from    network.Positions
		to      network.Positions
		sources int
		sigma   float64
		most    float64 // of the bound over the largest in-degree
	}{
		{gridOf(true, square, 30, 30), gridOf(true, square, 20, 20), 900, 0.1, 1.5},
		{gridOf(true, square, 5, 5), gridOf(true, square, 20, 20), 25, 0.05, 2.5},
		{gridOf(false, square, 30, 30), gridOf(false, square, 20, 20), 900, 0.2, 1.5},
		{randomIn(true, square...), gridOf(true, square, 20, 20), 400, 0.1, 2.5},
		{randomIn(false, square...), gridOf(false, square, 20, 20), 100, 0.05, 4},
	} {
		net := inSpace(c.sources, 400, c.from, c.to, false, network.Projection{
			Rule: network.FixedOutDegree, N: 300, Multapses: true, Near: network.Kernel{Shape: network.Bell, Size: c.sigma}})
		_, in := degrees(synapses(t, net, 2), c.sources, 400)
		bound := float64(net.InDegreeBound(0))
		require.LessOrEqual(t, float64(slices.Max(in)), bound)
		require.Less(t, bound/float64(slices.Max(in)), c.most, "%v", c)
	}
}

// Weights and delays are those of the distance, to the nearest code and step.
func TestWeightsAndDelaysByDistance(t *testing.T) {
	at := gridOf(true, []float64{1, 1}, 20, 15)
	for _, kernel := range kernels {
		for _, rule := range []network.Projection{{Rule: network.AllToAll}, {Rule: network.FixedProbability, P: 0.4, Near: network.Kernel{Shape: network.Bell, Size: 0.2}},
			{Rule: network.FixedInDegree, N: 40}, {Rule: network.FixedTotalNumber, N: 4000, Multapses: true}, {Rule: network.OneToOne}} {
			p := rule
			p.Weight, p.WeightBy, p.Delay, p.Speed, p.Autapses = network.Number(-3), kernel, network.Number(0.5), 0.2, true
			net := inSpace(300, 1, at, network.Positions{}, true, p)
			from, to := where(net)
			wrong := 0
			all := synapses(t, net, 2)
			require.NotEmpty(t, all)
			for _, s := range all {
				d := distance(&at, from, to, s.source, s.target)
				require.InDelta(t, -3*kernel.At(d), s.weight, 3.0/2046*1.001)
				require.InDelta(t, (0.5+d/0.2)/0.1, float64(s.delay), 0.5+1e-9)
				if math.Abs((0.5+d/0.22)/0.1-float64(s.delay)) > 0.5 {
					wrong++
				}
			}
			if p.Rule != network.OneToOne {
				require.Greater(t, wrong, len(all)/4, "control: another speed")
			}
			mean, n := 0.0, float64(len(all))
			for _, s := range all {
				mean += s.weight / n
			}
			if p.Rule != network.OneToOne { // whose distances are all 0
				require.InDelta(t, net.MeanWeight(0), mean, 0.1)
			}
		}
	}
}

// What is drawn again by source is what is stored.
func TestProceduralByDistance(t *testing.T) {
	at := gridOf(true, []float64{1, 1}, 20, 15)
	bell := network.Kernel{Shape: network.Bell, Size: 0.1}
	for i, p := range []network.Projection{
		{Rule: network.FixedProbability, P: 0.5, Near: bell, Weight: network.NormalDist(1, 0.1), Delay: network.Between(0.3, 1.2)},
		{Rule: network.FixedOutDegree, N: 30, Multapses: true, Near: bell, Speed: 0.1, Delay: network.Number(0.2)},
		{Rule: network.AllToAll, WeightBy: bell, Weight: network.Number(2)},
		{Rule: network.FixedProbability, P: 0.3, WeightBy: bell, Weight: network.Number(2), Autapses: true},
	} {
		net := inSpace(300, 1, at, network.Positions{}, true, p)
		drawn, err := connectome.Procedural(context.Background(), net, 2)
		require.NoError(t, err)
		want, got := listOf(t, build(t, net, 2)), listOf(t, drawn)
		slices.SortFunc(want, compareDrawn)
		slices.SortFunc(got, compareDrawn)
		require.NotEmpty(t, want)
		require.Equal(t, want, got, fmt.Sprint(i))
	}
	require.Error(t, connectome.Redrawable(inSpace(300, 1, at, network.Positions{}, true, network.Projection{Rule: network.FixedInDegree, N: 3, Multapses: true, Near: bell})))
}
