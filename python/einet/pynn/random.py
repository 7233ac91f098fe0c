"""Random numbers and distributions.

einet draws by itself what it has a distribution for: initial potentials and conductances, thresholds, offsets, weights, delays and
connections. It then needs no memory for them and gives the same network everywhere, but not PyNN's numbers: of the generator that
a script gives only the seed counts. What einet can't draw is drawn here by numpy.
"""

from __future__ import annotations

import math
from typing import Any, Mapping, Optional

import numpy as np

from .errors import InvalidParameterValueError, NotSupported
from .parameters import scaled

REDRAWS = 1000

PARAMETERS = {
    "binomial": ("n", "p"),
    "exponential": ("beta",),
    "gamma": ("k", "theta"),
    "lognormal": ("mu", "sigma"),
    "normal": ("mu", "sigma"),
    "normal_clipped": ("mu", "sigma", "low", "high"),
    "normal_clipped_to_boundary": ("mu", "sigma", "low", "high"),
    "poisson": ("lambda_",),
    "uniform": ("low", "high"),
    "uniform_int": ("low", "high"),
    "vonmises": ("mu", "kappa"),
}


def _clipped(r: Any, n: int, mu: float, sigma: float, low: float, high: float) -> Any:
    x = r.normal(mu, sigma, n)
    for _ in range(REDRAWS):
        outside = np.flatnonzero((x < low) | (x > high))
        if not len(outside):
            return x
        x[outside] = r.normal(mu, sigma, len(outside))
    raise InvalidParameterValueError(f"normal_clipped: mean {mu:g} and sd {sigma:g} leave almost nothing between {low:g} and {high:g}")


DRAWS: "Mapping[str, Any]" = {
    "binomial": lambda r, size, n, p: r.binomial(n, p, size),
    "exponential": lambda r, size, beta: r.exponential(beta, size),
    "gamma": lambda r, size, k, theta: r.gamma(k, theta, size),
    "lognormal": lambda r, size, mu, sigma: r.lognormal(mu, sigma, size),
    "normal": lambda r, size, mu, sigma: r.normal(mu, sigma, size),
    "normal_clipped": _clipped,
    "normal_clipped_to_boundary": lambda r, size, mu, sigma, low, high: np.clip(r.normal(mu, sigma, size), low, high),
    "poisson": lambda r, size, lambda_: r.poisson(lambda_, size),
    "uniform": lambda r, size, low, high: r.uniform(low, high, size),
    "uniform_int": lambda r, size, low, high: r.randint(low, high, size),
    "vonmises": lambda r, size, mu, kappa: r.vonmises(mu, kappa, size),
}


class AbstractRNG:
    """A generator with a seed."""

    def __init__(self, seed: Optional[int] = None):
        if seed is not None and (isinstance(seed, bool) or not isinstance(seed, (int, np.integer))):
            raise InvalidParameterValueError(f"seed {seed!r}: must be a whole number")
        self.seed = None if seed is None else int(seed)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(seed={self.seed!r})"


class NumpyRNG(AbstractRNG):
    """numpy's Mersenne Twister. One process does it all, so parallel_safe says nothing."""

    def __init__(self, seed: Optional[int] = None, parallel_safe: bool = True):
        super().__init__(seed)
        self.parallel_safe = parallel_safe
        self.rng = np.random.RandomState(None if self.seed is None else self.seed % 2**32)

    def next(self, n: Optional[int] = None, distribution: Optional[str] = None, parameters: Any = None, mask: Any = None) -> Any:
        """n numbers of a distribution, between 0 and 1 if none is named; a single one without n. mask chooses of them."""
        name = distribution or "uniform"
        if name not in DRAWS:
            raise NotSupported(f"distribution {name!r}: there are {', '.join(DRAWS)}")
        said = parameters if parameters is not None else {"low": 0.0, "high": 1.0}
        x = DRAWS[name](self.rng, 1 if n is None else n, **said)
        if n is None:
            return x[0]
        return x if mask is None else x[mask]

    def __getattr__(self, name: str) -> Any:
        if name == "rng":  # copies ask before there is one
            raise AttributeError(name)
        return getattr(self.rng, name)


