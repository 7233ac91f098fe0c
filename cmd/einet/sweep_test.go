package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"codeberg.org/sbinet/npyio/npz"
	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/sweep"
)

// swept is a small sweep of Brunel's network into a folder.
func swept(dir string, more ...string) []string {
	return append([]string{"sweep", "brunel2000", "--scale", "0.02", "--set", "constants.C_E=100", "--set", "constants.J=1", "--duration", "120ms",
		"--discard", "20ms", "--vary", "g=3,5", "--vary", "eta=0.9:4:3", "-q", "--out", dir}, more...)
}

func readTable(t *testing.T, dir string) (rows []map[string]string) {
	text, err := os.ReadFile(filepath.Join(dir, sweep.TableFile))
	require.NoError(t, err)
	all, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	require.NoError(t, err)
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = cells[i]
		}
		rows = append(rows, row)
	}
	return rows
}

// A row of the table is what einet run says of the same network, to the last digit; arrays hold the same; connections are built once
// for each seed.
func TestSweepGivesWhatRunsGive(t *testing.T) {
	dir := t.TempDir()
	status, out, errs := einet(t, swept(dir, "--seeds", "2", "--json")...)
	require.Equal(t, exitDone, status, errs)
	var s sweep.Outcome
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, []int{12, 12, 12, 2}, []int{s.Runs, s.Complete, s.Simulated, s.Built})
	rows := readTable(t, dir)
	require.Len(t, rows, 24)
	require.Equal(t, []string{"3", "0.9", "1", "E"}, []string{rows[0]["g"], rows[0]["eta"], rows[0]["seed"], rows[0]["population"]})

	status, out, errs = einet(t, "run", "brunel2000", "--scale", "0.02", "--set", "constants.C_E=100", "--set", "constants.J=1", "--set", "constants.g=5",
		"--set", "constants.eta=4", "--seed", "2", "--duration", "120ms", "--discard", "20ms", "--engine", "reference", "--no-plots", "-q", "--json", "--out", filepath.Join(dir, "run"))
	require.Equal(t, exitDone, status, errs)
	var one experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &one))
	last := rows[len(rows)-1]
	require.Equal(t, []string{"5", "4", "2", "I"}, []string{last["g"], last["eta"], last["seed"], last["population"]})
	require.Equal(t, one.Digest, last["digest"])
	text, err := json.Marshal(one.Populations["I"])
	require.NoError(t, err)
	var of map[string]*float64
	require.NoError(t, json.Unmarshal(text, &of))
	for _, c := range sweep.Columns {
		want := ""
		if x := of[c.Name]; x != nil {
			want = strconv.FormatFloat(*x, 'g', -1, 64)
		}
		require.Equal(t, want, last[c.Name], c.Name)
	}
	require.NotEmpty(t, last["theory_rate_hz"])

	archive, err := npz.Open(filepath.Join(dir, sweep.ArrayFile))
	require.NoError(t, err)
	defer archive.Close()
	require.Equal(t, []int{2, 3, 2, 2}, archive.Header("rate_hz.npy").Descr.Shape)
	rates := readNpz[float64](t, filepath.Join(dir, sweep.ArrayFile), "rate_hz")
	require.Equal(t, *of["rate_hz"], rates[len(rates)-1])
	require.Equal(t, []float64{0.9, 2.45, 4}, readNpz[float64](t, filepath.Join(dir, sweep.ArrayFile), "eta"))
	require.FileExists(t, filepath.Join(dir, "sweep.png"))
}

