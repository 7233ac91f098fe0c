"""Simulates networks in NEST or Brian2 and in einet, and holds their statistics to each other.

    python validate/peers/compare.py vogels2005cuba-steady:3 brunel2000exp-steady:1

with so many seeds of each in NEST, and four times as many in einet. The rule is that of einet
reproduce (validate/peers.go): means over seeds may differ by three standard errors or a percent;
how seeds scatter is known from the other's runs and from the files beside this one. Beside each network stands a change of it in einet that must be noticed. Exit status 1
says that one of the networks differs, or that a change was not noticed.
"""

import argparse
import importlib
import json
import pathlib
import sys

import numpy as np
from measure import HERE, keep_spikes, measure
from networks import CASES

ERRORS, SHARE = 3, 0.01
EINET_SEEDS = 4  # for one of the other: einet's cost little


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=case, metavar="case[:seeds]", help="of " + ", ".join(sorted(CASES)))
    parser.add_argument("--simulator", choices=["nest", "brian2"], default="nest")
    parser.add_argument("--first", type=int, default=101, help="the first seed; those of the files begin at 1")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--spikes", type=pathlib.Path, help="keep the spikes of the first network's first seed there (.npz)")
    a = parser.parse_args()
    wrong = False
    for name, count in a.cases:
        network, changed = CASES[name].network(), CASES[name].network()
        changed.preset += CASES[name].control.split()
        seeds = range(a.first, a.first + count)
        other = gather(a, a.simulator, network, seeds, a.spikes)
        a.spikes = None
        seeds = range(a.first, a.first + EINET_SEEDS * count)
        ours, control = gather(a, "einet", network, seeds), gather(a, "einet", changed, seeds)
        files = [json.loads(path.read_text()) for path in HERE.glob(f"{name}.*.json")]
        kept = [f["populations"] | f.get("projections", {}) for f in files]
        print(f"{name}, {a.simulator}'s seeds: {count}, einet's: {EINET_SEEDS * count}")
        differs = differences(a.simulator, other, ours, kept)
        print(f"{name} with {CASES[name].control}, which must be noticed")
        noticed = differences(a.simulator, other, control, kept)
        wrong |= differs or not noticed
    print("FAIL" if wrong else "pass: no network differs, and every change was noticed")
    sys.exit(wrong)


def case(text):
    name, _, seeds = text.partition(":")
    if name not in CASES:
        raise argparse.ArgumentTypeError(f"{name}: must be one of {', '.join(sorted(CASES))}")
    if not CASES[name].control:
        raise argparse.ArgumentTypeError(f"{name}: has no control in networks.py")
    return name, int(seeds or 1)


def gather(a, simulator, network, seeds, path=None):
    """{population or projection that learns: {statistic: values of the seeds}}."""
    module, values = importlib.import_module(f"on_{simulator}"), {}
    for seed in seeds:
        of, learned, _, spikes = measure(module, network, seed, a.threads)
        for name, statistics in (of | learned).items():
            for key, x in statistics.items():
                values.setdefault(name, {}).setdefault(key, []).append(x)
        if path and seed == seeds[0]:
            keep_spikes(path, network, spikes)
        print(f"{module.VERSION}: seed {seed}", file=sys.stderr, flush=True)
    return values


def allowed(values, ours, kept=()):
    """How far means over seeds may be apart; kept are further runs that tell how seeds scatter."""
    runs = [values, *kept]
    sd = np.sqrt(sum(np.var(r) * len(r) for r in runs) / sum(len(r) - 1 for r in runs))
    return max(ERRORS * sd * np.sqrt(1 / len(values) + 1 / len(ours)), SHARE * abs(np.mean(values)))


def differences(simulator, other, ours, kept):
    """Prints a table, and returns whether anything differs."""
    found = False
    print(f"  {'':24}{simulator:>10}{'einet':>10}{'allowed':>10}")
    for name, statistics in other.items():
        for key, values in statistics.items():
            x, y = np.mean(values), np.mean(ours[name][key])
            limit = allowed(values, ours[name][key], [k[name][key] for k in kept])
            differs = not abs(x - y) <= limit
            found |= differs
            print(f"  {name + ' ' + key:24}{x:10.4g}{y:10.4g}{limit:10.2g}{'  differs' if differs else ''}")
    return found


if __name__ == "__main__":
    main()
