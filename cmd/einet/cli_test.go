package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"einet/experiment"
	"einet/network/language"
	"einet/network/models"

	"github.com/stretchr/testify/require"
)

func TestSpans(t *testing.T) {
	for text, ms := range map[string]float64{
		"500": 500, "500 ms": 500, "500ms": 500, " 0.5 s ": 500, "0.5s": 500, "1e3": 1000, "250us": 0.25, "50µs": 0.05, "-1s": -1000,
		"0": 0, "1.001s": 1001, "0.0007 s": 0.7,
	} {
		var s span
		require.NoError(t, s.UnmarshalText([]byte(text)), text)
		require.Equal(t, ms, s.ms, text)
	}
	for _, text := range []string{"", "ms", "5 mV", "5 x", "nan", "inf", "1e400", "1e13", "2*5", "5 6", "0x10", "500m", "1h", "1m30s", "2 min"} {
		require.Error(t, new(span).UnmarshalText([]byte(text)), text)
	}
	require.Equal(t, "500 ms", span{500, "500"}.String())
	require.Equal(t, "0.5s", span{500, "0.5s"}.String())
	require.Equal(t, "0.1 ms", inSpan(0.1).String())
}

// Every flag that is a time is in ms where nothing else is said, as in the network language.
func TestTimesOfFlags(t *testing.T) {
	summary := func(args ...string) experiment.Summary {
		status, out, errs := einet(t, append(small(t, "--json", "-q"), args...)...)
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s
	}
	want := summary("--duration", "100ms", "--discard", "20ms").Digest
	for _, ms := range []string{"100", "100 ms", "0.1 s", "0.1s"} {
		s := summary("--duration", ms, "--discard", "20")
		require.Equal(t, 100.0, s.DurationMs, ms)
		require.Equal(t, 20.0, s.DiscardMs)
		require.Equal(t, want, s.Digest)
	}
	for _, k := range []struct{ want, args string }{
		{"--duration: 5x: must be a time, such as 500 (ms), \"500 ms\" or 0.5s; its units are ms, s and us (see", "run ei --duration 5x"},
		{"--duration 0.25: ", "run ei --duration 0.25"},
		{`unexpected argument ms: a time and its unit are one word (500ms) or stand in quotes ("500 ms")`, "run ei --duration 500 ms"},
		{"--discard 100 ms: must be shorter than the run, 100 ms", "run ei --duration 100 --discard 100"},
		{"--simulate 0.25 ms: must be a multiple of dt (0.1 ms)", "theory ei --simulate 0.25"},
		{"--input-duration 0.25 ms: must be a multiple of dt (0.1 ms)", "export ei --input-duration 0.25"},
		{"--duration 0.25 ms: must be a multiple of dt (0.1 ms)", "bench --sizes 500 --duration 0.25"},
		{"--limit -500 ms: must be a wall time", "bench --limit -500"},
		{"--from 300 ms --to 200 ms: must be times of a run", "plot DIR --from 300 --to 0.2s"},
	} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, experiment.SpikesFile), nil, 0o666))
		status, _, errs := einet(t, strings.Fields(strings.Replace(k.args, "DIR", dir, 1))...)
		require.Equal(t, exitUsage, status, k.args)
		require.Contains(t, errs, k.want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}

func TestHelpAndVersion(t *testing.T) {
	output := func(args ...string) string {
		status, out, errs := einet(t, args...)
		require.Equal(t, exitDone, status, errs)
		require.Empty(t, errs)
		return out
	}
	require.Equal(t, output("--help"), output())
	require.Equal(t, output("--help"), output("help"))
	for _, command := range commands(t) {
		require.Equal(t, output(command, "--help"), output("help", command))
	}
	require.Equal(t, output("--version"), output("version"))
	status, _, errs := einet(t, "help", "rum")
	require.Equal(t, exitUsage, status)
	require.Equal(t, "einet: unexpected argument rum, did you mean \"run\"?\n", errs)
}

// commands are those of einet that are not hidden.
func commands(t *testing.T) []string {
	_, out, _ := einet(t, "complete", "--", "")
	names := strings.Fields(out)
	require.Contains(t, names, "reproduce")
	require.NotContains(t, names, "complete")
	return names
}

// A fullWriter is a standard output with no space left behind its first bytes.
type fullWriter struct{ left int }

var errFull = errors.New("no space left on device")

func (w *fullWriter) Write(p []byte) (int, error) {
	n := min(len(p), w.left)
	w.left -= n
	if n < len(p) {
		return n, errFull
	}
	return n, nil
}

func TestFullOutputIsAFailure(t *testing.T) {
	for _, args := range []string{"", "--help", "--version", "run --help", "help run", "version", "list", "list --json", "models", "models adex", "show ei", "schema", "man", "completion fish", "complete -- r"} {
		for _, left := range []int{0, 1} {
			var errs bytes.Buffer
			status := run(t.Context(), strings.Fields(args), &fullWriter{left}, &errs, false)
			require.Equal(t, exitMachine, status, args)
			require.Equal(t, "einet: no space left on device\n", errs.String(), args)
		}
	}
}

