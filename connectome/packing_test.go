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

// Whatever its delays span, a synapse is what was packed, and ascending it is by delay first; up to 64 steps it
// is 6 bits, 16 and 10.
func TestPacking(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delays := rapid.IntRange(1, network.MaxDelayCodes).Draw(t, "delays")
		net := one(2, 2, false, network.Projection{Rule: network.AllToAll, Delay: spanning(delays)})
		codes := connectome.NewCodes(net, 0)
		require.Equal(t, delays, codes.Delays)
		p := codes.Packing()
		require.Equal(t, delays > 64, p.DelayShift() < 26)
		require.Equal(t, 1<<p.DelayShift(), p.Targets()<<10)
		require.GreaterOrEqual(t, uint64(1)<<32, uint64(delays)<<p.DelayShift(), "room for the last delay")
		synapse := func(name string) (target, weight, delay uint32) {
			return rapid.Uint32Range(0, uint32(p.Targets()-1)).Draw(t, name), rapid.Uint32Range(0, 1023).Draw(t, name), rapid.Uint32Range(0, uint32(delays-1)).Draw(t, name)
		}
		a, w, d := synapse("one")
		b, v, e := synapse("other")
		target, weight, delay := p.Unpack(p.Pack(a, w, d))
		require.Equal(t, [3]uint32{a, w, d}, [3]uint32{target, weight, delay})
		if d < e {
			require.Less(t, p.Pack(a, w, d), p.Pack(b, v, e))
		}
	})
}

// Rows of blocks of every packing are in order and hold what is drawn again without any.
func TestBlocksOfFarDelays(t *testing.T) {
	for steps, targets := range map[int]int{64: 1 << 16, 65: 1 << 15, 129: 1 << 14, 1000: 1 << 12, 1025: 1 << 11, 4096: 1 << 10} {
		t.Run(fmt.Sprint(steps), func(t *testing.T) {
			n := one(20, targets+77, false, network.Projection{
				Rule: network.FixedOutDegree, N: 2000, Multapses: true, Weight: network.NormalDist(1, 0.1), Delay: spanning(steps),
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
