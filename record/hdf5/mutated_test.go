//go:build cgo

package hdf5

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/table"
)

// mutated is how many files are made of those in testdata.
var mutated = 1000

// direct is a file that this process itself reads.
type direct struct{ *Group }

func openDirect(path string) (table.Tree, error) {
	g, err := Open(path)
	if err != nil {
		return nil, err
	}
	return direct{g}, nil
}

func (d direct) Members(group string) ([]string, error) { return membersOf(d.Group, group) }
func (d direct) Text(object, attribute string) (string, error) {
	return d.Group.Text(object, attribute)
}
func (d direct) Numbers(dataset string) ([]float64, string, error) {
	return Read[float64](d.Group, dataset)
}

// readAll reads a file as spikes and as synapses.
func readAll(path string, with table.OpenTree) (faults []string) {
	for _, read := range []func(f *table.File) *table.Fault{
		func(f *table.File) *table.Fault {
			_, fault := f.Spikes(&table.Reading{DtMs: 0.1, Tree: with})
			return fault
		},
		func(f *table.File) *table.Fault {
			return f.Read(&table.Reader{Kind: table.EdgeTable, Likely: "a", Tree: with, Row: func(*table.Row) string { return "" }})
		},
	} {
		f, fault := table.Open(path, 1<<30)
		if fault == nil {
			if f.Format == table.HDF5 {
				fault = read(f)
			}
			f.Close()
		}
		if fault != nil {
			faults = append(faults, fault.Says)
		}
	}
	return faults
}

// mutation is one of the files in testdata with bytes changed.
func mutation(t *testing.T, k int) []byte {
	paths, err := filepath.Glob("testdata/*.h5")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	r := rand.New(rand.NewPCG(1, uint64(k)))
	data, err := os.ReadFile(paths[r.IntN(len(paths))])
	require.NoError(t, err)
	for range 1 + r.IntN(8) {
		at := r.IntN(len(data))
		if data[at] == 0 && r.IntN(4) > 0 { // most of a file is
			at = (at + r.IntN(64)) % len(data)
		}
		switch r.IntN(4) {
		case 0:
			data[at] = byte(r.Uint32())
		case 1:
			data[at] ^= 1 << r.IntN(8)
		case 2:
			data[at] = []byte{0, 1, 127, 128, 255}[r.IntN(5)]
		case 3:
			copy(data[at:min(len(data), at+8)], data[r.IntN(len(data)):])
		}
	}
	if r.IntN(20) == 0 {
		data = data[:r.IntN(len(data))]
	}
	return data
}

// endless is the exit status of a process that reads mutated files and does not come to an end with one.
const endless = 97

// fromVariable makes this test the process that reads mutated files, from that number on.
const fromVariable = "EINET_TEST_FROM"

// Whatever an HDF5 file holds, einet answers in a line, or with numbers: with files for which the library crashes or never comes
// to an end, too. They are found by a process that reads one mutated file after the other.
func TestMutatedFiles(t *testing.T) {
	if err := Absent(); err != nil {
		t.Skip(err)
	}
	if from := os.Getenv(fromVariable); from != "" {
		k, err := strconv.Atoi(from)
		require.NoError(t, err)
		readMutations(t, k)
		return
	}
	path := filepath.Join(t.TempDir(), "f")
	crashed, hung, tried, said := 0, 0, 0, 0
	for next := 0; next < mutated; next++ {
		var ends bool
		if next, ends = firstDeadly(t, next); next == mutated {
			break
		}
		if ends {
			crashed++
		} else {
			hung++
		}
		if ends && crashed > 100 || !ends && hung > 10 { // enough of them
			continue
		}
		tried++
		require.NoError(t, os.WriteFile(path, mutation(t, next), 0o666))
		faults := readAll(path, OpenTree)
		for _, says := range faults {
			require.NotContains(t, says, "\n")
			if strings.Contains(says, table.ErrDamaged.Error()) {
				said++
				break
			}
		}
	}
	t.Logf("%d files: the library crashed with %d and hung with %d; einet said so of %d of %d", mutated, crashed, hung, said, tried)
}

// firstDeadly is the first mutated file, from one on, that ends a process which reads them, and whether it does so by crashing.
func firstDeadly(t *testing.T, from int) (k int, crashes bool) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestMutatedFiles$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%d", fromVariable, from))
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var errs strings.Builder
	cmd.Stderr = &errs
	require.NoError(t, cmd.Start())
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if at, ok := strings.CutPrefix(lines.Text(), "at "); ok {
			k, err = strconv.Atoi(at)
			require.NoError(t, err)
		}
	}
	if cmd.Wait() == nil {
		return mutated, false
	}
	if cmd.ProcessState.ExitCode() == endless {
		return k, false
	}
	require.Contains(t, errs.String(), "signal arrived during cgo execution", "file %d: not the library, but einet", k)
	return k, true
}

func readMutations(t *testing.T, from int) {
	path := filepath.Join(t.TempDir(), "f")
	for k := from; k < mutated; k++ {
		fmt.Printf("at %d\n", k)
		require.NoError(t, os.WriteFile(path, mutation(t, k), 0o666))
		watch := time.AfterFunc(time.Second, func() { os.Exit(endless) })
		readAll(path, openDirect)
		watch.Stop()
	}
}

// A reader that dies, or does not answer, is a line, and the next file is read.
func TestReaderThatDies(t *testing.T) {
	if err := Absent(); err != nil {
		t.Skip(err)
	}
	open := func() *tree {
		x, err := OpenTree("testdata/spikes.h5")
		require.NoError(t, err)
		return x.(*tree)
	}
	x := open()
	require.NoError(t, x.cmd.Process.Kill())
	_, err := x.Members("/spikes")
	require.EqualError(t, err, "is damaged: the HDF5 library does not come to an end with it")
	require.ErrorIs(t, err, table.ErrDamaged)
	_, _, again := x.Numbers("/spikes/E/timestamps")
	require.Equal(t, err, again)
	require.NoError(t, x.Close())

	y := open()
	defer y.Close()
	members, err := y.Members("/spikes")
	require.NoError(t, err)
	require.Equal(t, []string{"E", "I"}, members)
	times, units, err := y.Numbers("/spikes/I/timestamps")
	require.NoError(t, err)
	require.Equal(t, []float64{0.1, 0.5, 2}, times)
	require.Equal(t, "ms", units)
	_, _, err = y.Numbers("/spikes/I/none")
	require.EqualError(t, err, "dataset /spikes/I/none: missing")
	_, err = OpenTree("testdata/none.h5")
	require.EqualError(t, err, "testdata/none.h5: cannot be read as an HDF5 file")
}
