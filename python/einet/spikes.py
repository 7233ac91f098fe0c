"""Spikes of a population, and rates over time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.integer[Any]]


class Series(NamedTuple):
    """A rate over time."""

    times: Floats
    """[T] ms, where each bin begins."""
    rate: Floats
    """[T] Hz, of a neuron on average."""


class Spikes:
    """The spikes of a population, or of all (then numbered through all populations), sorted by time.

    It unpacks: times, ids = r.spikes("E").
    """

    def __init__(self, times: Floats, ids: Ints, recorded: Ints, duration: float):
        self.times = times
        """[M] ms."""
        self.ids = ids
        """[M], of the neurons, from 0."""
        self.recorded = recorded
        """[N], the neurons whose spikes were kept, ascending."""
        self.duration = duration
        """ms of the run."""

    def __iter__(self) -> "Iterator[npt.NDArray[Any]]":
        return iter((self.times, self.ids))

    def __len__(self) -> int:
        return len(self.times)

    def __repr__(self) -> str:
        return f"<einet.Spikes: {len(self)} of {len(self.recorded)} neurons in {self.duration:g} ms>"

    def trains(self) -> dict[int, Floats]:
        """The times [ms] of each neuron that was recorded, silent ones too."""
        order = np.argsort(self.ids, kind="stable")
        ends = np.searchsorted(self.ids[order], self.recorded, side="right")
        starts = np.searchsorted(self.ids[order], self.recorded, side="left")
        times = self.times[order]
        return {int(i): times[a:b] for i, a, b in zip(self.recorded, starts, ends)}

    def rates(self) -> Floats:
        """[N] Hz, of each neuron of recorded over the whole run."""
        where = np.searchsorted(self.recorded, self.ids)
        counts: Floats = np.bincount(where, minlength=len(self.recorded)) / (self.duration / 1000)
        return counts
