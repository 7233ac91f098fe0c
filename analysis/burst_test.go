package analysis

import (
	"math"
	"testing"

	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Ten neurons have a spike every 10 ms between them, and nine fire within 18 ms besides: a window of 20 ms has 11 spikes at the
// most, and 2.18 of the 109 in the mean. Without the nine there is no burst.
func TestBurst(t *testing.T) {
	c, without := NewPopulationCounts([]int{10, 5}, 0.1, 10), NewPopulationCounts([]int{10, 5}, 0.1, 10)
	for step := uint32(1); step <= 10_000; step++ {
		if step%100 == 55 {
			both := []sim.Spike{{Step: step, Neuron: step / 100 % 10}}
			c.Add(both)
			without.Add(both)
		}
		if step >= 5300 && step < 5480 && step%20 == 0 {
			c.Add([]sim.Spike{{Step: step, Neuron: (step - 5300) / 20}})
		}
	}
	require.InDelta(t, (11-109./50)/10, c.Burst(0, 0, 10_000, 20), 1e-12)
	require.InDelta(t, 0, without.Burst(0, 0, 10_000, 20), 1e-12)
	require.Zero(t, c.Burst(1, 0, 10_000, 20))
	require.True(t, math.IsNaN(c.Burst(0, 9_950, 10_000, 20)))
}
