"""The preset networks, written down once more, from their papers and not from einet's files.

Units are those of NEST: ms, mV, pA, pF, nS, Hz. Networks that are stated in mV have C_m = tau_m,
so that R = tau_m/C_m is 1 and a current in pA is one of R I in mV.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import exp, log, log1p, sqrt


@dataclass
class Population:
    size: int
    model: str  # exp, biexp, delta or cond: the synapses of a leaky integrate-and-fire neuron; adex, hh or izhikevich; poisson: sources of that rate [Hz]
    parameters: dict  # as NEST spells them
    v0: tuple  # (kind, a, b): uniform from a to b, or normal of mean a and sd b
    g0: tuple = ()  # cond, hh: (mean, sd) of g_ex and g_in [nS], no less than 0
    poisson: tuple = ()  # (rate [Hz], weight): of each neuron by itself
    drawn: Callable[..., dict] | None = None  # further parameters, of a number between 0 and 1 for each neuron
    noise: float = 0  # sd of a normal current that is new for each neuron and step


@dataclass
class Projection:
    source: str
    target: str
    weight: float | tuple  # or (mean, sd) of a normal distribution, drawn again until it has the mean's sign, or (mean, sd, low, high) until
    #                        it is between these; or ("uniform", a, b); of biexp the area of the current [pA ms]
    delay: float | tuple  # or (mean, sd), drawn again until it is above half a step
    p: float = 0  # one of three: each pair with this probability, all of them with 1,
    indegree: int = 0  # this many sources for each target,
    total: int = 0  # this many pairs; autapses (but where autapses is False) and (but for p) multapses are allowed
    autapses: bool = True
    same: int = 0  # only pairs of one group; groups are of this many neurons in turn
    different: int = 0  # only pairs of two groups, likewise
    short_term: dict = field(default_factory=dict)  # U, tau_rec, tau_fac [ms]: depression and facilitation
    plasticity: dict = field(default_factory=dict)  # w_max, of additive STDP A_plus, A_minus, tau [ms]; of inhibitory plasticity eta, tau, target [Hz]

    @property
    def name(self):
        return f"{self.source}_to_{self.target}"


@dataclass
class Network:
    populations: dict[str, Population]
    projections: list[Projection]
    duration: float  # [ms], with
    discard: float  # [ms], which doesn't count
    dt: float = 0.1  # [ms]
    lasting: bool = False  # starts that die out count for nothing
    preset: list[str] = field(default_factory=list)  # einet's arguments for it


@dataclass
class Case:
    """A network under the conditions of an experiment of validate/published.go."""

    preset: str  # the arguments that give it to einet run
    build: Callable[..., Network]
    arguments: dict = field(default_factory=dict)
    control: str = ""  # further arguments of einet run, with which it must not be the same network

    def network(self):
        n = self.build(**self.arguments)
        n.preset = self.preset.split()
        return n


def balanced(j_ee, j_ie, j_i, input_e, input_i, scale=1.0):
    """van Vreeswijk & Sompolinsky (1996), as Tian et al. (2020) have it (ei: all doubled), at any size with the scaling of the former."""
    j_ee, j_ie, j_i = (j / sqrt(scale) for j in (j_ee, j_ie, j_i))
    input_e, input_i = (x * sqrt(scale) for x in (input_e, input_i))

    def cells(size, tau_m, current):
        parameters = dict(tau_m=tau_m, C_m=tau_m, E_L=0, V_th=15, V_reset=0, t_ref=0, tau_syn_ex=6, tau_syn_in=5, I_e=current)
        return Population(size, "exp", parameters, ("uniform", 0, 15))

    return Network(
        {"E": cells(round(8000 * scale), 15.0, input_e), "I": cells(round(2000 * scale), 10.0, input_i)},
        [Projection(a, b, w, 0.1, p=0.25) for a, b, w in [("E", "E", j_ee), ("E", "I", j_ie), ("I", "E", j_i), ("I", "I", j_i)]],
        duration=5500,
        discard=500,
    )


def two_populations(n_e, n_i, cell, w_e, w_i, delay, protocol, **rule):
    """E and I of like neurons, whose synapses differ by their source only. rule gives p or C_E, C_I."""
    sources = {"E": w_e, "I": w_i}
    how = {s: dict(p=rule["p"]) if "p" in rule else dict(indegree=rule[f"C_{s}"]) for s in sources}
    return Network(
        {"E": Population(size=n_e, **cell), "I": Population(size=n_i, **cell)},
        [Projection(s, t, sources[s], delay, **how[s]) for s in sources for t in sources],
        **protocol,
    )


def vs96():
    """Clocks of period 10 ln 11 ms."""
    parameters = dict(tau_m=10.0, C_m=10.0, E_L=-52, V_th=-50, V_reset=-60, t_ref=0, tau_syn_ex=2, tau_syn_in=2, I_e=3)
    cell = dict(model="exp", parameters=parameters, v0=("uniform", -52, -50))
    w = 1 / sqrt(0.1 * 500)
    return two_populations(500, 500, cell, w, -w, 0.1, dict(duration=2000, discard=500), p=0.1)


def brunel(g, eta, duration, discard, tau_syn=0.0, scale=1.0):
    """Brunel (2000), model A; with tau_syn [ms] exponential currents of the same charge, and fewer neurons of the same in-degrees."""
    tau_m, theta, j = 20.0, 20.0, 0.1
    parameters = dict(tau_m=tau_m, C_m=tau_m, E_L=0, V_th=theta, V_reset=10, t_ref=2)
    if tau_syn:
        parameters |= dict(tau_syn_ex=tau_syn, tau_syn_in=tau_syn)
    w = j * tau_m / tau_syn if tau_syn else j
    cell = dict(
        model="exp" if tau_syn else "delta", parameters=parameters, v0=("uniform", 0, 0), poisson=(1000 * eta * theta / (j * tau_m), w)
    )
    return two_populations(round(10000 * scale), round(2500 * scale), cell, w, -g * w, 1.5, dict(duration=duration, discard=discard), C_E=1000, C_I=250)


def vogels_cuba():
    """Vogels & Abbott (2005); Brette et al. (2007), benchmark 2."""
    parameters = dict(tau_m=20.0, C_m=20.0, E_L=-49, V_th=-50, V_reset=-60, t_ref=5, tau_syn_ex=5, tau_syn_in=10)
    cell = dict(model="exp", parameters=parameters, v0=("uniform", -60, -50))
    return two_populations(3200, 800, cell, 1.62, -9.0, 0.1, dict(duration=10000, discard=500), p=0.02)


def vogels_coba():
    """The same, benchmark 1."""
    parameters = dict(C_m=200, g_L=10, E_L=-60, E_ex=0, E_in=-80, V_th=-50, V_reset=-60, t_ref=5, tau_syn_ex=5, tau_syn_in=10)
    cell = dict(model="cond", parameters=parameters, v0=("normal", -65, 5), g0=((40, 15), (200, 120)))
    return two_populations(3200, 800, cell, 6.0, -67.0, 0.1, dict(duration=3500, discard=500, lasting=True), p=0.02)


def brainpy():
    """BrainPy's example COBA-EI at scale 1: conductances relative to a leak of 1 nS."""
    parameters = dict(
        C_m=20, g_L=1, E_L=-60, E_ex=0, E_in=-80, V_th=-50, V_reset=-60, t_ref=4.8, tau_syn_ex=5, tau_syn_in=10, I_e=20
    )
    cell = dict(model="cond", parameters=parameters, v0=("normal", -55, 2))
    return two_populations(3200, 800, cell, 0.6, -6.7, 0.4, dict(duration=3500.8, discard=500, dt=0.4), p=0.02)


