package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/network/presets"
)

// A network as JSON is the same network, resolved or as it is written.
func TestShowAsJSON(t *testing.T) {
	file := filepath.Join(t.TempDir(), "own.json")
	for _, name := range presets.Names() {
		_, want, _ := einet(t, "show", name)
		for _, flags := range [][]string{{"--json"}, {"--json", "--written"}} {
			status, text, errs := einet(t, append([]string{"show", name}, flags...)...)
			require.Equal(t, exitDone, status, errs)
			require.True(t, json.Valid([]byte(text)), name)
			require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
			_, again, errs := einet(t, "show", file)
			require.Empty(t, errs)
			require.Equal(t, want, strings.TrimPrefix(again, "name: \""+name+"\"\n"), "%s %v", name, flags)
		}
	}

	for args, want := range map[string]string{
		"brunel2000 --written --json --set constants.g=6": `"g": 6`,
		"brunel2000 --written --json --seed 9":            `"seed": 9`,
		"brunel2000 --written":                            "# Brunel's sparsely connected network",
		"brunel2000 --written --json":                     `"weight": "-g*J"`,
		"brunel2000 --json":                               `"weight": -0.5`,
	} {
		status, out, errs := einet(t, append([]string{"show"}, strings.Fields(args)...)...)
		require.Equal(t, exitDone, status, errs)
		require.Contains(t, out, want, args)
	}
	for args, want := range map[string]string{
		"ei --written --scale 2":        "--scale: only changes the numbers that expressions give",
		"ei --written --set seed=2":     "--written: is the text of the file, without changes",
		"ei --written --json --set x=1": "x: unknown key",
	} {
		status, _, errs := einet(t, append([]string{"show"}, strings.Fields(args)...)...)
		require.Equal(t, exitUsage, status, errs)
		require.Contains(t, errs, want, args)
	}
}

// Errors come as JSON where JSON was asked for and nothing else is printed: all of them, each with its parts.
func TestErrorsAsJSON(t *testing.T) {
	failed := func(want int, args ...string) failure {
		status, out, errs := einet(t, args...)
		require.Equal(t, want, status, errs)
		require.Contains(t, errs, "einet: ", "people are told, too")
		var f failure
		require.NoError(t, json.Unmarshal([]byte(out), &f), out)
		require.Equal(t, want, f.Status)
		for _, e := range f.Errors {
			require.Contains(t, errs, e.Message)
		}
		return f
	}
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte("populations:\n  E: {size: -3, tau_m: 10, V_th: 20, V_reset: 0, thresh: 1}\n"), 0o666))
	f := failed(exitUsage, "run", file, "--json", "--set", "dt=0")
	require.Len(t, f.Errors, 3)
	require.Equal(t, failedValue{Message: f.Errors[0].Message, Place: file + ":2:13", Path: "populations.E.size", Value: "-3",
		Allowed: f.Errors[0].Allowed, Snippet: f.Errors[0].Snippet}, f.Errors[0])
	require.Contains(t, f.Errors[0].Allowed, "must be a whole number")
	require.Contains(t, f.Errors[0].Snippet, "2 |   E: {size: -3")
	require.Equal(t, "populations.E.thresh", f.Errors[1].Path)
	require.Equal(t, "unknown key", f.Errors[1].Value)
	require.Equal(t, "--set dt=0", f.Errors[2].Place)

	f = failed(exitUsage, "run", "ei", "--json", "--sed", "3")
	require.Contains(t, f.Errors[0].Message, "unknown flag --sed")
	require.Empty(t, f.Errors[0].Path)
	failed(exitUsage, "theory", "nosuch", "--json")
	failed(exitMachine, "run", "ei", "--scale", "100", "--engine", "reference", "--json", "--out", filepath.Join(t.TempDir(), "big"))

	for _, args := range []string{"run ei --sed 3", "run ei --sed 3 -- --json", "list --json"} {
		_, out, _ := einet(t, strings.Fields(args)...)
		require.NotContains(t, out, `"errors"`, args)
	}
}

// Lines of progress come as often as is asked for; programs read them.
func TestProgressAsOften(t *testing.T) {
	line := regexp.MustCompile(`(?m)^einet: (\S+) of 2 s, \S+ left, real-time factor \S+, .* spikes$`)
	args := small(t, "--progress", "1us")
	args[7] = "2s"
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Greater(t, len(line.FindAllString(errs, -1)), 2, errs)
	status, _, errs = einet(t, append(args, "--force", "--progress", "1s", "-q")...)
	require.Equal(t, exitDone, status, errs)
	require.Empty(t, line.FindAllString(errs, -1))
	status, _, errs = einet(t, append(args, "--force", "--progress", "0")...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--progress 0 ms: must be above 0")
}
