"""Standard cell types: PyNN's parameters and units, and the population of the network language that they make.

PyNN has nF, nA, uS, mV and ms; the language pF, pA, nS, mV and ms. So capacitances, currents and conductances take a factor of 1000.
"""

from __future__ import annotations

import copy
from typing import Any, Mapping

from .errors import NonExistentParameterError
from .parameters import scaled
from .random import is_distribution, language

MILLI = 1000.0  # nF, nA and uS in pF, pA and nS


class StandardCellType:
    """A cell type with values of its parameters; those that are left out have PyNN's defaults."""

    default_parameters: Mapping[str, Any] = {}
    default_initial_values: Mapping[str, float] = {}
    recordable: "tuple[str, ...]" = ("spikes",)
    receptor_types: "tuple[str, ...]" = ()
    injectable = False
    conductance_based = False
    synapse: str = ""
    weight_factor: float = 1.0  # from PyNN's unit of weights to the language's
    drawn: "tuple[str, ...]" = ()  # parameters that einet can draw for each neuron

    def __init__(self, **parameters: Any):
        self.check(parameters)
        self.parameters = {**{k: copy.copy(v) for k, v in self.default_parameters.items()}, **parameters}

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in self.parameters.items())})"

    @classmethod
    def check(cls, names: Any) -> None:
        for name in names:
            if name not in cls.default_parameters:
                said = ", ".join(cls.default_parameters)
                raise NonExistentParameterError(f"{name}: is no parameter of {cls.__name__}; there are {said}")

    @classmethod
    def get_parameter_names(cls) -> "list[str]":
        return list(cls.default_parameters)

    @classmethod
    def has_parameter(cls, name: str) -> bool:
        return name in cls.default_parameters

    @classmethod
    def can_record(cls, variable: str) -> bool:
        return variable in cls.recordable

    @classmethod
    def population(cls, p: Mapping[str, Any], initial: Mapping[str, Any]) -> "dict[str, Any]":
        """The keys of a population whose neurons have these values in common."""
        raise NotImplementedError

    @classmethod
    def tau_syn(cls, p: Mapping[str, Any], receptor: str) -> "dict[str, Any]":
        """The keys of a projection that say a synapse's time course."""
        return {"synapse": cls.synapse, "tau_syn": p["tau_syn_E" if receptor == "excitatory" else "tau_syn_I"]}


class _Integrator(StandardCellType):
    """What leaky integrate-and-fire cells have in common."""

    receptor_types = ("excitatory", "inhibitory")
    injectable = True
    drawn = ("v_thresh", "i_offset", "v", "gsyn_exc", "gsyn_inh", "isyn_exc", "isyn_inh")

    @classmethod
    def population(cls, p: Mapping[str, Any], initial: Mapping[str, Any]) -> "dict[str, Any]":
        said: dict[str, Any] = {"E_L": p["v_rest"], "V_reset": p["v_reset"], "t_ref": p["tau_refrac"], "C_m": scaled(p["cm"], MILLI)}
        said["V_th"], said["V0"] = _value(p["v_thresh"]), _value(initial["v"])
        if is_distribution(p["i_offset"]):
            said["bias"] = language(p["i_offset"], MILLI)
        elif p["i_offset"]:
            said["input"] = [scaled(p["i_offset"], MILLI)]
        prefix = "gsyn" if cls.conductance_based else "isyn"
        g0 = {k: _value(initial.get(f"{prefix}_{s}", 0.0), MILLI) for k, s in (("excitatory", "exc"), ("inhibitory", "inh"))}
        if any(g0.values()):
            said["g0"] = {k: v for k, v in g0.items() if v}
        return {**said, **cls.own(p)}

    @classmethod
    def own(cls, p: Mapping[str, Any]) -> "dict[str, Any]":
        return {"neuron": "lif", "tau_m": p["tau_m"]}


def _value(value: Any, factor: float = 1) -> Any:
    return language(value, factor) if is_distribution(value) else scaled(value, factor)


