package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
	"einet/record/hdf5"
)

// withSources has drawn thresholds, currents, weights and delays, and sources.
const withSources = `
dt: 0.1
duration: 60
populations:
  S: {size: 30, neuron: poisson, rate: 200}
  E: {size: 80, tau_m: 20, E_L: -60, V_th: {normal: [-50, 1]}, V_reset: -60, t_ref: 2, V0: {uniform: [-60, -50]}, input: 9.5, bias: {normal: [0, 1]}}
  I: {size: 20, tau_m: 10, C_m: 100, E_L: -65, V_th: -50, V_reset: -65, t_ref: 1, V0: {uniform: [-65, -50]}, input: 160}
  G: {size: 3, neuron: spikes, times: [1, 1, 5, 30], neurons: [0, 0, 1, 2]}
projections:
  S_to_E: {from: S, to: E, p: 0.2, weight: 1, delay: 1, tau_syn: 5}
  G_to_E: {from: G, to: E, p: 0.5, weight: 2, delay: 0.5, tau_syn: 5}
  E_to_E: {from: E, to: E, rule: fixed_indegree, indegree: 20, weight: {lognormal: [0.7, 0.3]}, delay: {uniform: [0.5, 3]}, tau_syn: 5}
  E_to_I: {from: E, to: I, p: 0.3, weight: {normal: [20, 5]}, delay: 1, tau_syn: 3}
  I_to_E: {from: I, to: E, p: 0.3, weight: -3, delay: {normal: [1.5, 0.3]}, tau_syn: 10}
  I_to_I: {from: I, to: I, rule: fixed_outdegree, outdegree: 5, weight: -25, delay: 0.8, tau_syn: 8}
`

// changing are synapses that change with spikes, as NEST's tsodyks2_synapse.
const changing = `
duration: 100
populations:
  E: {size: 80, tau_m: 20, E_L: -60, V_th: -50, V_reset: -60, t_ref: 2, V0: {uniform: [-60, -50]}, input: 11}
  I: {size: 20, tau_m: 10, E_L: -65, V_th: -50, V_reset: -65, t_ref: 1, V0: {uniform: [-65, -50]}, input: 16}
projections:
  E_to_E: {from: E, to: E, p: 0.2, weight: 1.5, delay: 1, tau_syn: 5, short_term: {U: 0.5, tau_rec: 300 ms}}
  E_to_I: {from: E, to: I, p: 0.3, weight: 6, delay: 1, tau_syn: 3, short_term: {U: 0.1, tau_rec: 0, tau_facil: 500 ms}}
  I_to_E: {from: I, to: E, p: 0.3, weight: -6, delay: 1.5, tau_syn: 10, short_term: {U: 0.3, tau_rec: 200, tau_facil: 100}}
`

// adapting are neurons of equations that NEST has too.
const adapting = `
duration: 80
populations:
  E: {size: 80, neuron: adex_cond, parameters: {b: {uniform: [20 pA, 90 pA]}}, state: {V: {uniform: [-70 mV, -50 mV]}}, input: 700, g0: {excitatory: {uniform: [0, 5]}}}
  I: {size: 20, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -70, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60, input: 250, g0: {inhibitory: {uniform: [0, 5]}}}
projections:
  E_to_I: {from: E, to: I, p: 0.3, weight: 2, delay: 1, tau_syn: 5}
  I_to_E: {from: I, to: E, p: 0.3, weight: -10, delay: 1, tau_syn: 10}
`

func withH5py(t *testing.T) string {
	t.Helper()
	if err := hdf5.Absent(); err != nil {
		t.Skip(err)
	}
	python := pythonWith("h5py")
	if python == "" {
		t.Skip("no python3 with h5py here (apt-get install python3-h5py)")
	}
	return python
}

func digestRun(t *testing.T, args ...string) string {
	t.Helper()
	status, out, errs := einet(t, append([]string{"run", "--engine", "reference", "--no-plots", "--force"}, args...)...)
	require.Equal(t, exitDone, status, errs)
	return regexp.MustCompile(`digest ([0-9a-f]{64})`).FindStringSubmatch(out)[1]
}

