package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// clocks is theory of vs96, which is quick to simulate.
func clocks(more ...string) []string {
	return append([]string{"theory", "vs96", "--engine", "reference", "-q"}, more...)
}

func TestTheoryTable(t *testing.T) {
	status, out, errs := einet(t, "theory", "ei")
	require.Equal(t, exitDone, status, errs)
	require.Empty(t, errs)
	for _, want := range []string{"balance limit", "5.56", "18.67", "ei: a balanced state exists: X_E/X_I = 1.5 > W_EI/W_II = 1 > W_EE/W_IE = 0.625",
		"E, I: mean input below threshold, fires on fluctuations"} {
		require.Contains(t, out, want)
	}
	require.NotContains(t, out, "simulated")
}

func TestTheoryBesideSimulation(t *testing.T) {
	status, out, errs := einet(t, clocks("--simulate", "200ms")...)
	require.Equal(t, exitDone, status, errs)
	for _, want := range []string{"theory off by", "vs96: not balanced: X_E/X_I > W_EI/W_II does not hold (1 and 1)", "fires regularly, like a clock", "200 ms after 500 ms, engine reference"} {
		require.Contains(t, out, want)
	}

	status, out, errs = einet(t, clocks("--simulate", "200ms", "--json")...)
	require.Equal(t, exitDone, status, errs)
	var s TheorySummary
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.False(t, s.Balance.Holds)
	require.Nil(t, s.Populations["E"].BalanceHz)
	for _, p := range s.Populations {
		require.InEpsilon(t, 41.7, *p.RateHz, 0.01)
		require.InEpsilon(t, 41.7, *p.NoiselessHz, 1e-3)
		require.InDelta(t, 0, *p.Deviation, 0.03)
	}
}

// The clocks of vs96 keep time together, so that a part of their period has few
// spikes or many.
func TestTheoryOffIsAFailedCheck(t *testing.T) {
	status, out, errs := einet(t, clocks("--simulate", "4ms")...)
	require.Equal(t, exitCheckFailed, status, out)
	require.Contains(t, errs, "more than 10 % apart")
	require.Contains(t, out, "theory off by", "the table comes all the same")

	status, out, errs = einet(t, clocks("--set", "projections.E_to_E.weight=3", "--set", "projections.E_to_I.weight=3")...)
	require.Equal(t, exitCheckFailed, status, out)
	require.Contains(t, errs, "vs96: theory: no stationary state found", "excitation that runs away")
}

// The figure goes beside the folder of runs, and with --no-plots nowhere.
func TestTheorySweep(t *testing.T) {
	t.Chdir(t.TempDir())
	status, out, errs := einet(t, clocks("--sweep", "--simulate", "100ms")...)
	require.Equal(t, exitDone, status, errs)
	require.Regexp(t, `x 0.5 +0.00 +0.00 +\+0.0 %`, out, "silent, and truly so")
	require.Contains(t, out, "x 2")
	dir := filepath.Join("results", "vs96-theory")
	for _, name := range []string{"theory.png", "theory.svg"} {
		require.FileExists(t, filepath.Join(dir, name))
		require.Contains(t, out, filepath.Join(dir, name))
	}
	require.NoDirExists(t, filepath.Join("results", "vs96"))

	status, out, errs = einet(t, clocks("--sweep", "--simulate", "100ms", "--no-plots", "--out", "sweep")...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "x 2")
	require.NoDirExists(t, "sweep")
}

func TestTheoryBadInput(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	for _, k := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"theory", "nosuch"}, exitUsage, "neither a file nor a preset"},
		{[]string{"theory", "ei", "--simulate", "50us"}, exitUsage, "--simulate 50us: must be a multiple of dt"},
		{[]string{"theory", "ei", "--set", "populations.E.input={step: {at: 5, by: 3}}"}, exitUsage,
			"ei: mean-field theory does not cover this network: populations.E.input: varies in time"},
		{clocks("--sweep", "--simulate", "1ms", "--scale", "0.1", "--out", filepath.Join(file, "x")), exitMachine, "can't be made"},
	} {
		status, _, errs := einet(t, k.args...)
		require.Equal(t, k.status, status, errs)
		require.Contains(t, errs, k.want)
	}
}
