package record

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/record/hdf5"
	"einet/sim"
	"einet/table"
)

var twoPopulations = []Population{{Name: "E", First: 0, Size: 80}, {Name: "I, fast", First: 80, Size: 20}}

func someSpikes() []sim.Spike {
	r := rand.New(rand.NewPCG(1, 2))
	var all []sim.Spike
	for step := uint32(1); step <= 3000; step++ {
		for n := uint32(0); n < 100; n++ {
			if r.IntN(50) == 0 {
				all = append(all, sim.Spike{Step: step, Neuron: n})
			}
		}
	}
	return all
}

// reading is that of the default options.
func reading() Reading {
	return Reading{Reading: table.Reading{DtMs: 0.1}, Populations: twoPopulations}
}

// What is written in any format is read again, whatever the file is called.
func TestEveryFormatIsReadAgain(t *testing.T) {
	spikes := someSpikes()
	for name, create := range map[string]func(string, float64, []Population) (SpikeSink, error){
		"csv": CreateCSV,
		"sonata": func(path string, dt float64, p []Population) (SpikeSink, error) {
			return CreateSONATA(path, dt, p, nil)
		},
		"npz": func(path string, dt float64, p []Population) (SpikeSink, error) { return CreateSpikes(path, dt, p) },
	} {
		t.Run(name, func(t *testing.T) {
			if name == "sonata" && hdf5.Absent() != nil {
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
			s, notes, err := ReadAny([]string{path}, reading())
			require.NoError(t, err)
			require.Empty(t, notes)
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
	of := func(change func(as *Reading)) Reading {
		as := reading()
		change(&as)
		return as
	}
	first := func(id int64) Reading { return of(func(as *Reading) { as.FirstID = &id }) }
	columns := func(names ...string) Reading { return of(func(as *Reading) { as.Columns = names }) }
	plain := reading()
	for name, file := range map[string]struct {
		text string
		as   Reading
	}{
		"NEST 3":           {"# NEST version: 3.6.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n100\t0.3\n8\t0.300\n1\t12.0\n", plain},
		"NEST 3 in steps":  {"# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_step\ttime_offset\n100\t3\t0.000\n8\t3\t0.000\n1\t120\t0.000\n", plain},
		"NEST 3, other id": {"sender\ttime_ms\n104 0.3\n12 0.300\n5 12.0\n", first(5)},
		"NEST 2, .gdf":     {"100\t0.300\t\n8\t0.300\t\n1\t12.000\t\n", columns("sender", "time_ms")},
		".gdf in steps":    {"99\t3\n7\t3\n0\t120\n", columns("neuron", "step")},
		"ours":             {csvColumns + "\n0.3,E,7\n0.3,\"I, fast\",99\n12,E,0\n", plain},
		"bmtk":             {"timestamps node_ids population\n0.3 7 E\n0.3 19 \"I, fast\"\n12.0 0 E\n", plain},
		"in seconds":       {"i,t_s\n7,0.0003\n99,0.0003\n0,0.012\n", plain},
		"in seconds, said": {"i,t\n7,0.0003\n99,0.0003\n0,0.012\n", of(func(as *Reading) { as.TimeUnit = "s" })},
		"in us":            {"i,t [µs]\n7,300\n99,300\n0,12000\n", plain},
		"numpy's savetxt":  {"# neuron time_ms\n7 0.3\n99 0.3\n0 12\n", plain},
		"pandas, index":    {",neuron,time_ms\n0,7,0.3\n1,99,0.3\n2,0,12\n", plain},
		"blanks, CRLF":     {"neuron , time_ms\r\n7, 0.3\r\n99, 0.3\r\n0, 12\r\n", plain},
		"BOM":              {"\ufeffneuron,time_ms\n7,0.3\n99,0.3\n0,12\n", plain},
		"semicolons":       {"neuron;time_ms\n7;0.3\n99;0.3\n0;12\n", plain},
		"float noise":      {"neuron,time_ms\n7,0.30000000000000004\n99,0.3\n0,11.9999999\n", plain},
		"other columns":    {"trial,gid,x,time\n1,7,0,0.3\n1,99,0,0.3\n1,0,0,12\n", columns("ignore", "neuron", "ignore", "time")},
		"gid, said":        {"gid,time\n8,0.3\n100,0.3\n1,12\n", first(1)},
		"extra population": {"timestamps node_ids population\n0.3 7 E\n0.3 5 thalamus\n0.3 19 \"I, fast\"\n12.0 0 E\n", plain},
		"of one":           {"timestamps node_ids population\n0.3 7 cortex\n0.3 5 thalamus\n0.3 99 cortex\n12.0 0 cortex\n", of(func(as *Reading) { as.Of = "cortex" })},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "spikes.dat")
			put(t, path, file.text)
			s, notes, err := ReadAny([]string{path}, file.as)
			require.NoError(t, err)
			require.Equal(t, want, s.Spikes)
			require.Equal(t, int64(120), s.Steps)
			if name == "extra population" {
				require.Equal(t, []string{"1 spikes of population thalamus, which the network lacks, are left out"}, notes)
			}
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
		"NEST's events in steps": func(s *Stream) error {
			s.FixedFloats("offsets", []float64{0, 0, 0})
			s.FixedInts("senders", []int64{1, 100, 8})
			s.FixedInts("times", []int64{120, 3, 3})
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := CreateStream(path)
			require.NoError(t, write(s))
			require.NoError(t, s.Close())
			got, _, err := ReadAny([]string{path}, reading())
			require.NoError(t, err)
			require.Equal(t, want, got.Spikes)
		})
	}
}

// Several files of one run are read as one, and one of them twice is a fault.
func TestSeveralFiles(t *testing.T) {
	dir := t.TempDir()
	one, two, copied := filepath.Join(dir, "s-0.dat"), filepath.Join(dir, "s-1.dat"), filepath.Join(dir, "s-2.dat")
	put(t, one, "sender\ttime_ms\n3\t0.3\n")
	put(t, two, "sender\ttime_ms\n4\t0.2\n2\t7.1\n")
	put(t, copied, "sender\ttime_ms\n3\t0.3\n")
	s, _, err := ReadAny([]string{one, two}, reading())
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: 2, Neuron: 3}, {Step: 3, Neuron: 2}, {Step: 71, Neuron: 1}}, s.Spikes)
	require.Equal(t, int64(71), s.Steps)
	_, _, err = ReadAny([]string{one, two, copied}, reading())
	require.EqualError(t, err, copied+": is the same as "+one+": must be there once")
	w, err := CreateSpikes(filepath.Join(dir, "spikes.npz"), 0.1, twoPopulations)
	require.NoError(t, err)
	require.NoError(t, w.Close(10))
	_, _, err = ReadAny([]string{one, filepath.Join(dir, "spikes.npz")}, reading())
	require.ErrorContains(t, err, "holds a whole run of einet: must be the only file")
}

