"""The PyNN layer against closed forms, and against what PyNN says its parts are. It needs numpy alone, and einet."""

import math
import os
import pickle
import subprocess
import sys
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np

import einet
import einet.pynn as sim
from einet.pynn.errors import ConnectionError, InvalidParameterValueError, NonExistentParameterError, NotSupported, RecordingError
from einet.pynn.parameters import Sequence as sim_sequence
from einet.pynn.random import RandomDistribution

DT = 0.1


def values(signal):
    """A signal [time, cell] as plain numbers, of neo or not."""
    return np.asarray(getattr(signal, "magnitude", signal), float)


def times(train):
    return np.asarray(getattr(train, "magnitude", train), float)


def potential(cells, index=0):
    """v [T] mV of a cell at dt, 2 dt, ..."""
    return values(cells.get_data("v").segments[-1].filter(name="v")[0])[:, index]


class Case(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore", einet.EinetWarning)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.dir = Path(temporary.name)
        sim.setup(timestep=DT, engine="reference")

    def struck(self, celltype, weight, receptor="excitatory", delay=1.0, until=30.0, **start):
        """v of a cell that gets one spike, of time 5 ms."""
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0]))
        cell = sim.Population(1, celltype)
        cell.initialize(v=-65.0, **start)
        sim.Projection(source, cell, sim.AllToAllConnector(), sim.StaticSynapse(weight=weight, delay=delay), receptor_type=receptor)
        cell.record("v")
        sim.run(until)
        return cell, potential(cell)


def integrated(derivative, g, until, v=-65.0, finer=200):
    """v at DT, 2 DT, ... of dv/dt = derivative(v, g(t)), by the midpoint rule with steps of DT/finer."""
    h, out = DT / finer, []
    for n in range(round(until / DT)):
        for k in range(finer):
            t = n * DT + k * h
            middle = v + h / 2 * derivative(v, g(t))
            v += h * derivative(middle, g(t + h / 2))
        out.append(v)
    return np.array(out)


