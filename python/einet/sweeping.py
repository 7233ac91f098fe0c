"""Sweeps: a network at every combination of some values, for several seeds, in parallel processes."""

from __future__ import annotations

import csv
import hashlib
import itertools
import json
import os
import shutil
import tempfile
import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Mapping, Optional, Sequence, Union

import numpy as np

from . import binary as _binary
from .errors import Error, Interrupted, NetworkError
from .network import NetworkLike, Time, Written, _plain, changes, flag
from .progress import Progress, bar_for

PER_RUN = ("spikes", "digest")


def sweep(
    net: NetworkLike,
    vary: Mapping[str, Sequence[Any]],
    *,
    seeds: Union[int, Sequence[int]] = 1,
    duration: Optional[Time] = None,
    discard: Optional[Time] = None,
    scale: Optional[float] = None,
    engine: str = "auto",
    parallel: Optional[int] = None,
    out: "str | os.PathLike[str] | None" = None,
    keep: bool = False,
    progress: Progress = None,
    binary: "str | None" = None,
) -> Any:
    """Simulates a network at every combination of values, for several seeds, and gives a table with a row for each run.

    vary      path to values: {"constants.g": [3, 4, 5], "projections.*.delay": [1.5, 2]}
    seeds     how many, from the network's own on, or which
    parallel  how many run at a time, each in a process; one a processor, if left out. Each needs the network's memory.
    out       a folder in which every run that is done stays: a sweep that was interrupted goes on there, and a run is made again
              only if network, values, seed, times or version differ. It has sweep.csv too.
    keep      whether out keeps all files of each run too; their folder (under out) is the column "folder"

    The columns are the paths of vary; seed, spikes, digest; and the statistics of each population P as P.rate_hz, P.cv_isi, ... (nan
    where there is none). It is a pandas.DataFrame, or a structured numpy array where pandas is not installed.

    Raises what einet.run does, for the first run that fails; what is done stays in out. Interrupted has the table so far as .result.
    """
    paths = list(vary)
    for path in paths:
        if isinstance(vary[path], (str, bytes)) or not hasattr(vary[path], "__len__"):
            raise NetworkError(f"vary {path}: {vary[path]!r}: must be a list of values")
        if path == "seed":
            raise NetworkError("vary seed: must be left out: seeds says which there are")
        if path == "duration" and duration is not None:
            raise NetworkError("vary duration: must be left out where duration is given, which would replace it")
    if keep and out is None:
        raise NetworkError("keep: only says something with out, the folder that is to keep them")
    if isinstance(seeds, bool) or (seeds < 1 if isinstance(seeds, int) else len(seeds) == 0):
        raise NetworkError(f"seeds {seeds!r}: must be at least 1, or a list of at least one seed")
    jobs = parallel if parallel is not None else _processors()
    if jobs < 1:
        raise NetworkError(f"parallel {parallel}: must be at least 1")
    temporary = tempfile.mkdtemp(prefix="einet-") if out is None else None
    folder = Path(temporary or os.path.abspath(os.fspath(out or "")))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with Written(net) as w:
            text = w.net.json()
            if isinstance(seeds, int):
                first = int(w.net.get("seed", 1))
                seeds = range(first, first + seeds)
            values = itertools.product(*([_value(v) for v in vary[p]] for p in paths))
            points = [(dict(zip(paths, v)), int(seed)) for v in values for seed in seeds]
            common = [*flag("--duration", duration), *flag("--discard", discard), *flag("--scale", scale)]
            about = [text, common, _binary.version(binary), keep]
            runs = [_Run(point, seed, folder / "runs", about) for point, seed in points]
            _simulate(runs, w, [*common, f"--engine={engine}"], jobs, keep, progress, binary)
        table = _table([r.row(paths, keep) for r in runs])
        if out is not None:
            _write_csv(folder / "sweep.csv", table)
        return _frame(table)
    except Interrupted as stop:
        done = [r.row(paths, keep) for r in runs if r.summary is not None]
        raise Interrupted(f"interrupted: {len(done)} of {len(runs)} runs are done", _frame(_table(done)) if done else None) from stop
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)


