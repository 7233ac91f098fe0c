package language_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/table/readertest"
)

// npy is an array file as numpy writes it.
func npy(descr, shape string, fortran bool, elements string) string {
	order := "False"
	if fortran {
		order = "True"
	}
	dict := "{'descr': '" + descr + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }"
	dict += strings.Repeat(" ", 117-len(dict)) + "\n"
	return "\x93NUMPY\x01\x00\x76\x00" + dict + elements
}

// The elements 1 and -2.
const (
	float64s = "\x00\x00\x00\x00\x00\x00\xf0\x3f" + "\x00\x00\x00\x00\x00\x00\x00\xc0"
	float32s = "\x00\x00\x80\x3f" + "\x00\x00\x00\xc0"
	int64s   = "\x01\x00\x00\x00\x00\x00\x00\x00" + "\xfe\xff\xff\xff\xff\xff\xff\xff"
	int32s   = "\x01\x00\x00\x00" + "\xfe\xff\xff\xff"
)

// loadFile loads small from dir with an input of E from the file "drive" there.
func loadFile(t *testing.T, dir, content, more string) (network.Component, error) {
	require.NoError(t, os.WriteFile(filepath.Join(dir, "drive"), []byte(content), 0o666))
	text := strings.Replace(small, "input: 60", "input: {samples: {file: drive"+more+"}}", 1)
	n, err := language.Load(strings.NewReader(text), filepath.Join(dir, "net.yaml"), language.Options{})
	if err != nil {
		return nil, err
	}
	requireRoundTrip(t, n) // without the file
	return n.Populations[0].Input[0], nil
}

func TestSampleFiles(t *testing.T) {
	timed := network.Samples{Times: []float64{0, 2}, Values: []float64{1, -2}}
	evenly := network.Samples{Every: 5, Values: []float64{1, -2}}
	one := network.Samples{Times: []float64{1}, Values: []float64{-2}}
	for content, want := range map[string]network.Samples{
		"0,1\n2,-2\n":                         timed,
		"\ufefft_ms,I\r\n0, 1\r\n\r\n2, -2":   timed,
		"# drive\n0.0e0 1e0\n  2\t-2\n":       timed,
		"1\n-2\n":                             evenly,
		"I\n1\n-2":                            evenly,
		npy("<f8", "(2,)", false, float64s):   evenly,
		npy("<f4", "(2,)", false, float32s):   evenly,
		npy("<i8", "(2, 1)", false, int64s):   evenly,
		npy("<i4", "(2,)", true, int32s):      evenly,
		npy("<f8", "(1, 2)", false, float64s): one,
		npy("<i4", "(2, 2)", true, "\x00\x00\x00\x00\x02\x00\x00\x00"+int32s): timed,
	} {
		more := ""
		if want.Every > 0 {
			more = ", every: 5"
		}
		got, err := loadFile(t, t.TempDir(), content, more)
		require.NoError(t, err, "%q", content)
		require.Equal(t, want, got, "%q", content)
	}
}

