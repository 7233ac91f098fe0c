package record

import (
	"archive/zip"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// Many columns grow in one temporary file, chunk among chunk, and come out apart; also where the chunks make room
// for their copies.
func TestManyColumnsGrowInOneFile(t *testing.T) {
	const columns, values = 5000, 2100 // of 4 bytes: more than two of the smallest chunks
	for _, drain := range []bool{false, true} {
		dir := t.TempDir()
		path := filepath.Join(dir, "state.npz")
		s := CreateStream(path)
		list := make([]UintColumn, columns)
		for k := range list {
			var err error
			list[k], err = s.Uints(fmt.Sprint("c", k))
			require.NoError(t, err)
		}
		for i := range uint32(values) {
			for k := range list {
				if err := list[k].Append(uint32(k)<<16 | i); err != nil {
					require.NoError(t, err)
				}
			}
		}
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		require.Len(t, s.arrays[0].chunks, 2)
		s.spool.drain = drain
		require.NoError(t, s.Close())

		z, err := zip.OpenReader(path)
		require.NoError(t, err)
		for _, k := range []int{0, 1, columns / 2, columns - 1} {
			got, err := readVector[uint32](&z.Reader, fmt.Sprint("c", k))
			require.NoError(t, err)
			require.Len(t, got, values)
			for i := range got {
				got[i] -= uint32(k)<<16 | uint32(i)
			}
			require.Equal(t, make([]uint32, values), got)
		}
		require.NoError(t, z.Close())
	}
}
