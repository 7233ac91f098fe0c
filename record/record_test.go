package record

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"einet/network"
	"einet/sim"
)

var two = []Population{{Name: "E", First: 0, Size: 4}, {Name: "I\u03b1", First: 4, Size: 2}}

// save writes spikes in pieces of that many and returns the file's path.
func save(t require.TestingT, dir string, spikes []sim.Spike, piece int, steps int64) string {
	path := filepath.Join(dir, "spikes.npz")
	w, err := CreateSpikes(path, 0.1, two)
	require.NoError(t, err)
	for len(spikes) > 0 {
		n := min(piece, len(spikes))
		require.NoError(t, w.Write(spikes[:n]))
		spikes = spikes[n:]
	}
	require.NoError(t, w.Close(steps))
	return path
}

func files(t require.TestingT, dir string) (names []string) {
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range list {
		names = append(names, f.Name())
	}
	return names
}

func TestWriteFileIsAllOrNothing(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "summary.json")
	put := func(text string, err error) error {
		return WriteFile(path, func(w io.Writer) error {
			if _, err := io.WriteString(w, text); err != nil {
				return err
			}
			return err
		})
	}
	broken := errors.New("broken")
	require.ErrorIs(t, put("half", broken), broken)
	require.Empty(t, files(t, dir))

	require.NoError(t, put("whole", nil))
	require.ErrorIs(t, put("half", broken), broken)
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "whole", string(got))
	require.Equal(t, []string{"summary.json"}, files(t, dir))

	require.Error(t, WriteFile(filepath.Join(dir, "absent", "x"), func(io.Writer) error { return nil }))
	require.Error(t, WriteFile(dir, func(io.Writer) error { return nil }), "a folder stands there")
	require.Equal(t, []string{"summary.json"}, files(t, dir))
}

func TestSpikesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		dir, err := os.MkdirTemp("", "record")
		require.NoError(t, err)
		defer os.RemoveAll(dir)
		var spikes []sim.Spike
		for step := range uint32(30) {
			fired := rapid.Uint8Range(0, 63).Draw(t, "fired")
			for id := range uint32(6) {
				if fired>>id&1 == 1 {
					spikes = append(spikes, sim.Spike{Step: step + 1, Neuron: id})
				}
			}
		}
		got, err := ReadSpikes(save(t, dir, spikes, rapid.IntRange(1, 50).Draw(t, "piece"), 30))
		require.NoError(t, err)
		require.Equal(t, Header{DtMs: 0.1, Steps: 30, Populations: two}, got.Header)
		require.Equal(t, spikes, got.Spikes)
		require.Equal(t, []string{"spikes.npz"}, files(t, dir))
	})
}

func TestSpikesLongerThanAChunk(t *testing.T) {
	spikes := make([]sim.Spike, 3*chunk+7)
	for i := range spikes {
		spikes[i] = sim.Spike{Step: uint32(i/6 + 1), Neuron: uint32(i % 6)}
	}
	path := save(t, t.TempDir(), spikes, len(spikes), int64(len(spikes)))
	got, err := ReadSpikes(path)
	require.NoError(t, err)
	require.Equal(t, spikes, got.Spikes)
}

func TestAbortLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	w, err := CreateSpikes(filepath.Join(dir, "spikes.npz"), 0.1, two)
	require.NoError(t, err)
	require.NoError(t, w.Write([]sim.Spike{{Step: 1, Neuron: 1}}))
	require.NoError(t, w.Abort())
	require.NoError(t, w.Abort())
	require.Empty(t, files(t, dir))

	w, err = CreateSpikes(filepath.Join(dir, "spikes.npz"), 0.1, two)
	require.NoError(t, err)
	require.NoError(t, w.Write([]sim.Spike{{Step: 9, Neuron: 1}}))
	require.ErrorContains(t, w.Close(8), "step 9")
	require.Empty(t, files(t, dir))
}

func TestWriterRefusesDisorder(t *testing.T) {
	for name, bad := range map[string][]sim.Spike{
		"step back": {{Step: 2, Neuron: 0}, {Step: 1, Neuron: 0}},
		"id back":   {{Step: 2, Neuron: 3}, {Step: 2, Neuron: 2}},
		"id":        {{Step: 2, Neuron: 6}},
		"step zero": {{Step: 0, Neuron: 1}},
	} {
		w, err := CreateSpikes(filepath.Join(t.TempDir(), "spikes.npz"), 0.1, two)
		require.NoError(t, err)
		require.Error(t, w.Write(bad), name)
		require.NoError(t, w.Abort())
	}
}

func TestPopulationsFollowTheNetwork(t *testing.T) {
	net := &network.Network{Populations: []network.Population{{Name: "E", Size: 4}, {Name: "I\u03b1", Size: 2}}}
	require.Equal(t, two, Populations(net))
	for _, bad := range [][]Population{
		{{Name: "", Size: 1}},
		{{Name: "a/b", Size: 1}},
		{{Name: "E", Size: 0}},
		{{Name: "E", First: 1, Size: 1}},
		{{Name: "E", Size: 1}, {Name: "E", First: 1, Size: 1}},
		{{Name: "E", Size: 1 << 32}, {Name: "I", First: 1 << 32, Size: 1}},
	} {
		require.Error(t, checkPopulations(bad), "%v", bad)
	}
}

