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
	Bounded(r, func() { sink = make([]byte, MostBytes/2) })
	require.Empty(t, r.failed)
	Bounded(r, func() { sink = make([]byte, MostBytes+1) })
	require.Contains(t, r.failed, "of memory")
	r.failed = ""
	start := processor()
	Bounded(r, func() {
		for processor()-start < MostTime+MostTime/10 {
		}
	})
	require.Contains(t, r.failed, "a small file cost")
}
