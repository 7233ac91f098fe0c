"""Networks of realised.py in Brian2."""

import brian2
import numpy as np
from brian2 import Network, SpikeMonitor, Synapses, defaultclock, ms, network_operation, prefs
from on_brian2 import VERSION, create  # noqa: F401


def simulate(r, duration):
    """The same synapses, initial state and Poisson input. Returns the steps and neurons of all spikes.

    A spike of Brian2's step that begins at t is one of the step that ends at t + dt here, and what arrives then is in the state at its end.
    """
    dt = r.network.dt
    brian2.start_scope()
    prefs.codegen.target = "cython"
    defaultclock.dt = dt * ms
    like = next(iter(r.network.populations.values()))
    kept = like.size, like.poisson
    like.size, like.poisson = r.size, ()  # populations differ in size only
    group, _ = create(like, dt)
    like.size, like.poisson = kept
    group.v = r.v0
    if r.g0.any():
        group.g_ex, group.g_in = r.g0
    parts = [group]
    for name, mine in (("g_ex", r.weight > 0), ("g_in", r.weight < 0)):
        s = Synapses(group, group, "w : 1", on_pre=f"{name}_post += w")
        s.connect(i=r.source[mine], j=r.target[mine])
        s.w = np.abs(r.weight[mine]) if like.model == "cond" else r.weight[mine]
        s.delay = r.delay[mine] * dt * ms
        parts.append(s)
    if r.poisson:
        parts.append(drive(r, group))
    monitor = SpikeMonitor(group)
    Network(*parts, monitor).run(duration * ms)
    return np.rint(monitor.t / defaultclock.dt).astype(np.int64) + 1, np.array(monitor.i).astype(np.int64)


def drive(r, group):
    order = np.argsort(r.poisson["step"], kind="stable")
    at, neuron, arrives = (r.poisson[k][order] for k in ("step", "neuron", "input"))

    @network_operation(when="synapses")
    def arrive(t):
        step = int(round(t / defaultclock.dt)) + 1
        a, b = np.searchsorted(at, [step, step + 1])
        group.g_ex_[:] += np.bincount(neuron[a:b], arrives[a:b], r.size)

    return arrive
