"""python -m einet ARGUMENTS is einet ARGUMENTS; the command that a wheel installs."""

import os
import sys
from typing import NoReturn

from .binary import find
from .errors import MachineError


def main() -> NoReturn:
    try:
        path = find()
    except MachineError as e:
        print(f"einet: {e}", file=sys.stderr)
        sys.exit(3)
    os.execv(path, [path, *sys.argv[1:]])


if __name__ == "__main__":
    main()
