package sonata_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/fault"
	"einet/network"
	"einet/network/language"
	"einet/network/sonata"
	"einet/record/hdf5"
)

const python = "/usr/bin/python3"

// circuit makes the network of testdata/circuit.py, changed by Python code.
func circuit(t testing.TB, change string) (folder string) { return circuits(t, []string{change})[0] }

// circuits makes one for each change.
func circuits(t testing.TB, changes []string) (folders []string) {
	if err := hdf5.Absent(); err != nil {
		t.Skip(err)
	}
	if exec.Command(python, "-c", "import h5py").Run() != nil {
		t.Skip("no python3 with h5py here (apt-get install python3-h5py)")
	}
	base, args := t.TempDir(), []string{"testdata/circuit.py"}
	for i, change := range changes {
		folders = append(folders, filepath.Join(base, fmt.Sprintf("network%d", i)))
		args = append(args, folders[i], change)
	}
	out, err := exec.Command(python, args...).CombinedOutput()
	require.NoError(t, err, string(out))
	return folders
}

func read(folder, config string) (*sonata.Circuit, []fault.Error) {
	file := filepath.Join(folder, config)
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, []fault.Error{{Allowed: err.Error()}}
	}
	return sonata.Read(text, file, hdf5.OpenTree)
}

// Every attribute has the value that the specification gives it: of the node or edge itself before that of its type, that of NEST
// where neither says one.
func TestRead(t *testing.T) {
	folder := circuit(t, "")
	c, faults := read(folder, "simulation_config.json")
	require.Empty(t, faults)
	config := filepath.Join(folder, "simulation_config.json")
	lif := "{size: 2, neuron: lif, tau_m: 20, C_m: 200, E_L: -65, V_th: -50, V_reset: -60, t_ref: 2, V0: {nodes: V_m}, input: [100, {pulse: {at: 10, duration: 20, amplitude: 150}}]}"
	require.Equal(t, strings.Join([]string{
		"name: " + `"` + filepath.Base(folder) + `"`, "sonata: {file: " + `"` + config + `"}`, "dt: 0.1", "duration: 50",
		"populations:",
		"  v1_100_0: " + lif,
		"  v1_100_1: " + strings.NewReplacer("size: 2", "size: 1", "{nodes: V_m}", "-65.5").Replace(lif),
		"  v1_101: {size: 2, neuron: lif, tau_m: 10, C_m: 250, E_L: -70, V_th: -50, V_reset: -70, t_ref: 2, V0: {nodes: V_m}, input: 0}",
		"  v1_102: {size: 1, neuron: lif, tau_m: 10, C_m: 250, E_L: -70, V_th: -55, V_reset: -70, t_ref: 2, V0: -65.5, input: [0, {pulse: {at: 10, duration: 20, amplitude: 150}}]}",
		"  lgn: {size: 3, neuron: spikes, sonata: true}",
		"projections:",
		"  lgn_to_v1_0: {from: lgn, to: v1_100_0, rule: list, sonata: true, delay: 1, synapse: exponential, tau_syn: 3}",
		"  lgn_to_v1_1: {from: lgn, to: v1_100_1, rule: list, sonata: true, weight: 3, delay: 1, synapse: exponential, tau_syn: 3}",
		"  v1_to_v1_5: {from: v1_101, to: v1_100_0, rule: list, sonata: true, weight: -40, delay: 1.5, synapse: exponential, tau_syn: 6}",
		"  v1_to_v1_6_0: {from: v1_100_0, to: v1_100_0, rule: list, sonata: true, weight: 20, delay: 2, synapse: exponential, tau_syn: 3}",
		"  v1_to_v1_6_1: {from: v1_100_0, to: v1_101, rule: list, sonata: true, weight: 50, delay: 1, synapse: exponential, tau_syn: 2}",
		"  v1_to_v1_6_2: {from: v1_100_1, to: v1_102, rule: list, sonata: true, weight: 0.25, delay: 1, synapse: delta}",
		"  v1_to_v1_6_3: {from: v1_101, to: v1_100_0, rule: list, sonata: true, weight: -30.5, delay: 1, synapse: exponential, tau_syn: 6}",
		"  v1_to_v1_6_4: {from: v1_102, to: v1_100_0, rule: list, sonata: true, weight: -30, delay: 1, synapse: exponential, tau_syn: 6}",
		"",
	}, "\n"), string(c.Text))
	require.Equal(t, map[string]network.Nodes{
		"v1_100_0": {Population: "v1", IDs: []uint64{11, 20}}, "v1_100_1": {Population: "v1", IDs: []uint64{21}},
		"v1_101": {Population: "v1", IDs: []uint64{10, 12}}, "v1_102": {Population: "v1", IDs: []uint64{30}},
		"lgn": {Population: "lgn", IDs: []uint64{0, 1, 2}},
	}, c.Nodes)
	require.Equal(t, []float64{-63, -61}, c.Values["v1_100_0"]["V_m"].Each)
	require.Equal(t, []float64{-64, -62}, c.Values["v1_101"]["V_m"].Each)
	require.Equal(t, network.SpikeTrain{Times: []float64{3, 1, 2, 4}, Neuron: []int{2, 0, 0, 1}}, c.Spikes["lgn"])
	require.Equal(t, network.Edges{Source: []uint32{0, 1}, Target: []uint32{0, 0}, Weight: []float64{1, 2}, SONATA: true}, c.Edges["lgn_to_v1_0"])
	require.Equal(t, network.Edges{Source: []uint32{1}, Target: []uint32{0}, SONATA: true}, c.Edges["v1_to_v1_6_0"])
	require.Equal(t, []string{
		folder + "/edges.h5: /edges/v1_to_v1: edges without a delay have 1 ms, as in NEST",
		folder + "/edges.h5: /edges/v1_to_v1: 1 of 6 delays are no multiples of dt, 0.1 ms, and rounded to the nearest",
	}, c.Notes)
	require.Contains(t, c.Origin("v1_101"), "node_type_id 101 of "+folder+"/node_types.csv")
}

