"""Networks: what the network language says, as dictionaries."""

from __future__ import annotations

import copy
import fnmatch
import html
import json
import os
import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, Iterator, Mapping, Optional, Sequence, Union

import numpy as np

from . import binary as _binary
from .errors import Error, Fault, NetworkError

NetworkLike = Union["Network", str, "os.PathLike[str]", Mapping[str, Any]]
"""A Network, a preset's name or a file's path, or a mapping with what a file would have."""

LONGEST = 60  # characters of a value in a notebook's table

Time = Union[int, float, str]
"""Milliseconds, or a string with a unit: 500, "500 ms" and "0.5 s" are the same."""


class Network(dict[str, Any]):
    """A network as the network language has it (docs/language.md): nested dictionaries, lists, numbers and strings.

    Values may be numbers (times in ms, potentials in mV, rates in Hz), strings with a unit ("20 ms") or expressions
    ("g*J"), and numpy's numbers and arrays. What is wrong with one einet says when it is used, or check() before:

        net = einet.preset("ei")
        net["populations"]["E"]["input"] = 70
        net.set("projections.*.p", 0.2)
        net.check()

    A network from nothing has the same keys:

        einet.Network(
            populations={"E": {"size": 100, "tau_m": 20, "V_th": 20, "V_reset": 10, "input": 25}},
            projections={"E_to_E": {"from": "E", "to": "E", "p": 0.1, "weight": 0.1, "delay": 1.5, "tau_syn": 5}},
        )
    """

    def __init__(self, *args: Any, **keys: Any):
        super().__init__(*args, **keys)
        self.folder: str = os.getcwd()
        """What paths of files in the network are relative to."""
        self._source: Optional[str] = None  # the preset or file that it was loaded from
        self._file: Optional[bytes] = None  # what was in that file
        self._text: str = ""  # what it was then
        self._named: str = "network"

    @property
    def name(self) -> str:
        """Its own name, or else that of its file or preset."""
        return str(self.get("name", self._named))

    def copy(self) -> "Network":
        """A copy of all of it; dictionaries within are copied too."""
        other = Network(copy.deepcopy(dict(self)))
        other.folder, other._named = self.folder, self._named
        other._source, other._file, other._text = self._source, self._file, self._text
        return other

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Network":
        return self.copy()

    def __repr__(self) -> str:
        populations = self.get("populations")
        names = ", ".join(populations) if isinstance(populations, Mapping) else "none"
        projections = self.get("projections")
        return f"<einet.Network {self.name}: populations {names}; {len(projections) if isinstance(projections, Mapping) else 0} projections>"

    def _repr_html_(self) -> str:
        """What a notebook shows: populations and projections, as they are written."""

        def table(title: str, of: Any) -> str:
            rows = of if isinstance(of, Mapping) else {}
            keys = list(dict.fromkeys(k for row in rows.values() if isinstance(row, Mapping) for k in row))

            def cell(row: Any, key: str) -> str:
                value = row.get(key, "") if isinstance(row, Mapping) else ""
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
                return f"<td>{html.escape(text if len(text) <= LONGEST else text[:LONGEST] + '...')}</td>"

            head = "".join(f"<th>{html.escape(str(k))}</th>" for k in keys)
            body = "".join(f"<tr><th>{html.escape(str(n))}</th>{''.join(cell(row, k) for k in keys)}</tr>" for n, row in rows.items())
            return f"<table><tr><th>{title}</th>{head}</tr>{body}</table>" if rows else ""

        about = f"<p><b>{html.escape(self.name)}</b>: {html.escape(str(self.get('description', 'a network')))}</p>"
        return f"<div>{about}{table('population', self.get('populations'))}{table('projection', self.get('projections'))}</div>"

    def set(self, path: str, value: Any) -> "Network":
        """Sets the value at a path, "populations.E.size"; names may have wildcards, "projections.*.p". Returns the network.

        Raises NetworkError where no key matches a wildcard or the path leads through something that has no keys.
        """
        steps = path.split(".")
        at: list[Any] = [self]
        for i, step in enumerate(steps):
            last = i == len(steps) - 1
            reached: list[Any] = []
            for node in at:
                keys = _matching(node, step)
                if not keys and isinstance(node, dict) and not re.search(r"[*?[]", step) and not _is_slip(steps, i):
                    if not last:
                        node[step] = {}
                    keys = [step]
                if not keys:
                    said = f"; there are {', '.join(map(str, node))}" if isinstance(node, dict) and node else ""
                    raise NetworkError([Fault(f"{path}: there is no {step}{said}", path=path, value=step)])
                for key in keys:
                    if last:
                        node[key] = copy.deepcopy(value)
                    else:
                        reached.append(node[key])
            at = reached
        return self

    def json(self) -> str:
        """The network as JSON, which is YAML too: what einet reads. It has a name, and its files have whole paths."""
        whole = _with_paths({"name": self.name, **self}, self.folder, "net", (id(self),))
        return json.dumps(whole, indent=1, ensure_ascii=False, default=_plain)

    def save(self, file: "str | os.PathLike[str]") -> None:
        """Writes a file that einet reads."""
        Path(file).write_text(self.json() + "\n", encoding="utf-8")

    def check(self, *, binary: "str | None" = None) -> "Network":
        """Raises NetworkError with everything that is wrong. Returns the network."""
        self.resolved(binary=binary)
        return self

    def resolved(self, *, scale: "float | None" = None, binary: "str | None" = None) -> "Network":
        """The network with every default filled in and every expression worked out, in ms, mV, Hz, pF, nS and pA; scaled, if asked."""
        with Written(self) as w:
            answer = _binary.call(["show", *w.args, "--json", *flag("--scale", scale)], binary=binary)
            _binary.raise_for(answer, placed=w.placed)
        net = Network(answer.document())
        net.folder, net._named = self.folder, self.name
        return net


