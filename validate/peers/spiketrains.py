"""Statistics of a population's spikes, by the definitions that einet holds them to."""

import numpy as np

MIN_INTERVALS = 5  # from which on a neuron's CV counts
COUNT_BIN = 1.0  # of the population's count [ms]
CORRELATION_BIN = 10.0  # [ms]


def statistics(step, neuron, size, dt, start, end):
    """Rate, CV, variance/mean of the count and correlation of the steps start+1 .. end.

    step and neuron [spikes] are whole numbers, neuron from 0 below size, dt is in ms.
    What has no value is None.
    """
    step, neuron = np.asarray(step, np.int64), np.asarray(neuron, np.int64)
    counted = (step > start) & (step <= end)
    step, neuron = step[counted], neuron[counted]
    order = np.lexsort((step, neuron))
    values = dict(
        rate=len(step) / size / ((end - start) * dt / 1000),
        cv=mean_cv(step[order], neuron[order], size),
        variance_to_mean=variance_to_mean(*binned(step, neuron, dt, COUNT_BIN, start, end)),
        correlation=correlation(*binned(step, neuron, dt, CORRELATION_BIN, start, end), size),
    )
    return {name: float(x) if np.isfinite(x) else None for name, x in values.items()}


def mean_cv(step, neuron, size):
    """Mean over the neurons with enough intervals of the intervals' sd (of the sample) over their mean."""
    same = neuron[1:] == neuron[:-1]
    interval, of = np.diff(step)[same].astype(float), neuron[1:][same]
    n = np.bincount(of, minlength=size)
    enough = n >= MIN_INTERVALS
    mean = np.bincount(of, interval, size)[enough] / n[enough]
    square = np.bincount(of, interval**2, size)[enough] / n[enough]
    return np.mean(np.sqrt(np.maximum(0, square - mean**2)) / mean) if enough.any() else np.nan


def binned(step, neuron, dt, width, start, end):
    """Bin and neuron of the spikes in whole bins between start and end, and the number of these bins.

    Bin b has the steps b w + 1 .. (b + 1) w.
    """
    w = max(1, int(np.floor(width / dt + 0.5)))
    first, last = -(-start // w), end // w
    b = (step - 1) // w
    inside = (b >= first) & (b < last)
    return b[inside] - first, neuron[inside], last - first


def variance_to_mean(bin_, _, bins):
    counts = np.bincount(bin_, minlength=bins)
    return counts.var(ddof=1) / counts.mean() if len(bin_) else np.nan


def correlation(bin_, neuron, bins, size):
    """Mean covariance of the counts of two neurons over the mean variance of a neuron's count.

    The variance of the population's count is the sum of all variances and covariances of its neurons.
    """
    if not len(bin_):
        return np.nan
    population = np.bincount(bin_, minlength=bins).var(ddof=1)
    _, count = np.unique(neuron * bins + bin_, return_counts=True)
    per_neuron = np.bincount(neuron, minlength=size)
    own = (np.sum(count**2) - np.sum(per_neuron.astype(float) ** 2) / bins) / (bins - 1)
    return (population - own) / ((size - 1) * own)
