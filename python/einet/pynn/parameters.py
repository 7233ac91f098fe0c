"""Values of parameters."""

from __future__ import annotations

from typing import Any

import numpy as np


class Sequence:
    """Numbers that are one value, such as the spike times [ms] of one cell."""

    def __init__(self, value: Any):
        self.value: Any = np.array(value.value if is_sequence(value) else value, float).ravel()

    def __len__(self) -> int:
        return len(self.value)

    def max(self) -> float:
        return float(self.value.max())

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        return np.array(self.value, dtype)

    def __iter__(self) -> Any:
        return iter(self.value)

    def __repr__(self) -> str:
        return f"Sequence({self.value.tolist()})"


def is_sequence(value: Any) -> bool:
    """Whether a value is a Sequence, of this layer or of PyNN."""
    return type(value).__name__ in ("Sequence", "ArrayParameter") and hasattr(value, "value")


def scaled(value: float, factor: float) -> float:
    """A number in another unit, without the last digits that decimal fractions leave: 0.051 uS are 51 nS and not 51.00000000000001."""
    return float(f"{value * factor:.13g}")