def cobahh():
    """Brette et al. (2007), benchmark 3."""
    parameters = dict(
        C_m=200, g_L=10, E_L=-60, g_Na=20000, E_Na=50, g_K=6000, E_K=-90, V_T=-63, E_ex=0, E_in=-80, t_ref=3, tau_syn_ex=5, tau_syn_in=10
    )
    cell = dict(model="hh", parameters=parameters, v0=("normal", -65, 5), g0=((40, 15), (200, 120)))
    return two_populations(3200, 800, cell, 6.0, -67.0, 0.1, dict(duration=1500, discard=500, dt=0.05, lasting=True), p=0.02)


def zerlaut():
    """Zerlaut et al. (2018): 400 external afferents of 4 Hz for each neuron."""

    def cells(size, slope, a, b):
        parameters = dict(C_m=200, g_L=10, E_L=-65, V_th=-50, Delta_T=slope, V_peak=-50 + 5 * slope, V_reset=-65, t_ref=5)
        parameters |= dict(tau_w=500, a=a, b=b, E_ex=0, E_in=-80, tau_syn_ex=5, tau_syn_in=5)
        return Population(size, "adex", parameters, ("uniform", -65, -50), poisson=(400 * 4.0, 1.0))

    populations = {"E": cells(8000, 2.0, 4, 20), "I": cells(2000, 0.5, 0, 0)}
    weights = {"E": 1.0, "I": -5.0}
    projections = [Projection(s, t, weights[s], 0.1, p=0.05) for s in populations for t in populations]
    return Network(populations, projections, duration=3000, discard=500)


