"""The package against the files that einet writes. They need numpy alone, and einet: $EINET, the PATH or bin/."""

import copy
import gc
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
import unittest
import warnings
from pathlib import Path
from unittest import mock

import numpy as np

import einet
from einet import binary
from einet.progress import PAUSE, Bar, NotebookBar, bar_for

SMALL = dict(scale=0.1, duration=200, engine="reference", figures=False)

OWN = {
    "populations": {"E": {"size": 40, "tau_m": 20, "V_th": 20, "V_reset": 10, "V0": {"uniform": [0, 20]}, "input": np.float32(25)}},
    "projections": {"E_to_E": {"from": "E", "to": "E", "p": 0.1, "weight": 0.1, "delay": "1.5 ms", "tau_syn": 5}},
}


def has(module):
    try:
        __import__(module)
    except ImportError:
        return False
    return True


class Case(unittest.TestCase):
    def setUp(self):
        warnings.simplefilter("ignore", einet.EinetWarning)
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.dir = Path(temporary.name)


class Numbers(Case):
    """What the package gives is what numpy reads of the files."""

    record = {
        "spikes": {"E": {"sample": 50}, "I": 30},
        "state": {"I": {"neurons": [3, 7], "every": 0.5}, "E": {"neurons": 2, "every": 1, "variables": ["V"]}},
        "averages": 1,
        "histograms": {"E": {"V": {"low": -10, "high": 15, "bins": 5, "every": 10}}},
        "triggered": {"I": {"neurons": 100, "before": 10, "after": 5, "every": 0.1}},
    }

    def test_spikes(self):
        r = einet.run("ei", out=self.dir / "r", seed=3, **SMALL)
        f = np.load(self.dir / "r/spikes.npz")
        said = json.loads((self.dir / "r/summary.json").read_text())
        self.assertEqual(r.summary, said)
        self.assertEqual((r.digest, said["seed"], r.populations), (said["digest"], 3, ["E", "I"]))
        self.assertEqual(r.summary.populations.E.rate_hz, said["populations"]["E"]["rate_hz"])
        times, ids = r.spikes()
        np.testing.assert_array_equal(times, f["step"] * 0.1)
        np.testing.assert_array_equal(ids, f["neuron"])
        for name, first, size in zip("EI", (0, 800), (800, 200)):
            s = r.spikes(name)
            mine = (f["neuron"] >= first) & (f["neuron"] < first + size)
            np.testing.assert_array_equal(s.ids + first, f["neuron"][mine])
            self.assertEqual(len(s), said["populations"][name]["spikes"])
            self.assertAlmostEqual(s.rates().mean(), r.rates()[name], places=9)
            trains = s.trains()
            self.assertEqual(list(trains), list(range(size)))
            for i in (0, size // 2, size - 1):
                np.testing.assert_array_equal(trains[i], s.times[s.ids == i])
            rate = r.population_rate(name)
            self.assertEqual((len(rate.times), rate.times[0], rate.times[-1]), (200, 0, 199))
            self.assertAlmostEqual(rate.rate.mean(), r.rates()[name], places=9)
        rate = r.population_rate(bin=1).rate
        np.testing.assert_allclose(rate, np.bincount((f["step"] - 1) // 10, minlength=200) / 1000 / 1e-3)
        self.assertEqual(len(r.population_rate("E", bin=30).times), 6, "a last bin that is not full is none")
        for bin in (0.25, 0, -1, float("nan"), float("inf")):
            with self.assertRaisesRegex(einet.NetworkError, f"bin {bin} ms: must be a multiple of dt"):
                r.population_rate(bin=bin)
        with self.assertRaisesRegex(einet.NotRecorded, "there is no population X; there are E, I"):
            r.spikes("X")
        # The control: these comparisons notice another seed, and one spike a step later.
        other = einet.run("ei", seed=4, **SMALL)
        self.assertNotEqual(other.digest, r.digest)
        self.assertFalse(np.array_equal(other.spikes().times, times))
        late = f["step"].copy()
        late[len(late) // 2] += 1
        self.assertFalse(np.array_equal(times, late * 0.1))

    def test_recorders(self):
        net = einet.preset("ei")
        net["record"] = copy.deepcopy(self.record)
        r = einet.run(net, out=self.dir / "r", **SMALL)
        load = lambda name: np.load(self.dir / "r" / name)
        f = load("spikes.npz")
        e, i = r.spikes("E"), r.spikes("I")
        np.testing.assert_array_equal(e.recorded, f["recorded_neuron"][:50])
        np.testing.assert_array_equal(i.recorded, np.arange(30))
        self.assertEqual(sorted(e.trains()), list(e.recorded))
        self.assertTrue(np.isin(e.ids, e.recorded).all())

        f = load("state.npz")
        s = r.state("I")
        np.testing.assert_array_equal(s.neurons, [3, 7])
        np.testing.assert_array_equal(s.times, f["I_step"] * 0.1)
        for x in ("V", "exc", "inh", "ext", "net", "g0", "g1"):
            np.testing.assert_array_equal(s[x], f["I_" + x])
        self.assertEqual(s.V.shape, (400, 2))
        self.assertEqual(list(r.state("E")), ["times", "neurons", "V"])
        with self.assertRaisesRegex(AttributeError, "there is no exc; there are times"):
            r.state("E").exc

        f = load("averages.npz")
        a = r.averages["E"]
        np.testing.assert_array_equal(a.times, np.arange(1, 201) * 10 * 0.1)
        np.testing.assert_array_equal(a.rate, f["E_rate"])
        self.assertAlmostEqual(float(a.rate.mean()), r.rates()["E"], places=3)

        f, h = load("histograms.npz"), r.histograms["E"]["V"]
        np.testing.assert_array_equal(h.counts, f["E_V_counts"])
        np.testing.assert_array_equal(h.counts.sum(axis=1) + h.below + h.above, 800)
        self.assertEqual((len(h.times), len(h.edges)), (20, 6))

        f, t = load("triggered.npz"), r.triggered["I"]
        np.testing.assert_array_equal(t.V_mean, f["I_V_mean"])
        self.assertEqual((t.lags[0], t.lags[-1], len(t.neurons), t.neurons[0]), (-10, 5, 100, 0))
        self.assertGreater(t.spikes, 10)

        f = load("traces.npz")
        np.testing.assert_array_equal(r.traces.V, f["trace_V"])
        np.testing.assert_array_equal(r.traces.net, f["trace_exc"] + f["trace_inh"] + f["trace_ext"])
        np.testing.assert_array_equal(r.potentials("E").counts, f["v_counts_E"])
        for missing in (lambda: r.histograms["I"], lambda: r.triggered["E"], lambda: r.histograms["E"]["exc"]):
            self.assertRaises(einet.NotRecorded, missing)

    def test_weights(self):
        rule = {"stdp": {"A_plus": 0.02, "A_minus": 0.021, "tau_plus": 20, "tau_minus": 20, "w_max": 1}}
        cell = {"size": 20, "tau_m": 10, "V_th": 15, "V_reset": 0, "t_ref": 2, "input": 16}
        alike = {"to": "E", "p": 0.5, "weight": 0.5, "delay": 1, "tau_syn": 5}
        net = {
            "populations": {"S": {"size": 50, "neuron": "poisson", "rate": 40}, "E": cell},
            "projections": {"S_to_E": {"from": "S", "plasticity": rule, **alike}, "E_to_E": {"from": "E", **alike}},
            "record": {"weights": {"S_to_E": {"every": 20, "synapses": 10}}},
        }
        r = einet.run(net, duration=200, engine="reference", figures=False, out=self.dir / "learning")
        w, f = r.weights("S_to_E"), r.final_weights("S_to_E")
        np.testing.assert_allclose(w.times, np.arange(1, 11) * 20)
        self.assertEqual(w.weight.shape, (10, 10))
        np.testing.assert_array_equal(f.weight, f.omega / 2.0**31)
        np.testing.assert_array_equal(w.weight[-1], f.weight[np.arange(10) * len(f.omega) // 10].astype(np.float32))
        self.assertEqual(int(f.counts_end.sum()), len(f.omega))
        self.assertGreater(float(np.std(f.weight)), 0)
        self.assertAlmostEqual(r.summary["weights"]["S_to_E"]["end"]["mean"], float(f.weight.mean()))
        for missing in (lambda: r.weights("E_to_E"), lambda: r.final_weights("E_to_E")):
            self.assertRaises(einet.NotRecorded, missing)

    def test_positions(self):
        r = einet.run("laing2001", duration=300, figures=False, out=self.dir / "ring")
        at = r.positions("ring")
        np.testing.assert_allclose(at, (np.arange(100)[:, None] + 0.5) / 100)
        self.assertAlmostEqual(at[r.spikes("ring").ids, 0].mean(), 0.5, places=2)
        with self.assertRaisesRegex(einet.NotRecorded, "has no positions"):
            einet.run("vs96", duration=5, figures=False, out=self.dir / "nowhere").positions("E")

    def test_states_with_names_of_ours(self):
        model = {
            "parameters": {"tau": "20 ms"},
            "state": {"V": "0 mV", "times": "1 mV", "keys": "2 mV"},
            "equations": {"V'": "(I - V)/tau", "times'": "-times/tau", "keys'": "-keys/tau"},
            "spike": "V >= 20 mV",
            "reset": {"V": "0 mV"},
        }
        record = {"state": {"E": {"neurons": 1, "every": 1}}, "averages": 1}
        r = einet.run({"models": {"m": model}, "populations": {"E": {"size": 5, "neuron": "m", "input": 25}}, "record": record}, duration=20)
        for columns in (r.state("E"), r.averages["E"]):
            wanted = np.exp(-np.arange(1, 21) / 20)
            np.testing.assert_array_equal(columns.times, np.arange(1, 21) * 10 * 0.1)
            np.testing.assert_allclose(columns.times_.ravel(), wanted, rtol=1e-4)
            np.testing.assert_allclose(columns["keys"].ravel(), 2 * wanted, rtol=1e-4)
            np.testing.assert_array_equal(columns.keys_, columns["keys"])
            self.assertEqual(sorted(columns), sorted(columns.keys()))
            self.assertIn("times_", columns)
            self.assertEqual(len(list(columns.items())), len(columns))

    def test_not_recorded(self):
        r = einet.run(OWN, duration=50, figures=False)
        for missing in (lambda: r.state("E"), lambda: r.averages, lambda: r.histograms, lambda: r.triggered):
            with self.assertRaisesRegex(einet.NotRecorded, r'net\["record"\] = \{'):
                missing()
        r = einet.run(OWN, duration=50, figures=False, set={"record.spikes": "none"})
        self.assertEqual((len(r.spikes("E")), r.spikes("E").trains()), (0, {}))
        self.assertRaises(einet.NotRecorded, r.population_rate)

    def test_names_that_begin_alike(self):
        cell = OWN["populations"]["E"]
        state = {"neurons": 1, "every": 1}
        net = einet.Network(populations={"E": cell, "E_V": {**cell, "size": 10}}, record={"state": {"E": state, "E_V": state}})
        r = einet.run(net, duration=20, figures=False)
        self.assertEqual(list(r.state("E")), list(r.state("E_V")))
        self.assertEqual(r.state("E_V").neurons[0], 0)

    def test_groups(self):
        net = einet.preset("ei")
        net["groups"] = {"E": {"first": "0..199", "list": [5, 3, "10..12"], "parts": {"count": 4}}, "I": {"odd": {"from": 1, "every": 2}}}
        state = {"neurons": "all", "every": 10, "variables": ["V"]}
        net["record"] = {"state": {"E.list": state, "E": state}, "averages": {"every": 5, "neurons": {"E.list": "all", "E": [5, 3, "10..12"]}},
                         "triggered": {"I.odd": {"neurons": 10, "before": 1, "after": 1, "every": 1}}}  # fmt: skip
        r = einet.run(net, duration=200, scale=0.1, figures=False)  # E has 800 neurons, and the range is the same share of them
        self.assertEqual(r.groups[:3], ["E.first", "E.list", "E.parts"])
        self.assertEqual(list(r.neurons("E.list")), [5, 3, 10, 11, 12])
        self.assertEqual(list(r.neurons("E.first")), list(range(20)))
        self.assertEqual(list(r.neurons("E.parts.3")), list(range(600, 800)))
        times, ids = r.spikes("E")
        for name in ["E.list", "E.first", "E.parts.1"]:
            s, neurons = r.spikes(name), r.neurons(name)
            self.assertEqual(len(s.recorded), len(neurons))
            mine = np.isin(ids, neurons)
            np.testing.assert_array_equal(s.times, times[mine])
            np.testing.assert_array_equal(neurons[s.ids], ids[mine])
            self.assertEqual(r.summary.groups[name].size, len(neurons))
        np.testing.assert_array_equal(r.state("E.list").neurons, np.arange(5))
        np.testing.assert_array_equal(r.state("E.list").V, r.state("E").V[:, [5, 3, 10, 11, 12]])
        np.testing.assert_array_equal(r.averages["E.list"].V, r.averages["E"].V)
        self.assertEqual(list(r.triggered["I.odd"].neurons), list(range(10)))
        self.assertAlmostEqual(r.population_rate("E.parts.1", bin=200).rate[0], r.summary.groups["E.parts.1"].rate_hz, places=6)
        with self.assertRaisesRegex(einet.NotRecorded, "there is no population E.fist; there are E, I, E.first, E.list, E.parts, I.odd"):
            r.spikes("E.fist")

    def test_replicas(self):
        r = einet.run("ei", replicas=2, out=self.dir / "r", scale=0.1, duration=100, engine="reference")
        for k in (0, 1):
            f = np.load(self.dir / f"r/spikes-{k}.npz")
            np.testing.assert_array_equal(r.spikes(trial=k).ids, f["neuron"])
        self.assertAlmostEqual(r.rates()["E"], np.mean([t.populations.E.rate_hz for t in r.summary.trials]))
        self.assertIn("ei", r._repr_html_())
        with self.assertRaisesRegex(einet.NotRecorded, "there is no trial 2; there are 0, 1"):
            r.spikes(trial=2)


class Networks(Case):
    def test_editing(self):
        net = einet.preset("brunel2000")
        self.assertEqual(net["projections"]["I_to_E"]["weight"], "-g*J")
        net["constants"]["g"] = 6
        self.assertEqual(net.resolved()["projections"]["I_to_E"]["weight"], -0.1 * 6)
        net.set("projections.*.delay", 2).set("populations.E.poisson.rate", "10 kHz").set("record.averages", 1)
        resolved = net.resolved()
        self.assertEqual({p["delay"] for p in resolved["projections"].values()}, {2})
        self.assertEqual(resolved["populations"]["E"]["poisson"][0]["rate"], 10000)
        self.assertEqual(net.copy(), net)
        for path, said in (("populations.X.size", "there is no X; there are E, I"), ("constants.G", "there is no G"), ("x.*", "")):
            before = net.copy()
            with self.assertRaisesRegex(einet.NetworkError, said):
                net.set(path, 1)
            self.assertEqual({k: v for k, v in net.items() if k != "x"}, dict(before))
            net.pop("x", None)

    def test_edited_is_what_set_is(self):
        net = einet.preset("ei")
        net["populations"]["E"]["input"] = 70
        a, b = einet.run(net, **SMALL), einet.run("ei", set={"populations.E.input": 70}, **SMALL)
        self.assertEqual(a.digest, b.digest)
        self.assertNotEqual(a.digest, einet.run("ei", **SMALL).digest)
        self.assertEqual(einet.run(a.network, engine="reference", figures=False).digest, a.digest)

    def test_from_nothing_and_models(self):
        net = einet.Network(copy.deepcopy(OWN))
        self.assertGreater(einet.run(net, duration=200, figures=False).rates()["E"], 5)
        net["models"] = {
            "mine": {
                "parameters": {"tau": "20 ms", "V_th": "20 mV"},
                "state": {"V": "0 mV"},
                "equations": {"V'": "(I - V)/tau"},
                "spike": "V >= V_th",
                "reset": {"V": "0 mV"},
            }
        }
        net["populations"]["E"] = {"size": 10, "neuron": "mine", "state": {"V": {"uniform": [0, 20]}}, "input": 25}
        r = einet.run(net, duration=500, figures=False, set={"projections.*.weight": 0})
        self.assertAlmostEqual(r.rates()["E"], 1000 / (20 * np.log(25 / 5)), delta=1.5, msg="of a leaky neuron")
        net["models"]["mine"]["equations"]["V'"] = "(I - U)/tau"
        with self.assertRaises(einet.NetworkError) as caught:
            net.check()
        self.assertIn("models.mine", caught.exception.path)

    def test_contains_itself(self):
        net = einet.preset("ei")
        net["populations"]["E"]["input"] = [60, net["populations"]["E"]]
        with self.assertRaises(einet.NetworkError) as caught:
            einet.run(net)
        self.assertEqual(caught.exception.place, 'net["populations"]["E"]["input"][1]')
        net = einet.Network(copy.deepcopy(OWN))
        net["constants"] = net
        with self.assertRaisesRegex(einet.NetworkError, 'net\\["constants"\\]: contains itself'):
            net.check()
        twice = {"size": 10, "tau_m": 20, "V_th": 20, "V_reset": 10}
        einet.Network(populations={"E": twice, "I": twice}).check()

    def test_files(self):
        (self.dir / "s.csv").write_text("neuron,time_ms\n0,1.0\n3,2.0\n")
        file = self.dir / "mine.yaml"
        file.write_text("# mine\npopulations:\n  S: {size: 10, neuron: spikes, file: s.csv}\n  E: {size: 3, tau_m: 20 ms, V_th: 20, V_reset: 0}\n")
        net = einet.load(file)
        self.assertEqual((net.name, net["populations"]["E"]["tau_m"]), ("mine", "20 ms"))
        self.assertEqual(len(einet.run(net, duration=10).spikes("S")), 2)
        net["populations"]["E"]["size"] = 4
        r = einet.run(net, duration=10)
        self.assertEqual((len(r.spikes("S")), r.summary.network, r.summary.neurons), (2, "mine", 14))
        net.save(self.dir / "sub.json")
        self.assertEqual(einet.load(self.dir / "sub.json").resolved()["populations"]["E"]["size"], 4)
        self.assertIn("ei", einet.presets())
        net = einet.load(file)
        file.write_text("populations: {}\n")
        self.assertEqual(einet.run(net, duration=10).summary.neurons, 13, "what was loaded counts")
        file.unlink()
        self.assertEqual(einet.run(net, duration=10).summary.neurons, 13)
        r = einet.run(net, duration=10)
        digest, net = r.digest, r.network
        r.close()
        self.assertEqual(einet.run(net).digest, digest)
        with self.assertRaisesRegex(einet.NetworkError, "einet.load reads it"):
            einet.preset(str(file))


class Faults(Case):
    def test_network(self):
        net = einet.preset("ei")
        net["populations"]["E"].update(inpt=3, size=-5)
        with self.assertRaises(einet.NetworkError) as caught:
            einet.run(net)
        e = caught.exception
        self.assertEqual(len(e.faults), 2)
        self.assertEqual((e.path, e.value, e.place), ("populations.E.size", "-5", 'net["populations"]["E"]["size"]'))
        self.assertIn("must be a whole number", e.allowed)
        self.assertEqual((e.faults[1].path, e.faults[1].value), ("populations.E.inpt", "unknown key"))
        self.assertIn("did you mean input?", e.faults[1].allowed)
        self.assertIsInstance(e, ValueError)

        file = self.dir / "bad.yaml"
        file.write_text("populations:\n  E: {size: 3, tau_m: 3 mV, V_th: 1, V_reset: 0}\n")
        with self.assertRaises(einet.NetworkError) as caught:
            einet.load(file)
        self.assertEqual((caught.exception.place, caught.exception.path), (f"{file}:2:23", "populations.E.tau_m"))
        self.assertIn("^", str(caught.exception))
        for wrong, said in (
            (lambda: einet.run("eii"), "did you mean ei?"),
            (lambda: einet.run("ei", engine="cuda"), "must be one of"),
            (lambda: einet.run("ei", duration="3 m"), "must be a time"),
            (lambda: einet.run("ei", set={"populations.X.size": 3}), "does not exist; there are E, I"),
            (lambda: einet.run({"populations": {"E": {"V_th": float("nan")}}}), "V_th"),
            (lambda: einet.open_results(self.dir), "holds no run"),
        ):
            with self.assertRaisesRegex(einet.NetworkError, said):
                wrong()
        with self.assertRaisesRegex(einet.Error, "a object is nothing that a network may have"):
            einet.run({"populations": object()})

    def test_machine(self):
        with self.assertRaisesRegex(einet.MachineError, "of memory"):
            einet.run("ei", scale=100, engine="reference")
        with self.assertRaisesRegex(einet.MachineError, "nosuch: is no program"):
            einet.run("ei", binary="/nosuch")
        for other in ("/bin/false", "/bin/true", "/bin/echo"):
            with self.assertRaisesRegex(einet.MachineError, "is it einet"):
                einet.run("ei", binary=other)
        with self.assertRaises(einet.MachineError):
            einet.run("ei", out="/proc/einet")

    def test_earlier_run_stays(self):
        einet.run(OWN, duration=20, out=self.dir / "r")
        with self.assertRaises(einet.NetworkError):
            einet.run(OWN, duration=30, out=self.dir / "r")
        self.assertEqual(einet.open_results(self.dir / "r").duration, 20)
        einet.run(OWN, duration=30, out=self.dir / "r", force=True)
        self.assertEqual(einet.open_results(self.dir / "r").duration, 30)

    def test_check_failed(self):
        with self.assertRaises(einet.CheckFailed) as caught:
            einet.theory("brunel2000", scale=0.1, simulate=100)
        self.assertGreater(abs(caught.exception.report.populations.E.deviation), 0.1)
        self.assertAlmostEqual(einet.theory("ei").populations.E.rate_hz, 6.4, delta=0.1)
        self.assertTrue(einet.theory("ei").balance.holds)

    def test_validate(self):
        with self.assertRaisesRegex(einet.NetworkError, "choose one"):
            einet.validate("ei", exact=True, statistical=True)
        silent = {"duration": 100, "populations.*.size": 20, "populations.*.input": 0}
        with self.assertRaises(einet.CheckFailed) as caught:
            einet.validate("ei", statistical=True, seeds=10, set=silent)
        self.assertFalse(caught.exception.report["pass"])
        self.assertIn("noticed none of the changes", str(caught.exception))

    def test_warnings(self):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            einet.run("ei", **SMALL)
        self.assertEqual([w.category for w in told], [einet.EinetWarning])
        self.assertIn("the run is short", str(told[0].message))
        self.assertEqual(told[0].filename, __file__)

    def test_interrupt(self):
        def stop(done, total, text):
            if done > 0 and not stopped:
                stopped.append(done)
                os.kill(os.getpid(), signal.SIGINT)

        stopped = []
        with self.assertRaises(einet.Interrupted) as caught:
            einet.run("ei", scale=0.1, duration="10000 s", progress=stop, figures=False)
        r = caught.exception.result
        self.assertTrue(r.summary.interrupted)
        self.assertGreaterEqual(r.duration, stopped[0] * 0.99)
        self.assertEqual(len(r.spikes()), r.summary.spikes)
        self.assertIn("interrupted at", str(caught.exception))
        self.assertFalse(binary.Child.running)
        again = einet.run("ei", scale=0.1, duration=100, figures=False)
        self.assertEqual(len(again.spikes()), (r.spikes().times <= 100).sum())

        def fail(done, total, text):
            raise RuntimeError("mine")

        with self.assertRaisesRegex(RuntimeError, "mine"):
            einet.run("ei", scale=0.1, duration="10000 s", progress=fail)
        self.assertFalse(binary.Child.running)


    @unittest.skipUnless(sys.platform == "linux", "only Linux tells of a parent's end")
    def test_ends_with_python(self):
        script = "import einet; einet.run('ei', scale=0.1, duration='10000 s', out='r', figures=False, progress=lambda *_: print('on', flush=True))"
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=self.dir, env={**os.environ, "PYTHONPATH": str(binary.HERE.parent)}) as p:
            for _ in range(3):
                self.assertEqual(p.stdout.readline(), b"on\n")
            p.kill()
        for _ in range(300):
            if (self.dir / "r/summary.json").exists():
                break
            time.sleep(0.1)
        self.assertTrue(einet.open_results(self.dir / "r").summary.interrupted)

    def test_interrupt_that_comes_too_late(self):
        """A child that ends well though it was told to stop: the interrupt is not lost."""
        child = self.dir / "einet"
        child.write_text("#!/bin/sh\ntrap '' INT\necho on >&2\nsleep 0.3\necho '{}'\n")
        child.chmod(0o755)

        def stop(line):
            raise KeyboardInterrupt

        answer = binary.call(["show", "ei"], binary=str(child), on_line=stop)
        self.assertEqual(answer.json(), {})
        with self.assertRaises(einet.Interrupted):
            binary.raise_for(answer)
        self.assertEqual(binary.call(["show", "ei"], binary=str(child)).status, 0)

    def test_interrupted_from_outside(self):
        script = (
            "import signal, einet; signal.signal(signal.SIGINT, signal.default_int_handler); print('on', flush=True)\n"
            "try: einet.run('ei', duration='10000 s', figures=False, progress=False)\n"
            "except einet.Interrupted as e: print(e.result.summary.interrupted if e.result else None, flush=True)"
        )
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(binary.HERE.parent)}) as p:
            self.assertEqual(p.stdout.readline(), b"on\n")
            time.sleep(0.5)
            p.send_signal(signal.SIGINT)
            self.assertIn(p.stdout.readline(), (b"True\n", b"None\n"), "None while the network is built")


class Folders(Case):
    def test_temporary(self):
        r = einet.run(OWN, duration=30)
        at, v = r.folder, r.traces
        self.assertTrue((at / "summary.json").exists())
        kept = r.keep(self.dir / "kept")
        del r
        gc.collect()
        self.assertTrue(at.exists(), "what was given out needs it")
        v.V
        del v
        gc.collect()
        self.assertFalse(at.exists())
        self.assertFalse(at.parent.exists())
        with kept:
            pass
        self.assertTrue((self.dir / "kept/summary.json").exists())
        with einet.run(OWN, duration=30) as r:
            at = r.folder
        self.assertFalse(at.exists())

    def test_nothing_is_left(self):
        def temporary():
            return {f for f in os.listdir(tempfile.gettempdir()) if f.startswith("einet-")}

        before = tempfile.tempdir
        tempfile.tempdir = str(self.dir)
        try:
            for bad in (lambda: einet.run("ei", threads=-1), lambda: einet.run({"populations": {}}), lambda: einet.sweep("ei", {"dt": [0]})):
                self.assertRaises(einet.NetworkError, bad)
            einet.sweep(OWN, {"dt": [0.1]}, duration=10)
            self.assertEqual(temporary(), set())
        finally:
            tempfile.tempdir = before

    def test_shown(self):
        net = einet.Network(copy.deepcopy(OWN), name="own")
        r = einet.run(net, duration=100)
        page = r._repr_html_()
        self.assertEqual(list(r.figures), ["raster", "rate", "potentials", "currents"])
        self.assertEqual(page.count('src="data:image/svg+xml;base64,'), 3)
        self.assertIn(r.digest, page)
        self.assertIn(f"<td>{r.rates()['E']:.2f}</td>", page)
        self.assertTrue(r.figures["raster"].svg.startswith("<?xml") or "<svg" in r.figures["raster"].svg)
        self.assertEqual(r.figures["raster"].png[:4], b"\x89PNG")
        r.summary["device"] = "<script>"
        self.assertNotIn("<script>", r._repr_html_())
        bare = einet.run(net, duration=100, figures=False)
        self.assertEqual(bare.figures, {})
        self.assertEqual(list(bare.draw(start=10, stop=50)), ["raster", "rate", "potentials", "currents"])

    def test_network_shown(self):
        net = einet.preset("ei")
        net["populations"]["E"]["tau_m"] = "<b>"
        page = net._repr_html_()
        self.assertIn("<th>I_to_E</th>", page)
        self.assertIn("&lt;b&gt;", page)
        self.assertEqual(page.count("<tr>"), 2 + 2 + 4)
        self.assertIn("network", einet.Network()._repr_html_())

    def test_damaged(self):
        net = einet.Network(copy.deepcopy(OWN), record={"state": {"E": {"neurons": 2, "every": 1}}, "averages": 1})
        whole = einet.run(net, duration=100, out=self.dir / "whole").folder
        reads = {
            "summary.json": lambda r: r.rates(),
            "spikes.npz": lambda r: r.spikes("E"),
            "traces.npz": lambda r: [dict(r.traces), dict(r.potentials("E"))],
            "state.npz": lambda r: dict(r.state("E")),
            "averages.npz": lambda r: dict(r.averages["E"]),
        }

        def broken(file, data):
            at = self.dir / "broken"
            shutil.rmtree(at, ignore_errors=True)
            shutil.copytree(whole, at)
            if data is not None:
                (at / file).write_bytes(data)
            return at

        for file, read in reads.items():
            data = (whole / file).read_bytes()
            read(einet.open_results(broken(file, None)))
            middle = len(data) // 2
            flipped = data[:middle] + bytes(255 - b for b in data[middle : middle + 40]) + data[middle + 40 :]
            array = io.BytesIO()
            np.save(array, np.zeros(3))
            for wrong in (b"", b"x", data[:-30], data[:middle], array.getvalue(), *([] if file.endswith("json") else [flipped])):
                with self.subTest(file, length=len(wrong)), self.assertRaises(einet.NetworkError) as caught:
                    read(einet.open_results(broken(file, wrong)))
                self.assertIn(f"broken/{file}: is damaged", str(caught.exception).replace(os.sep, "/"))
        for wrong in ("[]", "{}", '{"network": 5}', json.dumps({**json.loads((whole / "summary.json").read_text()), "populations": {"E": 5}})):
            with self.subTest(wrong[:20]), self.assertRaisesRegex(einet.NetworkError, "summary.json: is damaged"):
                einet.open_results(broken("summary.json", wrong.encode()))
        arrays = dict(np.load(whole / "spikes.npz"))
        for change in ({"step": arrays["step"][1:]}, {"population_first": np.zeros(0)}, {"neuron": None}):
            np.savez(self.dir / "broken/spikes.npz", **{k: v for k, v in {**arrays, **change}.items() if v is not None})
            (self.dir / "broken/summary.json").write_bytes((whole / "summary.json").read_bytes())
            with self.subTest(str(change)[:30]), self.assertRaisesRegex(einet.NetworkError, "spikes.npz: is damaged"):
                einet.open_results(self.dir / "broken").spikes("E")

    @unittest.skipUnless(has("pandas"), "no pandas here")
    def test_pandas(self):
        r = einet.run("ei", set={"record.averages": 1}, **SMALL)
        frame = r.to_pandas()
        self.assertEqual(frame.groupby("population", observed=True).size().to_dict(), {p: len(r.spikes(p)) for p in "EI"})
        np.testing.assert_array_equal(frame[frame.population == "I"].neuron, r.spikes("I").ids)
        self.assertEqual(r.to_pandas("populations").loc["E", "rate_hz"], r.rates()["E"])
        self.assertEqual(len(r.to_pandas("averages")), 400)

    @unittest.skipUnless(has("neo"), "no neo here")
    def test_neo(self):
        r = einet.run("ei", set={"record.state": {"I": {"neurons": 2, "every": 0.5}}}, **SMALL)
        segment = r.to_neo().segments[0]
        self.assertEqual(len(segment.spiketrains), 1000)
        self.assertEqual(sum(len(t) for t in segment.spiketrains), r.summary.spikes)
        self.assertEqual(segment.analogsignals[0].shape, (400, 2))
        self.assertEqual(segment.spiketrains[900].annotations, {"population": "I", "neuron": 100})


class Sweeps(Case):
    vary = {"populations.*.input": [50, 60], "projections.*.delay": [0.1, 1.0]}
    settings = dict(scale=0.1, duration=100, engine="reference")

    def column(self, table, name):
        return np.asarray(table[name])

    def test_table(self):
        t = einet.sweep("ei", self.vary, seeds=2, parallel=2, out=self.dir / "s", **self.settings)
        self.assertEqual(len(t), 8)
        np.testing.assert_array_equal(self.column(t, "populations.*.input"), [50] * 4 + [60] * 4)
        np.testing.assert_array_equal(self.column(t, "projections.*.delay"), [0.1, 0.1, 1, 1] * 2)
        np.testing.assert_array_equal(self.column(t, "seed"), [1, 2] * 4)
        one = einet.run("ei", set={"populations.*.input": 60, "projections.*.delay": 0.1}, seed=2, figures=False, **self.settings)
        self.assertEqual(self.column(t, "digest")[5], one.digest)
        self.assertEqual(self.column(t, "E.rate_hz")[5], one.rates()["E"])
        self.assertEqual(len(set(self.column(t, "digest"))), 8, "all runs are different ones")
        lines = (self.dir / "s/sweep.csv").read_text().splitlines()
        self.assertEqual((len(lines), lines[0].split(",")[:3]), (9, ["populations.*.input", "projections.*.delay", "seed"]))

        files = lambda: {f.name: f.stat().st_mtime_ns for f in (self.dir / "s/runs").iterdir()}
        before = files()
        self.assertEqual(len(before), 8)
        wider = {**self.vary, "populations.*.input": [50, 60, 70]}
        t = einet.sweep("ei", wider, seeds=2, out=self.dir / "s", **self.settings)
        self.assertEqual((len(t), len(files())), (12, 12))
        self.assertEqual({k: v for k, v in files().items() if k in before}, before, "what is there is not made again")
        einet.sweep("ei", {"populations.*.input": [50]}, out=self.dir / "s", **{**self.settings, "duration": 50})
        self.assertEqual(len(files()), 13, "of another duration it is another run")

    def test_keep(self):
        t = einet.sweep(OWN, {"populations.E.input": [25, 30]}, duration=50, out=self.dir / "s", keep=True)
        r = einet.open_results(self.dir / "s" / str(self.column(t, "folder")[1]))
        self.assertEqual((r.digest, len(r.spikes())), (self.column(t, "digest")[1], self.column(t, "spikes")[1]))

    def test_faults(self):
        with self.assertRaisesRegex(einet.NetworkError, "must be a list of values"):
            einet.sweep("ei", {"dt": 0.1})
        with self.assertRaises(einet.NetworkError) as caught:
            einet.sweep("ei", {"populations.E.size": [-1]})
        self.assertEqual((caught.exception.path, caught.exception.place), ("populations.E.size", "--set populations.E.size=-1"))
        with self.assertRaisesRegex(einet.NetworkError, "keep"):
            einet.sweep("ei", {}, keep=True)
        for seeds in (0, -1, [], True):
            with self.assertRaisesRegex(einet.NetworkError, "seeds .*: must be at least 1"):
                einet.sweep("ei", {}, seeds=seeds)

    def test_tells_which_run_failed(self):
        with self.assertRaisesRegex(einet.NetworkError, r"of the run with populations.E.tau_m=-1, seed=5"):
            einet.sweep(OWN, {"populations.E.tau_m": [20, -1]}, seeds=[5], duration=20)
        with self.assertRaisesRegex(einet.NetworkError, "vary seed: must be left out"):
            einet.sweep(OWN, {"seed": [1, 2]}, duration=20)
        with self.assertRaisesRegex(einet.NetworkError, "vary duration: must be left out"):
            einet.sweep(OWN, {"duration": [50, 100]}, duration=20)

    def test_interrupt(self):
        def stop(done, total, text):
            if done == 1:
                os.kill(os.getpid(), signal.SIGINT)

        vary = {"duration": [20, "100000 s", "100001 s"]}
        with self.assertRaises(einet.Interrupted) as caught:
            einet.sweep(OWN, vary, progress=stop, out=self.dir / "s", parallel=2)
        self.assertEqual(len(caught.exception.result), 1)
        self.assertIn("1 of 3 runs are done", str(caught.exception))
        self.assertFalse(binary.Child.running)
        self.assertEqual(len(einet.sweep(OWN, {"duration": [20]}, out=self.dir / "s")), 1)

    def test_without_pandas(self):
        from einet.sweeping import _structured

        t = _structured({"a": [1, 2], "b": ["x", "yy"], "c": [{"d": 1}, 3], "e": [0.5, float("nan")]})
        self.assertEqual((t["a"].tolist(), t["b"][1], t["c"][0], t.dtype["e"]), ([1, 2], "yy", {"d": 1}, np.float64))


class Program(Case):
    def test_order(self):
        script = lambda name: (self.dir / name).write_text("#!/bin/sh\n") and (self.dir / name).chmod(0o755) or str(self.dir / name)
        given, variable = script("given"), script("variable")
        (self.dir / "path").mkdir()
        on_path = script("path/einet")
        kept = {k: os.environ.get(k) for k in ("EINET", "PATH")}
        try:
            os.environ["PATH"] = str(self.dir / "path")
            os.environ["EINET"] = variable
            self.assertEqual(einet.find(given), given)
            self.assertEqual(einet.find(), variable)
            del os.environ["EINET"]
            if not (binary.HERE / "bin/einet").exists():
                self.assertEqual(einet.find(), on_path)
            os.environ["EINET"] = "/nosuch/einet"
            with self.assertRaisesRegex(einet.MachineError, r"\$EINET /nosuch/einet: is no program"):
                einet.find()
        finally:
            for k, v in kept.items():
                os.environ.pop(k, None) if v is None else os.environ.update({k: v})

    def test_as_a_command(self):
        run = lambda *args: subprocess.run([sys.executable, "-m", "einet", *args], capture_output=True, text=True)
        self.assertIn("tian2020", run("list").stdout)
        self.assertEqual(run("run", "eii").returncode, 2)
        self.assertTrue(einet.version())

    def test_bar(self):
        class Screen:
            text = ""

            def write(self, text):
                self.text += text

            def flush(self):
                pass

        bar = Bar(Screen())
        bar(1, 4, "too early")
        bar.clear()
        self.assertEqual(bar.out.text, "")
        bar = Bar(Screen(), patience=0)
        bar(1, 4, "long text")
        bar(2, 4, "too soon")
        time.sleep(PAUSE)
        bar(4, 4, "x")
        bar.clear()
        shown = bar.out.text.split("\r")
        self.assertEqual(shown[1], "[#####               ]  25 % long text")
        self.assertEqual(shown[2], "[####################] 100 % x".ljust(len(shown[1])))
        self.assertEqual((shown[3].strip(), shown[4]), ("", ""))

    def test_bar_in_notebooks(self):
        shown = []

        class Handle:
            def update(self, page):
                shown.append(page)

        page = types.ModuleType("IPython.display")
        page.HTML = lambda text: text
        page.display = lambda text, display_id: shown.append(text) or Handle()
        with mock.patch.dict(sys.modules, {"IPython": types.ModuleType("IPython"), "IPython.display": page}):
            bar = NotebookBar(patience=0)
            bar.clear()
            self.assertEqual(shown, [], "what was never shown needs no clearing")
            bar(1, 2, "<half>")
            time.sleep(PAUSE)
            bar(2, 2, "all")
            bar.clear()
        self.assertEqual(shown, ["<pre>[##########          ]  50 % &lt;half&gt;</pre>", "<pre>[####################] 100 % all</pre>", ""])
        with mock.patch.dict(sys.modules, {"ipykernel": types.ModuleType("ipykernel")}), mock.patch("builtins.__IPYTHON__", True, create=True):
            self.assertIsInstance(bar_for(None)[0], NotebookBar)
        self.assertNotIsInstance(bar_for(True)[0], NotebookBar)
        self.assertIsNone(bar_for(False)[0])


if __name__ == "__main__":
    unittest.main()
