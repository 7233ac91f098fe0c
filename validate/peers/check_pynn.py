"""PyNN's VAbenchmarks.py on NEST and on einet, and einet's own presets of the same networks."""

import os
import pathlib
import pickle
import re
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import on_einet
from compare import allowed
from networks import CASES
from section import EINET, ROOT, Section, version, versions
from spiketrains import statistics

SIZES = {"E": 3200, "I": 800}
DT, DURATION, DISCARD = 0.1, 1000, 200  # ms
SEEDS = {"nest": 2, "einet": 8}
SCRIPTS_SEED = 98765

# What makes the preset the script's network, and a change of the script that must be noticed.
BENCHMARKS = {
    "CUBA": ("vogels2005cuba-steady", "--set projections.*.delay=0.2", ("Ginh = 4.5 ", "Ginh = 4.05 ")),
    "COBA": (
        "vogels2005coba",
        "--set projections.*.delay=0.2 --set projections.E_*.weight=4 --set projections.I_*.weight=-51",
        ("Gexc = 4. ", "Gexc = 4.4 "),
    ),
}


def script():
    """The script, of PyNN's source distribution of the version that is installed."""
    kept = pathlib.Path(sys.prefix) / "sdist"
    name = f"pynn-{version('PyNN')}"
    if not list(kept.glob(f"{name}.tar.gz")):
        command = ["download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:", f"PyNN=={version('PyNN')}"]
        subprocess.run([sys.executable, "-m", "pip", *command, "-d", str(kept)], check=True, stdout=subprocess.DEVNULL)
    with tarfile.open(kept / f"{name}.tar.gz") as t:
        return t.extractfile(f"{name}/examples/VAbenchmarks.py").read().decode()


def play(text, simulator, benchmark, seed, change=None):
    """Runs the script. Returns the spikes of each population, and the time that the script says its run took [s]."""
    if simulator == "einet":
        text = text.replace("from pyNN.", "from einet.pynn.")
    for old, new in [(f"rngseed  = {SCRIPTS_SEED}", f"rngseed  = {seed}"), *([change] if change else [])]:
        assert text.count(old) >= 1, old
        text = text.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "VAbenchmarks.py"
        file.write_text(text)
        env = {**os.environ, "PYTHONPATH": str(ROOT / "python"), "EINET": EINET}
        done = subprocess.run([sys.executable, file, simulator, benchmark], cwd=folder, capture_output=True, text=True, env=env)
        if done.returncode:
            sys.exit(f"VAbenchmarks.py {simulator} {benchmark}: {done.stderr[-2000:]}")
        spikes = {}
        for name, part in (("E", "exc"), ("I", "inh")):
            (data,) = pathlib.Path(folder).glob(f"Results/*/*_{part}_*.pkl")
            trains = pickle.loads(data.read_bytes()).segments[0].spiketrains
            times = [np.asarray(t.rescale("ms").magnitude) for t in trains]
            neuron = np.repeat([int(t.annotations["source_index"]) for t in trains], [len(t) for t in times])
            spikes[name] = np.rint(np.concatenate(times) / DT).astype(int), neuron
    return spikes, float(re.search(r"Simulation time\s*: (\S+) s", done.stdout)[1])


def measured(runs):
    """{population: {statistic: values over runs}}"""
    found = {}
    for spikes in runs:
        for name, size in SIZES.items():
            for key, x in statistics(*spikes[name], size, DT, round(DISCARD / DT), round(DURATION / DT)).items():
                found.setdefault(name, {}).setdefault(key, []).append(x)
    return found


def main():
    text = script()
    s = Section(
        "PyNN's VAbenchmarks.py",
        f"The script of PyNN's source distribution on its NEST back end and, with `einet.pynn` for `pyNN` in its two imports, on einet ({versions('PyNN', 'nest-simulator')}), and einet's preset "
        f"with the script's weights and delays. Seeds are the script's own {SCRIPTS_SEED} and others in its place, {SEEDS['nest']} in NEST and {SEEDS['einet']} in einet; statistics are of {DISCARD} to "
        f"{DURATION} ms. Means may differ by three standard errors or a percent. Of the controls (a conductance changed by a tenth) at least one statistic must differ.",
    )
    rows, times = [], []
    for benchmark, (case, extra, change) in BENCHMARKS.items():
        runs = {}
        for simulator, n in SEEDS.items():
            played = [play(text, simulator, benchmark, SCRIPTS_SEED + k) for k in range(n)]
            runs[simulator] = measured([p[0] for p in played])
            times.append([benchmark, simulator, f"{min(p[1] for p in played):.2f} s"])
        runs["changed"] = measured([play(text, "einet", benchmark, SCRIPTS_SEED + k, change)[0] for k in range(SEEDS["einet"])])
        network = CASES[case].network()
        network.preset += extra.split()
        network.duration = DURATION
        runs["preset"] = measured([on_einet.simulate(network, seed) for seed in range(11, 11 + SEEDS["einet"])])
        noticed = []
        for name in SIZES:
            for key in runs["nest"][name]:
                values = {k: r[name][key] for k, r in runs.items()}
                if any(x is None for v in values.values() for x in v):
                    s.hold(False, f"{benchmark} {name} {key}: activity died out")
                    continue
                kept = [values["einet"], values["preset"]]
                mean = {k: np.mean(v) for k, v in values.items()}
                limits = {k: allowed(values[k], values["einet"], kept) for k in ("nest", "preset")}
                ok = [s.hold(abs(mean[k] - mean["einet"]) <= limits[k], f"{benchmark} {name} {key}: {k} {mean[k]:.4g}, script on einet {mean['einet']:.4g}") for k in limits]
                noticed.append(abs(mean["changed"] - mean["nest"]) > limits["nest"])
                rows.append([benchmark, name, key, *(f"{mean[k]:.4g}" for k in ("nest", "einet", "preset")), f"{limits['nest']:.2g}", "yes" if ok == ["yes", "yes"] else "**no**", f"{mean['changed']:.4g}"])
        s.hold(any(noticed), f"{benchmark}: {change} must be noticed")
    s.table(["benchmark", "of", "statistic", "script on NEST", "script on einet", "preset", "allowed", "holds", "control"], rows)
    s.text("The shortest `sim.run(1000)` by the script's own clock; einet builds the network in it, NEST has built it before:")
    s.table(["benchmark", "on", "simulation time"], times)
    s.end()


if __name__ == "__main__":
    main()