_MEMBRANE = {
    "v_rest": -65.0, "cm": 1.0, "tau_m": 20.0, "tau_refrac": 0.1, "i_offset": 0.0, "v_reset": -65.0, "v_thresh": -50.0,
}  # fmt: skip


class IF_curr_exp(_Integrator):
    """Leaky integrate-and-fire cell with exponential synaptic currents; weights in nA, those of inhibitory synapses negative."""

    default_parameters = {**_MEMBRANE, "tau_syn_E": 5.0, "tau_syn_I": 5.0}
    default_initial_values = {"v": -65.0, "isyn_exc": 0.0, "isyn_inh": 0.0}
    recordable = ("spikes", "v")
    synapse, weight_factor = "exponential", MILLI


class IF_curr_alpha(_Integrator):
    """The same with alpha functions, whose peak is the weight [nA]."""

    default_parameters = {**_MEMBRANE, "tau_syn_E": 0.5, "tau_syn_I": 0.5}
    default_initial_values = {"v": -65.0, "isyn_exc": 0.0, "isyn_inh": 0.0}
    recordable = ("spikes", "v")
    synapse, weight_factor = "alpha", MILLI


class IF_curr_delta(_Integrator):
    """The same whose potential steps by the weight [mV] of each spike."""

    default_parameters = dict(_MEMBRANE)
    default_initial_values = {"v": -65.0}
    recordable = ("spikes", "v")

    @classmethod
    def tau_syn(cls, p: Mapping[str, Any], receptor: str) -> "dict[str, Any]":
        return {"synapse": "delta"}


class IF_cond_exp(_Integrator):
    """Leaky integrate-and-fire cell with exponential synaptic conductances; weights in uS, positive, those of inhibitory synapses too."""

    default_parameters = {**_MEMBRANE, "tau_syn_E": 5.0, "tau_syn_I": 5.0, "e_rev_E": 0.0, "e_rev_I": -70.0}
    default_initial_values = {"v": -65.0, "gsyn_exc": 0.0, "gsyn_inh": 0.0}
    recordable = ("spikes", "v", "gsyn_exc", "gsyn_inh")
    conductance_based = True
    synapse, weight_factor = "exponential", MILLI

    @classmethod
    def own(cls, p: Mapping[str, Any]) -> "dict[str, Any]":
        return {"neuron": "lif_cond", "g_L": scaled(p["cm"] / p["tau_m"], MILLI), "E_ex": p["e_rev_E"], "E_in": p["e_rev_I"]}


class IF_cond_alpha(IF_cond_exp):
    """The same with alpha functions, whose peak is the weight [uS]."""

    default_parameters = {**IF_cond_exp.default_parameters, "tau_syn_E": 0.3, "tau_syn_I": 0.5}
    synapse = "alpha"


class SpikeSourcePoisson(StandardCellType):
    """Spikes at random with a rate [Hz] for duration ms from start [ms] on. All targets of a cell get the same ones."""

    default_parameters = {"rate": 1.0, "start": 0.0, "duration": 1e10}

    @classmethod
    def population(cls, p: Mapping[str, Any], initial: Mapping[str, Any]) -> "dict[str, Any]":
        rate: Any = p["rate"]
        if p["start"] > 0 and p["duration"] >= 1e9:
            rate = [0, {"step": {"at": p["start"], "by": rate}}]
        elif p["start"] > 0 or p["duration"] < 1e9:
            rate = [0, {"pulse": {"at": p["start"], "duration": p["duration"], "amplitude": rate}}]
        return {"neuron": "poisson", "rate": rate}


class SpikeSourceArray(StandardCellType):
    """Spikes at given times [ms], of one list for all cells or a list of lists, one for each."""

    default_parameters: Mapping[str, Any] = {"spike_times": ()}

    @classmethod
    def population(cls, p: Mapping[str, Any], initial: Mapping[str, Any]) -> "dict[str, Any]":
        return {"neuron": "spikes"}


CELL_TYPES: "list[type[StandardCellType]]" = [
    IF_cond_alpha, IF_cond_exp, IF_curr_alpha, IF_curr_delta, IF_curr_exp, SpikeSourceArray, SpikeSourcePoisson,
]  # fmt: skip
