package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"einet/record/hdf5"

	"github.com/stretchr/testify/require"
)

// networkIn is a network's file.
func networkIn(t *testing.T, dir, name, text string) string {
	path := filepath.Join(dir, name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

// digestOn is the digest of a network's run on an engine, into a new folder; there is OpenGL for the gpu engine alone.
func digestOn(t *testing.T, file, engine string, more ...string) string {
	gl := withoutGL()
	if engine == "gpu" {
		gl = withGL(t)
	}
	args := append([]string{"run", file, "--engine", engine, "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "run")}, more...)
	status, out, errs := einetOn(t, gl, args...)
	require.Equal(t, exitDone, status, errs)
	return digestOf(t, out)
}

// A list with delays of one step and of a hundred is two projections of one synapse each, on every engine.
func TestOneStepAndHundred(t *testing.T) {
	dir := t.TempDir()
	populations := "duration: 100\npopulations: {A: {size: 2, tau_m: 20, V_th: 15, V_reset: 0, input: 20}}\n"
	list := func(far string) string {
		return populations + "projections: {p: {from: A, to: A, rule: list, edges: [[0, 1, 1, 0.1], [1, 0, 1, " + far + "]], tau_syn: 5}}\n"
	}
	apart := networkIn(t, dir, "apart.yaml", populations+"projections:\n"+
		"  p: {from: A, to: A, rule: list, edges: [[0, 1, 1]], delay: 0.1, tau_syn: 5}\n"+
		"  q: {from: A, to: A, rule: list, edges: [[1, 0, 1]], delay: 10, tau_syn: 5}\n")
	want := digestOn(t, apart, "reference")
	together := networkIn(t, dir, "long-delays.yaml", list("10"))
	for _, engine := range []string{"reference", "cpu", "auto"} {
		require.Equal(t, want, digestOn(t, together, engine), engine)
	}
	require.NotEqual(t, want, digestOn(t, networkIn(t, dir, "sooner.yaml", list("9.9")), "reference"), "control: a step less")

	status, _, errs := einet(t, "run", networkIn(t, dir, "too-far.yaml", list("409.7")), "--out", filepath.Join(dir, "refused"))
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "projections.p.edges: \"0.1 to 409.7 ms\": delays must span at most 4096 steps of dt (0.1 ms): make several projections of it\n")

	t.Run("gpu", func(t *testing.T) {
		require.Equal(t, want, digestOn(t, together, "gpu"))
	})
}

// farNetwork has two populations with delays from 1 to 140 ms.
func farNetwork(delay string) string {
	cell := "tau_m: 20, V_th: 15, V_reset: 0, input: 30, V0: {uniform: [0, 15]}"
	text := "dt: 0.1\nduration: 200\npopulations:\n  E: {size: 1100, " + cell + "}\n  I: {size: 300, " + cell + "}\nprojections:\n"
	for _, p := range [][3]string{{"E", "E", "0.1"}, {"E", "I", "0.1"}, {"I", "E", "-0.2"}, {"I", "I", "-0.2"}} {
		tau, sd := "5", "0.01"
		if p[0] == "I" {
			tau = "10"
		}
		text += fmt.Sprintf("  %s_to_%s: {from: %s, to: %s, p: 0.1, weight: {normal: [%s, %s]}, delay: %s, tau_syn: %s}\n", p[0], p[1], p[0], p[1], p[2], sd, delay, tau)
	}
	return text
}

// What is exported of synapses with delays far apart is read back as lists to the same spikes, from npz and
// SONATA, and engines that draw the synapses again have them too.
func TestFarDelaysComeBack(t *testing.T) {
	dir := t.TempDir()
	text := farNetwork("{uniform: [1, 140]}")
	far := networkIn(t, dir, "far.yaml", text)
	want := digestOn(t, far, "cpu")
	require.Equal(t, want, digestOn(t, far, "reference", "--connectivity", "procedural"))
	files := map[string]string{"npz": synapsesFile}
	if hdf5.Absent() == nil {
		files["sonata"] = edgesFile
	}
	for format, file := range files {
		out := filepath.Join(dir, format)
		status, _, errs := einet(t, "export", far, "--to", format, "--out", out)
		require.Equal(t, exitDone, status, errs)
		lists := networkIn(t, out, "lists.yaml", strings.NewReplacer(
			"p: 0.1, weight: {normal: [0.1, 0.01]}, delay: {uniform: [1, 140]}", "rule: list, file: "+file,
			"p: 0.1, weight: {normal: [-0.2, 0.01]}, delay: {uniform: [1, 140]}", "rule: list, file: "+file).Replace(text))
		require.Equal(t, want, digestOn(t, lists, "cpu"), format)
	}
}

// Exported, a network with delays from 1 to 140 ms fires the same spikes in a simulation that knows nothing of
// einet; with the shortest of them a step longer it fires others.
func TestFarDelaysRunElsewhere(t *testing.T) {
	dir := t.TempDir()
	e := cell{size: 1100, tauM: 20, vTh: 15, tauE: 5, tauI: 10, input: 30}
	i := e
	i.size = 300
	x, s := exportAndRun(t, networkIn(t, dir, "far.yaml", farNetwork("{normal: {mean: 40, sd: 30, low: 1, high: 140}}")), "1")
	spikes := resimulate(x, [2]cell{e, i}, 0.1, 2000, nothing, ignore)
	same := parting(s, spikes)
	t.Logf("%d of %d spikes are the same", same, len(s.Spikes))
	require.Greater(t, same, 3000)
	require.Greater(t, int(s.Spikes[same-1].Step), 1000, "delays of many lengths have passed")
	if same < min(len(s.Spikes), len(spikes)) {
		at, neuron := firstOnly(s, spikes)
		resimulate(x, [2]cell{e, i}, 0.1, at, nothing, func(step, i int, mV float64) {
			if step == at && i == neuron {
				require.Less(t, math.Abs(mV), 1e-5, "float32 does not tell on which side of the threshold")
			}
		})
	}
	other, _ := exportAndRun(t, networkIn(t, dir, "other.yaml", farNetwork("{normal: {mean: 40, sd: 30, low: 1.1, high: 140}}")), "1")
	require.Less(t, parting(s, resimulate(other, [2]cell{e, i}, 0.1, 2000, nothing, ignore)), same/2, "control")
}
