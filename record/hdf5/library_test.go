//go:build cgo

package hdf5

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// traps makes, with h5py, a file of datasets that are not what they seem, and one that is.
const traps = `
import sys, h5py, numpy as np
folder = sys.argv[1]
with h5py.File(folder + "/other.h5", "w") as f:
    f["secret"] = np.arange(5)
np.arange(5, dtype="<f8").tofile(folder + "/raw.bin")
with h5py.File(folder + "/file.h5", "w") as f:
    f["fine"] = np.arange(5)
    f["soft"] = h5py.SoftLink("/fine")
    f["loop"] = h5py.SoftLink("/loop")
    f["external"] = h5py.ExternalLink("other.h5", "secret")
    f["group"] = h5py.ExternalLink("other.h5", "/")
    f.create_dataset("raw", (5,), "<f8", external=[(folder + "/raw.bin", 0, 40)])
    layout = h5py.VirtualLayout((5,), "<f8")
    layout[:] = h5py.VirtualSource(folder + "/other.h5", "secret", (5,))
    f.create_virtual_dataset("virtual", layout)
    f.create_dataset("bomb", (1 << 27,), "<f8", chunks=(1 << 14,))
    f.create_dataset("chunk", (5,), "<f8", chunks=(1 << 26,), maxshape=(None,), compression="gzip")
    f.create_dataset("zeros", (1 << 24,), "<f8", chunks=(1 << 20,), compression="gzip", data=np.zeros(1 << 24))
    f["text"] = np.array([b"a", b"b"])
    f["square"] = np.zeros((2, 2))
`

// What a file says must lie in it: one that a stranger sent can't make einet read others, nor fill the memory.
func TestReadsNoOtherFile(t *testing.T) {
	if err := Absent(); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	if out, err := exec.Command("/usr/bin/python3", "-c", traps, dir).CombinedOutput(); err != nil {
		t.Skip("h5py: ", string(out))
	}
	file, err := Open(filepath.Join(dir, "file.h5"))
	require.NoError(t, err)
	defer file.Close()
	for _, name := range []string{"fine", "soft"} {
		values, _, err := Read[float64](file, name)
		require.NoError(t, err, name)
		require.Equal(t, []float64{0, 1, 2, 3, 4}, values, name)
	}
	zeros, _, err := Read[float64](file, "zeros")
	require.NoError(t, err, "the most that deflate packs")
	require.Len(t, zeros, 1<<24)
	for name, want := range map[string]string{
		"loop":     "missing",
		"external": "missing",
		"raw":      "must lie in the file itself, not in others",
		"virtual":  "must lie in the file itself, not in others",
		"bomb":     "claims to be longer than the file can hold",
		"chunk":    "must have chunks of at most 2^24 numbers",
		"text":     "must be one column of numbers",
		"square":   "must be one column of numbers",
	} {
		_, _, err := Read[float64](file, name)
		require.EqualError(t, err, "dataset "+name+": "+want)
	}
	_, err = file.Group("group")
	require.Error(t, err)
}

// The variable chooses the library, and what is wrong with its file is said.
func TestUnusableLibrary(t *testing.T) {
	dir := t.TempDir()
	empty := filepath.Join(dir, "libhdf5.so")
	require.NoError(t, os.WriteFile(empty, nil, 0o666))
	for file, want := range map[string]string{
		empty:                         "file too short",
		filepath.Join(dir, "none.so"): "No such file",
		"libc.so.6":                   "it lacks H5open",
	} {
		require.Contains(t, load(file), want)
	}
	t.Setenv(variable, empty)
	err := find()
	require.ErrorIs(t, err, ErrAbsent)
	require.ErrorContains(t, err, "EINET_HDF5="+empty+": ")
}