// A set of some nodes of a population is a group of it, and so are those that a current is clamped into; where both are the same nodes it is one.
func TestSetsAreGroups(t *testing.T) {
	folder := circuit(t, `
text("node_sets.json", {"thalamus": {"population": "lgn"}, "some": {"population": "v1", "node_id": [12, 20, 21]}, "v1_101.last": {"node_id": [12], "population": ["v1"]},
     "both": ["some", "v1_101.last"], "size": {"population": "lgn", "node_id": [2, 1]}, "lgn.x y": {"population": "lgn", "node_id": [2, 0]}})
simulation["inputs"]["c"]["node_set"] = "some"
simulation["inputs"]["d"] = {"input_type": "current_clamp", "node_set": {"population": "v1", "node_id": [11, 30]}, "amp": [1.0, 2.0], "delay": [5.0, 9.0], "duration": [1.0, 2.0]}`)
	c, faults := read(folder, "simulation_config.json")
	require.Empty(t, faults)
	_, groups, _ := strings.Cut(string(c.Text), "groups:\n")
	groups, _, _ = strings.Cut(groups, "projections:")
	require.Equal(t, `  v1_100_0:
    both: {neurons: [1], input: [{pulse: {at: 10, duration: 20, amplitude: 150}}]}
    some: {neurons: [1]}
    input_d: {neurons: [0], input: [{pulse: {at: 5, duration: 1, amplitude: 1}}, {pulse: {at: 9, duration: 2, amplitude: 2}}]}
  v1_101:
    both: {neurons: [1], input: [{pulse: {at: 10, duration: 20, amplitude: 150}}]}
    some: {neurons: [1]}
    last: {neurons: [1]}
  lgn:
    x_y: {neurons: [0, 2]}
`, groups)
	require.Contains(t, string(c.Text), "t_ref: 2, V0: -65.5, input: [100, {pulse: {at: 10, duration: 20, amplitude: 150}}]}", "all of v1_100_1")
	require.Contains(t, string(c.Text), "t_ref: 2, V0: -65.5, input: [0, {pulse: {at: 5, duration: 1, amplitude: 1}}, {pulse: {at: 9, duration: 2, amplitude: 2}}]}", "all of v1_102")
	require.Contains(t, c.Notes, folder+"/node_sets.json: 1 sets have names that no group may have, or that another has, and are left out")
}

