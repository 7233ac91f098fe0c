"""Sections of docs/peers.md: each check prints one, and fails by its exit status."""

import os
import pathlib
import subprocess
import sys
from importlib.metadata import version

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
EINET = os.environ.get("EINET", str(ROOT / "bin" / "einet"))


def einet(*arguments):
    """Runs einet and waits for it."""
    subprocess.run([EINET, *map(str, arguments)], check=True, stdout=subprocess.DEVNULL)


def versions(*packages):
    """Names and versions of installed packages, in words."""
    return ", ".join(f"{p} {version(p)}" for p in packages)


class Section:
    """Lines of Markdown, and whether what they tell holds."""

    def __init__(self, title, about):
        self.lines = [f"## {title}", "", about, ""]
        self.wrong = []

    def table(self, head, rows):
        self.lines += ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
        self.lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows] + [""]

    def text(self, *lines):
        self.lines += [*lines, ""]

    def hold(self, holds, what):
        """Keeps what does not hold. Returns it in a word."""
        if not holds:
            self.wrong.append(what)
        return "yes" if holds else "**no**"

    def end(self):
        """Prints the section, and ends the program."""
        for what in self.wrong:
            self.text(f"**Does not hold: {what}**")
            print(f"FAIL: {what}", file=sys.stderr)
        print("\n".join(self.lines).rstrip(), flush=True)
        sys.exit(bool(self.wrong))
