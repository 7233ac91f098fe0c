"""Elephant's statistics of einet's neo output against einet's own."""

import sys

import neo
import numpy as np
import quantities as pq
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import covariance
from elephant.statistics import cv, cv2, fanofactor, isi, lv
from section import ROOT, Section, versions

sys.path.insert(0, str(ROOT / "python"))
import einet  # noqa: E402

NETWORK, SETTINGS = "ei", dict(scale=0.1, duration=5500, discard=500, figures=False)
INTERVALS = 5  # from which on a neuron's CV counts
FANO_BIN, CORRELATION_BIN = 100.0, 2.0  # ms
CLOSE = 1e-6


def measured(trains, start, stop, dt):
    """Elephant's numbers of some spike trains, by einet's definitions of over what they are averaged.

    einet's bins have the spikes at their end and not at their start: half a step earlier all are inside.
    """
    within = [neo.SpikeTrain(t[t > start * pq.ms] - dt / 2 * pq.ms, t_start=(start - dt) * pq.ms, t_stop=stop * pq.ms) for t in trains]
    intervals = [isi(t).rescale("ms").magnitude for t in within]
    enough = [x for x in intervals if len(x) >= INTERVALS]
    counts = np.array([np.histogram(t.magnitude, np.arange(start, stop + FANO_BIN / 2, FANO_BIN))[0] for t in within])
    edges = np.arange(start, stop, FANO_BIN)
    slices = [[t.time_slice(a * pq.ms, (a + FANO_BIN) * pq.ms) for a in edges] for t, n in zip(within, counts) if n.sum()]
    trials = counts.shape[1]
    binned = BinnedSpikeTrain(within, bin_size=CORRELATION_BIN * pq.ms, t_start=start * pq.ms, t_stop=stop * pq.ms)
    c = covariance(binned)
    n = len(c)
    return {
        "cv_isi": np.mean([cv(x) for x in enough]),
        "cv2": np.mean([cv2(x) for x in enough]),
        "lv": np.mean([lv(x) for x in enough]),
        "fano": np.mean([fanofactor(x) for x in slices]) * trials / (trials - 1),
        "mean_pairwise_correlation": (c.sum() - np.trace(c)) / (n * (n - 1)) / (np.trace(c) / n),
    }


def main():
    r = einet.run(NETWORK, **SETTINGS)
    late = einet.run(NETWORK, seed=2, **SETTINGS)
    s = Section(
        "Elephant",
        f"`r.to_neo()` of {NETWORK} at a tenth of its size, 5 s behind half a second, in Elephant ({versions('elephant', 'neo')}), and summary.json of the same run. "
        "The mean is over the neurons that einet takes (of CV, CV2 and LV those with at least 5 intervals). Elephant's Fano factor is of a variance without Bessel's correction, which is put in. "
        f"Numbers may differ by {CLOSE:g} of themselves; those of another seed must not be so near.",
    )
    rows = []
    segment = r.to_neo().segments[0]
    for population in r.populations:
        trains = [t for t in segment.spiketrains if t.annotations["population"] == population]
        for key, theirs in measured(trains, SETTINGS["discard"], SETTINGS["duration"], r.dt).items():
            ours, other = (x.summary["populations"][population][key] for x in (r, late))
            ok = s.hold(abs(theirs - ours) <= CLOSE * abs(ours), f"{population} {key}: Elephant {theirs:.8g}, einet {ours:.8g}")
            s.hold(abs(theirs - other) > CLOSE * abs(other), f"{population} {key} of another seed is noticed")
            rows.append([population, key, f"{theirs:.8g}", f"{ours:.8g}", ok, f"{other:.8g}"])
    s.table(["of", "statistic", "Elephant", "summary.json", "holds", "another seed"], rows)
    s.end()


if __name__ == "__main__":
    main()