// Reports have their variables kept: of whole populations, of groups of them, as often as the most frequent of them wants.
func TestReports(t *testing.T) {
	folder := circuit(t, `
simulation["reports"] = {
    "of all": {"variable_name": "V_m", "cells": "v1", "module": "multimeter_report", "sections": "soma", "dt": 0.2},
    "also": {"variable_name": ["v"], "node_set": "e", "dt": 0.3, "start_time": 10.0, "end_time": 20.0, "file_name": "x.h5"},
    "some": {"variable_name": "V", "cells": {"population": "v1", "node_id": [30, 12]}},
    "off": {"variable_name": "cai", "enabled": False}}`)
	c, faults := read(folder, "simulation_config.json")
	require.Empty(t, faults)
	require.Contains(t, string(c.Text), "  v1_101:\n    report_some: {neurons: [1]}\n")
	require.Contains(t, c.Notes, folder+`/simulation_config.json: reports.also.file_name: "x.h5": is left alone: the report is report-also.h5 in the run's folder`)
	_, kept, _ := strings.Cut(string(c.Text), "record:\n")
	require.Equal(t, `  state:
    v1_100_0: {neurons: all, every: 0.1, variables: [V]}
    v1_100_1: {neurons: all, every: 0.1, variables: [V]}
    v1_101: {neurons: all, every: 0.2, variables: [V]}
    v1_102: {neurons: all, every: 0.1, variables: [V]}
    v1_101.report_some: {neurons: all, every: 0.1, variables: [V]}
`, kept)
	require.Equal(t, []network.NodeReport{
		{Name: "also", Variable: "V", Units: "mV", Parts: []string{"v1_100_0", "v1_100_1"}, Start: 10, End: 20, Every: 0.3},
		{Name: "of_all", Variable: "V", Units: "mV", Parts: []string{"v1_100_0", "v1_100_1", "v1_101", "v1_102"}, End: 50, Every: 0.2},
		{Name: "some", Variable: "V", Units: "mV", Parts: []string{"v1_101.report_some", "v1_102"}, End: 50, Every: 0.1},
	}, c.Reports)

	file := filepath.Join(folder, "simulation_config.json")
	load := func(set ...string) (*network.Network, error) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return language.Load(bytes.NewReader(text), file, language.Options{HDF5: hdf5.OpenTree, Set: set})
	}
	n, err := load()
	require.NoError(t, err)
	require.Equal(t, c.Reports, n.SONATA.Reports)
	_, err = load("record.state=null")
	require.ErrorContains(t, err, `record.state.v1_100_0: "left out": must keep V of all neurons every 0.3 ms`)
	_, err = load("record.state.v1_102.every=0.3")
	require.ErrorContains(t, err, "record.state.v1_102: 0.3: must keep V of all neurons every 0.2 ms or a whole part of it, as the network's SONATA files report it (of_all)")
}

// A circuit alone has NEST's V_m and silent sources; both in one file, and one file that names both, are the same simulation.
func TestConfigurations(t *testing.T) {
	folder := circuit(t, `
text("config.json", {"network": "./circuit_config.json", "simulation": "./simulation_config.json"})
text("whole.json", {k: v for k, v in {**simulation, **circuit}.items() if k != "network"} | {"manifest": {**circuit["manifest"], **simulation["manifest"]}})`)
	want, faults := read(folder, "simulation_config.json")
	require.Empty(t, faults)
	_, populations, _ := strings.Cut(string(want.Text), "dt: ")
	for _, config := range []string{"config.json", "whole.json"} {
		c, faults := read(folder, config)
		require.Empty(t, faults)
		_, same, _ := strings.Cut(string(c.Text), "dt: ")
		require.Equal(t, populations, same)
		require.NotEqual(t, want.SHA256, c.SHA256)
	}
	c, faults := read(folder, "circuit_config.json")
	require.Empty(t, faults)
	require.Contains(t, string(c.Text), "V0: -70, input: 100}")
	require.NotContains(t, string(c.Text), "duration")
	require.Contains(t, strings.Join(c.Notes, "\n"), "populations.lgn: no input gives these 3 virtual nodes spikes: they are silent")
}