class Units(Case):
    """nA, nF, uS and mV are what the equations make of them; signs are PyNN's."""

    def test_offset(self):
        # From reset to threshold in tau ln(RI/(RI - 15)), R = 20/0.5 = 40 MOhm: 40 mV.
        cell = sim.Population(3, sim.IF_curr_exp(cm=0.5, tau_m=20.0, tau_refrac=2.0, i_offset=1.0))
        cell.record("spikes")
        self.assertEqual(sim.run(200), 200)
        period = 20 * math.log(40 / 25) + 2
        for train in cell.get_data().segments[0].spiketrains:
            np.testing.assert_allclose(np.diff(times(train)), period, atol=DT)
        self.assertAlmostEqual(cell.mean_spike_count(), 200 / period, delta=1)
        other = 20 * math.log(40 * 1.05 / (40 * 1.05 - 15)) + 2
        self.assertGreater(abs(other - period), DT, "the control: 5 % more current is noticed")

    def test_current_of_exponential_synapses(self):
        cell, v = self.struck(sim.IF_curr_exp(cm=0.2, tau_m=20.0, tau_syn_E=5.0), 0.5)
        t = np.arange(1, 301) * DT - 6
        u = np.where(t > 0, 0.5 / 0.2 * 20 * 5 / (20 - 5) * (np.exp(-t / 20) - np.exp(-t / 5)), 0)
        np.testing.assert_allclose(v, -65 + u, atol=1e-4)
        self.assertGreater(np.abs(v - (-65 + 1.05 * u)).max(), 0.1)
        self.assertGreater(np.abs(v[1:] - (-65 + u[:-1])).max(), 0.1, "the control: a step later is noticed")

    def test_inhibition(self):
        _, v = self.struck(sim.IF_curr_exp(cm=0.2, tau_syn_I=3.0), -0.5, "inhibitory")
        t = np.arange(1, 301) * DT - 6
        u = np.where(t > 0, -0.5 / 0.2 * 20 * 3 / (20 - 3) * (np.exp(-t / 20) - np.exp(-t / 3)), 0)
        np.testing.assert_allclose(v, -65 + u, atol=1e-4)

    def test_alpha(self):
        _, v = self.struck(sim.IF_curr_alpha(cm=0.2, tau_syn_E=2.0), 0.5)
        peak = lambda t: 0.5 * math.e * max(t - 6, 0) / 2 * math.exp(-max(t - 6, 0) / 2)  # nA
        np.testing.assert_allclose(v, integrated(lambda v, i: -(v + 65) / 20 + i / 0.2, peak, 30), atol=1e-3)

    def test_delta(self):
        _, v = self.struck(sim.IF_curr_delta(cm=0.2), 3.0)
        self.assertAlmostEqual(v[59], -62, places=4)
        np.testing.assert_allclose(v[59:] + 65, 3 * np.exp(-np.arange(len(v) - 59) * DT / 20), atol=1e-4)

    def test_conductance(self):
        for receptor, reversal, up in (("excitatory", 0.0, 1), ("inhibitory", -80.0, -1)):
            with self.subTest(receptor):
                sim.setup(timestep=DT, engine="reference")
                celltype = sim.IF_cond_exp(cm=0.2, tau_m=20.0, tau_syn_E=5.0, tau_syn_I=5.0, e_rev_I=-80.0)
                cell, v = self.struck(celltype, 0.004, receptor)
                g = lambda t: 0.004 * math.exp(-(t - 6) / 5) if t > 6 else 0  # uS
                wanted = integrated(lambda v, g: -(v + 65) / 20 + g * (reversal - v) / 0.2, g, 30)
                np.testing.assert_allclose(v, wanted, atol=5e-3)
                self.assertGreater(up * (v[80] + 65), 0.05)
                self.assertGreater(np.abs(v - (-65 + 1.05 * (wanted + 65))).max(), 1e-2)

    def test_recorded_conductance(self):
        source = sim.Population(1, sim.SpikeSourceArray(spike_times=[5.0]))
        cells = sim.Population(4, sim.IF_cond_exp(tau_syn_E=5.0, tau_syn_I=5.0))
        weak = sim.StaticSynapse(weight=0.002, delay=1.0)
        strong = sim.StaticSynapse(weight=0.006, delay=1.0)
        sim.Projection(source, cells, sim.AllToAllConnector(), strong, receptor_type="inhibitory")
        sim.Projection(source, cells[2:], sim.AllToAllConnector(), weak, receptor_type="excitatory")
        cells[1, 3].record(["gsyn_exc", "gsyn_inh", "v"], sampling_interval=0.5)
        sim.run(20)
        segment = cells.get_data().segments[0]
        t = np.arange(1, 41) * 0.5
        decay = np.where(t >= 6, np.exp(-(t - 6) / 5), 0)
        inh, exc = (values(segment.filter(name=name)[0]) for name in ("gsyn_inh", "gsyn_exc"))
        self.assertEqual((inh.shape, exc.shape), ((40, 2), (40, 2)))
        np.testing.assert_allclose(inh, 0.006 * np.stack([decay, decay], 1), rtol=1e-3, atol=1e-7)
        np.testing.assert_allclose(exc, 0.002 * np.stack([0 * decay, decay], 1), rtol=1e-3, atol=1e-7)

    def test_current_sources(self):
        cells = sim.Population(3, sim.IF_curr_exp(cm=0.2, tau_m=20.0))
        sim.DCSource(amplitude=0.1, start=5.0, stop=15.0).inject_into(cells[:2])
        cells[1:2].inject(sim.StepCurrentSource(times=[5.0, 15.0], amplitudes=[-0.1, 0.0]))
        cells.record("v")
        sim.run(30)
        v = values(cells.get_data().segments[0].analogsignals[0])
        t = np.arange(1, 301) * DT
        up = 10 * (1 - np.exp(-np.clip(t - 5, 0, 10) / 20)) * np.exp(-np.maximum(t - 15, 0) / 20)
        np.testing.assert_allclose(v, -65 + np.stack([up, 0 * up, 0 * up], 1), atol=1e-4)

    def test_sources(self):
        noise = sim.Population(200, sim.SpikeSourcePoisson(rate=100.0, start=20.0, duration=50.0))
        given = sim.Population(3, sim.SpikeSourceArray(spike_times=[[1.0, 2.0], [], [7.5]]))
        noise.record("spikes")
        given.record("spikes")
        sim.run(100)
        trains = [times(t) for t in noise.get_data().segments[0].spiketrains]
        every = np.concatenate(trains)
        self.assertEqual(len(trains), 200)
        self.assertTrue((every > 20).all() and (every <= 70 + 1e-9).all())
        self.assertLess(abs(len(every) - 1000), 4 * math.sqrt(1000))
        self.assertEqual([times(t).round(6).tolist() for t in given.get_data().segments[0].spiketrains], [[1.0, 2.0], [], [7.5]])
        self.assertEqual(given.get_spike_counts(), {200: 2, 201: 0, 202: 1})