func TestListAsJSON(t *testing.T) {
	status, out, errs := einet(t, "list", "--json")
	require.Equal(t, exitDone, status, errs)
	var all []preset
	require.NoError(t, json.Unmarshal([]byte(out), &all))
	_, table, _ := einet(t, "list")
	require.Len(t, all, strings.Count(table, "\n")-1)
	for _, p := range all {
		require.NotZero(t, p.Neurons)
		require.NotEmpty(t, p.Description)
		if p.Name == "vs96" || p.Name == "ei" {
			require.NotZero(t, p.Synapses)
		}
	}
}

func TestCompletion(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, os.WriteFile("net[1].yaml", nil, 0o666))
	require.NoError(t, os.WriteFile("notes.txt", nil, 0o666))
	for _, k := range []struct {
		words []string
		want  string
	}{
		{[]string{"re"}, "report reproduce"},
		{[]string{"com"}, "compare completion"},
		{[]string{"run", "v"}, "vogels2005coba vogels2005cuba vogels2011 vs96"},
		{[]string{"run", "net["}, "net[1].yaml"},
		{[]string{"run", "no"}, ""},
		{[]string{"run", "ei", "--dis"}, "--discard"},
		{[]string{"run", "--engine", "c"}, "cpu"},
		{[]string{"run", "--engine=c"}, "--engine=cpu"},
		{[]string{"run", "--engine", "=", "c"}, "cpu"}, // as bash has it
		{[]string{"run", "--engine", "="}, "auto gpu cpu reference"},
		{[]string{"run", "--seed", "1", "--json", "ei", "--engine", "r"}, "reference"},
		{[]string{"run", "-q", "vs"}, "vs96"},
		{[]string{"run", "ei", "--out", ""}, ""}, // a folder: the shell's to know
		{[]string{"bench", "--networks", "vs"}, "vs96"},
		{[]string{"help", "sch"}, "schema"},
		{[]string{"completion", ""}, "bash zsh fish"},
		{[]string{"export", "ei", "--to", ""}, "npz sonata nest"},
		{[]string{}, ""},
		{[]string{"nosuch", "--x=", "=", "="}, ""},
	} {
		status, out, errs := einet(t, append([]string{"complete", "--"}, k.words...)...)
		require.Equal(t, exitDone, status, errs)
		require.Equal(t, strings.Fields(k.want), strings.Fields(out), "%q", k.words)
	}
	for shell := range completionScripts {
		status, out, _ := einet(t, "completion", shell)
		require.Equal(t, exitDone, status)
		if bin, err := exec.LookPath(shell); err == nil {
			cmd := exec.Command(bin, "-n")
			cmd.Stdin = strings.NewReader(out)
			message, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s: %s", shell, message)
		}
	}
	status, _, errs := einet(t, "completion", "csh")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, `"bash","zsh","fish"`)
}

// The manual has every command and flag, and what renders it has nothing to say.
func TestManual(t *testing.T) {
	status, out, errs := einet(t, "man")
	require.Equal(t, exitDone, status, errs)
	for _, command := range commands(t) {
		require.Contains(t, out, "\n.SS \""+command)
		_, flags, _ := einet(t, "complete", "--", command, "--")
		for _, flag := range strings.Fields(flags) {
			if flag != "--help" && flag != "--version" {
				require.Contains(t, out, strings.ReplaceAll(flag, "-", `\-`))
			}
		}
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		return // nothing here to render it with
	}
	cmd := exec.Command(groff, "-man", "-ww", "-z")
	cmd.Stdin = strings.NewReader(out)
	message, err := cmd.CombinedOutput()
	require.NoError(t, err)
	require.Empty(t, string(message))
}

// onStandardInput has f for standard input until the test ends.
func onStandardInput(t *testing.T, f *os.File) {
	before := os.Stdin
	os.Stdin = f
	t.Cleanup(func() { os.Stdin = before })
}

func TestNetworkFromStandardInput(t *testing.T) {
	_, text, _ := einet(t, "show", "vs96", "--set", "name=clocks")
	file := filepath.Join(t.TempDir(), "net.yaml")
	digest := func(network string) string {
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		f, err := os.Open(file)
		require.NoError(t, err)
		defer f.Close()
		onStandardInput(t, f)
		status, out, errs := einet(t, "run", network, "--duration", "50", "--engine", "reference", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "run"))
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		require.Equal(t, "clocks", s.Network)
		return s.Digest
	}
	require.Equal(t, digest(file), digest(standardInput))

	require.NoError(t, os.WriteFile(file, []byte("populations: 3\n"), 0o666))
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	onStandardInput(t, f)
	status, _, errs := einet(t, "show", "-")
	require.Equal(t, exitUsage, status)
	require.True(t, strings.HasPrefix(errs, "einet: stdin:1:14: populations: 3: must be a mapping"), errs)
	status, _, errs = einet(t, "bench", "--networks", "-", "--sizes", "500")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "--networks -: must be a preset or a file")
}