// What a sweep has left is not simulated again, and the table is the same; what is half written is, and what is another network's
// is not taken.
func TestSweepGoesOn(t *testing.T) {
	dir := t.TempDir()
	status, _, errs := einet(t, swept(dir, "--no-plots")...)
	require.Equal(t, exitDone, status, errs)
	whole, err := os.ReadFile(filepath.Join(dir, sweep.TableFile))
	require.NoError(t, err)
	points, err := filepath.Glob(filepath.Join(dir, "points", "*.json"))
	require.NoError(t, err)
	require.Len(t, points, 6)
	require.NoError(t, os.Remove(points[0]))
	require.NoError(t, os.WriteFile(points[1], []byte(`{"seed": 1, "summary": {"dig`), 0o666))
	count := func(args ...string) sweep.Outcome {
		status, out, errs := einet(t, append(args, "--json")...)
		require.Equal(t, exitDone, status, errs)
		var s sweep.Outcome
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s
	}
	require.Equal(t, 2, count(swept(dir, "--no-plots")...).Simulated)
	again, err := os.ReadFile(filepath.Join(dir, sweep.TableFile))
	require.NoError(t, err)
	require.Equal(t, string(whole), string(again))
	require.Equal(t, 6, count(swept(dir, "--no-plots", "--seeds", "2")...).Simulated, "more seeds")
	for _, more := range [][]string{{"--set", "populations.E.V_th=19"}, {"--discard", "30ms"}, {"--duration", "130ms"}} {
		status, _, errs = einet(t, swept(dir, append(more, "--no-plots")...)...)
		require.Equal(t, exitUsage, status)
		require.Contains(t, errs, "--force to begin anew")
		require.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 1)
	}
	defer func(v string) { version = v }(version)
	version = "another"
	status, _, errs = einet(t, swept(dir, "--no-plots")...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "this is another")
	require.Equal(t, 6, count(swept(dir, "--no-plots", "--force")...).Simulated)
}

// A sweep that is interrupted keeps what is complete, and goes on there.
func TestInterruptedSweep(t *testing.T) {
	tries(t)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for ctx.Err() == nil {
			if found, _ := filepath.Glob(filepath.Join(dir, "points", "*.json")); len(found) > 0 {
				cancel()
			}
		}
	}()
	var out, errs bytes.Buffer
	args := swept(dir, "--threads", "1", "--seeds", "4")
	status := run(ctx, args, &out, &errs, false)
	require.Equal(t, exitInterrupted, status, errs.String())
	require.Contains(t, errs.String(), "the same command goes on there")
	kept := len(readTable(t, dir))
	require.Positive(t, kept)
	require.Less(t, kept, 48)
	status, text, _ := einet(t, append(args, "--json", "--no-plots")...)
	require.Equal(t, exitDone, status)
	var s sweep.Outcome
	require.NoError(t, json.Unmarshal([]byte(text), &s))
	require.Equal(t, 24, s.Complete)
	require.LessOrEqual(t, s.Simulated, 24-kept/2)
}

// A sweep that is killed goes on where it was, and its table is that of one which was not.
func TestKilledSweep(t *testing.T) {
	tries(t)
	dir, whole := t.TempDir(), t.TempDir()
	more := []string{"--threads", "1", "--seeds", "3", "--no-plots"}
	cmd := child("", swept(dir, more...)...)
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, "points", "*.json"))
		return len(found) > 2
	}, time.Minute, time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.NoFileExists(t, filepath.Join(dir, sweep.TableFile))
	status, out, errs := einet(t, swept(dir, append(more, "--json")...)...)
	require.Equal(t, exitDone, status, errs)
	var s sweep.Outcome
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Less(t, s.Simulated, 16)
	require.Equal(t, 18, s.Complete)
	status, _, errs = einet(t, swept(whole, more...)...)
	require.Equal(t, exitDone, status, errs)
	for _, name := range []string{sweep.TableFile, sweep.ArrayFile} {
		want, err := os.ReadFile(filepath.Join(whole, name))
		require.NoError(t, err)
		have, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, want, have, name)
	}
}

