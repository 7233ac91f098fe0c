"""Current sources, which become the time course of a population's input."""

from __future__ import annotations

from typing import Any, Mapping

import numpy as np

from .cells import MILLI
from .errors import NonExistentParameterError, NotSupported
from .parameters import scaled

EVER = 1e12  # ms, when sources stop that don't


class StandardCurrentSource:
    """A current, injected into cells; several add up."""

    default_parameters: Mapping[str, Any] = {}

    def __init__(self, **parameters: Any):
        self.parameters = dict(self.default_parameters)
        self.set_parameters(**parameters)

    def set_parameters(self, **parameters: Any) -> None:
        for name in parameters:
            if name not in self.default_parameters:
                said = ", ".join(self.default_parameters)
                raise NonExistentParameterError(f"{name}: is no parameter of {type(self).__name__}; there are {said}")
        self.parameters.update(parameters)

    set = set_parameters

    def get_parameters(self) -> "dict[str, Any]":
        return dict(self.parameters)

    def inject_into(self, cells: Any) -> None:
        """Injects it into a Population, PopulationView or Assembly, or into a list of cells."""
        from .populations import as_nodes

        as_nodes(cells).inject(self)

    def course(self) -> "list[Any]":
        """Components of a population's input, in pA."""
        raise NotImplementedError


class DCSource(StandardCurrentSource):
    """A constant current of amplitude [nA] between start and stop [ms]."""

    default_parameters = {"amplitude": 1.0, "start": 0.0, "stop": EVER}

    def course(self) -> "list[Any]":
        p = self.parameters
        if p["stop"] >= EVER:
            return [{"step": {"at": p["start"], "by": scaled(p["amplitude"], MILLI)}}]
        return [{"pulse": {"at": p["start"], "duration": p["stop"] - p["start"], "amplitude": scaled(p["amplitude"], MILLI)}}]


class StepCurrentSource(StandardCurrentSource):
    """A current that has amplitudes [nA] from times [ms] on, and none before."""

    default_parameters: Mapping[str, Any] = {"times": (), "amplitudes": ()}

    def course(self) -> "list[Any]":
        times, amplitudes = (np.asarray(getattr(self.parameters[k], "value", self.parameters[k]), float) for k in ("times", "amplitudes"))
        steps = np.diff(amplitudes, prepend=0.0)
        return [{"step": {"at": float(t), "by": scaled(float(a), MILLI)}} for t, a in zip(times, steps) if a]


class ACSource(StandardCurrentSource):
    """offset + amplitude sin(2 pi frequency (t - start) + phase) [nA, Hz, degrees], for all of the run."""

    default_parameters = {"amplitude": 1.0, "start": 0.0, "stop": EVER, "frequency": 10.0, "offset": 0.0, "phase": 0.0}

    def course(self) -> "list[Any]":
        p = self.parameters
        if p["start"] > 0 or p["stop"] < EVER:
            raise NotSupported("ACSource: einet has no sinusoid that starts or stops within a run: leave start and stop out")
        wave = {"amplitude": scaled(p["amplitude"], MILLI), "frequency": p["frequency"], "phase": p["phase"]}
        return [*([scaled(p["offset"], MILLI)] if p["offset"] else []), {"sinusoid": wave}]
