package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/gpu"
	"einet/record/hdf5"
)

// plain builds einet without cgo, once for all tests, and gives its path.
var plain = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "einet-plain-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "einet")
	build := exec.Command("go", "build", "-buildvcs=false", "-ldflags", "-s -w -X main.version="+versionString(), "-o", path, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", &exec.Error{Name: string(out), Err: err}
	}
	return path, nil
})

// installed is a folder with einet, built without cgo, and beside it what is to pass for einet-gl: a shell script, or if
// that is empty the einet of this test.
func installed(t *testing.T, script string) (einet string) {
	t.Helper()
	built, err := plain()
	require.NoError(t, err)
	dir := t.TempDir()
	einet = filepath.Join(dir, "einet")
	require.NoError(t, os.Link(built, einet))
	if script == "" {
		require.NoError(t, os.Symlink(os.Args[0], filepath.Join(dir, sibling)))
		return einet
	}
	mode := os.FileMode(0o777)
	if script == "none" {
		mode = 0o666
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, sibling), []byte("#!/bin/sh\n"+script+"\n"), mode))
	return einet
}

// called runs a program to its end.
func called(t *testing.T, cmd *exec.Cmd) (status int, out, errs string) {
	t.Helper()
	var o, e strings.Builder
	cmd.Stdout, cmd.Stderr = &o, &e
	err := cmd.Run()
	if exit := (*exec.ExitError)(nil); err != nil {
		require.ErrorAs(t, err, &exit)
	}
	return cmd.ProcessState.ExitCode(), o.String(), e.String()
}

// inside calls a program in a folder that is the root of its file system.
func inside(t *testing.T, root, program string, args ...string) (status int, out, errs string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir, cmd.Env = "/", []string{}
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: root}
	if os.Geteuid() != 0 {
		if err := exec.Command("unshare", "-r", "true").Run(); err != nil {
			t.Skip("no namespaces for users here: ", err)
		}
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}}
	}
	return called(t, cmd)
}

// One file starts on any Linux: in a folder that is its whole world, without a library, /proc, /tmp or /dev.
func TestStartsAnywhere(t *testing.T) {
	tries(t)
	built, err := plain()
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.Link(built, filepath.Join(root, "einet")))
	inRoot := func(args ...string) (status int, out, errs string) { return inside(t, root, "/einet", args...) }

	status, out, errs := inRoot("list")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "brunel2000")

	status, out, errs = inRoot("devices")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "engine gpu        unavailable: no OpenGL 4.3 device: this einet needs einet-gl beside it for OpenGL and HDF5, and /einet-gl is not there")

	status, out, errs = inRoot("run", "ei", "--duration", "50", "-q", "--json")
	require.Equal(t, exitDone, status, errs)
	there := simulated(t, out)
	require.Equal(t, "cpu", there.Engine)
	for _, file := range []string{experiment.SpikesFile, experiment.SummaryFile, "raster.png"} {
		require.FileExists(t, filepath.Join(root, "results/ei", file))
	}
	_, here, errs := called(t, child("", "run", "ei", "--duration", "50", "-q", "--engine", "reference", "--no-plots", "--json", "--out", t.TempDir()+"/run"))
	require.Equal(t, simulated(t, here).Digest, there.Digest, errs)

	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "ei", "--engine", "gpu", "--out", "x"}, "einet: --engine gpu: no OpenGL 4.3 device: this einet needs einet-gl beside it for OpenGL and HDF5, and /einet-gl is not there; --engine cpu needs none\n"},
		{[]string{"run", "ei", "--spikes", "sonata", "--out", "x"}, "einet: --spikes sonata: SONATA files need the HDF5 library, which this einet, built without cgo, can't load " +
			"(no OpenGL 4.3 device: this einet needs einet-gl beside it for OpenGL and HDF5, and /einet-gl is not there)\n"},
	} {
		status, _, errs = inRoot(c.args...)
		require.Equal(t, exitMachine, status)
		require.Equal(t, c.want, errs)
		require.NoDirExists(t, filepath.Join(root, "x"))
	}
}

