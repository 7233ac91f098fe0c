"""Holds a folder of SONATA's files to the specification (its developer guide), and to einet's own export of the same network.

python3 sonata.py FOLDER [NPZ_FOLDER] prints a line for each thing that is wrong, and fails where there is one.
"""

import json
import pathlib
import sys

import h5py
import numpy as np

folder = pathlib.Path(sys.argv[1])
wrong = []


def want(so, *what):
    if not so:
        wrong.append(" ".join(map(str, what)))
    return so


def resolved(config):
    """The configuration with its manifest put in."""
    names = config.get("manifest", {})

    def put(value):
        if isinstance(value, str):
            for _ in range(len(names) + 1):
                for name, path in names.items():
                    value = value.replace(name, path)
            want("$" not in value, "unknown variable in", value)
            return value
        if isinstance(value, dict):
            return {k: put(v) for k, v in value.items()}
        return [put(v) for v in value] if isinstance(value, list) else value

    return put({k: v for k, v in config.items() if k != "manifest"})


def table(file, key):
    """A table of types: by population and id, its attributes."""
    lines = [line.split() for line in (folder / file).read_text().splitlines()]
    want(key in lines[0] and "population" in lines[0], file, "lacks", key, "or population")
    rows = {}
    for line in lines[1:]:
        row = dict(zip(lines[0], line))
        want(len(line) == len(lines[0]), file, "has a row of other length")
        name = row["population"], int(row[key])
        want(name not in rows, file, "has twice", name)
        rows[name] = row
    return rows


def opened(file, root):
    h = h5py.File(folder / file, "r")
    want(h.attrs.get("magic") == 0x0A7A and np.dtype(type(h.attrs["magic"])).kind == "u", file, "has no magic number")
    want(list(h.attrs.get("version", [])) == [0, 1], file, "has no version")
    want(list(h) == [root], file, "must have the group", root, "alone")
    return h[root]


def columns(group, kind, of, required):
    """Columns of whole numbers, all as long."""
    found = {}
    for name in required:
        if want(name in group, of, "lacks", name):
            found[name] = group[name][:]
            want(found[name].dtype.kind in "ui", of, name, "must be whole numbers")
            want(found[name].ndim == 1, of, name, "must have one dimension")
    want(len({len(c) for c in found.values()}) == 1, of, "has columns of different lengths")
    if wrong:
        return found
    at = found[f"{kind}_group_index"]
    for g in np.unique(found[f"{kind}_group_id"]):
        mine = at[found[f"{kind}_group_id"] == g]
        if not want(str(g) in group, of, "lacks the group", g):
            continue
        want(len(np.unique(mine)) == len(mine), of, "two rows share a place in group", g)

        def held(name, data):
            if isinstance(data, h5py.Dataset):
                want(data.dtype.kind == "f", of, g, name, "must be floating-point")
                want(len(mine) == 0 or len(data) > mine.max(), of, g, name, "is too short")

        group[str(g)].visititems(held)
    return found


def indexed(group, of, name, ids, size):
    """The index finds all edges of each node, and no others."""
    rows, ranges = group[name]["node_id_to_ranges"][:], group[name]["range_to_edge_id"][:]
    want(rows.dtype.itemsize == 8 and ranges.dtype.itemsize == 8, of, name, "must have 64 bits")
    want(rows.shape == (size, 2), of, name, "must have a row for each node")
    for node, (a, b) in enumerate(rows):
        edges = np.concatenate([np.arange(c, d) for c, d in ranges[a:b]] or [np.empty(0, int)])
        if not want(np.array_equal(np.sort(edges), np.flatnonzero(ids == node)), of, name, "is wrong for node", node):
            return