func TestSampleFileFaults(t *testing.T) {
	const npyWant = "must be a numpy array of little-endian float64, float32 or whole numbers that is not cut short"
	const columns = "must be one column of values, or one of times [ms] and one of values"
	for _, row := range []struct{ content, more, want string }{
		{"", "", "drive: is empty: must hold values"},
		{"t,I\n", "", "drive: holds no values"},
		{"t,I\n0,1\n1,x", "", `drive:3: the column "I" must hold numbers, not "x"`},
		{"t,I\n0,1\n1,", "", `drive:3: the column "I" must hold numbers, not ""`},
		{"nan\n1", ", every: 1", `drive:1: column 1 must hold numbers, not "nan"`},
		{"0,1\n1", "", "drive:2: must have as many columns as the lines before it, 2, not 1"},
		{"0,1,2", "", "drive:1: must have " + columns[len("must be "):] + ", not 3 columns"},
		{strings.Repeat("0\n", 1<<18+1), ", every: 1", "drive:262145: must be at most 262144 numbers in the samples of all inputs; a wider grid of samples needs fewer"},
		{strings.Repeat("\n", 1<<24+1), "", "drive: must be at most 16777216 bytes"},
		{npy(">f8", "(2,)", false, float64s), "", "drive: " + npyWant},
		{npy("<f8", "(2,)", false, float64s[1:]), "", "drive: " + npyWant},
		{npy("<f8", "(2,)", false, "")[:60], "", "drive: " + npyWant},
		{npy("<f8", "(1, 1, 2)", false, float64s), "", "drive: must be an array of one or two dimensions"},
		{npy("<f8", "(99999999999999999999,)", false, float64s), "", "drive: " + npyWant},
		{npy("<f8", "(0,)", false, ""), "", "drive: holds no values"},
	} {
		_, err := loadFile(t, t.TempDir(), row.content, row.more)
		require.ErrorContains(t, err, "/net.yaml:4:98: populations.E.input.samples.file: ", "%q", row.want)
		require.ErrorContains(t, err, row.want)
		require.NotContains(t, err.Error(), "\n")
	}
	for _, row := range []struct{ content, more, want string }{
		{"1\n2", "", "net.yaml:4:91: populations.E.input.samples.every: missing: must be the time in ms from each value to the next, which the file doesn't say"},
		{"0,1", ", every: 1", "net.yaml:4:112: populations.E.input.samples.every: 1: must be left out: the file has a column of times"},
		{"0,1", ", values: [1]", "net.yaml:4:105: populations.E.input.samples.values: unknown key: allowed are file, columns, every"},
		{"0,1\n0.25,1", "", "drive:2: column 1: 0.25: must be a whole multiple of dt (0.1 ms), at least 0; the nearest is 0.3"},
		{npy("<f8", "(1, 2)", false, float64s[:8]+"\x00\x00\x00\x00\x00\x00\xf8\x7f"), "", "drive: row 0 (from 0): column 2 must hold finite numbers, not NaN"},
	} {
		_, err := loadFile(t, t.TempDir(), row.content, row.more)
		require.Error(t, err)
		require.Equal(t, row.want, filepath.Base(err.Error()))
	}
}

// A file is sought beside the description that names it, but where a flag does,
// in the current folder.
func TestSampleFileIsFound(t *testing.T) {
	_, err := input("{samples: {file: none.csv}}", language.Options{})
	require.EqualError(t, err, "net.yaml:4:98: populations.E.input.samples.file: none.csv: can't be read: no such file or directory")
	_, err = input("{samples: {file: [1]}}", language.Options{})
	require.EqualError(t, err, "net.yaml:4:98: populations.E.input.samples.file: a list: must be the path of a CSV, .npy, .npz or HDF5 file")

	t.Chdir(t.TempDir())
	require.NoError(t, os.WriteFile("drive.csv", []byte("0,7"), 0o666))
	const set = "populations.E.input={samples: {file: drive.csv}}"
	n, err := language.Load(strings.NewReader(small), "elsewhere/net.yaml", language.Options{Set: []string{set}})
	require.NoError(t, err)
	require.Equal(t, network.Samples{Times: []float64{0}, Values: []float64{7}}, n.Populations[0].Input[0])
	_, err = language.Load(strings.NewReader(small), "net.yaml", language.Options{Set: []string{strings.Replace(set, "drive.csv", ".", 1)}})
	require.ErrorContains(t, err, ".samples.file: .: must be a file")
}

// Whatever a file of samples holds, Load answers in lines or with a network.
func FuzzSamples(f *testing.F) {
	for _, content := range []string{
		"t,I\n0,1\n2,-2\n", "1 2\n# x\n\n3 4", npy("<f8", "(2,)", false, float64s), npy("<i4", "(1, 2)", true, int32s),
	} {
		f.Add(content, false)
		f.Add(content, true)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content string, evenly bool) {
		more := ""
		if evenly {
			more = ", every: 1"
		}
		readertest.Bounded(t, len(content), func() {
			if _, err := loadFile(t, dir, content, more); err != nil {
				requireLines(t, err)
			}
		})
	})
}
