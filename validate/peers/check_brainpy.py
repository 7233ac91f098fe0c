"""BrainPy's balanced networks beside einet's presets: statistics and time."""

import json
import os
import platform
import sys
import tempfile

import numpy as np
import on_brainpy
import on_einet
from compare import allowed
from networks import CASES
from section import Section, einet, versions
from spiketrains import statistics

# Networks with ms to simulate and to leave out, seeds in BrainPy and in einet, and a change that must be noticed.
CHECKS = {
    "tian2020-half": (1500, 300, 1, 8, ["--set", "projections.I*.weight=-1.1"]),
    "vs96": (2000, 500, 2, 8, ["--set", "populations.*.input=3.1"]),
}


HELD = ["rate", "cv"]


def measured(network, runs):
    """{population: {statistic: values over runs}}"""
    found = {}
    for spikes in runs:
        for name, p in network.populations.items():
            for key, x in statistics(*spikes[name], p.size, network.dt, round(network.discard / network.dt), round(network.duration / network.dt)).items():
                found.setdefault(name, {}).setdefault(key, []).append(x)
    return found


def seconds(network):
    """What einet says its steps took, on all processors and on one."""
    found = []
    for threads in ([], ["--threads", "1"]):
        with tempfile.TemporaryDirectory() as folder:
            einet("run", *network.preset, "--duration", f"{network.duration}ms", "--no-plots", "--quiet", "--out", f"{folder}/run", *threads)
            with open(f"{folder}/run/summary.json") as f:
                found.append(json.load(f)["simulate_s"])
    return found


def main():
    s = Section(
        "BrainPy",
        f"The networks of BrainPy's examples that einet began as, written in BrainPy's own terms ({versions('brainpy', 'jax')}: `LifRef`, `Expon`, event-driven `EventCSRLinear` with "
        "`FixedProb`), beside the presets. BrainPy advances V by exponential Euler with the current at the end of the step, einet exactly. Mean rates and CVs over seeds may differ by three standard errors or "
        "a percent; of the control at least one must differ. How much spikes fall together depends on that and on the step, as BrainPy's column at half the step shows (one seed): those numbers are told, not held.",
    )
    rows, times = [], []
    for name, (duration, discard, theirs, ours, change) in CHECKS.items():
        network, changed = CASES[name].network(), CASES[name].network()
        for n in (network, changed):
            n.duration, n.discard = duration, discard
        changed.preset += change
        clock = []
        a = measured(network, [on_brainpy.simulate(network, 101 + k, clock=clock) for k in range(theirs)])
        b, c = (measured(network, [on_einet.simulate(n, 101 + k) for k in range(ours)]) for n in (network, changed))
        half = CASES[name].network()
        half.duration, half.discard, half.dt = duration, discard, network.dt / 2
        d = measured(half, [on_brainpy.simulate(half, 101)])
        noticed = False
        for population, of in a.items():
            for key, values in of.items():
                if any(v is None for m in (a, b, c, d) for v in m[population][key]):
                    s.hold(False, f"{name} {population}: neurons are silent")
                    continue
                x, y, z, w = (np.mean(m[population][key]) for m in (a, b, c, d))
                limit = allowed(values, b[population][key], [b[population][key], c[population][key]])
                ok = "-"
                if key in HELD:
                    ok = s.hold(abs(x - y) <= limit, f"{name} {population} {key}: BrainPy {x:.4g}, einet {y:.4g}, {limit:.2g} allowed")
                    noticed |= bool(abs(x - z) > limit)
                rows.append([name, population, key, f"{x:.4g}", f"{w:.4g}", f"{y:.4g}", f"{limit:.2g}" if key in HELD else "-", ok, f"{z:.4g}"])
        s.hold(noticed, f"{name}: {' '.join(change)} must be noticed")
        times.append([name, f"{duration} ms", f"{min(clock):.2f} s", *(f"{t:.3g} s" for t in seconds(network))])
        print(*times[-1], file=sys.stderr, flush=True)
    s.table(["network", "of", "statistic", "BrainPy", "BrainPy, half the step", "einet", "allowed", "holds", "control"], rows)
    s.text(f"Time of the steps alone, without building and compiling, on {os.cpu_count()} processors ({platform.machine()}), whatever else these had to do:")
    s.table(["network", "model time", "BrainPy", "einet", "einet, one thread"], times)
    s.end()


if __name__ == "__main__":
    main()
