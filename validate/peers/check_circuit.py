"""A SONATA network that bmtk has built, simulated by bmtk in NEST and by einet."""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import h5py
import numpy as np
from bmtk.builder.networks import NetworkBuilder
from bmtk.utils.reports.spike_trains import PoissonSpikeGenerator
from section import Section, einet, versions

DT, DURATION = 0.1, 300.0
IN_NEST = """
from bmtk.simulator import pointnet
config = pointnet.Config.from_json("simulation_config.json")
config.build_env()
network = pointnet.PointNetwork.from_config(config)
pointnet.PointSimulator.from_config(config, network).run()
"""
# Two types of one template and one of another: einet has a population for each.
TYPES = {
    "e": (100, "nest:iaf_psc_alpha", {"tau_m": 20.0, "C_m": 200.0, "E_L": -65.0, "V_m": -65.0, "V_th": -50.0, "V_reset": -60.0, "t_ref": 2.0, "tau_syn_ex": 2.0, "tau_syn_in": 4.0}),
    "i": (25, "nest:iaf_psc_alpha", {"tau_m": 10.0, "V_m": -70.0, "I_e": 150.0, "tau_syn_in": 3.0}),
    "late": (10, "nest:iaf_psc_delta", {"tau_m": 15.0, "I_e": 260.0}),
}
EDGES = [("e", "e", 40.0, 1.5), ("e", "i", 60.0, 1.0), ("e", "late", 0.2, 2.0), ("i", "e", -90.0, 1.2), ("i", "i", -70.0, 0.8), ("late", "e", 80.0, 3.0)]


def build(folder):
    """Files of a network, its input and its configuration."""
    draw = np.random.default_rng(5)

    def some(source, target, p):
        return 1 if draw.random() < p else None

    cortex, thalamus = NetworkBuilder("cortex"), NetworkBuilder("thalamus")
    for name, (size, template, parameters) in TYPES.items():
        write(folder / f"{name}.json", parameters)
        cortex.add_nodes(N=size, pop_name=name, model_type="point_neuron", model_template=template, dynamics_params=f"{name}.json")
    thalamus.add_nodes(N=50, pop_name="t", model_type="virtual")
    write(folder / "static.json", {})
    synapse = {"dynamics_params": "static.json", "model_template": "static_synapse"}
    for source, target, weight, delay in EDGES:
        cortex.add_edges(source={"pop_name": source}, target={"pop_name": target}, connection_rule=some, connection_params={"p": 0.2}, syn_weight=weight, delay=delay, **synapse)
    cortex.build()
    cortex.save(output_dir=str(folder))
    thalamus.add_edges(source=thalamus.nodes(), target=cortex.nodes(pop_name="e"), connection_rule=some, connection_params={"p": 0.3}, syn_weight=120.0, delay=1.0, **synapse)
    thalamus.build()
    thalamus.save(output_dir=str(folder))
    spikes = PoissonSpikeGenerator(population="thalamus", seed=7)
    spikes.add(node_ids=range(50), firing_rate=60.0, times=(0.001, DURATION / 1000))
    spikes.to_sonata(str(folder / "drawn.h5"))
    with h5py.File(folder / "drawn.h5") as h, h5py.File(folder / "input.h5", "w") as f:  # on the grid, where NEST and einet round alike
        f["spikes/thalamus/node_ids"] = h["spikes/thalamus/node_ids"][:]
        f["spikes/thalamus/timestamps"] = np.maximum(np.rint(h["spikes/thalamus/timestamps"][:] / DT), 1) * DT
    pair = {what: [{f"{what}_file": f"{name}_{what}.h5", f"{what[:-1]}_types_file": f"{name}_{what[:-1]}_types.csv"} for name in names]
            for what, names in [("nodes", ["cortex", "thalamus"]), ("edges", ["cortex_cortex", "thalamus_cortex"])]}
    write(folder / "circuit_config.json", {"components": {"point_neuron_models_dir": ".", "synaptic_models_dir": "."}, "networks": pair, "target_simulator": "NEST"})
    write(folder / "node_sets.json", {"thalamus": {"population": "thalamus"}, "few": {"population": "cortex", "node_id": [3, 50, 110, 130]}})
    write(folder / "simulation_config.json", {
        "run": {"tstop": DURATION, "dt": DT}, "network": "circuit_config.json", "node_sets_file": "node_sets.json", "target_simulator": "NEST",
        "inputs": {"t": {"input_type": "spikes", "module": "sonata", "input_file": "input.h5", "node_set": "thalamus"}},
        "reports": {"potentials": {"module": "multimeter_report", "cells": "few", "variable_name": "V_m", "sections": "soma"}},
        "output": {"output_dir": "output", "log_file": "log.txt", "spikes_file": "spikes.h5", "spikes_sort_order": "time"}})


