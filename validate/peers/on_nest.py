"""Networks of networks.py in NEST."""

import nest
import numpy as np

VERSION = f"NEST {nest.__version__}"
MODELS = {
    "exp": "iaf_psc_exp",
    "delta": "iaf_psc_delta",
    "cond": "iaf_cond_exp",
    "adex": "aeif_cond_exp",
    "izhikevich": "izhikevich",
}
FIXED = {"izhikevich": {"consistent_integration": False}}  # as the paper has it


def simulate(network, seed, threads=1):
    """Simulates a Network and returns {population: (step, neuron)} of its spikes."""
    return run(network, seed, threads)[0]


def run(network, seed, threads=1):
    """Simulates a Network. Returns {population: (step, neuron)} of its spikes, and {projection: weights over w_max} of those that learn."""
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.set(resolution=network.dt, local_num_threads=threads, rng_seed=seed, keep_source_table=any(p.plasticity for p in network.projections))
    nodes = {name: create(p) for name, p in network.populations.items()}
    recorders = {name: nest.Create("spike_recorder") for name in nodes}
    for p in network.projections:
        connect(p, nodes, network.dt, threads)
    for name, n in nodes.items():
        nest.Connect(n, recorders[name])
    nest.Simulate(network.duration)
    spikes, weights = {}, {}
    for name, recorder in recorders.items():
        events = recorder.events
        spikes[name] = np.rint(events["times"] / network.dt).astype(int), events["senders"] - nodes[name][0].global_id
    for p in filter(lambda p: p.plasticity, network.projections):
        w_max = p.plasticity["w_max"]
        weights[p.name] = np.array(nest.GetConnections(nodes[p.source], nodes[p.target]).get("weight")) / w_max
    return spikes, weights


def create(p):
    if p.model == "poisson":  # whose spikes a parrot sends on, so that they have an origin
        n = nest.Create("parrot_neuron", p.size)
        nest.Connect(nest.Create("poisson_generator", params=p.parameters), n)
        return n
    start = {"uniform": nest.random.uniform, "normal": nest.random.normal}
    n = nest.Create(MODELS[p.model], p.size, params={k: float(v) for k, v in p.parameters.items()} | FIXED.get(p.model, {}))
    if p.drawn:
        n.set(p.drawn(np.random.default_rng(nest.rng_seed).random(p.size)))
    kind, a, b = p.v0
    n.V_m = float(a) if a == b else start[kind](a, b)
    if p.g0:
        n.g_ex, n.g_in = (nest.math.max(nest.random.normal(mean, sd), 0.0) for mean, sd in p.g0)
    if p.poisson:
        rate, weight = p.poisson
        nest.Connect(nest.Create("poisson_generator", params={"rate": rate}), n, syn_spec={"weight": weight})
    if p.noise:
        nest.Connect(nest.Create("noise_generator", params={"std": float(p.noise), "dt": nest.resolution}), n)
    return n


def connect(p, nodes, dt, threads):
    if p.same or p.different or not p.autapses:
        raise NotImplementedError("groups, and no autapses")
    if p.p == 1:
        rule = {"rule": "all_to_all"}
    elif p.p:
        rule = {"rule": "pairwise_bernoulli", "p": p.p}
    elif p.indegree:
        rule = {"rule": "fixed_indegree", "indegree": p.indegree}
    else:
        rule = {"rule": "fixed_total_number", "N": p.total}
    # The hpc synapses are smaller, and number at most 65535 neurons of a thread.
    model = "static_synapse_hpc" if sum(map(len, nodes.values())) / threads < 60000 else "static_synapse"
    synapse = {"synapse_model": model, "weight": p.weight, "delay": p.delay}
    if isinstance(p.weight, tuple) and p.weight[0] == "uniform":
        synapse["weight"] = nest.random.uniform(*p.weight[1:])
    elif isinstance(p.weight, tuple):
        low, high = p.weight[2:] or ((0.0, np.inf) if p.weight[0] > 0 else (-np.inf, 0.0))
        synapse["weight"] = nest.math.redraw(nest.random.normal(*p.weight[:2]), min=low, max=high)
    if p.short_term:
        # From u = 0 on: with NEST's own u = U synapses begin as if all sources had spiked at 0 ms.
        synapse |= dict(synapse_model="tsodyks2_synapse", u=0.0, x=1.0, **p.short_term)
    if "target" in p.plasticity:
        l = p.plasticity
        synapse |= dict(synapse_model="vogels_sprekeler_synapse", eta=l["eta"], tau=l["tau"], alpha=2 * l["target"] * l["tau"] / 1000, Wmax=l["w_max"])
    elif p.plasticity:
        l = p.plasticity  # tau_minus is the target's
        synapse |= {"synapse_model": "stdp_synapse", "lambda": l["A_plus"], "alpha": l["A_minus"] / l["A_plus"], "tau_plus": l["tau"], "Wmax": l["w_max"]}
        synapse |= dict(mu_plus=0.0, mu_minus=0.0)
        nodes[p.target].tau_minus = l["tau"]
    if isinstance(p.delay, tuple):
        synapse["delay"] = nest.math.redraw(nest.random.normal(*p.delay), min=dt / 2, max=np.inf)
    nest.Connect(nodes[p.source], nodes[p.target], rule, synapse)
