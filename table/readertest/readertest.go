// Package readertest holds readers of files to what a small file may cost, for tests.
package readertest

import (
	"archive/zip"
	"bytes"
	"runtime/metrics"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a reader may take of a file: bytes that it allocates, together, of its time on the processor, and by the clock.
const (
	leastBytes   = 4 << 20 // of any file
	bytesPerByte = 1 << 10 // and for each byte of it
	MostTime     = time.Second
	hangs        = time.Minute // ends the process, which makes a fuzzer keep the input
)

// MostBytes is what the reader of a file of that size may allocate.
func MostBytes(size int) uint64 { return leastBytes + bytesPerByte*uint64(size) }

// Bounded calls read, which reads a file of that size, and fails the test where that takes more than it may cost.
func Bounded(t testing.TB, size int, read func()) {
	t.Helper()
	watch := time.AfterFunc(hangs, func() { panic("the reader hangs") })
	defer watch.Stop()
	bytes, spent := allocated(), processor()
	read()
	bytes, spent = allocated()-bytes, processor()-spent
	if bytes > MostBytes(size) || spent > MostTime {
		t.Fatalf("a file of %d bytes cost %d bytes of memory and %v", size, bytes, spent)
	}
}

func allocated() uint64 {
	s := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(s)
	return s[0].Value.Uint64()
}

// processor is the time of the processor that this process has spent.
func processor() time.Duration {
	var used syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &used) != nil {
		return 0
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Members are the names and contents of an archive, in its order.
func Members(t testing.TB, archive []byte) (names []string, contents [][]byte) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	for _, f := range z.File {
		r, err := f.Open()
		require.NoError(t, err)
		var b bytes.Buffer
		_, err = b.ReadFrom(r)
		require.NoError(t, err)
		names, contents = append(names, f.Name), append(contents, b.Bytes())
	}
	return names, contents
}

// With is an archive with one more member, in the place of that of its name if there is one: checksums
// hold, which a change of the archive's bytes would break.
func With(t testing.TB, archive []byte, name string, content []byte) []byte {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	require.NoError(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		if f.Name != name {
			require.NoError(t, w.Copy(f))
		}
	}
	m, err := w.Create(name)
	require.NoError(t, err)
	if !strings.HasSuffix(name, "/") { // a folder holds nothing
		_, err = m.Write(content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}
