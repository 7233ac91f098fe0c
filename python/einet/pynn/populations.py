"""Populations, views of them, and assemblies: cells that a script names."""

from __future__ import annotations

from typing import Any, Iterator, Optional, Sequence as Several

import numpy as np
import numpy.typing as npt

from . import data
from .cells import StandardCellType
from .errors import InvalidParameterValueError, NonExistentParameterError, NotSupported, RecordingError
from .parameters import Sequence, is_sequence
from .random import is_distribution, language
from .state import current

Indices = npt.NDArray[np.int64]
Blocks = "list[tuple[Population, Indices]]"


class ID(int):
    """The number of a cell, through all populations of a script. Its parameters are attributes."""

    population: "Population"

    def as_view(self) -> "PopulationView":
        return self.population[[self.population.id_to_index(self)]]  # type: ignore[no-any-return]

    @property
    def celltype(self) -> StandardCellType:
        return self.population.celltype

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name == "population":
            raise AttributeError(name)
        return self.as_view().get(name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "population":
            object.__setattr__(self, name, value)
        else:
            self.as_view().set(**{name: value})

    def set_parameters(self, **parameters: Any) -> None:
        self.as_view().set(**parameters)

    def get_parameters(self) -> "dict[str, Any]":
        return {name: self.as_view().get(name) for name in self.celltype.default_parameters}

    def set_initial_value(self, variable: str, value: Any) -> None:
        self.as_view().initialize(**{variable: value})

    def inject(self, current_source: Any) -> None:
        self.as_view().inject(current_source)


class Nodes:
    """What populations, views and assemblies do alike. Its cells are those of blocks(), one after the other."""

    label: Optional[str] = None

    def blocks(self) -> "list[tuple[Population, Indices]]":
        """The populations, with the indices of the cells in each."""
        raise NotImplementedError

    @property
    def size(self) -> int:
        return sum(len(indices) for _, indices in self.blocks())

    local_size = size

    def __len__(self) -> int:
        return self.size

    @property
    def all_cells(self) -> "npt.NDArray[Any]":
        """The numbers of all cells."""
        cells = np.empty(self.size, object)
        cells[:] = [p.cell(i) for p, indices in self.blocks() for i in indices]
        return cells

    @property
    def local_cells(self) -> "npt.NDArray[Any]":
        return self.all_cells

    def __iter__(self) -> "Iterator[ID]":
        return iter(self.all_cells)

    def all(self) -> "Iterator[ID]":
        return iter(self)

    @property
    def ids(self) -> Indices:
        """The same as an array of numbers."""
        return np.concatenate([p.first_id + indices for p, indices in self.blocks()] or [np.zeros(0, np.int64)])

    @property
    def celltypes(self) -> "list[StandardCellType]":
        return [p.celltype for p, _ in self.blocks()]

    @property
    def conductance_based(self) -> bool:
        return all(c.conductance_based for c in self.celltypes)

    @property
    def receptor_types(self) -> "tuple[str, ...]":
        types = [c.receptor_types for c in self.celltypes]
        return types[0] if types and all(t == types[0] for t in types) else ()

    def __add__(self, other: "Nodes") -> "Assembly":
        return Assembly(self, other)

    def __getitem__(self, index: Any) -> Any:
        """A cell by its index; a view by a slice, several indices or a mask."""
        if isinstance(index, (int, np.integer)) and not isinstance(index, (bool, np.bool_)):
            if not -self.size <= index < self.size:
                raise IndexError(f"{self.label}: cell {index}: there are {self.size}")
            return self.all_cells[index]
        return self.chosen(np.arange(self.size)[list(index) if isinstance(index, tuple) else index])

    def chosen(self, places: Indices) -> "Nodes":
        """A view of the cells at these places."""
        raise NotImplementedError

    def sample(self, n: int, rng: Any = None) -> "Nodes":
        """A view of n cells at random."""
        draw = getattr(rng, "rng", None) or np.random.RandomState()
        return self.chosen(np.sort(draw.permutation(self.size)[:n]))

    def set(self, **parameters: Any) -> None:
        """Sets parameters: numbers, RandomDistributions, as many values as there are cells, or functions of the index."""
        done = 0
        for p, indices in self.blocks():
            for name, value in parameters.items():
                p.celltype.check([name])
                p.assign(p.values, name, value, indices, done, self.size)
            done += len(indices)

    def initialize(self, **initial_values: Any) -> None:
        """Sets what variables start from: v [mV], gsyn_exc, gsyn_inh [uS] or isyn_exc, isyn_inh [nA]."""
        done = 0
        for p, indices in self.blocks():
            for name, value in initial_values.items():
                if name not in p.celltype.default_initial_values:
                    said = ", ".join(p.celltype.default_initial_values)
                    raise NonExistentParameterError(f"{name}: is no variable of {type(p.celltype).__name__}; there are {said}")
                p.assign(p.initial, name, value, indices, done, self.size)
            done += len(indices)

    def rset(self, parametername: str, rand_distr: Any) -> None:
        self.set(**{parametername: rand_distr})

    def tset(self, parametername: str, value_array: Any) -> None:
        self.set(**{parametername: value_array})

    def get(self, parameter_names: Any, gather: bool = False, simplify: bool = True) -> Any:
        """The value of a parameter: one where it is the same everywhere, else an array; of several names a list of these."""
        if not isinstance(parameter_names, str):
            return [self.get(name, gather, simplify) for name in parameter_names]
        found: list[Any] = []
        for p, indices in self.blocks():
            p.celltype.check([parameter_names])
            value = p.values[parameter_names]
            found += list(value[indices]) if isinstance(value, np.ndarray) else [value] * len(indices)
        if any(map(is_distribution, found)):
            raise NotSupported(f"{parameter_names}: einet draws it itself: its values are not known here")
        if simplify and found and not is_sequence(found[0]) and len(set(found)) == 1:
            return found[0]
        return found if found and is_sequence(found[0]) else np.array(found)

    def inject(self, current_source: Any) -> None:
        """Injects a current source into all cells."""
        for p, indices in self.blocks():
            if not p.celltype.injectable:
                raise NotSupported(f"{p.label}: {type(p.celltype).__name__}: takes no current")
            p.sources.append((current_source, indices))

    def record(self, variables: Any, to_file: Any = None, sampling_interval: Optional[float] = None, locations: Any = None) -> None:
        """Keeps spikes, v, gsyn_exc or gsyn_inh, several of them, or nothing more of these cells: None. sampling_interval [ms] is setup's timestep, if left out."""
        if locations is not None:
            raise NotSupported("record: locations: cells of einet have one compartment")
        for p, indices in self.blocks():
            p.keep(variables, indices, sampling_interval)
        if to_file:
            current().files.append((self, variables, to_file))

    def can_record(self, variable: str) -> bool:
        return all(c.can_record(variable) for c in self.celltypes)

    def get_data(self, variables: Any = "all", gather: bool = True, clear: bool = False, annotations: Any = None) -> Any:
        """A Block with a segment of each run since the start or a reset: spike trains [ms], signals of v [mV] and gsyn [uS].

        It is neo's where that is installed, else one of this package with the same names. clear forgets what was given.
        """
        return data.block(self, variables, clear, annotations)

    def write_data(self, io: Any, variables: Any = "all", gather: bool = True, clear: bool = False, annotations: Any = None) -> None:
        """Writes get_data into a file: by pickle where its name ends in .pkl, else by neo."""
        data.write(self.get_data(variables, gather, clear, annotations), io)

    def get_spike_counts(self, gather: bool = True) -> "dict[int, int]":
        """The number of spikes of each recorded cell since the last reset."""
        return data.counts(self)

    def mean_spike_count(self, gather: bool = True) -> float:
        """The number of spikes of a cell on average, over those that are recorded."""
        counts = self.get_spike_counts()
        return sum(counts.values()) / len(counts) if counts else float("nan")

    def annotate(self, **annotations: Any) -> None:
        for p, _ in self.blocks():
            p.annotations.update(annotations)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.size}, label={self.label!r})"


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