class Cells(Case):
    def test_values_of_each_cell_are_its_own(self):
        offsets = np.array([0.0, 1.0, 0.0, 0.5, 1.0, 0.0])
        cells = sim.Population(6, sim.IF_curr_exp(cm=0.5, tau_refrac=2.0), label="odd ones")
        cells.set(i_offset=offsets)
        cells[4:5].set(tau_refrac=10.0)
        cells[3].i_offset = 0.0
        cells.record("spikes")
        cells[5, 1].record("v")
        sim.run(100)
        counts = list(cells.get_spike_counts().values())
        self.assertEqual([c > 0 for c in counts], [False, True, False, False, True, False])
        self.assertLess(counts[4], counts[1])
        signal = cells.get_data().segments[0].analogsignals[0]
        self.assertEqual(values(signal).shape, (1000, 2))
        self.assertAlmostEqual(values(signal)[-1, 1], -65, places=3, msg="the columns are in the order of the cells")
        self.assertEqual(cells.get("i_offset").tolist(), [0, 1, 0, 0, 1, 0])
        self.assertEqual(cells[1:2].get("i_offset"), 1.0)
        self.assertEqual(list(sim.network()["populations"]), ["odd_ones_1", "odd_ones_2", "odd_ones_3"])

    def test_drawn_values(self):
        cells = sim.Population(500, sim.IF_curr_exp())
        cells.set(v_thresh=RandomDistribution("normal_clipped", mu=-50, sigma=2, low=-55, high=-45))
        cells.initialize(v=RandomDistribution("uniform", (-70, -60)))
        net = sim.network()["populations"]["population0"]
        self.assertEqual(net["V0"], {"uniform": [-70, -60]})
        self.assertEqual(net["V_th"], {"normal": {"mean": -50, "sd": 2, "low": -55, "high": -45, "outside": "redraw"}})
        few = sim.Population(5, sim.IF_curr_exp(), label="few")
        few.set(tau_m=RandomDistribution("uniform", (10, 20), rng=sim.NumpyRNG(seed=5)))
        wanted = np.random.RandomState(5).uniform(10, 20, 5)
        np.testing.assert_array_equal(few.get("tau_m"), wanted)
        self.assertEqual([p["tau_m"] for n, p in sim.network()["populations"].items() if n.startswith("few")], wanted.tolist())
        cells.set(tau_m=RandomDistribution("uniform", (10, 20)))
        sim.setup()
        many = sim.Population(2000, sim.IF_curr_exp(tau_m=np.linspace(10, 20, 2000)))
        with self.assertRaisesRegex(NotSupported, "tau_m between its cells: einet has at most 1024"):
            sim.network()
        self.assertEqual(len(many), 2000)

    def test_values_of_pynn(self):
        """Distributions, generators and sequences of an installed PyNN have the same names, and count as ours."""
        theirs = lambda called, /, **has: type(called, (), has)()
        rng = theirs("NumpyRNG", seed=5)
        between = theirs("RandomDistribution", name="uniform", parameters={"low": -60.0, "high": -50.0}, rng=rng, next=lambda self, n: [0.5] * n)
        cells = sim.Population(3, sim.IF_curr_exp(tau_m=between))
        cells.initialize(v=between)
        source = sim.Population(2, sim.SpikeSourceArray(spike_times=[theirs("Sequence", value=np.array([1.0, 2.0])), theirs("Sequence", value=[3])]))
        net = sim.network()
        self.assertEqual((net["seed"], net["populations"]["population0"]["V0"]), (5, {"uniform": [-60, -50]}))
        self.assertEqual((cells.get("tau_m"), net["populations"]["population1"]["times"]), (0.5, [1, 2, 3]))
        self.assertEqual(len(source), 2)

    def test_views_and_assemblies(self):
        a = sim.Population(6, sim.IF_curr_exp(), label="a")
        b = sim.Population(4, sim.IF_curr_exp(), label="b")
        both = a + b
        self.assertEqual((both.size, both.label), (10, "a+b"))
        self.assertEqual([int(i) for i in both[5:8]], [5, 6, 7])
        self.assertEqual(a[::2][1:].ids.tolist(), [2, 4])
        self.assertEqual(a[np.array([True, False] * 3)].ids.tolist(), [0, 2, 4])
        self.assertEqual((b.first_id, b.last_id, b.id_to_index(7), b[2]), (6, 9, 1, 8))
        self.assertEqual(len(a.sample(3, rng=sim.NumpyRNG(1))), 3)
        both.initialize(v=np.arange(10.0) - 70)
        self.assertEqual(b.initial["v"].tolist(), [-64, -63, -62, -61])
        both.set(i_offset=1.0)
        both.record("spikes")
        sim.run(50)
        self.assertEqual(len(both.get_data().segments[0].spiketrains), 10)
        self.assertGreater(b.mean_spike_count(), 0)
        with self.assertRaises(InvalidParameterValueError):
            both + a[:2]
        with self.assertRaises(InvalidParameterValueError):
            a.set(i_offset=[1, 2])
        with self.assertRaisesRegex(NonExistentParameterError, "tau: is no parameter of IF_curr_exp; there are v_rest"):
            a.set(tau=5)
        with self.assertRaises(IndexError):
            a[6]


