package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
)

// A run leaves its page with the figures, and --no-plots leaves out both.
func TestRunLeavesAPage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"run", "vs96", "--engine", "reference", "--duration", "50ms", "--out", dir}
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "currents.svg, report.html")
	text, err := os.ReadFile(filepath.Join(dir, experiment.ReportFile))
	require.NoError(t, err)
	require.Contains(t, string(text), "einet run vs96 --engine reference --duration 50ms")

	// What a new run does not make is not there any more.
	status, out, errs = einet(t, append(args, "--no-plots", "--force")...)
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, out, "report.html")
	require.NoFileExists(t, filepath.Join(dir, experiment.ReportFile))
}

func TestReportOfEarlierRuns(t *testing.T) {
	dir := clockRun(t)
	status, out, errs := einet(t, "report", dir)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, filepath.Join(dir, "report.html")+"\n", out)
	one, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	require.Contains(t, string(one), "<h1>vs96</h1>")

	// Several go beside them, or where they are to.
	other := filepath.Join(filepath.Dir(dir), "other")
	require.NoError(t, os.CopyFS(other, os.DirFS(dir)))
	status, out, errs = einet(t, "report", dir, other)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, filepath.Join(filepath.Dir(dir), "report.html")+"\n", out)
	several, err := os.ReadFile(filepath.Join(filepath.Dir(dir), "report.html"))
	require.NoError(t, err)
	require.Contains(t, string(several), "<h1>2 runs</h1>")
	status, out, errs = einet(t, "report", dir, other, "--out", filepath.Join(other, "new"))
	require.Equal(t, exitDone, status, errs)
	require.FileExists(t, strings.TrimSpace(out))
}

// The page of replicas has each trial and what is over all, as summary.json has them.
func TestReportOfReplicas(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "trials")
	s := replicas(t, dir, "cpu", "--replicas", "2", "--seeds", "2")
	page := func() string {
		status, out, errs := einet(t, "report", dir)
		require.Equal(t, exitDone, status, errs)
		require.Equal(t, filepath.Join(dir, "report.html")+"\n", out)
		text, err := os.ReadFile(filepath.Join(dir, "report.html"))
		require.NoError(t, err)
		return string(text)
	}
	text := page()
	require.Contains(t, text, "<h1>vs96: 4 trials</h1>")
	require.Contains(t, text, "script-src 'none'")
	require.NotContains(t, text, "<script")
	require.Contains(t, text, `<img alt="psth: `)
	for k, trial := range s.Trials {
		require.Contains(t, text, trial.Digest)
		require.Contains(t, text, fmt.Sprintf(`<data value="%d" data-key="trials.%d.spikes">`, trial.Spikes, k))
		rate, err := json.Marshal(trial.Populations["I"].RateHz)
		require.NoError(t, err)
		require.Contains(t, text, fmt.Sprintf(`<data value="%s" data-key="trials.%d.populations.I.rate_hz">%.2f</data>`, rate, k, *trial.Populations["I"].RateHz))
	}
	m := s.Populations["E"].RateHz
	mean, err := json.Marshal(m.Mean)
	require.NoError(t, err)
	require.Contains(t, text, fmt.Sprintf(`<data value="%s" data-key="populations.E.rate_hz.mean">%.2f</data>`, mean, *m.Mean))
	require.Contains(t, text, strings.ReplaceAll(fmt.Sprintf("%.2f to %.2f", m.CI95[0], m.CI95[1]), "-", "\u2212"))
	for _, f := range []string{"psth.png", "psth.svg"} {
		require.NoError(t, os.Remove(filepath.Join(dir, f)))
	}
	require.Contains(t, page(), "There is no figure of rates over trials in the folder; einet plot draws it.")

	summary := filepath.Join(dir, experiment.SummaryFile)
	whole, err := os.ReadFile(summary)
	require.NoError(t, err)
	for _, k := range [][2]string{{`{"trials": [1]}`, "trials: number is not what a run writes there"}, {`{"trials": [{}]}`, "populations has no E, which network.yaml has"}} {
		require.NoError(t, os.WriteFile(summary, []byte(k[0]), 0o666))
		status, _, errs := einet(t, "report", dir)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, k[1])
	}
	require.NoError(t, os.WriteFile(summary, bytes.Replace(whole, []byte(`"trial": 1,`), []byte(`"trial": 1, "interrupted": true,`), 1), 0o666))
	require.Contains(t, page(), "1, 1, interrupted at 60 ms")
}

// What can't be reported is a line, and leaves the page that was there.
func TestReportRefuses(t *testing.T) {
	whole := clockRun(t)
	replicas := filepath.Join(t.TempDir(), "replicas")
	status, _, errs := einet(t, "run", "vs96", "--engine", "reference", "--duration", "10ms", "--replicas", "2", "-q", "--out", replicas)
	require.Equal(t, exitDone, status, errs)
	for _, k := range []struct{ file, text, want string }{
		{experiment.SummaryFile, "{", "summary.json: unexpected end of JSON input"},
		{experiment.SummaryFile, `{"seed": "x"}`, "summary.json: seed: string is not what a run writes there"},
		{experiment.SummaryFile, "[]", "summary.json: array: must be the summary of a run"},
		{experiment.SummaryFile, "{}", "summary.json: populations has no E, which network.yaml has"},
		{experiment.SummaryFile, "null", "summary.json: populations has no E"},
		{experiment.NetworkFile, "populations: {E: {size: 0}}", "size"},
		{experiment.SpikesFile, "x", "spikes.npz"},
		{experiment.TracesFile, "x", "traces.npz"},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
		page := filepath.Join(dir, experiment.ReportFile)
		require.NoError(t, os.WriteFile(page, []byte("earlier"), 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, k.file), []byte(k.text), 0o666))
		status, out, errs := einet(t, "report", dir)
		require.Equal(t, exitUsage, status, "%s: %s", k.file, errs)
		require.Empty(t, out)
		require.Contains(t, errs, k.want)
		first, _, _ := strings.Cut(errs, "\n")
		require.True(t, strings.HasPrefix(first, "einet: "), errs)
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		require.Equal(t, "earlier", string(text))
	}
	file := filepath.Join(whole, experiment.NetworkFile)
	for _, k := range []struct {
		args []string
		want string
	}{
		{[]string{filepath.Join(whole, "nothing")}, "holds no run"},
		{[]string{file}, "holds no run"},
		{[]string{replicas, whole}, "holds replicas (spikes-0.npz and others), which stand beside no other run: einet report " + replicas + " writes their page"},
		{[]string{whole, "--out", file}, "must be a folder"},
		{nil, "expected"},
	} {
		status, _, errs := einet(t, append([]string{"report"}, k.args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Contains(t, errs, k.want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}
