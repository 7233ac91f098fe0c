package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"einet/experiment"
	"einet/host"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// einet runs the command line and returns its exit status and output.
func einet(t *testing.T, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, &o, &e, false)
	return status, o.String(), e.String()
}

// small is ei with a tenth of the neurons, on the reference engine, without
// figures, into a new folder.
func small(t *testing.T, more ...string) []string {
	return append([]string{"run", "ei", "--scale", "0.1", "--engine", "reference", "--duration", "100ms", "--no-plots",
		"--out", filepath.Join(t.TempDir(), "run")}, more...)
}

func outOf(args []string) string {
	for i, a := range args {
		if a == "--out" {
			return args[i+1]
		}
	}
	return ""
}

func TestRunLeavesItsFilesAndCanBeRepeatedFromThem(t *testing.T) {
	args := small(t, "--json", "-q", "--set", "projections.*.p=0.3", "--seed", "5", "--trial", "2")
	status, out, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Empty(t, errs)
	var s experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Equal(t, "ei", s.Network)
	require.Equal(t, uint32(5), s.Seed)
	require.Equal(t, 1000, s.Neurons)
	require.Equal(t, 100.0, s.DurationMs)
	require.Len(t, s.Digest, 64)
	require.NotZero(t, s.Spikes)
	e := s.Populations["E"]
	for _, x := range []*float64{e.NetOverExc, e.KSUniform} {
		require.NotNil(t, x)
		require.Greater(t, *x, 0.0)
		require.Less(t, *x, 1.0)
	}
	require.NotNil(t, e.Correlation)
	require.Nil(t, e.Fano, "100 ms are one window")
	file, err := os.ReadFile(filepath.Join(outOf(args), experiment.SummaryFile))
	require.NoError(t, err)
	require.JSONEq(t, out, string(file))

	again := []string{"run", filepath.Join(outOf(args), experiment.NetworkFile), "--engine", "reference", "--no-plots", "--json", "-q",
		"--out", filepath.Join(t.TempDir(), "again")}
	status, out, errs = einet(t, again...)
	require.Equal(t, exitDone, status, errs)
	var r experiment.Summary
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.Equal(t, s.Digest, r.Digest, "network.yaml is enough to run it again")

	other := small(t, "--json", "-q", "--set", "projections.*.p=0.3", "--seed", "5", "--trial", "3")
	_, out, _ = einet(t, other...)
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.NotEqual(t, s.Digest, r.Digest)
}

func TestRunDoesNotReplaceARunUnasked(t *testing.T) {
	args := small(t, "-q")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	status, _, errs = einet(t, args...)
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, "holds an earlier run")
	status, _, errs = einet(t, append(args, "--force")...)
	require.Equal(t, exitDone, status, errs)
}

// Whatever is wrong is told in one line a fault, with place, value and what is
// allowed, and leaves nothing behind.
// snippet is the line of a file that an error shows, and the caret below it.
var snippet = regexp.MustCompile(`^[0-9 ]+ \| `)

