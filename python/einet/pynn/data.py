"""What was recorded, as a Block: neo's, or where neo is not installed one with the same names."""

from __future__ import annotations

import os
import pickle
from typing import Any, Iterator, NamedTuple, Optional

import numpy as np

from .errors import NothingToWriteError, NotSupported, RecordingError
from .state import Segment as Run
from .state import current

UNITS = {"v": "mV", "gsyn_exc": "uS", "gsyn_inh": "uS"}


class SpikeTrain(np.ndarray):
    """Times of spikes [ms], with t_start, t_stop [ms] and annotations."""

    t_start: float
    t_stop: float
    annotations: "dict[str, Any]"
    units = "ms"

    def __new__(cls, times: Any, t_start: float, t_stop: float, **annotations: Any) -> "SpikeTrain":
        train = np.asarray(times, float).view(cls)
        train.t_start, train.t_stop, train.annotations = t_start, t_stop, annotations
        return train

    def __array_finalize__(self, of: Any) -> None:
        for name in ("t_start", "t_stop", "annotations"):
            setattr(self, name, getattr(of, name, None))

    def __reduce__(self) -> Any:
        return _spike_train, (np.array(self), self.t_start, self.t_stop, self.annotations)


class AnalogSignal(np.ndarray):
    """A variable at regular times, as [time, cell], with name, units, t_start and sampling_period [ms], and annotations."""

    name: str
    units: str
    t_start: float
    sampling_period: float
    annotations: "dict[str, Any]"

    def __new__(cls, values: Any, name: str, units: str, t_start: float, sampling_period: float, **annotations: Any) -> "AnalogSignal":
        signal = np.asarray(values, float).view(cls)
        signal.name, signal.units, signal.t_start, signal.sampling_period, signal.annotations = name, units, t_start, sampling_period, annotations
        return signal

    def __array_finalize__(self, of: Any) -> None:
        for name in ("name", "units", "t_start", "sampling_period", "annotations"):
            setattr(self, name, getattr(of, name, None))

    def __reduce__(self) -> Any:
        return _signal, (np.array(self), self.name, self.units, self.t_start, self.sampling_period, self.annotations)

    @property
    def times(self) -> Any:
        """[T] ms."""
        return self.t_start + np.arange(len(self)) * self.sampling_period


def _spike_train(times: Any, t_start: float, t_stop: float, annotations: "dict[str, Any]") -> SpikeTrain:
    return SpikeTrain(times, t_start, t_stop, **annotations)


def _signal(values: Any, name: str, units: str, t_start: float, period: float, annotations: "dict[str, Any]") -> AnalogSignal:
    return AnalogSignal(values, name, units, t_start, period, **annotations)


class Segment:
    """A run: spiketrains, and analogsignals."""

    def __init__(self, name: str, **annotations: Any):
        self.name, self.annotations = name, annotations
        self.spiketrains: list[Any] = []
        self.analogsignals: list[Any] = []

    def filter(self, name: str) -> "list[Any]":
        """The signals of this name."""
        return [s for s in self.analogsignals if s.name == name]


class Block:
    """What populations recorded: segments."""

    def __init__(self, name: Optional[str], **annotations: Any):
        self.name, self.annotations = name, annotations
        self.segments: list[Any] = []

    def annotate(self, **annotations: Any) -> None:
        self.annotations.update(annotations)


class _Signal(NamedTuple):
    name: str
    values: Any  # [time, cell] in PyNN's unit
    times: Any  # ms
    cells: Any  # indices


class Plain:
    """Blocks without neo."""

    @staticmethod
    def block(name: Any, annotations: "dict[str, Any]") -> Any:
        return Block(name, **annotations)

    @staticmethod
    def segment(name: str) -> Any:
        return Segment(name)

    @staticmethod
    def train(times: Any, start: float, stop: float, about: "dict[str, Any]") -> Any:
        return SpikeTrain(times, start, stop, **about)

    @staticmethod
    def signal(s: _Signal, period: float, about: "dict[str, Any]") -> Any:
        return AnalogSignal(s.values, s.name, UNITS[s.name], float(s.times[0]), period, channel_index=s.cells, **about)


class Neo:
    """Blocks of neo."""

    @staticmethod
    def block(name: Any, annotations: "dict[str, Any]") -> Any:
        import neo

        return neo.Block(name=name, **annotations)

    @staticmethod
    def segment(name: str) -> Any:
        import neo

        return neo.Segment(name=name)

    @staticmethod
    def train(times: Any, start: float, stop: float, about: "dict[str, Any]") -> Any:
        import neo

        return neo.SpikeTrain(times, units="ms", t_start=start, t_stop=stop, **about)

    @staticmethod
    def signal(s: _Signal, period: float, about: "dict[str, Any]") -> Any:
        import neo
        import quantities as pq

        return neo.AnalogSignal(
            s.values, units=UNITS[s.name], name=s.name, t_start=float(s.times[0]) * pq.ms, sampling_period=period * pq.ms,
            array_annotations={"channel_index": s.cells}, **about,
        )  # fmt: skip


