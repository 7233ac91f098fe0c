package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"einet/experiment"
	"einet/record"
)

// Faults around a run, and what it makes of them: docs/reliability.md has the table.

// asEinet makes this program einet, with the limits that it names.
const asEinet = "EINET_TEST_LIMITS"

var resources = map[string]int{"as": unix.RLIMIT_AS, "data": unix.RLIMIT_DATA, "fsize": unix.RLIMIT_FSIZE, "nofile": unix.RLIMIT_NOFILE}

func TestMain(m *testing.M) {
	limits, is := os.LookupEnv(asEinet)
	if !is {
		os.Setenv(asEinet, "") // einet's children are einet, too
		os.Exit(allTests(m))
	}
	for _, limit := range strings.Fields(limits) {
		name, value, _ := strings.Cut(limit, "=")
		n, err := strconv.ParseUint(value, 10, 63)
		if err == nil {
			err = unix.Setrlimit(resources[name], &unix.Rlimit{Cur: n, Max: n})
		}
		if err != nil {
			panic(err)
		}
	}
	main()
}

// child is einet in a process of its own, with limits such as "nofile=64".
func child(limits string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asEinet+"="+limits)
	return cmd
}

// ended runs a child to its end.
func ended(t *testing.T, cmd *exec.Cmd) (status int, errs string) {
	t.Helper()
	var e bytes.Buffer
	cmd.Stderr = &e
	_ = cmd.Run()
	require.True(t, cmd.ProcessState.Exited(), "%v: %s", cmd.ProcessState, e.String())
	require.NotContains(t, e.String(), "goroutine ")
	return cmd.ProcessState.ExitCode(), e.String()
}

// begun starts a child and waits until its run is under way.
func begun(t *testing.T, cmd *exec.Cmd, dir string) {
	t.Helper()
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, ".einet-*", ".spikes.npz.*"))
		return len(found) > 0
	}, time.Minute, 10*time.Millisecond)
}

// endless is a run that does not end by itself.
func endless(t *testing.T, more ...string) []string {
	args := small(t, append([]string{"-q"}, more...)...)
	args[7] = "1000s"
	return args
}

// isPart holds what a run that was stopped left to a run of its network.yaml: the spikes are those.
func isPart(t *testing.T, dir string) experiment.Summary {
	t.Helper()
	var s experiment.Summary
	text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	require.True(t, s.Interrupted)
	status, out, errs := einet(t, "run", filepath.Join(dir, experiment.NetworkFile), "--engine", "cpu", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "again"))
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, s.Digest, digestOf(t, out))
	spikes, err := record.ReadSpikes(filepath.Join(dir, experiment.SpikesFile))
	require.NoError(t, err)
	require.EqualValues(t, s.Spikes, len(spikes.Spikes))
	require.InDelta(t, s.DurationMs, float64(spikes.Steps)*s.DtMs, 1e-6)
	return s
}

// nothingHidden: no folder of a run under way is left.
func nothingHidden(t *testing.T, dir string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, found)
}

// Ctrl-C, the end of a batch job and of a terminal: what was simulated is there.
func TestSignalsKeepWhatWasSimulated(t *testing.T) {
	tries(t)
	caught := make(chan os.Signal, 1) // under nohup, a child would ignore what this process ignores
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Stop(caught)
	for _, sent := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		args := endless(t)
		cmd := child("", args...)
		begun(t, cmd, outOf(args))
		require.NoError(t, cmd.Process.Signal(sent))
		_ = cmd.Wait()
		require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode(), sent)
		isPart(t, outOf(args))
		nothingHidden(t, outOf(args))
	}
}

// With the terminal goes what reads the messages: writing them must not end the run.
func TestClosedPipeKeepsWhatWasSimulated(t *testing.T) {
	tries(t)
	args := endless(t)
	args = append(args[:len(args)-1], "--set", "populations.*.input=10") // it is not quiet, and warns
	cmd := child("", args...)
	pipe, err := cmd.StderrPipe()
	require.NoError(t, err)
	begun(t, cmd, outOf(args))
	require.NoError(t, pipe.Close())
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	_ = cmd.Wait()
	require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode(), cmd.ProcessState)
	isPart(t, outOf(args))
}

