package main

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/record/hdf5"
)

// Files that users give: whatever they hold, einet answers in lines, with status 2, and takes little.

// asked are the commands that read a file of spikes or synapses.
func asked(t *testing.T, dir, file string, synapses bool) [][]string {
	text := "populations: {S: {size: 8, neuron: spikes, file: " + file + "}}"
	if synapses {
		text = "populations: {E: {size: 8, tau_m: 20, V_th: 15, V_reset: 0}}\nprojections: {a: {from: E, to: E, rule: list, file: " + file + ", tau_syn: 5}}"
	}
	net := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(net, []byte(text), 0o666))
	all := [][]string{{"run", net, "--no-plots", "-q", "--out", filepath.Join(dir, "run")}}
	if !synapses {
		all = append(all, []string{"validate", "vs96", "--scale", "0.1", "--against", file, "--no-plots", "-q"})
	}
	return all
}

// refuses gives einet a file, in a process that may take little memory.
func refuses(t *testing.T, file string, synapses bool, says string) {
	t.Helper()
	dir := t.TempDir()
	for _, args := range asked(t, dir, file, synapses) {
		status, errs := ended(t, child("data=700000000", args...))
		require.Equal(t, exitUsage, status, "%v: %s", args, errs)
		require.Contains(t, errs, says, args)
		require.Equal(t, 1, strings.Count("\n"+errs, "\neinet: "), errs)
		require.LessOrEqual(t, len(errs), 1500)
		require.NoDirExists(t, filepath.Join(dir, "run"))
	}
}

// Small archives that hold much are refused before they fill the memory.
func TestBombsAreRefused(t *testing.T) {
	tries(t)
	const zeros = 1 << 28
	file := filepath.Join(t.TempDir(), "f")
	var b bytes.Buffer
	gz := gzip.NewWriter(&b)
	chunk := bytes.Repeat([]byte("0\t0\n"), 1<<18)
	for range zeros >> 20 {
		_, err := gz.Write(chunk)
		require.NoError(t, err)
	}
	require.NoError(t, gz.Close())
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o666))
	refuses(t, file, true, "unpacks to more than 100 times its size")
	b.Reset()
	z := zip.NewWriter(&b)
	for _, name := range []string{"source", "target"} {
		w, err := z.Create(name + ".npy")
		require.NoError(t, err)
		dict := fmt.Sprintf("{'descr': '|u1', 'fortran_order': False, 'shape': (%d,), }", zeros)
		_, err = w.Write(append([]byte{0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, byte(len(dict)), 0}, dict...))
		require.NoError(t, err)
		clear(chunk)
		for range zeros >> 20 {
			_, err := w.Write(chunk)
			require.NoError(t, err)
		}
	}
	require.NoError(t, z.Close())
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o666))
	refuses(t, file, true, "unpacks to more than 100 times its size")
}

// With HDF5 files for which the library crashes, or never comes to an end, einet does neither.
func TestDamagedHDF5(t *testing.T) {
	tries(t)
	if hdf5.Absent() != nil {
		t.Skip("no HDF5")
	}
	damaged, err := filepath.Abs("../../record/hdf5/testdata/damaged")
	require.NoError(t, err)
	files := []string{"crash-spikes.h5", "crash-open.h5", "crash-edges.h5"}
	if everyFault {
		files = append(files, "endless.h5") // takes the two seconds that are allowed
	}
	for _, name := range files {
		refuses(t, filepath.Join(damaged, name), name == "crash-edges.h5", name+": ")
	}
}

// A file can't make einet read others, nor believe that it holds what would fill the memory.
func TestHDF5PointsNowhereElse(t *testing.T) {
	tries(t)
	if hdf5.Absent() != nil {
		t.Skip("no HDF5")
	}
	for name, says := range map[string]string{
		"link": "missing", "group": "no group /spikes", "soft": "missing", "raw": "must lie in the file itself", "virtual": "must lie in the file itself",
		"chunk": "must have chunks of at most", "length": "claims to be longer than the file can hold",
	} {
		file, err := filepath.Abs(filepath.Join("../../record/hdf5/testdata/outside", name+".h5"))
		require.NoError(t, err)
		refuses(t, file, false, says)
	}
}

// Arrays that are named like paths are only named so.
func TestArraysAreNoPaths(t *testing.T) {
	tries(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"../../neuron.npy", "/tmp/einet-was-here.npy", "step.npy"} {
		w, err := z.Create(name)
		require.NoError(t, err)
		_, err = w.Write([]byte("\x93NUMPY\x01\x00\x3e\x00{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }     \x01"))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	file := filepath.Join(dir, "f.npz")
	require.NoError(t, os.WriteFile(file, b.Bytes(), 0o666))
	refuses(t, file, false, "f.npz: ")
	require.Len(t, contents(t, filepath.Dir(filepath.Dir(dir))), 4, "the file in its folders")
	require.NoFileExists(t, "/tmp/einet-was-here.npy")
}
