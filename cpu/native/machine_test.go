//go:build goexperiment.simd && amd64 && linux

package native

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// mappings counts those of this process, and those that can be run and written.
func mappings(t *testing.T) (all, both int) {
	text, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	for line := range strings.Lines(string(text)) {
		all++
		if strings.Contains(line, "wx") {
			both++
		}
	}
	return all, both
}

func TestThousandKernels(t *testing.T) {
	compiled(t, lif()) // skips where there are none
	before, _ := mappings(t)
	var kernels []*Kernel
	for seed := range uint64(1000) {
		k, err := Compile(randomProgram(seed, 100))
		require.NoError(t, err)
		kernels = append(kernels, k)
	}
	// The system may make neighbours one mapping.
	_, both := mappings(t)
	require.Zero(t, both, "memory that can be written and run")
	for _, k := range kernels {
		require.NoError(t, k.Close())
		require.NoError(t, k.Close())
	}
	after, _ := mappings(t)
	require.InDelta(t, before, after, 20, "Go's own memory may grow by a few mappings")
	require.PanicsWithValue(t, "native: a closed kernel was run", func() { kernels[0].Run(&Block{}) })
}

// Code that Go does not know stays unharmed by what Go does meanwhile: collections, which stop and preempt all threads, growing
// stacks, and the signals of a profile.
func TestUnderSignals(t *testing.T) {
	p := adex(true)
	k := compiled(t, p)
	require.NoError(t, pprof.StartCPUProfile(io.Discard))
	defer pprof.StopCPUProfile()
	var done atomic.Bool
	var collector, workers sync.WaitGroup
	collector.Go(func() {
		for !done.Load() {
			runtime.GC()
		}
	})
	const tiles, steps = 40, 200
	for w := range uint64(4) {
		workers.Go(func() {
			for round := range uint64(10) {
				seed := 100*w + round
				want, got := randomBlock(seed, p, tiles), randomBlock(seed, p, tiles)
				for range 3 {
					interpret(p, want)
					deep(int(round)*10, func() { k.Run(got) })
				}
				requireSame(t, p, want, got)
				for range steps {
					k.Run(got)
				}
			}
		})
	}
	workers.Wait()
	done.Store(true)
	collector.Wait()
}

// deep calls f some frames down.
func deep(n int, f func()) {
	var frame [256]byte
	if n == 0 {
		f()
	} else {
		deep(n-1, f)
	}
	runtime.KeepAlive(&frame)
}

// What takes long is run in pieces, which show in nothing.
func TestPieces(t *testing.T) {
	fired := 0
	for seed := range uint64(8) {
		p := randomProgram(seed, 800)
		k := compiled(t, p)
		want := randomBlock(seed, p, 50)
		hits, failed := k.Run(want)
		for _, pieces := range []int{1, 2, 11} {
			k.piece = pieces * k.ways
			got := randomBlock(seed, p, 50)
			hits2, failed2 := k.Run(got)
			require.Equal(t, failed, failed2)
			require.Equal(t, want.Rows, got.Rows)
			require.Equal(t, want.Hits[:hits], got.Hits[:hits2])
		}
		fired += hits
	}
	require.NotZero(t, fired)
}

const refuseExecGain = 1

// Where the system refuses to make memory executable, Compile says so.
func TestWithoutExecutableMemory(t *testing.T) {
	if os.Getenv("EINET_TEST_REFUSE") == "" {
		compiled(t, lif())
		cmd := exec.Command(os.Args[0], "-test.run", "^TestWithoutExecutableMemory$", "-test.v")
		cmd.Env = append(os.Environ(), "EINET_TEST_REFUSE=1")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", out)
		if bytes.Contains(out, []byte("SKIP")) {
			t.Skip("this Linux can't refuse it")
		}
		return
	}
	if err := unix.Prctl(unix.PR_SET_MDWE, refuseExecGain, 0, 0, 0); err != nil {
		t.Skip(err)
	}
	before, _ := mappings(t)
	_, err := Compile(lif())
	require.ErrorIs(t, err, ErrUnavailable)
	after, _ := mappings(t)
	require.InDelta(t, before, after, 3)
}