class Connections(Case):
    def ends(self, n=40, m=30):
        return sim.Population(n, sim.IF_curr_exp(), label="pre"), sim.Population(m, sim.IF_curr_exp(), label="post")

    def test_rules(self):
        pre, post = self.ends()
        synapse = sim.StaticSynapse(weight=0.25, delay=0.5)
        project = lambda a, b, c: sim.Projection(a, b, c, synapse)
        some = project(pre, post, sim.FixedProbabilityConnector(0.3))
        all_ = project(pre, pre, sim.AllToAllConnector(allow_self_connections=False))
        five = project(pre, post, sim.FixedNumberPreConnector(5))
        six = project(pre, post, sim.FixedNumberPostConnector(6, with_replacement=True))
        total = project(pre, post, sim.FixedTotalNumberConnector(77))
        one = project(pre, post, sim.OneToOneConnector())
        array = np.random.RandomState(1).rand(40, 30) < 0.1
        listed = project(pre, post, sim.ArrayConnector(array))
        self.assertLess(abs(some.size() - 360), 4 * math.sqrt(360 * 0.7))
        self.assertEqual([len(x) for x in (all_, total, one, listed)], [40 * 39, 77, 30, array.sum()])
        i, j, w, d = five.connections()
        self.assertEqual(np.bincount(j, minlength=30).tolist(), [5] * 30)
        self.assertEqual(len(set(zip(i, j))), 150)
        self.assertEqual((set(w.round(6)), set(d.round(6))), ({0.25}, {0.5}))
        self.assertEqual(np.bincount(six.connections()[0], minlength=40).tolist(), [6] * 40)
        self.assertEqual(one.get("weight", "list")[:2], [(0, 0, 0.25), (1, 1, 0.25)])
        np.testing.assert_array_equal(~np.isnan(listed.get("weight", format="array")), array)
        self.assertEqual(next(iter(one)).delay, 0.5)
        rules = [x["rule"] for x in sim.network()["projections"].values()]
        self.assertEqual(rules, ["fixed_probability", "all_to_all", "fixed_indegree", "fixed_outdegree", "fixed_total_number", "list", "list"])

    def test_views(self):
        pre, post = self.ends()
        odd = pre[1::2]
        x = sim.Projection(odd, post[:10] + pre[:2], sim.AllToAllConnector(), sim.StaticSynapse(weight=0.1))
        y = sim.Projection(odd + post[5:], post, sim.FixedNumberPreConnector(7, rng=sim.NumpyRNG(3)), sim.StaticSynapse(weight=0.1))
        z = sim.Projection(pre, pre, sim.OneToOneConnector(), sim.StaticSynapse(weight=np.arange(1600.0).reshape(40, 40)))
        self.assertEqual(len(x), 20 * 12)
        i, j, _, _ = y.connections()
        self.assertEqual((np.bincount(j, minlength=30).tolist(), i.max() < 45, len(set(zip(i, j)))), ([7] * 30, True, 210))
        self.assertEqual(z.get("weight", "list"), [(k, k, 41.0 * k) for k in range(40)])

    def test_lists(self):
        rows = [(0, 3, 0.1, 0.5), (7, 0, 0.2, 1.5), (39, 29, 0.3, 2.0)]
        pre, post = self.ends()
        x = sim.Projection(pre, post, sim.FromListConnector(rows))
        np.testing.assert_allclose(x.get(["weight", "delay"], "list"), rows, rtol=1e-3)
        x.save("all", str(self.dir / "list.txt"))
        y = sim.Projection(pre, post, sim.FromFileConnector(str(self.dir / "list.txt")))
        np.testing.assert_allclose(y.get(["weight", "delay"], "list"), rows, rtol=1e-3)
        x.set(weight=0.5)
        np.testing.assert_allclose(x.get("weight", "list", with_address=False), [0.5] * 3)
        bad = sim.Projection(pre, post, sim.FromListConnector([(0, 30)]), sim.StaticSynapse(weight=1))
        with self.assertRaisesRegex(ConnectionError, "row 0: target 30: must be 0 to 29"):
            len(bad)

    def test_spikes_arrive_where_the_list_says(self):
        source = sim.Population(3, sim.SpikeSourceArray(spike_times=[[1.0], [2.0], [3.0]]))
        cells = sim.Population(4, sim.IF_curr_delta())
        cells[2].i_offset = 0.001  # so that cells are of two parts
        sim.Projection(source, cells, sim.FromListConnector([(0, 3, 20.0, 0.5), (1, 2, 20.0, 1.0), (2, 0, 20.0, 5.0)]))
        cells.record("spikes")
        sim.run(10)
        found = {int(t.annotations["source_index"]): times(t).round(6).tolist() for t in cells.get_data().segments[0].spiketrains}
        self.assertEqual(found, {0: [8.0], 1: [], 2: [3.0], 3: [1.5]})

    def test_drawn(self):
        pre, post = self.ends(200, 200)
        normal = RandomDistribution("normal_clipped", mu=0.5, sigma=0.1, low=0.3, high=0.7)
        gamma = RandomDistribution("gamma", k=2.0, theta=0.1, rng=sim.NumpyRNG(seed=9))
        delays = RandomDistribution("uniform", (0.5, 2.5))
        x = sim.Projection(pre, post, sim.FixedProbabilityConnector(0.5), sim.StaticSynapse(weight=normal, delay=delays))
        y = sim.Projection(pre, post, sim.FixedProbabilityConnector(0.5), sim.StaticSynapse(weight=gamma))
        w = x.connections()[2]
        self.assertTrue(0.299 < w.min() and w.max() < 0.701)
        self.assertLess(abs(w.mean() - 0.5), 0.005)
        self.assertLess(abs(x.connections()[3].mean() - 1.5), 0.03)
        w = y.connections()[2]
        self.assertLess(abs(w.mean() - 0.2), 0.01)
        self.assertLess(abs(w.var() - 0.02), 0.003)

    def test_signs(self):
        pre = sim.Population(2, sim.IF_curr_exp())
        cond = sim.Population(2, sim.IF_cond_exp())
        project = lambda post, w, **more: sim.Projection(pre, post, sim.AllToAllConnector(), sim.StaticSynapse(weight=w), **more)
        for post, w, receptor in ((pre, -1, "excitatory"), (pre, 1, "inhibitory"), (cond, -1, "inhibitory"), (cond, -1, "excitatory")):
            with self.assertRaisesRegex(ConnectionError, f"weight {w}: {receptor} weights of"):
                project(post, w, receptor_type=receptor)
        self.assertEqual(project(pre, -1).receptor_type, "inhibitory")
        project(cond, 0.004, receptor_type="inhibitory")
        self.assertEqual([x["weight"] for x in sim.network()["projections"].values()], [-1000, -4])
        with self.assertRaisesRegex(ConnectionError, "must be one of excitatory, inhibitory"):
            project(pre, 1, receptor_type="NMDA")
        with self.assertRaisesRegex(ConnectionError, "of one kind"):
            project(pre + cond, 1)


