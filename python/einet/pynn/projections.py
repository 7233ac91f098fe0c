"""Projections: connections between cells, of one rule and one kind of synapse."""

from __future__ import annotations

from typing import Any, Iterator, NamedTuple, Optional

import numpy as np

from .build import synapses
from .connectors import Connector
from .errors import ConnectionError, NotSupported
from .nodes import Nodes
from .random import is_distribution, span
from .state import current
from .synapses import StaticSynapse, attribute, check_sign

FOLDS: "dict[str, Any]" = {"sum": np.add, "min": np.minimum, "max": np.maximum, "last": lambda _, b: b, "first": lambda a, _: a}


class Connection(NamedTuple):
    """One synapse: cells by their index at the ends of the projection; weight in PyNN's unit, delay in ms."""

    presynaptic_index: int
    postsynaptic_index: int
    weight: float
    delay: float


class Projection:
    """Connects cells: Projection(E, I, FixedProbabilityConnector(0.02), StaticSynapse(weight=0.004), receptor_type="excitatory")."""

    def __init__(
        self, presynaptic_neurons: Nodes, postsynaptic_neurons: Nodes, connector: Connector, synapse_type: Any = None, source: Any = None,
        receptor_type: Optional[str] = None, space: Any = None, label: Optional[str] = None,
    ):  # fmt: skip
        for end, cells in (("presynaptic", presynaptic_neurons), ("postsynaptic", postsynaptic_neurons)):
            if not isinstance(cells, Nodes):
                raise ConnectionError(f"{end}_neurons {cells!r}: must be a Population, PopulationView or Assembly")
        if not isinstance(connector, Connector):
            raise NotSupported(f"connector {connector!r}: must be one of einet.pynn's")
        if source is not None:
            raise NotSupported(f"source {source!r}: cells of einet have one compartment")
        synapse_type = synapse_type if synapse_type is not None else StaticSynapse()
        if not isinstance(synapse_type, StaticSynapse):
            raise NotSupported(f"synapse type {synapse_type!r}: einet.pynn has StaticSynapse")
        self.pre, self.post, self.connector = presynaptic_neurons, postsynaptic_neurons, connector
        self.label = label if label is not None else f"{self.pre.label}→{self.post.label}"
        types = self.post.receptor_types
        kinds = {c.conductance_based for c in self.post.celltypes} | {c.weight_factor for c in self.post.celltypes}
        if not types or len(kinds) > 2:
            raise ConnectionError(f"{self.label}: {self.post.label}: must be cells whose synapses are of one kind")
        self.weight, self.delay = synapse_type.weight, synapse_type.delay
        if receptor_type in (None, "default"):
            low = span(self.weight)[0] if is_distribution(self.weight) else np.min(self.weight)
            receptor_type = types[0] if low >= 0 else types[1]
        if receptor_type not in types:
            raise ConnectionError(f"{self.label}: receptor_type {receptor_type!r}: must be one of {', '.join(types)}")
        self.receptor_type = receptor_type
        self.drawn: Any = None  # the connections, where they are listed
        self._check()
        current().projections.append(self)
        self.number = len(current().projections)
        if callable(connector.callback):
            connector.callback(1.0)

    def _check(self) -> None:
        check_sign(self.weight, self.receptor_type, self.post.conductance_based, self.label)
        for name, value in (("weight", self.weight), ("delay", self.delay)):
            if isinstance(value, np.ndarray) and value.shape != self.shape:
                raise ConnectionError(f"{self.label}: {name} {value.shape}: must be {self.shape}")

    @property
    def shape(self) -> "tuple[int, int]":
        return self.pre.size, self.post.size

    def set(self, **attributes: Any) -> None:
        """Sets weight or delay: a number, a RandomDistribution, or an array [pre, post]."""
        for name, value in attributes.items():
            if name not in ("weight", "delay"):
                raise NotSupported(f"{self.label}: {name}: StaticSynapse has weight and delay")
            setattr(self, name, attribute(name, value))
        if self.drawn is not None:
            self.drawn = self.drawn._replace(**{name: None for name in attributes})
        self._check()

    def connections(self) -> "tuple[Any, Any, Any, Any]":
        """Indices at both ends, weights and delays of all synapses, as arrays, sorted by source and target. einet builds them for this."""
        return synapses(current(), self)

    def __len__(self) -> int:
        return len(self.connections()[0])

    def size(self, gather: bool = True) -> int:
        """How many connections there are."""
        return len(self)

    def __iter__(self) -> "Iterator[Connection]":
        return (Connection(int(i), int(j), float(w), float(d)) for i, j, w, d in zip(*self.connections()))

    def __getitem__(self, k: int) -> Connection:
        i, j, w, d = (column[k] for column in self.connections())
        return Connection(int(i), int(j), float(w), float(d))

    def get(self, attribute_names: Any, format: str, gather: bool = True, with_address: bool = True, multiple_synapses: str = "sum") -> Any:
        """Weights and delays, as a "list" of (i, j, values...) or as "array"s [pre, post] with nan where there is no connection."""
        names = [attribute_names] if isinstance(attribute_names, str) else list(attribute_names)
        i, j, weight, delay = self.connections()
        columns = {"weight": weight, "delay": delay, "presynaptic_index": i, "postsynaptic_index": j}
        for name in names:
            if name not in columns:
                raise NotSupported(f"{self.label}: {name}: StaticSynapse has weight and delay")
        if format == "list":
            values = [columns[name].tolist() for name in names]
            if with_address:
                return list(zip(i.tolist(), j.tolist(), *values))
            return values[0] if isinstance(attribute_names, str) else list(zip(*values))
        if format != "array" or multiple_synapses not in FOLDS:
            raise NotSupported(f"format {format!r}, multiple_synapses {multiple_synapses!r}: must be list or array, and one of {', '.join(FOLDS)}")
        arrays = []
        for name in names:
            a, fold = np.full(self.shape, np.nan), FOLDS[multiple_synapses]
            for x, y, value in zip(i, j, columns[name]):
                a[x, y] = value if np.isnan(a[x, y]) else fold(a[x, y], value)
            arrays.append(a)
        return arrays[0] if isinstance(attribute_names, str) else arrays

    def save(self, attribute_names: Any, file: Any, format: str = "list", gather: bool = True, with_address: bool = True) -> None:
        """Writes a text file that FromFileConnector reads."""
        if format != "list" or not with_address:
            raise NotSupported("save: einet.pynn writes lists with addresses")
        names = ["weight", "delay"] if attribute_names in ("all", "connections") else attribute_names
        names = [names] if isinstance(names, str) else list(names)
        columns = ", ".join(f'"{n}"' for n in ["i", "j", *names])
        np.savetxt(getattr(file, "name", file), np.array(self.get(names, "list")).reshape(-1, 2 + len(names)), fmt="%.12g", header=f"columns = [{columns}]")

    def __repr__(self) -> str:
        return f"Projection({self.label!r})"
