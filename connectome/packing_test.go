package connectome_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"einet/connectome"
	"einet/network"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// spanning are delays of so many steps of 0.1 ms, from 0.2 ms on, at the ends of which whole steps lie.
func spanning(steps int) network.Dist { return network.Between(0.15, 0.15+0.1*float64(steps)) }

// pack makes a synapse of a target, the code of a weight and that of a delay.
func pack(p connectome.Packing, s [3]uint32) uint32 {
	return s[2]<<p.DelayShift | s[0]<<p.WeightBits | s[1]
}

// Whatever its delays span and however many weights there are, a synapse is what was packed, and ascending it is by
// delay first; up to 64 steps it is 6 bits, 16 and 10.
func TestPacking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delays, weights := rapid.IntRange(1, network.MaxDelayCodes).Draw(t, "delays"), rapid.IntRange(1, 1024).Draw(t, "weights")
		codes := connectome.Codes{Weights: make([]float64, weights), Delays: delays}
		p := codes.Packing()
		if delays <= 64 {
			require.Equal(t, connectome.Packing{DelayShift: 26, WeightBits: 10}, p)
		}
		require.GreaterOrEqual(t, p.Targets(), 1024)
		synapse := func(name string) [3]uint32 {
			part := func(n int) uint32 { return uint32(rapid.IntRange(0, n-1).Draw(t, name)) }
			return [3]uint32{part(p.Targets()), part(weights), part(delays)}
		}
		a, b := synapse("one"), synapse("other")
		target, weight, delay := p.Unpack(pack(p, a))
		require.Equal(t, a, [3]uint32{target, weight, delay})
		if a[2] < b[2] {
			require.Less(t, pack(p, a), pack(p, b))
		}
	})
}

// Rows of blocks of every packing are in order and hold what is drawn again without any.
func TestBlocksOfFarDelays(t *testing.T) {
	for _, k := range []struct {
		weight         network.Dist
		steps, targets int
	}{
		{network.NormalDist(1, 0.1), 64, 1 << 16}, {network.NormalDist(1, 0.1), 65, 1 << 15}, {network.NormalDist(1, 0.1), 129, 1 << 14},
		{network.NormalDist(1, 0.1), 1000, 1 << 12}, {network.NormalDist(1, 0.1), 1025, 1 << 11}, {network.NormalDist(1, 0.1), 4096, 1 << 10},
		{network.Number(1), 65, 1 << 16}, {network.Number(1), 4096, 1 << 16},
	} {
		steps, targets := k.steps, k.targets
		t.Run(fmt.Sprint(k.weight.Kind, steps), func(t *testing.T) {
			n := one(20, targets+77, false, network.Projection{
				Rule: network.FixedOutDegree, N: 2000, Multapses: true, Weight: k.weight, Delay: spanning(steps),
			})
			c := build(t, n, 3)
			blocks := c.Projections[0].Blocks
			require.Equal(t, []int{targets, 77}, []int{blocks[0].Size, blocks[1].Size})
			for i := range blocks {
				for j := range 20 {
					require.True(t, slices.IsSorted(blocks[i].PackedRow(j)))
				}
			}
			_, bytes := connectome.Estimate(n)
			require.Equal(t, c.Bytes(), bytes)
			drawn, err := connectome.Procedural(context.Background(), n, 1)
			require.NoError(t, err)
			want := listOf(t, drawn)
			slices.SortFunc(want, compareDrawn)
			got := listOf(t, c)
			slices.SortFunc(got, compareDrawn)
			require.Equal(t, want, got)
			largest := slices.MaxFunc(got, func(a, b drawnSynapse) int { return int(a.delay) - int(b.delay) })
			require.InDelta(t, steps-1, largest.delay, 0.001*float64(steps), "all of the span is used")
		})
	}
}

func compareDrawn(a, b drawnSynapse) int {
	return slices.Compare([]int{a.source, a.target, int(a.delay), int(a.weight)}, []int{b.source, b.target, int(b.delay), int(b.weight)})
}
