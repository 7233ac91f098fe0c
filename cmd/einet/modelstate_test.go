package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
)

// twoModels has a population whose model tells no resistance, beside one of einet's.
const twoModels = `
models:
  mine: {parameters: {C: 200 pF, E: -70 mV}, state: {V: E, x: 0 pA}, equations: {V': (10 nS*(E - V) - x + I)/C, x': -x/(20 ms)}, spike: V > -50 mV, reset: {V: E, x: x + 10 pA}}
populations:
  A: {size: 5, neuron: mine, input: 300 pA}
  B: {size: 5, neuron: adex, input: 800 pA}
record: RECORD
`

// The states of models are recorded by name, averaged where a population has them, and drawn; another name is refused with those
// that the population has. Input is in pA where nothing tells R.
func TestRecordStatesOfModels(t *testing.T) {
	run := func(record string) (status int, out, errs, dir string) {
		dir = t.TempDir()
		file := filepath.Join(dir, "net.yaml")
		require.NoError(t, os.WriteFile(file, []byte(twoModels[:len(twoModels)-len("RECORD\n")]+record+"\n"), 0o666))
		dir = filepath.Join(dir, "out")
		status, out, errs = einet(t, "run", file, "--engine", "cpu", "--duration", "60ms", "--out", dir)
		return status, out, errs, dir
	}
	status, out, errs, dir := run("{state: {A: {neurons: [2], every: 0.1, variables: [V, x]}, B: {neurons: 2, every: 1}}, averages: {every: 1, variables: [w]}, triggered: {B: {neurons: all, before: 1, after: 1, every: 0.5, variables: [w]}}}")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "inputs [pA of A, mV of B]")
	state := filepath.Join(dir, experiment.StateFile)
	require.ElementsMatch(t, []string{"dt_ms", "A_neuron", "A_step", "A_V", "A_x", "B_neuron", "B_tau_syn", "B_step", "B_V", "B_exc", "B_inh", "B_ext", "B_net", "B_w"}, arraysOf(t, state))
	x := readNpz[float32](t, state, "A_x")
	require.Len(t, x, 600)
	require.Greater(t, x[599], float32(5))
	require.Len(t, readNpz[float32](t, filepath.Join(dir, experiment.AverageFile), "B_w"), 60)
	require.ElementsMatch(t, []string{"dt_ms", "step", "B_w"}, arraysOf(t, filepath.Join(dir, experiment.AverageFile)))
	require.Contains(t, arraysOf(t, filepath.Join(dir, experiment.TriggeredFile)), "B_w_mean")
	svg, err := os.ReadFile(filepath.Join(dir, "states.svg"))
	require.NoError(t, err)
	for _, label := range []string{"V (mV)", "x (pA)", "w (pA)"} {
		require.Contains(t, string(svg), label)
	}
	var s struct{ Populations map[string]map[string]any }
	text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	require.InDelta(t, 300, s.Populations["A"]["net_input_pa"], 1e-3)
	require.Nil(t, s.Populations["A"]["net_input_mv"])
	require.InDelta(t, 800./30, s.Populations["B"]["net_input_mv"], 1e-3)

	for record, want := range map[string]string{
		"{state: {A: {neurons: 1, every: 1, variables: [w]}}}":                              "record.state.A.variables: w: must be a list of some of V, exc, inh, ext, net, g, x",
		"{averages: {every: 1, variables: [y]}}":                                            "record.averages.variables: y: must be a list of some of rate, V, exc, inh, ext, net, g, x, w",
		"{triggered: {B: {neurons: 1, before: 1, after: 1, every: 1, variables: [V, ww]}}}": "record.triggered.B.variables: ww: must be a list of some of V, exc, inh, ext, net, g, w",
	} {
		status, _, errs, _ := run(record)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, want)
	}
}

// What neurons of a model start from and draw is exported, and no threshold, which the equations have.
func TestExportOfModels(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	status, _, errs := einet(t, "export", "izhikevich2003", "--scale", "0.1", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(dir, "neurons.npz")
	names := arraysOf(t, file)
	require.Contains(t, names, "E_v0")
	require.NotContains(t, names, "E_V_th")
	require.Equal(t, float32(-65), readNpz[float32](t, file, "E_V0")[3])
	r, u := readNpz[float32](t, file, "I_parameter_r"), readNpz[float32](t, file, "I_u0")
	require.Len(t, r, 20)
	for k := range r {
		require.InDelta(t, -65*(0.25-0.05*r[k]), u[k], 1e-5)
	}
}