def kind() -> Any:
    try:
        import neo  # noqa: F401
        import quantities  # noqa: F401
    except ImportError:
        return Plain
    return Neo


def block(cells: Any, variables: Any, clear: bool, annotations: Any) -> Any:
    """The Block of some cells."""
    make, sim = kind(), current()
    wanted = None if variables == "all" else [variables] if isinstance(variables, str) else list(variables)
    for name in wanted or []:
        if not any(name in p.recorded for p, _ in cells.blocks()):
            raise RecordingError(f"{cells.label}: {name}: was not recorded")
    said: dict[str, Any] = {"simulator": "einet", "dt": sim.dt, **dict(annotations or {})}
    for p, _ in cells.blocks():
        said.update(p.annotations)
    whole = make.block(cells.label, said)
    for run in sim.segments:
        segment = make.segment(f"segment{run.number:03d}")
        for p, indices in cells.blocks():
            start = p.cleared.get(run.number, 0.0)
            if wanted is None or "spikes" in wanted:
                for i, times in trains(run, p, indices):
                    cell = p.first_id + i
                    about = {"source_population": p.label, "source_id": cell, "channel_id": cell, "source_index": i}
                    segment.spiketrains.append(make.train(times[times > start], start, run.duration, about))
            for s in _signals(run, p, indices, wanted, start):
                period = p.sampling_interval or sim.dt
                segment.analogsignals.append(make.signal(s, period, {"source_population": p.label, "source_ids": p.first_id + s.cells}))
            if clear:
                p.cleared[run.number] = run.duration
        whole.segments.append(segment)
    return whole


def trains(run: Run, p: Any, indices: Any) -> "Iterator[tuple[int, Any]]":
    """The spike times [ms] of those of the cells that are recorded, silent ones too, by index."""
    if "spikes" not in p.recorded:
        return
    found: dict[int, Any] = {}
    for part in run.built.parts[p]:
        if part.name in run.built.network["record"]["spikes"]:
            found.update((int(part.indices[k]), times) for k, times in run.results.spikes(part.name).trains().items())
    for i in sorted(map(int, indices)):
        if i in found:
            yield i, found[i]


def counts(cells: Any) -> "dict[int, int]":
    """The number of spikes of each recorded cell in the present segment."""
    run = current().current()
    for p, _ in cells.blocks():
        if "spikes" not in p.recorded:
            raise RecordingError(f"{p.label}: spikes were not recorded")
    if run is None:
        return {int(p.first_id + i): 0 for p, indices in cells.blocks() for i in indices if p.recorded["spikes"][i]}
    return {p.first_id + i: int(np.sum(t > p.cleared.get(run.number, 0.0))) for p, indices in cells.blocks() for i, t in trains(run, p, indices)}


def _signals(run: Run, p: Any, indices: Any, wanted: "Optional[list[str]]", start: float) -> "Iterator[_Signal]":
    """The signals of those of the cells that are recorded, their cells in ascending order."""
    asked = run.built.network["record"].get("state", {})
    for name in p.recorded:
        if name == "spikes" or wanted is not None and name not in wanted:
            continue
        columns: dict[int, Any] = {}
        times: Any = None
        for part in run.built.parts[p]:
            if part.name not in asked:
                continue
            state = run.results.state(part.name)
            values, times = _of(state, name, run.built.receptors.get(part.name, [])), state["times"]
            columns.update((int(part.indices[k]), values[:, c]) for c, k in enumerate(state["neurons"]))
        chosen = [i for i in sorted(map(int, indices)) if i in columns and p.recorded[name][i]]
        if chosen and times is not None and np.any(times > start):
            later = times > start
            yield _Signal(name, np.array([columns[i][later] for i in chosen]).T, times[later], np.array(chosen))


def _of(state: Any, name: str, receptors: "list[str]") -> Any:
    """A variable of einet's state [time, cell] in PyNN's unit."""
    if name == "v":
        return np.asarray(state["V"], float)
    kind = "excitatory" if name == "gsyn_exc" else "inhibitory"
    total = np.zeros((len(state["times"]), len(state["neurons"])))
    for k, receptor in enumerate(receptors):
        if receptor == kind:
            total += np.abs(state[f"g{k}"]) / 1000  # nS in uS
    return total


def write(whole: Any, io: Any) -> None:
    """Writes a Block into a file, or by one of neo's writers."""
    if not any(s.spiketrains or s.analogsignals for s in whole.segments):
        raise NothingToWriteError(f"{whole.name}: nothing was recorded")
    if hasattr(io, "write_block"):
        io.write_block(whole)
        return
    name = os.fspath(io)
    os.makedirs(os.path.dirname(os.path.abspath(name)), exist_ok=True)
    if name.endswith((".pkl", ".pickle")):
        part = name + ".part"
        with open(part, "wb") as f:
            pickle.dump(whole, f)
        os.replace(part, name)
        return
    if kind() is Plain:
        raise NotSupported(f"{name}: files other than .pkl need neo, which is not installed")
    import neo

    neo.io.get_io(name, mode="w").write_block(whole)
