"""Networks of networks.py in Brian2."""

import brian2
import numpy as np
from brian2 import Network, NeuronGroup, PoissonInput, SpikeMonitor, Synapses, defaultclock, ms, prefs

VERSION = f"Brian2 {brian2.__version__}"

CURRENT = """
dv/dt = (E_L - v + (g_ex + g_in + I_e)*tau_m/ms/C_m)/tau_m : 1 (unless refractory)
dg_ex/dt = -g_ex/tau_syn_ex : 1
dg_in/dt = -g_in/tau_syn_in : 1
"""
# g_ex and g_in are differences of two exponentials, of area 1.
BIEXPONENTIAL = """
dv/dt = (E_L - v + ((g_ex - r_ex)/(tau_syn_ex/ms - tau_rise/ms) + (g_in - r_in)/(tau_syn_in/ms - tau_rise/ms) + I_e)*tau_m/ms/C_m)/tau_m : 1 (unless refractory)
dg_ex/dt = -g_ex/tau_syn_ex : 1
dr_ex/dt = -r_ex/tau_rise : 1
dg_in/dt = -g_in/tau_syn_in : 1
dr_in/dt = -r_in/tau_rise : 1
"""
CONDUCTANCE = """
dv/dt = (g_L*(E_L - v) + g_ex*(E_ex - v) + g_in*(E_in - v) + I_e)/(C_m*ms) : 1 (unless refractory)
dg_ex/dt = -g_ex/tau_syn_ex : 1
dg_in/dt = -g_in/tau_syn_in : 1
"""
HODGKIN_HUXLEY = """
dv/dt = (g_L*(E_L - v) + g_Na*m**3*h*(E_Na - v) + g_K*n**4*(E_K - v) + g_ex*(E_ex - v) + g_in*(E_in - v))/(C_m*ms) : 1
dm/dt = 1.28/ms/exprel((13 - v + V_T)/4)*(1 - m) - 1.4/ms/exprel((v - V_T - 40)/5)*m : 1
dh/dt = 0.128/ms*exp((17 - v + V_T)/18)*(1 - h) - 4/ms/(1 + exp((40 - v + V_T)/5))*h : 1
dn/dt = 0.16/ms/exprel((15 - v + V_T)/5)*(1 - n) - 0.5/ms*exp((10 - v + V_T)/40)*n : 1
dg_ex/dt = -g_ex/tau_syn_ex : 1
dg_in/dt = -g_in/tau_syn_in : 1
"""
# Delta synapses are left to NEST: there a refractory neuron loses what arrives, Brian2's PoissonInput
# still moves its v, and brunel2000 gets a CV of 0.420 instead of 0.428.
MODELS = {"exp": (CURRENT, "exact"), "biexp": (BIEXPONENTIAL, "exact"), "cond": (CONDUCTANCE, "rk4"), "hh": (HODGKIN_HUXLEY, "exponential_euler")}
TIMES = ["tau_m", "tau_rise", "tau_syn_ex", "tau_syn_in", "t_ref"]


def simulate(network, seed, threads=1):
    """Simulates a Network and returns {population: (step, neuron)} of its spikes. threads is not used."""
    brian2.seed(seed)
    brian2.start_scope()
    prefs.codegen.target = "cython"
    defaultclock.dt = network.dt * ms
    groups, parts = {}, []
    for name, p in network.populations.items():
        groups[name], inputs = create(p, network.dt)
        parts += inputs
    parts += [connect(p, groups[p.source], groups[p.target], network.populations[p.target].model) for p in network.projections]
    monitors = {name: SpikeMonitor(g) for name, g in groups.items()}
    Network(*groups.values(), *parts, *monitors.values()).run(network.duration * ms)
    # A spike of the step that begins at t is one of time t + dt in NEST and einet.
    return {name: (np.rint(m.t / defaultclock.dt).astype(int) + 1, np.array(m.i)) for name, m in monitors.items()}


def run(network, seed, threads=1):
    """Likewise, and no weights: synapses that learn are left to NEST."""
    return simulate(network, seed, threads), {}


def create(p, dt):
    if p.model not in MODELS:
        raise NotImplementedError(f"{p.model} synapses")
    equations, method = MODELS[p.model]
    values = {"I_e": 0.0} | p.parameters
    drawn = p.drawn(np.random.uniform(size=p.size)) if p.drawn else {}
    equations += "".join(f"{k} : 1 (constant)\n" for k in drawn)
    namespace = {k: v * ms if k in TIMES else v for k, v in values.items() if k not in drawn}
    # Brian2 counts t_ref from the beginning of the step of the spike, NEST from its end.
    refractory = (values["t_ref"] + dt) * ms if values["t_ref"] else False
    fires = dict(threshold="v >= V_th", reset="v = V_reset")
    if p.model == "hh":
        # A spike is V's way up through -20 mV. The review's script counts one every 3 ms where V stays above, too.
        fires, refractory = dict(threshold="v > -20"), "v > -20 or timestep(t - lastspike, dt) <= timestep(t_ref, dt)"
    group = NeuronGroup(p.size, equations, method=method, refractory=refractory, namespace=namespace, **fires)
    for name, x in drawn.items():
        setattr(group, name, x)
    kind, a, b = p.v0
    group.v = np.random.uniform(a, b, p.size) if kind == "uniform" else np.random.normal(a, b, p.size)
    if p.model == "hh":
        group.m, group.h, group.n = 0.027, 0.991, 0.060  # at rest
    if p.g0:
        for name, (mean, sd) in zip(["g_ex", "g_in"], p.g0):
            setattr(group, name, np.maximum(0, np.random.normal(mean, sd, p.size)))
    inputs = []
    if p.poisson:
        rate, weight = p.poisson
        sources = 1000  # whose binomial counts are those of a Poisson process within rate dt/sources
        inputs.append(PoissonInput(group, "g_ex", sources, rate / sources * brian2.Hz, weight))
    return group, inputs


def connect(p, source, target, model):
    """Weights and delays are the same for all synapses of a projection."""
    if isinstance(p.weight, tuple) or isinstance(p.delay, tuple) or p.total or p.p == 1 or p.short_term or p.plasticity:
        raise NotImplementedError("drawn weights, drawn delays, fixed_total_number and synapses that change")
    receptor = "ex" if p.weight > 0 else "in"
    on_pre = f"g_{receptor}_post += {abs(p.weight) if model in ('cond', 'hh') else p.weight}"
    if model == "biexp":
        on_pre += f"; r_{receptor}_post += {p.weight}"
    s = Synapses(source, target, on_pre=on_pre, delay=p.delay * ms)
    if p.p:
        pairs = [f"i//{p.same} == j//{p.same}"] if p.same else [f"i//{p.different} != j//{p.different}"] if p.different else []
        if not p.autapses:
            pairs.append("i != j")
        s.connect(condition=" and ".join(pairs) or None, p=p.p)
    else:
        s.connect(i=np.random.randint(len(source), size=len(target) * p.indegree), j=np.repeat(np.arange(len(target)), p.indegree))
    return s
