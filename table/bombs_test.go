package table

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/table/readertest"
)

// repeat writes a text many times.
func repeat(t *testing.T, to io.Writer, text string, times int) {
	many := bytes.Repeat([]byte(text), 1<<10)
	for range times >> 10 {
		_, err := to.Write(many)
		require.NoError(t, err)
	}
}

// A small archive that holds much is refused at once; what a column of one value packs to is read.
func TestBombs(t *testing.T) {
	const much, some = 1 << 27, 1 << 20
	gz := func(header, text string, times int) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(header))
		require.NoError(t, err)
		repeat(t, z, text, times)
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	npz := func(times int) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, name := range []string{"source.npy", "target.npy"} {
			w, err := z.Create(name)
			require.NoError(t, err)
			_, err = w.Write(npyFile(npyDict("'|u1'", "("+strconv.Itoa(times)+",)"), nil))
			require.NoError(t, err)
			repeat(t, w, "\x00", times)
		}
		require.NoError(t, z.Close())
		return b.Bytes()
	}
	path := filepath.Join(t.TempDir(), "f")
	read := func(content []byte, kind *Kind) (rows int, fault *Fault) {
		require.NoError(t, os.WriteFile(path, content, 0o666))
		readertest.Bounded(t, len(content), func() {
			f, wrong := Open(path, 1<<36)
			require.Nil(t, wrong)
			defer f.Close()
			fault = f.Read(&Reader{Kind: kind, Row: func(*Row) string { rows++; return "" }})
		})
		return rows, fault
	}
	for name, content := range map[string][]byte{
		"text":  gz("", "1 2\n", much>>2),
		"blank": gz("", "\n", much),
		"npy":   gz(string(npyFile(npyDict("'<f8'", "("+strconv.Itoa(much/16)+", 2)"), nil)), "\x00", much),
		"npz":   npz(much),
	} {
		require.Less(t, len(content), 1<<20, name)
		_, fault := read(content, EdgeTable)
		require.ErrorContains(t, fault, mustBeFewer, name)
	}
	rows, fault := read(npz(some), EdgeTable)
	require.Nil(t, fault)
	require.Equal(t, some, rows)
	rows, fault = read(gz("", "1 2\n", some), EdgeTable)
	require.Nil(t, fault)
	require.Equal(t, some, rows)
}

// Names of members are names, never paths: an archive of arrays above the folder changes nothing there.
func TestMembersAreNoPaths(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	require.NoError(t, os.MkdirAll(dir, 0o777))
	content := []byte("PK\x05\x06" + string(make([]byte, 18)))
	for _, name := range []string{"../../neuron.npy", "/tmp/step.npy", "..\\step.npy", "neuron.npy"} {
		content = readertest.With(t, content, name, npyFile(npyDict("'<u4'", "(1,)"), []byte{1, 0, 0, 0}))
	}
	path := filepath.Join(dir, "f")
	require.NoError(t, os.WriteFile(path, content, 0o666))
	f, fault := Open(path, 1<<30)
	require.Nil(t, fault)
	defer f.Close()
	require.Error(t, f.Read(&Reader{Kind: SpikeTable, Row: func(*Row) string { return "" }}))
	var found []string
	require.NoError(t, filepath.WalkDir(filepath.Dir(filepath.Dir(dir)), func(at string, d os.DirEntry, err error) error {
		if !d.IsDir() {
			found = append(found, at)
		}
		return err
	}))
	require.Equal(t, []string{path}, found)
}
