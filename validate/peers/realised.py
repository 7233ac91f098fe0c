"""A network as einet built it, from its exported arrays, with the neurons' parameters of networks.py."""

import tempfile
from dataclasses import dataclass, field

import numpy as np
from section import einet


@dataclass
class Realised:
    """Neurons count from 0 through all populations. Weights have the sign of their receptor."""

    network: object  # of networks.py
    first: dict  # of each population its first neuron
    v0: np.ndarray
    g0: np.ndarray  # [2, neurons]: excitatory, inhibitory
    source: np.ndarray
    target: np.ndarray
    weight: np.ndarray
    delay: np.ndarray  # steps
    poisson: dict = field(default_factory=dict)  # arrays step, neuron, input: the weight that arrives at a step
    step: np.ndarray = None  # spikes of einet, sorted by step and neuron
    neuron: np.ndarray = None

    @property
    def size(self):
        return len(self.v0)


def realise(case, duration):
    """Exports a network and simulates it for so many ms."""
    network = case.network()
    first, n = {}, 0
    for name, p in network.populations.items():
        first[name], n = n, n + p.size
    with tempfile.TemporaryDirectory() as folder:
        driven = ["--input-duration", f"{duration}ms"] if any(p.poisson for p in network.populations.values()) else []
        einet("export", *network.preset, "--out", f"{folder}/network", *driven)
        einet("run", *network.preset, "--duration", f"{duration}ms", "--no-plots", "--quiet", "--out", f"{folder}/run")
        neurons, synapses = np.load(f"{folder}/network/neurons.npz"), np.load(f"{folder}/network/synapses.npz")
        columns = {k: [] for k in ("source", "target", "weight", "delay")}
        for name, a, b in zip(synapses["projections"], synapses["from"], synapses["to"]):
            columns["source"].append(synapses[f"{name}_source"].astype(np.int64) + first[a])
            columns["target"].append(synapses[f"{name}_target"].astype(np.int64) + first[b])
            columns["weight"].append(synapses[f"{name}_weight"].astype(float))
            columns["delay"].append(np.rint(synapses[f"{name}_delay"].astype(float) / network.dt).astype(np.int64))
        r = Realised(network, first, np.concatenate([neurons[f"{p}_V0"] for p in first]).astype(float), np.zeros((2, n)),
                     *(np.concatenate(c) for c in columns.values()))  # fmt: skip
        for k in range(2):
            if neurons.get(f"E_g{k}", np.zeros(0)).size:  # none of a receptor that starts from 0
                r.g0[k] = np.concatenate([np.abs(neurons[f"{p}_g{k}"]) for p in first])
        if driven:
            given = np.load(f"{folder}/network/input.npz")
            for key in ("step", "neuron", "input"):
                r.poisson[key] = []
            for name in first:
                counts, weight = given[f"{name}_poisson_count"].astype(float), given[f"{name}_poisson_weight"].astype(float)
                r.poisson["step"].append(given[f"{name}_poisson_step"].astype(np.int64))
                r.poisson["neuron"].append(given[f"{name}_poisson_neuron"].astype(np.int64) + first[name])
                r.poisson["input"].append(counts * weight[given[f"{name}_poisson_input"].astype(np.int64)])
            r.poisson = {k: np.concatenate(v) for k, v in r.poisson.items()}
        spikes = np.load(f"{folder}/run/spikes.npz")
        r.step, r.neuron = spikes["step"].astype(np.int64), spikes["neuron"].astype(np.int64)
    return r


def same(r, step, neuron):
    """How many spikes agree from the first on, and the step of the first that does not: einet's or the other's, whichever is earlier."""
    order = np.lexsort((neuron, step))
    step, neuron = np.asarray(step)[order], np.asarray(neuron)[order]
    n = min(len(step), len(r.step))
    differ = np.flatnonzero((step[:n] != r.step[:n]) | (neuron[:n] != r.neuron[:n]))
    k = int(differ[0]) if len(differ) else n
    ends = [s[k] for s in (step, r.step) if k < len(s)]
    return k, int(min(ends)) if ends else int(r.step[-1])