// Times that are on no step are refused with their number, or rounded where that is said.
func TestOffGrid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spikes")
	put(t, path, "neuron,time_ms\n5,0.34\n6,0.3\n5,0.28\n7,0\n8,-3\n")
	as := reading()
	_, _, err := ReadAny([]string{path}, as)
	require.EqualError(t, err, path+":2: time 0.34 ms: must be a multiple of dt, 0.1 ms; of 5 times 2 are none: --off-grid round takes the nearest step")
	as.OffGrid = Round
	_, _, err = ReadAny([]string{path}, as)
	require.EqualError(t, err, path+":5: time 0 ms: must be at least one step of dt, 0.1 ms; of 5 spikes 2 are earlier: --early drop leaves them out, --early first moves them to the first step")
	as.Early = network.DropEarly
	s, notes, err := ReadAny([]string{path}, as)
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: 3, Neuron: 5}, {Step: 3, Neuron: 5}, {Step: 3, Neuron: 6}}, s.Spikes, "both count")
	require.Equal(t, []string{
		"2 of 5 times were rounded to the nearest step, by up to 0.04 ms", "2 of 5 spikes are in front of the first step and left out",
		"1 spikes fall into a step in which their neuron has another; all count",
	}, notes)
	as.Early = network.FirstEarly
	s, _, err = ReadAny([]string{path}, as)
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: 1, Neuron: 7}, {Step: 1, Neuron: 8}}, s.Spikes[:2])
}