// What a killed run leaves is told of and removed by the next one; a live one's stays.
func TestFoldersOfTheDead(t *testing.T) {
	tries(t)
	args := endless(t)
	dir := outOf(args)
	cmd := child("", args...)
	begun(t, cmd, dir)
	next := small(t)
	next[10] = dir
	status, _, errs := einet(t, next...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "another einet writes there too")
	require.NotContains(t, errs, "removed")
	left, err := filepath.Glob(filepath.Join(dir, ".einet-*"))
	require.NoError(t, err)
	require.Len(t, left, 1, "the live one's")

	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait()
	status, _, errs = einet(t, append(next, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "removed what an einet that died had not finished")
	require.Contains(t, errs, filepath.Base(left[0]))
	nothingHidden(t, dir)

	amid := filepath.Join(dir, ".einet-1")
	require.NoError(t, os.MkdirAll(filepath.Join(amid, "earlier"), 0o777))
	status, _, errs = einet(t, append(next, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "died there while it put its files into place")
	require.DirExists(t, amid, "it may hold an earlier run")
}

// A meanwhile is a terminal on which something happens at the first sign of progress.
type meanwhile struct {
	shown bytes.Buffer
	do    func()
}

func (m *meanwhile) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(" left")) && m.do != nil {
		do := m.do
		m.do = nil
		do()
	}
	return m.shown.Write(p)
}

func seedIn(t *testing.T, dir string) uint32 {
	t.Helper()
	var s experiment.Summary
	text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, &s))
	return s.Seed
}

// Of two runs into one folder the one that ends first has it. The other keeps its result beside, and says
// where, whether it is interrupted or complete, and also where both were to replace an earlier run.
func TestTwoRunsInOneFolder(t *testing.T) {
	tries(t)
	for _, interrupt := range []bool{true, false} {
		for _, force := range []bool{true, false} {
			args := small(t, "--seed", "1")
			dir := outOf(args)
			args[7] = "400ms"
			if interrupt {
				args[7] = "1000s"
			}
			second := append(small(t, "-q", "--seed", "2")[:10], dir, "-q", "--seed", "2")
			if force {
				status, _, errs := einet(t, append(small(t)[:10], dir, "-q", "--seed", "3")...)
				require.Equal(t, exitDone, status, errs)
				args, second = append(args, "--force"), append(second, "--force")
			}
			ctx, cancel := context.WithCancel(t.Context())
			m := &meanwhile{do: func() {
				status, _, errs := einet(t, second...)
				require.Equal(t, exitDone, status, errs)
				if interrupt {
					cancel()
				}
			}}
			status := run(ctx, args, io.Discard, m, true)
			cancel()
			want := exitUsage
			if interrupt {
				want = exitInterrupted
			}
			require.Equal(t, want, status, m.shown.String())
			require.Contains(t, m.shown.String(), "other files have appeared there")
			require.Contains(t, m.shown.String(), "the new files are in "+dir+"-2")
			require.EqualValues(t, 2, seedIn(t, dir), "interrupt %v, force %v", interrupt, force)
			require.EqualValues(t, 1, seedIn(t, dir+"-2"))
			nothingHidden(t, dir)
		}
	}
}

// Replicas keep those that are complete, and of the others what was simulated.
func TestInterruptedReplicas(t *testing.T) {
	tries(t)
	of := func(dir string) (s experiment.ReplicasSummary) {
		text, err := os.ReadFile(filepath.Join(dir, experiment.SummaryFile))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &s))
		require.True(t, s.Interrupted)
		return s
	}
	dir := t.TempDir()
	whole := replicas(t, filepath.Join(dir, "whole"), "cpu", "--replicas", "12")
	require.Equal(t, "spikes-00.npz", whole.Trials[0].File, "names of one width are sorted like numbers")
	require.Equal(t, "spikes-11.npz", whole.Trials[11].File)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	one := filepath.Join(dir, "one")
	args := []string{"run", "vs96", "--scale", "0.2", "--duration", "60ms", "--engine", "cpu", "--threads", "1", "--replicas", "12", "--out", one}
	m := writer(func(p []byte) {
		if bytes.Contains(p, []byte("(1/12")) {
			cancel()
		}
	})
	require.Equal(t, exitInterrupted, run(ctx, args, io.Discard, m, true))
	s := of(one)
	require.Equal(t, whole.Trials[:1], s.Trials)
	require.FileExists(t, filepath.Join(one, s.Trials[0].File))
	require.NoFileExists(t, filepath.Join(one, whole.Trials[1].File))

	engines := []string{"cpu"}
	if devices, _ := thisMachine(t.Context()).Devices(); len(devices) > 0 {
		engines = append(engines, "gpu")
	}
	for _, engine := range engines {
		part := filepath.Join(dir, engine)
		args := []string{"run", "vs96", "--scale", "0.2", "--duration", "10000s", "--engine", engine, "--threads", "2", "--replicas", "2", "-q", "--out", part}
		var errs bytes.Buffer
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			defer cancel()
			for started := time.Now(); time.Since(started) < time.Minute; time.Sleep(100 * time.Millisecond) {
				if found, _ := filepath.Glob(filepath.Join(part, ".einet-*", ".spikes-1.npz.*")); len(found) > 0 {
					time.Sleep(200 * time.Millisecond)
					return
				}
			}
		}()
		status := run(ctx, args, io.Discard, &errs, false)
		cancel()
		require.Equal(t, exitInterrupted, status, errs.String())
		s := of(part)
		require.Len(t, s.Trials, 2, errs.String())
		for _, trial := range s.Trials {
			status, out, errs := einet(t, "run", "vs96", "--scale", "0.2", "--set", fmt.Sprintf("duration=%v", trial.DurationMs), "--engine", "cpu", "--trial", fmt.Sprint(trial.Trial),
				"--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "again"))
			require.Equal(t, exitDone, status, errs)
			require.Equal(t, trial.Digest, digestOf(t, out), "%s, trial %d", engine, trial.Trial)
		}
	}
}

