"""Which cells are connected.

A connector says the rule of the network language where it has one, and einet draws the connections; or it lists them, with numpy.
"""

from __future__ import annotations

import os
from typing import Any, NamedTuple, Optional, Sequence

import numpy as np
import numpy.typing as npt

from .errors import ConnectionError, InvalidParameterValueError, NotSupported

Ids = npt.NDArray[np.int64]


class Listed(NamedTuple):
    """Connections from neuron source to neuron target, counted through the ends of the projection; weight and delay [ms] if the list has them."""

    source: Ids
    target: Ids
    weight: Optional[npt.NDArray[np.float64]] = None
    delay: Optional[npt.NDArray[np.float64]] = None


def _pairs(chosen: "npt.NDArray[np.bool_]") -> Listed:
    """The connections of an array [pre, post]."""
    source, target = np.nonzero(chosen)
    return Listed(source.astype(np.int64), target.astype(np.int64))


class Connector:
    """safe and location_selector say nothing here; callback is called once, when all is connected."""

    def __init__(self, location_selector: Any = None, safe: bool = True, callback: Any = None):
        if location_selector is not None:
            raise NotSupported("location_selector: cells of einet have one compartment")
        self.safe, self.callback = safe, callback

    seed: Optional[int] = None

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        """The rule as the network language has it; None where it must be listed. whole_pre tells whether all sources are one
        population of einet, whole_post likewise: otherwise the rule holds between each two."""
        return None

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        """The connections between cells of these ids."""
        raise NotSupported(f"{type(self).__name__}: between parts of populations")

    def __repr__(self) -> str:
        return type(self).__name__


def _self_connections(value: Any) -> bool:
    if not isinstance(value, (bool, np.bool_)):
        raise NotSupported(f"allow_self_connections={value!r}: einet.pynn has True and False")
    return bool(value)


class _Drawn(Connector):
    def __init__(self, allow_self_connections: Any, rng: Any, **more: Any):
        super().__init__(**more)
        self.allow_self_connections = _self_connections(allow_self_connections)
        self.rng = rng
        self.seed = getattr(rng, "seed", None)


class AllToAllConnector(_Drawn):
    """Each cell with each."""

    def __init__(self, allow_self_connections: Any = True, location_selector: Any = None, safe: bool = True, callback: Any = None):
        super().__init__(allow_self_connections, None, location_selector=location_selector, safe=safe, callback=callback)

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        return {"rule": "all_to_all", "autapses": self.allow_self_connections}

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        return self._where(np.ones((len(pre), len(post)), bool), pre, post)

    def _where(self, chosen: "npt.NDArray[np.bool_]", pre: Ids, post: Ids) -> Listed:
        if not self.allow_self_connections:
            chosen &= pre[:, None] != post[None, :]
        return _pairs(chosen)


class FixedProbabilityConnector(AllToAllConnector):
    """Each cell with each, with a probability."""

    def __init__(
        self, p_connect: float, allow_self_connections: Any = True, location_selector: Any = None, rng: Any = None,
        safe: bool = True, callback: Any = None,
    ):  # fmt: skip
        super().__init__(allow_self_connections, location_selector, safe, callback)
        self.p_connect, self.rng, self.seed = float(p_connect), rng, getattr(rng, "seed", None)

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        return {"rule": "fixed_probability", "p": self.p_connect, "autapses": self.allow_self_connections}

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        return self._where(rng.random_sample((len(pre), len(post))) < self.p_connect, pre, post)


class _FixedNumber(_Drawn):
    def __init__(
        self, n: int, allow_self_connections: Any = True, with_replacement: bool = False, location_selector: Any = None, rng: Any = None,
        safe: bool = True, callback: Any = None,
    ):  # fmt: skip
        super().__init__(allow_self_connections, rng, location_selector=location_selector, safe=safe, callback=callback)
        if isinstance(n, bool) or not isinstance(n, (int, np.integer)):
            raise NotSupported(f"{type(self).__name__}: n={n!r}: einet.pynn has whole numbers")
        if n < 0:
            raise InvalidParameterValueError(f"{type(self).__name__}: n={n}: must not be negative")
        self.n, self.with_replacement = int(n), with_replacement

    def _flags(self) -> "dict[str, Any]":
        return {"multapses": self.with_replacement, "autapses": self.allow_self_connections}

    def _choices(self, among: Ids, each: Ids, rng: Any) -> "tuple[Ids, Ids]":
        """Places in among for each of each, n of them."""
        chosen = []
        for cell in each:
            places = np.arange(len(among)) if self.allow_self_connections else np.flatnonzero(among != cell)
            if not self.with_replacement and self.n > len(places):
                raise ConnectionError(f"{type(self).__name__}: {self.n} of {len(places)} cells without replacement")
            chosen.append(rng.choice(places, self.n, replace=self.with_replacement))
        every = np.concatenate(chosen) if chosen else np.zeros(0, np.int64)
        return every.astype(np.int64), np.repeat(np.arange(len(each)), self.n)


