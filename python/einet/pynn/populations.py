"""Populations, views of them, and assemblies."""

from __future__ import annotations

from typing import Any, Optional, Sequence as Several

import numpy as np
import numpy.typing as npt

from .cells import StandardCellType
from .errors import InvalidParameterValueError, NotSupported, RecordingError
from .nodes import ID, Indices, Nodes
from .parameters import Sequence, is_sequence
from .random import is_distribution, language
from .state import current


class Population(Nodes):
    """Cells of one type: Population(4000, IF_curr_exp(tau_m=20), label="E")."""

    def __init__(
        self, size: int, cellclass: Any, cellparams: Any = None, structure: Any = None, initial_values: Any = None, label: Optional[str] = None,
        annotations: Any = None,
    ):  # fmt: skip
        if structure is not None:
            raise NotSupported("structure: cells of einet.pynn have no positions")
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            raise NotSupported(f"size {size!r}: must be a whole number above 0")
        if isinstance(cellclass, type) and issubclass(cellclass, StandardCellType):
            cellclass = cellclass(**(cellparams or {}))
        if not isinstance(cellclass, StandardCellType):
            raise NotSupported(f"cell type {cellclass!r}: must be one of einet.pynn's: {', '.join(current().cell_types)}")
        sim = current()
        self.celltype, self._n = cellclass, int(size)
        self.number, self.first_id = len(sim.populations), sim.neurons
        self.label = label if label is not None else f"population{self.number}"
        self.annotations: dict[str, Any] = dict(annotations or {})
        self.sources: list[tuple[Any, Indices]] = []
        self.recorded: dict[str, npt.NDArray[np.bool_]] = {}
        self.sampling_interval: Optional[float] = None
        self.cleared: dict[int, float] = {}  # of each segment the time up to which its data was given
        self.values: dict[str, Any] = {}
        self.initial: dict[str, Any] = {}
        sim.add(self)
        self.set(**self.celltype.parameters)
        self.initialize(**{**self.celltype.default_initial_values, **(initial_values or {})})

    def blocks(self) -> "list[tuple[Population, Indices]]":
        return [(self, np.arange(self._n))]

    @property
    def size(self) -> int:
        return self._n

    @property
    def last_id(self) -> int:
        return self.first_id + self._n - 1

    def cell(self, index: int) -> ID:
        cell = ID(self.first_id + index)
        cell.population = self
        return cell

    def id_to_index(self, id: Any) -> Any:
        """The index of a cell by its number, or of several."""
        index = np.asarray(id, np.int64) - self.first_id
        if np.any((index < 0) | (index >= self._n)):
            raise IndexError(f"{id}: is no cell of {self.label}: those are {self.first_id} to {self.last_id}")
        return int(index) if index.ndim == 0 else index

    def chosen(self, places: Indices) -> "PopulationView":
        return PopulationView(self, places)

    def assign(self, store: "dict[str, Any]", name: str, value: Any, indices: Indices, done: int, of: int) -> None:
        """Puts a value into store for the cells of indices. Of values one by one, which are so many, it takes those from done on."""
        if is_distribution(value):
            if name not in self.celltype.drawn or language(value) is None:
                value = np.asarray(value.next(len(indices)), float)
                done, of = 0, len(indices)
        elif callable(value):
            value, done, of = [value(int(i)) for i in indices], 0, len(indices)
        if name == "spike_times":
            each: "list[Any] | None" = [Sequence(v) for v in value] if _are_lists(value) else None
            value = each if each is not None else Sequence(value)
        elif isinstance(value, (list, tuple, np.ndarray)) and np.ndim(value) > 0:
            each = [_number(name, v) for v in value]
        else:
            each, value = None, value if is_distribution(value) else _number(name, value)
        if each is not None and len(each) != of:
            raise InvalidParameterValueError(f"{name}: {len(each)} values for {of} cells")
        if each is None and len(indices) == self._n:
            store[name] = value
            return
        old = store.get(name)
        if not isinstance(old, np.ndarray):
            old = np.empty(self._n, object)
            for i in range(self._n):
                old[i] = store.get(name)
        else:
            old = old.copy()
        for k, i in enumerate(indices):
            old[i] = value if each is None else each[done + k]
        store[name] = old

    def keep(self, variables: Any, indices: Indices, sampling_interval: Optional[float]) -> None:
        """Records variables of the cells of indices."""
        if variables is None:
            self.recorded.clear()
            return
        if sampling_interval is not None:
            if self.sampling_interval not in (None, sampling_interval) and set(self.recorded) - {"spikes"}:
                raise RecordingError(f"{self.label}: sampling_interval {sampling_interval:g}: must be that of all its cells, {self.sampling_interval:g} ms")
            self.sampling_interval = float(sampling_interval)
        for name in [variables] if isinstance(variables, str) else variables:
            if not self.celltype.can_record(name):
                raise RecordingError(f"{name}: {type(self.celltype).__name__} records {', '.join(self.celltype.recordable)}")
            self.recorded.setdefault(name, np.zeros(self._n, bool))[indices] = True

    def describe(self, template: Any = None, engine: Any = None) -> str:
        return f"{self.label}: {self._n} cells {self.celltype!r}"


