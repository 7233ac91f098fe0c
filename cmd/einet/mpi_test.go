package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"einet/experiment"

	"github.com/stretchr/testify/require"
)

// The tests of ranks in processes of their own need bin/einet-mpi, which EINET_MPI names, and mpirun: make test-mpi.

// mpirun prepares n ranks of einet-mpi with these arguments; of n = 0 einet-mpi without mpirun.
func mpirun(t *testing.T, n int, args ...string) *exec.Cmd {
	program := os.Getenv("EINET_MPI")
	if program == "" {
		t.Skip("EINET_MPI does not name bin/einet-mpi: make test-mpi does")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, program, args...)
	if n > 0 {
		cmd = exec.CommandContext(ctx, "mpirun", append([]string{"--oversubscribe", "--allow-run-as-root", "--bind-to", "none", "-n", strconv.Itoa(n), program}, args...)...)
	}
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// done runs a command to its end, which must be a good one.
func done(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	require.NoError(t, err, errs.String())
	return string(out)
}

func rankedDigest(t *testing.T, dir string) string {
	t.Helper()
	s, err := experiment.ReadSummary(dir)
	require.NoError(t, err)
	require.False(t, s.Interrupted)
	require.Positive(t, s.Spikes)
	return s.Digest
}

const rankedNetwork = `
name: ranked
dt: 0.1
seed: 5
duration: 200
populations:
  E: {size: 400, neuron: lif, tau_m: 20, V_th: 15, V_reset: 0, input: 14, white_noise: {sd: 2}, V0: {uniform: [0, 15]}}
  I: {size: 100, neuron: lif, tau_m: 10, V_th: 15, V_reset: 0, input: 14, poisson: [{rate: 800, weight: 0.3, tau_syn: 2}]}
  P: {size: 300, neuron: poisson, rate: 12}
projections:
  EE: {from: E, to: E, rule: fixed_indegree, indegree: 30, weight: {normal: {mean: 0.4, sd: 0.1}}, delay: {uniform: [1, 3]}, tau_syn: 3, short_term: {U: 0.4, tau_rec: 200}}
  EI: {from: E, to: I, rule: fixed_probability, p: 0.1, weight: 0.4, delay: 1, tau_syn: 3}
  IE: {from: I, to: E, rule: fixed_total_number, synapses: 5000, weight: -1, delay: 1.2, tau_syn: 5}
  II: {from: I, to: I, rule: fixed_outdegree, outdegree: 10, weight: -1, delay: 0.7, tau_syn: 5}
  PE: {from: P, to: E, rule: fixed_probability, p: 0.1, weight: 0.5, delay: 1, tau_syn: 3, short_term: {U: 0.2, tau_rec: 0, tau_facil: 300}}
  learning: {from: I, to: E, rule: fixed_indegree, indegree: 20, weight: {uniform: [-1, -0.1]}, delay: {uniform: [0.8, 2]}, tau_syn: 5, plasticity: {vogels2011: {eta: 0.05, tau: 20, target: 15 Hz, w_max: -2}}}
record:
  weights: {learning: {every: 10, synapses: 100}}
  state: {I: {neurons: 3, variables: [V], every: 1}}
  short_term: {EE: {neurons: 4, every: 1}}
`

// One to four processes give the spikes and the files of one engine that has it all.
func TestMPIRanksAreOneEngine(t *testing.T) {
	own := filepath.Join(t.TempDir(), "ranked.yaml")
	require.NoError(t, os.WriteFile(own, []byte(rankedNetwork), 0o666))
	for _, c := range []struct {
		network, engine string
		flags           []string
	}{
		{own, "cpu", nil}, {own, "reference", nil}, {"brunel2000", "cpu", []string{"--scale", "0.1", "--duration", "100"}}, {"potjans2014", "cpu", []string{"--scale", "0.02", "--duration", "100"}},
	} {
		dir := t.TempDir()
		args := append([]string{"run", c.network, "--engine", c.engine, "--no-plots", "-q"}, c.flags...)
		done(t, mpirun(t, 0, append(args, "--out", filepath.Join(dir, "one"))...))
		want := rankedDigest(t, filepath.Join(dir, "one"))
		for n := 1; n <= 4; n++ {
			to := filepath.Join(dir, fmt.Sprint(n))
			done(t, mpirun(t, n, append(args, "--out", to)...))
			require.Equal(t, want, rankedDigest(t, to), "%s, %d ranks", c.network, n)
			s, err := experiment.ReadSummary(to)
			require.NoError(t, err)
			require.Equal(t, n, s.Ranks)
			one, err := os.ReadDir(filepath.Join(dir, "one"))
			require.NoError(t, err)
			for _, f := range one {
				a, err := os.ReadFile(filepath.Join(dir, "one", f.Name()))
				require.NoError(t, err)
				b, err := os.ReadFile(filepath.Join(to, f.Name()))
				require.NoError(t, err)
				if f.Name() != experiment.SummaryFile { // which has times
					require.True(t, bytes.Equal(a, b), "%s of %d ranks", f.Name(), n)
				}
			}
		}
	}
}

// A run goes on with other numbers of ranks, to the digest of one that was never stopped.
func TestMPIResumesOnOtherRanks(t *testing.T) {
	dir := t.TempDir()
	own := filepath.Join(dir, "ranked.yaml")
	require.NoError(t, os.WriteFile(own, []byte(rankedNetwork), 0o666))
	args := func(more ...string) []string {
		return append([]string{"run", "--engine", "cpu", "--no-plots", "-q"}, more...)
	}
	done(t, mpirun(t, 0, args(own, "--out", filepath.Join(dir, "whole"))...))
	at := filepath.Join(dir, "parts")
	done(t, mpirun(t, 3, args(own, "--duration", "60", "--checkpoint-end", "--out", at)...))
	for k, n := range []int{2, 0, 4} { // 0: one engine
		done(t, mpirun(t, n, args(at, "--extend", []string{"33ms", "40ms", "67ms"}[k])...))
	}
	require.Equal(t, rankedDigest(t, filepath.Join(dir, "whole")), rankedDigest(t, at))
	whole, err := experiment.ReadSummary(filepath.Join(dir, "whole"))
	require.NoError(t, err)
	parts, err := experiment.ReadSummary(at)
	require.NoError(t, err)
	require.NotEmpty(t, whole.WeightsDigest)
	require.Equal(t, whole.WeightsDigest, parts.WeightsDigest)
}

// processOf is that of a rank of a run that writes to a folder, 0 if there is none.
func processOf(t *testing.T, dir string, rank int) int {
	all, err := filepath.Glob("/proc/[0-9]*/environ")
	require.NoError(t, err)
	for _, path := range all {
		text, _ := os.ReadFile(path) // processes end
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		ranked := bytes.Contains(append([]byte{0}, text...), []byte(fmt.Sprintf("\x00OMPI_COMM_WORLD_RANK=%d\x00", rank)))
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path))); err == nil && ranked && bytes.Contains(command, []byte(dir)) {
			return pid
		}
	}
	return 0
}