class FixedNumberPreConnector(_FixedNumber):
    """n sources for each target."""

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        return {"rule": "fixed_indegree", "indegree": self.n, **self._flags()} if whole_pre else None

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        return Listed(*self._choices(pre, post, rng))


class FixedNumberPostConnector(_FixedNumber):
    """n targets for each source."""

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        return {"rule": "fixed_outdegree", "outdegree": self.n, **self._flags()} if whole_post else None

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        target, source = self._choices(post, pre, rng)
        return Listed(source, target)


class FixedTotalNumberConnector(_FixedNumber):
    """n connections in all, each between a source and a target at random."""

    def __init__(self, n: int, allow_self_connections: Any = True, with_replacement: bool = True, **more: Any):
        super().__init__(n, allow_self_connections, with_replacement, **more)

    def rule(self, whole_pre: bool, whole_post: bool) -> "Optional[dict[str, Any]]":
        whole = whole_pre and whole_post and self.with_replacement
        return {"rule": "fixed_total_number", "synapses": self.n, **self._flags()} if whole else None

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        allowed = np.arange(len(pre) * len(post))
        if not self.allow_self_connections:
            allowed = np.flatnonzero((pre[:, None] != post[None, :]).ravel())
        if not self.with_replacement and self.n > len(allowed):
            raise ConnectionError(f"FixedTotalNumberConnector: {self.n} of {len(allowed)} pairs without replacement")
        chosen = np.sort(rng.choice(allowed, self.n, replace=self.with_replacement))
        return Listed(chosen // len(post), chosen % len(post))


class OneToOneConnector(Connector):
    """Cell i with cell i, as far as both ends go."""

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        i = np.arange(min(len(pre), len(post)))
        return Listed(i, i)


class ArrayConnector(Connector):
    """The connections of an array [pre, post] of booleans."""

    def __init__(self, array: Any, location_selector: Any = None, safe: bool = True, callback: Any = None):
        super().__init__(location_selector, safe, callback)
        self.array = np.asarray(array, bool)

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        if self.array.shape != (len(pre), len(post)):
            raise ConnectionError(f"ArrayConnector: array {self.array.shape}: must be [{len(pre)}, {len(post)}]")
        return _pairs(self.array)


class FromListConnector(Connector):
    """Rows (i, j), (i, j, weight, delay), or with the columns that column_names says behind i and j. i and j count from 0 at both ends."""

    def __init__(
        self, conn_list: Any, column_names: Optional[Sequence[str]] = None, location_selector: Any = None, safe: bool = True, callback: Any = None
    ):
        super().__init__(location_selector, safe, callback)
        self.rows = np.asarray(conn_list, float).reshape(len(conn_list), -1) if len(conn_list) else np.zeros((0, 2))
        width = self.rows.shape[1]
        names = tuple(column_names) if column_names is not None else {2: (), 4: ("weight", "delay")}.get(width)
        if names is None or len(names) != width - 2:
            raise ConnectionError(f"{type(self).__name__}: rows of {width} columns: i, j and {names or 'weight, delay'} are wanted: say column_names")
        for name in names:
            if name not in ("weight", "delay"):
                raise NotSupported(f"{type(self).__name__}: column {name}: einet.pynn has weight and delay of StaticSynapse")
        self.column_names = names

    def listed(self, pre: Ids, post: Ids, rng: Any) -> Listed:
        i, j = self.rows[:, 0].astype(np.int64), self.rows[:, 1].astype(np.int64)
        for what, index, size in (("source", i, len(pre)), ("target", j, len(post))):
            wrong = np.flatnonzero((index < 0) | (index >= size))
            if len(wrong):
                raise ConnectionError(f"{type(self).__name__}: row {wrong[0]}: {what} {index[wrong[0]]}: must be 0 to {size - 1}")
        columns = {name: self.rows[:, 2 + k] for k, name in enumerate(self.column_names)}
        return Listed(i, j, columns.get("weight"), columns.get("delay"))


class FromFileConnector(FromListConnector):
    """The same of a text file, whose columns may be named in its first line: # columns = ["i", "j", "weight", "delay"]"""

    def __init__(self, file: Any, distributed: bool = False, location_selector: Any = None, safe: bool = True, callback: Any = None):
        if distributed:
            raise NotSupported("FromFileConnector: distributed files: einet is one process")
        name = getattr(file, "name", file)
        if not os.path.isfile(name):
            raise ConnectionError(f"FromFileConnector: {name}: is no file")
        names: Optional[Sequence[str]] = None
        with open(name, encoding="utf-8") as f:
            for line in f:
                if not line.startswith("#"):
                    break
                key, _, value = line[1:].partition("=")
                if key.strip() == "columns":
                    names = [w.strip(" \t\"'") for w in value.strip().strip("[]()").split(",") if w.strip()]
        if names is not None and list(names[:2]) != ["i", "j"]:
            raise ConnectionError(f"FromFileConnector: {name}: columns {', '.join(names)}: i and j must be the first")
        super().__init__(np.loadtxt(name, ndmin=2), None if names is None else names[2:], location_selector, safe, callback)
