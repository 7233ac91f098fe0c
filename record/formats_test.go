package record

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/stretchr/testify/require"

	"einet/record/hdf5"
	"einet/sim"
)

var twoPopulations = []Population{{Name: "E", First: 0, Size: 80}, {Name: "I, fast", First: 80, Size: 20}}

func someSpikes() []sim.Spike {
	r := rand.New(rand.NewPCG(1, 2))
	var all []sim.Spike
	for step := uint32(1); step <= 3000; step++ {
		for n := uint32(0); n < 100; n++ {
			if r.IntN(50) == 0 {
				all = append(all, sim.Spike{Step: step, Neuron: n})
				if n%7 == step%7 { // as a source may
					all = append(all, all[len(all)-1])
				}
			}
		}
	}
	return all
}

// What is written in any format is read again, whatever the file is called.
func TestEveryFormatIsReadAgain(t *testing.T) {
	spikes := someSpikes()
	for name, create := range map[string]func(string, float64, []Population) (SpikeSink, error){
		"csv": CreateCSV, "sonata": CreateSONATA,
		"npz": func(path string, dt float64, p []Population) (SpikeSink, error) { return CreateSpikes(path, dt, p) },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "sonata" && !hdf5.Available() {
				t.Skip("built without HDF5")
			}
			path := filepath.Join(t.TempDir(), "spikes")
			w, err := create(path, 0.1, twoPopulations)
			require.NoError(t, err)
			require.NoError(t, w.Write(spikes[:1000]))
			require.NoError(t, w.Write(spikes[1000:]))
			require.ErrorContains(t, w.Write(spikes[:1]), "not sorted by step and then neuron")
			require.NoError(t, w.Close(3000))
			require.NoError(t, w.Abort(), "does nothing any more")
			s, err := ReadAny(path, Reading{DtMs: 0.1, Populations: twoPopulations, FirstID: AutoID})
			require.NoError(t, err)
			require.Equal(t, spikes, s.Spikes)
			require.Equal(t, int64(3000), s.Steps)

			w, err = create(path+"2", 0.1, twoPopulations)
			require.NoError(t, err)
			require.NoError(t, w.Write(spikes[:1000]))
			require.NoError(t, w.Abort())
			entries, err := os.ReadDir(filepath.Dir(path))
			require.NoError(t, err)
			require.Len(t, entries, 1, "nothing is left of what was given up")
		})
	}
}

// Files of other simulators, each in its own way of counting.
func TestForeignSpikes(t *testing.T) {
	want := []sim.Spike{{Step: 3, Neuron: 7}, {Step: 3, Neuron: 99}, {Step: 120, Neuron: 0}}
	for name, text := range map[string]string{
		"NEST 3":        "# NEST version: 3.6.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n100\t0.3\n8\t0.300\n1\t12.0\n",
		"NEST 2":        "# written by NEST\n100 0.3\n8 0.3\n1 12.0\n",
		"ours":          csvColumns + "\n0.3,E,7\n0.3,\"I, fast\",99\n12,E,0\n",
		"in seconds":    "i,t_s\n7,0.0003\n99,0.0003\n0,0.012\n",
		"no heading":    "7 0.3\n99 0.3\n0 12\n",
		"blanks, CRLF":  "neuron , time_ms\r\n7, 0.3\r\n99, 0.3\r\n0, 12\r\n",
		"float noise":   "neuron,time_ms\n7,0.30000000000000004\n99,0.3\n0,11.9999999\n",
		"other columns": "trial,gid,x,time\n1,7,0,0.3\n1,99,0,0.3\n1,0,0,12\n",
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "spikes.dat")
			put(t, path, text)
			s, err := ReadAny(path, Reading{DtMs: 0.1, Populations: twoPopulations, FirstID: AutoID})
			require.NoError(t, err)
			require.Equal(t, want, s.Spikes)
			require.Equal(t, int64(120), s.Steps)
		})
	}
	path := filepath.Join(t.TempDir(), "spikes.npz")
	for name, write := range map[string]func(s *Stream) error{
		"NEST's steps": func(s *Stream) error {
			id, err := s.Uints("id")
			require.NoError(t, err)
			step, err := s.Uints("step")
			require.NoError(t, err)
			require.NoError(t, id.Append(99, 7, 0))
			return step.Append(2, 2, 119)
		},
		"NEST's events": func(s *Stream) error {
			s.FixedInts("senders", []int64{1, 100, 8})
			s.FixedFloats("times", []float64{12, 0.3, 0.3})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := CreateStream(path)
			require.NoError(t, write(s))
			require.NoError(t, s.Close())
			got, err := ReadAny(path, Reading{DtMs: 0.1, Populations: twoPopulations, FirstID: AutoID})
			require.NoError(t, err)
			require.Equal(t, want, got.Spikes)
		})
	}
}