// Single precision keeps a time off its step by no more than its rounding, far out in a long run too; a time in
// double precision that is as far off is on no step.
func TestTimesInSinglePrecision(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spikes")
	const step = 1_234_567 // 123 456.7 ms, in single precision 123 456.703125
	put(t, path, fmt.Sprintf("neuron,time_ms\n5,%v\n", float64(float32(0.1*step))))
	s, _, err := ReadAny([]string{path}, reading())
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: step, Neuron: 5}}, s.Spikes)
	put(t, path, "neuron,time_ms\n5,123456.703126\n")
	_, _, err = ReadAny([]string{path}, reading())
	require.ErrorContains(t, err, "of 1 times 1 are none")
}

// Of several files some may be empty, as of a process whose neurons were silent.
func TestEmptyAmongSeveral(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i, text := range []string{"sender\ttime_ms\n", "sender\ttime_ms\n6\t0.3\n", "", "sender\ttime_ms\n"} {
		paths = append(paths, filepath.Join(dir, fmt.Sprintf("s-%d.dat", i)))
		put(t, paths[i], text)
	}
	s, notes, err := ReadAny(paths, reading())
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: 3, Neuron: 5}}, s.Spikes)
	require.Equal(t, []string{"3 of 4 files hold no spikes, " + paths[0] + " the first"}, notes)
	_, _, err = ReadAny([]string{paths[0], paths[3]}, reading())
	require.EqualError(t, err, paths[3]+": no file holds spikes")
	put(t, paths[3], "sender\twhen\n")
	_, _, err = ReadAny(paths, reading())
	require.ErrorContains(t, err, `no column of spikes is called "when"`)
}

// Spikes of a neuron in one step all count, and are told.
func TestSeveralSpikesInAStep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spikes")
	put(t, path, "neuron,time_ms\n5,0.3\n6,0.3\n5,0.3\n")
	s, notes, err := ReadAny([]string{path}, reading())
	require.NoError(t, err)
	require.Len(t, s.Spikes, 3)
	require.Equal(t, []string{"1 spikes fall into a step in which their neuron has another; all count"}, notes)
}

// A population without spikes is told, and so is one that goes by another name where there is one of each.
func TestPopulationsThatDiffer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "spikes")
	put(t, path, "node_id,time,population\n5,0.3,E\n")
	_, notes, err := ReadAny([]string{path}, reading())
	require.NoError(t, err)
	require.Equal(t, []string{"no file names population I, fast: it has no spikes"}, notes)
	as := reading()
	as.Populations = as.Populations[:1]
	put(t, path, "node_id,time,population\n5,0.3,v1\n")
	s, notes, err := ReadAny([]string{path}, as)
	require.NoError(t, err)
	require.Equal(t, []sim.Spike{{Step: 3, Neuron: 5}}, s.Spikes)
	require.Equal(t, []string{path + ": its population v1 is taken for E, the only one of each"}, notes)
}