// simulated is the summary that run --json printed.
func simulated(t *testing.T, out string) (s experiment.Summary) {
	t.Helper()
	require.NoError(t, json.Unmarshal([]byte(out), &s))
	return s
}

// What needs OpenGL or HDF5 the sibling does, with the same arguments, standard input and exit status.
func TestHandsOverToSibling(t *testing.T) {
	if !gpu.Built {
		t.Skip("built without OpenGL")
	}
	withGL(t)
	einet := installed(t, "")
	dir := t.TempDir()
	digests := map[string]bool{}
	for i, args := range [][]string{
		{"--engine", "cpu"},
		{"--engine", "gpu"},
		{"--device", "llvmpipe"},
		{"--engine", "cpu", "--spikes", "sonata"},
	} {
		if i == 3 && hdf5.Absent() != nil {
			continue
		}
		cmd := exec.Command(einet, append([]string{"run", "vs96", "--duration", "20", "--no-plots", "-q", "--json", "--force", "--out", filepath.Join(dir, "run")}, args...)...)
		status, out, errs := called(t, cmd)
		require.Equal(t, exitDone, status, errs)
		require.Empty(t, errs)
		got := simulated(t, out)
		require.Equal(t, map[bool]string{true: "gpu", false: "cpu"}[i == 1 || i == 2], got.Engine, args)
		digests[got.Digest] = true
	}
	require.Len(t, digests, 1)

	status, out, errs := called(t, exec.Command(einet, "devices"))
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "engine gpu, --device 0")

	status, _, errs = called(t, exec.Command(einet, "run", "vs96", "--device", "none such", "--out", filepath.Join(dir, "no")))
	require.Equal(t, exitUsage, status)
	require.Contains(t, errs, `einet: --device: gpu: no device "none such"; there are 0: `)

	cmd := exec.Command(einet, "run", "-", "--engine", "gpu", "--no-plots", "-q", "--json", "--out", filepath.Join(dir, "piped"))
	cmd.Stdin = strings.NewReader("duration: 10\npopulations: {A: {size: 2, tau_m: 20, V_th: 15, V_reset: 0, input: 20}}\n")
	status, out, errs = called(t, cmd)
	require.Equal(t, exitDone, status, errs)
	require.Equal(t, "gpu", simulated(t, out).Engine)
}

