package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/record/hdf5"
)

// Faults around the commands that write something beside run: what was there stays, what is new is whole or not there.

// A writing is a command that writes into a folder of its own.
type writing struct {
	name   string
	args   []string // without the folder
	prints string   // what it prints also where it can't write
	says   string   // of a file that can't grow
}

const tooLarge = "file too large"

// writings are they all, small.
func writings(t *testing.T) []writing {
	dir := filepath.Join(t.TempDir(), "small")
	status, _, errs := einet(t, "run", "ei", "--scale", "0.1", "--engine", "cpu", "--duration", "400ms", "--no-plots", "-q", "--out", dir)
	require.Equal(t, exitDone, status, errs)
	net, spikes := filepath.Join(dir, experiment.NetworkFile), filepath.Join(dir, experiment.SpikesFile)
	all := []writing{
		{"export", []string{"export", net, "--input-duration", "2ms", "--force"}, "", tooLarge},
		{"export --to sonata", []string{"export", net, "--to", "sonata", "--force"}, "", "is the disk full?"},
		{"export --to nest", []string{"export", net, "--to", "nest", "--force"}, "", tooLarge},
		{"plot", []string{"plot", dir}, "", tooLarge},
		{"plot of two runs", []string{"plot", dir, dir}, "", tooLarge},
		{"report", []string{"report", dir}, "", tooLarge},
		{"report of two runs", []string{"report", dir, dir}, "", tooLarge},
		{"theory --sweep", []string{"theory", net, "--sweep", "--simulate", "20ms", "--engine", "cpu", "-q"}, "E", tooLarge},
		{"validate --against", []string{"validate", net, "--against", spikes, "--seeds", "10", "-q", "--json"}, `"statistical"`, tooLarge},
		{"validate --exact", []string{"validate", net, "--exact", "--quick", "-q", "--json"}, `"exact"`, tooLarge},
		{"bench --out", []string{"bench", "--networks", net, "--engines", "cpu", "--repetitions", "1", "--no-limits", "--no-parts", "--duration", "10ms", "-q", "--force", "--json"}, `"results"`, tooLarge},
	}
	return slices.DeleteFunc(all, func(w writing) bool {
		return !everyFault && (w.args[0] == "theory" || w.args[0] == "validate") || w.says != tooLarge && hdf5.Absent() != nil // the first take seconds
	})
}

// into is the command with its folder.
func (w writing) into(dir string) []string {
	return append(append([]string{}, w.args...), "--out", dir)
}

// contents are the files below a folder, hidden ones too; nil of one that is not there.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	var all map[string]string
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if all == nil {
			all = map[string]string{}
		}
		if d.IsDir() {
			all[path] = "folder"
			return nil
		}
		text, err := os.ReadFile(path)
		all[path] = string(text)
		return err
	})
	if err != nil {
		require.ErrorIs(t, err, os.ErrNotExist)
	}
	return all
}

// sameContents doesn't print them.
func sameContents(t *testing.T, want, got map[string]string, what string) {
	t.Helper()
	for name, text := range want {
		now, ok := got[name]
		require.True(t, ok, "%s: %s is gone", what, name)
		require.True(t, text == now, "%s: %s has changed", what, name)
	}
	for name := range got {
		require.Contains(t, want, name, "%s: left behind", what)
	}
}

// fails runs a command that a fault ends: one line.
func (w writing) fails(t *testing.T, limits, dir string) {
	t.Helper()
	cmd := child(limits, w.into(dir)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	status, errs := ended(t, cmd)
	require.Equal(t, exitMachine, status, "%s: %s", w.name, errs)
	require.Equal(t, 1, strings.Count(errs, "\n"), "%s: %s", w.name, errs)
	require.Contains(t, errs, w.says, w.name)
	require.Contains(t, out.String(), w.prints, w.name)
}

// Where a command's files can't be written, what was there before is there after.
func TestFullFileOfOtherCommands(t *testing.T) {
	tries(t)
	for _, w := range writings(t) {
		parent := t.TempDir()
		fresh, dir := filepath.Join(parent, "fresh"), filepath.Join(parent, "dir")
		w.fails(t, "fsize=100", fresh)
		require.NoDirExists(t, fresh, w.name)
		status, errs := ended(t, child("", w.into(dir)...))
		require.LessOrEqual(t, status, exitCheckFailed, "%s: %s", w.name, errs)
		before := contents(t, dir)
		w.fails(t, "fsize=100", dir)
		sameContents(t, before, contents(t, dir), w.name)
	}
}

// A signal ends every command with one line, and what was there before is there after, or what is new is whole.
func TestSignalsOfOtherCommands(t *testing.T) {
	tries(t)
	signals := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}
	signalsEach := 4
	if everyFault {
		signalsEach = 12
	}
	for k, w := range writings(t) {
		if w.args[0] == "export" {
			w.args = append(w.args, "--scale", "4") // long enough to be met by a signal
		}
		dir := filepath.Join(t.TempDir(), "dir")
		start := time.Now()
		status, errs := ended(t, child("", w.into(dir)...))
		took := time.Since(start)
		require.LessOrEqual(t, status, exitCheckFailed, "%s: %s", w.name, errs)
		before, interrupted := contents(t, dir), 0
		for n := range signalsEach {
			signal, after := signals[(k+n)%3], took*time.Duration(1+n)/time.Duration(1+signalsEach)
			cmd := child("", w.into(dir)...)
			var errs bytes.Buffer
			cmd.Stderr = &errs
			require.NoError(t, cmd.Start())
			time.Sleep(after)
			_ = cmd.Process.Signal(signal)
			_ = cmd.Wait()
			switch status := cmd.ProcessState.ExitCode(); {
			case status == exitInterrupted:
				require.Equal(t, "einet: interrupted\n", errs.String(), "%s: %v after %v", w.name, signal, after)
				interrupted++
			case status == -1: // before einet heeds signals
			case status <= exitCheckFailed:
				before = contents(t, dir)
				nothingHidden(t, dir)
				continue
			default:
				require.Fail(t, "status", "%s: %d: %s", w.name, status, errs.String())
			}
			sameContents(t, before, contents(t, dir), w.name)
		}
		require.NotZero(t, interrupted, "%s: no signal came in time", w.name)
	}
}

// What can't be printed is a fault of every command that prints.
func TestFullStandardOutput(t *testing.T) {
	tries(t)
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"list"}, {"list", "--json"}, {"models"}, {"models", "adex"}, {"show", "ei"}, {"schema"}, {"theory", "ei"}, {"theory", "ei", "--json"}, {"devices"}, {"version"}, {"--version"},
		{"--help"}, {"help", "run"}, {"man"}, {"completion", "bash"}, {},
		{"validate", "vs96", "--exact", "--quick", "--scale", "0.1", "--no-plots", "-q"},
		{"bench", "--networks", "vs96", "--scale", "0.1", "--engines", "cpu", "--repetitions", "1", "--no-limits", "--no-parts", "--duration", "10ms", "-q"},
	} {
		cmd := child("", args...)
		cmd.Stdout = full
		status, errs := ended(t, cmd)
		require.Equal(t, exitMachine, status, "%v: %s", args, errs)
		require.Equal(t, 1, strings.Count(errs, "\n"), "%v: %s", args, errs)
		require.Contains(t, errs, "no space left on device", args)
	}
}