// What cannot be understood is one line: place, value, what is allowed.
func TestForeignFaults(t *testing.T) {
	for text, want := range map[string]string{
		"":                                   ": is empty: must hold spikes",
		"\n# nothing\n":                      ": holds no spikes",
		"neuron,when\n":                      `:1: no column of spikes is called "when"; there are time, step, ms, neuron, population and others`,
		"time_ms,t\n":                        `:1: the columns "time_ms" and "t" contradict each other`,
		"time_ms,population\n1,E\n":          ":1: the columns are time_ms, population: must have the columns time [ms], neuron",
		"7 0.3\n":                            ":1: has no names of columns: give them as columns, such as sender,time_ms (NEST's, ids from 1), neuron,time_ms (ids from 0)",
		"1 2 3\n":                            ":1: has no names of columns",
		"gid,time_ms\n7,0.3\n":               ":1: its gids may count from 1, as NEST's do, or from 0, as SONATA's",
		"sender\ttime_ms\n":                  ": holds no spikes",
		"neuron,time_ms\n5,0.3\n5\n":         ":3: must have as many columns as the lines before it, 2, not 1",
		"sender time_ms\n5 0.3\n5 0.4 1 2\n": ":3: must have as many columns as the lines before it, 2, not 4",
		csvColumns + "\n0.3,E,7\n0.3,E,99\n": ":3: neuron 99 (counted from 0 through all populations) is of I, fast, not of E",
		"neuron,time_ms\n5.5,0.3\n":          ":2: the neuron must be a whole number, not 5.5",
		"neuron,time_ms\n5,1\n100,1\n5,1\n101,1\n": `:3: neuron 100 (counted from 0): the network has 100 (and 1 more row)`,
		"neuron,time_ms\n5,soon\n":                 `:2: the column "time_ms" must hold numbers, not "soon"`,
		"neuron,time_ms\n5,NaN\n":                  `:2: the column "time_ms" must hold numbers, not "NaN"`,
		"neuron,time_ms\n5,1e12\n":                 ":2: time 1e+12 ms: must be at most 4294967295 steps of dt, 0.1 ms",
		"neuron,time_ms\n100,0.3\n":                ":2: neuron 100 (counted from 0): the network has 100",
		"neuron,time_ms\n-1,0.3\n":                 ":2: neuron -1 (counted from 0): the network has 100",
		"sender time_ms\n0 0.3\n":                  ":2: neuron -1 (counted from 0): the network has 100",
		"neuron,time_ms\n\"5,0.3\n":                ":2: is no line of CSV",
		"node_id,time,pop\n20,1,\"I, fast\"":       ":2: neuron 20 (counted from 0): population I, fast has 20",
		"node_id,time,pop\n2,1,v1":                 ": its populations are v1, the network's are E, I, fast: say which of them has its neurons numbered through all of the network's (--population)",
		"# time neuron id\n1 2\n":                  `:1: "time neuron id" names columns, but not all or not as many as there are, 2`,
		"PK\x03\x04 and so on":                     ": looks like a zip archive, but is cut short or damaged",
		"BZh91AY&SY":                               ": looks like a bzip2 archive: unpack it",
		"\xff\xfen\x00e\x00":                       ": looks like UTF-16 text",
		"neuron\x00time":                           ": looks like binary data",
	} {
		path := filepath.Join(t.TempDir(), "spikes")
		put(t, path, text)
		_, _, err := ReadAny([]string{path}, reading())
		require.ErrorContains(t, err, path+want, "%q", text)
		require.NotContains(t, err.Error(), "\n")
	}
	path := filepath.Join(t.TempDir(), "spikes.h5")
	put(t, path, "\x89HDF\r\n\x1a\nand no more")
	_, _, err := ReadAny([]string{path}, reading())
	if hdf5.Absent() == nil {
		require.ErrorContains(t, err, path+": cannot be read as an HDF5 file")
	} else {
		require.ErrorContains(t, err, hdf5.ErrAbsent.Error())
	}
	_, _, err = ReadAny([]string{path + "x"}, Reading{})
	require.ErrorContains(t, err, path+"x: can't be read: no such file or directory")
}

// The spikes of some neurons, and a file that says of which.
func TestSomeNeurons(t *testing.T) {
	h := Header{DtMs: 0.1, Steps: 10, Populations: twoPopulations, Recorded: []Recorded{{Count: 10}, {}}}
	kept := h.AppendRecorded(nil, []sim.Spike{{Step: 1, Neuron: 9}, {Step: 1, Neuron: 10}, {Step: 2, Neuron: 80}})
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
	w.Only([]Recorded{{Count: 10}, {Count: 21}})
	require.ErrorContains(t, w.Close(10), "population I, fast: population_recorded is 21, must be in 0..20")

	h.Recorded = []Recorded{{Count: 3, Neuron: []uint32{3, 7, 79}}, {Count: 2}}
	kept = h.AppendRecorded(nil, []sim.Spike{{Step: 1, Neuron: 3}, {Step: 1, Neuron: 4}, {Step: 2, Neuron: 79}, {Step: 2, Neuron: 81}, {Step: 2, Neuron: 82}})
	require.Equal(t, []sim.Spike{{Step: 1, Neuron: 3}, {Step: 2, Neuron: 79}, {Step: 2, Neuron: 81}}, kept)
	w, err = CreateSpikes(path, 0.1, twoPopulations)
	require.NoError(t, err)
	w.Only(h.Recorded)
	require.NoError(t, w.Write(kept))
	require.NoError(t, w.Close(10))
	s, err = ReadSpikes(path)
	require.NoError(t, err)
	require.Equal(t, h, s.Header)
	require.Equal(t, kept, s.Spikes)
	for _, wrong := range [][]uint32{{3, 7, 80}, {3, 7, 7}, {7, 3, 8}, {3, 7}} {
		h.Recorded[0].Neuron = wrong
		require.ErrorContains(t, h.check(), "population E: ", "%v", wrong)
	}
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
