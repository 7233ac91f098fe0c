"""Networks of realised.py in NEST."""

import nest
import numpy as np
from on_nest import MODELS, VERSION  # noqa: F401


def simulate(r, duration):
    """The same synapses, initial state and Poisson input. Returns the steps and neurons of all spikes.

    A generator cannot act on the first step, so that what is driven starts a step later: at rest nothing happens until then.
    """
    dt, late = r.network.dt, 1 if r.poisson else 0
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=dt, rng_seed=1)
    ids = []
    for p in r.network.populations.values():
        nodes = nest.Create(MODELS[p.model], p.size, params={k: float(v) for k, v in p.parameters.items()})
        ids.append(np.array(nodes.tolist()))
    ids = np.concatenate(ids)
    every = nest.NodeCollection(ids.tolist())
    every.V_m = r.v0
    if r.g0.any():
        every.g_ex, every.g_in = r.g0
    synapse = {"synapse_model": "static_synapse", "weight": r.weight, "delay": r.delay * dt}
    nest.Connect(ids[r.source], ids[r.target], "one_to_one", synapse)
    if r.poisson:
        drive(r, ids, dt)
    recorder = nest.Create("spike_recorder")
    nest.Connect(every, recorder)
    nest.Simulate(duration + late * dt)
    events = recorder.events
    place = np.zeros(ids.max() + 1, np.int64)
    place[ids] = np.arange(len(ids))
    return np.rint(events["times"] / dt).astype(np.int64) - late, place[events["senders"]]


def drive(r, ids, dt):
    """A generator for each neuron, whose spike at a step acts on the next; weights tell how much comes."""
    at, neuron, arrives = r.poisson["step"], r.poisson["neuron"], r.poisson["input"]
    order = np.lexsort((at, neuron))
    at, neuron, arrives = at[order], neuron[order], arrives[order]
    ends = np.searchsorted(neuron, np.arange(r.size + 1))
    generators = nest.Create("spike_generator", r.size)
    generators.set([{"spike_times": at[a:b] * dt, "spike_weights": arrives[a:b]} for a, b in zip(ends[:-1], ends[1:])])
    nest.Connect(np.array(generators.tolist()), ids, "one_to_one", {"weight": np.ones(r.size), "delay": np.full(r.size, dt)})
