package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
	"einet/sim"
)

func replicas(t *testing.T, dir, engine string, more ...string) experiment.ReplicasSummary {
	args := append([]string{"run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", engine, "--out", dir, "--json", "-q"}, more...)
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	var s experiment.ReplicasSummary
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	file, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.JSONEq(t, out, string(file))
	return s
}

// A replica is the run with its trial, on every engine, and no two are alike.
func TestReplicasAreTheirTrials(t *testing.T) {
	dir := t.TempDir()
	want := replicas(t, filepath.Join(dir, "reference"), "reference", "--replicas", "3", "--trial", "4")
	seen := map[string]bool{}
	for k, trial := range want.Trials {
		require.Equal(t, uint32(4+k), trial.Trial)
		require.FileExists(t, filepath.Join(dir, "reference", trial.File))
		seen[trial.Digest] = true
	}
	require.Len(t, seen, 3)
	require.NotNil(t, want.Populations["E"].RateHz.SD)
	engines := []string{"cpu"}
	if devices, _ := thisMachine(t.Context()).Devices(); len(devices) > 0 {
		engines = append(engines, "gpu")
	}
	for _, engine := range engines {
		got := replicas(t, filepath.Join(dir, engine), engine, "--replicas", "3", "--trial", "4")
		require.Equal(t, want.Trials, got.Trials, engine)
		require.Equal(t, want.Populations, got.Populations, engine)
	}
	status, out, errs := einet(t, "run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", "reference", "--trial", "6",
		"--json", "-q", "--no-plots", "--out", filepath.Join(dir, "one"))
	require.Equal(t, exitDone, status, errs)
	var one experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	require.Equal(t, one.Digest, want.Trials[2].Digest)
	require.Equal(t, one.Populations["I"].RateHz, want.Trials[2].Populations["I"].RateHz)
}

// All trials keep the spikes of the same sample, whose digests are those of all spikes.
func TestReplicasOfSomeNeurons(t *testing.T) {
	dir := t.TempDir()
	all := replicas(t, filepath.Join(dir, "all"), "cpu", "--replicas", "2")
	some := replicas(t, filepath.Join(dir, "some"), "cpu", "--replicas", "2", "--set", "record={spikes: {E: {sample: 5}}}")
	require.Equal(t, all.Trials, some.Trials)
	for _, trial := range some.Trials {
		s, err := record.ReadSpikes(filepath.Join(dir, "some", trial.File))
		require.NoError(t, err)
		whole, err := record.ReadSpikes(filepath.Join(dir, "all", trial.File))
		require.NoError(t, err)
		ids := s.Recorded[0].Neuron
		require.Len(t, ids, 5)
		var want []sim.Spike
		for _, spike := range whole.Spikes {
			if slices.Contains(ids, spike.Neuron) {
				want = append(want, spike)
			}
		}
		require.NotEmpty(t, want)
		require.Equal(t, want, s.Spikes)
		require.Equal(t, ids, readNpz[uint32](t, filepath.Join(dir, "some", some.Trials[0].File), "recorded_neuron"))
	}
}

// A network that no work group takes is simulated one trial after another, and einet says why.
func TestReplicasThatFitNoWorkGroup(t *testing.T) {
	withGL(t)
	dir := t.TempDir()
	status, _, errs := einet(t, "run", "ei", "--scale", "0.9", "--duration", "2ms", "--engine", "gpu", "--replicas", "2", "-q", "--out", filepath.Join(dir, "gpu"))
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "input on its way to 9000 neurons takes 72004 bytes")
}

// So are replicas whose synapses are drawn again, for a work group reads synapses.
func TestReplicasOfDrawnSynapses(t *testing.T) {
	gl := withGL(t)
	of := func(more ...string) (experiment.ReplicasSummary, string) {
		status, out, errs := einetOn(t, gl, small(t, append([]string{"--replicas", "2", "--engine", "gpu", "--json", "-q"}, more...)...)...)
		require.Equal(t, exitDone, status, errs)
		var s experiment.ReplicasSummary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s, errs
	}
	stored, _ := of()
	drawn, errs := of("--connectivity", "procedural")
	require.Contains(t, errs, "a work group reads synapses, and these are drawn again")
	require.Equal(t, []string{"stored", "procedural"}, []string{stored.Connectivity, drawn.Connectivity})
	for k := range drawn.Trials {
		require.Equal(t, stored.Trials[k].Digest, drawn.Trials[k].Digest)
	}
}

// The files of replicas and of a run replace one another as a whole, when asked to.
func TestReplicasAndARunReplaceOneAnother(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	replicas(t, dir, "cpu", "--replicas", "2")
	args := []string{"run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", "cpu", "--no-plots", "-q", "--out", dir}
	status, _, errs := einet(t, args...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds an earlier run")
	status, _, errs = einet(t, append(args, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.NoFileExists(t, filepath.Join(dir, "spikes-0.npz"))
	replicas(t, dir, "cpu", "--replicas", "1", "--force")
	require.NoFileExists(t, filepath.Join(dir, experiment.SpikesFile))
	require.NoFileExists(t, filepath.Join(dir, experiment.TracesFile))
	require.FileExists(t, filepath.Join(dir, "spikes-0.npz"))
}

func TestReplicasRefuseWhatTheyCannotGive(t *testing.T) {
	dir := t.TempDir()
	for _, k := range []struct {
		args []string
		want string
	}{
		{[]string{"--replicas", "0"}, "--replicas 0: must be from 1 to 1000"},
		{[]string{"--replicas", "1001"}, "--replicas 1001: must be from 1 to 1000"},
		{[]string{"--replicas", "2", "--spikes", "csv"}, "--spikes csv: with --replicas"},
		{[]string{"--replicas", "2", "--set", "record.averages=1"}, "vs96: record: with --replicas"},
		{[]string{"--replicas", "2", "--trial", "16383"}, "--replicas 2 from trial 16383 on: "},
	} {
		status, _, errs := einet(t, append([]string{"run", "vs96", "--out", filepath.Join(dir, "x")}, k.args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Contains(t, errs, k.want)
		require.NoDirExists(t, filepath.Join(dir, "x"))
	}
}
