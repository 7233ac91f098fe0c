//go:build cgo

package hdf5

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/table"
	"einet/table/readertest"
)

// seeds are small files of SONATA's, of several versions of HDF5 and ways to keep columns.
func seeds(t testing.TB) (all [][]byte) {
	paths, err := filepath.Glob("testdata/*.h5")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		all = append(all, data)
	}
	return all
}

// readFile reads a file in every way.
func readFile(t *testing.T, path string, data []byte) {
	require.NoError(t, os.WriteFile(path, data, 0o666))
	readertest.Bounded(t, func() {
		if f, fault := table.Open(path, 1<<30); fault == nil {
			_, _ = f.Spikes(&table.Reading{DtMs: 0.1, Tree: OpenTree})
			f.Close()
		}
		if f, fault := table.Open(path, 1<<30); fault == nil {
			_ = f.Read(&table.Reader{Kind: table.EdgeTable, Likely: "a", Tree: OpenTree, Row: func(*table.Row) string { return "" }})
			f.Close()
		}
	})
}

func FuzzTree(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	path := filepath.Join(f.TempDir(), "f")
	f.Fuzz(func(t *testing.T, data []byte) {
		readFile(t, path, data)
	})
}
