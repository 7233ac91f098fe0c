"""A bar of progress for terminals and notebooks, without any library."""

from __future__ import annotations

import sys
import time
from typing import Callable, Optional, TextIO, Union

Progress = Union[None, bool, Callable[[float, float, str], None]]
"""None: a bar where somebody sees it; True, False: always, never; or a function of done, total and the text."""

WIDTH = 20
PAUSE = 0.1  # s, between two looks of the bar


def in_notebook() -> bool:
    return "ipykernel" in sys.modules and getattr(sys.modules.get("builtins"), "__IPYTHON__", False)


class Bar:
    """One line that is written over: "[#####     ] 25 % text". It is cleared at the end."""

    def __init__(self, out: Optional[TextIO] = None):
        self.out = out or (sys.stdout if in_notebook() else sys.stderr)
        self.width = 0
        self.spoken = 0.0

    def __call__(self, done: float, total: float, text: str) -> None:
        now = time.monotonic()
        if now - self.spoken < PAUSE and done < total:
            return
        self.spoken = now
        part = min(max(done / total if total > 0 else 1.0, 0.0), 1.0)
        marks = round(part * WIDTH)
        line = f"[{'#' * marks}{' ' * (WIDTH - marks)}] {100 * part:3.0f} % {text}"[:110]
        self.out.write("\r" + line.ljust(self.width))
        self.out.flush()
        self.width = len(line)

    def clear(self) -> None:
        if self.width:
            self.out.write("\r" + " " * self.width + "\r")
            self.out.flush()
            self.width = 0


def bar_for(progress: Progress) -> tuple[Optional[Callable[[float, float, str], None]], Callable[[], None]]:
    """What shows progress, or None, and what ends it."""
    if callable(progress):
        return progress, lambda: None
    if progress is None:
        progress = in_notebook() or sys.stderr.isatty()
    if not progress:
        return None, lambda: None
    bar = Bar()
    return bar, bar.clear
