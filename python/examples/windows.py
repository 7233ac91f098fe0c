"""Measures the windows of long-term plasticity: pairs of spikes at given distances, one pair to a synapse, and the change of each weight.

    python python/examples/windows.py docs/figures/plasticity-windows.png

draws them beside their closed forms, and ends with status 1 where a weight differs from these by more than 1e-7 of w_max. Needs matplotlib.
"""

import sys

import einet
import matplotlib
import numpy as np

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402

DT, TAU, AT, DELAY = 0.1, 20.0, 150.0, 1.0
DISTANCE = np.arange(-100, 101, 2.0)  # of the target's spike from the source's, at the synapse [ms]
RULES = {
    "stdp, mu = 0": ("stdp", dict(A_plus=0.005, A_minus=0.00525, tau_plus=TAU, tau_minus=TAU, w_max=1.0)),
    "stdp, mu = 1": ("stdp", dict(A_plus=0.005, A_minus=0.00525, tau_plus=TAU, tau_minus=TAU, mu=1, w_max=1.0)),
    "vogels2011": ("vogels2011", dict(eta=0.005, tau=TAU, target=3, w_max=-1.0)),
}


def closed_form(rule, p, distance):
    """Change of a weight of 0.5 w_max, as a part of w_max."""
    near = np.exp(-np.abs(distance) / TAU)
    if rule == "vogels2011":
        return p["eta"] * (near - 2 * p["target"] * p["tau"] / 1000)
    bend = 0.5 ** p.get("mu", 0)
    return np.where(distance > 0, p["A_plus"] * bend * near, -p["A_minus"] * bend * near)


def measured(rule, p):
    n = len(DISTANCE)
    # A driver makes its target fire a step later, and that spike is at the synapse after the delay.
    drive = AT + DISTANCE - DELAY - DT
    w = 0.5 * p["w_max"]
    net = {
        "dt": DT,
        "populations": {
            "S": {"neuron": "spikes", "size": n, "times": [AT] * n, "neurons": list(range(n))},
            "D": {"neuron": "spikes", "size": n, "times": [round(t, 1) for t in drive], "neurons": list(range(n))},
            "T": {"size": n, "tau_m": 10, "V_th": 15, "V_reset": 0, "t_ref": 2},
        },
        "projections": {
            "D_to_T": {"from": "D", "to": "T", "rule": "one_to_one", "weight": 20, "delay": DT, "synapse": "delta"},
            "S_to_T": {"from": "S", "to": "T", "rule": "one_to_one", "weight": w, "delay": DELAY, "synapse": "delta", "plasticity": {rule: p}},
        },
    }
    r = einet.run(net, duration=300)
    f = r.final_weights("S_to_T")
    change = np.empty(n)
    change[f.source] = f.omega / 2**31 - 0.5
    return change


def main():
    figure, axes = plt.subplots(1, len(RULES), figsize=(11, 3.4), layout="constrained")
    wrong = False
    for ax, (name, (rule, p)) in zip(axes, RULES.items()):
        x = np.linspace(DISTANCE[0], DISTANCE[-1], 1001)
        x = x[np.abs(x) > 1e-6]
        change = measured(rule, p)
        pairs = DISTANCE != 0  # a pair at no distance changes nothing, but the source's spike by itself does
        off = np.abs(change - closed_form(rule, p, DISTANCE))[pairs].max()
        print(f"{name}: off by up to {off:.1e} of w_max")
        wrong |= bool(off > 1e-7)
        for side in (x < 0, x > 0):
            ax.plot(x[side], 100 * closed_form(rule, p, x[side]), color="0.6", lw=2, label="closed form" if side[0] else None)
        ax.plot(DISTANCE[pairs], 100 * change[pairs], ".", ms=5, label="einet")
        ax.axhline(0, color="0.85", lw=0.8, zorder=0)
        ax.set(title=name, xlabel="target's spike after the source's [ms]")
    axes[0].set_ylabel("change of the weight [% of w_max]")
    axes[0].legend(frameon=False)
    figure.savefig(sys.argv[1], dpi=120)
    return wrong


if __name__ == "__main__":
    sys.exit(main())
