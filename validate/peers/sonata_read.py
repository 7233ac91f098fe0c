"""A folder of `einet export --to sonata`, read by libsonata and simulated by bmtk.

sonata_read.py FOLDER SPIKES.H5 holds what they find to the files themselves (h5py) and, for bmtk, to the spikes of einet's run of that folder. bmtk 1.2
takes parameters of types only: its neurons all start at their type's V_m, and so must those of the network.
"""

import contextlib
import io
import json
import os
import pathlib
import sys

import h5py
import libsonata
import numpy as np


def by_libsonata(folder):
    """What is wrong with nodes, edges and indices as libsonata reads them."""
    wrong, nodes = [], libsonata.NodeStorage(str(folder / "nodes.h5"))
    h = h5py.File(folder / "nodes.h5")["nodes"]
    for name in nodes.population_names:
        p = nodes.open_population(name)
        if p.size != len(h[name]["node_id"]):
            wrong.append(f"{name}: {p.size} nodes")
        for parameter in p.dynamics_attribute_names:
            if not np.array_equal(p.get_dynamics_attribute(parameter, p.select_all()), h[name]["0/dynamics_params"][parameter][:]):
                wrong.append(f"{name}: {parameter}")
    edges = libsonata.EdgeStorage(str(folder / "edges.h5"))
    h = h5py.File(folder / "edges.h5")["edges"]
    if set(edges.population_names) != set(h):
        wrong.append("populations of edges")
    for name in edges.population_names:
        p, all_edges = edges.open_population(name), edges.open_population(name).select_all()
        source, target = h[name]["source_node_id"][:], h[name]["target_node_id"][:]
        if (p.source, p.target) != tuple(h[name][f"{end}_node_id"].attrs["node_population"] for end in ["source", "target"]):
            wrong.append(f"{name}: ends")
        for attribute in ["syn_weight", "delay"]:
            if not np.array_equal(p.get_attribute(attribute, all_edges), h[name]["0"][attribute][:]):
                wrong.append(f"{name}: {attribute}")
        for node in np.linspace(0, source.max(initial=0), 7).astype(int):
            if not np.array_equal(np.sort(p.efferent_edges([int(node)]).flatten()), np.flatnonzero(source == node)):
                wrong.append(f"{name}: index of source {node}")
        for node in np.linspace(0, target.max(initial=0), 7).astype(int):
            if not np.array_equal(np.sort(p.afferent_edges([int(node)]).flatten()), np.flatnonzero(target == node)):
                wrong.append(f"{name}: index of target {node}")
    return wrong


def in_bmtk(folder, spikes):
    """What is wrong with the spikes of bmtk's simulation in NEST."""
    from bmtk.simulator import pointnet

    here = os.getcwd()
    with contextlib.redirect_stdout(io.StringIO()):
        os.chdir(folder)
        config = pointnet.Config.from_json("simulation_config.json")
        config.build_env()
        network = pointnet.PointNetwork.from_config(config)
        pointnet.PointSimulator.from_config(config, network).run()
        os.chdir(here)
    simulation = json.loads((folder / "simulation_config.json").read_text())
    dt, given = simulation["run"]["dt"], simulation["inputs"]
    theirs, mine = h5py.File(folder / "output/spikes.h5")["spikes"], h5py.File(spikes)["spikes"]
    wrong = []
    for name in mine:
        if f"{name}_spikes" in given:
            continue  # which bmtk does not record
        a, b = (np.unique(np.stack([np.rint(x[name]["timestamps"][:] / dt), x[name]["node_ids"][:]]), axis=1) if name in x else np.zeros((2, 0)) for x in (theirs, mine))
        if not np.array_equal(a, b):
            wrong.append(f"{name}: {a.shape[1]} spikes in bmtk, {b.shape[1]} in einet")
    return wrong


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1]).resolve()
    found = by_libsonata(folder)
    if len(sys.argv) > 2:
        found += in_bmtk(folder, pathlib.Path(sys.argv[2]).resolve())
    print("\n".join(found) or "the same")
    sys.exit(len(found) > 0)
