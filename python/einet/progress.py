"""A bar of progress for terminals and notebooks, without any library."""

from __future__ import annotations

import html
import importlib
import sys
import time
from typing import Any, Callable, Optional, TextIO, Union

Progress = Union[None, bool, Callable[[float, float, str], None]]
"""None: a bar where somebody sees it; True, False: always, never; or a function of done, total and the text."""

WIDTH = 20
PAUSE = 0.1  # s, between two looks of the bar
PATIENCE = 0.5  # s, before it appears


def in_notebook() -> bool:
    return "ipykernel" in sys.modules and getattr(sys.modules.get("builtins"), "__IPYTHON__", False)


class Bar:
    """One line that is written over: "[#####     ] 25 % text". It appears when what it shows has taken a while, and is cleared at the end."""

    def __init__(self, out: Optional[TextIO] = None, patience: float = PATIENCE):
        self.out = out or sys.stderr
        self.width = 0
        self.spoken = time.monotonic() + patience - PAUSE

    def __call__(self, done: float, total: float, text: str) -> None:
        now = time.monotonic()
        if now - self.spoken < PAUSE:
            return
        self.spoken = now
        part = min(max(done / total if total > 0 else 1.0, 0.0), 1.0)
        marks = round(part * WIDTH)
        self.show(f"[{'#' * marks}{' ' * (WIDTH - marks)}] {100 * part:3.0f} % {text}"[:110])

    def show(self, line: str) -> None:
        self.out.write("\r" + line.ljust(self.width))
        self.out.flush()
        self.width = len(line)

    def clear(self) -> None:
        if self.width:
            self.out.write("\r" + " " * self.width + "\r")
            self.out.flush()
            self.width = 0


class NotebookBar(Bar):
    """The same as an output that is replaced, so that the notebook does not keep each of its states."""

    handle: Any = None

    def show(self, line: str) -> None:
        page: Any = importlib.import_module("IPython.display")
        shown = page.HTML(f"<pre>{html.escape(line)}</pre>")
        if self.handle is None:
            self.handle = page.display(shown, display_id=True)
        else:
            self.handle.update(shown)

    def clear(self) -> None:
        if self.handle is not None:
            page: Any = importlib.import_module("IPython.display")
            self.handle.update(page.HTML(""))


def bar_for(progress: Progress) -> tuple[Optional[Callable[[float, float, str], None]], Callable[[], None]]:
    """What shows progress, or None, and what ends it."""
    if callable(progress):
        return progress, lambda: None
    if progress is None:
        progress = in_notebook() or sys.stderr.isatty()
    if not progress:
        return None, lambda: None
    bar = NotebookBar() if in_notebook() else Bar()
    return bar, bar.clear