def check():
    simulation = resolved(json.loads((folder / "simulation_config.json").read_text()))
    for key in ["run", "network", "output", "node_sets_file"]:
        want(key in simulation, "simulation_config.json lacks", key)
    want(simulation["run"]["tstop"] > 0 and simulation["run"]["dt"] > 0, "run needs tstop and dt")
    circuit = resolved(json.loads((folder / simulation["network"]).read_text()))
    sets = json.loads((folder / simulation["node_sets_file"]).read_text())
    nodes, edges, size = {}, {}, {}
    for pair in circuit["networks"]["nodes"]:
        types = table(pair["node_types_file"], "node_type_id")
        for name, group in opened(pair["nodes_file"], "nodes").items():
            found = columns(group, "node", name, ["node_id", "node_type_id", "node_group_id", "node_group_index"])
            if wrong:
                return None
            size[name] = len(found["node_id"])
            want(len(np.unique(found["node_id"])) == size[name], name, "has two nodes of one id")
            for t in np.unique(found["node_type_id"]):
                if not want((name, t) in types, name, "has no type", t):
                    continue
                row = types[name, t]
                want(row["model_type"] in ["biophysical", "virtual", "single_compartment", "point_neuron"], "model_type", row["model_type"])
                if row["model_type"] == "virtual":
                    want(row.get("model_template", "NULL") == "NULL", name, "is virtual and has a template")
                else:
                    want(row["model_template"].startswith("nest:"), "template", row["model_template"])
                    params = json.loads((folder / circuit["components"]["point_neuron_models_dir"] / row["dynamics_params"]).read_text())
                    nodes[name] = params | {k: v[:][found["node_group_index"]] for k, v in group["0"].get("dynamics_params", {}).items()}
    for pair in circuit["networks"]["edges"]:
        types = table(pair["edge_types_file"], "edge_type_id")
        for name, group in opened(pair["edges_file"], "edges").items():
            found = columns(group, "edge", name, ["source_node_id", "target_node_id", "edge_type_id", "edge_group_id", "edge_group_index"])
            if wrong:
                return None
            for t in np.unique(found["edge_type_id"]):
                want((name, t) in types, name, "has no type", t)
            ends = []
            for end in ["source", "target"]:
                of = group[f"{end}_node_id"].attrs.get("node_population")
                ends.append(of)
                if want(of in size, name, end, "names no population:", of):
                    want((found[f"{end}_node_id"] < size[of]).all(), name, end, "is beyond its population")
            if wrong:
                continue
            indexed(group["indices"], name, "source_to_target", found["source_node_id"], size[ends[0]])
            indexed(group["indices"], name, "target_to_source", found["target_node_id"], size[ends[1]])
            at = found["edge_group_index"]
            edges[name] = found["source_node_id"], found["target_node_id"], group["0/syn_weight"][:][at], group["0/delay"][:][at], ends
    for name, given in simulation.get("inputs", {}).items():
        want(given["node_set"] in sets, name, "names no set of nodes")
        spikes(opened(given["input_file"], "spikes"), size)
    return nodes, edges


def spikes(root, size):
    for name, group in root.items():
        times, ids = group["timestamps"], group["node_ids"]
        want(name in size and (ids[:] < size[name]).all(), name, "has spikes of nodes that are not there")
        want(times.dtype == np.float64 and ids.dtype == np.uint64, name, "spikes are float64 and uint64")
        want(times.attrs.get("units") == "ms", name, "times lack their units")
        order = h5py.check_enum_dtype(group.attrs.get_id("sorting").dtype)
        want(order == {"none": 0, "by_id": 1, "by_time": 2}, name, "sorting must be an enumeration")
        want(group.attrs["sorting"] == 2 and (np.diff(times[:]) >= 0).all(), name, "spikes must be sorted as is said")


def equal(nodes, edges, npz):
    """The same network as einet's export of it."""
    synapses, neurons = np.load(npz / "synapses.npz"), np.load(npz / "neurons.npz")
    for name, start, end in zip(synapses["projections"], synapses["from"], synapses["to"]):
        i, j, w, d, ends = edges[name]
        want(ends == [start, end], name, "has other ends")
        mine, theirs = (np.rec.fromarrays([a, b, c.astype("f4"), e.astype("f4")]) for a, b, c, e in
                        [(i.astype("u4"), j.astype("u4"), w, d), [synapses[f"{name}_{x}"] for x in ["source", "target", "weight", "delay"]]])
        want(np.array_equal(np.sort(mine), np.sort(theirs)), name, "has other synapses")
    for name, params in nodes.items():
        for own, called in [("V0", "V_m"), ("V_th", "V_th")]:
            if f"{name}_{own}" in neurons:
                want(np.array_equal(np.broadcast_to(np.float32(params[called]), neurons[f"{name}_{own}"].shape), neurons[f"{name}_{own}"]), name, called, "differs")


found = check()
if len(sys.argv) > 2 and not wrong:
    equal(*found, pathlib.Path(sys.argv[2]))
print("\n".join(wrong))
sys.exit(len(wrong) > 0)
