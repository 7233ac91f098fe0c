"""Cells that a script names: one by its number, and what populations, views and assemblies do alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, Optional

import numpy as np
import numpy.typing as npt

from . import data
from .cells import StandardCellType
from .errors import NonExistentParameterError, NotSupported
from .parameters import is_sequence
from .random import is_distribution
from .state import current

if TYPE_CHECKING:
    from .populations import Assembly, Population, PopulationView

Indices = npt.NDArray[np.int64]


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
        from .populations import Assembly

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
