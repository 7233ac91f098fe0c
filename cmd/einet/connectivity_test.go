package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"einet/bench"
	"einet/engines"
	"einet/experiment"

	"github.com/stretchr/testify/require"
)

// Synapses that are drawn again give the spikes of stored ones, on each engine that takes
// them, and the summary says that their number is the expected one.
func TestConnectivity(t *testing.T) {
	of := func(gl engines.OpenGL, more ...string) experiment.Summary {
		status, out, errs := einetOn(t, gl, small(t, append([]string{"--json", "-q"}, more...)...)...)
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s
	}
	stored := of(withoutGL())
	require.Equal(t, "stored", stored.Connectivity)
	drawnOn := func(t *testing.T, gl engines.OpenGL, engine string) {
		drawn := of(gl, "--connectivity", "procedural", "--engine", engine)
		require.Equal(t, "procedural", drawn.Connectivity)
		require.Equal(t, stored.Digest, drawn.Digest, engine)
		require.EqualValues(t, 250_000, drawn.Synapses)
		require.Zero(t, drawn.BytesPerSynapse)
	}
	for _, engine := range []string{"reference", "cpu", "auto"} {
		drawnOn(t, withoutGL(), engine)
	}
	require.NotEqual(t, stored.Digest, of(withoutGL(), "--connectivity", "procedural", "--seed", "2").Digest, "control")
	t.Run("gpu", func(t *testing.T) { drawnOn(t, withGL(t), "gpu") })
}

// So do the other commands that simulate.
func TestConnectivityOfOtherCommands(t *testing.T) {
	status, out, errs := einet(t, "validate", "ei", "--scale", "0.1", "--exact", "--quick", "--json", "--no-plots", "-q", "--connectivity", "procedural")
	require.Equal(t, exitDone, status, errs)
	var v validation
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.True(t, v.Exact.Equal)
	require.Positive(t, v.Exact.Engines[0].Spikes)

	status, out, errs = einet(t, quickBench("--json", "--connectivity", "procedural")...)
	require.Equal(t, exitDone, status, errs)
	text := out
	drawn, err := bench.Read(strings.NewReader(text))
	require.NoError(t, err)
	status, out, errs = einet(t, quickBench("--json")...)
	require.Equal(t, exitDone, status, errs)
	stored, err := bench.Read(strings.NewReader(out))
	require.NoError(t, err)
	require.NotZero(t, stored.Results[1].Spikes)
	for i := range stored.Results {
		d, s := &drawn.Results[i], &stored.Results[i]
		require.Equal(t, s.Digests[2].Digest, d.Digests[2].Digest)
		require.False(t, s.Same(d))
		require.Zero(t, d.SynapseBytes)
		require.InDelta(t, s.Deliveries, d.Deliveries, 0.02*float64(s.Deliveries), "the mean number of synapses")
	}
	file := filepath.Join(t.TempDir(), "drawn.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	status, out, errs = einet(t, quickBench("--against", file, "--connectivity", "procedural")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "the same, ")
	status, _, errs = einet(t, quickBench("--against", file)...)
	require.Equal(t, exitUsage, status, "stored beside drawn")
	require.Contains(t, errs, "holds none of the networks")
	status, out, errs = einet(t, quickBench("--connectivity", "procedural")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "| ei procedural |")
	status, out, errs = einet(t, quickBench("--connectivity", "procedural", "--format", "go")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "/network=ei/N=500/connectivity=procedural/")

	status, _, errs = einet(t, "theory", "ei", "--scale", "0.1", "--simulate", "100ms", "--engine", "cpu", "--connectivity", "procedural", "-q")
	require.Contains(t, []int{exitDone, exitCheckFailed}, status, errs)
}

// A network that is larger than memory is refused, with what would help where it would.
func TestMemoryThatThereIsNot(t *testing.T) {
	tries(t)
	for _, c := range []struct {
		args []string
		says string
	}{
		{[]string{"run", "brainpy1m", "--scale", "1000", "--engine", "cpu"}, "fewer synapses or --connectivity procedural"},
		{[]string{"run", "potjans2014", "--scale", "100", "--engine", "cpu"}, "use fewer neurons (--scale) or fewer synapses\n"},
		{[]string{"run", "ei", "--scale", "100", "--set", "projections.*.p=1e-6", "--set", "projections.*.delay={uniform: [0.1, 400]}", "--engine", "reference"},
			"use fewer neurons (--scale) or a smaller largest delay (now 4000 steps), for input on its way takes "},
		{[]string{"export", "brainpy1m", "--scale", "1000"}, "use fewer neurons (--scale) or fewer synapses\n"},
	} {
		status, _, errs := einet(t, append(c.args, "--out", t.TempDir())...)
		require.Equal(t, exitMachine, status, "%v: %s", c.args, errs)
		require.Contains(t, errs, c.says)
	}
}

func TestConnectivityIsRefused(t *testing.T) {
	status, _, errs := einet(t, "theory", "ei", "--connectivity", "procedural")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "only says something of --simulate")
	status, _, errs = einet(t, "bench", "--connectivity", "procedural")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "choose some with --networks")
	for _, c := range []struct{ network, flag, engine, says string }{
		{"brunel2000", "procedural", "cpu", "brunel2000: projections.E_to_E.rule: fixed_indegree: can't be drawn again by source"},
		{"brunel2000", "procedural", "auto", "(nor can 3 more); procedural connectivity takes fixed_probability"},
		{"ei", "sparse", "cpu", "--connectivity must be one of"},
	} {
		for _, command := range [][]string{{"theory", c.network, "--simulate", "100ms"}, {"validate", c.network}, {"bench", "--networks", c.network}} {
			status, _, errs := einet(t, append(command, "-q", "--connectivity", c.flag)...)
			require.Equal(t, exitUsage, status, command)
			require.Contains(t, errs, c.says)
		}
		status, _, errs := einet(t, "run", c.network, "--connectivity", c.flag, "--engine", c.engine, "--out", t.TempDir())
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, c.says)
	}
}