func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("x: 1\n"), 0o666))
	net := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(net, []byte("x: 1\n"), 0o666))
	tiny := filepath.Join(filepath.Dir(net), "tiny.yaml")
	require.NoError(t, os.WriteFile(tiny, []byte("populations:\n  P: {size: 10, neuron: lif_cond, C_m: 200, g_L: 10, E_L: -60, E_ex: 0, E_in: -80, V_th: -50, V_reset: -60, input: 150}\n"+
		"projections:\n  a: {from: P, to: P, p: 0.5, weight:  1e-7, delay: 1, tau_syn: 50}\n"), 0o666))
	newlines := filepath.Join(t.TempDir(), "a\nb")
	require.NoError(t, os.Mkdir(newlines, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(newlines, "f"), nil, 0o666))
	for _, k := range []struct {
		args   []string
		status int
		want   []string // one for each line
	}{
		{[]string{"run", "nosuch"}, exitUsage, []string{"nosuch: neither a file nor a preset; the presets are brainpy1m, brunel2000, brunel2000exp, cobahh, ei"}},
		{[]string{"run", "brunel200"}, exitUsage, []string{"vogels2005cuba, vogels2011, vs96, zerlaut2018; did you mean brunel2000?"}},
		{[]string{"run", "brunel"}, exitUsage, []string{"vogels2005cuba, vogels2011, vs96, zerlaut2018; did you mean brunel2000 or brunel2000exp?"}},
		{[]string{"run", strings.TrimSuffix(net, "net.yaml") + "ent.ymal"}, exitUsage, []string{": neither a file nor a preset; did you mean " + net + ", which is there?"}},
		{[]string{"run", "ei", "--out", filepath.Join(newlines, "f")}, exitUsage, []string{`a\nb/f: is a file, must be a folder`}},
		{[]string{"run", "ei", "--out=" + newlines + "/f"}, exitUsage, []string{`a\nb/f: is a file, must be a folder`}},
		{[]string{"run", "x\ny\x1b[31m"}, exitUsage, []string{`x\ny\x1b[31m: neither a file nor a preset`}},
		{[]string{"plot", "x\ny"}, exitUsage, []string{`x\ny`}},
		{[]string{"run", "ei", "--nosuch\nflag"}, exitUsage, []string{`unknown flag --nosuch\nflag`}},
		{[]string{"run", tiny}, exitUsage, []string{"tiny.yaml:4:40: projections.a.weight: 1e-07 nS: must be 0 or of 9.54e-07 to 1048576 nS"}},
		{[]string{"export", tiny, "--out", filepath.Join(dir, "x")}, exitUsage, []string{"tiny.yaml:4:40: projections.a.weight: 1e-07 nS: "}},
		{[]string{"show", "potjans"}, exitUsage, []string{"; did you mean potjans2014?"}},
		{[]string{"show", strings.TrimSuffix(net, ".yaml")}, exitUsage, []string{": neither a file nor a preset; did you mean " + net + ", which is there?"}},
		{[]string{"run", "ei", "--engine", "cpuu"}, exitUsage, []string{`--engine must be one of "auto","gpu","cpu","reference" but got "cpuu", did you mean "cpu"?`}},
		{[]string{"run", "ei", "--spikes", "cvs"}, exitUsage, []string{`but got "cvs", did you mean "csv"?`}},
		{[]string{"theory", "ei", "--no-plots"}, exitUsage, []string{"--no-plots: only says something of --sweep"}},
		{[]string{"run", "ei", "--engine", "cuda"}, exitUsage, []string{`--engine must be one of "auto","gpu","cpu","reference"`}},
		{[]string{"run", "ei", "--nosuch"}, exitUsage, []string{"unknown flag --nosuch"}},
		{[]string{"run", "ei", "--seed", "-1"}, exitUsage, []string{"--seed -1: must be a whole number from 0 to 4294967295 (see"}},
		{[]string{"run", "ei", "--seed", "1.5"}, exitUsage, []string{"--seed 1.5: must be a whole number from 0"}},
		{[]string{"run", "ei", "--threads", "many"}, exitUsage, []string{"--threads many: must be a whole number"}},
		{[]string{"run", "ei", "--scale", "-1"}, exitUsage, []string{"--scale -1: must be a factor above 0"}},
		{[]string{"run", "ei", "--duration", "-1s"}, exitUsage, []string{"--duration -1s: must be at least dt, the network's step"}},
		{[]string{"run", "ei", "--duration", "0s"}, exitUsage, []string{"--duration 0s: must be at least dt (0.1 ms)"}},
		{[]string{"run", "ei", "--set", "duration=0"}, exitUsage, []string{"ei: duration: 0: there is nothing to simulate"}},
		{[]string{"run", "ei", "--set", "populations.E.V_reset=14.9999999", "--out", filepath.Join(dir, "v")}, exitUsage,
			[]string{"populations.E.V_reset: 14.9999999: must be further below V_th (15)"}},
		{[]string{"run", "vs96", "--set", "projections.*.weight=1e-30", "--out", filepath.Join(dir, "w")}, exitUsage, []string{
			"projections.E_to_E.weight: 1e-30 mV: must be 0 or of at least 4.59e-10 mV", "I_to_E", "E_to_I", "I_to_I"}},
		{[]string{"run", "ei", "--duration", "0.25ms"}, exitUsage, []string{"--duration 0.25"}},
		{[]string{"run", "ei", "--duration", "1s", "--discard", "1s"}, exitUsage, []string{"--discard 1000 ms: must be shorter than the run, 1000 ms"}},
		{[]string{"run", "ei", "--discard", "50us"}, exitUsage, []string{"--discard 50us: must be a multiple of dt (0.1 ms)"}},
		{[]string{"run", "ei", "--scale", "0"}, exitUsage, []string{"--scale 0: must be a factor above 0"}},
		{[]string{"run", "ei", "--threads", "-2"}, exitUsage, []string{"--threads -2"}},
		{[]string{"run", "ei", "--threads=-2"}, exitUsage, []string{"--threads -2"}},
		{[]string{"run", "ei", "--set", "populations.E.size=-5", "--set", "projections.E_to_E.p=1.5"}, exitUsage,
			[]string{"--set populations.E.size=-5: ", "--set projections.E_to_E.p=1.5: "}},
		{[]string{"run", "ei", "--set", "projections.E_to_E.delay=0.25"}, exitUsage, []string{"0.25"}},
		{[]string{"run", file}, exitUsage, []string{file + ":1:1: ", "populations"}},
		{[]string{"run", "ei", "--out", file}, exitUsage, []string{"--out " + file + ": is a file"}},
		{[]string{"run", "ei", "--out", "/proc/einet"}, exitMachine, []string{"--out /proc/einet: can't be made"}},
		{[]string{"run", "ei", "--scale", "100", "--engine", "reference", "--out", filepath.Join(dir, "big", "run")}, exitMachine, []string{"of memory"}},
		{[]string{"run", "ei", "--set", "populations.*.size=1073741823", "--set", "projections.*.p=1", "--set", "projections.*.weight=0.5", "--engine", "reference", "--out", filepath.Join(dir, "huge")},
			exitMachine, []string{"ei: 2.15G neurons and 4.61E synapses need"}},
		{[]string{"run", "ei", "--engine", "reference", "--device", "0", "--out", filepath.Join(dir, "d")}, exitUsage, []string{"--device: only the gpu engine has devices"}},
		{[]string{"plot", dir}, exitUsage, []string{"holds no run"}},
		{[]string{"show", "ei", "--set", "x=1"}, exitUsage, []string{"--set x=1"}},
		{[]string{"bench", "--repetitions", "0"}, exitUsage, []string{"--repetitions 0"}},
		{[]string{"bench", "--sizes", "3"}, exitUsage, []string{"--sizes 3"}},
		{[]string{"bench", "--sizes", "20000,5"}, exitUsage, []string{"--sizes 5: must be at least 10"}},
		{[]string{"bench", "--duration", "0s"}, exitUsage, []string{"--duration 0s: must be at least dt (0.1 ms)"}},
		{[]string{"bench", "--sizes", "500,1000000", "--engines", "reference"}, exitMachine, []string{"ei: 1M neurons and 250G synapses need"}},
		{[]string{"bench", "--engines", "cuda"}, exitUsage, []string{"--engines"}},
	} {
		status, out, errs := einet(t, k.args...)
		require.Equal(t, k.status, status, "%v: %s", k.args, errs)
		require.Empty(t, out, "%v", k.args)
		lines := strings.Split(strings.TrimSuffix(errs, "\n"), "\n")
		lines = slices.DeleteFunc(lines, snippet.MatchString)
		require.Len(t, lines, len(k.want), "%v: %s", k.args, errs)
		for i, line := range lines {
			require.True(t, strings.HasPrefix(line, "einet: "), line)
			require.Contains(t, line, k.want[i], "%v", k.args)
		}
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing but what was there: %v", left)
	require.NoDirExists(t, "results", "nor where runs go by default")
}