// startedToCheckpoint starts a run and waits for its first checkpoint. It returns what the run writes to standard error.
func startedToCheckpoint(t *testing.T, cmd *exec.Cmd, dir string) *bytes.Buffer {
	t.Helper()
	errs := &bytes.Buffer{}
	cmd.Stderr = errs
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool {
		found, _ := filepath.Glob(filepath.Join(dir, ".*", experiment.CheckpointFile))
		return len(found) > 0
	}, time.Minute, 10*time.Millisecond)
	return errs
}

// A rank that is killed ends all of them, and the run goes on from its checkpoint.
func TestMPIRankDies(t *testing.T) {
	for _, rank := range []int{2, 0} {
		dir := filepath.Join(t.TempDir(), "run")
		args := []string{"run", "ei", "--scale", "0.1", "--duration", "30000", "--engine", "cpu", "--no-plots", "-q"}
		cmd := mpirun(t, 3, append(args, "--out", dir, "--checkpoint-every", "300ms")...)
		errs := startedToCheckpoint(t, cmd, dir)
		require.NoError(t, syscall.Kill(processOf(t, dir, rank), syscall.SIGKILL))
		require.Error(t, cmd.Wait(), "rank %d", rank)
		if rank > 0 {
			lines := 0
			for line := range strings.Lines(errs.String()) {
				if strings.HasPrefix(line, "einet: ") && strings.Contains(line, "a rank does not answer") {
					lines++
				}
			}
			require.LessOrEqual(t, lines, 1, errs.String())
		}
		require.Contains(t, errs.String(), fmt.Sprintf("rank %d", rank), "mpirun tells which")
		for processOf(t, dir, 1) > 0 { // none stays
			time.Sleep(10 * time.Millisecond)
		}
		done(t, mpirun(t, 2, "run", "--resume", dir, "--engine", "cpu", "--no-plots", "-q"))
		whole := filepath.Join(t.TempDir(), "whole")
		done(t, mpirun(t, 0, append(args, "--out", whole)...))
		require.Equal(t, rankedDigest(t, whole), rankedDigest(t, dir))
	}
}

