package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// einet runs the command line and returns its exit status and output.
func einet(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e, false)
	return status, o.String(), e.String()
}

// small is ei with a tenth of the neurons, on the reference engine, without
// figures, into a new folder.
func small(t *testing.T, more ...string) []string {
	return append([]string{"run", "ei", "--scale", "0.1", "--engine", "reference", "--duration", "100ms", "--no-plots",
		"--out", filepath.Join(t.TempDir(), "run")}, more...)
}

func outOf(args []string) string {
	for i, a := range args {
		if a == "--out" {
			return args[i+1]
		}
	}
	return ""
}

func TestRunLeavesItsFilesAndCanBeRepeatedFromThem(t *testing.T) {
	args := small(t, "--json", "-q", "--set", "projections.*.p=0.3", "--seed", "5", "--trial", "2")
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Empty(t, errs)
	var s Summary
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, "ei", s.Network)
	require.Equal(t, uint32(5), s.Seed)
	require.Equal(t, 1000, s.Neurons)
	require.Equal(t, 100.0, s.DurationMs)
	require.Len(t, s.Digest, 64)
	require.NotZero(t, s.Spikes)
	e := s.Populations["E"]
	for _, x := range []*float64{e.NetOverExc, e.KSUniform} {
		require.NotNil(t, x)
		require.Greater(t, *x, 0.0)
		require.Less(t, *x, 1.0)
	}
	require.NotNil(t, e.Correlation)
	require.Nil(t, e.Fano, "100 ms are one window")
	file, err := os.ReadFile(filepath.Join(outOf(args), summaryFile))
	require.NoError(t, err)
	require.JSONEq(t, out, string(file))

	again := []string{"run", filepath.Join(outOf(args), networkFile), "--engine", "reference", "--no-plots", "--json", "-q",
		"--out", filepath.Join(t.TempDir(), "again")}
	status, out, errs = einet(t, again...)
	require.Equal(t, exitDone, status, errs)
	var r Summary
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, s.Digest, r.Digest, "network.yaml is enough to run it again")

	other := small(t, "--json", "-q", "--set", "projections.*.p=0.3", "--seed", "5", "--trial", "3")
	_, out, _ = einet(t, other...)
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.NotEqual(t, s.Digest, r.Digest)
}

func TestRunDoesNotReplaceARunUnasked(t *testing.T) {
	args := small(t, "-q")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, args...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds an earlier run")
	status, _, errs = einet(t, append(args, "--force")...)
	require.Equal(t, exitDone, status, errs)
}

