package main

import (
	"bytes"
	"testing"
	"time"
	"unsafe"

	"github.com/stretchr/testify/require"
)

// What a run says of its progress is right however the clock is set meanwhile.
func TestClockThatJumps(t *testing.T) {
	tries(t)
	const hour = 3600
	start := time.Now()
	var want string
	for _, jump := range []int64{0, hour, -hour, 87_600 * hour, -87_600 * hour} {
		var shown bytes.Buffer
		p := newProgress(&terminal{err: &shown}, false, 0.1, 0, 10_000)
		p.start, p.spoken, p.now = start, start, func() time.Time {
			now := start.Add(20 * time.Second)
			*(*uint64)(unsafe.Pointer(&now)) += uint64(jump) << 30 // the seconds that it shows; what it has counted stays
			return now
		}
		p.update(2500, 17)
		if jump == 0 {
			want = shown.String()
			require.Contains(t, want, "1m0s left")
			continue
		}
		require.NotEqual(t, 20*time.Second, p.now().Round(0).Sub(start.Round(0)), "the clock jumps")
		require.Equal(t, want, shown.String())
	}
}
