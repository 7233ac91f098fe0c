"""Holds einet to what pip installs: every check of this folder, as one page.

    python validate/peers/peers.py                     all checks
    python validate/peers/peers.py elephant sonata     some
    python validate/peers/peers.py --page docs/peers.md

Each check prints a section of Markdown, and its exit status says whether it holds. Exit status 1 says that one does not; a page is
written if all were made, holding or not.
"""

import argparse
import os
import pathlib
import platform
import subprocess
import sys
import time

from section import EINET, HERE, versions

CHECKS = ["exported", "script", "pynn", "elephant", "brainpy", "sonata", "circuit", "notebook", "plasticity", "learning_time"]

HEAD = """# Other simulators and tools

`make test-peers` makes a virtual environment of [what pip installs](../validate/peers/requirements.txt), holds einet to it, and ends with status 1 where
something below does not hold. This page is what its checks print (`make test-peers PEER_PAGE=docs/peers.md`); statistics of many seeds of the presets in NEST and Brian2,
which it runs too, are in [presets.md](presets.md), and NEST's spikes given to `einet validate` in [validate.md](validate.md). Each check has a control: something is changed,
and must be noticed.

{machine}
"""


def processor():
    try:
        for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def machine():
    said = subprocess.run([EINET, "version"], capture_output=True, text=True, check=True).stdout.split()[-1]
    return f"einet {said}, Python {platform.python_version()}, {versions('numpy')}; {os.cpu_count()} processors ({processor()})."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checks", nargs="*", metavar="CHECK", help=f"of {', '.join(CHECKS)}; all, if none is named")
    parser.add_argument("--page", type=pathlib.Path, help="file for the page; with all checks only")
    a = parser.parse_args()
    unknown = [c for c in a.checks if c not in CHECKS]
    if unknown or a.page and a.checks:
        parser.error(f"{unknown[0]}: must be one of {', '.join(CHECKS)}" if unknown else "--page: is of all checks")
    sections, wrong = [HEAD.format(machine=machine())], []
    for name in a.checks or CHECKS:
        began = time.monotonic()
        done = subprocess.run([sys.executable, HERE / f"check_{name}.py"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        took = time.monotonic() - began
        holds = done.returncode == 0
        print(f"{name}: {'holds' if holds else 'FAIL'} ({took:.0f} s)", file=sys.stderr, flush=True)
        if not holds:
            wrong.append(name)
            print(done.stderr[-3000:], file=sys.stderr, flush=True)
        begins = done.stdout.find("## ")  # behind what simulators greet with
        if begins < 0:
            sys.exit(f"{name}: ended with status {done.returncode} and printed no section")
        sections.append(done.stdout[begins:])
        print(sections[-1], flush=True)
    if a.page:
        part = a.page.with_suffix(".part")
        part.write_text("\n".join(s.rstrip() + "\n" for s in sections), encoding="utf-8")
        part.replace(a.page)
    print("FAIL: " + ", ".join(wrong) if wrong else "pass: all hold, and every change was noticed", file=sys.stderr)
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
