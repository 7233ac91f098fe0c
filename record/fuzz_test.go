package record

import (
	"archive/zip"
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/sim"
	"einet/table"
	"einet/table/readertest"
)

// archive is a spike file with members replaced: name to the header's type,
// shape and data, or to nothing.
func archive(t testing.TB, replace map[string][]byte) []byte {
	path := save(t, t.TempDir(), []sim.Spike{{Step: 1, Neuron: 5}, {Step: 7, Neuron: 0}}, 1, 10)
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		name := f.Name[:len(f.Name)-len(".npy")]
		data, changed := replace[name]
		if changed && data == nil {
			continue
		}
		if !changed {
			require.NoError(t, w.Copy(f))
			continue
		}
		m, err := w.Create(f.Name)
		require.NoError(t, err)
		_, err = m.Write(data)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return out.Bytes()
}

func npy(data string, descr string, shape ...int64) []byte {
	return append(npyHeader(descr, shape...), data...)
}

func readAll(data []byte) (*Spikes, error) {
	r, err := newSpikeReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	return r.all()
}

func TestDamagedSpikesAreRefused(t *testing.T) {
	_, err := readAll(archive(t, nil))
	require.NoError(t, err)
	eight := "\x01\x00\x00\x00\x07\x00\x00\x00"
	for want, replace := range map[string]map[string][]byte{
		`array step: missing or unreadable`:                   {"step": nil},
		`array step: has type "<i4", want "<u4"`:              {"step": npy(eight, "<i4", 2)},
		`array step: has 2 dimensions, want 1`:                {"step": npy(eight, "<u4", 2, 1)},
		`array step: not a numpy array in C order`:            {"step": []byte("garbage")},
		`array step: is cut short or damaged`:                 {"step": npy(eight[:7], "<u4", 2)},
		`array step: is longer than its shape or damaged`:     {"step": npy(eight+"x", "<u4", 2), "neuron": npy("\x01\x00\x00\x00\x02\x00\x00\x00x", "<u4", 2)}, // the first alone
		`step and neuron have 1 and 2 elements, want as many`: {"step": npy(eight[:4], "<u4", 1)},
		`ids must be below 6`:                                 {"neuron": npy("\x06\x00\x00\x00\x00\x00\x00\x00", "<u4", 2)},
		`steps must be in 1..10`:                              {"step": npy("\x01\x00\x00\x00\x0b\x00\x00\x00", "<u4", 2)},
		`not sorted by step and then neuron`:                  {"step": npy("\x01\x00\x00\x00\x01\x00\x00\x00", "<u4", 2)},
		`dt_ms is 0, must be above 0 and at most 1e+09`:       {"dt_ms": npy("\x00\x00\x00\x00\x00\x00\x00\x00", "<f8")},
		`array dt_ms: not a numpy array in C order`:           {"dt_ms": npy("", "<f8", -1)},
		`duration_steps is -1`:                                {"duration_steps": npy("\xff\xff\xff\xff\xff\xff\xff\xff", "<i8")},
		`array population_names: has type "|O"`:               {"population_names": npy("", "|O", 2)},
	} {
		_, err := readAll(archive(t, replace))
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "\n")
	}
	// A shape that promises more than there is must not be allocated.
	_, err = readAll(archive(t, map[string][]byte{"step": npy(eight, "<u4", 1<<46), "neuron": npy(eight, "<u4", 1<<46)}))
	require.ErrorContains(t, err, "cut short")
}

func TestReadersNameTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spikes.npz")
	_, err := ReadSpikes(path)
	require.ErrorIs(t, err, os.ErrNotExist)
	require.NoError(t, os.WriteFile(path, []byte("no archive"), 0o666))
	_, err = ReadSpikes(path)
	require.EqualError(t, err, path+": not an .npz archive")
	_, err = ReadTraces(path)
	require.EqualError(t, err, path+": not an .npz archive")
}

// member is an archive for a fuzzer: that of data where no name is given, else the first with one member replaced, whose checksum holds.
func member(t *testing.T, whole, data []byte, name string) []byte {
	if name == "" {
		return data
	}
	return readertest.With(t, whole, name, data)
}

// addMembers begins with an archive and with each of its members.
func addMembers(f *testing.F, whole []byte) {
	f.Add(whole, "")
	names, contents := readertest.Members(f, whole)
	for i, name := range names {
		f.Add(contents[i], name)
	}
}

func FuzzReadSpikes(f *testing.F) {
	whole := archive(f, nil)
	addMembers(f, whole)
	f.Add(npy("", "<u4", 1<<46), "step.npy")
	f.Add(npy("\x01\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00", "<i8", 2), "population_recorded.npy")
	both := archive(f, map[string][]byte{"population_recorded": npy("\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "<i8", 2),
		"recorded_neuron": npy("\x07\x00\x00\x00", "<u4", 1)})
	addMembers(f, both)
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		data = member(t, whole, data, name)
		readertest.Bounded(t, len(data), func() {
			s, err := readAll(data)
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.NoError(t, s.Header.check())
		})
	})
}