class Runs(Case):
    def cells(self, **more):
        cells = sim.Population(50, sim.IF_curr_exp(i_offset=0.9), label="E")
        cells.initialize(v=RandomDistribution("uniform", (-65, -50), rng=sim.NumpyRNG(seed=7)))
        sim.Projection(cells, cells, sim.FixedProbabilityConnector(0.1), sim.StaticSynapse(weight=-0.05), receptor_type="inhibitory")
        cells.record("spikes")
        return cells

    def test_several(self):
        cells = self.cells()
        self.assertEqual(sim.run(30), 30)
        first = cells.get_spike_counts()
        sim.run_until(100)
        twice = [times(t) for t in cells.get_data().segments[0].spiketrains]
        sim.reset()
        self.assertEqual(sim.get_current_time(), 0)
        cells.set(i_offset=0.7)
        sim.run(100)
        block = cells.get_data()
        self.assertEqual([s.name for s in block.segments], ["segment000", "segment001"])
        self.assertEqual(sum(first.values()), sum((t <= 30).sum() for t in twice))
        for a, b in zip(block.segments[0].spiketrains, twice):
            np.testing.assert_array_equal(times(a), b)
        self.assertLess(sum(map(len, block.segments[1].spiketrains)), sum(map(len, twice)))
        with self.assertRaisesRegex(NotSupported, "what changes a network between two runs"):
            cells.set(i_offset=1.0)
            sim.run(10)

    def test_clear(self):
        cells = self.cells()
        sim.run(50)
        early = sum(map(len, cells.get_data(clear=True).segments[0].spiketrains))
        sim.run(50)
        late = sum(map(len, cells.get_data().segments[0].spiketrains))
        sim.setup(timestep=DT, engine="reference")
        cells = self.cells()
        sim.run(100)
        self.assertEqual(early + late, sum(cells.get_spike_counts().values()))

    def test_seeds(self):
        def digest(**more):
            sim.setup(timestep=DT, engine="reference", **more)
            self.cells()
            sim.run(50)
            from einet.pynn.state import current

            return current().segments[0].results.digest

        self.assertEqual(sim.network()["seed"], 1)
        self.assertEqual(digest(), digest(rng_seed=7), "the seed of the script's generator is einet's")
        self.assertNotEqual(digest(), digest(rng_seed=8))

    def test_files(self):
        cells = self.cells()
        cells[:3].record("v", to_file=str(self.dir / "deep" / "v.pkl"))
        sim.run(20)
        cells.write_data(str(self.dir / "all.pkl"), annotations={"script": "mine"})
        sim.end()
        for name, trains in (("all.pkl", 50), ("deep/v.pkl", 0)):
            block = pickle.loads((self.dir / name).read_bytes())
            self.assertEqual(len(block.segments[0].spiketrains), trains)
            self.assertEqual(values(block.segments[0].filter(name="v")[0]).shape, (200, 3))
        kept = pickle.loads((self.dir / "all.pkl").read_bytes())
        self.assertEqual((kept.annotations["script"], kept.annotations["simulator"]), ("mine", "einet"))
        for a, b in zip(kept.segments[0].spiketrains, cells.get_data().segments[0].spiketrains):
            np.testing.assert_array_equal(times(a), times(b))
            self.assertEqual(a.annotations, b.annotations)

    def test_without_neo(self):
        from einet.pynn import data

        before, data.kind = data.kind, lambda: data.Plain
        self.addCleanup(setattr, data, "kind", before)
        cells = self.cells()
        cells.record("v", sampling_interval=1.0)
        sim.run(20)
        segment = cells.get_data().segments[0]
        signal = segment.filter(name="v")[0]
        self.assertEqual((signal.units, signal.shape, signal.times[0], signal.times[-1]), ("mV", (20, 50), 1, 20))
        self.assertEqual((segment.spiketrains[3].t_stop, segment.spiketrains[3].annotations["source_index"]), (20, 3))
        self.assertEqual(pickle.loads(pickle.dumps(signal)).times[0], 1)
        with self.assertRaisesRegex(NotSupported, "need neo"):
            cells.write_data(str(self.dir / "x.nix"))

    def test_refusals(self):
        cells = self.cells()
        for name in ("TsodyksMarkramSynapse", "EIF_cond_exp_isfa_ista", "DistanceDependentProbabilityConnector", "NoisyCurrentSource"):
            with self.assertRaisesRegex(NotImplementedError, f"einet.pynn has no {name}"):
                getattr(sim, name)
        self.assertFalse(hasattr(sim, "STDPMechanism"))
        for call, said in (
            (lambda: sim.run(10, callbacks=[print]), "callbacks"),
            (lambda: sim.run(0.05), "run: 0.05 ms: must end a step"),
            (lambda: sim.Population(5, sim.IF_curr_exp(), structure=1), "structure"),
            (lambda: sim.StaticSynapse(weight="d*2"), "of distance"),
            (lambda: sim.setup(timestep=0.1, min_delay=0.05), "min_delay"),
            (lambda: sim.FixedProbabilityConnector(0.1, allow_self_connections="NoMutual"), "NoMutual"),
            (lambda: sim.Population(1, sim.SpikeSourcePoisson()).inject(sim.DCSource()), "takes no current"),
        ):
            with self.assertRaisesRegex(NotSupported, said):
                call()
        sim.setup(timestep=0.1, engine="reference")
        cells = self.cells()
        with self.assertRaisesRegex(RecordingError, "gsyn_exc: IF_curr_exp records spikes, v"):
            cells.record("gsyn_exc")
        with self.assertRaisesRegex(RecordingError, "v: was not recorded"):
            cells.get_data("v")
        cells.set(v_reset=-40.0)
        with self.assertRaises(einet.NetworkError) as caught:
            sim.run(10)
        self.assertEqual(caught.exception.path, "populations.E.V_reset")


