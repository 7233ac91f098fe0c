"""Networks that einet exported, simulated by NEST and Brian2 synapse by synapse, and held to einet's spikes one by one."""

import importlib
import sys

import numpy as np
from networks import CASES
from realised import realise, same
from section import Section

# Of each network the ms to simulate, and how many of the first spikes must agree in each simulator. einet computes in float32 and
# others in float64: they part where a potential is within their rounding of the threshold, and chaos does the rest.
CHECKS = {
    "vogels2005cuba-steady": (200, {"nest": 3000, "brian2": 3000}),
    "vogels2005coba": (50, {"nest": 600, "brian2": 600}),
    "brunel2000exp-fifth": (30, {"nest": 100, "brian2": 100}),
}


def main():
    modules = {name: importlib.import_module(f"exported_{name}") for name in ("nest", "brian2")}
    s = Section(
        "The same network, spike by spike",
        "`einet export` writes every synapse with its weight and delay, the initial state and, of Poisson input, what arrives at which step. NEST and Brian2 run just that, in "
        f"float64 ({', '.join(m.VERSION for m in modules.values())}), with the neurons' parameters from the papers. Spikes agree in step and neuron from the first on, until a "
        "potential is nearer to the threshold than rounding (or, of conductances, the method of integration) tells; then chaos parts the networks. The last columns are controls: "
        "the same with one weight in a hundred 5 % larger (of Poisson input too), and with every delay a step longer.",
    )
    rows = []
    for name, (duration, held) in CHECKS.items():
        r = realise(CASES[name], duration)
        for simulator, least in held.items():
            agree, until = same(r, *modules[simulator].simulate(r, duration))
            controls = []
            for change in (heavier, later):
                other, _ = same(r, *modules[simulator].simulate(change(r), duration))
                controls.append(other)
                s.hold(other < agree / 2 and other < least, f"{name} in {simulator}: {change.__doc__} is noticed within {other} spikes, {agree} agree without")
            ok = s.hold(agree >= least, f"{name} in {simulator}: {agree} spikes agree, {least} are held")
            rows.append([name, modules[simulator].VERSION, f"{agree} of {len(r.step)}", f"{until * r.network.dt:.1f} ms", least, ok, *controls])
            print(*rows[-1], file=sys.stderr, flush=True)
    s.table(["network", "in", "spikes that agree", "until", "held to", "holds", "5 % of weights", "delays"], rows)
    s.end()


def heavier(r):
    """one weight in a hundred 5 % larger, of Poisson input too"""
    other = type(r)(**vars(r))
    other.weight = some(r.weight)
    if r.poisson:
        other.poisson = {**r.poisson, "input": some(r.poisson["input"])}
    return other


def some(weights):
    return weights * np.where(np.arange(len(weights)) % 100 == 0, 1.05, 1)


def later(r):
    """every delay a step longer"""
    other = type(r)(**vars(r))
    other.delay = r.delay + 1
    return other


if __name__ == "__main__":
    main()