// What is read becomes a network, which is written and read again as the same, and not where a file of it has changed.
func TestResolvedNetwork(t *testing.T) {
	folder := circuit(t, "")
	load := func(file string, set ...string) (*network.Network, error) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		return language.Load(strings.NewReader(string(text)), file, language.Options{Set: set, HDF5: hdf5.OpenTree})
	}
	config := filepath.Join(folder, "simulation_config.json")
	n, err := load(config, "populations.v1_101.V_th=-52", "seed=4")
	require.NoError(t, err)
	require.Equal(t, -52.0, n.Populations[2].VTh.Mean())
	require.Equal(t, -62.0, n.Populations[0].V0.Mean())
	text, err := language.Marshal(n)
	require.NoError(t, err)
	resolved := filepath.Join(t.TempDir(), "network.yaml")
	require.NoError(t, os.WriteFile(resolved, text, 0o666))
	again, err := load(resolved)
	require.NoError(t, err)
	require.Equal(t, n, again)
	for set, says := range map[string]string{
		"populations.v1_100_0.V0={nodes: V}":     "populations.v1_100_0.V0.nodes: V: must be what these nodes have of their own in the network's SONATA files: V_m",
		"populations.v1_102.V0={nodes: V_m}":     "the nodes of no SONATA network have values of their own here",
		"populations.v1_100_0.size=3":            "must be 2, the nodes of the SONATA network",
		"populations.v1_100_0.V_reset=-40":       "--set populations.v1_100_0.V_reset=-40: populations.v1_100_0.V_reset: -40: must be below V_th (-50)",
		"projections.v1_to_v1_5.file=x.csv":      "must be left out beside sonata",
		"populations.v1_100_0.V_th={nodes: V_m}": "must be below V_th",
	} {
		_, err := load(config, set)
		require.ErrorContains(t, err, says, set)
	}
	require.NoError(t, os.WriteFile(filepath.Join(folder, "inh.json"), []byte(`{"V_reset": -40.0}`), 0o666))
	_, err = load(config)
	require.EqualError(t, err, "node_type_id 101 of "+folder+"/node_types.csv: populations.v1_101.V_reset: -40: must be below V_th (-55)")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "inh.json"), []byte("{}"), 0o666))
	_, err = load(resolved)
	require.ErrorContains(t, err, "has changed, or a file that it names: their SHA-256 is ")
	_, err = language.Load(strings.NewReader("populations: {S: {size: 1, neuron: spikes, sonata: true}, E: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}\n"+
		"projections: {a: {from: S, to: E, rule: list, sonata: true, weight: 1, delay: 1, tau_syn: 1}}"), "net.yaml", language.Options{})
	require.ErrorContains(t, err, "populations.S.sonata: true: the network's SONATA files have no spikes of that name")
	require.ErrorContains(t, err, "projections.a.sonata: true: the network's SONATA files have no synapses of that name")
}

