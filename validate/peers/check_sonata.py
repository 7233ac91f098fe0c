"""SONATA's files of einet, read by libsonata and bmtk, and simulated by bmtk in NEST."""

import contextlib
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

import h5py
import libsonata
import numpy as np
from bmtk.utils.reports.spike_trains import SpikeTrains
from bmtk.utils.sonata import File
from section import Section, einet, versions

# bmtk gives all neurons of a type the same initial potential: one for each population, and in-degrees that differ.
SETTINGS = "populations.E.size=320 populations.I.size=80 projections.*.p=0.2 populations.E.V0=-55 populations.I.V0=-56 duration=200"
NETWORK = ["vogels2005cuba", *(word for setting in SETTINGS.split() for word in ("--set", setting))]
IN_NEST = """
from bmtk.simulator import pointnet
config = pointnet.Config.from_json("simulation_config.json")
config.build_env()
network = pointnet.PointNetwork.from_config(config)
pointnet.PointSimulator.from_config(config, network).run()
"""


def spikes_by_libsonata(folder):
    reader = libsonata.SpikeReader(f"{folder}/spikes.h5")
    found = {}
    for name in reader.get_population_names():
        spikes = np.array(reader[name].get(), dtype=float).reshape(-1, 2)
        found[name] = np.stack([np.rint(spikes[:, 1] * 10), spikes[:, 0]], 1)
    return found


def spikes_by_bmtk(folder):
    with contextlib.redirect_stdout(io.StringIO()):
        trains = SpikeTrains.load(f"{folder}/spikes.h5")
        found = {}
        for name in trains.populations:
            table = trains.to_dataframe(populations=[name], with_population_col=False)
            found[name] = np.stack([np.rint(table["timestamps"].to_numpy() * 10), table["node_ids"].to_numpy()], 1)
    return found


def synapses_by_libsonata(folder):
    storage, found = libsonata.EdgeStorage(f"{folder}/edges.h5"), {}
    for name in storage.population_names:
        p = storage.open_population(name)
        every = p.select_all()
        columns = p.source_nodes(every), p.target_nodes(every), p.get_attribute("syn_weight", every), np.rint(p.get_attribute("delay", every) * 10)
        found[name] = np.stack([np.asarray(c, float) for c in columns], 1)
    return found


def synapses_by_bmtk(folder):
    files = {"data_files": ["nodes.h5", "edges.h5"], "data_type_files": ["node_types.csv", "edge_types.csv"]}
    network, found = File(**{k: [f"{folder}/{f}" for f in v] for k, v in files.items()}), {}
    for p in network.edges.populations:
        rows = []
        for target in range(320 if p.target_population == "E" else 80):
            rows += [(e.source_node_id, e.target_node_id, e["syn_weight"], round(e["delay"] * 10)) for e in p.get_target(target)]
        found[p.name] = np.array(rows, float)
    return found


def equal(read, wanted):
    """Whether tables of the same names have the same rows, in any order; numbers as far as float32 tells."""
    if sorted(read) != sorted(wanted):
        return False
    rows = lambda table: np.asarray(table, np.float32)[np.lexsort(np.asarray(table, np.float32).T)]
    return all(np.shape(read[name]) == np.shape(table) and np.array_equal(rows(read[name]), rows(table)) for name, table in wanted.items())


def exported(folder):
    """What einet's own arrays say: the synapses of each projection, and the spikes of each population."""
    f = np.load(f"{folder}/arrays/synapses.npz")
    synapses = {
        str(name): np.stack([f[f"{name}_{c}"] for c in ("source", "target", "weight")] + [np.rint(f[f"{name}_delay"] * 10)], 1).astype(float)
        for name in f["projections"]
    }
    f, spikes = np.load(f"{folder}/run/spikes.npz"), {}
    for name, first, size in zip(f["population_names"], f["population_first"], f["population_size"]):
        mine = (f["neuron"] >= first) & (f["neuron"] < first + size)
        spikes[str(name)] = np.stack([f["step"][mine], f["neuron"][mine] - first], 1).astype(float)
    return synapses, spikes


def in_nest(folder):
    """The spikes of the circuit in NEST, by bmtk."""
    done = subprocess.run([sys.executable, "-c", IN_NEST], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"bmtk: {done.stderr[-2000:]}")
    found = {}
    with h5py.File(f"{folder}/output/spikes.h5") as h:  # packed, which libsonata's wheel can't unpack
        for name, p in h["spikes"].items():
            found[name] = np.stack([np.rint(p["timestamps"][:] * 10), p["node_ids"][:]], 1).astype(float)
    return found


def main():
    s = Section(
        "SONATA",
        f"`vogels2005cuba` of 400 neurons, exported (`einet export --to sonata`) and simulated for 200 ms (`einet run --spikes sonata`), as others read it ({versions('libsonata', 'bmtk', 'h5py')}): every "
        f"synapse with weight and delay, and every spike. bmtk's PointNet also runs the circuit in NEST ({versions('nest-simulator')}), whose spikes must be einet's. The controls: one weight, one "
        "spike's neuron and the delays of one projection changed in the files.",
    )
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        einet("export", *NETWORK, "--out", folder / "arrays")
        einet("export", *NETWORK, "--to", "sonata", "--out", folder / "circuit")
        einet("run", *NETWORK, "--no-plots", "--quiet", "--spikes", "sonata", "--out", folder / "run")
        synapses, spikes = exported(folder)
        readings = [
            ("libsonata", "synapses", synapses_by_libsonata, "circuit", synapses),
            ("bmtk", "synapses", synapses_by_bmtk, "circuit", synapses),
            ("libsonata", "spikes", spikes_by_libsonata, "run", spikes),
            ("bmtk", "spikes", spikes_by_bmtk, "run", spikes),
            ("bmtk in NEST", "spikes", in_nest, "circuit", spikes),
        ]
        right = [equal(read(folder / where), wanted) for _, _, read, where, wanted in readings]
        change(folder, folder / "changed")
        for (who, what, read, where, wanted), holds in zip(readings, right):
            noticed = not equal(read(folder / "changed" / where), wanted)
            s.hold(noticed, f"{who}: changed {what} are noticed")
            total = sum(map(len, wanted.values()))
            rows.append([who, f"{total} {what}", s.hold(holds, f"{who} has einet's {what}"), "differs" if noticed else "the same"])
    s.table(["by", "of", "the same", "control"], rows)
    s.end()


def change(folder, changed):
    """Copies the files, with changes."""
    for name in ("run", "circuit"):
        shutil.copytree(folder / name, changed / name, ignore=shutil.ignore_patterns("output"))
    folder = changed
    with h5py.File(folder / "run" / "spikes.h5", "r+") as h:
        ids = h["spikes/E/node_ids"]
        ids[len(ids) // 2] = (int(ids[len(ids) // 2]) + 1) % 320
    with h5py.File(folder / "circuit" / "edges.h5", "r+") as h:
        h["edges/E_to_E/0/syn_weight"][100] *= 1.01
        h["edges/I_to_I/0/delay"][...] = h["edges/I_to_I/0/delay"][...] + 0.1


if __name__ == "__main__":
    main()
