"""Runs, theory and validation: one call of einet each."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import Any, Callable, Mapping, Optional, Sequence

from . import binary as _binary
from .columns import Summary
from .errors import Fault
from .network import NetworkLike, Time, Written, flag
from .progress import Progress, bar_for
from .results import Results


def run(
    net: NetworkLike,
    *,
    duration: Optional[Time] = None,
    seed: Optional[int] = None,
    trial: Optional[int] = None,
    set: Optional[Mapping[str, Any]] = None,
    scale: Optional[float] = None,
    discard: Optional[Time] = None,
    replicas: Optional[int] = None,
    engine: str = "auto",
    device: Optional[str] = None,
    threads: Optional[int] = None,
    connectivity: Optional[str] = None,
    figures: bool = True,
    start: Optional[Time] = None,
    stop: Optional[Time] = None,
    formats: Sequence[str] = (),
    out: "str | os.PathLike[str] | None" = None,
    force: bool = False,
    checkpoint_every: "str | float | None" = None,
    checkpoint_end: bool = False,
    progress: Progress = None,
    binary: "str | None" = None,
) -> Results:
    """Simulates a network: a Network, a preset's name, a file's path or a mapping.

    duration   ms, or a string with a unit; what the network states, if left out
    seed       of every random draw; trial: another initial state and noise on the same synapses
    set        values to change, by path: {"populations.*.input": 70}
    scale      factor on all sizes, which weights and inputs follow as the network states
    discard    this first part is left out of the statistics (ms)
    replicas   so many trials on the same synapses: results.spikes("E", trial=k)
    engine     auto, gpu, cpu or reference; the spikes are the same. device picks a GPU, threads those of the processor
    connectivity  stored or procedural
    figures    whether they are drawn, and of the part from start to stop (ms)
    formats    of spikes beside npz: csv, sonata
    out        folder of the files, which then stays; force replaces an earlier run there. Without it they go with the results.
    checkpoint_every  wall time between checkpoints, from which resume goes on: s, or a string ("90s", "10m"); 0: none. 10m if left out
    checkpoint_end    whether the end is kept, for resume(extend=...)
    progress   None shows a bar on terminals and in notebooks; True, False; or a function of done [ms], total [ms] and a text
    binary     the program, where it is not found by itself

    Raises NetworkError, MachineError and, on Ctrl-C, Interrupted: the latter two with .result, what was simulated until then.
    What einet warns of comes as EinetWarning.
    """
    temporary = None if out is not None else tempfile.mkdtemp(prefix="einet-")
    folder = os.path.join(temporary, "run") if temporary else os.path.abspath(os.fspath(out or ""))
    flags = [
        f"--out={folder}", f"--engine={engine}",
        *flag("--duration", duration), *flag("--seed", seed), *flag("--trial", trial), *flag("--scale", scale),
        *flag("--discard", discard), *flag("--replicas", replicas), *flag("--device", device), *flag("--threads", threads),
        *flag("--connectivity", connectivity), *flag("--no-plots", not figures), *flag("--from", start), *flag("--to", stop),
        *flag("--force", force), *(f"--spikes={f}" for f in formats), *_checkpoints(checkpoint_every, checkpoint_end),
    ]  # fmt: skip
    with Written(net, set) as w:
        return _simulated([*w.args, *flags], folder, temporary, w.placed, progress, binary)


def resume(
    folder: "str | os.PathLike[str]",
    *,
    extend: Optional[Time] = None,
    engine: str = "auto",
    device: Optional[str] = None,
    threads: Optional[int] = None,
    figures: bool = True,
    out: "str | os.PathLike[str] | None" = None,
    checkpoint_every: "str | float | None" = None,
    checkpoint_end: bool = False,
    progress: Progress = None,
    binary: "str | None" = None,
) -> Results:
    """Goes on with the run of a folder, which was interrupted or killed, from its last checkpoint: to the same spikes and files.

    extend     makes a complete run longer by so much (ms), which was run with checkpoint_end
    out        a folder of its own for the files; the run's, if left out

    All else is as run has it, and what is simulated and recorded as the run began. NetworkError where the folder holds no checkpoint.
    """
    of, to = os.path.abspath(os.fspath(folder)), os.path.abspath(os.fspath(out if out is not None else folder))
    flags = [
        *([f"--resume={of}"] if extend is None else [*flag("--extend", extend), of]), f"--out={to}", f"--engine={engine}",
        *flag("--device", device), *flag("--threads", threads), *flag("--no-plots", not figures),
        *_checkpoints(checkpoint_every, checkpoint_end),
    ]  # fmt: skip
    return _simulated(flags, to, None, lambda fault: fault, progress, binary)


def _checkpoints(every: "str | float | None", end: bool) -> "list[str]":
    wall = every if every is None or isinstance(every, str) else f"{every}s"
    return [*flag("--checkpoint-every", wall), *flag("--checkpoint-end", end)]


def _simulated(
    args: Sequence[str], folder: str, temporary: Optional[str], placed: "Callable[[Fault], Fault]", progress: Progress,
    binary: "str | None",
) -> Results:  # fmt: skip
    show, end = bar_for(progress)
    flags = ["--json", "--progress=200"] if show else ["--json", "--quiet"]
    result: Optional[Results] = None
    try:
        if show:
            show(0, 1, "building")
        try:
            answer = _binary.call(["run", *args, *flags], binary=binary, on_progress=show)
        finally:
            end()
        summary = answer.json()
        if isinstance(summary, dict) and "errors" not in summary:
            if answer.status != 2:  # then others have written into the folder, and the message names the new one
                result = Results(folder, summary, temporary)
                temporary = None
        _binary.raise_for(answer, result, placed)
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
    if result is None:
        answer.document()
    assert result is not None
    told = result.summary.get("warnings") or []
    _binary.warn([*answer.warnings, *(t for t in told if t not in answer.warnings)], stacklevel=4)
    return result


def theory(
    net: NetworkLike, *, simulate: Optional[Time] = None, set: Optional[Mapping[str, Any]] = None, scale: Optional[float] = None,
    binary: "str | None" = None,
) -> Summary:  # fmt: skip
    """Mean-field theory of a network: .populations.E.rate_hz, .cv_isi, .net_input_mv, ...; .balance.holds and .verdict.

    With simulate [ms] it is held to a simulation, and raises CheckFailed, with .report, where rates are off by more than a tenth.
    """
    return _report(["theory"], net, set, [*flag("--scale", scale), *flag("--simulate", simulate), "--quiet"], binary)


def validate(
    net: NetworkLike, *, exact: bool = False, statistical: bool = False, claims: bool = False, quick: bool = False,
    against: "str | os.PathLike[str] | None" = None, seeds: Optional[int] = None, workers: Optional[int] = None,
    set: Optional[Mapping[str, Any]] = None, binary: "str | None" = None,
) -> Summary:  # fmt: skip
    """Do the engines agree, do other seeds, and does the network do what its source claims? All of it, or the part that is named.

    against is a file of another simulator's spikes, which are compared with seeds of the network. Raises CheckFailed, with .report,
    where something does not hold. docs/validate.md says what the report has.
    """
    flags = [
        "--no-plots", "--quiet", *flag("--exact", exact), *flag("--statistical", statistical), *flag("--claims", claims),
        *flag("--quick", quick), *flag("--against", os.fspath(against) if against is not None else None),
        *flag("--seeds", seeds), *flag("--workers", workers),
    ]  # fmt: skip
    return _report(["validate"], net, set, flags, binary)


def _report(command: Sequence[str], net: NetworkLike, set: Optional[Mapping[str, Any]], flags: Sequence[str], binary: "str | None") -> Summary:
    with Written(net, set) as w:
        answer = _binary.call([*command, *w.args, "--json", *flags], binary=binary)
        report = answer.json()
        told = Summary.of(report) if isinstance(report, dict) and "errors" not in report else None
        _binary.raise_for(answer, told, w.placed)
    _binary.warn(answer.warnings, stacklevel=4)
    return told if told is not None else Summary.of(answer.document())  # type: ignore[no-any-return]
