package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"einet/experiment"
)

// Of memory that runs out while a run is under way, the kernel tells only those whom it does not end.

// keptForWantOfMemory holds a run that was stopped by memory to have left all it simulated, and a checkpoint to go on from.
func keptForWantOfMemory(t *testing.T, cmd *exec.Cmd, errs fmt.Stringer, dir string) {
	t.Helper()
	_ = cmd.Wait()
	require.Equal(t, exitMachine, cmd.ProcessState.ExitCode(), "%v: %s", cmd.ProcessState, errs)
	require.NotContains(t, errs.String(), "goroutine ")
	require.Equal(t, 1, strings.Count(errs.String(), "memory runs out: "), errs)
	require.Contains(t, errs.String(), "what was simulated until then is in")
	s := isPart(t, dir)
	require.Contains(t, s.Stopped, "memory runs out")
	require.FileExists(t, filepath.Join(dir, experiment.CheckpointFile))
	nothingHidden(t, dir)
}

// A limit on the process that is lowered while it runs: `prlimit`, or a shell that starts others.
func TestMemoryThatRunsOut(t *testing.T) {
	tries(t)
	for range 10 {
		if memoryRanOut(t) {
			return
		}
	}
	t.Fatal("no run ends by itself: the Go runtime always wants memory first")
}

// memoryRanOut tells whether einet has seen that memory runs out. Where Go's runtime wants a thread or a piece of its heap in the second before, it finds
// no room and ends the process: that depends on when it collects garbage.
func memoryRanOut(t *testing.T) bool {
	args := endless(t)
	var errs strings.Builder
	cmd := child("", args...)
	cmd.Stderr = &errs
	begun(t, cmd, outOf(args))
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", cmd.Process.Pid))
	require.NoError(t, err)
	pages, err := strconv.ParseUint(strings.Fields(string(text))[0], 10, 63)
	require.NoError(t, err)
	limit := pages*uint64(os.Getpagesize()) + 80<<20
	require.NoError(t, unix.Prlimit(cmd.Process.Pid, unix.RLIMIT_AS, &unix.Rlimit{Cur: limit, Max: limit}, nil))
	if _ = cmd.Wait(); strings.Contains(errs.String(), "goroutine ") {
		return false
	}
	keptForWantOfMemory(t, cmd, &errs, outOf(args))
	return true
}

// aGroup is the files of a control group with a limit on memory, as a process sees them that is in it: of one version or the other.
type aGroup struct {
	dir, limit, used string
	line             string // of /proc/PID/cgroup
}

func groupsOfBothVersions(t *testing.T) map[string]*aGroup {
	one := &aGroup{t.TempDir(), "memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "4:memory:/a/job\n"}
	two := &aGroup{t.TempDir(), "memory.max", "memory.current", "0::/a/job\n"}
	require.NoError(t, os.Mkdir(filepath.Join(one.dir, "memory"), 0o777))
	two.set(t, 1<<40, 0)
	try := two.started("true")
	if said, err := try.CombinedOutput(); err != nil {
		t.Skipf("files of a control group for one process: %v: %s", err, said)
	}
	return map[string]*aGroup{"version 1": one, "version 2": two}
}

func (g *aGroup) set(t *testing.T, limit, used int64) {
	t.Helper()
	for name, n := range map[string]int64{g.limit: limit, g.used: used, "line": 0} {
		text := fmt.Sprintln(n)
		if name == "line" {
			text = g.line
		}
		require.NoError(t, os.WriteFile(filepath.Join(g.dir, name), []byte(text), 0o666))
	}
}

// started is a program in it.
func (g *aGroup) started(program string, args ...string) *exec.Cmd {
	const script = `mount --bind "$0" /sys/fs/cgroup && mount --bind "$0/line" /proc/$$/cgroup && exec "$@"`
	cmd := child("")
	cmd.Path, cmd.Args = "/bin/sh", append([]string{"sh", "-c", script, g.dir, program}, args...)
	cmd.SysProcAttr = &unix.SysProcAttr{Unshareflags: unix.CLONE_NEWNS}
	return cmd
}

// A control group that has no room for a network refuses it before the run; one that fills while it runs ends the run, before the
// kernel does. The files are those that the kernel shows, for one process.
func TestMemoryOfAGroupThatRunsOut(t *testing.T) {
	tries(t)
	for version, g := range groupsOfBothVersions(t) {
		t.Run(version, func(t *testing.T) {
			g.set(t, 1<<30, 1<<30-10<<20)
			args := small(t, "-q")
			args[3] = "1"
			status, errs := ended(t, g.started(os.Args[0], args...))
			require.Equal(t, exitMachine, status, errs)
			require.Contains(t, errs, "of memory")
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)
			require.NoDirExists(t, outOf(args))

			g.set(t, 1<<30, 1<<29)
			args = endless(t)
			var said strings.Builder
			cmd := g.started(os.Args[0], args...)
			cmd.Stderr = &said
			begun(t, cmd, outOf(args))
			g.set(t, 1<<30, 1<<30-1<<20)
			keptForWantOfMemory(t, cmd, &said, outOf(args))
		})
	}
}
