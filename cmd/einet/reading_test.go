package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network"
	"einet/network/language"
	"einet/record/hdf5"
	"einet/sim"
)

// writers make files of the spikes of neurons 3, 5 and 7, of the population E of 8 neurons, at 0.3, 2 and
// 40.1 ms, and of neuron 0 of I at 2 ms. What they have in common stands before each.
const writers = `
import numpy as np, gzip, h5py
t, i = np.array([0.3, 2, 40.1, 2]), np.array([3, 5, 7, 8])
def sonata(name, ids, pop=None, units="ms", dtype="u8", **more):
    with h5py.File(name, "w") as f:
        for p, (n, at) in pop.items() if pop else []:
            g = f.create_group("spikes/" + p)
            g["node_ids"], g["timestamps"] = np.array(n, dtype), at
            if units: g["timestamps"].attrs["units"] = units
        for key, value in more.items(): f["spikes/" + key] = value
both = {"E": ([3, 5, 7], t[:3]), "I": ([0], t[3:])}
`

// Files that numpy and h5py really write, as einet validate reads them: the same spikes of each, or a fault.
func TestFilesOfPython(t *testing.T) {
	python := pythonWith("numpy")
	if python == "" || pythonWith("h5py") == "" {
		t.Skip("no python3 with numpy and h5py here (apt-get install python3-numpy python3-h5py)")
	}
	net, err := language.Load(strings.NewReader(`populations:
  E: {size: 8, tau_m: 20, V_th: 15, V_reset: 0}
  I: {size: 2, tau_m: 20, V_th: 15, V_reset: 0}`), "net.yaml", language.Options{})
	require.NoError(t, err)
	want := []sim.Spike{{Step: 3, Neuron: 3}, {Step: 20, Neuron: 5}, {Step: 20, Neuron: 8}, {Step: 401, Neuron: 7}}
	one := int64(1)
	cases := []struct {
		name, code string
		flags      againstFlags
		hdf5       bool
		fault      string
		note       string
	}{
		{name: "a.npz", code: `np.savez("a.npz", neuron=i, time_ms=t)`},
		{name: "float32.npz", code: `np.savez_compressed("float32.npz", neuron=i.astype("u2"), t=t.astype("f4"))`},
		{name: "seconds.npz", code: `np.savez("seconds.npz", i=i.astype("i4"), t=t / 1000)`, flags: againstFlags{TimeUnit: "s"}},
		{name: "events.npz", code: `np.savez("events.npz", senders=i + 1, times=t)`},
		{name: "steps.npz", code: `np.savez("steps.npz", senders=i + 1, times=np.round(t * 10).astype(int), offsets=0 * t)`},
		{name: "int8.npz", code: `np.savez("int8.npz", neuron=i.astype("i1"), step=np.round(t * 10).astype("i2"))`},
		{name: "columns.npy", code: `np.save("columns.npy", np.array([i, t]).T)`, flags: againstFlags{Columns: []string{"neuron", "time_ms"}}},
		{name: "rows.npy", code: `np.save("rows.npy", np.stack([i, t], 1))`, flags: againstFlags{Columns: []string{"neuron", "time_ms"}}},
		{name: "unnamed.npy", code: `np.save("unnamed.npy", np.stack([i, t], 1))`, fault: "has no names of columns"},
		{name: "records.npy", code: `np.save("records.npy", np.rec.fromarrays([i, t], names=["sender", "time_ms"]))`,
			flags: againstFlags{FirstID: new(int64)}},
		{name: "savetxt.txt", code: `np.savetxt("savetxt.txt", np.stack([i, t], 1), header="neuron time_ms")`},
		{name: "float32.txt", code: `np.savetxt("float32.txt", np.stack([i, t], 1).astype("f4"), header="neuron,time_ms", delimiter=",", comments="")`},
		{name: "packed.txt.gz", code: `np.savetxt("packed.txt.gz", np.stack([t, i], 1), header="time_ms neuron")`},
		{name: "packed.npy.gz", code: `np.save(gzip.open("packed.npy.gz", "w"), np.rec.fromarrays([i, t], names=["neuron", "t"]))`},
		{name: "object.npy", code: `np.save("object.npy", np.array([list(i), [1]], dtype=object))`, fault: "must be a numpy array"},
		{name: "big.npz", code: `np.savez("big.npz", neuron=i.astype(">i4"), t=t)`, fault: "array neuron: must be of little-endian numbers in one dimension"},
		{name: "s.gdf", code: `np.savetxt("s.gdf", np.stack([i + 1, t], 1), fmt="%g", delimiter="\t")`, fault: "has no names of columns"},
		{name: "said.gdf", code: `np.savetxt("said.gdf", np.stack([i + 1, t], 1), fmt="%g", delimiter="\t")`, flags: againstFlags{Columns: []string{"sender", "time_ms"}}},
		{name: "zero.gdf", code: `np.savetxt("zero.gdf", np.stack([i, t * 10], 1), fmt="%d", delimiter="\t")`, flags: againstFlags{Columns: []string{"neuron", "step"}}},
		{name: "sonata.h5", hdf5: true, code: `sonata("sonata.h5", i, both)`},
		{name: "seconds.h5", hdf5: true, code: `sonata("seconds.h5", i, {k: (n, at / 1000) for k, (n, at) in both.items()}, units="s")`},
		{name: "int32.h5", hdf5: true, code: `sonata("int32.h5", i, {k: (n, at.astype("f4")) for k, (n, at) in both.items()}, dtype="i4")`},
		{name: "nounits.h5", hdf5: true, code: `sonata("nounits.h5", i, both, units=None, dtype="u4")`},
		{name: "byid.h5", hdf5: true, code: `
sonata("byid.h5", i, {k: (n[::-1], at[::-1]) for k, (n, at) in both.items()})
with h5py.File("byid.h5", "a") as f: f["spikes/E"].attrs["sorting"] = "none"; f["spikes/I"].attrs["sorting"] = np.bytes_("by_id")`},
		{name: "enum.h5", hdf5: true, code: `
sonata("enum.h5", i, both, dtype="u2")
with h5py.File("enum.h5", "a") as f: f["spikes/E"].attrs.create("sorting", 2, dtype=h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, basetype="u1"))`},
		{name: "bygid.h5", hdf5: true, code: `
sonata("bygid.h5", i, gids=i[::-1].astype("i8"), timestamps=t[::-1])
with h5py.File("bygid.h5", "a") as f: f["spikes"].attrs["sorting"] = "by_gid"`},
		{name: "fixed.h5", hdf5: true, code: `
sonata("fixed.h5", i, both, units=None)
with h5py.File("fixed.h5", "a") as f: f["spikes/E/timestamps"].attrs["units"] = np.bytes_("ms"); f["spikes/I/timestamps"].attrs["units"] = ["ms"]`},
		{name: "twounits.h5", hdf5: true, code: `
sonata("twounits.h5", i, both)
with h5py.File("twounits.h5", "a") as f: f["spikes/E/timestamps"].attrs["units"] = ["ms", "s"]`, fault: "attribute units cannot be read as text"},
		{name: "legacy.h5", hdf5: true, code: `sonata("legacy.h5", i, gids=i, timestamps=t)`},
		{name: "legacy1.h5", hdf5: true, code: `sonata("legacy1.h5", i, gids=i + 1, timestamps=t)`, flags: againstFlags{FirstID: &one}},
		{name: "negative.h5", hdf5: true, code: `sonata("negative.h5", i, {"E": ([3, -1], t[:2])}, dtype="i8")`, fault: "/spikes/E/node_ids: row 1 (from 0): -1: must be a whole number, from 0"},
		{name: "half.h5", hdf5: true, code: `sonata("half.h5", i, {"E": ([3, 0.5], t[:2])}, dtype="f8")`, fault: "/spikes/E/node_ids: row 1 (from 0): 0.5: must be a whole number, from 0"},
		{name: "beyond.h5", hdf5: true, code: `sonata("beyond.h5", i, {"E": ([8], t[:1])})`, fault: "neuron 8 (counted from 0): population E has 8"},
		{name: "extra.h5", hdf5: true, code: `sonata("extra.h5", i, both | {"lgn": ([0, 99], t[:2])})`, note: "2 spikes of population lgn, which the network lacks, are left out"},
		{name: "empty.h5", hdf5: true, code: `
sonata("empty.h5", i, both)
with h5py.File("empty.h5", "a") as f: f.create_group("spikes/nobody"); f["spikes/none/node_ids"] = h5py.Empty("u8"); f["spikes/none/timestamps"] = h5py.Empty("f8")`},
		{name: "cortex.h5", hdf5: true, code: `sonata("cortex.h5", i, {"cortex": (i, t)})`, fault: "its populations are cortex, the network's are E, I: say which of them has its neurons numbered through all of the network's (--population)"},
		{name: "of.h5", hdf5: true, code: `sonata("of.h5", i, {"cortex": (i, t), "lgn": ([77], t[:1])})`, flags: againstFlags{Population: "cortex"}, note: "1 spikes of population lgn, which the network lacks, are left out"},
		{name: "edges.h5", hdf5: true, code: `h5py.File("edges.h5", "w")["edges/a/source_node_id"] = i`, fault: "has no group /spikes: is no spike file of SONATA"},
		{name: "nospikes.h5", hdf5: true, code: `h5py.File("nospikes.h5", "w").create_group("spikes/E")`, fault: "holds no spikes"},
	}
	dir := t.TempDir()
	code := writers
	for _, c := range cases {
		code += c.code + "\n"
	}
	command := exec.Command(python, "-c", code)
	command.Dir = dir
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.hdf5 && hdf5.Absent() != nil {
				t.Skip("built without HDF5")
			}
			c.flags.Against = []string{filepath.Join(dir, c.name)}
			s, notes, err := c.flags.read(t.Context(), &terminal{}, net)
			if c.fault != "" {
				require.ErrorContains(t, err, c.name)
				require.ErrorContains(t, err, c.fault)
				return
			}
			require.NoError(t, err)
			require.Equal(t, want, s.Spikes)
			require.Equal(t, c.note, strings.Join(notes, "\n"))
		})
	}
}