def _are_lists(value: Any) -> bool:
    """Whether each cell has spike times of its own."""
    return isinstance(value, (list, tuple, np.ndarray)) and len(value) > 0 and (is_sequence(value[0]) or np.ndim(value[0]) > 0)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise InvalidParameterValueError(f"{name}: {value!r}: must be a number, a RandomDistribution or as many numbers as cells") from None


class PopulationView(Nodes):
    """Some cells of a population, or of a view."""

    def __init__(self, parent: Any, selector: Any, label: Optional[str] = None):
        population, indices = parent.blocks()[0]
        self.parent, self.population = parent, population
        self._indices = indices[list(selector) if isinstance(selector, (tuple, range)) else selector]
        if len(np.unique(self._indices)) != len(self._indices):
            raise InvalidParameterValueError(f"{parent.label}: a view has each cell once")
        self.label = label if label is not None else f"view of {parent.label} with size {len(self._indices)}"

    @property
    def grandparent(self) -> Population:
        return self.population  # type: ignore[no-any-return]

    @property
    def celltype(self) -> StandardCellType:
        return self.population.celltype  # type: ignore[no-any-return]

    @property
    def first_id(self) -> int:
        return int(self.ids.min())

    @property
    def last_id(self) -> int:
        return int(self.ids.max())

    def blocks(self) -> "list[tuple[Population, Indices]]":
        return [(self.population, self._indices)]

    def id_to_index(self, id: Any) -> Any:
        """The index in this view of a cell by its number."""
        found = np.flatnonzero(self.ids == int(id))
        if not len(found):
            raise IndexError(f"{id}: is no cell of {self.label}")
        return int(found[0])

    def chosen(self, places: Indices) -> "PopulationView":
        return PopulationView(self, places)


class Assembly(Nodes):
    """Populations and views one after the other; each cell once."""

    def __init__(self, *populations: Nodes, label: Optional[str] = None):
        self.populations: list[Nodes] = []
        self.label = label if label is not None else "+".join(str(p.label) for p in populations)
        for p in populations:
            self += p

    def __iadd__(self, other: Nodes) -> "Assembly":
        for part in other.populations if isinstance(other, Assembly) else [other]:
            if np.isin(part.ids, self.ids).any():
                if any(part is p for p in self.populations):
                    continue
                raise InvalidParameterValueError(f"{self.label}: has cells of {part.label} already")
            self.populations.append(part)
        return self

    def blocks(self) -> "list[tuple[Population, Indices]]":
        return [block for p in self.populations for block in p.blocks()]

    def get_population(self, label: str) -> Nodes:
        for p in self.populations:
            if p.label == label:
                return p
        raise KeyError(label)

    def chosen(self, places: Indices) -> "Assembly":
        views, done = [], 0
        for p in self.populations:
            mine = places[(places >= done) & (places < done + p.size)] - done
            if len(mine):
                views.append(p.chosen(mine))
            done += p.size
        return Assembly(*views, label=f"view of {self.label}")


def as_nodes(cells: Any) -> Nodes:
    """What a script calls cells: a population, view or assembly, a cell, or a list of these."""
    if isinstance(cells, Nodes):
        return cells
    if isinstance(cells, ID):
        return cells.as_view()
    if isinstance(cells, (list, tuple, np.ndarray)):
        of: "dict[Any, list[int]]" = {}
        views: Several[Nodes] = []
        if all(isinstance(c, ID) for c in cells):
            for c in cells:
                of.setdefault(c.population, []).append(c.population.id_to_index(c))
            views = [p[sorted(indices)] for p, indices in of.items()]
        else:
            views = [as_nodes(c) for c in cells]
        return Assembly(*views)
    raise NotSupported(f"cells {cells!r}: must be a Population, PopulationView, Assembly or cells of these")
