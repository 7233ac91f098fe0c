package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"einet/experiment"
	"einet/validate"

	"github.com/stretchr/testify/require"
)

// folder lists what a command left.
func folder(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestValidateTellsTheTruthOfClocks(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "v")
	status, out, errs := einet(t, "validate", "vs96", "-q", "--quick", "--out", dir)
	require.Equal(t, exitDone, status, out+errs)
	require.Empty(t, errs)
	for _, want := range []string{"not balanced", "regular, not irregular", "the same spikes", "would have seen", "control: weights + 5 %",
		"vs96: everything that was tested holds", "report.json, isi.png, isi.svg, correlations.png, correlations.svg"} {
		require.Contains(t, out, want)
	}
	require.Equal(t, []string{"correlations.png", "correlations.svg", "isi.png", "isi.svg", "report.json"}, folder(t, dir))
	file, err := os.ReadFile(filepath.Join(dir, "report.json"))
	require.NoError(t, err)
	var v validation
	require.NoError(t, json.Unmarshal(file, &v))
	require.True(t, v.Pass)
	require.Len(t, v.Figures, 4)
}

// Each claim stands beside its controls, in text and in JSON.
func TestValidateClaims(t *testing.T) {
	args := []string{"validate", "vs96", "--claims", "--quick", "-q", "--no-plots"}
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, out+errs)
	require.Regexp(t, `(?m)^regular, not irregular.* pass .*\n  control: weights x 20 +0\.\d+ +fails as it must`, out)
	require.NotContains(t, out, "Engines")
	require.NotContains(t, out, "Statistics of")
	status, out, errs = einet(t, append(args, "--json")...)
	require.Equal(t, exitDone, status, errs)
	var v validation
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.Nil(t, v.Exact)
	require.Nil(t, v.Statistical)
	for _, c := range v.Claims.List {
		require.Len(t, c.Controls, 1)
		require.True(t, c.Controls[0].Fails)
		require.NotNil(t, c.Controls[0].Measured)
	}
}

// What holds without coupling is not shown. It is no failure either, and the summary says so.
func TestValidateNotShown(t *testing.T) {
	status, out, errs := einet(t, "validate", "ei", "--scale", "0.05", "--set", "projections.*.weight=0",
		"--set", "populations.E.input=268", "--set", "populations.I.input=179", "--claims", "--quick", "-q", "--no-plots") // 60 and 40 mV
	require.Equal(t, exitCheckFailed, status, out+errs)
	require.NotRegexp(t, `(?m) pass `, out)
	require.Regexp(t, `(?m)^which leaves the statistics alone.* not shown +\(the trains never part\)`, out)
	require.Regexp(t, `control: uncoupled, at the network's mean net input .*HOLDS, so that nothing is shown`, out)

	for want, verdicts := range map[string][]validate.Verdict{
		"everything that is claimed holds":                                {validate.Pass, validate.NotClaimed},
		"nothing that is claimed fails, but one claim is not shown: B":    {validate.Pass, validate.NotShown},
		"nothing that is claimed fails, but 2 claims are not shown: A; B": {validate.NotShown, validate.NotShown},
		"NOT everything that is claimed holds":                            {validate.NotShown, validate.Fail},
	} {
		v := &validation{Claims: &validate.Claims{}}
		for i, x := range verdicts {
			v.Claims.List = append(v.Claims.List, validate.Claim{Name: string(rune('A' + i)), Verdict: x})
		}
		v.judge()
		require.Equal(t, want, v.verdict())
		require.Equal(t, !strings.HasPrefix(want, "NOT"), v.Pass)
	}
}

// Where no claim was tested, or some were left out, no more is said than was tested.
func TestValidateSaysWhatWasTested(t *testing.T) {
	for want, v := range map[string]*validation{
		"everything that was tested holds":     {Exact: &validate.Exact{Equal: true}},
		"NOT everything that was tested holds": {Exact: &validate.Exact{}},
		"nothing that is claimed fails, but the comparison with seeds noticed nothing that it was tried with": {
			Statistical: &validate.Statistical{Verdict: validate.Inconclusive}},
	} {
		v.judge()
		require.Equal(t, want, v.verdict())
	}
	unclaimed := func() *validate.Claims {
		return &validate.Claims{List: []validate.Claim{{Verdict: validate.NotClaimed}}}
	}
	for want, v := range map[string]*validation{
		"nothing is claimed of this network; it is consistent with its seeds":  {Claims: unclaimed(), Exact: &validate.Exact{Equal: true}, Statistical: &validate.Statistical{Verdict: validate.Pass}},
		"nothing is claimed of this network; everything that was tested holds": {Claims: unclaimed(), Exact: &validate.Exact{Equal: true}, Statistical: &validate.Statistical{Verdict: validate.Partial}},
		"nothing is claimed of this network":                                   {Claims: unclaimed()},
		"NOT everything that is claimed holds":                                 {Claims: unclaimed(), Exact: &validate.Exact{}},
	} {
		v.judge()
		require.Equal(t, want, v.verdict())
	}
	quick := &validation{Claims: &validate.Claims{}, LeftOut: []string{"how the cancellation scales with N"}}
	quick.judge()
	require.Equal(t, "everything that was tested holds", quick.verdict())
}