func sampleTraces() *Traces {
	return &Traces{
		DtMs: 0.1,
		Populations: []Traced{
			{Population: two[0], VTh: 15, EL: 0.5, V: Histogram{Edges: []float64{0, 5, 15}, Counts: []int64{7, 1 << 40}}},
			{Population: two[1], VTh: -50, VReset: -60, EL: -52},
		},
		HistogramAt: []int64{100, 200},
		Step:        []int64{3, 4, 5},
		Neuron:      []int64{1, 5},
		V:           [][]float32{{1, 2, 3}, {4, 5, 6}},
		Exc:         [][]float32{{10, 20, 30}, {40, 50, 60}},
		Inh:         [][]float32{{-1, -2, -3}, {-4, -5, -6}},
		Ext:         [][]float32{{60, 60, 60}, {40, 40, 40}},
	}
}

func TestTracesRoundTrip(t *testing.T) {
	path := filepath.Join(t.TempDir(), "traces.npz")
	require.NoError(t, WriteTraces(path, sampleTraces()))
	got, err := ReadTraces(path)
	require.NoError(t, err)
	require.Equal(t, sampleTraces(), got)

	nothing := &Traces{DtMs: 1}
	require.NoError(t, WriteTraces(path, nothing))
	got, err = ReadTraces(path)
	require.NoError(t, err)
	require.Empty(t, got.V)
}

func TestTracesThatDoNotFitAreRefused(t *testing.T) {
	for name, spoil := range map[string]func(*Traces){
		"row":       func(t *Traces) { t.Exc = t.Exc[:1] },
		"sample":    func(t *Traces) { t.V[1] = t.V[1][:2] },
		"id":        func(t *Traces) { t.Neuron[0] = 6 },
		"order":     func(t *Traces) { t.Step[1] = 3 },
		"edges":     func(t *Traces) { t.Populations[0].V.Edges[0] = 6 },
		"counts":    func(t *Traces) { t.Populations[0].V.Counts[0] = -1 },
		"bins":      func(t *Traces) { t.Populations[0].V.Counts = nil },
		"threshold": func(t *Traces) { t.Populations[0].VTh = -1 },
		"dt":        func(t *Traces) { t.DtMs = 0 },
	} {
		tr, dir := sampleTraces(), t.TempDir()
		spoil(tr)
		require.Error(t, WriteTraces(filepath.Join(dir, "traces.npz"), tr), name)
		require.Empty(t, files(t, dir))
	}
}

// TestNpyioReads holds the files against a reader that is not ours.
func TestNpyioReads(t *testing.T) {
	path := save(t, t.TempDir(), []sim.Spike{{Step: 1, Neuron: 5}, {Step: 7, Neuron: 0}}, 1, 10)
	var step, neuron []uint32
	var steps int64
	var dt float64
	f, err := npz.Open(path)
	require.NoError(t, err)
	defer f.Close()
	require.ElementsMatch(t, []string{"dt_ms.npy", "duration_steps.npy", "neuron.npy", "population_first.npy",
		"population_names.npy", "population_size.npy", "step.npy"}, f.Keys())
	for name, to := range map[string]any{"step.npy": &step, "neuron.npy": &neuron, "duration_steps.npy": &steps, "dt_ms.npy": &dt} {
		require.NoError(t, f.Read(name, to), name)
	}
	require.Equal(t, []uint32{1, 7}, step)
	require.Equal(t, []uint32{5, 0}, neuron)
	require.EqualValues(t, 10, steps)
	require.EqualValues(t, 0.1, dt)
}

const numpyScript = `
import sys, numpy as np
s, t = (np.load(p, allow_pickle=False) for p in sys.argv[1:])
assert s["step"].dtype == np.uint32 and s["step"].tolist() == [1, 7]
assert s["neuron"].tolist() == [5, 0]
assert s["dt_ms"].shape == () and float(s["dt_ms"]) == 0.1
assert int(s["duration_steps"]) == 10
assert s["population_names"].tolist() == ["E", "I\u03b1"]
assert s["population_first"].tolist() == [0, 4] and s["population_size"].tolist() == [4, 2]
assert t["v_counts_E"].dtype == np.int64 and t["v_counts_E"].tolist() == [7, 2**40]
assert t["v_edges_E"].tolist() == [0, 5, 15] and "v_edges_I\u03b1" not in t
assert t["trace_V"].dtype == np.float32 and t["trace_V"].tolist() == [[1, 2, 3], [4, 5, 6]]
assert t["trace_inh"][1, 2] == -6 and t["V_reset"].tolist() == [0, -60]
print("read")
`

func TestNumpyReads(t *testing.T) {
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import numpy").Run() == nil {
			python = name
		}
	}
	if python == "" {
		t.Skip("no python3 with numpy here (apt-get install python3-numpy); npyio stands in for it")
	}
	dir := t.TempDir()
	spikes := save(t, dir, []sim.Spike{{Step: 1, Neuron: 5}, {Step: 7, Neuron: 0}}, 1, 10)
	traces := filepath.Join(dir, "traces.npz")
	require.NoError(t, WriteTraces(traces, sampleTraces()))
	out, err := exec.Command(python, "-c", numpyScript, spikes, traces).CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Equal(t, "read\n", string(out))
}
