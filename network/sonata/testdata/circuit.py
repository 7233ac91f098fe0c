"""Makes a small SONATA network with h5py in a folder for each change of it: code that has the folder as its current one."""

import json
import os
import sys

import h5py
import numpy as np


def table(file, root):
    h = h5py.File(file, "w")
    h.attrs["magic"], h.attrs["version"] = np.uint32(0x0A7A), np.array([0, 1], np.uint32)
    return h.create_group(root)


def text(file, content):
    with open(file, "w") as f:
        f.write(content if isinstance(content, str) else json.dumps(content))


def make(change):
    # Nodes of three types in no order, in two groups, one of which has values of its own; their ids have gaps.
    nodes = table("nodes.h5", "nodes").create_group("v1")
    nodes["node_id"] = np.array([10, 11, 12, 20, 21, 30], np.uint64)
    nodes["node_type_id"] = np.array([101, 100, 101, 100, 100, 102], np.uint32)
    nodes["node_group_id"] = np.array([0, 0, 0, 0, 1, 1], np.uint8)
    nodes["node_group_index"] = np.array([3, 2, 1, 0, 1, 0], np.int64)
    nodes["0/dynamics_params/V_m"] = np.array([-61.0, -62.0, -63.0, -64.0])
    nodes["0/x"] = np.arange(4.0)
    nodes["1/x"] = np.arange(2.0)
    nodes.file.close()
    text("node_types.csv", """node_type_id  population pop_name model_type model_template dynamics_params
100 v1 "e cells" point_neuron nest:iaf_psc_exp exc.json
101 v1 i point_process nest:iaf_psc_exp inh.json
102 v1 other point_neuron nest:iaf_psc_delta NULL
""")
    text("exc.json", {"tau_m": 20.0, "C_m": 200.0, "V_th": -50.0, "V_reset": -60.0, "E_L": -65.0, "t_ref": 2.0, "tau_syn_ex": 3.0, "tau_syn_in": 6.0, "I_e": 100.0})
    text("inh.json", {"V_th": -50.0, "tau_minus": 20.0})

    # Virtual nodes of two types, numbered from 0.
    sources = table("sources.h5", "nodes").create_group("lgn")
    sources["node_type_id"] = np.array([7, 7, 8], np.int32)
    sources.file.close()
    text("source_types.csv", "node_type_id,model_type,ei\n7,virtual,e\n8,virtual,e\n")

    # Edges whose weights and delays are of their types, of their own, or of parameters.
    edges = table("edges.h5", "edges").create_group("v1_to_v1")
    edges["source_node_id"] = np.array([10, 11, 20, 30, 21, 12], np.uint64)
    edges["target_node_id"] = np.array([11, 10, 11, 20, 30, 20], np.uint64)
    edges["source_node_id"].attrs["node_population"] = "v1"
    edges["target_node_id"].attrs["node_population"] = np.bytes_("v1")
    edges["edge_type_id"] = np.array([5, 6, 6, 6, 6, 6], np.uint32)
    edges["edge_group_id"] = np.array([0, 0, 1, 1, 1, 1], np.uint16)
    edges["edge_group_index"] = np.array([0, 1, 2, 1, 0, 3], np.uint32)
    edges["0/nsyns"] = np.ones(2, np.uint16)
    edges["1/syn_weight"] = np.array([0.25, -30.0, 20.0, -30.5], np.float32)
    edges["1/delay"] = np.array([1.0, 1.04, 2.0, 1.0])
    edges.file.close()
    text("edge_types.csv", """edge_type_id target_query source_query syn_weight delay dynamics_params model_template
5 "pop_name=='e cells'" * -40 1.5 NULL static_synapse
6 * * 50.0 NULL synapse.json static_synapse
""")
    text("synapse.json", {"receptor_type": 0})
    inputs = table("source_edges.h5", "edges").create_group("lgn_to_v1")
    inputs["source_node_id"] = np.array([0, 1, 2], np.uint64)
    inputs["target_node_id"] = np.array([11, 11, 21], np.uint64)
    inputs["source_node_id"].attrs["node_population"] = "lgn"
    inputs["target_node_id"].attrs["node_population"] = "v1"
    inputs["edge_type_id"] = np.full(3, 9, np.uint32)
    inputs["0/dynamics_params/weight"] = np.array([1.0, 2.0, 3.0])
    inputs["0/dynamics_params/delay"] = np.array([1.0, 1.0, 1.0])
    inputs.file.close()
    text("source_edge_types.csv", "edge_type_id\n9\n")

    with h5py.File("spikes.h5", "w") as f:
        f["spikes/lgn/node_ids"] = np.array([2, 0, 0], np.uint32)
        f["spikes/lgn/timestamps"] = np.array([3.0, 1.0, 2.0])
        f["spikes/lgn"].attrs["sorting"] = "none"
    text("spikes.csv", "timestamps population node_ids\n4.0 lgn 1\n5.0 other 1\n")
    text("node_sets.json", {"thalamus": {"population": "lgn"}, "e": {"population": "v1", "pop_name": ["e cells"]}, "some": ["e", "one"], "one": {"population": "v1", "node_id": 30}})

    circuit = {
        "manifest": {"$BASE": ".", "$NET": "${BASE}/."},
        "components": {"point_neuron_models_dir": "$BASE", "synaptic_models_dir": "$BASE"},
        "networks": {
            "nodes": [
                {"nodes_file": "$NET/nodes.h5", "node_types_file": "$NET/node_types.csv"},
                {"nodes_file": "$NET/sources.h5", "node_types_file": "$NET/source_types.csv"},
            ],
            "edges": [
                {"edges_file": "$NET/source_edges.h5", "edge_types_file": "$NET/source_edge_types.csv"},
                {"edges_file": "$NET/edges.h5", "edge_types_file": "$NET/edge_types.csv"},
            ],
        },
    }
    simulation = {
        "manifest": {"$BASE": "."},
        "run": {"tstop": 50.0, "dt": 0.1},
        "network": "$BASE/circuit_config.json",
        "conditions": {"v_init": -65.5},
        "node_sets_file": "$BASE/node_sets.json",
        "inputs": {
            "a": {"input_type": "spikes", "module": "h5", "input_file": "$BASE/spikes.h5", "node_set": "thalamus"},
            "b": {"input_type": "spikes", "module": "csv", "input_file": "$BASE/spikes.csv", "node_set": {"population": "lgn"}},
            "c": {"input_type": "current_clamp", "module": "IClamp", "node_set": "some", "amp": 150.0, "delay": 10.0, "duration": 20.0},
        },
    }
    exec(change, {**globals(), "circuit": circuit, "simulation": simulation})
    text("circuit_config.json", circuit)
    text("simulation_config.json", simulation)


for folder, change in zip(sys.argv[1::2], sys.argv[2::2]):
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    make(change)