// Flags that a file of spikes may need, and several files by a pattern.
func TestAgainstFlags(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"s-0.dat": "sender\ttime_ms\n3\t0.34\n", "s-1.dat": "sender\ttime_ms\n4\t0\n1\t700\n", "u\n0.dat": "sender\ttime_ms\n3\tx\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o666))
	}
	files := filepath.Join(dir, "s-*.dat")
	against := []string{"validate", "ei", "--scale", "0.1", "--seeds", "10", "--no-plots", "-q", "--against"}
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{files}, "s-0.dat:2: time 0.34 ms: must be a multiple of dt, 0.1 ms; of 3 times 1 are none: --off-grid round takes the nearest step"},
		{[]string{files, "--off-grid", "round"}, "s-1.dat:2: time 0 ms: must be at least one step of dt, 0.1 ms; of 3 spikes 1 are earlier: --early drop leaves them out"},
		{[]string{files, "--off-grid", "down"}, "--off-grid down: must be round"},
		{[]string{files, "--early", "never"}, "--early never: must be drop, first"},
		{[]string{files, "--time-unit", "h"}, "--time-unit h: must be ms, s, us, steps"},
		{[]string{files, "--columns", "id,when"}, `no column of spikes is called "when"`},
		{[]string{files, "--against", filepath.Join(dir, "s-1.dat")}, "s-1.dat: is the same as "},
		{[]string{filepath.Join(dir, "t-*.dat")}, "t-*.dat: no file has such a name"},
		{[]string{filepath.Join(dir, "u*.dat")}, `u\n0.dat:2: `}, // whose name has the end of a line
		{[]string{files, "--population", "E"}, "s-0.dat: names no populations: leave --population out"},
	} {
		status, out, errs := einet(t, append(against, row.args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Empty(t, out)
		require.Contains(t, errs, row.want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
	for _, flag := range []string{"--columns=a", "--time-unit=s", "--off-grid=round", "--early=drop", "--population=E", "--first-id=1"} {
		status, _, errs := einet(t, "validate", "ei", flag)
		require.Equal(t, exitUsage, status)
		name, _, _ := strings.Cut(flag, "=")
		require.Equal(t, "einet: "+name+": only says something of --against\n", errs)
	}
	status, out, errs := einet(t, append(against, files, "--off-grid", "round", "--early", "drop", "--json")...)
	require.Equal(t, exitCheckFailed, status, errs)
	require.Contains(t, out, `"1 of 3 times were rounded to the nearest step, by up to 0.04 ms"`)
	require.Contains(t, out, `"1 of 3 spikes are in front of the first step and left out"`)
}

// einet's own files are spikes of a source again, and its export is a list of synapses.
func TestOwnFilesAreInput(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	args := []string{"run", "ei", "--scale", "0.1", "--engine", "cpu", "--duration", "60ms", "--no-plots", "-q", "--spikes", "csv", "--out", run}
	if hdf5.Absent() == nil {
		args = append(args, "--spikes", "sonata")
	}
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	read := func(keys string) (*network.Network, error) {
		return language.Load(strings.NewReader("populations: {I: {size: 200, neuron: spikes, file: run/"+keys+"}}"), filepath.Join(dir, "net.yaml"), language.Options{HDF5: hdf5.OpenTree})
	}
	n, err := read("spikes.npz")
	require.NoError(t, err)
	want := n.Populations[0].Spikes
	require.NotEmpty(t, want.Times)
	files := []string{"spikes.csv, first_id: 800"}
	if hdf5.Absent() == nil {
		files = append(files, "spikes.h5")
	}
	for _, keys := range files {
		n, err := read(keys)
		require.NoError(t, err)
		require.InDeltaSlice(t, want.Times, n.Populations[0].Spikes.Times, 1e-9)
		require.Equal(t, want.Neuron, n.Populations[0].Spikes.Neuron)
	}
	_, err = read("spikes.csv")
	require.ErrorContains(t, err, "numbers its neurons through all populations: say which number the first neuron of I has there (first_id)")

	status, _, errs = einet(t, "export", "ei", "--scale", "0.1", "--out", filepath.Join(dir, "net"))
	require.Equal(t, exitDone, status, errs)
	list := func(file string) network.Edges {
		n, err := language.Load(strings.NewReader(`
populations: {E: {size: 800, neuron: spikes, times: [], neurons: []}, I: {size: 200, tau_m: 10, V_th: 15, V_reset: 0}}
projections: {E_to_I: {from: E, to: I, rule: list, file: net/`+file+`, tau_syn: 5}}`), filepath.Join(dir, "net.yaml"), language.Options{HDF5: hdf5.OpenTree})
		require.NoError(t, err)
		e := n.Projections[0].Edges
		e.File = network.File{}
		return e
	}
	synapses := list(synapsesFile)
	require.NotEmpty(t, synapses.Source)
	require.Equal(t, 0.1, synapses.Delay[0])
	if hdf5.Absent() == nil {
		status, _, errs = einet(t, "export", "ei", "--scale", "0.1", "--to", "sonata", "--out", filepath.Join(dir, "net"), "--force")
		require.Equal(t, exitDone, status, errs)
		exact := list(edgesFile) // in double precision
		require.InDeltaSlice(t, synapses.Weight, exact.Weight, 1e-6)
		synapses.Weight, exact.Weight = nil, nil
		require.Equal(t, synapses, exact)
	}
}