func TestValidateFailsWhatDoesNotHold(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "response.png"), nil, 0o666))
	status, out, errs := einet(t, "validate", "vs96", "-q", "--quick", "--seeds", "10", "--set", "populations.*.input=3.2", "--out", dir)
	require.Equal(t, exitCheckFailed, status, out)
	require.Regexp(t, `clock of period.* fail`, out)
	require.Contains(t, out, "NOT everything that is claimed holds")
	require.Contains(t, errs, "not everything that is claimed holds")
	require.NotContains(t, folder(t, dir), "response.png", "a figure of an earlier report is none of this one's")
}

func TestValidateJSON(t *testing.T) {
	status, out, errs := einet(t, "validate", "vs96", "--exact", "--quick", "--json", "--no-plots")
	require.Equal(t, exitDone, status, errs)
	var v validation
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.Equal(t, "vs96", v.Network)
	require.True(t, v.Exact.Equal)
	require.Equal(t, "reference", v.Exact.Engines[0].Name)
	require.Nil(t, v.Statistical)
	require.Nil(t, v.Claims)

	// What a short run of a silent network lacks is null, not an error.
	status, out, errs = einet(t, "validate", "ei", "--scale", "0.05", "--set", "populations.*.input=5", "--quick", "--json", "--no-plots")
	require.Equal(t, exitCheckFailed, status, errs)
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.False(t, v.Pass)
}

// The seed is one of the ten in eleven that are consistent with ten others.
func TestValidateAgainst(t *testing.T) {
	args := small(t, "-q", "--seed", "78", "--duration", "800ms")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(outOf(args), experiment.SpikesFile)

	against := []string{"validate", "ei", "--scale", "0.1", "--against", file, "--seeds", "10", "-q", "--no-plots"}
	status, out, errs := einet(t, against...)
	require.Equal(t, exitDone, status, out+errs)
	require.Contains(t, out, "Statistics of "+file+" against 10 seeds")
	require.Contains(t, out, "consistent; ")
	require.Contains(t, out, "would have seen")
	require.Contains(t, out, "false alarms: 1 in 11 (9.1 %)")
	require.NotContains(t, out, "decided: ")
	status, out, _ = einet(t, append(against, "--set", "projections.*.delay=0.3")...)
	require.Equal(t, exitCheckFailed, status, out)
	require.Contains(t, out, "fail: farther from the seeds than any of them from the others")
	require.Regexp(t, `decided: [EI]: .*, seeds .* \((higher|lower) by .* sd\), \d+ % of the squared distance`, out)
}

// Sources whose spikes were not recorded are left out of the comparison, and nothing else is.
func TestValidateUnrecordedSources(t *testing.T) {
	const driven = `
seed: 3
populations:
  E: {size: 200, tau_m: 20, V_th: 15, V_reset: 0, t_ref: 2, input: 14, V0: {uniform: [0, 15]}}
  X: {size: 100, neuron: poisson, rate: 20}
projections:
  XE: {from: X, to: E, p: 0.2, weight: 1, delay: 1.5, tau_syn: 5}
  EE: {from: E, to: E, p: 0.1, weight: -1, delay: 1.5, tau_syn: 5}
record: {spikes: {E: %s}}
`
	for _, k := range []struct{ recorded, set, says, not string }{
		{"all", "seed=3", "note: population X, a source, has no spikes here: neither it nor the seeds' is compared", "decided: "},
		{"all", "populations.X.rate=30", "decided: E: ", "decided: X"},
		{"199", "seed=3", "holds the spikes of some neurons only", "note: "},
	} {
		text := fmt.Sprintf(driven, k.recorded)
		_, _, _, dir := written(t, text, "--duration", "1s", "--no-plots", "-q")
		file := filepath.Join(t.TempDir(), "driven.yaml")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		_, out, errs := einet(t, "validate", file, "--against", filepath.Join(dir, experiment.SpikesFile), "--set", k.set, "--seeds", "10", "-q", "--no-plots")
		require.Contains(t, out+errs, k.says)
		require.NotContains(t, out+errs, k.not)
	}
}

