"""What this layer refuses, by PyNN's names where PyNN has one."""

from __future__ import annotations

from ..errors import Error, NetworkError


class NotSupported(Error, NotImplementedError):
    """PyNN has it and einet, or this layer, has not; the message names it."""


class NotThere(NotSupported, AttributeError):
    """A name of PyNN's that this layer lacks; hasattr says so too."""


class ConnectionError(NetworkError):
    """A projection that cannot be: its ends, its weights' sign, its list."""


class NonExistentParameterError(NetworkError):
    """A parameter or variable that the cell type lacks."""


class InvalidParameterValueError(NetworkError):
    """A value that is no number, or not as many as there are cells."""


class RecordingError(NetworkError):
    """A variable that the cell type does not record, or data that was not recorded."""


class NothingToWriteError(NetworkError):
    """There is no data to write."""
