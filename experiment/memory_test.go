package experiment

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A run ends where less is left than 64 MiB, or than a quarter of what there was where that is little; it does not look all the time.
func TestMemoryWatch(t *testing.T) {
	for _, c := range []struct{ first, enough, scarce int64 }{
		{1 << 30, 64 << 20, 64<<20 - 1},
		{100 << 20, 25 << 20, 25<<20 - 1},
		{0, 0, -1}, // nothing could be kept
	} {
		looks, left := 0, c.first
		w := &memoryWatch{left: func() (int64, bool) { looks++; return left, true }}
		require.NoError(t, w.look())
		left = c.scarce
		require.NoError(t, w.look(), "it has just looked")
		require.Equal(t, 1, looks)
		w.looked = w.looked.Add(-memoryEvery)
		require.ErrorIs(t, w.look(), errScarce)
		left = c.enough
		w.looked = time.Time{}
		require.NoError(t, w.look())
	}
	unknown := &memoryWatch{left: func() (int64, bool) { return 0, false }}
	require.NoError(t, unknown.look())
	unknown.looked = time.Time{}
	require.NoError(t, unknown.look())
}
