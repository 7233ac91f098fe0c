package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/experiment"
	"einet/record"
	"einet/record/hdf5"
)

func readNpz[T any](t *testing.T, file, name string) (all []T) {
	t.Helper()
	z, err := npz.Open(file)
	require.NoError(t, err)
	defer z.Close()
	require.NoError(t, z.Read(name+".npy", &all))
	return all
}

// Steps may be as long as a network may have them.
func TestKeptOfAnyStep(t *testing.T) {
	for _, dt := range []string{"1e6", "1e9"} {
		s, _, _, dir := written(t, "{dt: "+dt+", duration: "+dt+", populations: {E: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, input: 20}}}", "-q")
		require.EqualValues(t, 10, s.Populations["E"].Spikes)
		trains, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
		require.NoError(t, err)
		require.Len(t, trains.Spikes, 10)
	}
}

// What the network's record asks for is written beside the rest, changes nothing, and is gone
// from the folder when the next run does not ask for it.
func TestRecord(t *testing.T) {
	plain := small(t, "--json", "-q")
	status, out, errs := einet(t, plain...)
	require.Equal(t, exitDone, status, errs)
	args := small(t, "--json", "-q", "--set", "record={spikes: {E: 50, I: 0}, state: {I: {neurons: 3, every: 0.5}}, averages: 2, histograms: {I: {V: {low: 0, high: 15, bins: 5, every: 2}, net: {low: -10, high: 20, bins: 3, every: 10}}}, triggered: {E: {neurons: 50, before: 2, after: 2, every: 1}}}", "--spikes", "csv")
	dir := outOf(args)
	status, recorded, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, digestOf(t, out), digestOf(t, recorded), "recording changes nothing, and the digest is of all spikes")

	all, err := record.ReadSpikes(filepath.Join(outOf(plain), experiment.SpikesFile))
	require.NoError(t, err)
	some, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
	require.NoError(t, err)
	require.Equal(t, []record.Recorded{{Count: 50}, {}}, some.Recorded)
	require.NotEmpty(t, some.Spikes)
	kept := 0
	for _, s := range all.Spikes {
		if s.Neuron < 50 {
			require.Equal(t, s, some.Spikes[kept])
			kept++
		}
	}
	require.Len(t, some.Spikes, kept)
	text, err := os.ReadFile(filepath.Join(dir, experiment.CSVFile))
	require.NoError(t, err)
	require.Equal(t, kept+1, strings.Count(string(text), "\n"))

	file := filepath.Join(dir, experiment.StateFile)
	require.Equal(t, []int64{800, 801, 802}, readNpz[int64](t, file, "I_neuron"))
	require.Len(t, readNpz[uint32](t, file, "I_step"), 200)
	v, net := readNpz[float32](t, file, "I_V"), readNpz[float32](t, file, "I_net")
	exc, inh, ext := readNpz[float32](t, file, "I_exc"), readNpz[float32](t, file, "I_inh"), readNpz[float32](t, file, "I_ext")
	g0, g1 := readNpz[float32](t, file, "I_g0"), readNpz[float32](t, file, "I_g1")
	require.Len(t, v, 600)
	for k := range v {
		require.Less(t, v[k], float32(15))
		require.InDelta(t, exc[k]+inh[k]+ext[k], net[k], 1e-4)
		require.Equal(t, []float32{exc[k], inh[k]}, []float32{g0[k], g1[k]}, "of weights in mV")
	}
	file = filepath.Join(dir, experiment.AverageFile)
	require.Len(t, readNpz[uint32](t, file, "step"), 50)
	require.InDeltaSlice(t, readNpz[float32](t, file, "I_exc"), readNpz[float32](t, file, "I_g0"), 1e-4, "of weights in mV")
	require.InDeltaSlice(t, readNpz[float32](t, file, "I_inh"), readNpz[float32](t, file, "I_g1"), 1e-4)
	require.NotContains(t, readNpz[float32](t, file, "I_g0"), float32(0), "the network is at work")
	sum := 0.0
	for _, r := range readNpz[float32](t, file, "E_rate") {
		sum += float64(r)
	}
	counted := 0
	for _, s := range all.Spikes {
		if s.Neuron < 800 {
			counted++
		}
	}
	require.InDelta(t, float64(counted)/800/0.1, sum/50, 1e-4)

	file = filepath.Join(dir, experiment.HistogramFile)
	require.Equal(t, []float64{0, 3, 6, 9, 12, 15}, readNpz[float64](t, file, "I_V_edges"))
	require.Len(t, readNpz[uint32](t, file, "I_V_step"), 50)
	require.Len(t, readNpz[uint32](t, file, "I_net_counts"), 10*3)
	counts, below, above := readNpz[uint32](t, file, "I_V_counts"), readNpz[uint32](t, file, "I_V_below"), readNpz[uint32](t, file, "I_V_above")
	for k := range below {
		total := below[k] + above[k]
		for _, n := range counts[5*k : 5*k+5] {
			total += n
		}
		require.EqualValues(t, 200, total, "all neurons of I, once")
		require.Zero(t, above[k], "none stays at threshold")
	}

	status, out, errs = einet(t, "plot", dir)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "raster.png")
	svg, err := os.ReadFile(filepath.Join(dir, "raster.svg"))
	require.NoError(t, err)
	require.Contains(t, string(svg), "of 50)", "the figure says that it is of 50 neurons")

	require.FileExists(t, filepath.Join(dir, experiment.TriggeredFile))
	again := append(small(t, "-q"), "--force")
	for k := range again {
		if again[k] == "--out" {
			again[k+1] = dir
		}
	}
	status, _, errs = einet(t, again...)
	require.Equal(t, exitDone, status, errs)
	for _, gone := range experiment.AskedFiles {
		require.NoFileExists(t, filepath.Join(dir, gone))
	}
}