// emptyArchive is one without members.
var emptyArchive = []byte("PK\x05\x06" + strings.Repeat("\x00", 18))

// Whatever a file from elsewhere holds, the answer is one line or spikes in order, within the network.
func FuzzReadAny(f *testing.F) {
	for _, text := range []string{
		"sender\ttime_ms\n8\t0.3\n", "neuron,time_ms,population\n7,0.3,E\n", "node_ids timestamps population\n1 2 E\n3 4 X\n",
		"sender\ttime_step\ttime_offset\n1\t2\t0\n", "# columns = [\"i\", \"t\"]\n1 2\n", "\x1f\x8b", "\x89HDF\r\n\x1a\n", "7;0.34",
	} {
		f.Add([]byte(text), "", "round", "drop", "ms")
		f.Add([]byte(text), "", "", "first", "steps")
	}
	ones, whole := npy("\x01\x00\x00\x00\x07\x00\x00\x00", "<u4", 2), readertest.With(f, emptyArchive, "neuron.npy", npy("\x01\x00\x00\x00\x02\x00\x00\x00", "<u4", 2))
	f.Add(ones, "step.npy", "", "", "")
	f.Add(ones, "times.npy", "round", "drop", "s")
	f.Add(archive(f, nil), "", "", "", "")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, name, offGrid, early, unit string) {
		path := filepath.Join(dir, "spikes")
		data = member(t, whole, data, name)
		require.NoError(t, os.WriteFile(path, data, 0o666))
		as := reading()
		as.OffGrid, as.Early = offGrid, early
		if slices.Contains(table.TimeUnits, unit) {
			as.TimeUnit = unit
		}
		readertest.Bounded(t, len(data), func() {
			s, _, err := ReadAny([]string{path}, as)
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			for i, spike := range s.Spikes {
				require.Positive(t, spike.Step)
				require.Less(t, int(spike.Neuron), s.Neurons())
				require.True(t, i == 0 || s.Spikes[i-1].Step <= spike.Step)
			}
		})
	})
}

func FuzzReadTraces(f *testing.F) {
	path := filepath.Join(f.TempDir(), "traces.npz")
	require.NoError(f, WriteTraces(path, sampleTraces()))
	data, err := os.ReadFile(path)
	require.NoError(f, err)
	addMembers(f, data)
	whole := data
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		data = member(t, whole, data, name)
		readertest.Bounded(t, len(data), func() {
			traces, err := readTraces(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.NoError(t, traces.check())
		})
	})
}

// FuzzHeader goes straight at the parser, which the archive's checksums keep
// the other targets from reaching often.
func FuzzHeader(f *testing.F) {
	f.Add(npy("\x01\x00\x00\x00", "<u4", 1))
	f.Add(npy("E\x00\x00\x00", "<U1", 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		var file bytes.Buffer
		w := zip.NewWriter(&file)
		m, err := w.Create("x.npy")
		require.NoError(t, err)
		_, err = m.Write(data)
		require.NoError(t, err)
		require.NoError(t, w.Close())
		z, err := zip.NewReader(bytes.NewReader(file.Bytes()), int64(file.Len()))
		require.NoError(t, err)
		readertest.Bounded(t, len(data), func() {
			_, _, _ = readArray[uint32](z, "x", 1)
			_, _ = readScalar[float64](z, "x")
			_, _ = readMatrix(z, "x")
			_, _ = readNames(z, "x")
		})
	})
}

// A reader that counts by neuron must not be handed one that does not exist.
func TestNoSpikeComesWithAnError(t *testing.T) {
	for _, replace := range []map[string][]byte{
		{"neuron": npy("\x05\x00\x00\x00\xa0\x86\x01\x00", "<u4", 2)},
		{"step": npy("\x01\x00\x00\x00\xff\xff\xff\xff", "<u4", 2)},
	} {
		data := archive(t, replace)
		r, err := newSpikeReader(bytes.NewReader(data), int64(len(data)))
		require.NoError(t, err)
		n, err := r.Read(make([]sim.Spike, 10))
		require.Error(t, err)
		require.Zero(t, n)
	}
}

func FuzzReadState(f *testing.F) {
	path := filepath.Join(f.TempDir(), "state.npz")
	s := CreateStream(path)
	g := &Grower{Stream: s}
	s.FixedInts("E_neuron", []int64{3, 5})
	step, v := g.Uints("E_step"), g.Floats("E_V", 2)
	require.NoError(f, g.Err)
	for k := range uint32(3) {
		require.NoError(f, step.Append(k+1))
		require.NoError(f, v.Append(-70, -60))
	}
	require.NoError(f, s.Close())
	whole, err := os.ReadFile(path)
	require.NoError(f, err)
	addMembers(f, whole)
	f.Fuzz(func(t *testing.T, data []byte, name string) {
		data = member(t, whole, data, name)
		readertest.Bounded(t, len(data), func() {
			z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			if err != nil {
				return
			}
			state, err := readState(z, "E", []string{"V"})
			if err != nil {
				require.NotContains(t, err.Error(), "\n")
				return
			}
			require.Len(t, state.Values["V"], len(state.Step))
		})
	})
}