// What can't be simulated as it is meant, or is damaged, is a line with the file and the type or row, within a second.
func TestFaults(t *testing.T) {
	types := func(from, to string) string {
		return `s = open("node_types.csv").read(); text("node_types.csv", s.replace("` + from + `", "` + to + `"))`
	}
	edit := func(file, code string) string { return `f = h5py.File("` + file + `", "a"); ` + code + `; f.close()` }
	cases := []struct{ change, says string }{
		{types("nest:iaf_psc_delta", "nest:glif_psc"), "/node_types.csv:4:1: node_type_id 102: model_template: nest:glif_psc: must be one of nest:iaf_psc_exp, "},
		{types("other point_neuron", "other biophysical"), "/node_types.csv:4:1: node_type_id 102: model_type: biophysical: must be point_neuron or virtual"},
		{types("102 v1", "103 v1"), "/nodes.h5: /nodes/v1/node_type_id: 102: must be in the table of types"},
		{types("101 v1", "100 v1"), "/node_types.csv:3:1: node_type_id 100: stands here twice, first in line 2"},
		{types("101 v1", "x v1"), "/node_types.csv:3:1: node_type_id: x: must be a whole number, from 0"},
		{types("inh.json", "inh.json more"), "/node_types.csv:3:1: 7 columns: must be 6, as many as in the heading"},
		{types("inh.json", "none.json"), "/none.json: can't be read: no such file or directory"},
		{types("node_type_id ", "type_id "), "/node_types.csv:1:1: must have a column node_type_id"},
		{`text("inh.json", {"V_thresh": -50})`, "/node_types.csv:3:1: node_type_id 101: V_thresh: unknown parameter: einet's nest:iaf_psc_exp has tau_m, C_m, E_L, V_th"},
		{`text("inh.json", {"V_th": "-50"})`, `/inh.json: V_th: "-50": must be a number`},
		{`text("inh.json", {"delta": 1.0})`, "node_type_id 101: delta: 1: must be 0: einet's neurons fire at the threshold"},
		{`text("inh.json", "{")`, "/inh.json:1:1: must be JSON: unexpected EOF"},
		{`text("exc.json", {"V_th": -50.0, "V_reset": -40.0})`, ""},
		{`circuit["networks"]["nodes"][0]["nodes_file"] = "$NETS/nodes.h5"`, `/circuit_config.json: networks.nodes.0.nodes_file: "$NETS/nodes.h5": the manifest has no $NETS`},
		{`circuit["manifest"]["$NET"] = "$NET/x"`, "/circuit_config.json: manifest.$NET: must not use itself"},
		{`del circuit["networks"]["nodes"]`, "/circuit_config.json: networks.nodes: missing: must be a list of"},
		{`circuit["networks"]["edges"][0]["edges_file"] = "nodes.h5"`, "/nodes.h5: /edges: missing: must be a group, the populations of edges"},
		{`circuit["networks"]["nodes"][0]["nodes_file"] = "exc.json"`, "/exc.json: cannot be read as an HDF5 file"},
		{`os.truncate("nodes.h5", 3000)`, "/nodes.h5: cannot be read as an HDF5 file"},
		{`del circuit["components"]`, "node_type_id 100: dynamics_params: exc.json: the configuration has no components.point_neuron_models_dir"},
		{`simulation["network"] = "simulation_config.json"`, "must not name configurations that name each other"},
		{`simulation["network"] = "none.json"`, "/none.json: can't be read: no such file or directory"},
		{`simulation["run"]["dt"] = "fast"`, `/simulation_config.json: run.dt: "fast": must be a number`},
		{`simulation["run"]["tstart"] = 10`, "/simulation_config.json: run.tstart: 10: must be 0 or left out"},
		{`simulation["inputs"]["a"]["input_type"] = "voltage_clamp"`, `/simulation_config.json: inputs.a.input_type: "voltage_clamp": must be spikes or current_clamp`},
		{`simulation["inputs"]["a"]["module"] = "poisson"`, `/simulation_config.json: inputs.a.module: "poisson": must be h5, sonata or csv`},
		{`simulation["inputs"]["a"]["node_set"] = "cortex"`, `inputs.a.node_set: "cortex": must be a set of nodes: e, one, some, thalamus, v1, lgn`},
		{`simulation["inputs"]["c"]["amp"] = [1.0, 2.0]`, "inputs.c.delay: 1 values: must be as many as of amp, 2"},
		{`simulation["reports"] = {"r": {"variable_name": "cai", "cells": "v1"}}`, `/simulation_config.json: reports.r.variable_name: "cai": must be what einet has of iaf_psc_exp: V_m, v, V`},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "cells": "lgn"}}`, `reports.r.cells: "lgn": must have nodes that are simulated`},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "cells": "v2"}}`, `reports.r.cells: "v2": must be a set of nodes: e, one, some, thalamus, v1, lgn`},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "module": "extracellular"}}`, `reports.r.module: "extracellular": must be membrane_report or multimeter_report: einet reports the states of points`},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "dt": 0.25}}`, "reports.r.dt: 0.25: must be a multiple of run.dt, 0.1"},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "start_time": 9, "end_time": 9}}`, "reports.r.end_time: 9: must be behind start_time, 9"},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "electrode": 1}}`, "reports.r.electrode: 1: is not known of reports: there are cells, "},
		{`simulation["reports"] = {"a b": {"variable_name": "V_m"}, "a_b": {"variable_name": "V_m"}}`, "reports.a_b: must have another name: of letters, digits and _ that is a b's, too"},
		{`simulation["reports"] = {"r": {"variable_name": "V_m", "unit": "pA"}}`, `reports.r.unit: "pA": must be mV`},
		{`simulation["reports"] = {"r": 3}`, "reports.r: 3: must be an object"},
		{`text("node_sets.json", {"thalamus": ["thalamus", "thalamus"], "some": "v1"})`, `inputs.a.node_set: "thalamus": must consist of at most 1024 sets, and of none that has itself`},
		{edit("spikes.h5", `f["spikes/lgn/node_ids"][0] = 3`), "/spikes.h5: spike 0 (from 0): node 3: must be a node of the population lgn"},
		{edit("spikes.h5", `f.move("spikes/lgn", "spikes/v1"); f["spikes/v1/node_ids"][:] = 10`) + `; simulation["inputs"]["a"]["node_set"] = "v1"`, "node 10 of v1: must be virtual to be given spikes: node_type_id 101 of "},
		{edit("nodes.h5", `del f["nodes/v1/node_type_id"]`), "/nodes.h5: /nodes/v1/node_type_id: missing: must be the type of each node"},
		{edit("nodes.h5", `f["nodes/v1/node_id"][1] = 10`), "/nodes.h5: /nodes/v1/node_id: 10: stands here twice"},
		{edit("nodes.h5", `f["nodes/v1/node_group_index"][1] = 9`), "/nodes.h5: /nodes/v1/node_group_index: row 1 (from 0): 9: must be below 4, the values of /nodes/v1/0/dynamics_params/V_m"},
		{edit("nodes.h5", `f["nodes/v1/0/dynamics_params/V_n"] = np.arange(4.0)`), "/nodes.h5: /nodes/v1/0/dynamics_params/V_n: einet's nest:iaf_psc_exp has "},
		{edit("nodes.h5", `f["nodes/v1/0/model_template"] = np.arange(4.0)`), "/nodes.h5: /nodes/v1/0/model_template: must stand in the table of types"},
		{edit("nodes.h5", `del f["nodes/v1/node_group_id"]`), "/nodes.h5: /nodes/v1/node_group_id: missing: must be the group of each row"},
		{edit("edges.h5", `del f["edges/v1_to_v1/source_node_id"].attrs["node_population"]`), "/edges.h5: /edges/v1_to_v1/source_node_id: attribute node_population: missing"},
		{edit("edges.h5", `f["edges/v1_to_v1/source_node_id"].attrs["node_population"] = "v2"`), `source_node_id: node_population "v2": must be one of the populations of nodes: v1, lgn`},
		{edit("edges.h5", `f["edges/v1_to_v1/source_node_id"].attrs["node_population"] = ["v1", "v1"]`), "attribute node_population: must be a text"},
		{edit("edges.h5", `f["edges/v1_to_v1/target_node_id"][2] = 13`), "/edges.h5: /edges/v1_to_v1/target_node_id: row 2 (from 0): 13: must be a node of v1"},
		{edit("edges.h5", `del f["edges/v1_to_v1/source_node_id"]; f["edges/v1_to_v1/source_node_id"] = np.array([10, 11, -1, 30, 21, 12]); f["edges/v1_to_v1/source_node_id"].attrs["node_population"] = "v1"`),
			"/edges.h5: /edges/v1_to_v1/source_node_id: row 2 (from 0): -1: must be a whole number, from 0"},
		{`del circuit["networks"]["edges"][0]["edge_types_file"]; ` + edit("source_edges.h5", `del f["edges/lgn_to_v1/0/dynamics_params/weight"]`), "/source_edges.h5: edge_type_id 9: syn_weight is missing"},
		{edit("edges.h5", `f["edges/v1_to_v1/edge_type_id"][2] = 7`), "/edges.h5: /edges/v1_to_v1/edge_type_id: 7: must be in the table of types"},
		{edit("edges.h5", `f["edges/v1_to_v1/1/delay"][2] = 0.01`), "/edges.h5: /edges/v1_to_v1: row 2 (from 0): delay: 0.01 ms: must be at least dt, 0.1 ms"},
		{edit("edges.h5", `f["edges/v1_to_v1/0/nsyns"][0] = 2`), "/edges.h5: /edges/v1_to_v1/0/nsyns: must be 1 or left out"},
		{edit("edges.h5", `f["edges/v1_to_v1/1/dynamics_params/U"] = np.arange(4.0)`), "/edges.h5: /edges/v1_to_v1/1/dynamics_params/U: must be weight or delay"},
		{edit("edges.h5", `del f["edges/v1_to_v1/edge_group_index"]; f["edges/v1_to_v1/edge_group_index"] = np.arange(5)`), "edge_group_index: 5 values: must be 6"},
		{edit("source_edges.h5", `del f["edges/lgn_to_v1/0/dynamics_params/weight"]`), "/source_edge_types.csv:2:1: edge_type_id 9: syn_weight is missing: must stand there or in /edges/lgn_to_v1/0"},
		{`text("edge_types.csv", "edge_type_id syn_weight model_template\n5 1 tsodyks_synapse\n6 1 static_synapse\n")`, "/edge_types.csv:2:1: edge_type_id 5: model_template: tsodyks_synapse: must be static_synapse or tsodyks2_synapse"},
		{`text("u.json", {"U": 0.2}); text("edge_types.csv", "edge_type_id syn_weight model_template dynamics_params\n5 1 tsodyks2_synapse u.json\n6 1 static_synapse NULL\n")`,
			"edge_type_id 5: dynamics_params: U 0.2, u 0.5, x 1: must have u as U, and x 1"},
		{`text("edge_types.csv", "edge_type_id syn_weight weight_function\n5 1 gaussianLL\n6 1 NULL\n")`, "edge_type_id 5: weight_function: gaussianLL: must be left out"},
		{`text("synapse.json", {"tau_psc": 2.0})`, "edge_type_id 6: dynamics_params: tau_psc: must have weight and delay only"},
	}
	var changes []string
	for _, c := range cases {
		changes = append(changes, c.change)
	}
	folders := circuits(t, changes)
	for i, c := range cases {
		before := time.Now()
		_, faults := read(folders[i], "simulation_config.json")
		require.Less(t, time.Since(before), 5*time.Second, c.change) // of which the library takes most, on a busy machine
		if c.says == "" {
			require.Empty(t, faults, c.change)
			continue
		}
		require.NotEmpty(t, faults, c.change)
		require.Contains(t, faults[0].Error(), c.says, c.change)
		require.NotContains(t, faults[0].Error(), "\n")
	}
	_, faults := sonata.Read([]byte("{\n\"networks\": }"), "c.json", nil)
	require.Len(t, faults, 1)
	require.Equal(t, "c.json:2:1: must be JSON: invalid character '}' looking for beginning of value", faults[0].Error())
}