type writer func(p []byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

// unresolvable comes to have conductances beyond what dt resolves.
const unresolvable = `
populations:
  E: {size: 100, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -60, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60, t_ref: 5,
      input: [120, {ramp: {at: 100, duration: 300, by: 3000}}], V0: {uniform: [-60, -50]}}
projections:
  E_to_E: {from: E, to: E, rule: fixed_probability, p: 0.5, weight: 20, tau_syn: 100, delay: 1}
duration: 2000
`

// A numerical stop is the network's fault: on every engine the same neuron and step, and what was simulated.
func TestUnresolvedStepKeepsWhatWasSimulated(t *testing.T) {
	tries(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(unresolvable), 0o666))
	engines := []string{"reference", "cpu"}
	if devices, _ := thisMachine(t.Context()).Devices(); len(devices) > 0 {
		engines = append(engines, "gpu")
	}
	var first experiment.Summary
	for i, engine := range engines {
		out := filepath.Join(dir, engine)
		status, _, errs := einet(t, "run", file, "--engine", engine, "--no-plots", "-q", "--out", out)
		require.Equal(t, exitUsage, status, errs)
		require.Regexp(t, `populations\.E: neuron \d+, step \d+ \([\d.]+ ms\): dt \(g_L`, errs)
		require.Contains(t, errs, "what was simulated until then is in "+out)
		s := isPart(t, out)
		if i == 0 {
			first = s
		}
		require.NotZero(t, s.Spikes)
		require.Equal(t, first.Stopped, s.Stopped)
		require.Equal(t, first.Digest, s.Digest)
		require.Equal(t, first.DurationMs, s.DurationMs)
	}
	// Other commands that simulate have the same status.
	status, _, errs := einet(t, "bench", "--networks", file, "--engines", "cpu", "--repetitions", "1", "--no-limits", "--no-parts", "--duration", "2s", "--limit", "0s", "-q")
	require.Equal(t, exitUsage, status, errs)
	require.Contains(t, errs, first.Stopped)
}

