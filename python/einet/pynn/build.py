"""What a script has said, as a network of einet's.

A population of PyNN's becomes as many of einet's as it has groups of cells that differ: by their values, by the currents that are
injected into them, or by the views that projections connect. Each of these parts has the cells of one group, in their order.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

import numpy as np
import numpy.typing as npt

from .. import binary as _binary
from ..network import Network, Written
from .cells import SpikeSourceArray
from .connectors import Listed
from .errors import NotSupported
from .parameters import scaled
from .random import is_distribution, language
from .synapses import check_sign, sign

Indices = npt.NDArray[np.int64]

MOST_PARTS = 1024  # populations of a network
INLINE = 20_000  # numbers in the network's text; longer lists lie in files


@dataclass
class Part:
    """A population of einet's: its name, and which cells of a population of PyNN's it has."""

    name: str
    population: Any
    indices: Indices


@dataclass
class Built:
    """A network with the parts of each population, and of each projection the names of einet's projections and their parts."""

    network: Network
    parts: "dict[Any, list[Part]]" = field(default_factory=lambda: defaultdict(list))
    projections: "dict[Any, list[tuple[str, Part, Part]]]" = field(default_factory=lambda: defaultdict(list))
    receptors: "dict[str, list[str]]" = field(default_factory=dict)
    """Of a part whose cells have conductances the receptors that einet numbers: excitatory or inhibitory."""

    def without_record(self) -> str:
        return json.dumps({k: v for k, v in self.network.items() if k != "record"}, sort_keys=True)


def build(sim: Any) -> Built:
    """The network as it is now."""
    net = Network(name="pynn", dt=sim.dt, seed=sim.seed, populations={}, projections={}, record={"spikes": {}})
    built = Built(net)
    taken: "set[str]" = set()
    for p in sim.populations:
        groups = _groups(p, sim.projections)
        if len(groups) + len(net["populations"]) > MOST_PARTS:
            raise NotSupported(f"{p.label}: {_varies(p)} between its cells: einet has at most {MOST_PARTS} groups of cells that differ")
        for k, indices in enumerate(groups):
            name = _named(p.label, "" if len(groups) == 1 else f"_{k + 1}", taken)
            part = Part(name, p, indices)
            built.parts[p].append(part)
            net["populations"][name] = _population(sim, part)
            _record(sim, net["record"], part)
    taken = set()
    for x in sim.projections:
        _project(sim, built, x, taken)
    for parts in built.parts.values():
        for part in parts:
            if part.population.celltype.conductance_based:
                built.receptors[part.name] = _receptors(built, part)
    return built


def _groups(p: Any, projections: "list[Any]") -> "list[Indices]":
    """The cells of a population in groups of like ones, each ascending; the groups in the order of their first cells."""
    code = np.zeros(p.size, np.int64)

    def split(other: Any) -> None:
        nonlocal code
        code = np.unique(code * (other.max() + 1) + other, return_inverse=True)[1].ravel()

    for store in (p.values, p.initial):
        for name, value in store.items():
            if isinstance(value, np.ndarray) and name != "spike_times":
                seen: dict[Any, int] = {}
                split(np.array([seen.setdefault(id(v) if is_distribution(v) else v, len(seen)) for v in value]))
    ends = [block for x in projections for end in (x.pre, x.post) for block in end.blocks()]
    for population, indices in [*ends, *((p, indices) for _, indices in p.sources)]:
        if population is p and len(indices) < p.size:
            mask = np.zeros(p.size, np.int64)
            mask[indices] = 1
            split(mask)
    first = np.unique(code, return_index=True)[1]
    return [np.flatnonzero(code == code[i]) for i in np.sort(first)]


def _varies(p: Any) -> str:
    return ", ".join(name for store in (p.values, p.initial) for name, v in store.items() if isinstance(v, np.ndarray)) or "views divide it"


def _named(label: Any, ending: str, taken: "set[str]") -> str:
    """A name of einet's for a label."""
    word = re.sub(r"[^A-Za-z0-9]+", "_", str(label)).strip("_") or "cells"
    word = (word if word[0].isalpha() else "p" + word)[:48] + ending
    name, k = word, 1
    while name in taken:
        k += 1
        name = f"{word}_{k}"
    taken.add(name)
    return name


