package enginetest

import (
	"context"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"einet/connectome"
	"einet/dynamics"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// A held is what a process holds of the system.
type held struct{ Goroutines, Threads, Files, Objects int }

// holds counts it. Threads and files are 0 where the system doesn't tell.
func holds(objects func() int) held {
	h := held{Goroutines: runtime.NumGoroutine(), Objects: objects()}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		h.Files = len(files)
	}
	status, _ := os.ReadFile("/proc/self/status")
	_, after, _ := strings.Cut(string(status), "\nThreads:")
	if fields := strings.Fields(after); len(fields) > 0 {
		h.Threads, _ = strconv.Atoi(fields[0])
	}
	return h
}

// spareThreads is how many threads more than before the Go runtime may have: it starts one where a call into the system takes long, and
// keeps it. Drivers keep a pool.
const spareThreads = 8

// Frees opens, runs and closes a hundred engines on each of some networks, every third of them behind an Advance that was cancelled, and
// holds what they leave to nothing. What they hold beside goroutines, threads and open files, objects counts.
func Frees(t *testing.T, networks []*network.Network, objects func() int, open func(m *dynamics.Model, c *connectome.Connectome) (sim.Engine, error)) {
	for _, n := range networks {
		t.Run(n.Name, func(t *testing.T) {
			m, c := Build(t, n)
			LeavesNothing(t, objects, func(i int) {
				e, err := open(m, c)
				require.NoError(t, err)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				require.NoError(t, e.Advance(ctx, 25))
				if i%3 == 2 {
					cancel()
					require.ErrorIs(t, e.Advance(ctx, 1000), context.Canceled)
				}
				require.NoError(t, e.Close())
			})
		})
	}
}

// LeavesNothing does something a hundred times and holds what there is then to what there was before.
func LeavesNothing(t *testing.T, objects func() int, do func(i int)) {
	const times, first = 100, 5
	if objects == nil {
		objects = func() int { return 0 }
	}
	for i := range first { // what is made once is there
		do(i)
	}
	before := settled(objects, func(held) bool { return false })
	for i := range times {
		do(i)
	}
	left := func(h held) held {
		return held{h.Goroutines - before.Goroutines, max(0, h.Threads-before.Threads-spareThreads), h.Files - before.Files, h.Objects - before.Objects}
	}
	after := settled(objects, func(h held) bool { return left(h) == held{} })
	require.Equal(t, held{}, left(after), "left by %d: there was %+v, there is %+v", times, before, after)
}

// settled counts again for a while, until enough is gone: what has ended may not be over yet.
func settled(objects func() int, enough func(held) bool) held {
	h := holds(objects)
	for range 20 {
		if enough(h) {
			break
		}
		runtime.GC()
		time.Sleep(10 * time.Millisecond)
		h = holds(objects)
	}
	return h
}
