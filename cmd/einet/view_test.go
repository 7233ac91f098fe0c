package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record"
)

// Without a display there is one line, whatever the build.
func TestViewWithoutADisplay(t *testing.T) {
	tries(t)
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	status, out, errs := einet(t, "view", "ei")
	require.Equal(t, exitMachine, status)
	require.Empty(t, out)
	require.Equal(t, "einet: view: there is no display (DISPLAY is not set): einet run simulates without one, and draws figures\n", errs)
}

// A log of changes is followed to its end, on every engine, and held to its digest.
func TestReplay(t *testing.T) {
	digest, dir := "", ""
	replay := func(log, engine string, more ...string) (status int, errs string) {
		dir = filepath.Join(t.TempDir(), "run")
		path := filepath.Join(t.TempDir(), "events.jsonl")
		require.NoError(t, os.WriteFile(path, []byte(log), 0o666))
		args := append([]string{"run", "ei", "--scale", "0.1", "--replay", path, "--engine", engine, "--no-plots", "--json", "-q",
			"--out", dir}, more...)
		status, out, errs := einet(t, args...)
		if out != "" {
			var s experiment.Summary
			require.NoError(t, json.Unmarshal([]byte(out), &s))
			digest = s.Digest
		}
		return status, errs
	}
	begin := `{"step":0,"event":"begin","of":{"network":"ei","neurons":1000,"seed":1,"trial":0,"dt_ms":0.1}}` + "\n"
	changes := begin + `{"step":200,"event":"kick","amount":5}` + "\n" + `{"step":400,"event":"inhibition","amount":0.9}` + "\n"
	status, errs := replay(changes, "reference", "--duration", "70")
	require.Equal(t, exitDone, status, errs)
	changed := digest
	log, err := record.ReadLog(filepath.Join(dir, experiment.EventsFile))
	require.NoError(t, err, "the run has the log")
	require.Equal(t, changed, log.Digest)
	require.Len(t, log.Changes, 2)
	whole := changes + `{"step":700,"event":"end","digest":"` + changed + `"}` + "\n"
	status, errs = replay(whole, "cpu")
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, changed, digest)

	_, errs = replay(whole, "cpu", "--duration", "40", "--quiet=false")
	require.Contains(t, errs, "the session ended at 70 ms, so its digest is not compared")
	_, errs = replay(changes, "cpu", "--duration", "40", "--quiet=false")
	require.Contains(t, errs, "the log has no end, and so no digest to hold the run to")

	status, errs = replay(strings.Replace(whole, "0.9", "0.8", 1), "cpu")
	require.Equal(t, exitCheckFailed, status)
	require.Contains(t, errs, "that of the session was "+changed)
	require.NotEqual(t, changed, digest)
	status, errs = replay(whole, "cpu", "--duration", "50")
	require.Equal(t, exitDone, status, "a part of a session has no digest: %s", errs)
	status, errs = replay(whole, "cpu", "--seed", "2")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--replay: is of a session with seed 1, the network has 2")
	status, errs = replay(begin+"{}", "cpu")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "events.jsonl: line 2: ")
	status, errs = replay(changes, "cpu", "--replicas", "2")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--replay: is of one network")
	status, _, errs = einet(t, "run", "ei", "--replay", "/nonexistent")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--replay open /nonexistent: no such file")
}
