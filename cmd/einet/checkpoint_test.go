package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// ofModel is a network of equations with all that recorders keep, of sources, delays of many steps and short-term
// plasticity.
const ofModel = `
models:
  mine:
    parameters: {C_m: 200 pF, g_L: 10 nS, E_L: -70 mV, V_T: -50 mV, Delta_T: 2 mV, tau_w: 150 ms, b: 40 pA, V_reset: -60 mV}
    definitions: {v: "min(V, 0 mV)"}
    state: {V: E_L, w: 0 pA}
    equations: {V': "(g_L*(E_L - v) + g_L*Delta_T*exp((v - V_T)/Delta_T) - w + I)/C_m", w': -w/tau_w}
    spike: V >= 0 mV
    reset: {V: V_reset, w: w + b}
duration: 1 s
populations:
  E: {size: 400, neuron: mine, input: 300, parameters: {tau_w: {uniform: [100 ms, 200 ms]}}}
  I: {size: 100, neuron: lif, tau_m: 10 ms, E_L: 0, V_th: 20, V_reset: 10, t_ref: 2 ms, input: 18}
  P: {size: 100, neuron: poisson, rate: 50 Hz}
projections:
  P_to_I: {from: P, to: I, rule: fixed_indegree, indegree: 20, weight: 0.5 mV, delay: {uniform: [0.5 ms, 20 ms]}, synapse: delta, short_term: {U: 0.3, tau_rec: 50 ms, tau_facil: 100 ms}}
  E_to_I: {from: E, to: I, rule: fixed_indegree, indegree: 40, weight: 0.5 mV, delay: 1 ms, synapse: delta}
  E_to_E: {from: E, to: E, rule: fixed_indegree, indegree: 40, weight: 20 pA, delay: {uniform: [1 ms, 8 ms]}, synapse: exponential, tau_syn: 5 ms, short_term: {U: 0.6, tau_rec: 200 ms}}
record:
  averages: 1
  short_term: {P_to_I: {neurons: 5, every: 1 ms}, E_to_E: {neurons: 400, every: 7 ms}}
  state: {E: {neurons: 5, every: 0.5}}
  triggered: {E: {neurons: 3, before: 5 ms, after: 20 ms, every: 1 ms, variables: [V]}}
  histograms: {I: {V: {low: 0, high: 20, bins: 20, every: 5}}}
`

