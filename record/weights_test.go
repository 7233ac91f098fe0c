package record

import (
	"archive/zip"
	"bytes"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/table/readertest"
)

// someWeights is a file of the final weights of two projections, of which one's name begins as the other's.
func someWeights(t testing.TB) (path string, of *FinalWeights) {
	path = filepath.Join(t.TempDir(), "final_weights.npz")
	of = &FinalWeights{Source: []uint32{0, 0, 2}, Target: []uint32{1, 4, 0}, DelayMs: []float32{1, 1.5, 1}, Omega: []uint32{0, 1 << 30, 1 << 31}, WMax: -4,
		Edges: []float64{0, -2, -4}, Start: []int64{3, 0}, End: []int64{1, 2}}
	s := CreateStream(path)
	of.Add(s, "I", []float64{0, -2, -4})
	none := &FinalWeights{WMax: 1, Edges: []float64{0, 1}, Start: []int64{0}, End: []int64{0}}
	none.Add(s, "I_to_E", nil)
	require.NoError(t, s.Close())
	return path, of
}

func TestFinalWeights(t *testing.T) {
	path, of := someWeights(t)
	f, err := ReadFinalWeights(path, "I")
	require.NoError(t, err)
	counts, err := ReadWeightCounts(path, "I")
	require.NoError(t, err)
	f.Edges, f.Start, f.End = counts.Edges, counts.Start, counts.End
	require.Equal(t, of, f)
	f, err = ReadFinalWeights(path, "I_to_E")
	require.NoError(t, err)
	require.Empty(t, f.Omega)
	_, err = ReadFinalWeights(path, "E")
	require.EqualError(t, err, path+": holds weights of I, I_to_E, none of E")
	_, err = ReadFinalWeights(filepath.Join(t.TempDir(), "none"), "I")
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("weights"), 0o666))
	_, err = ReadFinalWeights(path, "I")
	require.EqualError(t, err, path+": not an .npz archive")
}

func FuzzFinalWeights(f *testing.F) {
	path, _ := someWeights(f)
	whole, err := os.ReadFile(path)
	require.NoError(f, err)
	addMembers(f, whole)
	f.Add(npy("\x01\x00\x00\x00", "<u4", math.MaxInt32), "I_omega.npy")
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		data = member(t, whole, data, name)
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return
		}
		readertest.Bounded(t, len(data), func() {
			w, err := readFinalWeights(z, "I")
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.Len(t, w.Source, len(w.Omega))
			require.Len(t, w.DelayMs, len(w.Omega))
		})
	})
}
