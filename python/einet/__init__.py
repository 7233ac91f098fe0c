"""einet from Python: networks of excitatory and inhibitory spiking neurons, simulated by the program einet.

    import einet

    net = einet.preset("ei")
    net["populations"]["E"]["input"] = 70
    r = einet.run(net, duration=2000, seed=3)
    r.rates()
    times, ids = r.spikes("E")

Times are in ms, potentials and inputs in mV, rates in Hz, as in the network language. docs/from-python.md has the rest.
"""

from .binary import find, version
from .columns import Columns, Summary
from .errors import CheckFailed, EinetWarning, Error, Fault, Interrupted, MachineError, NetworkError, NotRecorded
from .network import Network, load, preset, presets
from .results import Figure, Results, open_results
from .running import resume, run, theory, validate
from .spikes import Series, Spikes
from .sweeping import sweep

__version__ = "0.1.0"

__all__ = [
    "CheckFailed", "Columns", "EinetWarning", "Error", "Fault", "Figure", "Interrupted", "MachineError", "Network", "NetworkError",
    "NotRecorded", "Results", "Series", "Spikes", "Summary", "find", "load", "open_results", "preset", "presets", "resume", "run", "sweep",
    "theory", "validate", "version",
]  # fmt: skip
