"""What scripts take from pyNN.utility: the choice of a simulator, time, progress, names of files."""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import sys
import time
from datetime import datetime
from typing import Any, Optional


def get_simulator(*arguments: Any) -> "tuple[Any, argparse.Namespace]":
    """The simulator that the command line names, and its arguments: "einet", or a back end of PyNN where that is installed.

    Further arguments are (name, help) or (name, help, keywords of argparse).
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("simulator", help="einet, or another back end of an installed PyNN: nest, neuron, brian2")
    for name, about, *more in arguments:
        parser.add_argument(name, help=about, **(more[0] if more else {}))
    said = parser.parse_args()
    try:
        return importlib.import_module(("einet.pynn." if said.simulator == "einet" else "pyNN.") + said.simulator), said
    except ImportError as e:
        parser.error(f"simulator {said.simulator}: {e}")


def get_script_args(n_args: int, usage: str = "") -> "list[str]":
    """The arguments of the script, of which there must be n_args."""
    args = sys.argv[1 : 1 + n_args]
    if len(args) != n_args:
        raise SystemExit(usage or f"the script needs {n_args} arguments, and got {len(args)}")
    return args


def init_logging(
    logfile: Optional[str], debug: bool = False, num_processes: int = 1, rank: int = 0, level: Optional[int] = None
) -> logging.Logger:
    """Sends messages to a file, or to standard error."""
    level = level or (logging.DEBUG if debug else logging.INFO)
    logging.basicConfig(level=level, filename=logfile, filemode="w" if logfile else "a", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    return logging.getLogger("einet.pynn")


def normalized_filename(
    root: str, basename: str, extension: str, simulator: str, num_processes: Optional[int] = None, use_iso8601: bool = False
) -> str:
    """root/DATE/basename_simulator_npN_TIME.extension"""
    day, moment = ("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S") if use_iso8601 else ("%Y%m%d", "%Y%m%d-%H%M%S")
    now = datetime.now()
    processes = f"_np{num_processes}" if num_processes else ""
    return os.path.join(root, now.strftime(day), f"{basename}_{simulator}{processes}_{now.strftime(moment)}.{extension}")


class Timer:
    """Time since it was made, in seconds."""

    def __init__(self) -> None:
        self.marks: list[tuple[str, float]] = []
        self.start()

    def start(self) -> None:
        self._began = self._last = time.perf_counter()

    reset = start

    def elapsed_time(self, format: Optional[str] = None) -> Any:
        """Since the start; "long" says it in words."""
        self._last = time.perf_counter()
        return self._said(self._last - self._began, format)

    elapsedTime = elapsed_time

    def diff(self, format: Optional[str] = None) -> Any:
        """Since the last look."""
        before, self._last = self._last, time.perf_counter()
        return self._said(self._last - before, format)

    def mark(self, label: str) -> None:
        """Keeps the time since the last look in marks."""
        self.marks.append((label, self.diff()))

    @classmethod
    def _said(cls, seconds: float, format: Optional[str]) -> Any:
        return cls.time_in_words(seconds) if format == "long" else seconds

    @staticmethod
    def time_in_words(s: float) -> str:
        words, rest = [], int(s)
        for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
            n, rest = divmod(rest, length)
            if n:
                words.append(f"{n} {unit}{'s' if n > 1 else ''}")
        return ", ".join(words) or "0 seconds"


class ProgressBar:
    """A bar that a connector or a script moves; level is between 0 and 1."""

    def __init__(self, width: int = 77, char: str = "#", mode: str = "fixed"):
        self.width, self.char, self.mode = width, char, mode

    def set_level(self, level: float) -> None:
        marks = round(min(max(level, 0.0), 1.0) * self.width)
        print(f"[{self.char * marks:{self.width if self.mode == 'fixed' else 0}}] {100 * level:3.0f} %")

    __call__ = set_level


class SimulationProgressBar(ProgressBar):
    """Given to run as a callback. einet shows a bar of its own on terminals and in notebooks, so this one is moved once, at the end."""

    def __init__(self, interval: float, t_stop: float, char: str = "#", mode: str = "fixed"):
        super().__init__(int(t_stop / interval), char, mode)
        self.interval, self.t_stop = interval, t_stop

    def __call__(self, t: float) -> float:  # type: ignore[override]
        self.set_level(t / self.t_stop)
        return t + self.interval