def _population(sim: Any, part: Part) -> "dict[str, Any]":
    p = part.population

    def of(store: Mapping[str, Any]) -> "dict[str, Any]":
        return {k: v[part.indices[0]] if isinstance(v, np.ndarray) else v for k, v in store.items()}

    said = {"size": len(part.indices), **p.celltype.population(of(p.values), of(p.initial))}
    for source, indices in p.sources:
        if np.isin(part.indices[0], indices):
            said["input"] = [*said.get("input", []), *source.course()]
    if isinstance(p.celltype, SpikeSourceArray):
        times = p.values["spike_times"]
        trains = [times[i] if isinstance(times, np.ndarray) else times for i in part.indices]
        neurons = np.repeat(np.arange(len(trains)), [len(t) for t in trains])
        every = np.concatenate([t.value for t in trains])
        said.update(_table(sim, part.name, {"time_ms": every, "neuron": neurons}, {"times": every, "neurons": neurons}))
    return said


def _table(sim: Any, name: str, columns: "dict[str, Any]", inline: "dict[str, Any]") -> "dict[str, Any]":
    """Columns in the network's text or, where they are long, in a file."""
    if sum(map(len, columns.values())) <= INLINE:
        return {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in inline.items()}
    path = os.path.join(sim.folder, f"{name}.npz")
    np.savez(path, **columns)
    return {"file": path}


def _record(sim: Any, record: "dict[str, Any]", part: Part) -> None:
    p, said = part.population, {}
    for variable, kept in p.recorded.items():
        places = np.flatnonzero(kept[part.indices])
        if len(places):
            said[variable] = "all" if len(places) == len(part.indices) else places.tolist()
    if "spikes" in said:
        record["spikes"][part.name] = said.pop("spikes")
    if said:
        # All variables of the cells that some variable is wanted of: data chooses among them.
        any_kept = np.any([p.recorded[v][part.indices] for v in said], axis=0)
        variables = ["V"] * ("v" in said) + ["g"] * any(v.startswith("gsyn") for v in said)
        every = p.sampling_interval or sim.dt
        record.setdefault("state", {})[part.name] = {"neurons": np.flatnonzero(any_kept).tolist(), "every": every, "variables": variables}


def _project(sim: Any, built: Built, x: Any, taken: "set[str]") -> None:
    pre, post = _parts(built, x.pre), _parts(built, x.post)
    rule = x.connector.rule(len(pre) == 1, len(post) == 1)
    plain = not any(isinstance(a, np.ndarray) or is_distribution(a) and language(a) is None for a in (x.weight, x.delay))
    if rule is not None and plain:
        for a in pre:
            for b in post:
                _synapses(sim, built, x, a, b, rule, taken)
        return
    listed = _listed(sim, x)
    places_pre, places_post = _places(built, x.pre), _places(built, x.post)
    for a in pre:
        of_a, at_a = places_pre[a.name]
        for b in post:
            of_b, at_b = places_post[b.name]
            mine = of_a[listed.source] & of_b[listed.target]
            if mine.any():
                columns: "dict[str, npt.NDArray[Any]]" = {"source": at_a[listed.source[mine]], "target": at_b[listed.target[mine]]}
                if listed.weight is not None:
                    columns["weight"] = listed.weight[mine] * _factor(x, b)
                if listed.delay is not None:
                    columns["delay"] = listed.delay[mine]
                name = f"list{x.number}_{len(taken)}"
                edges = {k: v.tolist() for k, v in columns.items()} if len(columns["source"]) * len(columns) <= INLINE else {}
                _synapses(sim, built, x, a, b, {"rule": "list", **_table(sim, name, columns, {"edges": edges})}, taken)


def _factor(x: Any, b: Part) -> float:
    cell = b.population.celltype
    return float(cell.weight_factor * sign(x.receptor_type, cell.conductance_based))


def _synapses(sim: Any, built: Built, x: Any, a: Part, b: Part, rule: "dict[str, Any]", taken: "set[str]") -> None:
    """One projection of einet's."""
    p = b.population
    values = {k: v[b.indices[0]] if isinstance(v, np.ndarray) else v for k, v in p.values.items()}
    name = _named(f"{a.name[:20]}_to_{b.name[:20]}_{x.receptor_type[:3]}", "", taken)
    said = {"from": a.name, "to": b.name, **rule, **p.celltype.tau_syn(values, x.receptor_type)}
    listed = x.drawn if rule["rule"] == "list" else None
    factor, delay = _factor(x, b), x.delay if x.delay is not None else sim.min_delay
    said["weight"] = _number(x.weight, factor, listed is not None and listed.weight is not None)
    said["delay"] = _number(delay, 1, listed is not None and listed.delay is not None)
    built.network["projections"][name] = said
    built.projections[x].append((name, a, b))


