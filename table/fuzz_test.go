package table

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/table/readertest"
)

// ways are the ways to read a file, as fuzzers choose them.
const ways = 8

// answers reads a file in one way: the answer is one line, or rows, and costs little.
func answers(t *testing.T, path string, content []byte, way uint8) {
	way %= ways
	require.NoError(t, os.WriteFile(path, content, 0o666))
	names := []string{"neuron", "time_ms"}
	readers := []*Reader{
		{Kind: SpikeTable}, {Kind: SpikeTable, Named: true}, {Kind: EdgeTable, Likely: "a"}, {Kind: SampleTable}, {Kind: SpikeTable, Names: names},
	}
	if int(way) < len(readers) {
		r := readers[way]
		readertest.Bounded(t, len(content), func() {
			rows := 0
			r.Row = func(*Row) string { rows++; return "" }
			f, fault := Open(path, 1<<30)
			if fault == nil {
				defer f.Close()
				_, fault = f.Sum()
			}
			if fault == nil {
				fault = f.Read(r)
			}
			isLine(t, fault)
			require.True(t, fault != nil || rows > 0, "nothing, without a word")
		})
		return
	}
	as := []*Reading{{DtMs: 0.1}, {DtMs: 0.1, TimeUnit: "steps", FirstID: new(int64)}, {DtMs: 0.1, Columns: names}}[int(way)-len(readers)]
	readertest.Bounded(t, len(content), func() {
		f, fault := Open(path, 1<<30)
		var s *Spikes
		if fault == nil {
			defer f.Close()
			s, fault = f.Spikes(as)
		}
		isLine(t, fault)
		if fault != nil {
			return
		}
		require.NotEmpty(t, s.Neuron)
		require.Len(t, s.TimesMs, len(s.Neuron))
		if s.Line != nil {
			require.Len(t, s.Line, len(s.Neuron))
		}
		require.True(t, s.Of == nil || len(s.Of) == len(s.Neuron))
		for i, of := range s.Of {
			require.Less(t, of, len(s.Populations))
			require.NotEmpty(t, s.Where(i))
		}
	})
}

func isLine(t *testing.T, fault *Fault) {
	if fault == nil {
		return
	}
	require.NotEmpty(t, fault.Says)
	require.NotContains(t, strings.ReplaceAll(fault.Error(), fault.Path, ""), "\n")
	require.Less(t, len(fault.Says), 4096)
}

// packed is gzip's.
func packed(t testing.TB, content []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write(content)
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.Bytes()
}

func FuzzText(f *testing.F) {
	for _, text := range []string{
		"neuron,time_ms\n3,1\n5,2\n", "# columns = [\"i\", \"j\", \"delay\"]\n0 1 1\n", "sender\ttime_step\ttime_offset\n1\t2\t0\n", "1;0\n",
		"time_ms,population,neuron\n1,\"E\",3\n2,F,4\n", "node_ids timestamps population\n1 2 E\n", "# neuron, time [s]\n3, 0.001\n", ",i,t\n0,1,2\n", "\ufeff1\n-2e3\n",
	} {
		for way := range uint8(ways) {
			f.Add([]byte(text), way == 0, way)
		}
	}
	path := filepath.Join(f.TempDir(), "f")
	f.Fuzz(func(t *testing.T, content []byte, gzipped bool, way uint8) {
		if gzipped {
			content = packed(t, content)
		}
		answers(t, path, content, way)
	})
}

// npyFile is an array with that dictionary as its header.
func npyFile(dict string, data []byte) []byte {
	n := len(dict)
	return append([]byte(npyMagic+"\x01\x00"+string([]byte{byte(n), byte(n >> 8)})+dict), data...)
}

func npyDict(descr, shape string) string {
	return fmt.Sprintf("{'descr': %s, 'fortran_order': False, 'shape': %s, }", descr, shape)
}

func FuzzNpy(f *testing.F) {
	for way := range uint8(ways) {
		f.Add(npyDict("'<f8'", "(1, 2)"), make([]byte, 16), false, way)
		f.Add(npyDict("'<i4'", "(2,)"), make([]byte, 8), true, way)
		f.Add(npyDict("[('i', '<u2'), ('t', '<f4')]", "(1,)"), make([]byte, 6), false, way)
		f.Add(strings.Replace(npyDict("'<f4'", "(3, 2)"), "False", "True", 1), make([]byte, 24), false, way)
		f.Add(npyDict("'|u1'", "(0, 1099511627776)"), []byte{}, false, way)
	}
	path := filepath.Join(f.TempDir(), "f")
	f.Fuzz(func(t *testing.T, dict string, data []byte, gzipped bool, way uint8) {
		content := npyFile(dict, data)
		if gzipped {
			content = packed(t, content)
		}
		answers(t, path, content, way)
	})
}

// FuzzNpz puts arrays of any names into an archive: checksums hold.
func FuzzNpz(f *testing.F) {
	four, two := npyDict("'<u4'", "(2,)"), []byte("\x01\x00\x00\x00\x07\x00\x00\x00")
	for way := range uint8(ways) {
		f.Add("neuron.npy", four, two, "step.npy", four, two, way)
		f.Add("id.npy", four, two, "step.npy", four, two, way)
		f.Add("a_source.npy", four, two, "a_target.npy", four, two, way)
		f.Add("amplitude.npy", four, two, "x.npy", npyDict("'<u4'", "(1099511627776,)"), two, way)
		f.Add("population_names.npy", npyDict("'<U1'", "(1,)"), []byte("E\x00\x00\x00"), "population_first.npy", npyDict("'<i8'", "(1,)"), make([]byte, 8), way)
		f.Add("../../f.npy", four, two, "/tmp/f.npy", four, two, way)
	}
	path := filepath.Join(f.TempDir(), "f")
	// The rest of einet's own: one spike.
	whole := readertest.With(f, []byte("PK\x05\x06"+strings.Repeat("\x00", 18)), "dt_ms.npy", npyFile(npyDict("'<f8'", "()"), []byte("\x00\x00\x00\x00\x00\x00\xf0\x3f")))
	for _, name := range []string{"step.npy", "neuron.npy"} {
		whole = readertest.With(f, whole, name, npyFile(npyDict("'<u4'", "(1,)"), []byte("\x01\x00\x00\x00")))
	}
	f.Fuzz(func(t *testing.T, name, dict string, data []byte, other, otherDict string, otherData []byte, way uint8) {
		content := readertest.With(t, whole, name, npyFile(dict, data))
		answers(t, path, readertest.With(t, content, other, npyFile(otherDict, otherData)), way)
	})
}
