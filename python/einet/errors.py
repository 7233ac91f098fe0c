"""What goes wrong, as exceptions: one class for each exit status of einet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Sequence


@dataclass(frozen=True)
class Fault:
    """One fault of a network or a command, as einet tells it.

    place is where the value was written: "mine.yaml:7:12", or a flag; of a network that was made or changed in Python
    the value itself, 'net["populations"]["E"]["size"]'. path is "populations.E.size", value is as written, "missing" or
    "unknown key", allowed says what is allowed there, snippet is the line of the file with a caret below it. All but
    message may be empty.
    """

    message: str
    place: str = ""
    path: str = ""
    value: str = ""
    allowed: str = ""
    snippet: str = ""

    def __str__(self) -> str:
        return self.message


class Error(Exception):
    """What einet can't or won't do. faults has each of its reasons."""

    def __init__(self, faults: "Sequence[Fault] | str", result: Any = None):
        self.faults: tuple[Fault, ...] = (Fault(faults),) if isinstance(faults, str) else tuple(faults)
        self.result = result
        """What was simulated until then (Results), or None."""
        super().__init__("\n".join(f.message + ("\n" + f.snippet if f.snippet else "") for f in self.faults))

    @property
    def _first(self) -> Fault:
        return self.faults[0] if self.faults else Fault("")

    @property
    def place(self) -> str:
        """Where the first fault is."""
        return self._first.place

    @property
    def path(self) -> str:
        """The path of the first fault, such as populations.E.size."""
        return self._first.path

    @property
    def value(self) -> str:
        """The value that the first fault is of, as written."""
        return self._first.value

    @property
    def allowed(self) -> str:
        """What is allowed there."""
        return self._first.allowed


class NetworkError(Error, ValueError):
    """The network, a file or an argument is wrong (exit status 2)."""


class MachineError(Error, RuntimeError):
    """This machine can't do it: no memory, disk or device, or no einet (exit status 3)."""


class CheckFailed(Error):
    """A check failed (exit status 1). report is what einet printed, as a Summary."""

    @property
    def report(self) -> Any:
        return self.result


class NotRecorded(Error, LookupError):
    """The run did not keep what was asked for; the message says what of net["record"] would."""


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, or a signal to einet. result is what was simulated until then (Results; of a sweep its table), or None."""

    def __init__(self, message: str, result: Optional[Any] = None):
        super().__init__(message)
        self.result = result


class EinetWarning(UserWarning):
    """What einet warns of."""