func TestSilentNetworkRunsWithAWarning(t *testing.T) {
	args := small(t, "-q", "--set", "populations.*.input=10")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, errs, "WRN")
}

// A canceller is a terminal that cancels when it is shown progress.
type canceller struct {
	shown  bytes.Buffer
	cancel context.CancelFunc
}

func (c *canceller) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(" left")) {
		c.cancel()
	}
	return c.shown.Write(p)
}

// interrupted runs the command line and stops it at its first sign of progress.
func interrupted(t *testing.T, args ...string) (out, errs string) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var o bytes.Buffer
	e := canceller{cancel: cancel}
	require.Equal(t, exitInterrupted, run(ctx, args, &o, &e, true), e.shown.String())
	return o.String(), e.shown.String()
}

// A run that is stopped keeps what was simulated and says so, also on standard
// output if that is to have the summary.
func TestInterrupt(t *testing.T) {
	tries(t)
	args := small(t)
	args[7] = "1000s"
	out, errs := interrupted(t, append(args, "--json")...)
	require.Contains(t, errs, "interrupted at")
	file, err := os.ReadFile(filepath.Join(outOf(args), experiment.SummaryFile))
	require.NoError(t, err)
	require.JSONEq(t, string(file), out)
	var s experiment.Summary
	require.NoError(t, json.Unmarshal(file, &s))
	require.True(t, s.Interrupted)
	require.Greater(t, s.DurationMs, 0.0)
	require.Less(t, s.DurationMs, 1e6)

	again := []string{"run", filepath.Join(outOf(args), experiment.NetworkFile), "--engine", "cpu", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "again")}
	status, out, errs := einet(t, again...)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, s.Digest, digestOf(t, out), "network.yaml has the time that was simulated")

	out, _ = interrupted(t, append(args, "--force")...)
	require.Empty(t, out)
	status, out, errs = einet(t, "plot", outOf(args))
	require.Equal(t, exitDone, status, errs)
	for _, f := range experiment.FigureFiles() {
		if !strings.HasPrefix(f, "states.") && !strings.HasPrefix(f, "strip.") && !strings.HasPrefix(f, "sheet.") && !strings.HasPrefix(f, "groups.") && !strings.HasPrefix(f, "weights.") { // of runs that record them, lie in space, have groups or weights that change
			require.Contains(t, out, f, "a run that is interrupted has all figures")
		}
	}
}