// Files of HDF5 that a network names are found when it is read.
func TestHandsOverForHDF5InNetwork(t *testing.T) {
	if !gpu.Built {
		t.Skip("built without OpenGL")
	}
	if err := hdf5.Absent(); err != nil {
		t.Skip(err)
	}
	einet := installed(t, "")
	dir := t.TempDir()
	status, _, errs := called(t, exec.Command(einet, "run", "vs96", "--duration", "20", "--no-plots", "-q", "--spikes", "sonata", "--out", filepath.Join(dir, "run")))
	require.Equal(t, exitDone, status, errs)
	text := "duration: 20\npopulations: {A: {size: 800, neuron: spikes, file: run/spikes.h5, population: E}}\n"
	file := filepath.Join(dir, "net.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o666))
	status, out, errs := called(t, exec.Command(einet, "run", file, "--no-plots", "-q", "--json", "--out", filepath.Join(dir, "again")))
	require.Equal(t, exitDone, status, errs)
	require.Positive(t, simulated(t, out).Spikes)

	cmd := exec.Command(einet, "run", "-", "--out", filepath.Join(dir, "no"))
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(text)
	status, _, errs = called(t, cmd)
	require.Equal(t, exitMachine, status)
	require.Contains(t, errs, "(what was read from standard input can't be handed to einet-gl: call that, or give a file)")
}

// A driver that crashes, hangs or is broken is a line, and takes no run with it.
func TestBrokenDriver(t *testing.T) {
	tries(t)
	crash, hang, short := t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(short, "libEGL.so.1"), nil, 0o666))
	for _, c := range []struct{ name, script, look, libraries, want string }{
		{name: "crashes", script: "kill -SEGV $$", want: "the OpenGL driver failed (signal: segmentation fault): without a word"},
		{name: "hangs", script: "sleep 100", look: "200ms", want: "the OpenGL driver did not answer within 200ms (EINET_LOOK=60s waits longer)"},
		{name: "is no einet", script: "echo hello", want: "/einet-gl is no einet"},
		{name: "is another version", script: `echo chatter; echo '{"Version":"other","OpenGL":true}'`, want: "/einet-gl is of another version, other instead of " + versionString()},
		{name: "states no version", script: "echo '{}'", want: "/einet-gl is no einet"},
		{name: "can't be started", script: "none", want: "/einet-gl can't be started: permission denied"},
		{name: "needs a newer C library", script: "echo \"$0: libc.so.6: version GLIBC_9 not found\" >&2; exit 1", want: "/einet-gl does not start: libc.so.6: version GLIBC_9 not found"},
		{name: "crashes in C", libraries: crash, want: "the OpenGL driver failed (exit status 2): SIGSEGV: segmentation violation"},
		{name: "hangs in C", libraries: hang, look: "2s", want: "the OpenGL driver did not answer within 2s"},
		{name: "has a broken library", libraries: short, want: "/einet-gl does not start: error while loading shared libraries: " + short + "/libEGL.so.1: file too short"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.libraries != "" && !gpu.Built {
				t.Skip("built without OpenGL")
			}
			switch c.libraries {
			case crash:
				falseEGL(t, crash, "*(volatile int *)0 = 0;")
			case hang:
				falseEGL(t, hang, "for (;;) pause();")
			}
			einet := installed(t, c.script)
			call := func(args ...string) (int, string, string) {
				cmd := exec.Command(einet, args...)
				cmd.Env = append(os.Environ(), lookVariable+"="+c.look)
				if c.libraries != "" {
					cmd.Env = append(cmd.Env, "LD_LIBRARY_PATH="+c.libraries)
				}
				return called(t, cmd)
			}
			begin := time.Now()
			status, out, errs := call("devices")
			require.Equal(t, exitDone, status, errs)
			require.Contains(t, strings.Join(strings.Fields(out), " "), "engine gpu unavailable: ")
			require.Contains(t, out, c.want)
			require.Less(t, time.Since(begin), longestLook)

			status, _, errs = call("run", "vs96", "--engine", "gpu", "--out", filepath.Join(t.TempDir(), "no"))
			require.Equal(t, exitMachine, status)
			require.Contains(t, errs, "einet: --engine gpu: ")
			require.Contains(t, errs, c.want)
			require.Equal(t, 1, strings.Count(errs, "\n"), errs)

			status, out, errs = call("run", "vs96", "--duration", "10", "--no-plots", "-q", "--json", "--out", filepath.Join(t.TempDir(), "run"))
			require.Equal(t, exitDone, status, errs)
			require.Equal(t, "cpu", simulated(t, out).Engine)
		})
	}
}

// A library that is none is a line, before anything is simulated.
func TestUnusableHDF5(t *testing.T) {
	tries(t)
	dir := t.TempDir()
	empty := filepath.Join(dir, "libhdf5.so")
	require.NoError(t, os.WriteFile(empty, nil, 0o666))
	want := "EINET_HDF5=" + empty + ": " + empty + ": file too short"
	if !gpu.Built {
		want = "built without cgo"
	}
	out := filepath.Join(dir, "out")
	for _, args := range [][]string{{"run", "vs96", "--spikes", "sonata"}, {"export", "vs96", "--to", "sonata"}} {
		cmd := child("", append(args, "--out", out)...)
		cmd.Env = append(cmd.Env, "EINET_HDF5="+empty)
		status, errs := ended(t, cmd)
		require.Equal(t, exitMachine, status)
		require.Contains(t, errs, "SONATA files need the HDF5 library")
		require.Contains(t, errs, want)
		require.Equal(t, 1, strings.Count(errs, "\n"), errs)
		require.NoDirExists(t, out)
	}
}

