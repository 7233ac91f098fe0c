package sonata_test

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/language"
	"einet/table"
	"einet/table/readertest"
)

// A fakeTree is a file of HDF5 in memory.
type fakeTree struct {
	groups  map[string][]string
	numbers map[string][]float64
}

func (f *fakeTree) Members(group string) ([]string, error) {
	if members, ok := f.groups[group]; ok {
		return members, nil
	}
	return nil, errors.New(group + ": cannot be found as a group")
}

func (f *fakeTree) Numbers(dataset string) ([]float64, string, error) {
	if values, ok := f.numbers[dataset]; ok {
		return append([]float64(nil), values...), "", nil
	}
	return nil, "", errors.New("dataset " + dataset + ": missing")
}

func (f *fakeTree) Text(object, attribute string) (string, error) {
	if strings.Contains(object, "source") {
		return "a", nil
	}
	return "b", nil
}

func (f *fakeTree) Close() error { return nil }

// columns are those of the fuzzed files, which it changes.
var columns = []string{
	"/nodes/a/node_type_id", "/nodes/b/node_type_id", "/nodes/b/node_id", "/nodes/b/node_group_id", "/nodes/b/node_group_index", "/nodes/b/0/dynamics_params/V_m",
	"/nodes/b/0/dynamics_params/tau_m", "/edges/e/source_node_id", "/edges/e/target_node_id", "/edges/e/edge_type_id", "/edges/e/edge_group_id",
	"/edges/e/edge_group_index", "/edges/e/0/syn_weight", "/edges/e/0/delay", "/spikes/a/timestamps", "/spikes/a/node_ids",
}

// newFake is a small circuit in which bytes change numbers: a column, a row, a value.
func newFake(changes []byte) *fakeTree {
	f := &fakeTree{
		groups: map[string][]string{
			"/nodes": {"a", "b"}, "/nodes/a": {"node_type_id"}, "/nodes/b": {"0", "node_group_id", "node_group_index", "node_id", "node_type_id"},
			"/nodes/b/0": {"dynamics_params"}, "/nodes/b/0/dynamics_params": {"V_m", "tau_m"},
			"/edges": {"e"}, "/edges/e": {"0", "edge_group_id", "edge_group_index", "edge_type_id", "source_node_id", "target_node_id"},
			"/edges/e/0": {"delay", "syn_weight"}, "/spikes": {"a"}, "/spikes/a": {"node_ids", "timestamps"},
		},
		numbers: map[string][]float64{
			columns[0]: {0, 0}, columns[1]: {1, 2}, columns[2]: {0, 1}, columns[3]: {0, 0}, columns[4]: {0, 1}, columns[5]: {-65, -64}, columns[6]: {10, 10},
			columns[7]: {0, 1}, columns[8]: {1, 0}, columns[9]: {5, 5}, columns[10]: {0, 0}, columns[11]: {0, 1}, columns[12]: {1, -1}, columns[13]: {1, 2},
			columns[14]: {1, 2}, columns[15]: {0, 1},
		},
	}
	odd := []float64{math.NaN(), math.Inf(1), -1, 1e300, 0.5, 1 << 53, 1e9, math.Inf(-1)}
	for ; len(changes) >= 3; changes = changes[3:] {
		column := columns[int(changes[0])%len(columns)]
		values := f.numbers[column]
		switch v := changes[2]; {
		case v >= 248:
			values[int(changes[1])%2] = odd[v-248]
		case v >= 240:
			delete(f.numbers, column)
			f.numbers[column] = values[:1]
			return f
		default:
			values[int(changes[1])%2] = float64(v) - 8
		}
	}
	return f
}

const (
	fuzzedConfig = `{"manifest": {"$D": "."}, "components": {"point_neuron_models_dir": "$D", "synaptic_models_dir": "."}, "run": {"tstop": 10, "dt": 0.1},
"networks": {"nodes": [{"nodes_file": "$D/tree", "node_types_file": "nodes.csv"}], "edges": [{"edges_file": "tree", "edge_types_file": "edges.csv"}]},
"inputs": {"s": {"input_type": "spikes", "module": "h5", "input_file": "tree", "node_set": {"population": "a"}}, "c": {"input_type": "current_clamp", "node_set": "b", "amp": 1, "delay": 1, "duration": 2}}}`
	fuzzedNodes  = "node_type_id population model_type model_template dynamics_params\n0 a virtual NULL NULL\n1 b point_neuron nest:iaf_psc_exp params.json\n2 b point_neuron nest:iaf_psc_alpha NULL\n"
	fuzzedEdges  = "edge_type_id,syn_weight,delay,model_template\n5,1.5,2,static_synapse\n"
	fuzzedParams = `{"V_th": -50, "t_ref": 2, "I_e": 100.0, "tau_minus": 20}`
)

// Whatever the files of a circuit hold, einet answers in lines, or with a network that is written and read again; and it costs
// little.
func FuzzCircuit(f *testing.F) {
	f.Add([]byte(fuzzedConfig), []byte(fuzzedNodes), []byte(fuzzedEdges), []byte(fuzzedParams), []byte{})
	f.Add([]byte(fuzzedConfig), []byte(fuzzedNodes), []byte(fuzzedEdges), []byte(`{"V_th": "a", "x": {}}`), []byte{2, 1, 249, 9, 1, 7})
	f.Add([]byte(`{"network": "config.json", "run": {}}`), []byte("node_type_id\n1 \"\n"), []byte{}, []byte{}, []byte{12, 0, 240})
	f.Add([]byte(strings.ReplaceAll(fuzzedConfig, `"b"`, `["b", ["b", "b"]]`)), []byte(fuzzedNodes), []byte("\xef\xbb\xbfedge_type_id\n5\n"), []byte(fuzzedParams), []byte{12, 0, 4, 13, 1, 252})
	// Control of the rest: as it is the circuit is read.
	folder := f.TempDir()
	require.NoError(f, files(folder, []byte(fuzzedConfig), []byte(fuzzedNodes), []byte(fuzzedEdges), []byte(fuzzedParams)))
	_, err := loadFuzzed(folder, []byte(fuzzedConfig), nil)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, config, nodes, edges, params, changes []byte) {
		folder := t.TempDir()
		require.NoError(t, files(folder, config, nodes, edges, params))
		readertest.Bounded(t, len(config)+len(nodes)+len(edges)+len(params), func() {
			text, err := loadFuzzed(folder, config, changes)
			if err != nil {
				for _, line := range strings.Split(err.Error(), "\n") {
					require.NotEmpty(t, line)
				}
				return
			}
			_, err = loadFuzzed(folder, text, changes)
			require.NoError(t, err, string(text))
		})
	})
}

func files(folder string, config, nodes, edges, params []byte) error {
	for name, text := range map[string][]byte{"config.json": config, "nodes.csv": nodes, "edges.csv": edges, "params.json": params, "tree": []byte("\x89HDF\r\n\x1a\n")} {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// loadFuzzed is the resolved network of a text.
func loadFuzzed(folder string, text, changes []byte) ([]byte, error) {
	open := func(string) (table.Tree, error) { return newFake(changes), nil }
	n, err := language.Load(strings.NewReader(string(text)), filepath.Join(folder, "config.json"), language.Options{HDF5: open})
	if err != nil {
		return nil, err
	}
	return language.Marshal(n)
}