// What cannot be understood is one line: place, value, what is allowed.
func TestForeignFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   "holds no spikes",
		"\n# nothing\n":                      "holds no spikes",
		"neuron,when\n":                      "line 1: columns are neuron, when: one must be called neuron, sender or id, and one time_ms",
		"1 2 3\n":                            "line 1: has 3 columns, must have two",
		"sender\ttime_ms\n":                  "holds no spikes",
		"neuron,time_ms\n5,0.3\n5\n":         "line 3: has 1 columns, must have 2 as the first line",
		"sender time_ms\n5 0.3\n5 0.4 1 2\n": "line 3: has 4 columns, must have 2 as the first line",
		csvColumns + "\n0.3,E,7\n0.3,E,99\n": "line 3: neuron 99 (counted from 0 through all populations) is of I, fast, not of E",
		"neuron,time_ms\n5.5,0.3\n":          `line 2: id "5.5": must be a whole number`,
		"neuron,time_ms\n5,soon\n":           `line 2: time "soon": must be a number`,
		"neuron,time_ms\n5,NaN\n":            "line 2: time NaN ms: must be a multiple of dt, 0.1 ms",
		"neuron,time_ms\n5,0.35\n":           "line 2: time 0.35 ms: must be a multiple of dt, 0.1 ms",
		"neuron,time_ms\n5,0\n":              "line 2: time step 0: must be in 1..4294967295",
		"neuron,time_ms\n100,0.3\n":          "line 2: neuron 100 (counted from 0): the network has 100",
		"sender time_ms\n0 0.3\n":            "line 2: neuron -1 (counted from 0): the network has 100",
		"neuron,time_ms\n\"5,0.3\n":          "line 2: is no line of CSV",
		"PK\x03\x04 and so on":               "not an .npz archive",
	} {
		path := filepath.Join(t.TempDir(), "spikes")
		put(t, path, text)
		_, err := ReadAny(path, Reading{DtMs: 0.1, Populations: twoPopulations, FirstID: AutoID})
		require.ErrorContains(t, err, path+": "+want, "%q", text)
	}
	path := filepath.Join(t.TempDir(), "spikes.h5")
	put(t, path, "\x89HDF\r\n\x1a\nand no more")
	_, err := ReadAny(path, Reading{DtMs: 0.1, Populations: twoPopulations, FirstID: AutoID})
	if hdf5.Available() {
		require.ErrorContains(t, err, path+": cannot be read as an HDF5 file")
	} else {
		require.ErrorIs(t, err, hdf5.ErrAbsent)
	}
	_, err = ReadAny(path+"x", Reading{})
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The spikes of some neurons, and a file that says of which.
func TestSomeNeurons(t *testing.T) {
	h := Header{DtMs: 0.1, Steps: 10, Populations: twoPopulations, Recorded: []int{10, 0}}
	kept := h.Kept(nil, []sim.Spike{{Step: 1, Neuron: 9}, {Step: 1, Neuron: 10}, {Step: 2, Neuron: 80}})
	require.Equal(t, []sim.Spike{{Step: 1, Neuron: 9}}, kept)
	path := filepath.Join(t.TempDir(), "spikes.npz")
	w, err := CreateSpikes(path, 0.1, twoPopulations)
	require.NoError(t, err)
	w.Only(h.Recorded)
	require.NoError(t, w.Write(kept))
	require.NoError(t, w.Close(10))
	s, err := ReadSpikes(path)
	require.NoError(t, err)
	require.Equal(t, h, s.Header)
	require.Equal(t, kept, s.Spikes)
	w, err = CreateSpikes(path, 0.1, twoPopulations)
	require.NoError(t, err)
	w.Only([]int{10, 21})
	require.ErrorContains(t, w.Close(10), "population I, fast: population_recorded is 21, must be in 0..20")
}

func TestStream(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.npz")
	s := CreateStream(path)
	v, err := s.Floats("V", 3)
	require.NoError(t, err)
	step, err := s.Uints("step")
	require.NoError(t, err)
	s.FixedNames("names", []string{"a", "bc"})
	for k := range uint32(100_000) {
		require.NoError(t, v.Append(float32(k), 1, -2))
		require.NoError(t, step.Append(k))
	}
	require.NoError(t, s.Close())
	require.NoError(t, s.Abort())
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1)
	z, err := npz.Open(path)
	require.NoError(t, err)
	defer z.Close()
	require.Equal(t, []int{100_000, 3}, z.Header("V.npy").Descr.Shape)
	var all []float32
	require.NoError(t, z.Read("V.npy", &all))
	require.Equal(t, []float32{99_999, 1, -2}, all[len(all)-3:])

	s = CreateStream(path)
	_, err = s.Floats("V", 3)
	require.NoError(t, err)
	require.NoError(t, s.Abort())
	require.NoError(t, s.Close())
	entries, err = os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, fmt.Sprint(entries))
}
