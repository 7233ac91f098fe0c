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
SCRIPTS_SEED = 98765
# In PyNN connectors begin at the start of their generator again, and of its numbers this script makes all four projections: neuron k of I has
# the sources of neuron k of E. Here each has numbers of its own, as in einet, and spikes are on the grid of time.
ENDS = ["exc_cells, inh_cells", "inh_cells, exc_cells", "inh_cells, inh_cells"]
LIKE_EINET = [
    ("'label': 'VA'}", "'label': 'VA', 'spike_precision': 'on_grid'}"),
    *(
        (f"sim.Projection({ends}, connector", f"sim.Projection({ends}, sim.FixedProbabilityConnector(pconn, rng=NumpyRNG(seed=rngseed + {1000 * k}))")
        for k, ends in enumerate(ENDS, 1)
    ),
]
RUNS = {"NEST, as it is": ("nest", 1, []), "NEST": ("nest", 2, LIKE_EINET), "einet": ("einet", 6, [])}
ERRORS = 4 / 3  # of three standard errors: four, since more than sixty numbers are compared
PRESET_SEEDS = 8

# What the script drives its COBA network with, and what that starts from, in einet's language.
START = ["populations.*.V0={uniform: [-60, -50]}", "populations.*.g0={excitatory: 0, inhibitory: 0}"]
SYNAPSE = "p: 0.01, weight: 100, delay: 0.2, tau_syn: 5}"
STIMULUS = [
    "populations.X={size: 20, neuron: poisson, rate: [0, {pulse: {at: 0, duration: 50, amplitude: 100}}]}",
    *(f"projections.X_to_{p}={{from: X, to: {p}, {SYNAPSE}" for p in SIZES),
]

# What makes the preset the script's network, and a change of the script that must be noticed.
BENCHMARKS = {
    "CUBA": ("vogels2005cuba-steady", ["projections.*.delay=0.2"], ("Ginh = 4.5 ", "Ginh = 4.05 ")),
    "COBA": (
        "vogels2005coba",
        ["projections.*.delay=0.2", "projections.E_*.weight=4", "projections.I_*.weight=-51", *START, *STIMULUS],
        ("Gexc = 4. ", "Gexc = 4.6 "),
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


def play(text, simulator, benchmark, seed, changes=()):
    """Runs the script, with texts in it replaced. Returns the spikes of each population, and the time that the script says its run took [s]."""
    if simulator == "einet":
        text = text.replace("from pyNN.", "from einet.pynn.")
    for old, new in [(f"rngseed  = {SCRIPTS_SEED}", f"rngseed  = {seed}"), *changes]:
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
        "with the script's weights, delays and start. Two things are not einet's in the script on NEST: PyNN takes a neuron that fires between the steps of time (for CUBA), and draws all four projections by the "
        "same numbers, so that neuron k of I has the excitatory and inhibitory sources of neuron k of E, which makes activity less synchronous and faster. So einet is held to "
        "NEST with spikes on the grid (`spike_precision='on_grid'`) and a generator for each projection; the column before has the script as it is. Seeds are the script's own, {SCRIPTS_SEED}, and the next ones: "
        f"{', '.join(f'{name} {n}' for name, (_, n, _) in RUNS.items())}, the preset {PRESET_SEEDS}; statistics are of {DISCARD} to {DURATION} ms. Means may differ by four standard errors or a "
        "percent. Of the control, the script on einet with a conductance changed by 10 or 15 %, at least one statistic must differ.",
    )
    rows, times = [], []
    for benchmark, (case, settings, change) in BENCHMARKS.items():
        runs = {}
        for name, (simulator, n, its) in RUNS.items():
            played = [play(text, simulator, benchmark, SCRIPTS_SEED + k, its) for k in range(n)]
            runs[name] = measured([p[0] for p in played])
            times.append([benchmark, name, f"{min(p[1] for p in played):.2f} s"])
            print(*times[-1], file=sys.stderr, flush=True)
        runs["changed"] = measured([play(text, "einet", benchmark, SCRIPTS_SEED + k, [change])[0] for k in range(RUNS["einet"][1])])
        network = CASES[case].network()
        network.preset += [word for setting in settings for word in ("--set", setting)]
        network.duration = DURATION
        runs["preset"] = measured([on_einet.simulate(network, seed) for seed in range(11, 11 + PRESET_SEEDS)])
        noticed = []
        for name in SIZES:
            for key in runs["NEST"][name]:
                values = {k: r[name][key] for k, r in runs.items()}
                if any(x is None for v in values.values() for x in v):
                    s.hold(False, f"{benchmark} {name} {key}: activity died out")
                    continue
                mean = {k: np.mean(v) for k, v in values.items()}
                limits = {k: ERRORS * allowed(values[k], values["einet"], [values["preset"], values["einet"]]) for k in ("NEST", "preset")}
                ok = [s.hold(abs(mean[k] - mean["einet"]) <= limits[k], f"{benchmark} {name} {key}: {k} {mean[k]:.4g}, script on einet {mean['einet']:.4g}, {limits[k]:.2g} allowed") for k in limits]
                noticed.append(abs(mean["changed"] - mean["NEST"]) > limits["NEST"])
                shown = [f"{mean[k]:.4g}" for k in ("NEST, as it is", "NEST", "einet", "preset")]
                rows.append([benchmark, name, key, *shown, *(f"{x:.2g}" for x in limits.values()), "yes" if ok == ["yes", "yes"] else "**no**", f"{mean['changed']:.4g}"])
        s.hold(any(noticed), f"{benchmark}: {change} must be noticed")
    s.table(["benchmark", "of", "statistic", "NEST, as it is", "NEST", "einet", "preset", "allowed to NEST", "to the preset", "holds", "control"], rows)
    s.text("The shortest `sim.run(1000)` by the script's own clock; einet builds the network in it, NEST has built it before:")
    s.table(["benchmark", "on", "simulation time"], times)
    s.end()


if __name__ == "__main__":
    main()