// A second Ctrl-C ends a command that does not heed the first. The test is its own
// child, which heeds nothing.
func TestSecondInterruptKills(t *testing.T) {
	tries(t)
	const child = "EINET_TEST_DEAF"
	if os.Getenv(child) != "" {
		ctx := interruptible()
		fmt.Println("ready")
		<-ctx.Done()
		fmt.Println("heard")
		select {}
	}
	t.Setenv(asEinet, "") // and back at the end
	os.Unsetenv(asEinet)
	cmd := exec.Command(os.Args[0], "-test.run=^TestSecondInterruptKills$")
	cmd.Env = append(os.Environ(), child+"=1")
	pipe, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	defer cmd.Process.Kill()
	lines := bufio.NewScanner(pipe)
	for _, want := range []string{"ready", "heard"} {
		require.True(t, lines.Scan())
		require.Equal(t, want, lines.Text())
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for tooLong := time.After(10 * time.Second); ; {
		select {
		case err := <-ended:
			require.ErrorContains(t, err, "signal: interrupt")
			return
		case <-time.After(50 * time.Millisecond): // the first may not be done with yet
			_ = cmd.Process.Signal(os.Interrupt)
		case <-tooLong:
			require.Fail(t, "it is still running")
		}
	}
}

// The shortest run there is has no figures, and none fails for that.
func TestShortRuns(t *testing.T) {
	for duration, figures := range map[string]string{"100us": "", "1900us": "currents", "30ms": "raster rate potentials currents"} {
		dir := filepath.Join(t.TempDir(), "run")
		status, out, errs := einet(t, "run", "vs96", "--engine", "reference", "--duration", duration, "--out", dir)
		require.Equal(t, exitDone, status, "%s: %s", duration, errs)
		for _, f := range experiment.FigureNames {
			if strings.Contains(figures, f) {
				require.FileExists(t, filepath.Join(dir, f+".png"), duration)
				require.Contains(t, out, f+".svg")
			} else {
				require.NoFileExists(t, filepath.Join(dir, f+".png"), duration)
			}
		}
	}
}

// A run that cannot be written leaves the earlier one as it was.
func TestFailedRunLeavesTheEarlierOne(t *testing.T) {
	tries(t)
	args := small(t, "-q")
	status, _, errs := einet(t, args...)
	require.Equal(t, exitDone, status, errs)
	dir := outOf(args)
	require.NoError(t, os.Remove(filepath.Join(dir, experiment.NetworkFile)))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, experiment.NetworkFile, "mine"), 0o777))
	before := map[string][]byte{}
	for _, f := range []string{experiment.SummaryFile, experiment.SpikesFile, experiment.TracesFile} {
		text, err := os.ReadFile(filepath.Join(dir, f))
		require.NoError(t, err)
		before[f] = text
	}
	status, _, errs = einet(t, append(args, "--force", "--seed", "9")...)
	require.Equal(t, exitMachine, status)
	require.Contains(t, errs, "is a folder")
	for f, want := range before {
		text, err := os.ReadFile(filepath.Join(dir, f))
		require.NoError(t, err)
		require.Equal(t, want, text, f)
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 4, "and nothing of the new one")
}