// Whatever is wrong is told in one line a fault, with place, value and what is
// allowed, and leaves nothing behind.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("x: 1\n"), 0o666))
	for _, k := range []struct {
		args   []string
		status int
		want   []string // one for each line
	}{
		{[]string{"run", "nosuch"}, exitUsage, []string{"nosuch: neither a file nor a preset; the presets are ei, tian2020, vs96"}},
		{[]string{"run", "ei", "--engine", "cuda"}, exitUsage, []string{`--engine must be one of "auto","gpu","reference"`}},
		{[]string{"run", "ei", "--nosuch"}, exitUsage, []string{"unknown flag --nosuch"}},
		{[]string{"run", "ei", "--seed", "-1"}, exitUsage, []string{"--seed"}},
		{[]string{"run", "ei", "--duration", "0.25ms"}, exitUsage, []string{"--duration 0.25"}},
		{[]string{"run", "ei", "--duration", "1s", "--discard", "1s"}, exitUsage, []string{"--discard 1s: must be shorter than the run, 1000 ms"}},
		{[]string{"run", "ei", "--discard", "50us"}, exitUsage, []string{"--discard 50µs: must be a multiple of dt (0.1 ms)"}},
		{[]string{"run", "ei", "--scale", "0"}, exitUsage, []string{"--scale 0: must be a factor above 0"}},
		{[]string{"run", "ei", "--threads=-2"}, exitUsage, []string{"--threads -2"}},
		{[]string{"run", "ei", "--set", "populations.E.size=-5", "--set", "projections.E_to_E.p=1.5"}, exitUsage,
			[]string{"--set populations.E.size=-5: ", "--set projections.E_to_E.p=1.5: "}},
		{[]string{"run", "ei", "--set", "projections.E_to_E.delay=0.25"}, exitUsage, []string{"0.25"}},
		{[]string{"run", file}, exitUsage, []string{file + ":1:1: ", "populations"}},
		{[]string{"run", "ei", "--out", file}, exitUsage, []string{"--out " + file + ": is a file"}},
		{[]string{"run", "ei", "--out", "/proc/einet"}, exitMachine, []string{"--out /proc/einet: can't be made"}},
		{[]string{"run", "ei", "--scale", "100", "--out", filepath.Join(dir, "big")}, exitMachine, []string{"of memory"}},
		{[]string{"run", "ei", "--engine", "reference", "--device", "0", "--out", filepath.Join(dir, "d")}, exitUsage, []string{"--device: only the gpu engine has devices"}},
		{[]string{"plot", dir}, exitUsage, []string{"holds no run"}},
		{[]string{"show", "ei", "--set", "x=1"}, exitUsage, []string{"--set x=1"}},
		{[]string{"bench", "--repetitions", "0"}, exitUsage, []string{"--repetitions 0"}},
		{[]string{"bench", "--sizes", "3"}, exitUsage, []string{"--sizes 3"}},
		{nil, exitUsage, []string{"expected one of"}},
	} {
		status, out, errs := einet(t, k.args...)
		require.Equal(t, k.status, status, "%v: %s", k.args, errs)
		require.Empty(t, out, "%v", k.args)
		lines := strings.Split(strings.TrimSuffix(errs, "\n"), "\n")
		require.Len(t, lines, len(k.want), "%v: %s", k.args, errs)
		for i, line := range lines {
			require.True(t, strings.HasPrefix(line, "einet: "), line)
			require.Contains(t, line, k.want[i], "%v", k.args)
		}
	}
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestSilentNetworkRunsWithAWarning(t *testing.T) {
	args := small(t, "-q", "--set", "populations.*.input=10")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "WRN")
}

// A run that is stopped keeps what was simulated and says so.
func TestInterrupt(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	args := small(t, "--json")
	args[7] = "1000s"
	time.AfterFunc(700*time.Millisecond, cancel)
	var out, errs bytes.Buffer
	require.Equal(t, exitInterrupted, run(ctx, args, &out, &errs, false), errs.String())
	require.Contains(t, errs.String(), "interrupted at")
	var s Summary
	file, err := os.ReadFile(filepath.Join(outOf(args), summaryFile))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(file, &s))
	require.True(t, s.Interrupted)
	require.Greater(t, s.DurationMs, 0.0)
	require.Less(t, s.DurationMs, 1e6)
}

func TestShowCanBeLoaded(t *testing.T) {
	status, out, errs := einet(t, "show", "vs96", "--seed", "9")
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(out), 0o666))
	status, again, errs := einet(t, "show", file)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, out, again)
}

func TestListDevicesAndHelp(t *testing.T) {
	status, out, errs := einet(t, "list")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "tian2020")
	status, out, errs = einet(t, "devices")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "engine reference")
	status, out, _ = einet(t, "--help")
	require.Equal(t, exitDone, status)
	require.Contains(t, out, "Exit status")
	status, out, _ = einet(t, "--version")
	require.Equal(t, exitDone, status)
	require.NotEmpty(t, strings.TrimSpace(out))
}

func TestBench(t *testing.T) {
	status, out, errs := einet(t, "bench", "--sizes", "500,1000", "--duration", "20ms", "--repetitions", "1", "--engines", "reference", "--json", "-q")
	require.Equal(t, exitDone, status, errs)
	var results []map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &results))
	require.Len(t, results, 2)
	require.NotZero(t, results[1]["deliveries"])
	status, out, errs = einet(t, "bench", "--sizes", "500", "--duration", "20ms", "--repetitions", "1", "--engines", "reference")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "real-time factor")
}