// Any neurons and chosen variables, on every engine: the columns are those of a run that keeps all, and
// nothing else is written.
func TestRecordAnyNeurons(t *testing.T) {
	args := small(t, "--json", "-q", "--no-plots", "--set", "record={spikes: all, state: {I: {neurons: all, every: 0.5}}, averages: 2}", "--engine", "reference")
	status, whole, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file, means := filepath.Join(outOf(args), experiment.StateFile), filepath.Join(outOf(args), experiment.AverageFile)
	all, err := record.ReadSpikes(filepath.Join(outOf(args), experiment.SpikesFile))
	require.NoError(t, err)
	on := func(t *testing.T, gl engines.OpenGL, engine string) {
		args := small(t, "--json", "-q", "--engine", engine, "--set", "record={spikes: {E: [7, 3, {from: 600, every: 50}], I: [9]}, state: {I: {neurons: [150, 3, {from: 20, to: 40, every: 10}], every: 0.5, variables: [exc, g, V]}},"+
			" histograms: {I: {V: {low: 0, high: 15, bins: 5, every: 2, neurons: {sample: 30}}}}, averages: {every: 2, neurons: {I: {from: 100}}, variables: [rate, V]}}")
		dir := outOf(args)
		status, out, errs := einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.Equal(t, digestOf(t, whole), digestOf(t, out))

		neurons := []int{150, 3, 20, 30, 40}
		state := filepath.Join(dir, experiment.StateFile)
		require.Equal(t, []int64{950, 803, 820, 830, 840}, readNpz[int64](t, state, "I_neuron"))
		for _, variable := range []string{"I_V", "I_exc", "I_g0", "I_g1"} {
			every, some := readNpz[float32](t, file, variable), readNpz[float32](t, state, variable)
			require.Len(t, some, 200*5)
			for k, x := range some {
				require.Equal(t, every[k/5*200+neurons[k%5]], x, "%s of %s", variable, engine)
			}
		}
		require.ElementsMatch(t, []string{"dt_ms", "I_neuron", "I_tau_syn", "I_step", "I_V", "I_exc", "I_g0", "I_g1"}, arraysOf(t, state), "no more than was asked for")

		some, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
		require.NoError(t, err)
		require.Equal(t, []record.Recorded{{Count: 6, Neuron: []uint32{3, 7, 600, 650, 700, 750}}, {Count: 1, Neuron: []uint32{809}}}, some.Recorded)
		kept := 0
		for _, s := range all.Spikes {
			if s.Neuron == 3 || s.Neuron == 7 || s.Neuron == 809 || s.Neuron >= 600 && s.Neuron < 800 && s.Neuron%50 == 0 {
				require.Equal(t, s, some.Spikes[kept])
				kept++
			}
		}
		require.Len(t, some.Spikes, kept)
		require.Equal(t, []uint32{3, 7, 600, 650, 700, 750, 809}, readNpz[uint32](t, filepath.Join(dir, experiment.SpikesFile), "recorded_neuron"))

		averages := filepath.Join(dir, experiment.AverageFile)
		require.ElementsMatch(t, []string{"dt_ms", "step", "I_rate", "I_V"}, arraysOf(t, averages))
		v, every := readNpz[float32](t, averages, "I_V"), readNpz[float32](t, file, "I_V")
		for k, mean := range v {
			sum := 0.0
			for _, x := range every[(4*k+3)*200:][100:200] {
				sum += float64(x)
			}
			require.InDelta(t, sum/100, mean, 1e-5)
		}
		require.NotEqual(t, readNpz[float32](t, means, "I_V"), v)

		histograms := filepath.Join(dir, experiment.HistogramFile)
		counts, below := readNpz[uint32](t, histograms, "I_V_counts"), readNpz[uint32](t, histograms, "I_V_below")
		for k := range below {
			total := below[k]
			for _, n := range counts[5*k : 5*k+5] {
				total += n
			}
			require.EqualValues(t, 30, total)
		}
		traces, err := record.ReadTraces(filepath.Join(dir, experiment.TracesFile))
		require.NoError(t, err)
		require.Equal(t, []int64{950, 803, 820}, traces.Neuron)
		status, _, errs = einet(t, "plot", dir)
		require.Equal(t, exitDone, status, errs)
		for figure, label := range map[string]string{"currents": "Neuron 150 of I", "raster": "E 650", "raster ": "I 9"} {
			svg, err := os.ReadFile(filepath.Join(dir, strings.TrimSpace(figure)+".svg"))
			require.NoError(t, err)
			require.Contains(t, string(svg), label, "the neurons that are recorded, by their ids")
		}
	}
	on(t, withoutGL(), "reference")
	on(t, withoutGL(), "cpu")
	t.Run("gpu", func(t *testing.T) { on(t, withGL(t), "gpu") })
}

