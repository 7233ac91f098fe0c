"""What a run leaves, read when it is asked for."""

from __future__ import annotations

import base64
import html
import json
import math
import os
import shutil
import weakref
from pathlib import Path
from typing import Any, Optional

import numpy as np

from . import binary as _binary
from .columns import Archive, ByPopulation, Columns, Names, Summary, damaged
from .errors import NetworkError, NotRecorded
from .network import Network, load
from .spikes import Ints, Series, Spikes

class Figure:
    """A figure of a run. A notebook shows it."""

    def __init__(self, owner: "Results", path: Path):
        self._owner, self.path = owner, path

    @property
    def svg(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @property
    def png(self) -> bytes:
        return self.path.with_suffix(".png").read_bytes()

    def __repr__(self) -> str:
        return f"<einet.Figure {self.path}>"

    def _repr_html_(self) -> str:
        return _image(self.path)


NEEDED: "dict[str, Any]" = {
    "network": str, "engine": str, "device": str, "seed": int, "dt_ms": (int, float), "duration_ms": (int, float), "neurons": int,
    "synapses": int, "populations": dict,
}  # fmt: skip
"""What a summary.json has, of those parts that are read here."""


def _check(file: Path, summary: Any) -> None:
    """Refuses a summary that is not one of a run."""
    if not isinstance(summary, dict):
        raise damaged(file, "it is no object")
    for key, kind in NEEDED.items():
        if not isinstance(summary.get(key), kind):
            raise damaged(file, f"{key} is {json.dumps(summary.get(key))[:40]}" if key in summary else f"there is no {key}")
    for name, p in summary["populations"].items():
        if not isinstance(p, dict) or "rate_hz" not in p:
            raise damaged(file, f"populations.{name} has no rate_hz")
    trials = summary.get("trials") or []
    if not isinstance(trials, list) or not all(isinstance(t, dict) and "trial" in t and isinstance(t.get("file"), str) for t in trials):
        raise damaged(file, "trials are not numbered files")


LARGEST_SVG = 400_000  # bytes; a page takes longer to draw larger ones than the PNG


def _image(svg: Path) -> str:
    """An img with the figure in it: as SVG or, where that is large, as PNG. It can't meet the names of other figures on the page."""
    kind, path = "svg+xml", svg
    if svg.stat().st_size > LARGEST_SVG and svg.with_suffix(".png").exists():
        kind, path = "png", svg.with_suffix(".png")
    data = base64.b64encode(path.read_bytes()).decode()
    return f'<img alt="{html.escape(svg.stem)}" style="max-width: 100%" src="data:image/{kind};base64,{data}">'


class Results:
    """What a run left: a folder of files, which are read when they are asked for.

    The folder goes with this object, unless it was named (run's out, or keep).
    """

    def __init__(self, folder: "str | os.PathLike[str]", summary: Optional[Any] = None, temporary: Optional[str] = None):
        self.folder = Path(os.path.abspath(folder))
        """Where the files are."""
        if summary is None:
            file = self.folder / "summary.json"
            try:
                summary = json.loads(file.read_text(encoding="utf-8"))
            except OSError as e:
                raise NetworkError(f"{folder}: holds no run: {e.strerror}: summary.json") from e
            except ValueError as e:
                raise damaged(file, e) from e
            _check(file, summary)
        self.summary: Summary = Summary.of(summary)
        """summary.json: statistics, times, the digest."""
        self._finish = weakref.finalize(self, shutil.rmtree, temporary, True) if temporary else None
        self._archives: dict[str, Archive] = {}

    def close(self) -> None:
        """Deletes the folder now, if it is temporary."""
        if self._finish:
            self._finish()

    def __enter__(self) -> "Results":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def keep(self, folder: "str | os.PathLike[str]") -> "Results":
        """Copies the files into a new folder, which stays. Returns its Results."""
        if os.path.exists(folder):
            raise NetworkError(f"{os.fspath(folder)}: exists")
        shutil.copytree(self.folder, folder)
        return Results(folder)

    def _archive(self, file: str) -> Archive:
        if file not in self._archives:
            self._archives[file] = Archive(self, file)
        return self._archives[file]

    @property
    def digest(self) -> str:
        """SHA-256 of all spikes: the same on every engine and machine. Of several trials there is one in each of summary.trials."""
        return str(self.summary["digest"])

    @property
    def populations(self) -> list[str]:
        """Their names, in the order of the neurons' ids."""
        return [str(n) for n in self._spikes(None)["population_names"]]

    @property
    def network(self) -> Network:
        """The network with every default, which gives the same digest again."""
        return load(self.folder / "network.yaml")

    @property
    def dt(self) -> float:
        """ms of a step."""
        return float(self.summary["dt_ms"])

    @property
    def duration(self) -> float:
        """ms that were simulated."""
        return float(self.summary["duration_ms"])

    def _spikes(self, trial: Optional[int]) -> Archive:
        trials = self.summary.get("trials")
        if not trials:
            if trial is not None:
                raise NotRecorded("the run has one trial: leave trial out")
            return self._archive("spikes.npz")
        files = {t["trial"]: t["file"] for t in trials}
        if trial is None:
            trial = next(iter(files))
        if trial not in files:
            raise NotRecorded(f"there is no trial {trial}; there are {', '.join(map(str, files))}")
        return self._archive(files[trial])

    def _index(self, population: str) -> int:
        """The place of a population, or of that of a group."""
        names = self.populations
        of = population.partition(".")[0] if population in self.groups else population
        if of not in names:
            shown = [g for g in self.groups if not g.rpartition(".")[2].isdigit()]
            raise NotRecorded(f"there is no population {population}; there are {', '.join(names + shown)}")
        return names.index(of)

    def spikes(self, population: Optional[str] = None, *, trial: Optional[int] = None) -> Spikes:
        """The spikes of a population or of a group (E.stimulated, whose neurons are then numbered from 0), or of all.

        Of a run with replicas: those of a trial, the first if none is named.
        """
        f = self._spikes(trial)
        f.alike("population_names", "population_first", "population_size")
        f.alike("step", "neuron")
        firsts, sizes = f["population_first"], f["population_size"]
        counts = f["population_recorded"] if "population_recorded" in f.files else sizes
        chosen = f["recorded_neuron"] if "recorded_neuron" in f.files else np.concatenate(
            [np.arange(a, a + n) for a, n in zip(firsts, counts)] or [np.zeros(0, np.int64)]
        )
        chosen = np.sort(chosen).astype(np.int64)
        times, ids = f["step"] * float(f["dt_ms"]), f["neuron"].astype(np.int64)
        duration = float(f["duration_steps"] * f["dt_ms"])
        if population is None:
            return Spikes(times, ids, chosen, duration)
        k = self._index(population)
        first, size = int(firsts[k]), int(sizes[k])
        place = self._places(population, size)  # of each neuron of the population among those meant, or -1
        mine, among = (ids >= first) & (ids < first + size), (chosen >= first) & (chosen < first + size)
        which, recorded = place[ids[mine] - first], place[chosen[among] - first]
        return Spikes(times[mine][which >= 0], which[which >= 0], np.sort(recorded[recorded >= 0]), duration)

    @property
    def groups(self) -> list[str]:
        """The names that stand for some neurons of a population: groups (E.stimulated), divisions (E.clusters) and their parts (E.clusters.7)."""
        return list(self.summary.get("groups") or {})

    def neurons(self, name: str) -> Ints:
        """The neurons of a population or of a group, as numbers from 0 in the population, in their order."""
        if name in self.groups:
            spans = self.summary["groups"][name]["neurons"]
            return np.concatenate([np.arange(a, b + 1, step) for a, b, step in spans])
        return np.arange(int(self._spikes(None)["population_size"][self._index(name)]))

    def _places(self, name: str, size: int) -> Ints:
        place = np.full(size, -1, np.int64)
        neurons = self.neurons(name)
        place[neurons] = np.arange(len(neurons))
        return place

    def rates(self) -> dict[str, float]:
        """Hz of each population, over all its neurons and the time behind discard. Of trials it is their mean."""
        said = {name: p["rate_hz"] for name, p in self.summary["populations"].items()}
        means = {name: x["mean"] if isinstance(x, dict) else x for name, x in said.items()}
        return {name: float("nan") if x is None else float(x) for name, x in means.items()}

    def population_rate(self, population: Optional[str] = None, bin: float = 1, *, trial: Optional[int] = None) -> Series:
        """The rate of a population, or of all neurons, in bins of so many ms (a multiple of dt); a last bin that is not full is left out.

        A spike at the end of a step belongs to it, so the first bin has the times from dt to bin. Rates are of the neurons
        whose spikes were kept.
        """
        f, s = self._spikes(trial), self.spikes(population, trial=trial)
        dt = float(f["dt_ms"])
        steps = round(bin / dt) if math.isfinite(bin) else 0
        if steps < 1 or abs(steps * dt - bin) > 1e-6 * dt:
            raise NetworkError(f"bin {bin} ms: must be a multiple of dt ({dt:g} ms)")
        n = int(f["duration_steps"]) // steps
        which = (np.rint(s.times / dt).astype(np.int64) - 1) // steps
        counts = np.bincount(which[which < n], minlength=n)
        if not len(s.recorded):
            raise NotRecorded('no spikes were kept: net["record"]["spikes"] = "all" keeps them')
        return Series(np.arange(n) * steps * dt, counts / len(s.recorded) / (steps * dt / 1000))

    @property
    def traces(self) -> Columns:
        """What the figure of currents shows, of three neurons: times [T] ms; neurons [3]; V, exc, inh, ext, net [3, T] mV."""
        f = self._archive("traces.npz")
        names = {k: "trace_" + k for k in ("V", "exc", "inh", "ext") if "trace_" + k in f.files}
        if not names or not f["trace_step"].size:
            raise NotRecorded("there are no traces: the run is too short, or has several trials")
        said = {"times": f["trace_step"] * float(f["dt_ms"]), "neurons": f["trace_neuron"]}
        said["net"] = f["trace_exc"] + f["trace_inh"] + f["trace_ext"]
        return Columns(f, names, said, "traces [neuron, time]")

    def potentials(self, population: str) -> Columns:
        """The distribution of all membrane potentials at several times of the run: edges [B + 1] mV, counts [B]."""
        f = self._archive("traces.npz")
        self._index(population)
        names = {k: f"v_{k}_{population}" for k in ("edges", "counts") if f"v_{k}_{population}" in f.files}
        if not names:
            raise NotRecorded(f"{population}: there are no potentials: it is a source, or the run has several trials")
        return Columns(f, names, {}, "potentials")

    def _of(self, file: str, population: str) -> Names:
        return self._archive(file).of(population, self.populations)

    def positions(self, population: str) -> "np.ndarray[Any, Any]":
        """Where the neurons of a population are: [N, dimensions] mm."""
        self._index(population)
        names = self._of("positions.npz", population)
        if not names:
            raise NotRecorded(f'{population}: has no positions: net["populations"]["{population}"]["positions"] gives it some')
        f = self._archive("positions.npz")
        return np.stack([f[names[axis]] for axis in "xyz" if axis in names], axis=1)

    def state(self, population: str) -> Columns:
        """State that the network's record asks for: times [T] ms; neurons [K], from 0 in the population; V, exc, inh, ext, net [T, K] mV.

        g0, g1, ... are the receptors' states (docs/from-python.md has their units), and tau_syn [receptors] their time constants in ms.
        """
        k = self._index(population)
        f, names = self._archive("state.npz"), self._of("state.npz", population)
        if not names:
            asked = f'{{"state": {{"{population}": {{"neurons": 5, "every": 0.5}}}}}}'
            raise NotRecorded(f'{population}: no state was recorded: net["record"] = {asked} keeps that of five neurons')
        first = int(self._spikes(None)["population_first"][k])
        of = self._places(population, int(self._spikes(None)["population_size"][k]))
        said = {"times": f[names.take("step")] * float(np.ravel(f["dt_ms"])[0]), "neurons": of[f[names.take("neuron")] - first]}
        return Columns(f, names, said, f"state of {population} [time, neuron]")

    @property
    def averages(self) -> ByPopulation:
        """Of each population: times [T] ms; rate [T] Hz since the time before; means V, exc, inh, ext, net [T] mV over its neurons."""
        f, all = self._archive("averages.npz"), {}
        for p in self.populations + self.groups if f.files else []:
            if names := self._of("averages.npz", p):
                said = {"times": f["step"] * float(np.ravel(f["dt_ms"])[0])}
                all[p] = Columns(f, names, said, f"averages of {p} [time]")
        return self._recorded(all, 'no averages were recorded: net["record"] = {"averages": 1} keeps one each ms')

    @property
    def histograms(self) -> ByPopulation:
        """Of each population and variable: times [T] ms; edges [B + 1] mV; counts [T, B]; below, above [T], what is beyond the edges."""
        f, all = self._archive("histograms.npz"), {}
        for p in self.populations + self.groups if f.files else []:
            names, of = self._of("histograms.npz", p), {}
            for v in [n[: -len("_edges")] for n in names if n.endswith("_edges")]:
                mine = {k: names[f"{v}_{k}"] for k in ("edges", "counts", "below", "above")}
                of[v] = Columns(f, mine, {"times": f[names[v + "_step"]] * float(np.ravel(f["dt_ms"])[0])}, f"histograms of {v} of {p}")
            if of:
                all[p] = ByPopulation(of, "is not among the variables of the histograms")
        hint = 'no histograms were recorded: net["record"] = {"histograms": {"E": {"V": {"low": 0, "high": 15, "bins": 30, "every": 10}}}} keeps some'
        return self._recorded(all, hint)

    @property
    def triggered(self) -> ByPopulation:
        """Averages around spikes, of each population: lags [L] ms; spikes, how many; neurons [K]; V_mean, V_sd, exc_mean, ... [L] mV."""
        f, all = self._archive("triggered.npz"), {}
        for p in self.populations + self.groups if f.files else []:
            if names := self._of("triggered.npz", p):
                first, size = (int(self._spikes(None)["population_" + of][self._index(p)]) for of in ("first", "size"))
                neurons = self._places(p, size)[f[names.take("neuron")] - first]
                said = {"lags": f[names.take("lag_ms")], "spikes": int(f[names.take("spikes")][0]), "neurons": neurons}
                all[p] = Columns(f, names, said, f"around spikes of {p} [lag]")
        asked = '{"triggered": {"E": {"neurons": 100, "before": 20, "after": 10, "every": 0.5}}}'
        return self._recorded(all, f'nothing was averaged around spikes: net["record"] = {asked} does that')

    def short_term(self, projection: str) -> Columns:
        """Short-term plasticity that the network's record asks for: times [T] ms; neurons [K] of the source population, from 0; u, x [T, K]."""
        projections = self.network["projections"]
        f = self._archive("short_term.npz")
        names = f.of(projection, list(projections)) if f.files else {}
        if not names:
            asked = f'{{"short_term": {{"{projection}": {{"neurons": 5, "every": 1}}}}}}'
            raise NotRecorded(f'{projection}: no u and x were recorded: net["record"] = {asked} keeps those of five sources, if it has short_term')
        first = int(self._spikes(None)["population_first"][self._index(projections[projection]["from"])])
        said = {"times": f[names.pop("step")] * float(np.ravel(f["dt_ms"])[0]), "neurons": f[names.pop("neuron")] - first}
        return Columns(f, names, said, f"short-term plasticity of {projection} [time, source]")

    def weights(self, projection: str) -> Columns:
        """Weights that the network's record asks for, of a projection with plasticity: times [T] ms; source, target [K], neurons of their populations,
        from 0; delay [K] ms; weight [T, K] in the unit of the projection's weight."""
        asked = f'{{"weights": {{"{projection}": {{"every": 100}}}}}}'
        f, names = self._synapses("weights.npz", projection, f'no weights were recorded: net["record"] = {asked} does that, if it has plasticity')
        said = {"times": f[names.pop("step")] * float(np.ravel(f["dt_ms"])[0])}
        return Columns(f, names, said, f"weights of {projection} [time, synapse]")

    def final_weights(self, projection: str) -> Columns:
        """Weights at the end of a run, of a projection with plasticity: source, target [M], neurons of their populations, from 0; delay [M] ms;
        weight [M] in the unit of the projection's weight; omega [M], the same as parts of w_max in units of 2^-31; edges [51], counts_start and
        counts_end [50], how they were distributed at the start and the end."""
        f, names = self._synapses("final_weights.npz", projection, "has no final weights: its weights don't change")
        return Columns(f, names, {}, f"final weights of {projection} [synapse]")

    def _synapses(self, file: str, projection: str, hint: str) -> tuple[Archive, Names]:
        f = self._archive(file)
        names = f.of(projection, list(self.network["projections"]))
        if not names:
            raise NotRecorded(f"{projection}: {hint}")
        return f, names

    @staticmethod
    def _recorded(all: dict[str, Any], hint: str) -> ByPopulation:
        if not all:
            raise NotRecorded(hint)
        return ByPopulation(all, hint)

    @property
    def figures(self) -> dict[str, Figure]:
        """The figures by name: raster, rate, potentials, currents, strip and sheet where neurons have positions, and groups where the network has some.

        A run that was interrupted has none before draw().
        """
        order = ["raster", "rate", "potentials", "currents", "states", "weights", "strip", "sheet", "groups"]
        found = sorted(self.folder.glob("*.svg"), key=lambda p: (order.index(p.stem) if p.stem in order else 99, p.stem))
        return {p.stem: Figure(self, p) for p in found}

    def draw(self, *, start: Optional[float] = None, stop: Optional[float] = None, binary: "str | None" = None) -> dict[str, Figure]:
        """Draws the figures, or draws them again with the part of the run from start to stop [ms]."""
        from .network import flag

        _binary.raise_for(_binary.call(["plot", str(self.folder), *flag("--from", start), *flag("--to", stop)], binary=binary))
        return self.figures

    def to_pandas(self, what: str = "spikes") -> Any:
        """A pandas.DataFrame: "spikes" (time_ms, population, neuron), "averages" (time_ms, population, rate, V, ...) or "populations",
        the statistics of summary.json, one row each."""
        import pandas as pd

        if what == "populations":
            return pd.DataFrame.from_dict(self.summary["populations"], orient="index").rename_axis("population")
        if what == "averages":
            frames = []
            for p, a in self.averages.items():
                columns = {k: a[k] for k in a if k not in ("times", "tau_syn")}
                frames.append(pd.DataFrame({"time_ms": a.times, "population": p, **columns}))
            return pd.concat(frames, ignore_index=True)
        if what != "spikes":
            raise NetworkError(f"what {what!r}: must be spikes, averages or populations")
        all = self.spikes()
        firsts = self._spikes(None)["population_first"]
        k = np.searchsorted(firsts, all.ids, side="right") - 1
        names = pd.Categorical.from_codes(k, categories=pd.Index(self.populations))
        return pd.DataFrame({"time_ms": all.times, "population": names, "neuron": all.ids - firsts[k]})

    def to_neo(self) -> Any:
        """A neo.Block of one segment: a SpikeTrain [ms] of each neuron that was recorded, annotated with population and neuron, and
        an AnalogSignal [mV] of each population's V that was recorded. Elephant takes them."""
        import neo
        import quantities as pq

        segment = neo.Segment(name=str(self.summary["network"]))
        for p in self.populations:
            for i, times in self.spikes(p).trains().items():
                train = neo.SpikeTrain(times * pq.ms, t_stop=self.duration * pq.ms, name=f"{p} {i}", population=p, neuron=i)
                segment.spiketrains.append(train)
            try:
                s = self.state(p)
            except NotRecorded:
                continue
            if "V" in s and len(s.times) > 1:
                every = float(s.times[1] - s.times[0])
                when = {"sampling_period": every * pq.ms, "t_start": s.times[0] * pq.ms}
                segment.analogsignals.append(neo.AnalogSignal(s.V, units="mV", name=f"V of {p}", population=p, neurons=s.neurons, **when))
        block = neo.Block(name=str(self.summary["network"]), digest=self.summary.get("digest"), seed=self.summary["seed"])
        block.segments.append(segment)
        return block

    def __repr__(self) -> str:
        rates = ", ".join(f"{name} {rate:.2f} Hz" for name, rate in self.rates().items())
        cut = " (interrupted)" if self.summary.get("interrupted") else ""
        return f"<einet.Results {self.summary['network']}: {self.duration:g} ms{cut}, {rates}>"

    def _repr_html_(self) -> str:
        s = self.summary
        columns = [
            ("rate_hz", "rate [Hz]", 2), ("cv_isi", "CV of ISI", 3), ("fano", "Fano", 3), ("mean_pairwise_correlation", "correlation", 5),
            ("excitatory_input_mv", "exc. input [mV]", 1), ("inhibitory_input_mv", "inh. input [mV]", 1), ("net_input_mv", "net input [mV]", 1),
        ]  # fmt: skip

        def cell(x: Any, decimals: int) -> str:
            if isinstance(x, dict):
                x = x.get("mean")
            return "-" if x is None else f"{x:.{decimals}f}"

        rows = "".join(
            f"<tr><th>{html.escape(name)}</th>" + "".join(f"<td>{cell(p.get(key), decimals)}</td>" for key, _, decimals in columns) + "</tr>"
            for name, p in s["populations"].items()
        )
        head = "<tr><th></th>" + "".join(f"<th>{title}</th>" for _, title, _ in columns) + "</tr>"
        cut = ", interrupted" if s.get("interrupted") else ""
        about = f"{s['neurons']} neurons, {s['synapses']} synapses; {self.duration:g} ms{cut} on {s['engine']} ({s['device']}), seed {s['seed']}"
        warned = "".join(f"<p>Warning: {html.escape(w)}</p>" for w in s.get("warnings") or [])
        digest = f"<p>digest <code>{html.escape(str(s['digest']))}</code></p>" if s.get("digest") else ""
        shown = self.figures  # a raster has the rate below it
        figures = "".join(f"<div>{f._repr_html_()}</div>" for name, f in shown.items() if name != "rate" or "raster" not in shown)
        return f"<div><p><b>{html.escape(str(s['network']))}</b>: {html.escape(about)}</p><table>{head}{rows}</table>{digest}{warned}{figures}</div>"


def open_results(folder: "str | os.PathLike[str]") -> Results:
    """The results of an earlier run, in the folder that einet run wrote. It stays.

    Raises NetworkError where the folder holds no run.
    """
    return Results(folder)