class _Run:
    """One run of a sweep; it is done when its summary is there."""

    def __init__(self, point: dict[str, Any], seed: int, folder: Path, about: Any):
        self.point, self.seed = point, seed
        key = hashlib.sha256(json.dumps([about, point, seed]).encode()).hexdigest()[:20]
        self.file, self.folder = folder / (key + ".json"), folder / key
        self.summary: Optional[dict[str, Any]] = None
        try:
            self.summary = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            pass

    def simulate(self, w: Written, flags: Sequence[str], keep: bool, binary: "str | None", started: Any) -> None:
        self.file.parent.mkdir(exist_ok=True)
        less = [] if keep else ["--no-plots", *changes({"record": {"spikes": "none"}})]
        with tempfile.TemporaryDirectory(prefix="einet-") as temporary:
            at = self.folder if keep else Path(temporary) / "run"
            args = ["run", *w.args, *changes(self.point), f"--seed={self.seed}", *flags, *less, "--json", "--quiet", "--force", f"--out={at}"]
            answer = _binary.call(args, binary=binary, started=started)
        try:
            _binary.raise_for(answer, placed=w.placed)
        except Error as e:
            values = ", ".join(f"{path}={value!r}" for path, value in {**self.point, "seed": self.seed}.items())
            e.args = (f"{e.args[0]}\n(of the run with {values})",)
            raise
        part = self.file.with_suffix(".part")
        part.write_text(answer.out, encoding="utf-8")
        part.replace(self.file)
        self.summary = answer.json()

    def row(self, paths: Sequence[str], keep: bool) -> dict[str, Any]:
        s = self.summary or {}
        row = {**{p: self.point[p] for p in paths}, "seed": self.seed, **{k: s[k] for k in PER_RUN}}
        for name, statistics in s["populations"].items():
            row.update((f"{name}.{k}", np.nan if v is None else v) for k, v in statistics.items())
        if keep:
            row["folder"] = os.path.join(self.folder.parent.name, self.folder.name)
        return row


def _simulate(runs: "list[_Run]", w: Written, flags: list[str], jobs: int, keep: bool, progress: Progress, binary: "str | None") -> None:
    """Makes the runs that are not done, jobs at a time."""
    todo = [r for r in runs if r.summary is None]
    threads = max(1, _processors() // jobs)
    flags = [*flags, f"--threads={threads}"]
    children: "set[_binary.Child]" = set()
    lock, stopped = threading.Lock(), False

    def started(child: _binary.Child) -> None:
        with lock:
            children.add(child)
            if stopped:
                child.interrupt()

    def stop() -> None:
        nonlocal stopped
        with lock:
            stopped = True
            for child in children:
                child.interrupt()

    show, end = bar_for(progress)
    with ThreadPoolExecutor(jobs) as pool:
        pending: "set[Future[None]]" = {pool.submit(r.simulate, w, flags, keep, binary, started) for r in todo}
        try:
            while pending:
                if show:
                    show(len(runs) - len(pending), len(runs), f"{len(runs) - len(pending)} of {len(runs)} runs")
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                for one in done:
                    one.result()
        except BaseException as e:
            for waiting in pending:
                waiting.cancel()
            stop()
            if isinstance(e, KeyboardInterrupt) and not isinstance(e, Interrupted):
                raise Interrupted("interrupted") from e
            raise
        finally:
            end()


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _value(value: Any) -> Any:
    """A value as JSON has it."""
    return json.loads(json.dumps(value, default=_plain))


def _table(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return {name: [row.get(name, np.nan) for row in rows] for name in names}


def _write_csv(file: Path, table: dict[str, list[Any]]) -> None:
    part = file.with_suffix(".part")
    with part.open("w", newline="", encoding="utf-8") as f:
        writer = csv.writer(f)
        writer.writerow(table)
        writer.writerows(zip(*table.values()))
    part.replace(file)


def _frame(table: dict[str, list[Any]]) -> Any:
    try:
        import pandas as pd
    except ImportError:
        return _structured(table)
    return pd.DataFrame(table)


def _structured(table: dict[str, list[Any]]) -> Any:
    """The table as an array of one record a row."""
    columns = {}
    for name, values in table.items():
        if all(isinstance(v, (int, float, str)) for v in values):
            columns[name] = np.array(values)
        else:
            columns[name] = np.empty(len(values), object)
            columns[name][:] = values
    array = np.empty(len(next(iter(columns.values()), [])), [(name, c.dtype) for name, c in columns.items()])
    for name, c in columns.items():
        array[name] = c
    return array