def preset(name: str, *, binary: "str | None" = None) -> Network:
    """A network that einet has, as it is written: with its constants and expressions. presets() lists them."""
    if name.endswith((".yaml", ".yml", ".json")) or os.sep in name:
        raise NetworkError(f"{name}: is a file's name: einet.load reads it")
    return _read(name, os.getcwd(), name, binary)


def presets(*, binary: "str | None" = None) -> dict[str, str]:
    """The presets, each with what it is."""
    answer = _binary.call(["list", "--json"], binary=binary)
    _binary.raise_for(answer)
    return {p["name"]: p["description"] for p in answer.json()}


def load(file: "str | os.PathLike[str]", *, binary: "str | None" = None) -> Network:
    """A network of a YAML or JSON file, as it is written: with its constants, expressions and units.

    Raises NetworkError with everything that is wrong in it. Paths in the network stay relative to the file.
    """
    path = os.path.abspath(os.fspath(file)) if os.path.exists(file) else os.fspath(file)
    return _read(path, os.path.dirname(path) or os.getcwd(), Path(path).stem, binary)


def network(given: NetworkLike, *, binary: "str | None" = None) -> Network:
    """A Network of anything that says one."""
    if isinstance(given, Network):
        return given
    if isinstance(given, Mapping):
        return Network(given)
    return load(given, binary=binary)


def _read(source: str, folder: str, named: str, binary: "str | None") -> Network:
    written = _bytes(source)
    answer = _binary.call(["show", source, "--json", "--written"], binary=binary)
    _binary.raise_for(answer)
    net = Network(answer.document())
    net.folder, net._named = folder, named
    net._source, net._file, net._text = source, written, net.json()
    return net


def _bytes(source: str) -> Optional[bytes]:
    """What is in a file; None of a preset."""
    return Path(source).read_bytes() if os.path.isfile(source) else None


class Written:
    """A network as einet's argument, for the time of a with: the file or preset that still says just that, or else a file of its JSON."""

    def __init__(self, given: NetworkLike, change: Optional[Mapping[str, Any]] = None):
        self.net = network(given)
        self.change = change or {}

    def __enter__(self) -> "Written":
        net = self.net
        self._temporary: Optional[tempfile.TemporaryDirectory[str]] = None
        text = net.json()
        if net._source is not None and text == net._text and net._file == _bytes(net._source):
            self.file = net._source
        else:
            self._temporary = tempfile.TemporaryDirectory(prefix="einet-")
            self.file = os.path.join(self._temporary.name, "network.json")
            Path(self.file).write_text(text, encoding="utf-8")
        self.args = [self.file, *changes(self.change)]
        return self

    def __exit__(self, *_: Any) -> None:
        if self._temporary:
            self._temporary.cleanup()

    def placed(self, fault: Fault) -> Fault:
        """A fault whose place is not a file that is gone but the value in Python."""
        if self._temporary is None or not fault.place.startswith(self.file):
            return fault
        place = "net" + "".join(f"[{json.dumps(key)}]" for key in _keys(self.net, fault.path))
        return replace(fault, place=place, snippet="", message=fault.message.replace(fault.place, place, 1))


def changes(change: Mapping[str, Any]) -> list[str]:
    """The flags that change values: path to value."""
    return [word for path, value in change.items() for word in ("--set", f"{path}={json.dumps(value, ensure_ascii=False, default=_plain)}")]


def flag(name: str, value: Any) -> list[str]:
    """A flag with its value, or nothing where that is None."""
    if value is None or value is False:
        return []
    if value is True:
        return [name]
    return [f"{name}={_plain(value) if isinstance(value, np.generic) else value}"]


def _keys(net: Mapping[str, Any], path: str) -> Iterator[str]:
    """The keys of a path, of which a name may have dots."""
    node: Any = net
    while path:
        names = [str(k) for k in node if path == str(k) or path.startswith(f"{k}.")] if isinstance(node, Mapping) else []
        key = max(names, key=len) if names else path.split(".")[0]
        yield key
        node = node.get(key) if isinstance(node, Mapping) else None
        path = path[len(key) + 1 :]


def _is_slip(steps: Sequence[str], i: int) -> bool:
    """Whether a name that is absent is none to make: a field of a population that is not there, a constant that nothing uses."""
    return i == 1 and (steps[0] == "constants" or steps[0] in ("populations", "projections") and len(steps) > 2)


def _matching(node: Any, step: str) -> Sequence[Any]:
    if isinstance(node, dict):
        return [step] if step in node else [k for k in node if fnmatch.fnmatchcase(str(k), step)]
    if isinstance(node, list):
        return [i for i in range(len(node)) if fnmatch.fnmatchcase(str(i), step)]
    return []


def _with_paths(value: Any, folder: str, place: str, within: "tuple[int, ...]") -> Any:
    """The value with the paths of its files made whole. place is where it is, and within has what it is in."""
    if not isinstance(value, (Mapping, list, tuple)):
        return value
    if id(value) in within:
        raise NetworkError([Fault(f"{place}: contains itself", place=place)])
    inner = (*within, id(value))
    if isinstance(value, Mapping):
        return {
            str(k): os.path.join(folder, os.fspath(v))
            if k == "file" and isinstance(v, (str, os.PathLike))
            else _with_paths(v, folder, f"{place}[{json.dumps(str(k))}]", inner)
            for k, v in value.items()
        }
    return [_with_paths(v, folder, f"{place}[{i}]", inner) for i, v in enumerate(value)]


def _plain(value: Any) -> Any:
    """What json can write of a value that it does not know."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (range, set, frozenset)):
        return list(value)
    raise Error(f"{value!r}: a {type(value).__name__} is nothing that a network may have")
