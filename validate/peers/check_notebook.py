"""The notebook, executed anew by nbconvert, prints what it prints in the repository."""

import os
import re
import sys

import nbformat
from nbconvert.preprocessors import ExecutePreprocessor
from section import EINET, ROOT, Section, versions

NOTEBOOK = ROOT / "python/examples/balanced.ipynb"


def said(notebook):
    """The text that each cell of code printed, and the digests of what it shows."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            texts = [o.get("text", "") or o.get("data", {}).get("text/plain", "") for o in cell.outputs]
            texts = [t for t in texts if t != "<IPython.core.display.HTML object>"]  # a bar of progress, where it took so long
            shown = [d for o in cell.outputs for d in re.findall(r"[0-9a-f]{64}", str(o.get("data", {}).get("text/html", "")))]
            found.append(("".join(texts), shown))
    return found


def main():
    os.environ["PYTHONPATH"], os.environ["EINET"] = str(ROOT / "python"), EINET
    kept = nbformat.read(NOTEBOOK, as_version=4)
    fresh, changed = nbformat.from_dict(kept), nbformat.from_dict(nbformat.read(NOTEBOOK, as_version=4))
    before = said(kept)
    executor = ExecutePreprocessor(timeout=600, kernel_name="python3")
    executor.preprocess(fresh, {"metadata": {"path": str(NOTEBOOK.parent)}})
    after = said(fresh)
    for cell in changed.cells:
        cell.source = cell.source.replace("seed=", "seed=1+")
    executor.preprocess(changed, {"metadata": {"path": str(NOTEBOOK.parent)}})
    s = Section(
        "The notebook",
        f"[balanced.ipynb](../python/examples/balanced.ipynb), executed by nbconvert ({versions('nbconvert', 'ipykernel')}, Python {sys.version.split()[0]}), prints what stands in the repository. "
        "The control has other seeds.",
    )
    differ = [k for k, (a, b) in enumerate(zip(before, after)) if a != b]
    for k in differ:
        print(f"cell {k}:\n{before[k]}\nis now\n{after[k]}", file=sys.stderr)
    ok = s.hold(len(before) == len(after) and not differ, f"the notebook's cells {differ} print something else")
    other = sum(a != b for a, b in zip(before, said(changed)))
    s.hold(other > 0, "a notebook with other seeds prints something else")
    s.table(["cells with code", "print the same", "with other seeds differ"], [[len(before), ok, other]])
    s.end()


if __name__ == "__main__":
    main()
