package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"einet/experiment"
	"einet/record/hdf5"
)

// smallDisk is a folder on a disk of its own.
func smallDisk(t *testing.T, options string) string {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		t.Skip("mounting a small disk: ", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(dir, 0)) })
	return dir
}

// On a full disk what was simulated is written.
func TestFullDiskKeepsWhatWasSimulated(t *testing.T) {
	tries(t)
	dir := filepath.Join(smallDisk(t, "size=24m"), "run")
	args := endless(t, "--spikes", "csv", "--set", "record={averages: 1, state: {E: {neurons: 800, every: 0.1}}}")
	args[10] = dir
	status, errs := ended(t, child("", args...))
	require.Equal(t, exitMachine, status, errs)
	require.Contains(t, errs, "no space left on device")
	require.Contains(t, errs, "what was simulated until then is in")
	isWholeState(t, dir)
}

// A format that can't go on is left out, in a line.
func TestFullDiskLeavesOutHDF5(t *testing.T) {
	tries(t)
	if hdf5.Absent() != nil {
		t.Skip("built without HDF5")
	}
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte("populations:\n  P: {size: 2000, neuron: poisson, rate: 1000 Hz}\nduration: 1e6\n"), 0o666))
	dir := filepath.Join(smallDisk(t, "size=24m"), "run")
	status, errs := ended(t, child("", "run", file, "--engine", "reference", "--spikes", "sonata", "--no-plots", "-q", "--out", dir))
	require.Equal(t, exitMachine, status, errs)
	require.NotContains(t, errs, "HDF5-DIAG")
	require.Contains(t, errs, "spikes.h5 is left out")
	require.NoFileExists(t, filepath.Join(dir, experiment.SONATAFile))
	isPart(t, dir)
	nothingHidden(t, dir)
}

// On a full disk replicas are written, too.
func TestFullDiskKeepsReplicas(t *testing.T) {
	tries(t)
	dir := filepath.Join(smallDisk(t, "size=8m"), "run")
	status, errs := ended(t, child("", "run", "vs96", "--scale", "0.2", "--duration", "10000s", "--engine", "reference", "--threads", "2", "--replicas", "2", "-q", "--out", dir))
	require.Equal(t, exitMachine, status, errs)
	require.Contains(t, errs, "no space left on device")
	require.FileExists(t, filepath.Join(dir, "spikes-0.npz"))
	require.FileExists(t, filepath.Join(dir, "spikes-1.npz"))
	require.FileExists(t, filepath.Join(dir, experiment.SummaryFile))
	nothingHidden(t, dir)
}

// A disk that becomes full while a command writes: what was there before is there after.
func TestFullDiskOfOtherCommands(t *testing.T) {
	tries(t)
	left := []int64{0, 40_000}
	if everyFault {
		left = []int64{0, 8_000, 40_000, 100_000, 400_000, 2_000_000}
	}
	disk := smallDisk(t, "size=64m")
	dir, filler := filepath.Join(disk, "dir"), filepath.Join(disk, "filler")
	for _, w := range writings(t) {
		status, errs := ended(t, child("", w.into(dir)...))
		require.LessOrEqual(t, status, exitCheckFailed, "%s: %s", w.name, errs)
		before, failed := contents(t, dir), 0
		for _, room := range left {
			fill(t, filler, room)
			cmd := child("", w.into(dir)...)
			var out bytes.Buffer
			cmd.Stdout = &out
			status, errs := ended(t, cmd)
			require.NoError(t, os.Remove(filler))
			require.Contains(t, out.String(), w.prints, w.name)
			if status <= exitCheckFailed {
				nothingHidden(t, dir)
				before = contents(t, dir)
				continue
			}
			failed++
			require.Equal(t, exitMachine, status, "%s, %d bytes: %s", w.name, room, errs)
			require.Equal(t, 1, strings.Count(errs, "\n"), "%s, %d bytes: %s", w.name, room, errs)
			sameContents(t, before, contents(t, dir), fmt.Sprintf("%s, %d bytes", w.name, room))
		}
		require.NotZero(t, failed, w.name)
		require.NoError(t, os.RemoveAll(dir))
	}
}

// fill fills a disk but for so many bytes.
func fill(t *testing.T, path string, but int64) {
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	size, block := int64(0), make([]byte, 1<<12)
	for err == nil {
		n := 0
		n, err = f.Write(block)
		size += int64(n)
	}
	require.ErrorIs(t, err, unix.ENOSPC)
	require.NoError(t, f.Truncate(max(0, size-but)))
}

// Without inodes there is one line, and nothing is left.
func TestNoInodes(t *testing.T) {
	tries(t)
	opened := 0
	for _, inodes := range []string{"3", "4", "5", "6", "7"} {
		dir := smallDisk(t, "size=64m,nr_inodes="+inodes)
		args := small(t, "-q", "--set", "record={averages: 1, state: {E: {neurons: 5, every: 1}}}")
		args[10] = filepath.Join(dir, "run")
		status, errs := ended(t, child("", args...))
		if status != exitMachine {
			break
		}
		require.Contains(t, errs, "no space left on device")
		if opened++; !hasRun(dir) {
			left, err := filepath.Glob(filepath.Join(dir, "*"))
			require.NoError(t, err)
			require.Empty(t, left)
		}
	}
	require.Greater(t, opened, 2)
}