// falseEGL makes a libEGL that does that when it is first asked.
func falseEGL(t *testing.T, dir, what string) {
	source := "#include <unistd.h>\nconst char *eglQueryString(void *d, int name) { " + what + " return 0; }\n"
	cc := exec.Command("cc", "-shared", "-fPIC", "-x", "c", "-", "-o", filepath.Join(dir, "libEGL.so.1"))
	cc.Stdin = strings.NewReader(source)
	out, err := cc.CombinedOutput()
	require.NoError(t, err, string(out))
}

// Who takes another's place does not look again, unless what it is handed is not an einet's of its version.
func TestSightingIsHandedOn(t *testing.T) {
	t.Setenv(sightingVariable, `{"Version":"`+versionString()+`","Devices":[{"Renderer":"imagined"}]}`)
	require.Equal(t, "imagined", handedOn().Devices[0].Renderer)
	for _, other := range []string{"", "{}", "null", "[", `{"Version":"other","Devices":[{"Renderer":"imagined"}]}`} {
		t.Setenv(sightingVariable, other)
		require.Empty(t, handedOn(), other)
	}
	_, err := sighting{Version: "any"}.result()
	require.ErrorIs(t, err, gpu.ErrUnavailable, "no device and no fault is none, too")
}

// A signal during the look, however long that takes, ends the command.
func TestSignalDuringTheLook(t *testing.T) {
	tries(t)
	pid := filepath.Join(t.TempDir(), "pid")
	einet := installed(t, "echo $$ > "+pid+"; exec sleep 300")
	cmd := exec.Command(einet, "run", "vs96", "--engine", "gpu", "--out", filepath.Join(t.TempDir(), "run"))
	looking := func() int {
		text, _ := os.ReadFile(pid)
		n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return n
	}
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return looking() > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Error(t, cmd.Wait())
	require.Equal(t, exitInterrupted, cmd.ProcessState.ExitCode())
	require.ErrorIs(t, syscall.Kill(looking(), 0), syscall.ESRCH, "who looks ends, too")

	require.NoError(t, os.Remove(pid))
	cmd = exec.Command(einet, "devices")
	require.NoError(t, cmd.Start())
	require.Eventually(t, func() bool { return looking() > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool { return syscall.Kill(looking(), 0) == syscall.ESRCH }, 10*time.Second, 10*time.Millisecond)
}

// HDF5 does not hang on OpenGL, and a sibling that is none is not called.
func TestHDF5WithoutOpenGL(t *testing.T) {
	if !gpu.Built {
		t.Skip("built without OpenGL")
	}
	if err := hdf5.Absent(); err != nil {
		t.Skip(err)
	}
	real, err := filepath.Abs(os.Args[0])
	require.NoError(t, err)
	args := []string{"run", "vs96", "--duration", "10", "--engine", "cpu", "--spikes", "sonata", "--no-plots", "-q", "--out"}
	dir := t.TempDir()
	einet := installed(t, `[ "$1" = `+look+` ] && kill -SEGV $$; exec `+real+` "$@"`)
	status, _, errs := called(t, exec.Command(einet, append(args, filepath.Join(dir, "run"))...))
	require.Equal(t, exitDone, status, errs)

	built, err := plain()
	require.NoError(t, err)
	einet = installed(t, "exec "+built+` "$@"`)
	status, _, errs = called(t, exec.Command(einet, append(args, filepath.Join(dir, "no"))...))
	require.Equal(t, exitMachine, status)
	require.Contains(t, errs, "/einet-gl is an einet that was built without it)\n")
}