// A copy of a preset, or of a file, is called as its own file is, unless its author named it.
func TestCopiesAreCalledAsTheirFiles(t *testing.T) {
	dir := t.TempDir()
	copied := func(network, to string, more ...string) string {
		status, text, errs := einet(t, append([]string{"show", network}, more...)...)
		require.Equal(t, exitDone, status, errs)
		file := filepath.Join(dir, to)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
		return file
	}
	name := func(file string) string {
		f, err := os.Open(file)
		require.NoError(t, err)
		defer f.Close()
		net, err := language.Load(f, file, language.Options{})
		require.NoError(t, err)
		return net.Name
	}
	mine := copied("vs96", "mine.yaml")
	require.Equal(t, "mine", name(mine))
	require.Equal(t, "again", name(copied(mine, "again.yml", "--seed", "3")))
	clocks := copied("vs96", "named.yaml", "--set", "name=clocks")
	require.Equal(t, "clocks", name(clocks))
	require.Equal(t, "clocks", name(copied(clocks, "other.yaml")))
}

// A network that never comes, from a pipe that nobody writes to, keeps no command from ending.
func TestReadingHeedsSignals(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o666))
	for _, command := range []string{"run", "show", "theory", "export", "validate", "validate ei --against", "bench --sizes 500 --against"} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(20*time.Millisecond, cancel)
		var out, errs bytes.Buffer
		require.Equal(t, exitInterrupted, run(ctx, append(strings.Fields(command), pipe), &out, &errs, false), command)
		require.Equal(t, "einet: interrupted\n", errs.String())
		require.Empty(t, out.String())
	}
}

// Of very many faults the first are printed and the others counted.
func TestFaultsAreCapped(t *testing.T) {
	file := filepath.Join(t.TempDir(), "net.yaml")
	text := "constants: {c0: 1"
	for i := range 1000 {
		text += fmt.Sprintf(", c%d: c%d", i+1, i+2)
	}
	require.NoError(t, os.WriteFile(file, []byte(text+"}\npopulations: {E: {size: 1, tau_m: 1, V_th: 1, V_reset: 0}}\n"), 0o666))
	status, _, errs := einet(t, "show", file)
	require.Equal(t, exitUsage, status)
	lines := slices.DeleteFunc(strings.Split(strings.TrimSuffix(errs, "\n"), "\n"), snippet.MatchString)
	require.Len(t, lines, maxFaults+1)
	require.Contains(t, lines[0], "constants.c1: c2: ")
	require.Equal(t, "einet: and 980 more faults", lines[maxFaults])
}

// A name that is given and empty, that of a variable that is not set perhaps, is not the default.
func TestEmptyNamesAreRefused(t *testing.T) {
	t.Chdir(t.TempDir())
	for args, want := range map[string]string{
		"run ei --out=": `--out ""`, "validate ei --out=": `--out ""`, "theory ei --sweep --out=": `--out ""`, "export ei --out=": `--out ""`,
		"bench --out=": `--out ""`, "plot x --out=": `--out ""`, "bench --against=": `--against ""`,
		"run ei --device=": `--device ""`, "run EMPTY": `network ""`, "plot EMPTY": `dir ""`,
	} {
		words := strings.Fields(args)
		for i := range words {
			words[i] = strings.Replace(words[i], "EMPTY", "", 1)
		}
		status, out, errs := einet(t, words...)
		require.Equal(t, exitUsage, status, args)
		require.Empty(t, out)
		require.Equal(t, "einet: "+want+": must not be empty\n", errs, args)
	}
	left, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, left)
	status, _, errs := einet(t, "run", "ei", "--out", "")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "must not be empty")
}

// The models are listed with their papers, each is printed as it was written, and one that is taken for a network is told of.
func TestModels(t *testing.T) {
	status, out, errs := einet(t, "models")
	require.Equal(t, exitDone, status, errs)
	require.Len(t, strings.Split(strings.TrimSpace(out), "\n"), 1+len(models.Names()))
	require.Regexp(t, `(?m)^adex +adaptive exponential.*Brette & Gerstner`, out)
	status, out, errs = einet(t, "models", "hh")
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, string(models.Text("hh")), out)
	status, _, errs = einet(t, "models", "adx")
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "adx: no model; the models are adex, ")
	require.Contains(t, errs, "did you mean adex?")
	status, _, errs = einet(t, "show", "hh")
	require.Equal(t, exitUsage, status)
	require.Equal(t, "einet: hh: is a neuron model and no network: a population of it has neuron: hh; einet models hh prints it\n", errs)
	// What it prints is what stands behind a name in the section models.
	_, out, _ = einet(t, "models", "lif_nmda")
	file := filepath.Join(t.TempDir(), "net.yaml")
	text := "models:\n  mine:\n    " + strings.ReplaceAll(out, "\n", "\n    ") + "\npopulations: {E: {size: 3, neuron: mine}}\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	status, out, errs = einet(t, "show", file)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "unblocked: 1/(1 + Mg/(3.57 mM)*exp(-0.062/mV*V))")
}
