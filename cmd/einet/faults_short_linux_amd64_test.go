package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"einet/record/hdf5"
)

// atWrites runs a child that is stopped at every write of more than some bytes; do may change how many. It returns how many writes there
// were, and the child's status.
func atWrites(t *testing.T, cmd *exec.Cmd, do func(bytes uint64) uint64) (writes int, status int) {
	t.Helper()
	const least = 64 // the Go runtime wakes itself with 8 bytes
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &unix.SysProcAttr{Ptrace: true}
	if err := cmd.Start(); err != nil {
		t.Skip("tracing a child: ", err)
	}
	child := cmd.Process.Pid
	var w unix.WaitStatus
	_, err := unix.Wait4(child, &w, 0, nil)
	require.NoError(t, err)
	require.NoError(t, unix.PtraceSetOptions(child, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL))
	require.NoError(t, unix.PtraceSyscall(child, 0))
	within := map[int]bool{} // threads that are in a system call
	for {
		thread, err := unix.Wait4(-1, &w, unix.WALL, nil)
		require.NoError(t, err)
		signal := 0
		switch {
		case thread == child && w.Exited():
			return writes, w.ExitStatus()
		case w.Exited() || w.Signaled():
			require.NotEqual(t, child, thread, "%v", w.Signal())
			continue
		case w.StopSignal() == unix.SIGTRAP|0x80:
			var r unix.PtraceRegs
			if within[thread] = !within[thread]; within[thread] && unix.PtraceGetRegs(thread, &r) == nil &&
				(r.Orig_rax == unix.SYS_WRITE || r.Orig_rax == unix.SYS_PWRITE64) && r.Rdx > least {
				r.Rdx = do(r.Rdx)
				require.NoError(t, unix.PtraceSetRegs(thread, &r))
				writes++
			}
		case w.StopSignal() != unix.SIGTRAP && w.StopSignal() != unix.SIGSTOP:
			signal = int(w.StopSignal())
		}
		_ = unix.PtraceSyscall(thread, signal) // which may have ended
	}
}

// Writes that write less than they were given, as those of network file systems may, are gone on with: the files are those of a run with whole ones.
func TestShortWrites(t *testing.T) {
	tries(t)
	k := &killing{
		args: []string{"run", modelFile(t), "--duration", "300ms", "--no-plots", "--spikes", "csv"}, engines: processorEngines,
	}
	if hdf5.Absent() == nil {
		k.args = append(k.args, "--spikes", "sonata")
	}
	want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
	cmd := child("", append(k.args, "--engine", "cpu", "--out", dir, "-q", "--checkpoint-every", "20ms")...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	writes, status := atWrites(t, cmd, func(bytes uint64) uint64 { return bytes/2 + 1 })
	require.Equal(t, exitDone, status, errs.String())
	require.Greater(t, writes, 100)
	t.Logf("%d short writes", writes)
	same(t, want, dir)
	require.NotZero(t, summaryOf(t, dir).Checkpoints)
}

// A disk that is much slower than the engine makes it wait: memory stays what it was, and nothing is lost.
func TestSlowDisk(t *testing.T) {
	tries(t)
	k := &killing{args: []string{"run", allFire(t, 10_000), "--no-plots", "--discard", "100ms"}, engines: processorEngines}
	want, dir := k.unbroken(t), filepath.Join(t.TempDir(), "run")
	cmd := child("", append(k.args, "--engine", "cpu", "--out", dir, "-q")...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	writes, status := atWrites(t, cmd, func(bytes uint64) uint64 {
		time.Sleep(5 * time.Millisecond)
		return bytes
	})
	require.Equal(t, exitDone, status, errs.String())
	same(t, want, dir)
	brief := filepath.Join(t.TempDir(), "brief")
	status, said := ended(t, child("", "run", allFire(t, 1000), "--no-plots", "--engine", "cpu", "--out", brief, "-q"))
	require.Equal(t, exitDone, status, said)
	s, least := summaryOf(t, dir), summaryOf(t, brief).PeakRSSMB
	t.Logf("%d writes; the engine took %.2g s and waited %.2g s; %.0f MB (%.0f MB)", writes, s.EngineS, s.WaitingS, s.PeakRSSMB, least)
	require.Greater(t, s.WaitingS, 1.0)
	require.Greater(t, 8*float64(s.Spikes)/1e6, 40.0, "MB, which are more than may be held")
	require.Less(t, s.PeakRSSMB, least+25)
}
