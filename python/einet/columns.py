"""Arrays of a run's files by name, and its summary: what is read when it is asked for."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import numpy as np

from .errors import NetworkError, NotRecorded

if TYPE_CHECKING:
    from .results import Results


class Summary(dict[str, Any]):
    """A JSON object whose keys are attributes too: summary.populations.E.rate_hz. What does not exist is None."""

    def __getattr__(self, key: str) -> Any:
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"there is no {key}; there are {', '.join(self)}") from None

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    @staticmethod
    def of(value: Any) -> Any:
        """The value with all its objects made summaries."""
        if isinstance(value, dict):
            return Summary((k, Summary.of(v)) for k, v in value.items())
        if isinstance(value, list):
            return [Summary.of(v) for v in value]
        return value


class Columns(Mapping[str, Any]):
    """Arrays of an npz file by name, each read when it is asked for; names are attributes too.

    A state of a model that is called times or neurons has an underscore behind its name, state["times_"], and so have as attributes
    those that are called as a method of mappings: state["keys"], state.keys_.
    """

    def __init__(self, archive: "Archive", names: dict[str, str], said: dict[str, Any], shape: str):
        self._archive, self._said, self._shape = archive, said, shape
        self._names = {name + "_" if name in said else name: at for name, at in names.items()}

    def __getitem__(self, name: str) -> Any:
        return self._said[name] if name in self._said else self._archive[self._names[name]]

    def __iter__(self) -> "Iterator[str]":
        return iter([*self._said, *self._names])

    def __len__(self) -> int:
        return len(self._said) + len(self._names)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        for key in (name, name[:-1] if name.endswith("_") else name):
            if key in self:
                return self[key]
        raise AttributeError(f"there is no {name}; there are {', '.join(self)}")

    def __contains__(self, name: object) -> bool:
        return name in self._said or name in self._names

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self]

    def __repr__(self) -> str:
        return f"<{self._shape}: {', '.join(self)}>"


DAMAGE = (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile, zlib.error, NotImplementedError)
"""What numpy raises of a file that is no npz or not all of one."""


def damaged(path: Path, why: object) -> NetworkError:
    """The fault of a file that is not as einet writes it."""
    return NetworkError(f"{path}: is damaged, or no file of a run: {why}")


class Names(dict[str, str]):
    """The names of a population's arrays, without its name in front, and what they are called in the file."""

    def __init__(self, path: Path, population: str, names: "dict[str, str]"):
        super().__init__(names)
        self._path, self._population = path, population

    def __missing__(self, name: str) -> str:
        raise damaged(self._path, f"there is no array {self._population}_{name}")

    def take(self, name: str) -> str:
        """What an array is called in the file; it is then no longer among the names."""
        found = self[name]
        del self[name]
        return found


class Archive:
    """An npz file of a run, opened when it is needed. It holds the run, whose folder may be temporary."""

    def __init__(self, owner: "Results", file: str):
        self.owner, self.path = owner, owner.folder / file
        self.files: list[str] = []
        self._read: dict[str, Any] = {}
        if self.path.exists():
            self.files = self._open(lambda f: list(f.files))

    def _open(self, read: "Callable[[Any], Any]") -> Any:
        """What read says of the file."""
        try:
            with open(self.path, "rb") as file:
                f = np.load(file, allow_pickle=False)
                if isinstance(f, np.ndarray):
                    raise ValueError("it is one array without a name")
                with f:
                    return read(f)
        except DAMAGE as e:
            raise damaged(self.path, e) from e

    def __getitem__(self, name: str) -> Any:
        if name not in self._read:
            if name not in self.files:
                raise damaged(self.path, f"there is no array {name}" if self.files else "it is not there")
            self._read[name] = self._open(lambda f: f[name])
        return self._read[name]

    def alike(self, *names: str) -> None:
        """Refuses a file whose arrays of these names have not one length and one dimension."""
        shapes = {self[name].shape for name in names}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            raise damaged(self.path, f"{', '.join(names)} are not as long as each other")

    def of(self, population: str, others: "list[str]") -> Names:
        """The names of a population's arrays."""
        longer = [o + "_" for o in others if o.startswith(population + "_")]
        mine = [f for f in self.files if f.startswith(population + "_") and not f.startswith(tuple(longer))]
        return Names(self.path, population, {f[len(population) + 1 :]: f for f in mine})


class ByPopulation(Mapping[str, Any]):
    """What was recorded of each population."""

    def __init__(self, of: dict[str, Any], hint: str):
        self._of, self._hint = of, hint

    def __getitem__(self, population: str) -> Any:
        if population not in self._of:
            raise NotRecorded(f"{population}: {self._hint}")
        return self._of[population]

    def __iter__(self) -> "Iterator[str]":
        return iter(self._of)

    def __len__(self) -> int:
        return len(self._of)

    def __contains__(self, key: object) -> bool:
        return key in self._of

    def __repr__(self) -> str:
        return f"<{', '.join(self)}>"