func hasRun(dir string) bool {
	found, _ := filepath.Glob(filepath.Join(dir, "run", experiment.SpikesFile))
	return len(found) > 0
}

// A checkpoint that the disk has no room for is told of, once, and the run goes on.
func TestFullDiskLeavesOutCheckpoints(t *testing.T) {
	tries(t)
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte("populations:\n  P: {size: 150000, neuron: poisson, rate: 0.01 Hz}\nduration: 100\n"), 0o666))
	dir := filepath.Join(smallDisk(t, "size=10m"), "run")
	status, errs := ended(t, child("", "run", file, "--engine", "cpu", "--no-plots", "-q", "--out", dir, "--checkpoint-every", "5ms"))
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, 1, strings.Count(errs, "no checkpoint could be written"), errs)
	require.Contains(t, errs, "no space left on device")
	s := summaryOf(t, dir)
	require.Zero(t, s.Checkpoints)
	require.Equal(t, 100.0, s.DurationMs)
	nothingHidden(t, dir)
}

// A run that a full disk has stopped goes on from its last checkpoint once there is room.
func TestFullDiskAndThenRoom(t *testing.T) {
	tries(t)
	disk := smallDisk(t, "size=24m")
	k := &killing{
		args:    []string{"run", "ei", "--scale", "0.1", "--duration", "2s", "--no-plots", "--spikes", "csv", "--set", "record={averages: 1, state: {E: {neurons: 400, every: 0.1, variables: [V, exc]}}}"},
		engines: processorEngines,
	}
	want, dir := k.unbroken(t), filepath.Join(disk, "run")
	status, errs := ended(t, child("", append(k.args, "--engine", "cpu", "--out", dir, "-q", "--checkpoint-every", "10ms")...))
	require.Equal(t, exitMachine, status, errs)
	require.Contains(t, errs, "no space left on device")
	require.Contains(t, errs, "einet run --resume "+dir+" goes on")
	nothingHidden(t, dir)
	require.NoError(t, unix.Mount("", disk, "", unix.MS_REMOUNT, "size=200m"))
	status, errs = ended(t, child("", "run", "--resume", dir, "-q", "--engine", "reference"))
	require.Equal(t, exitDone, status, errs)
	same(t, want, dir)
}

// Into a folder that can't be written nothing is simulated: one line, at once. What is there can be read.
func TestReadOnlyFolder(t *testing.T) {
	tries(t)
	disk := smallDisk(t, "size=64m")
	dir := filepath.Join(disk, "run")
	status, _, errs := einet(t, "run", "ei", "--scale", "0.1", "--duration", "50ms", "--engine", "cpu", "--no-plots", "-q", "--out", dir, "--checkpoint-end")
	require.Equal(t, exitDone, status, errs)
	before := contents(t, dir)
	require.NoError(t, unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""))
	t.Cleanup(func() { require.NoError(t, unix.Mount("", disk, "", unix.MS_REMOUNT, "")) })
	for _, args := range [][]string{
		{"run", "ei", "--duration", "1000s", "-q", "--out", filepath.Join(disk, "other")},
		{"run", "ei", "--duration", "1000s", "-q", "--out", dir, "--force"},
		{"run", "ei", "--duration", "1000s", "-q", "--out", filepath.Join(disk, "other"), "--replicas", "2"},
		{"run", "--extend", "1000s", dir, "-q"},
		{"sweep", "ei", "--vary", "populations.*.input=20,21", "--duration", "1000s", "-q", "--out", filepath.Join(disk, "sweep")},
		{"plot", dir},
		{"report", dir},
		{"export", "ei", "--scale", "0.1", "--out", filepath.Join(disk, "net")},
		{"validate", "ei", "-q", "--out", dir, "--seeds", "1000"},
	} {
		status, errs := ended(t, child("", args...))
		require.Equal(t, exitMachine, status, "%v: %s", args, errs)
		require.Equal(t, 1, strings.Count(errs, "\n"), "%v: %s", args, errs)
		require.Contains(t, errs, "read-only file system", "%v", args)
		sameContents(t, before, contents(t, dir), args[0])
	}
	status, _, errs = einet(t, "run", "--extend", "50ms", dir, "-q", "--no-plots", "--out", filepath.Join(t.TempDir(), "longer"))
	require.Equal(t, exitDone, status, errs)
}

// Where there is room for what was simulated but not for its figures, the run is complete without them.
func TestFullDiskLeavesOutFigures(t *testing.T) {
	tries(t)
	args := func(dir string, more ...string) []string {
		return append([]string{"run", "ei", "--scale", "0.1", "--duration", "500ms", "--engine", "cpu", "-q", "--out", dir}, more...)
	}
	whole := filepath.Join(t.TempDir(), "run")
	status, errs := ended(t, child("", args(whole, "--no-plots")...))
	require.Equal(t, exitDone, status, errs)
	size := 0
	for _, text := range contents(t, whole) {
		size += len(text)
	}
	dir := filepath.Join(smallDisk(t, fmt.Sprintf("size=%dk", 3*size>>10)), "run")
	status, errs = ended(t, child("", args(dir)...))
	require.Equal(t, exitMachine, status, errs)
	require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	require.Contains(t, errs, "no space left on device")
	s := summaryOf(t, dir)
	require.False(t, s.Interrupted)
	require.Equal(t, summaryOf(t, whole).Digest, s.Digest)
	nothingHidden(t, dir)
}
