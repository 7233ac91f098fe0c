"""Presets in einet itself, for the scatter between its seeds."""

import os
import pathlib
import subprocess
import tempfile

import numpy as np

EINET = os.environ.get("EINET", pathlib.Path(__file__).parents[2] / "bin" / "einet")
VERSION = "einet " + subprocess.run([EINET, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


def simulate(network, seed, threads=1):
    """Simulates the preset of a Network and returns {population: (step, neuron)} of its spikes."""
    return run(network, seed, threads)[0]


def run(network, seed, threads=1):
    """Likewise, and {projection: weights over w_max} of those that learn."""
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder) / "run"
        command = [EINET, "run", *network.preset, "--seed", str(seed), "--duration", f"{network.duration}ms", "--threads", str(threads)]
        subprocess.run([*command, "--no-plots", "--quiet", "--json", "--out", out], check=True, stdout=subprocess.DEVNULL)
        with np.load(out / "spikes.npz") as f:
            step, neuron = f["step"].astype(int), f["neuron"].astype(int)
            places = {str(n): (int(a), int(k)) for n, a, k in zip(f["population_names"], f["population_first"], f["population_size"])}
        weights = {}
        if (out / "final_weights.npz").exists():
            with np.load(out / "final_weights.npz") as f:
                weights = {k.removesuffix("_omega"): f[k] / 2**31 for k in f if k.endswith("_omega")}
    spikes = {}
    for name, (first, size) in places.items():
        of = (neuron >= first) & (neuron < first + size)
        spikes[name] = step[of], neuron[of] - first
    return spikes, weights
