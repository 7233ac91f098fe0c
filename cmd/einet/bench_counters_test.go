package main

import (
	"bytes"
	"strings"
	"testing"

	"einet/gpu"

	"github.com/stretchr/testify/require"
)

func TestBenchCounters(t *testing.T) {
	status, out, errs := einetOn(t, withGL(t), "bench", "--counters", "--sizes", "500", "--duration", "20ms", "--threads", "1", "-q")
	require.Equal(t, exitDone, status, errs)
	require.Empty(t, errs)
	rows := 0
	for _, line := range strings.Split(out, "\n") {
		if strings.HasPrefix(line, "| ei ") {
			rows++
			require.NotContains(t, line, "differ")
		}
	}
	require.Positive(t, rows)
	require.Zero(t, rows%2, "two tables")
	require.Contains(t, out, "equal")
}

func TestBenchCountersRefuses(t *testing.T) {
	for args, says := range map[string]string{
		"--json": "--counters and --format json", "--out x": "--counters and --out", "--against x": "--counters and --against",
		"--engines cpu": "--counters and --engines", "--no-parts": "--counters and --no-parts", "--repetitions 2": "--counters and --repetitions",
	} {
		status, out, errs := einet(t, append([]string{"bench", "--counters", "-q"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, status, args)
		if args == "--json" {
			require.Contains(t, out, `"errors"`)
		} else {
			require.Empty(t, out)
		}
		require.Contains(t, errs, says)
	}
	status, _, errs := einetOn(t, withoutGL(), "bench", "--counters", "--sizes", "500", "-q")
	require.Equal(t, exitMachine, status)
	require.Contains(t, errs, "--counters: needs an OpenGL device: no OpenGL 4.3 device: here")
}

// A row for each form of the kernels, with the same spikes.
func TestBenchCountersOfForms(t *testing.T) {
	status, out, errs := einetOn(t, withGL(t), "bench", "--counters", "--forms", "--networks", "vs96", "--duration", "5ms", "--threads", "1", "-q")
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, out, "differ")
	for _, form := range []string{": update, deliver  ", ": update, deliver with sums ", ": resident, "} {
		require.Contains(t, out, form)
	}
	status, _, errs = einet(t, "bench", "--forms", "-q")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--forms: only says something of --counters")
}

// Other spikes than the cpu engine's are told of, and nothing is divided by nothing.
func TestCountersTellOfOtherSpikes(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, printCounters(&out, "einet", []counted{{network: "n", digest: "a", cpu: "b", device: gpu.Device{Renderer: "d"}, cpuTook: 1}}))
	require.Contains(t, out.String(), "differ")
	require.NotContains(t, out.String(), "NaN")
}

// Of windows that share a dispatch update and deliver are not timed, so that no time is divided by what these did.
func TestTimesAreOfTheWindowsTheyWereTakenOf(t *testing.T) {
	require.Equal(t, "2", over(10, ofWindows(&gpu.Counters{}, 5), "%.3g"))
	require.Equal(t, "-", over(10, ofWindows(&gpu.Counters{ResidentWindows: 3}, 5), "%.3g"))
}