// What is discarded of a file is not what is discarded of the seeds: times that
// start elsewhere are the same spikes, and as many steps count.
func TestValidateDiscard(t *testing.T) {
	dir := t.TempDir()
	var spikes, late strings.Builder
	for _, f := range []struct {
		to    *strings.Builder
		start int
	}{{&spikes, 0}, {&late, 400}} {
		fmt.Fprintln(f.to, "neuron,time_ms")
		for k := range 3000 {
			fmt.Fprintf(f.to, "%d,%.1f\n", k*k*7%1000, float64(f.start)+float64(k+1)/10)
		}
	}
	compared := func(name, spikes string, more ...string) validate.Statistical {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(spikes), 0o666))
		args := []string{"validate", "ei", "--scale", "0.1", "--seeds", "10", "-q", "--no-plots", "--json", "--against", file}
		_, out, errs := einet(t, append(args, more...)...)
		var v validation
		require.NoError(t, json.Unmarshal([]byte(out), &v), errs)
		return *v.Statistical
	}
	want := compared("spikes.csv", spikes.String(), "--discard", "50ms")
	got := compared("late.csv", late.String(), "--discard", "50ms", "--discard-file", "450ms")
	require.Equal(t, want.Comparison, got.Comparison)
	require.Equal(t, []float64{300, 50, 450}, []float64{got.DurationMs, got.DiscardMs, *got.FileDiscardMs})
	require.Equal(t, 50.0, *want.FileDiscardMs)
	all := compared("spikes.csv", spikes.String(), "--discard", "50ms", "--discard-file", "0s")
	require.Equal(t, []float64{350, 50, 0}, []float64{all.DurationMs, all.DiscardMs, *all.FileDiscardMs})
	require.NotEqual(t, want.Comparison, all.Comparison)
}

func TestValidateBadInput(t *testing.T) {
	args := small(t, "-q", "--duration", "20ms")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(outOf(args), experiment.SpikesFile)
	blocked := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(blocked, nil, 0o666))
	for _, k := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{"nosuch"}, exitUsage, "neither a file nor a preset"},
		{[]string{"ei", "--nosuch"}, exitUsage, "unknown flag"},
		{[]string{"ei", "--seeds", "9"}, exitUsage, "--seeds 9: must be at least 10"},
		{[]string{"ei", "--workers=-1"}, exitUsage, "--workers -1"},
		{[]string{"ei", "--exact", "--statistical"}, exitUsage, "choose one"},
		{[]string{"ei", "--discard-file", "1s"}, exitUsage, "--discard-file: only says something of --against"},
		{[]string{"ei", "--exact", "--discard", "1s"}, exitUsage, "--discard: only says something of the comparison with seeds"},
		{[]string{"ei", "--discard", "150us"}, exitUsage, "--discard 150us: must be a multiple of dt (0.1 ms)"},
		{[]string{"ei", "--scale", "0.1", "--against", file, "--discard", "20ms"}, exitUsage, "--discard: must be shorter than the 20 ms of " + file},
		{[]string{"ei", "--scale", "0.1", "--against", file, "--discard-file", "20ms"}, exitUsage, "--discard-file: must be shorter than the 20 ms of " + file},
		{[]string{"ei", "--scale", "0.1", "--against", file, "--discard-file=-1ms"}, exitUsage, "--discard-file -1ms: must be a multiple of dt"},
		{[]string{"ei", "--claims", "--statistical"}, exitUsage, "--claims: alone"},
		{[]string{"ei", "--scale", "0.2", "--against", file}, exitUsage, "population E has 800 neurons, in the network it has 1600"},
		{[]string{"ei", "--scale", "0.1", "--set", "dt=0.05", "--against", file}, exitUsage, "its grid is 0.1 ms, the network's is 0.05 ms"},
		{[]string{"vs96", "--against", blocked}, exitUsage, "--against " + blocked},
		{[]string{"vs96", "--exact", "--quick", "-q", "--scale", "0.1", "--out", filepath.Join(blocked, "x")}, exitMachine, "not a directory"},
	} {
		status, out, errs := einet(t, append([]string{"validate"}, k.args...)...)
		require.Equal(t, k.status, status, "%v: %s", k.args, errs)
		require.Empty(t, out)
		require.Equal(t, 1, strings.Count(errs, "\n"), "one line: %s", errs)
		require.Contains(t, errs, k.want, "%v", k.args)
	}
}