// What export writes is what SONATA's specification has, holds the network of the other export, and is simulated to the
// same spikes.
func TestSONATARoundTrip(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	write := func(name, text string) string {
		file := filepath.Join(dir, name+".yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		return file
	}
	few := []string{"--set", "populations.E.size=160", "--set", "populations.I.size=40", "--set", "duration=60"}
	for name, network := range map[string][]string{
		"cuba":    append([]string{"vogels2005cuba"}, few...),
		"coba":    append([]string{"vogels2005coba"}, few...),
		"ei":      append([]string{"ei"}, few...),
		"delta":   {"brunel2000", "--scale", "0.02", "--set", "duration=30", "--set", "populations.*.poisson=[]", "--set", "populations.*.input=30", "--set", "populations.*.V0={uniform: [0, 20]}"},
		"sources": {write("sources", withSources)},
		"adex":    {write("adex", adapting)},
		"changes": {write("changes", changing)},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(dir, "sonata-"+name)
			for to, folder := range map[string]string{"sonata": out, "npz": out + "-npz"} {
				status, _, errs := einet(t, append([]string{"export"}, append(network, "--to", to, "--out", folder)...)...)
				require.Equal(t, exitDone, status, errs)
			}
			said, err := exec.Command(python, "testdata/sonata.py", out, out+"-npz").CombinedOutput()
			require.NoError(t, err, string(said))
			want := digestRun(t, append(network, "--out", filepath.Join(dir, "run"))...)
			run := filepath.Join(dir, "run-"+name)
			require.Equal(t, want, digestRun(t, filepath.Join(out, simulationFile), "--out", run))
			require.Equal(t, want, digestRun(t, filepath.Join(run, experiment.NetworkFile), "--out", filepath.Join(dir, "again")), "the resolved network")
			// Control: the network that is simulated is that of the files.
			damaged := `import h5py, sys; h5py.File(sys.argv[1], "a")["nodes/E/0/dynamics_params/V_m"][:] -= 1`
			_, err = exec.Command(python, "-c", damaged, filepath.Join(out, nodesFile)).CombinedOutput()
			require.NoError(t, err)
			require.NotEqual(t, want, digestRun(t, filepath.Join(out, simulationFile), "--out", run))
			status, _, errs := einet(t, "run", filepath.Join(run, "..", "again", experiment.NetworkFile), "--no-plots", "--out", filepath.Join(dir, "none"))
			require.Equal(t, exitUsage, status)
			require.Contains(t, errs, "sonata.file: "+filepath.Join(out, simulationFile)+": has changed, or a file that it names")
		})
	}
}