SCRIPT = """
from einet.pynn.utility import get_simulator, Timer, ProgressBar, normalized_filename
from einet.pynn.random import NumpyRNG, RandomDistribution
sim, options = get_simulator(("size", "cells"), ("--plot", "draw", {"action": "store_true"}))
timer = Timer()
sim.setup(timestep=0.1, min_delay=0.2, max_delay=1.0, threads=1, filename="x.xml", label="x")
cells = sim.Population(int(options.size), sim.IF_curr_exp(i_offset=1.0), label="All")
cells.record("spikes")
sim.run(100)
print(options.plot, cells.mean_spike_count() > 0, timer.diff() >= 0, normalized_filename("R", "x", "pkl", "einet", 1)[-3:])
"""


class Scripts(Case):
    def test_names_of_the_package(self):
        import importlib

        other = importlib.import_module("einet.pynn." + "einet")  # as scripts import pyNN.NAME
        self.assertIs(other, sim)
        space = {}
        exec("from einet.pynn.einet import *", space)
        self.assertIs(space["Population"], sim.Population)

    def test_functions(self):
        cells = sim.create(sim.IF_curr_exp, {"tau_refrac": 2.0}, n=4)
        source = sim.create(sim.SpikeSourceArray(spike_times=lambda i: sim_sequence([1.0 + i, 3.0])), n=2)
        sim.set(cells, i_offset=lambda i: 0.1 * i)
        sim.initialize(cells, v=-60.0)
        x = sim.connect(source[0], cells[2:], weight=0.3, delay=0.5)
        sim.record("v", cells[1], str(self.dir / "v.pkl"), sampling_interval=1.0)
        sim.record("spikes", source)
        self.assertEqual(sim.run_for(10.0), 10)
        sim.end()
        np.testing.assert_allclose(cells.get("i_offset"), [0, 0.1, 0.2, 0.3])
        self.assertEqual((cells.get("tau_refrac"), cells[3].tau_refrac, cells[3].i_offset), (2.0, 2.0, 0.1 * 3))
        self.assertEqual(x.get(["weight", "delay"], "list"), [(0, 0, 0.3, 0.5), (0, 1, 0.3, 0.5)])
        self.assertEqual([times(t).tolist() for t in source.get_data().segments[0].spiketrains], [[1, 3], [2, 3]])
        v = values(pickle.loads((self.dir / "v.pkl").read_bytes()).segments[0].analogsignals[0])[:, 0]
        # 0.1 nA into 20 ms/1 nF are 2 mV.
        np.testing.assert_allclose(v, -63 + 3 * np.exp(-np.arange(1, 11) / 20), atol=1e-4)
        self.assertEqual((sim.get_time_step(), sim.get_min_delay(), sim.num_processes(), sim.rank()), (0.1, 0.1, 1, 0))
        self.assertIn("IF_cond_exp", sim.list_standard_models())

    def test_sinusoid(self):
        cell = sim.Population(1, sim.IF_curr_exp(cm=0.2, v_thresh=0.0))
        cell.inject(sim.ACSource(amplitude=0.1, offset=0.05, frequency=50.0, phase=90.0))
        cell.record("v")
        sim.run(40)
        held = lambda t: math.floor(t / DT + 1e-9) * DT  # einet's input is that of a step's beginning
        current = lambda t: 0.05 + 0.1 * math.sin(2 * math.pi * 0.05 * held(t) + math.pi / 2)
        wanted = integrated(lambda v, i: -(v + 65) / 20 + i / 0.2, current, 40, finer=20)
        np.testing.assert_allclose(potential(cell), wanted, atol=1e-3)
        late = integrated(lambda v, i: -(v + 65) / 20 + i / 0.2, lambda t: current(max(t - DT, 0)), 40, finer=20)
        self.assertGreater(np.abs(potential(cell) - late).max(), 1e-2, "the control: a step later is noticed")
        with self.assertRaisesRegex(NotSupported, "starts or stops"):
            cell.inject(sim.ACSource(start=5.0))
            sim.network()

    def test_command_line(self):
        file = self.dir / "script.py"
        file.write_text(SCRIPT)
        path = os.pathsep.join([str(Path(einet.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
        call = lambda *args: subprocess.run([sys.executable, file, *args], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path})
        done = call("einet", "5", "--plot")
        self.assertEqual((done.returncode, done.stdout), (0, "True True True pkl\n"), done.stderr)
        done = call("nosuch", "5")
        self.assertEqual(done.returncode, 2)
        self.assertIn("simulator nosuch", done.stderr)
