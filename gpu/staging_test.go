//go:build cgo && !nogl

package gpu

import (
	"testing"
	"time"

	"einet/cpuref"
	"einet/enginetest"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// What is read is the same where memory can't stay mapped, and where more spikes than were expected are fetched behind.
func TestStaging(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	const steps = 700
	want := digest(t, cpuref.New(m, syn), steps)
	onEach(t, func(t *testing.T, c *Context) {
		require.True(t, c.maps)
		for _, maps := range []bool{true, false} {
			c.maps = maps
			for _, expected := range []int{0, 1, 100_000} {
				e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
				require.Equal(t, maps, e.batches[0].back.mapped != nil)
				e.expected = expected
				require.NoError(t, e.Advance(t.Context(), steps))
				spikes, err := e.Spikes(nil)
				require.NoError(t, err)
				got := sim.NewDigest()
				require.NoError(t, got.Spikes(steps, spikes))
				require.Equal(t, want.String(), got.String(), "mapped %v, expected %d", maps, expected)
			}
			r := startReplicas(t, c, trials(t, m.Network, 0, 0), syn, mostReplicaSteps)
			r.expected = 3
			require.NoError(t, r.Advance(t.Context(), steps))
			spikes, err := r.Spikes(1, nil)
			require.NoError(t, err)
			got := sim.NewDigest()
			require.NoError(t, got.Spikes(steps, spikes))
			require.Equal(t, want.String(), got.String())
		}
	})
}

// A buffer larger than what is read at once is read whole, and reading outside it is an error.
func TestReadsInPieces(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		values := sequence(5, 2*backBytes/4+77)
		b, err := NewBufferFrom(c, "values", values)
		require.NoError(t, err)
		require.Equal(t, values, read(t, b))
		some := make([]uint32, 9)
		require.NoError(t, b.Read(backBytes/4-4, some))
		require.Equal(t, values[backBytes/4-4:][:9], some)
		s, err := newStaging(c, "small", 8)
		require.NoError(t, err)
		defer s.Delete()
		require.ErrorContains(t, s.copy(b, 0, 4, 8), "to 4 of 8")
		require.ErrorContains(t, s.copy(b, b.Bytes(), 0, 4), "which has")
		require.ErrorContains(t, readStaged(s, 4, some), "of 8")
	})
}

// Batches are as long as the time that they should take, by what those before took; the spikes are the same.
func TestBatchesByTime(t *testing.T) {
	m, syn := enginetest.Build(t, enginetest.Networks()[0])
	const steps = 700 // and as many windows
	want := digest(t, cpuref.New(m, syn), steps)
	onEach(t, func(t *testing.T, c *Context) {
		batches := map[time.Duration]int64{}
		for _, longest := range []time.Duration{1, time.Hour} {
			b := boundsOf(c.Device())
			require.Equal(t, 100*time.Millisecond, b.longest)
			b.longest = longest
			e := startWithin(t, c, m, syn, c.Device().Limits.MaxStorageBlock, b)
			require.NoError(t, e.Count(syn))
			require.NoError(t, e.Advance(t.Context(), steps))
			spikes, err := e.Spikes(nil)
			require.NoError(t, err)
			got := sim.NewDigest()
			require.NoError(t, got.Spikes(steps, spikes))
			require.Equal(t, want.String(), got.String())
			s, err := e.Counters()
			require.NoError(t, err)
			require.Equal(t, s.Batches, s.Waits)
			batches[longest] = s.Batches
		}
		require.EqualValues(t, steps-2*(firstWindows-1), batches[1], "two that are of the first length, then one window each")
		require.EqualValues(t, 7, batches[time.Hour], "16 and 16, of which nothing is known, 32, 64, 128, 256 windows, and the rest")
	})
}
