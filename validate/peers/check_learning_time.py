"""How long a network with plastic synapses takes in NEST and in einet."""

import json
import statistics
import tempfile
import time

import nest
import numpy as np
import on_nest
from networks import balanced
from section import Section, einet, versions

# That of einet bench --suite plastic: 2.6 million synapses from E to E, which learn by additive STDP.
P, DELAY, W_MAX, A_PLUS, A_MINUS, TAU = 0.04, 1.5, 2.5, 1e-4, 1.05e-4, 20.0
WEIGHTS, INPUTS = dict(j_ee=1.25, j_ie=2.0, j_i=-5.0), dict(input_e=20.0, input_i=13.0)
PRESET = ["ei", "--set", "scale={}", "--set", f"projections.*.p={P}", "--set", f"projections.*.delay={DELAY}",
          "--set", f"projections.E_to_E.weight={WEIGHTS['j_ee']}", "--set", f"projections.E_to_I.weight={WEIGHTS['j_ie']}", "--set", f"projections.I_to_*.weight={WEIGHTS['j_i']}",
          "--set", f"populations.E.input={INPUTS['input_e']}", "--set", f"populations.I.input={INPUTS['input_i']}"]
STDP = f"projections.E_to_E.plasticity={{stdp:{{A_plus:{A_PLUS},A_minus:{A_MINUS},tau_plus:{TAU},tau_minus:{TAU},w_max:{W_MAX}}}}}"
MS, REPEATS, WANTED = 1000.0, 3, 10


def network(learns):
    n = balanced(**WEIGHTS, **INPUTS)
    for p in n.projections:
        p.p, p.delay = P, DELAY
    if learns:
        n.projections[0].plasticity = dict(A_plus=A_PLUS, A_minus=A_MINUS, tau=TAU, w_max=W_MAX)
    return n


def in_nest(learns, seed):
    """Seconds that the first second takes, rates [Hz] and the standard deviation of weights over w_max."""
    n = network(learns)
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=n.dt, rng_seed=seed)
    nodes = {name: on_nest.create(p) for name, p in n.populations.items()}
    for p in n.projections:
        on_nest.connect(p, nodes, n.dt, 1)
    recorders = {name: nest.Create("spike_recorder") for name in nodes}
    for name in nodes:
        nest.Connect(nodes[name], recorders[name])
    nest.Prepare()  # which sorts the synapses, and is building
    began = time.monotonic()
    nest.Run(MS)
    took = time.monotonic() - began
    nest.Cleanup()
    rates = {name: recorders[name].n_events / len(nodes[name]) / MS * 1000 for name in nodes}
    sd = np.std(nest.GetConnections(nodes["E"], nodes["E"]).get("weight")) / W_MAX
    return took, rates, sd


def in_einet(learns, seed):
    with tempfile.TemporaryDirectory() as folder:
        einet("run", *PRESET, *(["--set", STDP] if learns else []), "--duration", f"{MS}ms", "--seed", seed, "--threads", 1,
              "--engine", "cpu", "--no-plots", "--quiet", "--out", f"{folder}/run")
        with open(f"{folder}/run/summary.json") as f:
            summary = json.load(f)
    sd = summary["weights"]["E_to_E"]["end"]["sd"] / W_MAX if learns else 0
    return summary["simulate_s"], {name: p["rate_hz"] for name, p in summary["populations"].items()}, sd


def main():
    s = Section("Long-term plasticity: time",
                f"The network of `einet bench --suite plastic`, 10 000 neurons whose {P * 64:.1f} million synapses among excitatory ones learn by additive STDP, and the same with static ones: "
                f"wall time of {MS:g} ms of model time in {versions('nest-simulator')} (`stdp_synapse`, `static_synapse_hpc`; building and preparing are not in it) and on the cpu engine (with what a run records), one thread each. By turns, medians of {REPEATS} seeds. "
                "Rates, and how far weights are spread that all were the same at first, tell that both do the same; NEST brings weights up to date when their source fires.")
    rows = []
    for learns in (False, True):
        found = {of: [] for of in (in_nest, in_einet)}
        for seed in range(1, REPEATS + 1):
            for of, times in found.items():
                times.append(of(learns, seed))
        theirs, ours = (statistics.median(x[0] for x in found[of]) for of in (in_nest, in_einet))
        ratios = sorted(a[0] / b[0] for a, b in zip(*found.values()))
        rates, spread = ([found[of][0][k] for of in (in_nest, in_einet)] for k in (1, 2))
        # NEST's weights lack what came behind their sources' last spikes, a fifth of a second of the whole.
        alike = all(abs(rates[0][p] / rates[1][p] - 1) < 0.05 for p in "EI") and (not learns or 0.75 < spread[0] / spread[1] < 1)
        s.hold(alike, f"{'plastic' if learns else 'static'}: NEST and einet do the same")
        fast = s.hold(ratios[len(ratios) // 2] >= WANTED, f"{WANTED} times as fast") if learns else ""
        rows.append(["STDP" if learns else "static", *(f"{r['E']:.2f} / {r['I']:.2f}" for r in rates), *(f"{x:.2g}" for x in spread),
                     f"{theirs:.2f}", f"{ours:.3f}", f"{ratios[0]:.0f} to {ratios[-1]:.0f}", fast])
    s.table(["synapses", "E / I in NEST [Hz]", "in einet", "sd of weights / w_max in NEST", "in einet", "NEST [s]", "einet [s]", "times as fast", f"at least {WANTED}"], rows)
    s.end()


if __name__ == "__main__":
    main()