def izhikevich():
    """Izhikevich (2003). Steps are of 1 ms, of which a spike acts in the next: a delay of 1 ms in NEST."""

    def excitatory(r):
        return dict(c=-65 + 15 * r**2, d=8 - 6 * r**2)

    def inhibitory(r):
        b = 0.25 - 0.05 * r
        return dict(a=0.02 + 0.08 * r, b=b, U_m=-65 * b)

    populations = {
        "E": Population(800, "izhikevich", dict(a=0.02, b=0.2, U_m=-13), ("uniform", -65, -65), drawn=excitatory, noise=5),
        "I": Population(200, "izhikevich", dict(c=-65, d=2), ("uniform", -65, -65), drawn=inhibitory, noise=2),
    }
    weights = {"E": ("uniform", 0.0, 0.5), "I": ("uniform", -1.0, 0.0)}
    projections = [Projection(s, t, weights[s], 1.0, p=1) for s in populations for t in populations]
    return Network(populations, projections, duration=5500, discard=500, dt=1.0)


def tsodyks():
    """Tsodyks, Uziel & Markram (2000), with the means of what they draw of U and the time constants for each synapse; RC50's A in mV.

    What is released recovers from then on (tsodyks2_synapse), and does not first inactivate.
    """

    def background(r):
        return dict(I_e=15 * (0.975 + 0.05 * r))

    def cells(size, t_ref):
        parameters = dict(tau_m=30.0, C_m=30.0, E_L=0, V_th=15, V_reset=13.5, t_ref=t_ref, tau_syn_ex=3, tau_syn_in=3)
        return Population(size, "exp", parameters, ("uniform", 13.5, 15), drawn=background)

    amplitude = {("E", "E"): 1.8, ("I", "E"): -5.4, ("E", "I"): 7.2, ("I", "I"): -7.2}  # by source and target
    onto = {"E": dict(U=0.5, tau_rec=800.0, tau_fac=0.0), "I": dict(U=0.04, tau_rec=100.0, tau_fac=1000.0)}
    projections = [
        Projection(s, t, (a, abs(a) / 2, *sorted([0.2 * a, 2 * a])), 0.1, p=0.1, short_term=onto[t]) for (s, t), a in amplitude.items()
    ]
    return Network({"E": cells(400, 3.0), "I": cells(100, 2.0)}, projections, duration=5500, discard=500)


