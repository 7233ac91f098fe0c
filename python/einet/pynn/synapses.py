"""Synapses whose weight and delay stay."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np

from .errors import ConnectionError, InvalidParameterValueError, NotSupported
from .random import is_distribution, span


class StaticSynapse:
    """A weight (nA onto current-based cells, uS onto conductance-based ones, mV onto IF_curr_delta) and a delay [ms], by default setup's min_delay.

    Each is a number, a RandomDistribution, or an array [pre, post].
    """

    default_parameters = {"weight": 0.0, "delay": None}

    def __init__(self, weight: Any = 0.0, delay: Any = None):
        self.weight, self.delay = attribute("weight", weight), None if delay is None else attribute("delay", delay)

    def __repr__(self) -> str:
        return f"StaticSynapse(weight={self.weight!r}, delay={self.delay!r})"


def attribute(name: str, value: Any) -> Any:
    """A weight or a delay as it may be given."""
    if is_distribution(value):
        return value
    if callable(value) or isinstance(value, str):
        raise NotSupported(f"{name} {value!r}: of distance or of indices: einet.pynn has numbers, RandomDistributions and arrays [pre, post]")
    try:
        number = np.asarray(value, float)
    except (TypeError, ValueError):
        raise InvalidParameterValueError(f"{name} {value!r}: must be a number, a RandomDistribution or an array") from None
    if number.ndim not in (0, 2):
        raise InvalidParameterValueError(f"{name}: has {number.ndim} dimension: must be a number or an array [pre, post]")
    return float(number) if number.ndim == 0 else number


def sign(receptor: str, conductance_based: bool) -> int:
    """Of einet's weights over PyNN's: a conductance is positive in PyNN, and negative in einet where it inhibits."""
    return -1 if conductance_based and receptor == "inhibitory" else 1


def check_sign(weight: Any, receptor: str, conductance_based: bool, label: Optional[str]) -> None:
    """Refuses weights of the other sign than PyNN's convention has."""
    low, high = span(weight) if is_distribution(weight) else (np.min(weight, initial=np.inf), np.max(weight, initial=-np.inf))
    negative = receptor == "inhibitory" and not conductance_based
    if high > 0 if negative else low < 0:
        kind = "conductance-based" if conductance_based else "current-based"
        raise ConnectionError(
            f"{label}: weight {high if negative else low:g}: {receptor} weights of {kind} cells must not be {'positive' if negative else 'negative'}"
        )
