package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/gpu"
	"einet/network/presets"
	"einet/selftest"
)

// One command tries everything on a device, and leaves a page and a JSON to send.
func TestSelftest(t *testing.T) {
	gl := withGL(t)
	dir := filepath.Join(t.TempDir(), "report")
	status, page, errs := einetOn(t, gl, "selftest", "--quick", "--device", "llvmpipe", "-q", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, page, "passed: every engine gives the reference's spikes")
	require.Contains(t, page, "| counters of")
	written, err := os.ReadFile(filepath.Join(dir, selftestPage))
	require.NoError(t, err)
	require.Equal(t, page, string(written))
	text, err := os.ReadFile(filepath.Join(dir, selftestFile))
	require.NoError(t, err)
	var r selftest.Report
	require.NoError(t, json.Unmarshal(text, &r))
	require.Empty(t, r.Failed)
	require.Len(t, r.Devices, 1)
	tried := map[string]map[string]bool{}
	for _, x := range r.Runs {
		require.True(t, x.Equal, x)
		require.Positive(t, x.Spikes, x)
		if tried[x.Network] == nil {
			tried[x.Network] = map[string]bool{}
		}
		tried[x.Network][x.Engine] = true
	}
	for _, name := range presets.Names() {
		require.Equal(t, map[string]bool{"reference": true, "cpu": true, "gpu": true}, tried[name], name)
	}
	require.Equal(t, r.Replicas[0].Trials, r.Replicas[0].Equal)
	forms := map[string]bool{}
	for _, x := range r.Counted {
		if x.Fault != "" { // two work groups, on a machine that was less busy a moment before
			require.Contains(t, x.Fault, "are not there at once", x.Form)
		}
		name, _, _ := strings.Cut(x.Form, ",")
		forms[name] = true
		forms["sums"] = forms["sums"] || x.Counters.Summed > 0
	}
	require.Equal(t, map[string]bool{"update": true, "sums": true, "resident": true}, forms)
	require.Contains(t, page, "resident, 1 work groups")

	status, _, errs = einetOn(t, gl, "selftest", "--quick", "--out", dir)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds an earlier self-test")
	status, _, errs = einetOn(t, gl, "selftest", "--device", "none such")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, `--device: gpu: no device "none such"`)
	gl.Open = func(string) (*gpu.Context, error) { return nil, gpu.ErrUnavailable }
	status, _, errs = einetOn(t, gl, "selftest", "--device", "0")
	require.Equal(t, exitMachine, status)
	require.Contains(t, errs, "no OpenGL 4.3 device")
}

// The page says what failed.
func TestSelftestPageOfFailures(t *testing.T) {
	var page strings.Builder
	r := &selftest.Report{Runs: []selftest.Run{{Digest: "0123456789"}, {Fault: errors.New("too large").Error()}}, Failed: []string{"ei on x: differ"}}
	require.NoError(t, printSelftest(&page, r))
	require.Contains(t, page.String(), "DIFFERS")
	require.Contains(t, page.String(), "too large")
	require.Contains(t, page.String(), "FAILED, 1: ei on x: differ")
}