// Where one rank can't, all end with one line.
func TestMPIErrorsEndAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"run", "ei", "--scale", "0.1", "--engine", "cpu", "--no-plots", "-q", "--out", dir}
	for _, c := range []struct {
		flags  []string // of rank 1 alone
		remark string
	}{{[]string{"--connectivity", "procedural"}, "rank 1: --connectivity procedural: ranks store their synapses"}} {
		cmd := mpirun(t, 1, args...)
		cmd.Args = append(append(cmd.Args, ":", "-n", "1", os.Getenv("EINET_MPI")), append(args, c.flags...)...)
		var errs bytes.Buffer
		cmd.Stderr = &errs
		require.Error(t, cmd.Run())
		require.Equal(t, 1, strings.Count(errs.String(), "einet: "), errs.String())
		require.Contains(t, errs.String(), "einet: "+c.remark)
		require.NoDirExists(t, dir)
	}
	cmd := mpirun(t, 3, "run", "no-such-network", "-q")
	var errs bytes.Buffer
	cmd.Stderr = &errs
	require.Error(t, cmd.Run())
	require.Equal(t, 1, strings.Count(errs.String(), "einet: "), errs.String())
}

// The share of the exchange is in the summary.
func TestMPISummaryHasTheExchange(t *testing.T) {
	out := done(t, mpirun(t, 2, "run", "ei", "--scale", "0.1", "--duration", "50", "--engine", "cpu", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "run")))
	var s struct {
		Exchange float64 `json:"exchange_s"`
		Engine   float64 `json:"engine_s"`
	}
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	require.Positive(t, s.Exchange)
	require.Less(t, s.Exchange, s.Engine)
}

// An einet without MPI does not take itself for the only one.
func TestMPIIsMissed(t *testing.T) {
	t.Setenv("OMPI_COMM_WORLD_SIZE", "2")
	var out, errs bytes.Buffer
	require.Equal(t, exitMachine, run(t.Context(), []string{"run", "ei", "-q", "--out", filepath.Join(t.TempDir(), "run")}, &out, &errs, false))
	require.Contains(t, errs.String(), "einet: mpirun started 2 processes, and this einet was built without MPI")
}

// A run that is told to end keeps what it has, and goes on.
func TestMPIInterrupted(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	args := []string{"run", "ei", "--scale", "0.1", "--duration", "10000", "--engine", "cpu", "--no-plots", "-q"}
	cmd := mpirun(t, 2, append(args, "--out", dir, "--checkpoint-every", "300ms")...)
	errs := startedToCheckpoint(t, cmd, dir)
	require.NoError(t, cmd.Process.Signal(syscall.SIGUSR1)) // mpirun passes it on
	require.Error(t, cmd.Wait())
	require.Contains(t, errs.String(), "einet: interrupted at ")
	require.FileExists(t, filepath.Join(dir, experiment.CheckpointFile))
	done(t, mpirun(t, 3, "run", "--resume", dir, "--engine", "cpu", "--no-plots", "-q"))
	whole := filepath.Join(t.TempDir(), "whole")
	done(t, mpirun(t, 0, append(args, "--out", whole)...))
	require.Equal(t, rankedDigest(t, whole), rankedDigest(t, dir))
}