// same holds the files of a run to those of one that was never stopped. Of the summary that is all but times.
func same(t *testing.T, unbroken, dir string) {
	t.Helper()
	nothingHidden(t, dir)
	list := func(dir string) (names []string) {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		for _, e := range entries {
			names = append(names, e.Name())
		}
		return names
	}
	require.Equal(t, list(unbroken), list(dir))
	for _, name := range list(unbroken) {
		want, err := os.ReadFile(filepath.Join(unbroken, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		switch {
		case name == experiment.SummaryFile:
			var a, b experiment.Summary
			require.NoError(t, json.Unmarshal(want, &a))
			require.NoError(t, json.Unmarshal(got, &b))
			require.Equal(t, a.Digest, b.Digest)
			require.Equal(t, a.WeightsDigest, b.WeightsDigest)
			require.Equal(t, a.Weights, b.Weights)
			require.Equal(t, a.Populations, b.Populations)
			require.Equal(t, a.InhibitionLagMs, b.InhibitionLagMs)
			require.Equal(t, a.Warnings, b.Warnings)
			require.False(t, b.Interrupted)
		case strings.HasSuffix(name, ".npz"):
			sameArrays(t, filepath.Join(unbroken, name), filepath.Join(dir, name))
		case name != experiment.CheckpointFile && name != experiment.SONATAFile:
			require.Equal(t, string(want), string(got), name)
		}
	}
}

// sameArrays holds an archive to another, array by array, so that a difference has a name.
func sameArrays(t *testing.T, want, got string) {
	t.Helper()
	a, err := zip.OpenReader(want)
	require.NoError(t, err)
	defer a.Close()
	b, err := zip.OpenReader(got)
	require.NoError(t, err)
	defer b.Close()
	require.Len(t, b.File, len(a.File))
	text := func(f *zip.File) string {
		r, err := f.Open()
		require.NoError(t, err)
		defer r.Close()
		all, err := io.ReadAll(r)
		require.NoError(t, err)
		return string(all)
	}
	for i, f := range a.File {
		require.Equal(t, f.Name, b.File[i].Name)
		require.True(t, text(f) == text(b.File[i]), "%s: array %s differs", got, f.Name)
	}
}

// A killing is a run that is killed, and goes on, and is killed.
type killing struct {
	args    []string   // of the run, but for engine and folder
	engines [][]string // by turns
	within  time.Duration
}

// killed kills a run at most that often and lets it come to its end. It returns how often it was killed, and how often it could go on then:
// the others were killed before their first checkpoint, or behind their end.
func (k *killing) killed(t *testing.T, random *rand.Rand, dir string, most int) (kills, resumed int) {
	began, next := false, 0
	for {
		args := append([]string{"run", "--resume", dir}, "--checkpoint-every", "20ms", "-q")
		if !began {
			args = append(append([]string{}, k.args...), "--out", dir, "--force", "--checkpoint-every", "20ms", "-q")
		}
		args = append(args, k.engines[next%len(k.engines)]...)
		next++
		cmd := child("", args...)
		var errs strings.Builder
		cmd.Stderr = &errs
		before := stages(dir)
		require.NoError(t, cmd.Start())
		ended := make(chan struct{})
		go func() {
			_ = cmd.Wait()
			close(ended)
		}()
		if kills < most {
			wait := time.Duration(random.Float64() * float64(k.within))
			if random.IntN(3) > 0 { // from its first checkpoint on, and otherwise from its start
				firstCheckpoint(dir, before, ended)
				wait /= 4
			}
			select {
			case <-ended:
			case <-time.After(wait):
				_ = cmd.Process.Signal(syscall.SIGKILL)
			}
		}
		<-ended
		switch {
		case cmd.ProcessState.Exited() && cmd.ProcessState.ExitCode() == exitDone:
			return kills, resumed
		case cmd.ProcessState.Exited():
			t.Fatalf("%v: %s", args, errs.String())
		}
		kills++
		if began = len(stages(dir)) > 0; began {
			resumed++
		} else if _, err := os.Stat(filepath.Join(dir, experiment.SummaryFile)); err == nil { // it was killed behind its end
			next, err := record.NewSet(record.Look(dir)) // which clears away what is dead
			require.NoError(t, err)
			require.NoError(t, next.Abort())
			return kills, resumed
		}
	}
}

// stages are the checkpoints of runs that are, or were, under way.
func stages(dir string) []string {
	found, _ := filepath.Glob(filepath.Join(dir, ".einet-*", experiment.CheckpointFile))
	return found
}

// firstCheckpoint waits until there is one that was not there before, or the process has ended.
func firstCheckpoint(dir string, before []string, ended <-chan struct{}) {
	for !slices.ContainsFunc(stages(dir), func(at string) bool { return !slices.Contains(before, at) }) {
		select {
		case <-ended:
			return
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// unbroken is a run of the same that is not stopped.
func (k *killing) unbroken(t *testing.T) string {
	dir := filepath.Join(t.TempDir(), "unbroken")
	status, _, errs := einet(t, append(append([]string{}, k.args...), append([]string{"--out", dir, "-q"}, k.engines[0]...)...)...)
	require.Equal(t, exitDone, status, errs)
	return dir
}

var processorEngines = [][]string{{"--engine", "cpu", "--threads", "1"}, {"--engine", "reference"}, {"--engine", "cpu", "--threads", "2"}}

func modelFile(t *testing.T) string {
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(ofModel), 0o666))
	return file
}

// A run that is killed, and whose next is killed, has the spikes and files of one that never was.
func TestKilledRunsGoOn(t *testing.T) {
	tries(t)
	k := &killing{
		args:    []string{"run", modelFile(t), "--duration", "3s", "--spikes", "csv", "--no-plots"},
		engines: processorEngines, within: 400 * time.Millisecond,
	}
	seed, resumptions := uint64(time.Now().UnixNano()), 0
	t.Logf("seed %d", seed)
	random, want := rand.New(rand.NewPCG(seed, 0)), k.unbroken(t)
	for kills := 0; kills < 5; {
		dir := filepath.Join(t.TempDir(), "run")
		some, resumed := k.killed(t, random, dir, 5-kills)
		t.Logf("%d kills, resumed %d times", some, resumed)
		same(t, want, dir)
		kills, resumptions = kills+some, resumptions+resumed
	}
	require.NotZero(t, resumptions)
}

// summaryOf reads the summary of a run.
func summaryOf(t *testing.T, dir string) (s experiment.Summary) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	return s
}

// What is interrupted leaves a checkpoint among its files, from which another engine goes on.
func TestInterruptedRunsGoOn(t *testing.T) {
	tries(t)
	file, signals := modelFile(t), []syscall.Signal{syscall.SIGTERM}
	if everyFault {
		signals = append(signals, syscall.SIGHUP, syscall.SIGINT)
	}
	for i, sent := range signals {
		k := &killing{args: []string{"run", file, "--duration", "800ms", "--spikes", "csv", "--no-plots"}, engines: processorEngines}
		want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
		cmd := child("", append(k.args, "--engine", "reference", "--out", dir)...)
		begun(t, cmd, dir)
		require.NoError(t, cmd.Process.Signal(sent))
		_ = cmd.Wait()
		require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode())
		require.FileExists(t, filepath.Join(dir, experiment.CheckpointFile))
		s := summaryOf(t, dir)
		require.True(t, s.Interrupted)
		status, _, errs := einet(t, append([]string{"run", "--resume", dir, "-q"}, processorEngines[i]...)...)
		require.Equal(t, exitDone, status, errs)
		same(t, want, dir)
		require.Len(t, summaryOf(t, dir).ResumedMs, 1)
		status, _, errs = einet(t, "run", "--resume", dir, "-q")
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, "holds no checkpoint")
	}
}

