"""Networks of networks.py in BrainPy: its LIF neurons, exponential synapses and event-driven connections."""

import time

import brainpy as bp
import brainpy.math as bm
import numpy as np

VERSION = f"BrainPy {bp.__version__}"
LATE = 2  # steps by which BrainPy's V answers a spike earlier: a delay of three steps is one of one step in NEST and einet
CHUNK = 1000  # steps between two looks at the spikes


class Circuit(bp.DynSysGroup):
    """Leaky integrate-and-fire populations with exponential synaptic currents."""

    def __init__(self, network):
        super().__init__()
        self.cells, self.inputs = {}, {}
        for name, p in network.populations.items():
            if p.model != "exp" or p.poisson or p.noise or p.drawn:
                raise NotImplementedError(f"{p.model} neurons, Poisson input, noise")
            of = p.parameters
            kind, a, b = p.v0
            start = bp.init.Uniform(a, b) if kind == "uniform" else bp.init.Normal(a, b)
            common = dict(V_rest=of["E_L"], V_th=of["V_th"], V_reset=of["V_reset"], tau=of["tau_m"], R=of["tau_m"] / of["C_m"], V_initializer=start)
            self.cells[name] = bp.dyn.LifRef(p.size, tau_ref=of["t_ref"], **common) if of["t_ref"] else bp.dyn.Lif(p.size, **common)
            self.inputs[name] = of.get("I_e", 0.0)
            setattr(self, name, self.cells[name])
        for k, x in enumerate(network.projections):
            pre, post = self.cells[x.source], self.cells[x.target]
            tau = network.populations[x.target].parameters["tau_syn_ex" if x.weight > 0 else "tau_syn_in"]
            connection = bp.conn.FixedProb(x.p, pre=pre.num, post=post.num, allow_multi_conn=False)
            projection = bp.dyn.FullProjAlignPostMg(
                pre=pre, delay=x.delay + LATE * network.dt, comm=bp.dnn.EventCSRLinear(connection, x.weight), syn=bp.dyn.Expon.desc(post.num, tau=tau),
                out=bp.dyn.CUBA.desc(), post=post,
            )  # fmt: skip
            setattr(self, f"projection{k}", projection)
        self.projections = [getattr(self, f"projection{k}") for k in range(len(network.projections))]

    def update(self):
        for projection in self.projections:
            projection()
        for name, cell in self.cells.items():
            cell(self.inputs[name])
        return [cell.spike.value for cell in self.cells.values()]


def simulate(network, seed, threads=1, clock=None):
    """Simulates a Network and returns {population: (step, neuron)} of its spikes. threads is not used; clock gets the seconds that the steps took."""
    bm.set_platform("cpu")
    bm.set_dt(network.dt)
    bm.random.seed(seed)
    np.random.seed(seed)
    circuit = Circuit(network)
    steps = round(network.duration / network.dt)
    found = {name: [] for name in network.populations}
    took = 0.0
    for begin in range(0, steps, CHUNK):
        began = time.monotonic()
        shown = bm.for_loop(lambda i: circuit.step_run(i), np.arange(begin, min(begin + CHUNK, steps)), progress_bar=False)
        shown = [np.asarray(x) for x in shown]
        if begin:  # the first compiles
            took += time.monotonic() - began
        for name, x in zip(found, shown):
            at, neuron = np.nonzero(x)
            found[name].append((at + begin + 1, neuron))
    if clock is not None:
        clock.append(took * steps / max(steps - CHUNK, 1))
    return {name: tuple(np.concatenate(c) for c in zip(*parts)) for name, parts in found.items()}