def _number(value: Any, factor: float, listed: bool) -> Any:
    """A weight or delay of a projection; where each synapse has its own, one that is not used."""
    if listed:
        return factor
    return language(value, factor) if is_distribution(value) else scaled(value, factor)


def _listed(sim: Any, x: Any) -> Listed:
    """The connections of a projection, drawn once, in PyNN's units."""
    if x.drawn is None:
        rng = getattr(getattr(x.connector, "rng", None), "rng", None)
        x.drawn = x.connector.listed(x.pre.ids, x.post.ids, rng or np.random.RandomState([sim.seed % 2**32, x.number]))
        if x.drawn.weight is not None:
            check_sign(x.drawn.weight, x.receptor_type, x.post.conductance_based, x.label)
    for name, value in (("weight", x.weight), ("delay", x.delay)):
        if getattr(x.drawn, name) is None:
            if isinstance(value, np.ndarray):
                x.drawn = x.drawn._replace(**{name: value[x.drawn.source, x.drawn.target]})
            elif is_distribution(value) and language(value) is None:
                x.drawn = x.drawn._replace(**{name: np.asarray(value.next(len(x.drawn.source)), float)})
    return x.drawn  # type: ignore[no-any-return]


def _parts(built: Built, end: Any) -> "list[Part]":
    """The parts that an end of a projection is made of."""
    found: dict[str, Part] = {}
    for p, indices in end.blocks():
        found.update((part.name, part) for part in built.parts[p] if np.isin(part.indices[0], indices))
    return list(found.values())


def _places(built: Built, end: Any) -> "dict[str, tuple[npt.NDArray[np.bool_], Indices]]":
    """Of each part which cells of an end, counted through, are its, and their places in it."""
    found, done = {}, 0
    for part in _parts(built, end):
        found[part.name] = (np.zeros(end.size, bool), np.zeros(end.size, np.int64))
    for p, indices in end.blocks():
        for part in built.parts[p]:
            if part.name in found:
                mine = np.isin(indices, part.indices)
                found[part.name][0][done : done + len(indices)] |= mine
                found[part.name][1][done + np.flatnonzero(mine)] = np.searchsorted(part.indices, indices[mine])
        done += len(indices)
    return found


def _receptors(built: Built, part: Part) -> "list[str]":
    """The receptors of a part in einet's order: as projections need them first, one for each sign and time constant."""
    found: "dict[tuple[bool, float], None]" = {}
    for x, made in built.projections.items():
        for name, _, b in made:
            if b is part:
                said = built.network["projections"][name]
                found[x.receptor_type == "inhibitory" and said["weight"] != 0, said["tau_syn"]] = None
    return ["inhibitory" if negative else "excitatory" for negative, _ in found]


def synapses(sim: Any, x: Any) -> "tuple[Any, Any, Any, Any]":
    """Indices at both ends, weights and delays [ms] of a projection's synapses in PyNN's units, sorted by source and target, of einet's export."""
    built = build(sim)
    columns: "list[list[Any]]" = [[], [], [], []]
    files: Optional[Any] = None
    with tempfile.TemporaryDirectory(prefix="einet-") as folder, Written(built.network) as w:
        if built.projections[x]:
            out = os.path.join(folder, "network")
            answer = _binary.call(["export", *w.args, f"--out={out}"], binary=sim.options.get("binary"))
            _binary.raise_for(answer, placed=w.placed)
            files = np.load(os.path.join(out, "synapses.npz"))
        places_pre, places_post = _places(built, x.pre), _places(built, x.post)
        for name, a, b in built.projections[x]:
            assert files is not None
            for end, part, column in ((places_pre, a, "source"), (places_post, b, "target")):
                mine, at = end[part.name]
                back = np.zeros(len(part.indices), np.int64)
                back[at[mine]] = np.flatnonzero(mine)
                columns[column == "target"].append(back[files[f"{name}_{column}"]])
            columns[2].append(files[f"{name}_weight"].astype(float) / _factor(x, b))
            columns[3].append(files[f"{name}_delay"].astype(float))
    i, j, weight, delay = (np.concatenate(c) if c else np.zeros(0) for c in columns)
    order = np.lexsort((j, i))
    return i[order].astype(np.int64), j[order].astype(np.int64), weight[order], delay[order]
