"""Scripts of PyNN on einet: the part of PyNN's interface that networks of integrate-and-fire neurons with static synapses need.

    import einet.pynn as sim

    sim.setup(timestep=0.1)
    cells = sim.Population(100, sim.IF_curr_exp(i_offset=1.0), label="E")
    cells.record("spikes")
    sim.run(1000)
    print(cells.mean_spike_count(), cells.get_data().segments[0].spiketrains[0])

Names, units and signs are PyNN's: ms, mV, nA, uS, nF; inhibitory weights are negative of current-based cells and positive of
conductance-based ones. einet builds and simulates the whole network at run(). What it can't do raises NotSupported, by its name.
docs/from-python.md has what there is, and what differs from other back ends.
"""

from __future__ import annotations

import sys as _sys
from typing import Any, Optional, Sequence

from ..network import Network
from . import state as _state
from .cells import (
    CELL_TYPES as _CELL_TYPES, IF_cond_alpha, IF_cond_exp, IF_curr_alpha, IF_curr_delta, IF_curr_exp, SpikeSourceArray,
    SpikeSourcePoisson, StandardCellType,
)  # fmt: skip
from .connectors import (
    AllToAllConnector, ArrayConnector, Connector, FixedNumberPostConnector, FixedNumberPreConnector, FixedProbabilityConnector,
    FixedTotalNumberConnector, FromFileConnector, FromListConnector, OneToOneConnector,
)  # fmt: skip
from .electrodes import ACSource, DCSource, StepCurrentSource
from .errors import NotSupported, NotThere
from .build import build as _build
from .nodes import ID
from .populations import Assembly, Population, PopulationView
from .projections import Projection
from .random import NativeRNG, NumpyRNG, RandomDistribution
from .synapses import StaticSynapse
from .utility import SimulationProgressBar as _SimulationProgressBar

__all__ = [
    "ACSource", "AllToAllConnector", "ArrayConnector", "Assembly", "Connector", "DCSource", "FixedNumberPostConnector",
    "FixedNumberPreConnector", "FixedProbabilityConnector", "FixedTotalNumberConnector", "FromFileConnector", "FromListConnector", "ID",
    "IF_cond_alpha", "IF_cond_exp", "IF_curr_alpha", "IF_curr_delta", "IF_curr_exp", "NativeRNG", "NotSupported", "NumpyRNG",
    "OneToOneConnector", "Population", "PopulationView", "Projection", "RandomDistribution", "SpikeSourceArray", "SpikeSourcePoisson",
    "StandardCellType", "StaticSynapse", "StepCurrentSource", "connect", "create", "end", "get_current_time", "get_max_delay",
    "get_min_delay", "get_time_step", "initialize", "list_standard_models", "network", "num_processes", "rank", "record", "reset", "run",
    "run_for", "run_until", "set", "setup",
]  # fmt: skip

# Scripts import the simulator that they are told, "pyNN." + name: by the name einet this package is that simulator.
_sys.modules[__name__ + ".einet"] = _sys.modules[__name__]

_OPTIONS = ("engine", "device", "threads", "connectivity", "binary", "progress")
_OTHERS = """CSAConnector CloneConnector DisplacementDependentProbabilityConnector DistanceDependentProbabilityConnector
EIF_cond_alpha_isfa_ista EIF_cond_exp_isfa_ista ElectricalSynapse GIF_cond_exp HH_cond_exp IF_cond_exp_gsfa_grr IF_facets_hardware1
IndexBasedProbabilityConnector Izhikevich MultiQuantalSynapse NoisyCurrentSource STDPMechanism SimpleStochasticSynapse
SmallWorldConnector Space SpikePairRule SpikeSourceGamma SpikeSourceInhGamma SpikeSourcePoissonRefractory
StochasticTsodyksMarkramSynapse TsodyksMarkramSynapse AdditiveWeightDependence MultiplicativeWeightDependence
AdditivePotentiationMultiplicativeDepression GutigWeightDependence Vogels2011Rule""".split()


