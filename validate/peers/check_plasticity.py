"""Weights of synapses with long-term plasticity in NEST and in einet, of the same spike trains."""

import json
import pathlib
import tempfile

import nest
import numpy as np
from section import Section, einet, versions

DT, DURATION, PAIRS, START = 0.1, 20_000.0, 40, 0.5
STEPS = round(DURATION / DT)
ALLOWED = 1e-6
# What einet has under `plasticity`, NEST's synapse with its parameters, and those that NEST has of the target. Weights are between 0 and W_MAX pA.
W_MAX = 0.01
TRIPLET = {"A2_plus": 5e-4, "A3_plus": 6.2e-3, "A2_minus": 7e-3, "A3_minus": 2.3e-4, "tau_plus": 16.8, "tau_x": 101.0, "tau_minus": 33.7, "tau_y": 125.0}


def stdp(a_plus, a_minus, tau_plus, tau_minus, mu, model="stdp_synapse"):
    ours = {"stdp": {"A_plus": a_plus, "A_minus": a_minus, "tau_plus": tau_plus, "tau_minus": tau_minus, "mu": mu, "w_max": W_MAX}}
    if model == "stdp_nn_symm_synapse":
        ours["stdp"]["pairing"] = "nearest"
    theirs = {"lambda": a_plus, "alpha": a_minus / a_plus, "mu_plus": mu, "mu_minus": mu, "tau_plus": tau_plus, "Wmax": W_MAX}
    return ours, model, theirs, {"tau_minus": tau_minus}


def vogels(eta, tau, target):
    ours = {"vogels2011": {"eta": eta * W_MAX, "tau": tau, "target": target, "w_max": -W_MAX}}
    return ours, "vogels_sprekeler_synapse", {"eta": eta * W_MAX, "tau": tau, "alpha": 2 * target / 1000 * tau, "Wmax": -W_MAX}, {"tau_minus": tau}


def triplet():
    t = TRIPLET
    theirs = {"Aplus": t["A2_plus"] * W_MAX, "Aplus_triplet": t["A3_plus"] * W_MAX, "Aminus": t["A2_minus"] * W_MAX, "Aminus_triplet": t["A3_minus"] * W_MAX,
              "tau_plus": t["tau_plus"], "tau_plus_triplet": t["tau_x"], "Wmax": W_MAX}
    return {"triplet": {**t, "w_max": W_MAX}}, "stdp_triplet_synapse", theirs, {"tau_minus": t["tau_minus"], "tau_minus_triplet": t["tau_y"]}


RULES = {
    "`stdp`, mu 0": stdp(5e-3, 5.25e-3, 20.0, 20.0, 0.0),
    "`stdp`, mu 1": stdp(1e-2, 1e-2, 16.8, 33.7, 1.0),
    "`stdp`, mu 0.4": stdp(1e-2, 1.05e-2, 20.0, 30.0, 0.4),
    "`stdp`, nearest, mu 0": stdp(2e-2, 1.8e-2, 17.0, 34.0, 0.0, "stdp_nn_symm_synapse"),
    "`stdp`, nearest, mu 0.4": stdp(2e-2, 1.8e-2, 17.0, 34.0, 0.4, "stdp_nn_symm_synapse"),
    "`vogels2011`": vogels(1e-2, 20.0, 25.0),
    "`triplet`": triplet(),
}


def trains(delay):
    """Steps of sources and targets, 5 to 50 Hz: of every fifth spike of a target one of the source's is in the same step at the synapse. All sources fire
    first at once, and in the last step, where NEST brings the weight up to date."""
    draw = np.random.default_rng(3)

    def train():
        mean = draw.uniform(200, 2000)
        return np.unique(np.cumsum(np.ceil(draw.exponential(mean, 2000))).astype(int))

    pre, post = [], []
    for _ in range(PAIRS):
        m = train()
        m = m[(m > 50) & (m < STEPS - delay - 100)]
        n = np.union1d(train(), m[::5] + delay)
        pre.append(np.union1d(n[(n > 50) & (n < STEPS - 100)], [20, STEPS]))
        post.append(m)
    return pre, post


def in_nest(rule, pre, post, delay):
    _, model, synapse, target = rule
    sign = np.sign(synapse["Wmax"])
    nest.ResetKernel()
    nest.resolution = DT
    nest.set_verbosity("M_ERROR")
    sources, targets = nest.Create("parrot_neuron", PAIRS), nest.Create("parrot_neuron", PAIRS, target)
    for parrots, steps in ((sources, pre), (targets, post)):  # which repeat what they get a ms later
        generators = nest.Create("spike_generator", PAIRS, [{"spike_times": np.round(s * DT - 1.0, 1)} for s in steps])
        nest.Connect(generators, parrots, "one_to_one", {"delay": 1.0})
    nest.Connect(sources, targets, "one_to_one", {"synapse_model": model, "delay": delay * DT, "weight": sign * START * W_MAX, "receptor_type": 1, **synapse})
    nest.Simulate(DURATION + 2.0)
    got = nest.GetConnections(sources, targets).get(["source", "weight"])
    return np.abs(np.array(got["weight"])[np.argsort(got["source"])]) / W_MAX


def in_einet(rule, pre, post, delay):
    ours, sign = rule[0], np.sign(rule[2]["Wmax"])

    def source(trains, earlier):
        return {"size": PAIRS, "neuron": "spikes", "times": [round((n - earlier) * DT, 1) for s in trains for n in s], "neurons": [i for i, s in enumerate(trains) for _ in s]}

    network = {
        "name": "pairs", "dt": DT, "seed": 1, "duration": DURATION,
        "populations": {"S": source(pre, 0), "T": source(post, 1), "A": {"size": PAIRS, "neuron": "lif", "tau_m": 10, "V_th": 15, "V_reset": 0}},
        "projections": {
            "strong": {"from": "T", "to": "A", "rule": "one_to_one", "weight": 1000, "delay": DT, "synapse": "delta"},  # which makes targets fire when they should
            "plastic": {"from": "S", "to": "A", "rule": "one_to_one", "weight": sign * START * W_MAX, "delay": round(delay * DT, 1), "tau_syn": 5, "plasticity": ours}},
    }
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "pairs.yaml").write_text(json.dumps(network, default=int))
        einet("run", folder / "pairs.yaml", "--engine", "reference", "--no-plots", "--quiet", "--out", folder / "run")
        spikes = np.load(folder / "run/spikes.npz")
        return weights(folder / "run"), spikes


def main():
    s = Section("Long-term plasticity",
                f"{PAIRS} pairs of spike trains of {DURATION / 1000:g} s, 5 to 50 Hz, through NEST's synapses between parrot neurons ({versions('nest-simulator')}) and, in einet, from sources to neurons that strong synapses make fire. "
                "Weights are parts of w_max; those behind the last spike may differ by 1e-6. The controls are einet with sources and targets exchanged, and with a delay of one step.")
    rows = []
    for name, rule in RULES.items():
        for delay in (1, 25):
            pre, post = trains(delay)
            theirs = in_nest(rule, pre, post, delay)
            print(name, delay, theirs[:5])
    s.end()


if __name__ == "__main__":
    main()