// Parts in any order, and what is collected of them, are the sweep.
func TestPartsOfASweep(t *testing.T) {
	dir, whole := t.TempDir(), t.TempDir()
	status, _, errs := einet(t, swept(whole, "--no-plots")...)
	require.Equal(t, exitDone, status, errs)
	status, out, errs := einet(t, "sweep", "brunel2000", "--vary", "g=3,5", "--slurm", "2", "--out", filepath.Join(dir, "script"))
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "2 runs in 2 tasks")
	script, err := os.ReadFile(filepath.Join(dir, "script", sweep.ScriptFile))
	require.NoError(t, err)
	require.Contains(t, string(script), "#SBATCH --array=1-2\n")
	require.Contains(t, string(script), `exec einet sweep brunel2000 --vary g=3,5 --out `+filepath.Join(dir, "script")+` --quiet --threads "${SLURM_CPUS_PER_TASK:-1}" --part "$SLURM_ARRAY_TASK_ID/2"`)

	parts := filepath.Join(dir, "parts")
	for _, part := range []string{"2/4", "1/4", "4/4"} {
		status, _, errs := einet(t, swept(parts, "--part", part)...)
		require.Equal(t, exitDone, status, errs)
	}
	require.NoFileExists(t, filepath.Join(parts, sweep.TableFile))
	status, _, errs = einet(t, swept(parts, "--collect", "--no-plots")...)
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, errs, "runs are missing in")
	status, _, errs = einet(t, swept(parts, "--part", "3/4")...)
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, swept(parts, "--collect", "--no-plots")...)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, readTable(t, whole), readTable(t, parts))
}

// A run that fails is named with its values, the others go on, and the status tells.
func TestRunsOfASweepThatFail(t *testing.T) {
	dir := t.TempDir()
	status, _, errs := einet(t, "sweep", "brunel2000", "--scale", "0.02", "--set", "constants.C_E=100", "--duration", "10ms", "--vary", "projections.*.delay=1.5,1.55,2",
		"-q", "--no-plots", "--out", dir)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "einet: --vary projections.*.delay=1.55: projections.E_to_E.delay: 1.55: must be a whole multiple of dt")
	require.Contains(t, errs, "1 of 3 runs failed")
	require.Len(t, readTable(t, dir), 4)
	for _, k := range []struct {
		args []string
		want string
	}{
		{[]string{"--vary", "h=1,2"}, "--vary h=1: constants.h: does not exist; there are"},
		{[]string{"--vary", "g=1:2"}, "--vary g=1:2"},
		{[]string{"--vary", "g=1,2", "--vary", "constants.g=3"}, "--vary constants.g: is there twice"},
		{[]string{"--vary", "g=1,2", "--seeds", "0"}, "--seeds 0: must be from 1 to 50000 for 2 points"},
		{[]string{"--vary", "g=1,2", "--part", "3/2"}, "--part 3/2: must be K/N"},
		{[]string{"--vary", "g=1,2", "--part", "1/2", "--collect"}, "only one of them"},
		{[]string{"--vary", "g=1,2", "--slurm", "3"}, "--slurm 3: must be from 1 to 2"},
		{[]string{"--vary", "duration=1,2", "--duration", "3"}, "--duration would replace it"},
		{[]string{"--vary", "g=1,2", "--duration", "1ms", "--discard", "1ms"}, "--discard 1ms: must be shorter"},
		{nil, "--vary"},
	} {
		status, out, errs := einet(t, append([]string{"sweep", "brunel2000", "--out", filepath.Join(dir, "x")}, k.args...)...)
		require.Equal(t, exitUsage, status, "%v: %s", k.args, errs)
		require.Empty(t, out)
		require.Contains(t, errs, k.want)
		require.NoDirExists(t, filepath.Join(dir, "x"))
	}
}

func TestWithoutFlag(t *testing.T) {
	args := []string{"sweep", "ei", "--slurm", "4", "--force", "--vary", "a=1", "--slurm=4"}
	require.True(t, slices.Equal([]string{"sweep", "ei", "--vary", "a=1"}, withoutFlag(args, "--slurm")))
}
