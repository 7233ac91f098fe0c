package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/compare"
)

// The exit status says whether spikes are the same, or with --alike whether runs are alike.
func TestCompareTellsByItsStatus(t *testing.T) {
	dir := t.TempDir()
	made := func(name string, more ...string) string {
		out := filepath.Join(dir, name)
		args := append([]string{"run", "ei", "--scale", "0.2", "--duration", "1100ms", "--discard", "100ms", "--no-plots", "-q", "--out", out}, more...)
		status, _, errs := einet(t, append(args, "--engine", "cpu")...)
		require.Equal(t, exitDone, status, errs)
		return out
	}
	a, same, other, changed := made("a"), made("same"), made("other", "--trial", "1"), made("changed", "--set", "populations.E.input=80")
	for _, k := range []struct {
		with    string
		flags   []string
		status  int
		verdict compare.Verdict
	}{
		{same, nil, exitDone, compare.Same},
		{other, nil, exitCheckFailed, compare.Alike},
		{other, []string{"--alike"}, exitDone, compare.Alike},
		{changed, []string{"--alike"}, exitCheckFailed, compare.Differ},
	} {
		status, out, errs := einet(t, append([]string{"compare", a, k.with, "--json", "--no-plots"}, k.flags...)...)
		require.Equal(t, k.status, status, errs)
		var r compare.Result
		require.NoError(t, json.Unmarshal([]byte(out), &r))
		require.Equal(t, k.verdict, r.Verdict)
	}
	status, out, _ := einet(t, "compare", a, other)
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, out, "trial: 0 in a, 1 in b")
	require.Contains(t, out, "the first that differs is at 0.")
	require.FileExists(t, filepath.Join(dir, "compare.png"))

	for _, k := range []struct {
		args []string
		want string
	}{
		{[]string{a}, "must be two"},
		{[]string{a, filepath.Join(dir, "none")}, "holds no run"},
		{[]string{a, other, "--seeds", "3"}, "--seeds 3: must be from 8 to 1000"},
	} {
		status, out, errs := einet(t, append([]string{"compare", "--no-plots"}, k.args...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Empty(t, out)
		require.Contains(t, errs, k.want)
	}
}