def clustered():
    """Litwin-Kumar & Doiron (2012), with 50 clusters: dV/dt = (mu - V)/tau + sum of J F(t), F of area 1."""

    def cells(size, tau_m, low, high):
        parameters = dict(tau_m=tau_m, C_m=tau_m, E_L=0, V_th=1, V_reset=0, t_ref=5, tau_rise=1, tau_syn_ex=3, tau_syn_in=2)
        return Population(size, "biexp", parameters, ("uniform", 0, 1), drawn=lambda r: dict(I_e=low + (high - low) * r))

    n_e, in_cluster, k = 4000, 80, 800
    ratio, stronger = 2.5, 1.9
    p_out = k / (ratio * in_cluster + n_e - in_cluster)
    j = 1 / sqrt(k)  # C_m J of all synapses is a multiple of it
    apart = dict(autapses=False)
    projections = [
        Projection("E", "E", stronger * 10 * j, 0.1, p=ratio * p_out, same=in_cluster, **apart),
        Projection("E", "E", 10 * j, 0.1, p=p_out, different=in_cluster),
        Projection("E", "I", 4 * j, 0.1, p=0.5),
        Projection("I", "E", -1.2 * 16 * j, 0.1, p=0.5),
        Projection("I", "I", -16 * j, 0.1, p=0.5, **apart),
    ]
    return Network({"E": cells(n_e, 15.0, 1.1, 1.2), "I": cells(1000, 10.0, 1.0, 1.05)}, projections, duration=5500, discard=500)


def learning_balance(eta, scale, duration, discard):
    """Vogels et al. (2011), their network in the code at ModelDB (143751), with in-degrees that stay."""
    parameters = dict(C_m=200, g_L=10, E_L=-60, E_ex=0, E_in=-80, V_th=-50, V_reset=-60, t_ref=5, tau_syn_ex=5, tau_syn_in=10, I_e=200)
    cell = dict(model="cond", parameters=parameters, v0=("uniform", -60, -50))
    n = two_populations(round(8000 * scale), round(2000 * scale), cell, 0.3, -3.0, 0.1, dict(duration=duration, discard=discard), p=0.02 / scale)
    learns = next(p for p in n.projections if (p.source, p.target) == ("I", "E"))
    learns.weight, learns.plasticity = -1e-6, dict(eta=eta, tau=20.0, target=3.0, w_max=-100.0)
    return n


def competition(rate, neurons, duration, discard):
    """Song, Miller & Abbott (2000): conductances relative to a leak of 1 nS. The neurons share their sources."""
    parameters = dict(C_m=20, g_L=1, E_L=-70, E_ex=0, E_in=-70, V_th=-54, V_reset=-60, t_ref=0.2, tau_syn_ex=5, tau_syn_in=5)
    g_max, a_plus = 0.015, 0.005
    populations = {
        "X": Population(1000, "poisson", dict(rate=rate), ()),
        "N": Population(neurons, "cond", parameters, ("uniform", -60, -60), poisson=(200 * 10.0, -0.05)),
    }
    plasticity = dict(A_plus=a_plus, A_minus=1.05 * a_plus, tau=20.0, w_max=g_max)
    return Network(populations, [Projection("X", "N", ("uniform", 0.0, g_max), 0.1, p=1, plasticity=plasticity)], duration, discard)


LAYERS = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
SIZES = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
EXTERNAL = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]
V0 = [(-68.28, 5.36), (-63.16, 4.57), (-63.33, 4.74), (-63.45, 4.94), (-63.11, 4.94), (-61.66, 4.55), (-66.72, 5.46), (-61.43, 4.48)]
PROBABILITY = [  # row: target, column: source
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0, 0.0076, 0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0, 0.0042, 0],
    [0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0, 0.1057, 0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443],
]
RATES = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829]  # of the reference implementation [Hz], for scaling


