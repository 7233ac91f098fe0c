package main

import (
	"encoding/json"
	"math"
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
		{[]string{"--replicas", "2", "--seeds", "0"}, "--seeds 0: must be at least 1"},
		{[]string{"--replicas", "500", "--seeds", "3"}, "--seeds 3: must be from 1 to 2, for --replicas 500 of each"},
		{[]string{"--replicas", "2", "--align", "1s", "--duration", "500ms"}, "--align 1s: must be a time of the run, from 0 to 500 ms"},
		{[]string{"--align", "10"}, "--align 10 ms: only says something of --replicas"},
		{[]string{"--replicas", "2", "--trial", "16383"}, "--replicas 2 from trial 16383 on: "},
	} {
		status, _, errs := einet(t, append([]string{"run", "vs96", "--out", filepath.Join(dir, "x")}, k.args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Contains(t, errs, k.want)
		require.NoDirExists(t, filepath.Join(dir, "x"))
	}
}

// Each seed has synapses of its own: a trial is the run with its seed and trial. What the network records is kept of each trial, in every
// format, and is what that run keeps.
func TestReplicasOfSeveralSeeds(t *testing.T) {
	dir := t.TempDir()
	more := []string{"--spikes", "csv", "--set", "record={state: {E: {neurons: [1, 5], every: 1 ms}}, averages: 1 ms}"}
	all := replicas(t, filepath.Join(dir, "all"), "cpu", append([]string{"--replicas", "2", "--seeds", "3", "--align", "20ms"}, more...)...)
	require.Equal(t, []int{6, 3}, []int{all.Replicas, all.Seeds})
	digests := map[string]bool{}
	for k, trial := range all.Trials {
		require.Equal(t, []uint32{1 + uint32(k/2), uint32(k % 2)}, []uint32{trial.Seed, trial.Trial})
		digests[trial.Digest] = true
	}
	require.Len(t, digests, 6)
	last := all.Trials[5]
	require.Equal(t, []string{"spikes-3-1.npz", "spikes-3-1.csv", "state-3-1.npz", "averages-3-1.npz"}, last.Files)

	args := []string{"run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", "reference", "--seed", "3", "--trial", "1", "--json", "-q", "--no-plots",
		"--out", filepath.Join(dir, "one")}
	status, out, errs := einet(t, append(args, more...)...)
	require.Equal(t, exitDone, status, errs)
	var one experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	require.Equal(t, one.Digest, last.Digest)
	require.Equal(t, one.Populations["E"].Fano, last.Populations["E"].Fano)
	require.Equal(t, one.Populations["E"].Correlation, last.Populations["E"].Correlation)
	for k, name := range []string{"spikes.npz", "spikes.csv", "state.npz", "averages.npz"} {
		want, err := os.ReadFile(filepath.Join(dir, "one", name))
		require.NoError(t, err)
		have, err := os.ReadFile(filepath.Join(dir, "all", last.Files[k]))
		require.NoError(t, err)
		require.Equal(t, want, have, name)
	}
}

// Mean, sd and confidence are those of the trials' numbers, and where there are several seeds the confidence is that of their means. The
// 97.5 % points of Student's t with 2 and 5 degrees of freedom are 4.303 and 2.571, from a table.
func TestMomentsOverTrials(t *testing.T) {
	x := func(values ...float64) (list []*float64) {
		for i := range values {
			list = append(list, &values[i])
		}
		return list
	}
	m := experiment.MomentsOf([][]*float64{x(1, 2, 3, 4, 5, 9)})
	require.InDelta(t, 4, *m.Mean, 1e-12)
	require.InDelta(t, math.Sqrt(8), *m.SD, 1e-12)
	require.InDelta(t, 4+2.571*math.Sqrt(8)/math.Sqrt(6), m.CI95[1], 2e-3)
	m = experiment.MomentsOf([][]*float64{x(1, 2), x(3, 4), x(5, 9)}) // seeds' means 1.5, 3.5, 7
	require.InDelta(t, 4, *m.Mean, 1e-12)
	require.InDelta(t, 4-4.303*2.7839/math.Sqrt(3), m.CI95[0], 2e-3)
	m = experiment.MomentsOf([][]*float64{x(1), {nil}})
	require.Nil(t, m.SD)
	require.Nil(t, m.CI95)
}

// psth.npz has the trials' rates around the time that is asked for: their spikes, counted.
func TestRatesOverTrials(t *testing.T) {
	dir := t.TempDir()
	all := replicas(t, dir, "cpu", "--replicas", "3", "--align", "20ms", "--discard", "10ms", "--set", "groups={E: {some: {from: 3, to: 40}, parts: {count: 2}}}")
	file := filepath.Join(dir, experiment.PSTHFile)
	times, rates := readNpz[float64](t, file, "time_ms"), readNpz[float64](t, file, "E_rate_hz")
	require.Len(t, times, 50)
	require.InDelta(t, 10.5-20, times[0], 1e-9)
	require.Len(t, rates, 150)
	ofGroup := readNpz[float64](t, file, "E.some_rate_hz")
	for k, trial := range all.Trials {
		s, err := record.ReadSpikes(filepath.Join(dir, trial.File))
		require.NoError(t, err)
		want, some := make([]float64, 50), make([]float64, 50)
		for _, spike := range s.Spikes {
			bin := int(math.Ceil(float64(spike.Step)*s.DtMs-1e-9)) - 1 - 10
			if bin >= 0 && int(spike.Neuron) < s.Populations[0].Size {
				want[bin] += 1000 / float64(s.Populations[0].Size)
			}
			if n := all.Groups["E.some"]; bin >= 0 && int(spike.Neuron) >= n.Neurons[0][0] && int(spike.Neuron) <= n.Neurons[0][1] {
				some[bin] += 1000 / float64(n.Size)
			}
		}
		require.InDeltaSlice(t, want, rates[k*50:(k+1)*50], 1e-6)
		require.InDeltaSlice(t, some, ofGroup[k*50:(k+1)*50], 1e-6)
	}
	mean := readNpz[float64](t, file, "E_mean_hz")
	require.InDelta(t, (rates[7]+rates[57]+rates[107])/3, mean[7], 1e-9)
	require.FileExists(t, filepath.Join(dir, "psth.png"))
}

// The statistics of groups in each replica are those of the run with its seed and trial, and their moments are over these; a run's
// figures are drawn of a trial that is chosen, the rates over trials of all.
func TestReplicasOfGroups(t *testing.T) {
	dir := t.TempDir()
	groups := []string{"--set", "groups={E: {some: {to: 30, poisson: {rate: 500, weight: 1, tau_syn: 2}}, parts: {count: 3}}}"}
	s := replicas(t, filepath.Join(dir, "all"), "cpu", append([]string{"--replicas", "3", "--seeds", "2", "--discard", "10ms"}, groups...)...)
	args := append([]string{"run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", "cpu", "--seed", "2", "--trial", "1", "--discard", "10ms", "--json", "-q",
		"--out", filepath.Join(dir, "one")}, groups...)
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	var one experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	trial := s.Trials[4]
	require.Equal(t, []any{uint32(2), uint32(1), one.Digest}, []any{trial.Seed, trial.Trial, trial.Digest})
	require.Len(t, trial.Groups, 5)
	for name, g := range one.Groups {
		require.Equal(t, experiment.TrialOfGroup{RateHz: g.RateHz, CVISI: g.CVISI, CV2: g.CV2, LV: g.LV, Fano: g.Fano, Correlation: g.Correlation,
			RateSDHz: g.RateSDHz, PartRateSDHz: g.PartRateSDHz}, trial.Groups[name], name)
		require.Equal(t, g.Neurons, s.Groups[name].Neurons)
	}
	sum := 0.0
	for k := range s.Trials {
		sum += *s.Trials[k].Groups["E.some"].RateHz
	}
	require.InEpsilon(t, sum/6, *s.Groups["E.some"].RateHz.Mean, 1e-12)
	require.NotNil(t, s.Groups["E.parts"].PartRateSDHz)
	require.Nil(t, s.Groups["E.some"].PartRateSDHz)

	status, out, errs = einet(t, "plot", filepath.Join(dir, "all"), "--trial", "1", "--seed", "2", "--groups", "E.some")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "raster-2-1.png")
	require.Contains(t, out, "groups-2-1.svg")
	whole, err := os.ReadFile(filepath.Join(dir, "one", "raster.svg"))
	require.NoError(t, err)
	drawn, err := os.ReadFile(filepath.Join(dir, "all", "raster-2-1.svg"))
	require.NoError(t, err)
	require.Equal(t, string(whole), string(drawn), "the run's own raster")
	status, out, errs = einet(t, "plot", filepath.Join(dir, "all"), "--from", "20ms", "--out", filepath.Join(dir, "psth"))
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "psth.png, psth.svg")
	for _, wrong := range []struct {
		args []string
		says string
	}{
		{[]string{filepath.Join(dir, "all"), "--trial", "3"}, "--seed 1 --trial 3: must be seeds 1 to 2, trials 0 to 2, of which there are files"},
		{[]string{filepath.Join(dir, "all"), "--groups", "E.some"}, "--groups: is of one trial: --trial says which"},
		{[]string{filepath.Join(dir, "one"), "--trial", "0"}, "--trial and --seed: are of the folder of replicas, and of one"},
	} {
		status, _, errs = einet(t, append([]string{"plot"}, wrong.args...)...)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, wrong.says)
	}
	status, _, errs = einet(t, append([]string{"run", "vs96", "--scale", "0.2", "--duration", "20ms", "--engine", "cpu", "-q", "--force", "--out", filepath.Join(dir, "all")}, groups...)...)
	require.Equal(t, exitDone, status, errs)
	require.NoFileExists(t, filepath.Join(dir, "all", "raster-2-1.svg"), "figures of what is no longer there")
}
