package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"einet/bench"
	"einet/gpu"

	"github.com/stretchr/testify/require"
)

// quickBench is the reference alone on small networks.
func quickBench(more ...string) []string {
	return append([]string{"bench", "--sizes", "500,1000", "--duration", "20ms", "--repetitions", "1", "--engines", "reference", "--no-limits", "-q"}, more...)
}

func TestBench(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bench")
	status, out, errs := einet(t, quickBench("--format", "json", "--out", dir)...)
	require.Equal(t, exitDone, status, errs)
	r, err := bench.Read(strings.NewReader(out))
	require.NoError(t, err)
	require.Len(t, r.Results, 2)
	require.NotZero(t, r.Results[1].Deliveries)
	for _, name := range []string{benchFile, benchTables, "sizes.png", "sizes.svg"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
	require.NoFileExists(t, filepath.Join(dir, "threads.png"), "one number of threads")

	status, out, errs = einet(t, quickBench("--against", filepath.Join(dir, benchFile))...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "real-time factor")
	require.Contains(t, out, "the same, ")

	status, _, errs = einet(t, quickBench("--out", dir)...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds an earlier bench")
	status, out, errs = einet(t, quickBench("--format", "go", "--out", dir, "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "BenchmarkSimulate/network=ei/N=500/")
}

// Whole runs stand beside the engine alone, with the same spikes, and leave nothing.
func TestBenchAsRun(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	args := []string{"bench", "--sizes", "500", "--duration", "20ms", "--repetitions", "2", "--engines", "reference,cpu", "--threads", "1", "--as-run", "-q"}
	status, out, errs := einet(t, append(args, "--json")...)
	require.Equal(t, exitDone, status, errs)
	r, err := bench.Read(strings.NewReader(out))
	require.NoError(t, err)
	require.Len(t, r.Results, 2)
	require.Nil(t, r.Limits)
	for _, x := range r.Results {
		require.Len(t, x.Alone, 2)
		require.Len(t, x.Runs, 2)
		require.Empty(t, x.Unconnected)
		median, shortest := x.OverAlone()
		require.Positive(t, median)
		require.Positive(t, shortest)
		for _, ran := range x.Runs {
			require.Equal(t, x.Digest(), ran.Digest)
			require.Positive(t, ran.Simulate)
			require.LessOrEqual(t, ran.Waiting, ran.Simulate)
		}
	}
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left)

	r.Results[1].Runs[1].Digest = strings.Repeat("0", 64)
	require.Len(t, bench.Disagreements(r.Results), 1)

	status, out, errs = einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "**As a user runs it.**")
	require.NotContains(t, out, "Costs")
	median, _ := (&bench.Result{}).OverAlone()
	require.Zero(t, median)
}

// Other spikes than those of the report beside are a failed check.
func TestBenchAgainstOtherSpikes(t *testing.T) {
	status, out, errs := einet(t, quickBench("--json")...)
	require.Equal(t, exitDone, status, errs)
	digest := regexp.MustCompile(`"digest": "[0-9a-f]{64}"`)
	file := filepath.Join(t.TempDir(), "other.json")
	require.NoError(t, os.WriteFile(file, digest.ReplaceAll([]byte(out), []byte(`"digest": "`+strings.Repeat("0", 64)+`"`)), 0o666))
	status, _, errs = einet(t, quickBench("--against", file)...)
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, errs, "the spikes differ")
}

func TestBenchRefuses(t *testing.T) {
	for args, says := range map[string]string{
		"--threads 1000":                  "--threads 1000: must be from 1 to",
		"--repetitions 0":                 "must be at least 1",
		"--suite peers --sizes 500":       "choose one",
		"--suite published --sizes 500":   "choose one",
		"--as-run --counters":             "--counters and --",
		"--force":                         "only says something of --out",
		"--fixed-indegree":                "only says something of",
		"--sizes 5":                       "--sizes 5: must be at least 10",
		"--sizes 500 --against /no/where": "--against",
	} {
		status, out, errs := einet(t, append([]string{"bench", "-q"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, status, args)
		require.Empty(t, out)
		require.Contains(t, errs, says)
	}
}

// Without OpenGL the gpu engine is missed where it was asked for, and else left
// out in so many words.
func TestBenchWithoutOpenGL(t *testing.T) {
	args := []string{"bench", "--sizes", "500", "--duration", "1ms", "--repetitions", "1", "--no-limits", "-q"}
	for _, engines := range []string{"gpu", "reference,gpu"} {
		status, out, errs := einetOn(t, withoutGL(), append(args, "--engines", engines)...)
		require.Equal(t, exitMachine, status)
		require.Empty(t, out)
		require.Equal(t, "einet: --engines gpu: no OpenGL 4.3 device: here; one cause; another; --engines cpu needs none\n", errs)
	}
	status, out, errs := einetOn(t, withoutGL(), args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "reference")
	require.Equal(t, "einet: without the gpu engine: no OpenGL 4.3 device: here; one cause; another\n", errs)
}

// Every engine has to take every size before one is measured.
func TestBenchChecksTheMemoryOfDevices(t *testing.T) {
	gl := withGL(t)
	status, out, errs := einetOn(t, gl, "bench", "--sizes", "500,40000000", "--set", "projections={}", "--engines", "gpu", "-q")
	require.Equal(t, exitMachine, status, errs)
	require.Empty(t, out)
	require.Regexp(t, `^einet: ei: gpu: .* take .*, one buffer holds at most .*: use fewer neurons.*\n$`, errs)
}

// The suites that others are measured on leave software devices out, also those that this einet can't open.
func TestBenchOfOthersWithoutHardware(t *testing.T) {
	for _, suite := range []string{"peers", "published"} {
		var errs bytes.Buffer
		gl := withoutGL()
		gl.Devices = func() ([]gpu.Device, error) {
			return []gpu.Device{{Renderer: "llvmpipe", Software: true}}, nil
		}
		places, none, err := (&benchCmd{Suite: suite}).places(&terminal{err: &errs, gl: gl})
		require.NoError(t, err)
		require.NoError(t, none)
		require.Len(t, places, 1)
		require.Equal(t, "cpu", places[0].Name)
		require.Equal(t, "einet: without the gpu engine: there is no OpenGL hardware (--engines cpu,gpu takes software, too)\n", errs.String())
	}
}