def microcircuit(scale, duration=5500, discard=500):
    """Potjans & Diesmann (2014), at scale that part of the neurons and in-degrees.

    Scaling is the reference implementation's (van Albada et al., PLoS Comput. Biol. 11 (2015) e1004490):
    weights go with 1/sqrt(scale), and a constant current keeps the mean input.
    """
    tau_m, tau_s, c_m, background = 10.0, 0.5, 250.0, 8.0
    q = exp(log(tau_m / tau_s) / (tau_s - tau_m))
    psc = 0.15 * c_m * (tau_s - tau_m) / (tau_m * tau_s * (q**tau_m - q**tau_s))
    sizes = [round(n * scale) for n in SIZES]
    populations, projections = {}, []
    for t, target in enumerate(LAYERS):
        mean_input = EXTERNAL[t] * background * psc  # of the full network [pA Hz]
        for s, source in enumerate(LAYERS):
            if PROBABILITY[t][s] == 0:
                continue
            total = log1p(-PROBABILITY[t][s]) / log1p(-1 / (SIZES[s] * SIZES[t]))
            weight = psc * (-4 if s % 2 else 2 if (source, target) == ("L4E", "L23E") else 1)
            mean_input += total / SIZES[t] * RATES[s] * weight
            w, d = weight / sqrt(scale), 0.75 if s % 2 else 1.5
            projections.append(Projection(source, target, (w, 0.1 * abs(w)), (d, d / 2), total=round(total * scale**2)))
        parameters = dict(tau_m=tau_m, C_m=c_m, E_L=-65, V_th=-50, V_reset=-65, t_ref=2, tau_syn_ex=tau_s, tau_syn_in=tau_s)
        parameters["I_e"] = tau_s / 1000 * (1 - sqrt(scale)) * mean_input
        drive = (EXTERNAL[t] * scale * background, psc / sqrt(scale))
        populations[target] = Population(sizes[t], "exp", parameters, ("normal", *V0[t]), poisson=drive)
    return Network(populations, projections, duration, discard)


INHIBITION = "--set constants.g=5.5"
WEIGHTS = "--set projections.E*.weight=1.944 --set projections.I*.weight=-10.8"  # 20 % more
BRUNEL = "brunel2000 --set constants.g={g} --set constants.eta={eta}"


def state(g, eta, duration):
    """A state of Brunel's network."""
    return Case(BRUNEL.format(g=g, eta=eta), brunel, dict(g=g, eta=eta, duration=duration, discard=200))


CASES = {
    "ei": Case("ei", balanced, dict(j_ee=0.5, j_ie=0.8, j_i=-2.0, input_e=60.0, input_i=40.0)),
    "tian2020": Case("tian2020", balanced, dict(j_ee=0.25, j_ie=0.4, j_i=-1.0, input_e=30.0, input_i=20.0)),
    "tian2020-half": Case("tian2020 --scale 0.5", balanced, dict(j_ee=0.25, j_ie=0.4, j_i=-1.0, input_e=30.0, input_i=20.0, scale=0.5)),
    "vs96": Case("vs96", vs96),
    "brunel2000-SR": state(3, 2, 1200),
    "brunel2000-AI": state(5, 2, 2200),
    "brunel2000-SI-fast": state(6, 4, 2200),
    "brunel2000-SI-slow": state(4.5, 0.9, 5200),
    "brunel2000exp-steady": Case("brunel2000exp", brunel, dict(g=5, eta=2, duration=2200, discard=200, tau_syn=0.5), INHIBITION),
    "brunel2000exp-fifth": Case("brunel2000exp --scale 0.2", brunel, dict(g=5, eta=2, duration=2200, discard=200, tau_syn=0.5, scale=0.2)),
    "vogels2005cuba-steady": Case("vogels2005cuba", vogels_cuba, control=WEIGHTS),
    "vogels2005coba": Case("vogels2005coba", vogels_coba),
    "cobahh": Case("cobahh", cobahh),
    "zerlaut2018": Case("zerlaut2018", zerlaut),
    "izhikevich2003": Case("izhikevich2003", izhikevich),
    "brainpy1m": Case("brainpy1m", brainpy),
    "tum2000": Case("tum2000", tsodyks),
    "litwinkumar2012": Case("litwinkumar2012", clustered),
    "vogels2011-fifth": Case(
        "vogels2011 --scale 0.2 --set constants.eta=0.1", learning_balance, dict(eta=0.1, scale=0.2, duration=6000, discard=3000), "--set constants.target=6"
    ),
    "song2000-growing": Case(
        "song2000 --set constants.rate=40 --set populations.N.size=10", competition, dict(rate=40.0, neurons=10, duration=60000, discard=30000),
        "--set constants.A_plus=0.006",
    ),
    "potjans2014": Case("potjans2014", microcircuit, dict(scale=1.0)),
    "potjans2014-tenth": Case("potjans2014 --scale 0.1", microcircuit, dict(scale=0.1)),
}
