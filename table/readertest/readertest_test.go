package readertest

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// A recorder is a test that notes its failure.
type recorder struct {
	testing.TB
	failed string
}

func (r *recorder) Helper()                        {}
func (r *recorder) Fatalf(format string, a ...any) { r.failed = fmt.Sprintf(format, a...) }

var sink []byte

// What is too much is noticed, and no more than that.
func TestBounded(t *testing.T) {
	r := &recorder{TB: t}
	for _, size := range []int{0, 1 << 16} {
		r.failed = ""
		Bounded(r, size, func() { sink = make([]byte, MostBytes(size)*9/10) })
		require.Empty(t, r.failed)
		Bounded(r, size, func() { sink = make([]byte, MostBytes(size)+1) })
		require.Contains(t, r.failed, "of memory")
	}
	r.failed = ""
	start := processor()
	Bounded(r, 0, func() {
		for processor()-start < MostTime+MostTime/10 {
		}
	})
	require.Contains(t, r.failed, "a file of 0 bytes cost")
}