// A run that is made longer is what it would have been had it been as long.
func TestExtendedRuns(t *testing.T) {
	file := modelFile(t)
	k := &killing{args: []string{"run", file, "--duration", "300ms", "--spikes", "csv", "--no-plots"}, engines: processorEngines}
	want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
	status, _, errs := einet(t, "run", file, "--duration", "100ms", "--spikes", "csv", "--no-plots", "--engine", "reference", "--out", dir, "-q", "--checkpoint-end")
	require.Equal(t, exitDone, status, errs)
	for range 2 {
		status, _, errs = einet(t, "run", "--extend", "100ms", dir, "--engine", "cpu", "-q")
		require.Equal(t, exitDone, status, errs)
	}
	require.NoError(t, os.Remove(filepath.Join(dir, experiment.CheckpointFile)))
	same(t, want, dir)
	require.Equal(t, []float64{100, 200}, summaryOf(t, dir).ResumedMs)
	status, _, errs = einet(t, "run", "--extend", "100ms", dir, "-q")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds no checkpoint")
}

// Changes by hand go on, too.
func TestExtendedReplay(t *testing.T) {
	log := filepath.Join(t.TempDir(), "events.jsonl")
	require.NoError(t, os.WriteFile(log, []byte(`{"step":0,"event":"begin","of":{"network":"ei","neurons":1000,"seed":1,"trial":0,"dt_ms":0.1}}
{"step":200,"event":"input","amount":0.2}
{"step":450,"event":"inhibition","amount":0.6}
{"step":800,"event":"kick","amount":5}
`), 0o666))
	k := &killing{args: []string{"run", "ei", "--scale", "0.1", "--duration", "100ms", "--replay", log, "--no-plots"}, engines: processorEngines}
	want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
	args := append(append([]string{}, k.args...), "--engine", "reference", "--out", dir, "-q", "--checkpoint-end")
	args[5] = "50ms"
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, "run", "--extend", "50ms", dir, "--engine", "cpu", "-q")
	require.Equal(t, exitDone, status, errs)
	require.NoError(t, os.Remove(filepath.Join(dir, experiment.CheckpointFile)))
	same(t, want, dir)
	require.FileExists(t, filepath.Join(dir, experiment.EventsFile))
}

