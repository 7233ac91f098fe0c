package bench

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Increments visit nearly every cache line of their block, or it would be smaller than it says:
// of 65 536 places the largest block would not hold more than 4 MiB.
func TestPlacesFillTheirBlock(t *testing.T) {
	lines := func(at []uint32) int {
		seen := map[uint32]bool{}
		for _, i := range at {
			seen[i/16] = true
		}
		return len(seen)
	}
	for _, bytes := range blocks {
		at := places(bytes, 1)
		require.Less(t, int64(at[0]), bytes/4)
		require.Greater(t, lines(at), int(bytes/64)*95/100, bytes)
	}
	require.EqualValues(t, largestBlock*4, blocks[len(blocks)-1], "the largest block is the array")
	largest := places(blocks[len(blocks)-1], 1)
	require.Less(t, lines(largest[:1<<16]), int(blocks[len(blocks)-1]/64)/10, "control: a fixed number of places")
}