func TestShowCanBeLoaded(t *testing.T) {
	status, out, errs := einet(t, "show", "vs96", "--seed", "9")
	require.Equal(t, exitDone, status, errs)
	file := filepath.Join(t.TempDir(), "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(out), 0o666))
	status, again, errs := einet(t, "show", file)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, out, again)
}

func TestListDevicesAndHelp(t *testing.T) {
	status, out, errs := einet(t, "list")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "tian2020")
	status, out, errs = einet(t, "devices")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "engine reference")
	status, out, errs = einet(t, "schema")
	require.Equal(t, exitDone, status, errs)
	require.True(t, json.Valid([]byte(out)))
	status, out, _ = einet(t, "--help")
	require.Equal(t, exitDone, status)
	require.Contains(t, out, "Exit status")
	status, out, _ = einet(t, "--version")
	require.Equal(t, exitDone, status)
	require.NotEmpty(t, strings.TrimSpace(out))
}

func TestNumbersForPeople(t *testing.T) {
	for n, want := range map[int64]string{
		9999: "9999", 10_000: "10 k", 999_900: "1 M", 25_000_000: "25 M", 5_620_000_000: "5.62 G", 2_500_000_000_000: "2.5 T", 1 << 62: "4.61 E",
	} {
		require.Equal(t, want, host.Spaced(n))
	}
	require.Equal(t, 0.7, sim.InMs(7, 0.1))
	require.Equal(t, 491.9, sim.InMs(4919, 0.1))
	require.Equal(t, 0.375, sim.InMs(3, 0.125))
	require.Equal(t, []string{"run", "--seed=-1", "-q", "--set", "a=-1", "--", "--seed", "-1"},
		joinNegatives([]string{"run", "--seed", "-1", "-q", "--set", "a=-1", "--", "--seed", "-1"}))
}

// The bar stays on its line: what a terminal of 80 columns wraps, a carriage
// return does not clear.
func TestProgressFitsTheTerminal(t *testing.T) {
	var shown bytes.Buffer
	p := newProgress(&terminal{err: &shown, tty: true}, false, 0.1, 0, 123_456_789)
	for _, step := range []int64{1, 1_000_000, 61_000_000, 123_456_788} {
		p.start = time.Now().Add(-100 * time.Hour)
		p.update(step, 1_234_567_890_123)
		time.Sleep(60 * time.Millisecond) // the bar's throttle
	}
	p.done()
	bars := 0
	for _, line := range strings.Split(shown.String(), "\r") {
		require.LessOrEqual(t, utf8.RuneCountInString(line), 80, "%q", line)
		if strings.Contains(line, " left") {
			bars++
		}
	}
	require.Greater(t, bars, 2)
	require.Equal(t, "one, two", cut("one, two, three", 14))
	require.Equal(t, "one, two, three", cut("one, two, three", 15))
	require.Empty(t, cut("one, two", -3))
}

// The clocks of vs96 show in the spectrum at their rate, 41.7 Hz, and in ei
// inhibition follows excitation closely.
func TestSummaryOfSeries(t *testing.T) {
	summary := func(args ...string) experiment.Summary {
		args = append(args, "--engine", "reference", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "run"))
		status, out, errs := einet(t, args...)
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		return s
	}
	s := summary("run", "vs96", "--duration", "2s", "--discard", "500ms")
	for _, p := range s.Populations {
		require.InDelta(t, 41.7, *p.SpectrumPeakHz, 1000./256, "the resolution of the spectrum")
		require.Greater(t, *p.CountDispersion, 1.0)
	}
	s = summary("run", "ei", "--scale", "0.3", "--duration", "600ms", "--discard", "100ms")
	require.InDelta(t, 1, *s.InhibitionLagMs, 2)
	s = summary("run", "ei", "--scale", "0.3", "--duration", "50ms")
	require.Nil(t, s.Populations["E"].SpectrumPeakHz, "too short")
}
