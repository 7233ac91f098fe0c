"""What a script has said since setup, and the runs that came of it."""

from __future__ import annotations

import shutil
import tempfile
import warnings
import weakref
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Optional

import numpy as np

from ..results import Results
from .errors import NotSupported

if TYPE_CHECKING:
    from .build import Built

SEEDS = 2**32  # of einet


@dataclass
class Segment:
    """A run since the start or a reset, with the network it was of."""

    number: int
    built: Built
    results: Results
    duration: float  # ms


class Simulation:
    """A network that grows, and its runs."""

    def __init__(self, timestep: float, min_delay: float, max_delay: float, seed: Optional[int] = None, options: "dict[str, Any] | None" = None):
        self.dt, self.min_delay, self.max_delay = timestep, min_delay, max_delay
        self.given_seed, self.options = seed, options or {}
        self.populations: list[Any] = []
        self.projections: list[Any] = []
        self.files: list[tuple[Any, Any, Any]] = []  # what end() writes: cells, variables, where
        self.segments: list[Segment] = []
        self.number = 0  # of the segment that runs, or is to run
        self.t = 0.0  # ms of it
        self.neurons = 0
        self.cell_types: list[str] = []
        self._folder: Optional[str] = None

    def add(self, population: Any) -> None:
        self.populations.append(population)
        self.neurons += population.size

    @property
    def folder(self) -> str:
        """Where long lists of the network lie as long as this object does."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(prefix="einet-pynn-")
            weakref.finalize(self, shutil.rmtree, self._folder, True)
        return self._folder

    @property
    def seed(self) -> int:
        """einet's: that of setup's rng_seed, or of the generators that the script uses, several of them mixed; 1 without any."""
        if self.given_seed is not None:
            return self.given_seed % SEEDS
        found = []
        for p in self.populations:
            for value in [*p.values.values(), *p.initial.values()]:
                values = value if isinstance(value, np.ndarray) else [value]
                found += [getattr(getattr(v, "rng", None), "seed", None) for v in values]
        for x in self.projections:
            found += [x.connector.seed, *(getattr(getattr(a, "rng", None), "seed", None) for a in (x.weight, x.delay))]
        seeds = list(dict.fromkeys(int(s) for s in found if s is not None))
        if not seeds:
            return 1
        return seeds[0] % SEEDS if len(seeds) == 1 else zlib.crc32(repr(seeds).encode())

    def current(self) -> Optional[Segment]:
        """The segment that has been run, None before."""
        return self.segments[-1] if self.segments and self.segments[-1].number == self.number else None

    def run(self, duration: float) -> None:
        """Simulates until so many ms more, from the segment's start on: einet gives the same spikes again, and then more."""
        from .. import running
        from ..errors import EinetWarning, Interrupted
        from .build import build

        built, before = build(self), self.current()
        if before is not None and built.without_record() != before.built.without_record():
            raise NotSupported("run: what changes a network between two runs: reset() before, and the network runs from its start")
        steps = round((self.t + duration) / self.dt)
        if abs(steps * self.dt - (self.t + duration)) > 1e-6 * self.dt or steps < 1:
            raise NotSupported(f"run: {duration:g} ms: must end a step of {self.dt:g} ms")
        until = steps * self.dt
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "the run is short for CV", EinetWarning)  # of statistics that nobody asked for here
                results = running.run(built.network, duration=until, trial=self.number, figures=False, **self.options)
        except Interrupted as stop:
            if stop.result is not None:
                self._keep(built, stop.result, float(stop.result.duration))
            raise
        self._keep(built, results, until)

    def _keep(self, built: Built, results: Results, until: float) -> None:
        if self.current() is not None:
            self.segments.pop()
        self.segments.append(Segment(self.number, built, results, until))
        self.t = until

    def reset(self) -> None:
        """Back to time 0, in a new segment if there is one."""
        if self.current() is not None:
            self.number += 1
        self.t = 0.0


_simulation: Optional[Simulation] = None


def current() -> Simulation:
    """The simulation that setup began."""
    if _simulation is None:
        raise NotSupported("there is no simulation: call setup() first")
    return _simulation


def begin(simulation: Simulation) -> None:
    global _simulation
    _simulation = simulation
