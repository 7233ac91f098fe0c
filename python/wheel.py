#!/usr/bin/env python3
"""Usage: python3 python/wheel.py VERSION FOLDER

Packs the package with bin/einet and, if it was built, bin/einet-gl into FOLDER/einet-...-py3-none-manylinux....whl. It needs Python 3.11
and Go. The same commit gives the same file. VERSION is that of git describe: 0.1.0, or 0.1.0-14-g53fa4b5.
"""

import base64
import hashlib
import os
import platform
import re
import struct
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent

# ELF's number of a machine: the name that wheels have for it.
MACHINES = {62: "x86_64", 183: "aarch64"}


def public(described: str, base: str) -> str:
    """A version as PEP 440 has it: a tag as it is, else the package's with the commit behind it."""
    tag = described.removeprefix("v")
    if re.fullmatch(r"\d+(\.\d+)*", tag):
        return tag
    return base + "+" + re.sub(r"[^a-z0-9]+", ".", tag.lower()).strip(".")


def tags(program: Path) -> str:
    """The platforms of a program. einet links nothing and needs no C library, so it is at home on the oldest that are named."""
    head = program.read_bytes()[:20]
    if head[:4] != b"\x7fELF":
        return "any" if platform.system() == "Linux" else sys.exit(f"{program}: is no program for Linux")
    machine = MACHINES[struct.unpack("<H", head[18:20])[0]]
    return f"manylinux_2_17_{machine}.manylinux2014_{machine}.musllinux_1_1_{machine}"


def metadata(project: dict, version: str) -> str:
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {project['name']}",
        f"Version: {version}",
        f"Summary: {project['description']}",
        f"License: {project['license']['text']}",
        f"Requires-Python: {project['requires-python']}",
        *(f"Requires-Dist: {d}" for d in project["dependencies"]),
    ]
    for extra, needs in project["optional-dependencies"].items():
        lines += [f"Provides-Extra: {extra}", *(f"Requires-Dist: {d}; extra == '{extra}'" for d in needs)]
    return "\n".join([*lines, "Description-Content-Type: text/markdown", "", (HERE / project["readme"]).read_text()])


def write(file: Path, contents: "dict[str, tuple[bytes, int]]", info: str) -> None:
    """Writes a wheel of contents, name: bytes and mode, with its record."""
    said = subprocess.run(["git", "-C", ROOT, "log", "-1", "--format=%ct"], capture_output=True, text=True).stdout.strip()
    when = time.gmtime(max(int(said or 0), 315532800))[:6]  # zip begins in 1980
    record = []
    for name, (data, _) in contents.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        record.append(f"{name},sha256={digest},{len(data)}\n")
    record.append(f"{info}/RECORD,,\n")
    contents[f"{info}/RECORD"] = ("".join(record).encode(), 0o644)
    part = file.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z:
        for name, (data, mode) in contents.items():
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            z.writestr(entry, data)
    part.replace(file)


def main(described: str, folder: str) -> None:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    version = public(described, project["version"])
    programs = [p for p in (ROOT / "bin/einet", ROOT / "bin/einet-gl") if p.exists()]
    if not programs or programs[0].name != "einet":
        sys.exit("wheel: there is no bin/einet: make build")
    sources = [p for p in sorted((HERE / "einet").rglob("*")) if p.suffix == ".py" or p.name == "py.typed"]
    contents = {p.relative_to(HERE).as_posix(): (p.read_bytes(), 0o644) for p in sources}
    contents |= {f"einet/bin/{p.name}": (p.read_bytes(), 0o755) for p in programs}
    tag = tags(programs[0])
    info = f"einet-{version}.dist-info"
    wheel = "".join(["Wheel-Version: 1.0\nGenerator: einet\nRoot-Is-Purelib: false\n", *(f"Tag: py3-none-{t}\n" for t in tag.split("."))])
    texts = {
        "METADATA": metadata(project, version),
        "WHEEL": wheel,
        "entry_points.txt": "[console_scripts]\neinet = einet.__main__:main\n",
        "top_level.txt": "einet\n",
        "licenses/LICENSE": (ROOT / "LICENSE").read_text(),
        "licenses/NOTICE": (ROOT / "NOTICE").read_text(),
    }
    contents |= {f"{info}/{name}": (text.encode(), 0o644) for name, text in texts.items()}
    with tempfile.TemporaryDirectory() as licenses:
        subprocess.run([ROOT / "scripts/licenses", licenses], check=True)
        for p in sorted(Path(licenses).rglob("*")):
            if p.is_file():
                contents[f"{info}/licenses/{p.relative_to(licenses)}"] = (p.read_bytes(), 0o644)
    os.makedirs(folder, exist_ok=True)
    file = Path(folder) / f"einet-{version}-py3-none-{tag}.whl"
    write(file, contents, info)
    print(file)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