class NativeRNG(AbstractRNG):
    """einet's own generator: of it the seed alone counts."""


class RandomDistribution:
    """A distribution by its name, with its parameters in PyNN's order or by name: RandomDistribution("uniform", low=-60, high=-50, rng=rng).

    Of lognormal mu and sigma are those of the logarithm; normal_clipped draws again what is outside, normal_clipped_to_boundary moves it.
    """

    def __init__(self, distribution: str, parameters_pos: Any = None, rng: Any = None, **parameters_named: Any):
        if distribution not in PARAMETERS:
            raise NotSupported(f"distribution {distribution!r}: there are {', '.join(PARAMETERS)}")
        names = PARAMETERS[distribution]
        if parameters_pos is not None:
            if parameters_named or len(tuple(parameters_pos)) != len(names):
                raise InvalidParameterValueError(f"{distribution}: has the parameters {', '.join(names)}")
            parameters_named = dict(zip(names, parameters_pos))
        if set(parameters_named) != set(names):
            raise InvalidParameterValueError(f"{distribution}: {', '.join(parameters_named) or 'nothing'}: has the parameters {', '.join(names)}")
        self.name, self.parameters = distribution, {k: float(parameters_named[k]) for k in names}
        if distribution in ("binomial", "uniform_int"):
            self.parameters = {k: int(v) if k != "p" else v for k, v in self.parameters.items()}
        self.rng = rng if rng is not None else NumpyRNG()

    def next(self, n: Optional[int] = None, mask: Any = None) -> Any:
        """n numbers, or one."""
        if not hasattr(self.rng, "next"):
            raise NotSupported(f"{self!r}: numbers of {self.rng!r} can't be had in Python: give it a NumpyRNG")
        return self.rng.next(n, self.name, self.parameters, mask)

    def __repr__(self) -> str:
        return f"RandomDistribution({self.name!r}, {', '.join(f'{k}={v:g}' for k, v in self.parameters.items())})"


def is_distribution(value: Any) -> bool:
    """Whether a value is a RandomDistribution, of this layer or of PyNN."""
    return hasattr(value, "next") and hasattr(value, "parameters") and isinstance(getattr(value, "name", None), str)


def language(d: Any, factor: float = 1) -> Optional[dict[str, Any]]:
    """A distribution times a factor, as the network language has it; None of one that it lacks."""
    p = d.parameters
    if d.name == "uniform":
        return {"uniform": sorted((scaled(p["low"], factor), scaled(p["high"], factor)))}
    if d.name == "lognormal":
        mean = math.exp(p["mu"] + p["sigma"] ** 2 / 2)
        return {"lognormal": [factor * mean, abs(factor) * mean * math.sqrt(math.expm1(p["sigma"] ** 2))]}
    if d.name not in ("normal", "normal_clipped", "normal_clipped_to_boundary"):
        return None
    said: dict[str, Any] = {"mean": scaled(p["mu"], factor), "sd": scaled(p["sigma"], abs(factor))}
    if d.name == "normal":
        return {"normal": [said["mean"], said["sd"]]}
    low, high = sorted((scaled(p["low"], factor), scaled(p["high"], factor)))
    said.update({k: x for k, x in (("low", low), ("high", high)) if math.isfinite(x)})
    return {"normal": {**said, "outside": "redraw" if d.name == "normal_clipped" else "clip"}}


def span(d: Any) -> "tuple[float, float]":
    """The least and the largest value of a distribution, or where it is normal its mean twice: what a weight's sign is held to."""
    p = d.parameters
    if "low" in p:
        return p["low"], p["high"]
    if d.name == "normal":
        return p["mu"], p["mu"]
    return (0.0, math.inf) if d.name != "vonmises" else (-math.inf, math.inf)