// many is a network of so many populations with recorded state, as flags.
func many(t *testing.T, n int) string {
	var text strings.Builder
	text.WriteString("populations:\n")
	for k := range n {
		fmt.Fprintf(&text, "  P%d: {size: 2, tau_m: 20, V_th: 15, V_reset: 0, input: 20}\n", k)
	}
	text.WriteString("record: {averages: 1, state: {")
	for k := range n {
		fmt.Fprintf(&text, "P%d: {neurons: 2, every: 1}, ", k)
	}
	text.WriteString("}}\nduration: 20\n")
	file := filepath.Join(t.TempDir(), "many.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o666))
	return file
}

// Few open files do for many populations; fewer than a run takes are one line, and nothing is left.
func TestFewOpenFiles(t *testing.T) {
	tries(t)
	file, dir := many(t, 200), filepath.Join(t.TempDir(), "run")
	args := []string{"run", file, "--engine", "cpu", "--no-plots", "-q", "--out", dir}
	status, errs := ended(t, child("nofile=24", args...))
	require.Equal(t, exitDone, status, errs)
	require.Len(t, readNpz[uint32](t, filepath.Join(dir, experiment.StateFile), "P199_step"), 20)

	refused := 0
	for n := 3; n < 24; n++ {
		dir := filepath.Join(t.TempDir(), "run")
		args[len(args)-1] = dir
		status, errs := ended(t, child(fmt.Sprintf("nofile=%d", n), args...))
		if status == exitDone {
			continue
		}
		require.Contains(t, errs, "too many open files")
		require.NoDirExists(t, dir)
		require.Equal(t, exitMachine, status, errs)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		if strings.Contains(errs, "state.npz") || strings.Contains(errs, "averages.npz") {
			refused++
		}
	}
	require.NotZero(t, refused, "some of these bounds are met when the files of state are opened")
}

// What the language allows, the writers take.
func TestLongestTimeStep(t *testing.T) {
	tries(t)
	file := filepath.Join(t.TempDir(), "net.yaml")
	for _, dt := range []string{"1e6", "1e9"} {
		text := fmt.Sprintf("dt: %s\nduration: %s\npopulations:\n  E: {size: 10, tau_m: 20, V_th: 15, V_reset: 0, input: 20}\n", dt, dt)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		args := []string{"run", file, "--engine", "cpu", "--spikes", "csv", "-q", "--out", filepath.Join(t.TempDir(), "run")}
		status, _, errs := einet(t, args...)
		require.Equal(t, exitDone, status, errs)
		_, err := record.ReadTraces(filepath.Join(outOf(args), experiment.TracesFile))
		require.NoError(t, err)
	}
}

// A network that the limits on the process leave no memory for is refused.
func TestMemoryLimitsOfTheProcess(t *testing.T) {
	tries(t)
	for _, limit := range []string{"as", "data"} {
		status, errs := ended(t, child(limit+"=3000000000", "run", "ei", "--scale", "10", "--engine", "cpu", "-q", "--out", filepath.Join(t.TempDir(), "run")))
		require.Equal(t, exitMachine, status, errs)
		require.Contains(t, errs, "of memory")
	}
}

// Where no file may grow further, a run ends there and what was simulated is written.
func TestFullFileKeepsWhatWasSimulated(t *testing.T) {
	tries(t)
	args := endless(t, "--spikes", "csv", "--set", "record={averages: 1, state: {E: {neurons: 800, every: 0.1}}}")
	status, errs := ended(t, child("fsize=8000000", args...))
	require.Equal(t, exitMachine, status, errs)
	require.Contains(t, errs, "file too large")
	require.Contains(t, errs, "what was simulated until then is in")
	isWholeState(t, outOf(args))
}

// isWholeState holds the recorded state of a run that was stopped to the time that it says it simulated.
func isWholeState(t *testing.T, dir string) {
	t.Helper()
	s := isPart(t, dir)
	require.NotEmpty(t, s.Stopped)
	require.Greater(t, s.DurationMs, 5.0)
	steps := readNpz[uint32](t, filepath.Join(dir, experiment.StateFile), "E_step")
	// A sample of the last step itself was not taken any more.
	require.InDelta(t, s.DurationMs, float64(len(steps))*0.1, 0.11)
	require.Len(t, readNpz[float32](t, filepath.Join(dir, experiment.StateFile), "E_V"), 800*len(steps))
	text, err := os.ReadFile(filepath.Join(dir, experiment.CSVFile))
	require.NoError(t, err)
	require.EqualValues(t, s.Spikes+1, bytes.Count(text, []byte("\n")))
	nothingHidden(t, dir)
}

// allFire is a network of which every neuron fires in every step, as often as steps say.
func allFire(t *testing.T, steps int) string {
	file := filepath.Join(t.TempDir(), "full.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, `
duration: %g
populations:
  E: {size: 400, tau_m: 0.2, V_th: 15, V_reset: 0, input: 2000}
  I: {size: 130, tau_m: 0.2, V_th: 15, V_reset: 0, input: 2000}
projections:
  E_to_E: {from: E, to: E, rule: fixed_indegree, indegree: 20, weight: 0.05, tau_syn: 2, delay: 0.5}
  E_to_I: {from: E, to: I, rule: fixed_indegree, indegree: 20, weight: 0.05, tau_syn: 2, delay: 0.5}
  I_to_E: {from: I, to: E, rule: fixed_indegree, indegree: 20, weight: -0.1, tau_syn: 2, delay: 0.9}
`, float64(steps)/10), 0o666))
	return file
}

// Where all that can fire does, for minutes, every spike is counted, and memory does not grow.
func TestEveryNeuronFiresInEveryStep(t *testing.T) {
	tries(t)
	steps, engines := 1500, []string{"cpu", "reference"}
	if devices, _ := thisMachine(t.Context()).Devices(); len(devices) > 0 {
		engines = append(engines, "gpu")
	}
	if everyFault {
		steps *= 200
	}
	var first experiment.Summary
	for i, engine := range engines {
		of := func(steps int) experiment.Summary {
			dir := filepath.Join(t.TempDir(), "run")
			status, errs := ended(t, child("", "run", allFire(t, steps), "--engine", engine, "--no-plots", "-q", "--set", "record={spikes: {E: 3}}", "--out", dir))
			require.Equal(t, exitDone, status, errs)
			s := summaryOf(t, dir)
			require.EqualValues(t, 530*steps, s.Spikes, engine)
			return s
		}
		brief, s := of(steps/3), of(steps)
		if i == 0 {
			first = s
		}
		require.Equal(t, first.Digest, s.Digest, engine)
		t.Logf("%s: %d steps in %.3g s, %.0f MB; %d steps, %.0f MB", engine, steps, s.EngineS, s.PeakRSSMB, steps/3, brief.PeakRSSMB)
		require.Less(t, s.PeakRSSMB, brief.PeakRSSMB+60, engine)
	}
}