// arraysOf are the names of an archive's arrays.
func arraysOf(t *testing.T, file string) (names []string) {
	z, err := npz.Open(file)
	require.NoError(t, err)
	defer z.Close()
	for _, key := range z.Keys() {
		names = append(names, strings.TrimSuffix(key, ".npy"))
	}
	return names
}

// The spikes of chosen neurons are no source for others.
func TestChosenSpikesAreNoSource(t *testing.T) {
	args := small(t, "-q", "--no-plots", "--set", "record.spikes={E: [3, 7, 99]}")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(outOf(args), experiment.SpikesFile)
	net := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(net, []byte("populations: {E: {neuron: spikes, size: 800, file: "+file+"}}"), 0o666))
	status, _, errs = einet(t, "show", net)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds the spikes of some neurons of E only (its array recorded_neuron): must be of the first 800")
}

// Nothing is kept but what was asked for: no spikes, so no raster.
func TestRecordNoSpikes(t *testing.T) {
	args := small(t, "--set", "record.spikes=none")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	status, out, errs := einet(t, "plot", outOf(args))
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, out, "raster")
	require.Contains(t, out, "potentials.png")
}

func TestFormatsThatAreNotThere(t *testing.T) {
	status, _, errs := einet(t, small(t, "--spikes", "nwb")...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, `--spikes must be one of "csv","sonata" but got "nwb"`)
	if hdf5.Absent() != nil {
		status, _, errs = einet(t, small(t, "--spikes", "sonata")...)
		require.Equal(t, exitMachine, status)
		require.Contains(t, errs, "--spikes sonata: SONATA files need the HDF5 library")
		status, _, errs = einet(t, "export", "ei", "--to", "sonata")
		require.Equal(t, exitMachine, status)
		require.Contains(t, errs, "--to sonata: SONATA files need the HDF5 library")
	}
}

// Spikes that another simulator would have written, and what is wrong with them.
func TestAgainstForeignSpikes(t *testing.T) {
	dir := t.TempDir()
	args := []string{"run", "ei", "--scale", "0.1", "--engine", "cpu", "--duration", "600ms", "--seed", "54", "--no-plots", "-q", "--spikes", "csv", "--out", filepath.Join(dir, "run")}
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	text, err := os.ReadFile(filepath.Join(dir, "run", experiment.CSVFile))
	require.NoError(t, err)
	nest := []string{"# NEST version: 3.6", "sender\ttime_ms"}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		f := strings.Split(line, ",")
		nest = append(nest, f[2]+"\t"+f[0])
	}
	file := filepath.Join(dir, "spikes-0.dat")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(nest, "\n")+"\n"), 0o666))
	against := []string{"validate", "ei", "--scale", "0.1", "--seeds", "10", "--no-plots", "-q", "--against", file}
	status, _, errs = einet(t, against...)
	require.Equal(t, exitUsage, status)
	require.Regexp(t, `--against .*spikes-0.dat:\d+: neuron -1 \(counted from 0\): the network has 1000`, errs)
	status, out, errs := einet(t, append(against, "--first-id", "0")...)
	require.Equal(t, exitDone, status, errs+out)
	require.Regexp(t, "pass( in part)?: consistent", out)
	status, _, errs = einet(t, "validate", "ei", "--against", "gone.dat")
	require.Equal(t, exitUsage, status)
	require.Equal(t, "einet: --against gone.dat: can't be read: no such file or directory\n", errs)
	status, _, errs = einet(t, "run", dir)
	require.Equal(t, exitUsage, status)
	require.Equal(t, "einet: "+dir+": is a folder, must be a YAML file or a preset\n", errs)
	status, _, errs = einet(t, "validate", "ei", "--first-id", "1")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--first-id: only says something of --against")
}

func digestOf(t *testing.T, summary string) string {
	var s experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(summary), &s))
	return s.Digest
}
