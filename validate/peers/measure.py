"""Simulates a preset's network in NEST, Brian2 or einet and writes the statistics of its spikes.

    python validate/peers/measure.py vogels2005cuba-steady --simulator nest --seeds 16

writes validate/peers/vogels2005cuba-steady.nest.json: of each population and seed the mean rate [Hz],
the mean CV of intervals, the variance over the mean of the population's count in 1 ms, and the
mean correlation of two neurons' counts in 10 ms; of each projection that learns the mean of its
weights in the end, as a part of w_max, and the shares below a tenth and above nine. einet reproduce holds einet to them;
the files of einet itself only tell how seeds scatter.
"""

import argparse
import importlib
import json
import pathlib
import sys
import time

import numpy as np
from networks import CASES
import spiketrains

EXTINCT = 0.5  # mean rate [Hz] at and below which activity has died out
LOW, HIGH = 0.1, 0.9  # parts of w_max
HERE = pathlib.Path(__file__).parent


def measure(simulator, network, seed, threads):
    """Statistics of each population and of each projection that learns, and whether activity lasts; also the spikes."""
    spikes, weights = simulator.run(network, seed, threads)
    start, end = (round(ms / network.dt) for ms in (network.discard, network.duration))
    values = {name: spiketrains.statistics(*spikes[name], p.size, network.dt, start, end) for name, p in network.populations.items()}
    sizes = {name: p.size for name, p in network.populations.items()}
    rate = sum(values[name]["rate"] * n for name, n in sizes.items()) / sum(sizes.values())
    learned = {name: of_weights(w) for name, w in weights.items()}
    return values, learned, rate > EXTINCT, spikes


def of_weights(w):
    """w are parts of w_max."""
    return dict(weight=float(w.mean()), low_weights=float(np.mean(w < LOW)), high_weights=float(np.mean(w > HIGH)))


def keep_spikes(path, network, spikes):
    """Writes spikes as einet validate --against reads them: step, and id through all populations."""
    steps, ids, first = [], [], 0
    for name, p in network.populations.items():
        step, neuron = spikes[name]
        steps.append(step)
        ids.append(neuron + first)
        first += p.size
    step, neuron = np.concatenate(steps), np.concatenate(ids)
    order = np.lexsort((neuron, step))
    np.savez_compressed(path, step=step[order].astype(np.uint32), id=neuron[order].astype(np.uint32))


def rounded(x):
    return None if x is None else float(f"{x:.5g}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("case", choices=sorted(CASES))
    parser.add_argument("--simulator", choices=["nest", "brian2", "einet"], default="nest")
    parser.add_argument("--seeds", type=int, default=8, help="number of seeds, from --first on")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--out", type=pathlib.Path, help="file; otherwise CASE.SIMULATOR.json beside this one")
    parser.add_argument("--spikes", type=pathlib.Path, help="also keep the spikes of the first seed (.npz)")
    a = parser.parse_args()
    simulator = importlib.import_module(f"on_{a.simulator}")
    network = CASES[a.case].network()
    out = a.out or HERE / f"{a.case}.{a.simulator}.json"
    seeds, died = [], 0
    populations = {name: {} for name in network.populations}
    projections = {p.name: {} for p in network.projections if p.plasticity}
    seed = a.first
    while len(seeds) < a.seeds:
        began = time.monotonic()
        values, learned, lasts, spikes = measure(simulator, network, seed, a.threads)
        print(f"seed {seed}: {time.monotonic() - began:.1f} s", values if lasts else "died out", file=sys.stderr, flush=True)
        if lasts or not network.lasting:
            if not seeds and a.spikes:
                keep_spikes(a.spikes, network, spikes)
            seeds.append(seed)
            for table, of in [(populations, values), (projections, learned)]:
                for name, statistics in of.items():
                    for key, x in statistics.items():
                        table[name].setdefault(key, []).append(rounded(x))
            write(out, a, simulator, network, seeds, died, dict(populations=populations) | (dict(projections=projections) if projections else {}))
        else:
            died += 1
        seed += 1


def write(path, a, simulator, network, seeds, died, tables):
    """Writes what there is so far, whole: long runs may be interrupted."""
    command = f"python validate/peers/measure.py {a.case} --simulator {a.simulator} --seeds {len(seeds)}"
    if a.first != 1:
        command += f" --first {a.first}"
    if a.threads != 1:
        command += f" --threads {a.threads}"
    head = dict(
        network=a.case, simulator=simulator.VERSION, command=command, dt_ms=network.dt, duration_ms=network.duration,
        discard_ms=network.discard, seeds=seeds, died_out=died,
    )
    lines = [f"  {json.dumps(k)}: {json.dumps(v)}," for k, v in head.items()]
    parts = []
    for what, table in tables.items():
        of = [
            f"    {json.dumps(name)}: {{\n" + ",\n".join(f"      {json.dumps(k)}: {json.dumps(v)}" for k, v in p.items()) + "\n    }"
            for name, p in table.items()
        ]
        parts.append(f"  {json.dumps(what)}: {{\n" + ",\n".join(of) + "\n  }")
    text = "{\n" + "\n".join(lines) + "\n" + ",\n".join(parts) + "\n}\n"
    part = path.with_suffix(".part")
    part.write_text(text)
    part.replace(path)


if __name__ == "__main__":
    main()