def write(file, content):
    file.write_text(json.dumps(content))


def fired(file):
    """Steps and nodes of the cortex, in order."""
    with h5py.File(file) as h:
        p = h["spikes/cortex"]
        return np.unique(np.stack([np.rint(p["timestamps"][:] / DT), p["node_ids"][:]]), axis=1)


def potentials(file):
    """Those of the report [frames, nodes], and its nodes."""
    with h5py.File(file) as h:
        p = h["report/cortex"]
        return p["data"][:], p["mapping/node_ids"][:]


def parting(a, b):
    """How many spikes are the same in front of the first that differs, and its time [ms]; that of the run where none does."""
    n = min(a.shape[1], b.shape[1])
    differ = np.flatnonzero((a[:, :n] != b[:, :n]).any(0))
    if len(differ) == 0:
        return n, DURATION
    k = differ[0]
    return k, min(a[0, k], b[0, k]) * DT


def main():
    s = Section("A circuit of bmtk's",
                f"A network that bmtk's builder has written ({versions('bmtk')}): three types of nodes of two of NEST's models, virtual nodes with spikes; simulated for {DURATION:g} ms by bmtk in NEST "
                f"({versions('nest-simulator')}) and by `einet run simulation_config.json`. einet computes in single precision, so that a spike falls into another step sooner or later, and chaos does the rest. The control is the circuit with weights of one type of edges larger by 1 %.")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        build(folder)
        done = subprocess.run([sys.executable, "-c", IN_NEST], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"bmtk: {done.stderr[-2000:]}")
        theirs = fired(folder / "output/spikes.h5")
        einet("run", folder / "simulation_config.json", "--no-plots", "--quiet", "--out", folder / "run")
        same, until = parting(theirs, fired(folder / "run/spikes.h5"))
        (here, nodes), (there, others) = potentials(folder / "run/report-potentials.h5"), potentials(folder / "output/potentials.h5")
        types = folder / "cortex_cortex_edge_types.csv"
        text = types.read_text()
        types.write_text(re.sub(r"\b40\.0\b", "40.4", text))
        changed = types.read_text() != text
        einet("run", folder / "simulation_config.json", "--no-plots", "--quiet", "--out", folder / "other")
        few, sooner = parting(theirs, fired(folder / "other/spikes.h5"))
    s.hold(changed and sooner < until / 2, "other weights are noticed")
    ok = s.hold(until > 100, "einet has bmtk's spikes for 100 ms")
    s.table(["spikes", "the first of them that are the same", "up to [ms]", "more than 100 ms", "control"], [[theirs.shape[1], same, f"{until:g}", ok, f"{few}, up to {sooner:g} ms"]])
    frames = round(100 / DT)  # for so long the spikes are the same
    apart = np.abs(here[:frames] - there[:frames]).max()
    late = np.abs(here[1 : frames + 1] - there[:frames]).max()
    ok = s.hold(list(nodes) == list(others) and apart < 0.01, "the report of potentials is bmtk's")
    s.hold(late > 1, "a frame later is noticed")
    s.text("Of the report of four nodes' potentials the first 100 ms, which bmtk rounds to 0.001 mV; the control is einet's a frame later.")
    s.table(["frames", "nodes", "furthest apart [mV]", "below 0.01", "control"], [[frames, len(nodes), f"{apart:.2g}", ok, f"{late:.2g}"]])
    s.end()


if __name__ == "__main__":
    main()
