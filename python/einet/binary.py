"""The program that simulates: where it is, and a call of it."""

from __future__ import annotations

import atexit
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional, Sequence

from .errors import CheckFailed, EinetWarning, Fault, Interrupted, MachineError, NetworkError

HERE = Path(__file__).resolve().parent

OnLine = Callable[[str], None]


def find(binary: "str | os.PathLike[str] | None" = None) -> str:
    """The path of einet: the argument, $EINET, the one that came with the wheel, PATH, or the checkout's bin/, whichever is first.

    Raises MachineError where there is none.
    """
    for name, given in (("binary", binary), ("$EINET", os.environ.get("EINET"))):
        if given:
            path = shutil.which(os.path.expanduser(os.fspath(given)))
            if path is None:
                raise MachineError(f"{name} {os.fspath(given)}: is no program that can be run")
            return os.path.abspath(path)
    carried, built = HERE / "bin" / "einet", HERE.parent.parent / "bin" / "einet"
    for found in (carried, shutil.which("einet"), built):
        if found and os.access(found, os.X_OK):
            return os.path.abspath(found)
    raise MachineError(
        f"there is no einet: neither {carried} nor on the PATH nor {built}; build it (make build), install a wheel that carries it, "
        "or say where it is (EINET=/path/to/einet)"
    )


def version(binary: "str | None" = None) -> str:
    """The version of the program, as `einet version` prints it."""
    return (call(["version"], binary=binary).out.split() or ["unknown"])[-1]


@dataclass
class Answer:
    """What a call of the program printed: standard output, and lines of standard error that are neither progress nor warnings."""

    program: str
    status: int
    out: str
    lines: list[str]
    warnings: list[str]

    def json(self) -> Any:
        """What standard output says, None where it is not JSON."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None

    def document(self) -> "dict[str, Any]":
        """The same of a call that did all it should, which prints a JSON object."""
        said = self.json()
        if not isinstance(said, dict):
            raise MachineError(f"{self.program}: printed no JSON: is it einet?")
        return said


_progress = re.compile(r"^einet: (\S+) of (\S+) s, \S+ left, ")
_warning = re.compile(r"^\d\d:\d\d:\d\d WRN (.*)$")


class Child:
    """A running einet, in a session of its own, so that Ctrl-C reaches it through this process alone."""

    running: "set[Child]" = set()

    def __init__(self, command: Sequence[str]):
        try:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env={**os.environ, "EINET_PARENT": str(os.getpid())},  # with which it ends
                start_new_session=True,
            )
        except OSError as e:
            raise MachineError(f"{command[0]}: {e.strerror}") from e
        Child.running.add(self)
        self.lines: "queue.Queue[Optional[str]]" = queue.Queue()
        self.out = b""
        self._readers = [threading.Thread(target=read, daemon=True) for read in (self._read_out, self._read_lines)]
        for r in self._readers:
            r.start()

    def _read_out(self) -> None:
        assert self.process.stdout
        self.out = self.process.stdout.read()

    def _read_lines(self) -> None:
        assert self.process.stderr
        for line in self.process.stderr:
            self.lines.put(line.decode(errors="replace").rstrip("\n"))
        self.lines.put(None)

    def interrupt(self) -> None:
        """Asks it to end and write what there is; does not wait."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)

    def wait(self, on_line: OnLine) -> int:
        """Gives each line of standard error to on_line, here in the caller's thread. Returns the exit status.

        Ctrl-C is passed on once, and waited for; a second one, and an exception of on_line, end the child at once.
        """
        interrupted = False
        try:
            while True:
                try:
                    line = self.lines.get()
                    if line is None:
                        break
                    on_line(line)
                except KeyboardInterrupt:
                    if interrupted:
                        raise
                    interrupted = True
                    self.interrupt()
            status = self.process.wait()
            for r in self._readers:
                r.join()
            return 130 if interrupted and status == 0 else status  # one that came too late to stop the child is still told
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            Child.running.discard(self)
            for pipe in (self.process.stdout, self.process.stderr):
                if pipe and not any(r.is_alive() for r in self._readers):
                    pipe.close()


@atexit.register
def _end_all() -> None:
    for child in list(Child.running):
        child.interrupt()


def call(
    args: Sequence[str],
    *,
    binary: "str | None" = None,
    on_progress: Optional[Callable[[float, float, str], None]] = None,
    on_line: Optional[OnLine] = None,
    started: Optional[Callable[[Child], None]] = None,
) -> Answer:
    """Runs einet and waits for it. on_progress gets done and total [ms of model time] and the line; on_line what else is no fault.

    started gets the child, which another thread may interrupt.
    """
    path = find(binary)
    child = Child([path, *args])
    if started:
        started(child)
    a = Answer(path, 0, "", [], [])

    def take(line: str) -> None:
        if m := _progress.match(line):
            if on_progress:
                on_progress(1000 * float(m[1]), 1000 * float(m[2]), line[len("einet: ") :])
        elif m := _warning.match(line):
            a.warnings.append(m[1])
        else:
            a.lines.append(line)
            if on_line:
                on_line(line)

    a.status = child.wait(take)
    a.out = child.out.decode(errors="replace")
    return a


def warn(messages: Sequence[str], stacklevel: int = 3) -> None:
    for message in messages:
        warnings.warn(message, EinetWarning, stacklevel=stacklevel)


def faults(answer: Answer) -> list[Fault]:
    """What einet says is wrong: of its JSON, or else of its lines."""
    said = answer.json()
    if isinstance(said, dict) and isinstance(said.get("errors"), list):
        return [Fault(**e) for e in said["errors"]]
    lines = [line[len("einet: ") :] for line in answer.lines if line.startswith("einet: ")]
    return [Fault(line) for line in lines] or [Fault("\n".join(answer.lines) or f"einet ended with status {answer.status}")]


def raise_for(answer: Answer, result: Any = None, placed: Callable[[Fault], Fault] = lambda f: f) -> None:
    """Raises what the exit status says, if it says something. placed gives a fault its place in Python."""
    status = answer.status
    if status == 0:
        return
    if not answer.out and not answer.lines and status > 0 and status != 130:
        raise MachineError(f"{answer.program}: ended with status {status} and said nothing: is it einet?", result)
    found = [placed(f) for f in faults(answer)]
    if status == 130 or status == -signal.SIGINT:
        told = [f.message for f in found if f.message and not f.message.startswith("einet ended")]
        raise Interrupted(told[-1] if told else "interrupted", result)
    if status == 1:
        raise CheckFailed(found, result)
    if status == 2:
        if "unknown flag" in found[0].message or "unexpected argument" in found[0].message:
            raise MachineError(f"{found[0].message}: {answer.program} is of another version than the Python package")
        raise NetworkError(found, result)
    if status < 0:
        name = signal.Signals(-status).name
        raise MachineError(f"einet was ended by {name}" + (", as systems do that run out of memory" if name == "SIGKILL" else ""), result)
    raise MachineError(found, result)