def __getattr__(name: str) -> Any:
    if name in _OTHERS:
        raise NotThere(f"einet.pynn has no {name}; what it has is in docs/from-python.md")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def setup(timestep: float = 0.1, min_delay: Any = "auto", **extra_params: Any) -> int:
    """Forgets the network there was and begins one. Returns 0, the rank of the only process.

    timestep, min_delay and max_delay are in ms. Of extra_params rng_seed is einet's seed (else that of the script's generators), and
    engine, device, threads, connectivity and progress are those of einet.run; what other back ends take is left out.
    """
    max_delay = extra_params.get("max_delay", 10.0)
    lowest = timestep if min_delay == "auto" else float(min_delay)
    if lowest < timestep:
        raise NotSupported(f"min_delay {lowest:g} ms: must be at least the timestep, {timestep:g} ms")
    seed = extra_params.get("rng_seed")
    options = {k: extra_params[k] for k in _OPTIONS if extra_params.get(k) is not None}
    simulation = _state.Simulation(float(timestep), lowest, float(max_delay) if max_delay != "auto" else 10.0, seed, options)
    simulation.cell_types = list_standard_models()
    _state.begin(simulation)
    return 0


def run(simtime: float, callbacks: Optional[Sequence[Any]] = None) -> float:
    """Simulates so many ms more, and returns the time.

    A second run begins at the start again, with the same spikes, and goes on from there; so the network must stay as it is between them.
    """
    for callback in callbacks or ():
        if not isinstance(callback, _SimulationProgressBar):
            raise NotSupported("run: callbacks: einet does not stop within a run, except to move a SimulationProgressBar")
    _state.current().run(float(simtime))
    for callback in callbacks or ():
        callback(callback.t_stop)
    return get_current_time()


run_for = run


def run_until(time_point: float, callbacks: Optional[Sequence[Any]] = None) -> float:
    """Simulates until a time [ms]."""
    return run(time_point - get_current_time(), callbacks)


def reset(annotations: Any = None) -> None:
    """Back to time 0. What was recorded stays, as a segment of its own; the network may be changed. einet's trial counts the segments."""
    _state.current().reset()


def end(compatible_output: bool = True) -> None:
    """Writes what record() was given files for."""
    for cells, variables, file in _state.current().files:
        cells.write_data(file, variables)
    _state.current().files.clear()


def network() -> Network:
    """The network as einet has it: to save, to check, or to run by einet.run."""
    return _build(_state.current()).network


def get_current_time() -> float:
    return _state.current().t


def get_time_step() -> float:
    return _state.current().dt


def get_min_delay() -> float:
    return _state.current().min_delay


def get_max_delay() -> float:
    return _state.current().max_delay


def num_processes() -> int:
    return 1


def rank() -> int:
    return 0


def list_standard_models() -> "list[str]":
    """The names of the cell types."""
    return [c.__name__ for c in _CELL_TYPES]


def create(cellclass: Any, cellparams: Any = None, n: int = 1) -> Population:
    """A population of n cells."""
    return Population(n, cellclass, cellparams)


def connect(pre: Any, post: Any, weight: float = 0.0, delay: Any = None, receptor_type: Any = None, p: float = 1, rng: Any = None) -> Projection:
    """Connects each cell of pre with each of post, with probability p."""
    from .populations import as_nodes

    return Projection(as_nodes(pre), as_nodes(post), FixedProbabilityConnector(p, rng=rng), StaticSynapse(weight, delay), receptor_type=receptor_type)


def set(cells: Any, **parameters: Any) -> None:
    """Sets parameters of cells."""
    from .populations import as_nodes

    as_nodes(cells).set(**parameters)


def initialize(cells: Any, **initial_values: Any) -> None:
    """Sets what variables of cells start from."""
    from .populations import as_nodes

    as_nodes(cells).initialize(**initial_values)


def record(variables: Any, source: Any, filename: Any = None, sampling_interval: Optional[float] = None, annotations: Any = None) -> None:
    """Records variables of cells, into a file at end() if one is named."""
    from .populations import as_nodes

    as_nodes(source).record(variables, to_file=filename, sampling_interval=sampling_interval)
