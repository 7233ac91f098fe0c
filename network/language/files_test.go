package language_test

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

	"einet/network"
	"einet/network/language"
	"einet/record/hdf5"
	"einet/table/readertest"
)

// loadBeside loads a network beside a file "f" of that content.
func loadBeside(t require.TestingT, dir, content, text string) (*network.Network, error) {
	require.NoError(t, os.WriteFile(filepath.Join(dir, "f"), []byte(content), 0o666))
	return language.Load(strings.NewReader(text), filepath.Join(dir, "net.yaml"), language.Options{HDF5: hdf5.OpenTree})
}

// zipped is an archive of arrays as numpy's savez writes it.
func zipped(t require.TestingT, arrays map[string]string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, content := range arrays {
		w, err := z.Create(name + ".npy")
		require.NoError(t, err)
		_, err = w.Write([]byte(content))
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.String()
}

func gzipped(t require.TestingT, content string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, err := z.Write([]byte(content))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	return b.String()
}

const someBytes = "\x01\x00\x00\x00\x03\x00\x00\x00" // 1 and 3, of 4 bytes each

// Neurons 3, 5 and 7 fire at 1, 2 and 4 ms, whatever the file's way of saying so.
func TestSpikeFilesByName(t *testing.T) {
	for name, file := range map[string]struct{ content, keys string }{
		"neuron first":      {"neuron,time_ms\n3,1\n5,2\n7,4\n", ""},
		"time first":        {"time_ms,neuron\n1,3\n2,5\n4,7\n", ""},
		"documented order":  {"1 3\n2 5\n4 7\n", ""},
		"a comment as well": {"# run 5 of a longer experiment\n1 3\n2 5\n4 7\n", ""},
		"numpy's header":    {"# neuron time\n3 1\n5 2\n7 4\n", ""},
		"with units apart":  {"# neuron, time [s]\n3, 0.001\n5, 0.002\n7, 0.004\n", ""},
		"NEST 3":            {"# NEST version: 3.10.0\n# RecordingBackendASCII version: 2\nsender\ttime_ms\n4\t1.000\n6\t2.000\n8\t4.000\n", ""},
		"NEST 3, steps":     {"sender\ttime_step\ttime_offset\n4\t10\t0.000\n6\t20\t0.000\n8\t40\t0.000\n", ""},
		"steps and neurons": {"step,neuron\n10,3\n20,5\n40,7\n", ""},
		"NEST's .gdf":       {"4\t1.0\t\n6\t2.0\t\n8\t4.0\t\n", ", columns: [sender, time_ms]"},
		".gdf in steps":     {"4\t10\t\n6\t20\t\n8\t40\t\n", ", columns: [sender, step]"},
		"SONATA's names":    {"node_ids timestamps\n3 1\n5 2\n7 4\n", ""},
		"bmtk":              {"timestamps node_ids population\n1 3 S\n2 5 S\n4 7 S\n3 1 T\n", ""},
		"Brian 2":           {"i,t\n3,0.001\n5,0.002\n7,0.004\n", ", time_unit: s"},
		"ids from 100":      {"id,t_ms\n103,1\n105,2\n107,4\n", ", first_id: 100"},
		"gid from 1":        {"gid,time\n4,1\n6,2\n8,4\n", ", first_id: 1"},
		"more columns":      {"trial,neuron,time\n1,3,1\n1,5,2\n1,7,4\n", ", columns: [ignore, neuron, time]"},
		"einet's CSV":       {"time_ms,population,neuron\n1,T,3\n2,T,5\n2,E,100\n4,T,7\n5,T,0\n", ", population: T"},
		"einet's, later":    {"time_ms,population,neuron\n1,S,803\n2,S,805\n2,E,100\n4,S,807\n", ", first_id: 800"},
		"semicolons":        {"neuron;time_ms\r\n3;1\r\n5;2\r\n7;4\r\n", ""},
		"with BOM":          {"\ufeffneuron,time_ms\n3,1\n5,2\n7,4\n", ""},
		"pandas, index":     {",neuron,time_ms\n0,3,1\n1,5,2\n2,7,4\n", ""},
		"gzip":              {gzipped(t, "neuron,time_ms\n3,1\n5,2\n7,4\n"), ""},
		"npy":               {npy("<i4", "(3, 2)", false, "\x01\x00\x00\x00\x03\x00\x00\x00\x02\x00\x00\x00\x05\x00\x00\x00\x04\x00\x00\x00\x07\x00\x00\x00"), ""},
		"npy, gzip":         {gzipped(t, npy("|u1", "(3, 2)", true, "\x01\x02\x04\x03\x05\x07")), ""},
		"npy, columns":      {npy("|u1", "(3, 2)", false, "\x04\x0a\x06\x14\x08\x28"), ", columns: [sender, step]"},
		"npy of records":    {strings.Replace(npy("@", "(3,)", false, "\x03\x01\x05\x02\x07\x04"), "'@'", "[('neuron', '|u1'), ('time_ms', '|u1')]", 1), ""},
		"NEST's events":     {zipped(t, map[string]string{"senders": npy("|u1", "(3,)", false, "\x04\x06\x08"), "times": npy("|u1", "(3,)", false, "\x01\x02\x04")}), ""},
		"NEST's in steps": {zipped(t, map[string]string{"senders": npy("|u1", "(3,)", false, "\x04\x06\x08"), "times": npy("|u1", "(3,)", false, "\x0a\x14\x28"),
			"offsets": npy("|u1", "(3,)", false, "\x00\x00\x00")}), ""},
		"npz of others": {zipped(t, map[string]string{"neuron": npy("|u1", "(3,)", false, "\x03\x05\x07"), "t": npy("|u1", "(3,)", false, "\x01\x02\x04"),
			"trial": npy("|u1", "(3,)", false, "\x01\x01\x01")}), ", columns: [neuron, t]"},
		"einet's npz": {zipped(t, map[string]string{"step": npy("|u1", "(4,)", false, "\x02\x04\x04\x08"), "neuron": npy("|u1", "(4,)", false, "\x05\x07\x00\x09"),
			"dt_ms": npy("<f8", "()", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f"), "population_names": npy("<U1", "(2,)", false, "E\x00\x00\x00S\x00\x00\x00"),
			"population_first": npy("|u1", "(2,)", false, "\x00\x02"), "population_size": npy("|u1", "(2,)", false, "\x02\x08")}), ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := "populations: {S: {size: 8, neuron: spikes, file: f" + file.keys + "}}"
			if strings.HasPrefix(name, "npy of") {
				file.content = mendHeader(file.content)
			}
			n, err := loadBeside(t, t.TempDir(), file.content, text)
			require.NoError(t, err)
			s := n.Populations[0].Spikes
			require.InDeltaSlice(t, []float64{1, 2, 4}, s.Times[:3], 1e-12)
			require.Equal(t, []int{3, 5, 7}, s.Neuron[:3])
			again, err := language.Marshal(n)
			require.NoError(t, err)
			m, err := language.Load(bytes.NewReader(again), "again.yaml", language.Options{})
			require.NoError(t, err)
			require.Equal(t, n, m)
		})
	}
}

// mendHeader cuts the padding of a header that has grown.
func mendHeader(npy string) string {
	end := strings.IndexByte(npy, '\n')
	dict := strings.TrimRight(npy[10:end], " ")
	return npy[:10] + dict + strings.Repeat(" ", 117-len(dict)) + npy[end:]
}

// The spikes of the first neurons, which an array names that is as long as the spikes, are a source of as many.
func TestSpikesOfNamedNeurons(t *testing.T) {
	content := zipped(t, map[string]string{"step": npy("|u1", "(2,)", false, "\x02\x03"), "neuron": npy("|u1", "(2,)", false, "\x00\x01"), "dt_ms": npy("<f8", "()", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f"),
		"population_names": npy("<U1", "(1,)", false, "S\x00\x00\x00"), "population_first": npy("|u1", "(1,)", false, "\x00"),
		"population_size": npy("|u1", "(1,)", false, "\x08"), "population_recorded": npy("|u1", "(1,)", false, "\x02"), "recorded_neuron": npy("|u1", "(2,)", false, "\x00\x01")})
	n, err := loadBeside(t, t.TempDir(), content, "populations: {S: {size: 2, neuron: spikes, file: f}}")
	require.NoError(t, err)
	require.Equal(t, []int{0, 1}, n.Populations[0].Spikes.Neuron)
}

// What contradicts, is unknown, ambiguous or empty is a fault, never an empty or other network.
func TestSpikeFileFaults(t *testing.T) {
	chosen := func(shape, ids, count string) string { // of a spikes.npz of einet's
		return zipped(t, map[string]string{"step": npy("|u1", "(1,)", false, "\x02"), "neuron": npy("|u1", "(1,)", false, "\x05"), "dt_ms": npy("<f8", "()", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f"),
			"population_names": npy("<U1", "(1,)", false, "S\x00\x00\x00"), "population_first": npy("|u1", "(1,)", false, "\x00"),
			"population_size": npy("|u1", "(1,)", false, "\x10"), "population_recorded": npy("|u1", "(1,)", false, count), "recorded_neuron": npy("|u1", shape, false, ids)})
	}
	for _, row := range []struct{ content, keys, want string }{
		{"", "", "f: is empty: must hold spikes"},
		{"neuron,time_ms\n", "", "f: holds no spikes"},
		{"# neuron time_ms\n", "", "f: holds no spikes"},
		{gzipped(t, ""), "", "f: holds no spikes"},
		{gzipped(t, "neuron,time\n3,1\n")[:25], "", "f: can't be read: unexpected EOF"},
		{"neuron,time_ms\n-3,1\n", "", "/f:2: neuron -3: must be a whole number from 0 to 7, the last neuron of S (first_id says which is its first)"},
		{"sender,time_ms\n2,1\n0,2\n", "", "/f:3: neuron 0: must be a whole number from 1 to 8, the last neuron of S (first_id says which is its first)"},
		{"neuron,when\n3,1\n", "", `f:1: no column of spikes is called "when"; there are`},
		{"trial,neuron,time\n1,3,1\n", "", `f:1: no column of spikes is called "trial"; there are time, step, ms, neuron, population and others`},
		{"time,step,neuron\n1,10,3\n", "", `f:1: the columns "time" and "step" contradict each other`},
		{"neuron,step\n3,10.5\n", "", "f:2: the step must be a whole number, not 10.5"},
		{"neuron,time_ms\n3,1\n", ", time_unit: s", `f:1: its times are in ms, as the column "time_ms" says, not in s`},
		{"# columns = [\"neuron\", \"time\"]\ntime,neuron\n1,3\n", "", "f:2: the names of columns contradict the comment above them"},
		{"# neuron id time\n3 1\n", "", `f:1: "neuron id time" names columns, but not all or not as many as there are, 2`},
		{"# neuron when\n3 1\n", "", `f:1: "neuron when" names columns, but not all`},
		{"neuron,time\n3,1\n", ", columns: [neuron, time, ignore]", "f:1: must have 3 columns, as the option columns names, not 2"},
		{"neuron,time\n3,1\n", ", columns: [neuron, size]", `f:1: no column of spikes is called "size"`},
		{"neuron,time\n3,1\n", ", columns: neuron", "columns: neuron: must be a list of names"},
		{"neuron,time\n3,1\n", ", time_unit: h", "time_unit: h: must be one of ms, s, us, steps"},
		{"neuron,time\n3,1\n", ", early: no", "early: no: must be one of drop, first"},
		{"neuron,time\n3,1\n", ", population: E", "f: names no populations: leave population out"},
		{"gid time\n3 1\n", "", "f:1: its gids may count from 1, as NEST's do, or from 0, as SONATA's: say which number the first neuron has (first_id)"},
		{"neuron,time,population\n3,1,A\n4,1,B\n", "", "f: has the populations A, B: say which one (population)"},
		{"neuron,time,population\n3,1,A\n4,1,B\n", ", population: C", "f: has the populations A, B: say which one (population)"},
		{"neuron,time,population\n3,1,A\n4,1,S\n", "", "f: numbers its neurons through all populations: say which number the first neuron of S has there (first_id)"},
		{"neuron,time_offset,time\n3,0,1\n", "", `f:1: the column "time_offset" must stand beside times in steps, time_step`},
		{zipped(t, map[string]string{"V_m": npy("|u1", "(1,)", false, "\x03")}), "", "f: holds no arrays of spikes: must have the columns time [ms], neuron; there are V_m"},
		{zipped(t, map[string]string{"neuron": npy("|u1", "(1,)", false, "\x03"), "t": npy("|u1", "(1,)", false, "\x03"), "trial": npy("|u1", "(1,)", false, "\x03")}), "",
			`f: no column of spikes is called "trial"; the option columns names those arrays that are columns`},
		{zipped(t, map[string]string{"neuron": npy("|u1", "(1,)", false, "\x03"), "t": npy("|u1", "(1,)", false, "\x03"), "population": npy("<U1", "(1,)", false, "E\x00\x00\x00")}), "",
			"f: array population: must be of little-endian numbers in one dimension, or left out: the option columns names"},
		{zipped(t, map[string]string{"neuron": npy("|u1", "(1,)", false, "\x03"), "t": npy(">f8", "(1,)", false, someBytes)}), "", "f: array t: must be of little-endian numbers in one dimension"},
		{zipped(t, map[string]string{"neuron": npy("|u1", "(1,)", false, "\x03"), "t": npy("|u1", "(1,)", false, "\x03"), "region": npy("<U1", "(1,)", false, "E\x00\x00\x00")}), "",
			`f: no column of spikes is called "region"`},
		{zipped(t, map[string]string{"neuron": npy("|u1", "(1,)", false, "\x03"), "t": npy("|u1", "(2,)", false, "\x03\x04")}), "", "must have as many"},
		{zipped(t, map[string]string{"neuron": npy("<u4", "(1099511627776,)", false, someBytes), "t": npy("<u4", "(1099511627776,)", false, someBytes)}), "", ": is cut short or damaged"},
		{zipped(t, map[string]string{"step": npy("|u1", "(1,)", false, "\x02"), "neuron": npy("|u1", "(1,)", false, "\x05"), "dt_ms": npy("<f8", "()", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f"),
			"population_names": npy("<U1", "(1,)", false, "S\x00\x00\x00"), "population_first": npy("|u1", "(1,)", false, "\x00"),
			"population_size": npy("|u1", "(1,)", false, "\x08"), "population_recorded": npy("|u1", "(1,)", false, "\x06")}), "",
			"f: holds the spikes of 6 neurons of S only, the first: must be of 8, or size that number"},
		{chosen("(2,)", "\x03\x05", "\x02"), "", "f: holds the spikes of some neurons of S only (its array recorded_neuron): must be of the first 8"},
		{chosen("(8,)", "\x00\x01\x02\x03\x04\x05\x06\x08", "\x08"), "", "f: holds the spikes of some neurons of S only (its array recorded_neuron): must be of the first 8"},
		{chosen("(2,)", "\x05\x03", "\x02"), "", "f: its array recorded_neuron is not that of einet's spikes.npz"},
		{chosen("(2,)", "\x03\x05", "\x03"), "", "f: its array recorded_neuron is not that of einet's spikes.npz"},
		{"PK\x05\x06" + strings.Repeat("\x00", 18), "", "f: looks like a zip archive that is none of numpy's"},
		{"\x89HDF\r\n\x1a\n", "", "f: "},
		{"{\"neuron\": [1]}", "", "f: looks like JSON: write CSV"},
		{"\x28\xb5\x2f\xfd12", "", "f: looks like a zstd archive: unpack it; must be text, .npy, .npz or SONATA's HDF5; gzip is unpacked"},
		{gzipped(t, "PK\x03\x04"), "", "f: looks like an archive within a gzip archive: unpack it"},
		{"<!DOCTYPE html>", "", "f: looks like a web page or XML"},
		{"1\x00,3", "", "f: looks like binary data"},
	} {
		text := "populations: {S: {size: 8, neuron: spikes, file: f" + row.keys + "}}"
		_, err := loadBeside(t, t.TempDir(), row.content, text)
		require.ErrorContains(t, err, row.want, "%q", row.content)
		require.NotContains(t, err.Error(), "\n")
	}
}

// A .gdf has its ids first, unlike the documented order: without names it is asked for them.
func TestGdfNeedsNames(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"s.gdf", "s.gdf.gz"} {
		content := "4\t1.0\t\n"
		if strings.HasSuffix(name, ".gz") {
			content = gzipped(t, content)
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666))
		_, err := language.Load(strings.NewReader("populations: {S: {size: 8, neuron: spikes, file: "+name+"}}"), filepath.Join(dir, "net.yaml"), language.Options{})
		require.ErrorContains(t, err, name+":1: has no names of columns, as a .gdf of NEST: give them as columns, such as sender,time_ms (NEST's, ids from 1)")
	}
}

// One row is one spike.
func TestOneRow(t *testing.T) {
	n, err := loadBeside(t, t.TempDir(), "1;0\n", "populations: {S: {size: 2, neuron: spikes, file: f}}")
	require.NoError(t, err)
	require.Equal(t, []float64{1}, n.Populations[0].Spikes.Times)
	require.Equal(t, []int{0}, n.Populations[0].Spikes.Neuron)
}

// Spikes that are after the run, as of times in us that nobody says are, are told, all of them or some.
func TestLateSpikes(t *testing.T) {
	const text = "duration: 50\npopulations: {S: {size: 2, neuron: spikes, times: [50.1, %s], neurons: [0, 1]}}"
	require.Equal(t, []string{"populations.S: all 2 spikes are after the run's 50 ms, the first at 50.1 ms"},
		mustLoad(t, fmt.Sprintf(text, "2000"), language.Options{}).Warnings())
	require.Equal(t, []string{"populations.S: 1 of 2 spikes are after the run's 50 ms, the last at 50.1 ms"},
		mustLoad(t, fmt.Sprintf(text, "50"), language.Options{}).Warnings())
	require.Empty(t, mustLoad(t, fmt.Sprintf(strings.Replace(text, "50.1", "50.04", 1), "50"), language.Options{}).Warnings())
}

// Times in seconds that nothing says are: told where they are all in the first thousandth of a run, and where they are refused
// for that. A unit that is stated, and times all over the run, leave nothing to tell.
func TestTimesInSeconds(t *testing.T) {
	const text = "duration: 2000\npopulations: {S: {size: 8, neuron: spikes, file: f%s}}"
	for _, row := range []struct{ content, keys, want string }{
		{"i,t\n3,0.35\n5,1.2\n7,1.95\n", "", "populations.S: all 3 spikes are in the first 1.95 ms of the run's 2000 ms: if the file's times are in seconds, time_unit: s says so"},
		{"i,t\n3,0.35\n5,1.2\n7,1.95\n", ", time_unit: s", ""},
		{"i,t_ms\n3,0.35\n5,1.2\n7,1.95\n", "", ""},
		{"i,t\n3,0.35\n5,1.2\n7,195\n", "", ""},
		{"i,t\n3,0.35\n", "", ""},
	} {
		n, err := loadBeside(t, t.TempDir(), row.content, fmt.Sprintf(text, row.keys))
		require.NoError(t, err)
		if row.want == "" {
			require.Empty(t, n.Warnings(), "%q", row.content)
			continue
		}
		require.Equal(t, []string{row.want}, n.Warnings())
		requireRoundTrip(t, n)
	}
	_, err := loadBeside(t, t.TempDir(), "i,t\n3,0.035\n5,1.2\n", fmt.Sprintf(text, ""))
	require.ErrorContains(t, err, "f:2: time 0.035 ms: must be at least one step of dt, 0.1 ms; of 2 spikes 1 are earlier: early: drop leaves them out, "+
		"early: first moves them to the first step; if the times are in seconds, time_unit: s says so")
	_, err = loadBeside(t, t.TempDir(), "i,t\n3,0.035\n5,1200\n", fmt.Sprintf(text, ""))
	require.NotContains(t, err.Error(), "seconds", "control")
}

// Spikes in front of the first step are refused, left out or moved, and told.
func TestEarlySpikes(t *testing.T) {
	const text = "dt: 0.1\npopulations: {S: {size: 2, neuron: spikes, times: [0.029, 3, 5], neurons: [0, 1, 0]}}"
	_, err := load(text, language.Options{})
	require.EqualError(t, err, "net.yaml:2:52: populations.S.times.0: 0.029: must be at least one step of dt, 0.1 ms; of 3 spikes 1 are earlier: early: drop leaves them out, early: first moves them to the first step")
	n := mustLoad(t, text, language.Options{Set: []string{"populations.S.early=drop"}})
	requireRoundTrip(t, n)
	require.Equal(t, []string{"populations.S: of 3 spikes 1 are in front of the first step and left out (early: drop)"}, n.Warnings())
	_, ok := n.Populations[0].Spikes.Step(0, n.Dt)
	require.False(t, ok)
	step, ok := n.Populations[0].Spikes.Step(1, n.Dt)
	require.True(t, ok)
	require.Equal(t, 30, step)
	n = mustLoad(t, text, language.Options{Set: []string{"populations.S.early=first"}})
	step, ok = n.Populations[0].Spikes.Step(0, n.Dt)
	require.True(t, ok)
	require.Equal(t, 1, step)
	require.Equal(t, []string{"populations.S: of 3 spikes 1 are in front of the first step and moved to it (early: first)"}, n.Warnings())
	require.Empty(t, mustLoad(t, text, language.Options{Set: []string{"populations.S.times.0=0.05"}}).Warnings())
}

const (
	synapsesNet = "populations: {S: {size: 4, neuron: spikes, times: [], neurons: []}, A: {size: 4, tau_m: 20, %V_th: 15, V_reset: 0, input: 20}}\n" +
		"projections: {p: {from: S, to: A, rule: list, file: f, tau_syn: 5, weight: 3, delay: 4%}}"
)

func synapses(more, moreOfA string) string {
	text := strings.Replace(synapsesNet, "%V_th", moreOfA+"V_th", 1)
	return strings.Replace(text, "%}}", more+"}}", 1)
}

// Synapses 0 to 1 of weight 0.5 and delay 2 ms, and 1 to 0 of weight 0.2 and delay 1 ms.
func TestEdgeFilesByName(t *testing.T) {
	want := network.Edges{Source: []uint32{0, 1}, Target: []uint32{1, 0}, Weight: []float64{0.5, 0.2}, Delay: []float64{2, 1}}
	two := func(a, b string) string { return npy("|u1", "(2,)", false, a+b) }
	for name, file := range map[string]struct{ content, keys, ofA string }{
		"PyNN":              {"# columns = [\"i\", \"j\", \"delay\", \"weight\"]\n0 1 2.0 0.5\n1 0 1.0 0.2\n", "", ""},
		"names":             {"weight,presynaptic_index,postsynaptic_index,delay\n0.5,0,1,2\n0.2,1,0,1\n", "", ""},
		"names in words":    {"presynaptic index,postsynaptic index,weight,delay\n0,1,0.5,2\n1,0,0.2,1\n", "", ""},
		"SONATA":            {"target_node_id source_node_id syn_weight delay edge_type_id\n1 0 0.5 2 100\n0 1 0.2 1 100\n", "", ""},
		"documented order":  {"0 1 0.5 2\n1 0 0.2 1\n", "", ""},
		"units":             {"source,target,weight_uV,delay_s\n0,1,500,0.002\n1,0,200,0.001\n", "", ""},
		"units, pA":         {"source,target,weight_nA,delay_steps\n0,1,0.0005,20\n1,0,0.0002,10\n", "", "C_m: 250, "},
		"numbers of others": {"source,target,weight,delay\n1,6,0.5,2\n2,5,0.2,1\n", ", first_source: 1, first_target: 5", ""},
		"named by columns":  {"0.5 2 0 1\n0.2 1 1 0\n", ", columns: [w, delay_ms, pre, post]", ""},
		"npz": {zipped(t, map[string]string{"pre": two("\x00", "\x01"), "post": two("\x01", "\x00"), "delay": two("\x02", "\x01"),
			"weight": npy("<f8", "(2,)", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f\x9a\x99\x99\x99\x99\x99\xc9\x3f")}), "", ""},
		"einet's export": {zipped(t, map[string]string{"p_source": two("\x00", "\x01"), "p_target": two("\x01", "\x00"), "p_delay": two("\x02", "\x01"),
			"p_weight": npy("<f8", "(2,)", false, "\x00\x00\x00\x00\x00\x00\xe0\x3f\x9a\x99\x99\x99\x99\x99\xc9\x3f"),
			"q_source": two("\x03", "\x03"), "q_target": two("\x03", "\x03"), "dt_ms": npy("|u1", "(1,)", false, "\x01")}), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			n, err := loadBeside(t, t.TempDir(), file.content, synapses(file.keys, file.ofA))
			require.NoError(t, err)
			e := n.Projections[0].Edges
			require.Equal(t, want.Source, e.Source)
			require.Equal(t, want.Target, e.Target)
			require.InDeltaSlice(t, want.Weight, e.Weight, 1e-12)
			require.InDeltaSlice(t, want.Delay, e.Delay, 1e-12)
			requireRoundTrip(t, n)
		})
	}
	// Delays alone, which have no place in the documented order.
	n, err := loadBeside(t, t.TempDir(), "source,target,delay\n0,1,2\n1,0,1\n", synapses("", ""))
	require.NoError(t, err)
	require.Nil(t, n.Projections[0].Edges.Weight)
	require.Equal(t, want.Delay, n.Projections[0].Edges.Delay)
}

func TestEdgeFileFaults(t *testing.T) {
	for _, row := range []struct{ content, keys, want string }{
		{"", "", "f: is empty: must hold synapses"},
		{"source,target\n", "", "f: holds no synapses"},
		{"source,target,weight,delay\n0,1,1,0.1\n1,0,1,409.7\n", "", "projections.p.file: \"0.1 to 409.7 ms\": delays must span at most 4096 steps of dt (0.1 ms): make several projections of it"},
		{"source,weight\n0,1\n", "", "f:1: the columns are source, weight: must have the columns source, target and, if wanted, weight and delay [ms]"},
		{"source,target,colour\n0,1,2\n", "", `f:1: no column of synapses is called "colour"; there are source, target, weight, delay and others`},
		{"i,pre,j\n0,1,2\n", "", `f:1: the columns "i" and "pre" contradict each other`},
		{"source,target,weight_pA\n0,1,2\n", "", "projections.p.weight: f: its unit must be mV, that of the population's neurons"},
		{"source,target,weight_ms\n0,1,2\n", "", `no column of synapses is called "weight_ms"`},
		{"# columns = [\"i\", \"j\"]\n0 1 2\n", "", "f: states 2 columns, but has 3"},
		{zipped(t, map[string]string{"source": npy("|u1", "(1,)", false, "\x00"), "target": npy("|u1", "(1,)", false, "\x01"), "weight": npy("|u1", "()", false, "\x01")}), "",
			"f: array weight: must be of little-endian numbers in one dimension"},
		{zipped(t, map[string]string{"q_source": npy("|u1", "(1,)", false, "\x03"), "r_source": npy("|u1", "(1,)", false, "\x03")}), "", "f: has the lists "},
	} {
		_, err := loadBeside(t, t.TempDir(), row.content, synapses(row.keys, ""))
		require.ErrorContains(t, err, row.want, "%q", row.content)
		require.NotContains(t, err.Error(), "\n")
	}
}

// 10 mV from 0 ms, 20 mV from 5 ms.
func TestSampleFilesByName(t *testing.T) {
	load := func(content, of string) (network.Input, error) {
		n, err := loadBeside(t, t.TempDir(), content, "populations: {A: {size: 1, tau_m: 20, "+of+"V_th: 15, V_reset: 0, input: {samples: {file: f}}}}")
		if err != nil {
			return nil, err
		}
		return n.Populations[0].Input, nil
	}
	for content, of := range map[string]string{
		"current_mV,time_ms\n10,0\n20,5\n":        "",
		"time_ms,current_mV\n0,10\n5,20\n":        "",
		"0 10\n5 20\n":                            "",
		"t [s], I [V]\n0, 0.01\n0.005, 0.02\n":    "",
		"step,amplitude_uV\n0,10000\n50,20000\n":  "",
		"times,amplitudes\n0,10\n5,20\n":          "C_m: 250, ",
		"current_nA,time_ms\n0.01,0\n0.02,5\n":    "C_m: 250, ",
		"# columns: current time\n10 0\n20 5\n":   "",
		"amplitude_times;amplitude\n0;10\n5;20\n": "",
	} {
		in, err := load(content, of)
		require.NoError(t, err, content)
		require.Equal(t, network.Input{network.Samples{Times: []float64{0, 5}, Values: []float64{10, 20}}}, in, content)
	}
	for content, want := range map[string]string{
		"current_pA,time_ms\n10,0\n":  "its unit must be mV, that of the population's neurons",
		"rate,time_ms\n10,0\n":        "its unit must be mV or pA or a multiple of it, not Hz",
		"time_ms\n10\n":               "the columns are time_ms: must have one column of values, or one of times [ms] and one of values",
		"time,current,voltage\n1,2,3": `no column of values is called "voltage"`,
		"# drive, other\n0 1\n":       "names columns, but not all",
	} {
		_, err := load(content, "")
		require.ErrorContains(t, err, want, content)
	}
}

// SONATA's spikes and edges.
func TestSonataInput(t *testing.T) {
	if hdf5.Absent() != nil {
		t.Skip("built without HDF5")
	}
	dir := t.TempDir()
	w, err := hdf5.CreateSpikes(filepath.Join(dir, "spikes.h5"), []string{"lgn", "tw", "none"})
	require.NoError(t, err)
	for i, at := range []float64{1, 2, 4} {
		require.NoError(t, w.Add(0, at, uint64(3+2*i)))
		require.NoError(t, w.Add(1, at+1, 0))
	}
	require.NoError(t, w.Close())
	e, err := hdf5.CreateEdges(filepath.Join(dir, "edges.h5"))
	require.NoError(t, err)
	for _, list := range []string{"a", "b"} {
		p, err := e.Population(hdf5.EdgeTable{Name: list, From: "lgn", To: "A", Pre: 8, Post: 2, Units: "mV"})
		require.NoError(t, err)
		require.NoError(t, p.Add(7, 1, 0.5, 2))
		require.NoError(t, p.Close())
	}
	require.NoError(t, e.Close())
	load := func(keys, list string) (*network.Network, error) {
		text := "populations: {lgn: {size: 8, neuron: spikes, file: spikes.h5" + keys + "}, A: {size: 2, tau_m: 20, V_th: 15, V_reset: 0}}\n" +
			"projections: {" + list + ": {from: lgn, to: A, rule: list, file: edges.h5, tau_syn: 5}}"
		return language.Load(strings.NewReader(text), filepath.Join(dir, "net.yaml"), language.Options{HDF5: hdf5.OpenTree})
	}
	n, err := load("", "a")
	require.NoError(t, err)
	require.Equal(t, []int{3, 5, 7}, n.Populations[0].Spikes.Neuron)
	require.Equal(t, []float64{1, 2, 4}, n.Populations[0].Spikes.Times)
	require.Equal(t, []float64{0.5}, n.Projections[0].Edges.Weight)
	require.Equal(t, []uint32{7}, n.Projections[0].Edges.Source)
	n, err = load(", population: tw", "b")
	require.NoError(t, err)
	require.Equal(t, []int{0, 0, 0}, n.Populations[0].Spikes.Neuron)
	_, err = load(", population: none", "a")
	require.ErrorContains(t, err, "spikes.h5: holds no spikes of its population none")
	_, err = load("", "c")
	require.ErrorContains(t, err, "edges.h5: has the lists a, b: say which one (population)")
	_, err = language.Load(strings.NewReader("populations: {S: {size: 8, neuron: spikes, file: spikes.h5}}"), filepath.Join(dir, "net.yaml"), language.Options{})
	require.ErrorContains(t, err, "spikes.h5: looks like HDF5, which is not read here")
}

// Whatever a file holds, Load answers in lines or with a network.
func FuzzTables(f *testing.F) {
	for _, content := range []string{
		"neuron,time_ms\n3,1\n", "# columns = [\"i\", \"j\"]\n0 1\n", "sender\ttime_step\ttime_offset\n1\t2\t0\n", "1;0\n",
		"time_ms,population,neuron\n1,\"E\",3\n", npy("<f8", "(1, 2)", false, float64s),
		zipped(f, map[string]string{"step": npy("<u4", "(1,)", false, someBytes), "neuron": npy("<u4", "(1,)", false, someBytes)}),
		gzipped(f, "1 2 3\n"), "\x89HDF\r\n\x1a\n",
	} {
		for way := range uint8(8) {
			f.Add(content, "neuron", way)
		}
		f.Add(content, "ignore", uint8(4))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content, column string, way uint8) {
		column = strings.Map(func(r rune) rune {
			if r < 'a' || r > 'z' {
				return '_'
			}
			return r
		}, column)
		keys := []string{"", ", early: drop", ", columns: [" + column + ", time_ms]", ", first_id: 1, time_unit: steps"}[way/2%4]
		text := []string{"populations: {S: {size: 8, neuron: spikes, file: f" + keys + "}}", synapses("", "")}[way%2]
		readertest.Bounded(t, len(content), func() {
			n, err := loadBeside(t, dir, content, text)
			if err != nil {
				requireLines(t, err)
				return
			}
			spikes, edges := len(n.Populations[0].Spikes.Times), 0
			if len(n.Projections) > 0 {
				edges = len(n.Projections[0].Edges.Source)
			}
			require.Positive(t, spikes+edges, "nothing of a file without a word")
		})
	})
}

// What is wrong in a table is told with its file, row and column, and how many rows more are; so in a list in the text, whose
// place is shown.
func TestFaultsNameTheRow(t *testing.T) {
	bytesOf := func(values ...byte) string { return string(values) }
	pair := func(neurons, times string) string {
		return zipped(t, map[string]string{"neuron": npy("|u1", "("+fmt.Sprint(len(neurons))+",)", false, neurons), "step": npy("|u1", "("+fmt.Sprint(len(times))+",)", false, times)})
	}
	const nan = "\x00\x00\x00\x00\x00\x00\xf8\x7f"
	const spikes, edges, samples = "spikes", "edges", "samples"
	for _, row := range []struct{ of, content, want string }{
		{spikes, "neuron,time_ms\n3,1\n8,2\n-1,3\n4,4\n9,1\n", "f:3: neuron 8: must be a whole number from 0 to 7, the last neuron of S (first_id says which is its first) (and 2 more rows)"},
		{spikes, "neuron,time_ms\n3,1\n3,x\n4,2\n5\n6,y\n", `f:3: the column "time_ms" must hold numbers, not "x" (and 2 more rows)`},
		{spikes, "neuron,time_ms\n3,1\n3.5,2\n4,2\n", "f:3: the neuron must be a whole number, not 3.5"},
		{spikes, "neuron,time_ms\n3,1\n4,1e12\n4,2e12\n", "f:3: time 1e+12 ms: must be at most 2^30 steps of dt, 107374182.4 ms (and 1 more row)"},
		{spikes, "neuron,time_ms\n3,1\n4,0.01\n4,0.02\n", "f:3: time 0.01 ms: must be at least one step of dt, 0.1 ms; of 3 spikes 2 are earlier: early: drop leaves them out, early: first moves them to the first step"},
		{spikes, "time_ms,population,neuron\n1,S,3\n1,T,99\n2,S,0\n2,S,12\n", "f:5: neuron 12: must be a whole number from 0 to 7"},
		{spikes, npy("|u1", "(4, 2)", false, bytesOf(1, 3, 2, 8, 3, 9, 4, 4)), "f: spike 1 (from 0): neuron 8: must be a whole number from 0 to 7, the last neuron of S (first_id says which is its first) (and 1 more row)"},
		{spikes, npy("<f8", "(2, 2)", false, float64s[:8]+nan+nan+nan), "f: row 0 (from 0): column 2 must hold finite numbers, not NaN (and 1 more row)"},
		{spikes, pair(bytesOf(3, 4, 8), bytesOf(1, 2, 3)), "f: spike 2 (from 0): neuron 8: must be"},
		{edges, "pre,post\n0,1\n7,1\n8,1\n0,9\n2,2\n", `f:4: the column "pre": 8: must be a whole number from 0 to 7, the last neuron of S (and 1 more row)`},
		{edges, "0 1\n7 4\n1.5 1", "f:2: column 2: 4: must be a whole number from 0 to 3, the last neuron of E (and 1 more row)"},
		{edges, "source,target,weight,delay\n0,1,1,0.1\n0,1,1,0.25\n0,1,1,0\n", `f:3: the column "delay": 0.25: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.3 (and 1 more row)`},
		{edges, "source,target,weight\n0,1,1\n0,1,-1\n0,1,2\n0,1,-3\n", `f:3: the column "weight": -1: must have the sign of those before it: make two projections (and 1 more row)`},
		{edges, npy("|u1", "(3, 2)", false, bytesOf(0, 1, 8, 1, 9, 1)), "f: row 1 (from 0): column 1: 8: must be a whole number from 0 to 7, the last neuron of S (and 1 more row)"},
		{edges, zipped(t, map[string]string{"source": npy("|u1", "(2,)", false, bytesOf(0, 1)), "target": npy("|u1", "(2,)", false, bytesOf(1, 4))}),
			`f: row 1 (from 0): the column "target": 4: must be a whole number from 0 to 3, the last neuron of E`},
		{edges, zipped(t, map[string]string{"source": npy("|u1", "(2,)", false, bytesOf(0, 1)), "target": npy("<f8", "(2,)", false, nan+float64s[:8])}),
			`f: row 0 (from 0): the column "target" must hold finite numbers, not NaN`},
		{samples, "time_ms,value\n0,1\n5,2\n4,3\n5.55,2\n6,1e10\n", `f:4: the column "time_ms": 4: must be later than the time before it, 5 (and 2 more rows)`},
		{samples, npy("|u1", "(3, 2)", false, bytesOf(0, 1, 5, 2, 5, 3)), "f: row 2 (from 0): column 1: 5: must be later than the time before it, 5"},
	} {
		text := map[string]string{
			spikes:  "populations: {S: {size: 8, neuron: spikes, file: f, population: S}}",
			edges:   "populations: {S: {size: 8, neuron: poisson, rate: 1}, E: {size: 4, tau_m: 10, V_th: 15, V_reset: 0}}\nprojections: {a: {from: S, to: E, rule: list, file: f, weight: 1, delay: 1, tau_syn: 5}}",
			samples: "populations: {E: {size: 4, tau_m: 10, V_th: 15, V_reset: 0, input: {samples: {file: f}}}}",
		}[row.of]
		if !strings.Contains(row.content, "population") {
			text = strings.Replace(text, ", population: S", "", 1)
		}
		_, err := loadBeside(t, t.TempDir(), row.content, text)
		require.ErrorContains(t, err, row.want, "%q", row.content)
		require.NotContains(t, err.Error(), "\n")
	}
	for text, want := range map[string]string{
		"populations: {S: {size: 8, neuron: spikes, times: [1, 2, 3, 4], neurons: [3, 8, 1, -1]}}":      "net.yaml:1:78: populations.S.neurons.1: 8: must be a whole number from 0 to 7, the population's last neuron (and 1 more)",
		"populations: {S: {size: 8, neuron: spikes, times: [1, 2e9, 3, 4e9], neurons: [3, 7, 1, 1]}}":   "net.yaml:1:55: populations.S.times.1: 2000000000: must be at most 2^30 steps of dt, 107374182.4 ms (and 1 more)",
		"populations: {S: {size: 8, neuron: spikes, times: [1, a, 3, b, 4], neurons: [3, 7, 1, 1, 1]}}": "net.yaml:1:55: populations.S.times.1: a: must be a number (and 1 more)",
	} {
		_, err := language.Load(strings.NewReader(text), "net.yaml", language.Options{})
		require.ErrorContains(t, err, want)
	}
	const mustEdges = "must be a list of [source, target], [source, target, weight] or [source, target, weight, delay]; " +
		"or {source: [...], target: [...]}, with weight and delay if wanted, as many of each"
	const listed = "populations: {E: {size: 4, tau_m: 10, V_th: 15, V_reset: 0}}\nprojections: {a: {from: E, to: E, rule: list, weight: 1, delay: 1, tau_syn: 5, edges: EDGES}}"
	for edges, want := range map[string]string{
		"[[0, 1], [4, 1], [0, 5], [1, 1]]":      "net.yaml:2:96: projections.a.edges.1: source of synapse 1: 4: must be a whole number from 0 to 3, the last neuron of E (and 1 more)",
		"[[0, 1], [0, x], [0, y], [1, 1], [1]]": "net.yaml:2:100: projections.a.edges.1.1: x: must be a number (and 2 more)",
		"[[0, 1], [0], [0, 2], [1, 1, 3]]":      "net.yaml:2:96: projections.a.edges.1: a list: must have as many numbers as those before it, 2, not 1 (and 1 more)",
		// by their columns
		"{source: [0, 4, 1], target: [1, 1, 9]}":                 "net.yaml:2:80: projections.a.edges.1: source of synapse 1: 4: must be a whole number from 0 to 3, the last neuron of E (and 1 more)",
		"{source: [0, 1], target: [1]}":                          "net.yaml:2:112: projections.a.edges.target: 1: must be as many as of source, 2",
		"{source: [0, 1], target: [1, 2], delay: []}":            "net.yaml:2:127: projections.a.edges.delay: 0: must be as many as of source, 2",
		"{source: [0, 1], target: [1, x]}":                       "net.yaml:2:116: projections.a.edges.target.1: x: must be a number",
		"{source: 0, target: [1]}":                               "net.yaml:2:96: projections.a.edges.source: 0: must be a list of numbers, one for each synapse",
		"{source: [0]}":                                          "net.yaml:2:87: projections.a.edges.target: missing: must be a list of numbers, one for each synapse",
		"{source: [0], taget: [1]}":                              "net.yaml:2:101: projections.a.edges.taget: unknown key: did you mean target? allowed are source, target, weight, delay",
		"{source: [0, 1], target: [1, 2], weight: [1 nS, 1 mV]}": "net.yaml:2:129: projections.a.edges.weight.0: 1 nS: its unit must be mV, that of the population's neurons",
		"{source: [0, 1], target: [1, 2], weight: [1, -1]}":      `net.yaml:2:80: projections.a.edges: "weights of both signs": must have one sign: make two projections`,
		"3": "net.yaml:2:87: projections.a.edges: 3: " + mustEdges,
		"":  "net.yaml:2:80: projections.a.edges: nothing: " + mustEdges,
		"[[0, 1, 1, 0.15], [0, 1, 1, 1], [0, 1, 1, 0]]": "net.yaml:2:88: projections.a.edges.0: delay of synapse 0: 0.15: must be a whole multiple of dt (0.1 ms), at least 0.1; the nearest is 0.1 (and 1 more)",
	} {
		_, err := language.Load(strings.NewReader(strings.Replace(listed, "EDGES", edges, 1)), "net.yaml", language.Options{})
		require.EqualError(t, err, want, edges)
	}
}