// Positions are SONATA's, in micrometres, and a network that goes by distance is simulated to the same spikes.
func TestSONATAPositions(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	file := filepath.Join(dir, "sheet.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
duration: 60
populations:
  E: {size: 60, tau_m: 15, V_th: 15, V_reset: 0, input: 20, V0: {uniform: [0, 15]}, positions: {grid: {columns: 10, rows: 6, extent: [1, 0.6], periodic: true}}}
projections:
  a: {from: E, to: E, p: {gaussian: {sigma: 0.15, peak: 0.8}}, weight: {exponential: {lambda: 0.3, peak: 1}}, delay: {distance: {speed: 0.3, offset: 0.5}}, tau_syn: 5}
`), 0o666))
	out := filepath.Join(dir, "sonata")
	status, _, errs := einet(t, "export", file, "--to", "sonata", "--out", out)
	require.Equal(t, exitDone, status, errs)
	printed, err := exec.Command(python, "-c", `import h5py, sys
g = h5py.File(sys.argv[1])["nodes/E/0"]
print(sorted(set(g["x"][:].round(6).tolist())), sorted(set(g["y"][:].round(6).tolist())), g["x"][11], g["y"][11], "z" in g)`,
		filepath.Join(out, nodesFile)).CombinedOutput()
	require.NoError(t, err, string(printed))
	require.Equal(t, "[50.0, 150.0, 250.0, 350.0, 450.0, 550.0, 650.0, 750.0, 850.0, 950.0] [50.0, 150.0, 250.0, 350.0, 450.0, 550.0] 150.0 150.0 False\n", string(printed))
	require.Equal(t, digestRun(t, file, "--out", filepath.Join(dir, "run")), digestRun(t, filepath.Join(out, simulationFile), "--out", filepath.Join(dir, "again")))
}

// What is checked by testdata/sonata.py is noticed where it is wrong.
func TestSONATACheckNotices(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	file := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(withSources), 0o666))
	whole := filepath.Join(dir, "whole")
	for to, folder := range map[string]string{"sonata": whole, "npz": whole + "-npz"} {
		status, _, errs := einet(t, "export", file, "--to", to, "--out", folder)
		require.Equal(t, exitDone, status, errs)
	}
	for damage, says := range map[string]string{
		`h5py.File("nodes.h5", "a").attrs["magic"] = 1`:                                                 "nodes.h5 has no magic number",
		`h5py.File("edges.h5", "a").attrs["version"] = [0, 2]`:                                          "edges.h5 has no version",
		`del h5py.File("nodes.h5", "a")["nodes/E/node_group_id"]`:                                       "E lacks node_group_id",
		`h5py.File("edges.h5", "a")["edges/E_to_I/target_node_id"][0] = 19`:                             "E_to_I target_to_source is wrong for node",
		`h5py.File("edges.h5", "a")["edges/E_to_I/target_node_id"][0] = 20`:                             "E_to_I target is beyond its population",
		`h5py.File("edges.h5", "a")["edges/E_to_I/0/syn_weight"][0] += 0.01`:                            "E_to_I has other synapses",
		`h5py.File("nodes.h5", "a")["nodes/E/0/dynamics_params/V_th"][3] += 0.001`:                      "E V_th differs",
		`h5py.File("edges.h5", "a")["edges/E_to_I/source_node_id"].attrs["node_population"] = "none"`:   "E_to_I source names no population: none",
		`h5py.File("input_spikes.h5", "a")["spikes/S/timestamps"][0] = 50`:                              "S spikes must be sorted as is said",
		`s = open("node_types.csv").read(); open("node_types.csv", "w").write(s.replace("2 I", "9 I"))`: "I has no type 2",
	} {
		out := t.TempDir()
		require.NoError(t, os.CopyFS(out, os.DirFS(whole)))
		damaging := exec.Command(python, "-c", "import h5py\n"+damage)
		damaging.Dir = out
		said, err := damaging.CombinedOutput()
		require.NoError(t, err, string(said))
		said, err = exec.Command(python, "testdata/sonata.py", out, whole+"-npz").CombinedOutput()
		require.Error(t, err, damage)
		require.Contains(t, string(said), says, damage)
	}
}

// Poisson input becomes the spikes of virtual nodes, and they do what it did. Here none arrives at the first step, which alone is lost.
func TestSONATAPoissonInput(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	file := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(`
duration: 100
seed: 5
populations:
  E: {size: 10, tau_m: 20, V_th: 10, V_reset: 0, poisson: [{rate: 400, weight: 9, tau_syn: 5}, {rate: 50, weight: -3, tau_syn: 8}]}
projections:
  E_to_E: {from: E, to: E, p: 0.5, weight: 2, delay: 1.5, tau_syn: 5}
`), 0o666))
	out := filepath.Join(dir, "sonata")
	status, _, errs := einet(t, "export", file, "--to", "sonata", "--out", out)
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, errs, "at the first step", "choose another seed")
	said, err := exec.Command(python, "testdata/sonata.py", out).CombinedOutput()
	require.NoError(t, err, string(said))
	spikes := map[string][]byte{}
	for name, network := range map[string]string{"was": file, "is": filepath.Join(out, simulationFile)} {
		run := filepath.Join(dir, name)
		digestRun(t, network, "--out", run)
		read, err := record.ReadSpikes(filepath.Join(run, experiment.SpikesFile))
		require.NoError(t, err)
		for _, s := range read.Spikes {
			if s.Neuron < 10 {
				spikes[name] = append(spikes[name], byte(s.Step), byte(s.Step>>8), byte(s.Neuron))
			}
		}
	}
	require.Greater(t, len(spikes["was"]), 3*20)
	require.Equal(t, spikes["was"], spikes["is"])
}

// Spikes of a SONATA network carry the ids of its nodes, in the population that has them, whatever einet's populations are.
func TestSONATAIds(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	out, err := exec.Command(python, "../../network/sonata/testdata/circuit.py", dir, `text("exc.json", json.load(open("exc.json")) | {"I_e": 400.0})`).CombinedOutput()
	require.NoError(t, err, string(out))
	run := filepath.Join(dir, "run")
	digestRun(t, filepath.Join(dir, simulationFile), "--out", run)
	check := exec.Command(python, "-c", `
import h5py, numpy as np
h, f = h5py.File("spikes.h5")["spikes"], np.load("spikes.npz")
assert list(h) == ["lgn", "v1"], list(h)
assert set(h["v1/node_ids"][:]) == {11, 20, 21}, set(h["v1/node_ids"][:])
ids = np.concatenate([f[p + "_node_id"] for p in f["population_names"]])
of = np.repeat(f["node_populations"], f["population_size"])
for name in h:
    mine = of[f["neuron"]] == name
    assert np.array_equal(ids[f["neuron"]][mine], h[name]["node_ids"][:].astype(int)), name
    assert np.allclose(f["step"][mine] * 0.1, h[name]["timestamps"][:]), name
assert (h["lgn/node_ids"][:] == [0, 0, 2, 1]).all()
`)
	check.Dir = run
	said, err := check.CombinedOutput()
	require.NoError(t, err, string(said))
}

// What SONATA and NEST have no words for is told, a line each, and nothing is written.
func TestSONATARefusals(t *testing.T) {
	_ = withH5py(t)
	for set, says := range map[string]string{
		"populations.E.input={sinusoid: {amplitude: 1, frequency: 5}}":      "populations.E.input: in time: must be constant",
		"populations.E.white_noise={sd: 1}":                                 "populations.E.white_noise: must be left out",
		"populations.E.ou_noise={sd: 1, tau: 5}":                            "populations.E.ou_noise: must be left out",
		"populations.E.g0={excitatory: 1}":                                  "populations.E.g0: must be left out",
		"projections.E_to_E.short_term={U: 0.2, u_rest: 0.2, tau_rec: 100}": "projections.E_to_E.short_term.u_rest: 0.2: must be 0, as in NEST's tsodyks2_synapse",
		"projections.E_to_E.synapse=alpha":                                  "synapse: exponential: must be alpha, as others of E: NEST's neurons have synapses of one shape",
		"projections.E_to_E.tau_syn=7":                                      "populations.E: synapses of several time constants, [5 7 10] ms: must have one of excitation and one of inhibition",
		"populations.I.neuron=izhikevich":                                   "izhikevich with exponential synapses: NEST has no such model",
	} {
		out := filepath.Join(t.TempDir(), "out")
		args := []string{"export", "vogels2005cuba", "--to", "sonata", "--out", out, "--set", set}
		if set == "populations.I.neuron=izhikevich" {
			args = append(args[:len(args)-2], "--set", "populations.I={size: 10, neuron: izhikevich}")
		} else if set == "projections.E_to_E.tau_syn=7" {
			args = append(args, "--set", "populations.E.poisson={rate: 1, weight: 1, tau_syn: 5}")
		}
		status, _, errs := einet(t, args...)
		require.Equal(t, exitUsage, status, set)
		require.Contains(t, errs, says)
		require.NoDirExists(t, out)
	}
}

// The script for NEST builds the network that einet simulates, with its Poisson input, sources and drawn values, in a simulator that
// knows nothing of einet, and notices another.
func TestScriptForNEST(t *testing.T) {
	checkScript(t, map[string]string{`"I": ("iaf_psc_exp", 20, {"C_m": 100.0`: `"I": ("iaf_psc_exp", 20, {"C_m": 101.0`, "+ LATE": "+ LATE + 1"},
		"populations.E.poisson={rate: 900, weight: 0.5, tau_syn: 5}")
}

// Synapses of sources depress and facilitate there, too, of which NEST has none from its generators; also where spikes share a step.
func TestScriptForNESTOfChangingSources(t *testing.T) {
	checkScript(t, map[string]string{`"tau_rec": 50.0`: `"tau_rec": 60.0`, "- ahead": ""}, "populations.E.input=9",
		"projections.S_to_E.short_term={U: 0.5, tau_rec: 50, tau_facil: 20}", "projections.G_to_E.short_term={U: 0.4, tau_rec: 20}",
		"projections.S_to_E.weight=2", "populations.S.rate=2000")
}

// checkScript holds the script of withSources with those values to a run, and to damages that must show.
func checkScript(t *testing.T, damages map[string]string, set ...string) {
	python := pythonWith("numpy")
	if python == "" {
		t.Skip("no python3 with numpy here (apt-get install python3-numpy)")
	}
	dir := t.TempDir()
	file, out, run := filepath.Join(dir, "net.yaml"), filepath.Join(dir, "nest"), filepath.Join(dir, "run")
	require.NoError(t, os.WriteFile(file, []byte(withSources), 0o666))
	driven := []string{file}
	for _, s := range set {
		driven = append(driven, "--set", s)
	}
	status, _, errs := einet(t, append([]string{"export", "--to", "nest", "--out", out}, driven...)...)
	require.Equal(t, exitDone, status, errs)
	digestRun(t, append(driven, "--out", run)...)
	inNEST := func() string {
		script := exec.Command(python, filepath.Join(out, nestFile), "--compare", filepath.Join(run, experiment.SpikesFile))
		script.Env = append(os.Environ(), "PYTHONPATH=testdata")
		said, err := script.CombinedOutput()
		require.NoError(t, err, string(said))
		return string(said)
	}
	require.Regexp(t, `: the same \d{3,} spikes\n$`, inNEST())
	theirs, err := record.ReadSpikes(filepath.Join(out, "nest_spikes.npz"))
	require.NoError(t, err, "a file as einet writes it")
	ours, err := record.ReadSpikes(filepath.Join(run, experiment.SpikesFile))
	require.NoError(t, err)
	require.Equal(t, ours.Header, theirs.Header)
	require.Equal(t, ours.Spikes, theirs.Spikes)
	text, err := os.ReadFile(filepath.Join(out, nestFile))
	require.NoError(t, err)
	for was, is := range damages {
		changed := strings.ReplaceAll(string(text), was, is)
		require.NotEqual(t, string(text), changed)
		require.NoError(t, os.WriteFile(filepath.Join(out, nestFile), []byte(changed), 0o666))
		require.Regexp(t, `the first \d+ are the same, the next is at`, inNEST(), is)
	}
}

// Reports of a SONATA network are files as others read them: the states that the run keeps, of the frames that are asked for, in the order of nodes.
func TestSONATAReports(t *testing.T) {
	python, dir := withH5py(t), t.TempDir()
	out, err := exec.Command(python, "../../network/sonata/testdata/circuit.py", dir, `text("exc.json", json.load(open("exc.json")) | {"I_e": 400.0})
simulation["reports"] = {"all": {"variable_name": "V_m", "cells": "v1"}, "some": {"variable_name": "V_m", "cells": {"population": "v1", "node_id": [30, 12, 11]}, "dt": 0.3, "start_time": 10.0, "end_time": 20.0}}`).CombinedOutput()
	require.NoError(t, err, string(out))
	run := filepath.Join(dir, "run")
	digestRun(t, filepath.Join(dir, simulationFile), "--out", run)
	check := exec.Command(python, "-c", `
import h5py, numpy as np
all, some = (h5py.File(f"report-{name}.h5")["report/v1"] for name in ["all", "some"])
f = np.load("state.npz")
ids, names = [], ["v1_100_0", "v1_100_1", "v1_101", "v1_102"]
spikes = np.load("spikes.npz")
for name in names:
    ids += list(spikes[name + "_node_id"])
V = np.concatenate([f[name + "_V"] for name in names], axis=1)[:, np.argsort(ids)]
assert list(all["mapping/node_ids"]) == sorted(ids) == [10, 11, 12, 20, 21, 30], ids
assert np.array_equal(all["data"][:], V) and all["data"].attrs["units"] == "mV"
assert np.allclose(all["mapping/time"], [0.1, 50.1, 0.1]) and all["mapping/time"].attrs["units"] == "ms"
assert list(some["mapping/node_ids"]) == [11, 12, 30] and list(some["mapping/index_pointer"]) == [0, 1, 2, 3]
assert np.allclose(some["mapping/time"], [10.2, 20.1, 0.3])
assert np.array_equal(some["data"][:], V[101:200:3][:, [1, 2, 5]]), some["data"].shape
assert some["mapping/element_ids"].shape == some["mapping/element_pos"].shape == (3,)
`)
	check.Dir = run
	said, err := check.CombinedOutput()
	require.NoError(t, err, string(said))

	digestRun(t, filepath.Join(run, experiment.NetworkFile), "--out", run, "--force", "--set", "duration=9.9")
	printed, err := exec.Command(python, "-c", `import h5py; print(h5py.File("`+run+`/report-some.h5")["report/v1/data"].shape)`).CombinedOutput()
	require.NoError(t, err, string(printed))
	require.Equal(t, "(0, 3)\n", string(printed), "the run is over before the report begins")
	digestRun(t, "ei", "--scale", "0.02", "--duration", "10ms", "--out", run, "--force")
	require.NoFileExists(t, filepath.Join(run, "report-some.h5"), "an earlier run's")
}
