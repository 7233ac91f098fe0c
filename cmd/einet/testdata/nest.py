"""So much of NEST's interface as in_nest.py uses, with iaf_psc_exp, generators, parrots, and synapses that change, in double precision: to run the script
where NEST is not."""

import numpy as np

__version__ = "(stand-in)"
verbosity = None


class Nodes:
    def __init__(self, model, first, size, params):
        self.model, self.global_id, self.size = model, first, size
        self.params = {k: np.broadcast_to(np.asarray(v, float), size).copy() for k, v in params.items()}
        self.trains = [({}, {})] * size

    def __len__(self):
        return self.size

    def __getitem__(self, i):
        return Nodes(self.model, self.global_id + i, 1, {})

    def tolist(self):
        return list(range(self.global_id, self.global_id + self.size))

    def set(self, values):
        if isinstance(values, list):
            self.trains = [dict(zip(np.rint(v["spike_times"] / kernel["dt"]).astype(int).tolist(), v["spike_multiplicities"])) for v in values]
            assert all(len(t) == len(v["spike_times"]) and min(t, default=1) >= 1 for t, v in zip(self.trains, values))
        else:
            for name, value in values.items():
                assert name in self.params, name
                self.params[name][:] = value
                if name == "V_m":
                    self.v = self.params["V_m"].copy()

    @property
    def events(self):
        return {"senders": np.array([s for s, _ in kernel["spikes"]], int), "times": np.array([n for _, n in kernel["spikes"]]) * kernel["dt"]}


def ResetKernel():
    global kernel
    kernel = {"nodes": [], "next": 1, "step": 0, "edges": [], "spikes": [], "recorded": [], "arriving": {}}


def set(resolution, local_num_threads):
    kernel["dt"] = resolution


def Create(model, size=1, params=None):
    n = Nodes(model, kernel["next"], size, params or {})
    kernel["next"] += size
    kernel["nodes"].append(n)
    if model == "iaf_psc_exp":
        n.v, n.i, n.left = n.params["V_m"].copy(), np.zeros((2, size)), np.zeros(size, int)
    return n


def Connect(pre, post, rule=None, syn_spec=None):
    if isinstance(post, Nodes):
        if post.model == "spike_recorder":
            kernel["recorded"] += pre.tolist()
            return
        assert post.model == "parrot_neuron"
        pre, post = np.array(pre.tolist()), np.array(post.tolist())
    assert rule == "one_to_one" and len(pre) == len(post)
    generators = {i for n in kernel["nodes"] if n.model == "spike_generator" for i in n.tolist()}
    if plastic := syn_spec["synapse_model"] == "tsodyks2_synapse":
        assert not generators & {*pre.tolist()}, "The target node or synapse model does not support spike input"
    else:
        assert syn_spec["synapse_model"] == "static_synapse"
    delay = np.broadcast_to(syn_spec["delay"], len(pre)) / kernel["dt"]
    assert np.allclose(delay, np.rint(delay)) and (delay > 0.5).all()
    for edge in zip(pre, post, np.broadcast_to(syn_spec["weight"], len(pre)), np.rint(delay).astype(int)):
        kernel["edges"].append((*edge, Plastic(syn_spec) if plastic else None))


class Plastic:
    """A synapse that depresses and facilitates: what part of its weight each spike has."""

    def __init__(self, syn_spec):
        self.U, self.rec, self.facil = (syn_spec[name] for name in ("U", "tau_rec", "tau_fac"))
        self.u, self.x, self.last = 0.0, 1.0, 0

    def spike(self, n):
        past, self.last = (n - self.last) * kernel["dt"], n
        self.u *= np.exp(-past / self.facil) if self.facil else 0
        self.x = 1 - (1 - self.x) * (np.exp(-past / self.rec) if self.rec else 0)
        self.u += self.U * (1 - self.u)
        part = self.u * self.x
        self.x -= part
        return part


def Simulate(ms):
    dt, out = kernel["dt"], {}
    for i, j, w, d, plastic in kernel["edges"]:
        out.setdefault(int(i), []).append((int(j), w, int(d), plastic))
    recorded = {*kernel["recorded"]}
    for _ in range(round(ms / dt)):
        kernel["step"] += 1
        n, fired = kernel["step"], []
        come = kernel["arriving"].pop(n, {})
        for p in kernel["nodes"]:
            if p.model == "spike_generator":
                fired += [(p.global_id + k, t[n]) for k, t in enumerate(p.trains) if n in t]
            elif p.model == "iaf_psc_exp":
                fired += [(p.global_id + k, 1) for k in step(p, dt, come)]
            elif p.model == "parrot_neuron":
                fired += [(i, round(come[i][0])) for i in p.tolist() if i in come]
        for i, many in fired:
            if i in recorded:
                kernel["spikes"] += [(i, n)] * many
            for j, w, d, plastic in out.get(i, []):
                at = kernel["arriving"].setdefault(n + d, {}).setdefault(j, [0.0, 0.0])
                at[w < 0] += sum(w * plastic.spike(n) for _ in range(many)) if plastic else many * w


def step(p, dt, come):
    q, v = p.params, p.v - p.params["E_L"]
    decay = np.exp(-dt / q["tau_m"])
    v = v * decay + q["I_e"] * q["tau_m"] / q["C_m"] * (1 - decay)
    for k, tau in enumerate([q["tau_syn_ex"], q["tau_syn_in"]]):
        v += p.i[k] / q["C_m"] * (tau * q["tau_m"] / (tau - q["tau_m"])) * (np.exp(-dt / tau) - decay)
        p.i[k] *= np.exp(-dt / tau)
    v[p.left > 0] = (q["V_reset"] - q["E_L"])[p.left > 0]
    p.left[p.left > 0] -= 1
    for j in range(p.size):
        for k, w in enumerate(come.get(p.global_id + j, [])):
            p.i[k][j] += w
    p.v = v + q["E_L"]
    spikes = np.flatnonzero(p.v >= q["V_th"])
    p.v[spikes], p.left[spikes] = q["V_reset"][spikes], np.rint(q["t_ref"][spikes] / dt)
    return spikes