// A checkpoint that is damaged, cut off or foreign is refused in a line, and so is what does not go with one; what is there stays.
func TestWrongCheckpoints(t *testing.T) {
	tries(t)
	dir := filepath.Join(t.TempDir(), "run")
	status, _, errs := einet(t, "run", modelFile(t), "--duration", "20ms", "--no-plots", "--engine", "cpu", "--out", dir, "-q", "--checkpoint-end")
	require.Equal(t, exitDone, status, errs)
	path := filepath.Join(dir, experiment.CheckpointFile)
	right, err := os.ReadFile(path)
	require.NoError(t, err)
	refused := func(want string, args ...string) {
		t.Helper()
		before := contents(t, dir)
		status, _, errs := einet(t, append([]string{"run", "-q", "--engine", "cpu"}, args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		require.Contains(t, errs, want)
		sameContents(t, before, contents(t, dir), want)
		nothingHidden(t, dir)
	}
	for n := 100; n < len(right); n += 1 + len(right)/15 {
		wrong := []byte(string(right))
		wrong[n] ^= 4
		require.NoError(t, os.WriteFile(path, wrong, 0o666))
		refused(path+": ", "--extend", "10ms", dir)
		require.NoError(t, os.WriteFile(path, right[:n], 0o666))
		refused("ends before it is whole", "--extend", "10ms", dir)
	}
	require.NoError(t, os.WriteFile(path, []byte("no checkpoint at all, but a text"), 0o666))
	refused("is no checkpoint of einet", "--resume", dir)
	later := []byte(string(right))
	later[17]++
	require.NoError(t, os.WriteFile(path, later, 0o666))
	refused("format 2: must be 1", "--resume", dir)
	require.NoError(t, os.WriteFile(path, right, 0o666))
	refused("the run is complete: --extend goes on", "--resume", dir)
	refused("must be a multiple of dt (0.1 ms)", "--extend", "0.25ms", dir)
	refused("leave --seed out", "--extend", "10ms", dir, "--seed", "3")
	refused("has its network: leave ei out", "--resume", dir, "ei")
	refused("one of them", "--resume", dir, "--extend", "1s")
	refused("the folder of the run is missing", "--extend", "1s")
	refused("--checkpoint-every -1s: must be above 0", "ei", "--checkpoint-every=-1s")
	refused("have no checkpoints", "ei", "--replicas", "2", "--checkpoint-end")
	refused("holds no checkpoint", "--resume", t.TempDir())

	spikes := filepath.Join(dir, experiment.SpikesFile)
	text, err := os.ReadFile(spikes)
	require.NoError(t, err)
	text[len(text)/2] ^= 1
	require.NoError(t, os.WriteFile(spikes, text, 0o666))
	refused("is not as it was when the checkpoint was made", "--extend", "10ms", dir)
}

// What a killed run has left is not removed by another one unasked.
func TestCheckpointsOfTheDeadStay(t *testing.T) {
	tries(t)
	args := endless(t, "--checkpoint-every", "10ms")
	dir := outOf(args)
	cmd := child("", args...)
	begun(t, cmd, dir)
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, ".einet-*", experiment.CheckpointFile))
		return len(found) > 0
	}, time.Minute, 10*time.Millisecond)
	status, _, errs := einet(t, "run", "--resume", dir, "-q")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "a run is under way there")
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	next := small(t, "-q")
	next[10] = dir
	status, _, errs = einet(t, next...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, fmt.Sprintf("--resume %s goes on with it", dir))
	status, _, errs = einet(t, append(next, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "removed what an einet that died had not finished")
	nothingHidden(t, dir)
}

// A process that is stopped for a while, as by a batch system, goes on as if nothing had been.
func TestStoppedForAWhile(t *testing.T) {
	tries(t)
	k := &killing{args: []string{"run", modelFile(t), "--duration", "2s", "--no-plots"}, engines: processorEngines}
	want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
	cmd := child("", append(k.args, "--engine", "cpu", "--out", dir, "-q", "--checkpoint-every", "30ms")...)
	begun(t, cmd, dir)
	pause := 300 * time.Millisecond
	if everyFault {
		pause = time.Minute
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
	time.Sleep(pause)
	require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
	require.NoError(t, cmd.Wait())
	same(t, want, dir)
}
