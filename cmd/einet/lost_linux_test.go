package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/experiment"
	"einet/gpu"
)

// losing is a library that stands before the driver's: from some dispatch on nothing that it is given is done, as in a context
// that was lost. TELLS, it says so, as drivers do that were reset.
const losing = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
static long left = LEFT;
static void (*compute)(unsigned, unsigned, unsigned);
static void (*indirect)(long);
static void (*upload)(unsigned, long, long, const void *);
static void (*copy)(unsigned, unsigned, long, long, long);
static void (*download)(unsigned, long, long, void *);
static void myCompute(unsigned x, unsigned y, unsigned z) { if (left > 0) { left--; compute(x, y, z); } }
static void myIndirect(long at) { if (left > 0) { left--; indirect(at); } }
static void myUpload(unsigned t, long at, long n, const void *p) { if (left > 0) upload(t, at, n, p); }
static void myCopy(unsigned r, unsigned w, long from, long to, long n) { if (left > 0) copy(r, w, from, to, n); }
static void myDownload(unsigned t, long at, long n, void *p) { if (left > 0) download(t, at, n, p); }
static unsigned myStatus(void) { return left > 0 ? 0 : 0x8253; }
void *eglGetProcAddress(const char *name) {
	static void *(*real)(const char *);
	if (!real) real = (void *(*)(const char *))dlsym(RTLD_NEXT, "eglGetProcAddress");
	void *p = real(name);
#define INSTEAD(gl, its, mine) if (p && !strcmp(name, gl)) { *(void **)&its = p; return (void *)mine; }
	INSTEAD("glDispatchCompute", compute, myCompute)
	INSTEAD("glDispatchComputeIndirect", indirect, myIndirect)
#ifdef EVERYTHING
	INSTEAD("glBufferSubData", upload, myUpload)
	INSTEAD("glCopyBufferSubData", copy, myCopy)
	INSTEAD("glGetBufferSubData", download, myDownload)
#endif
#ifdef TELLS
	if (!strncmp(name, "glGetGraphicsResetStatus", 24)) return (void *)myStatus;
#endif
	return p;
}
`

// A run whose device is lost is stopped, and what was simulated until then is written, whatever the driver says of it.
func TestLostDeviceKeepsWhatWasSimulated(t *testing.T) {
	tries(t)
	if !gpu.Built {
		t.Skip("built without OpenGL")
	}
	withGL(t)
	for _, c := range []struct {
		flags, want string
		more        []string
	}{
		{"", "its driver dropped the work without a word: the device is lost", nil},
		{"-DEVERYTHING", "its driver dropped the work without a word: the device is lost", nil},
		{"-DTELLS -DEVERYTHING", "its driver reset it, for what this program asked of it: the device is lost", nil},
		{"-DEVERYTHING", "its driver dropped the work without a word: the device is lost", []string{"--set", "record={averages: 1}"}},
	} {
		args := endless(t, append(c.more, "--device", "llvmpipe")...)
		args[5] = "gpu"
		cmd := child("", args...)
		cmd.Env = append(cmd.Env, "LD_PRELOAD="+losingAfter(t, 1000, c.flags))
		status, errs := ended(t, cmd)
		require.Equal(t, exitMachine, status, errs)
		require.Contains(t, errs, c.want)
		require.Contains(t, errs, "what was simulated until then is in")
		s := isPart(t, outOf(args))
		require.Contains(t, s.Stopped, c.want)
		require.Greater(t, s.DurationMs, 5.0)
		nothingHidden(t, outOf(args))

		// Of replicas, too.
		args = endless(t, "--device", "llvmpipe", "--replicas", "2")
		args[1], args[5] = "vs96", "gpu"
		cmd = child("", args...)
		cmd.Env = append(cmd.Env, "LD_PRELOAD="+losingAfter(t, 40, c.flags))
		status, errs = ended(t, cmd)
		require.Equal(t, exitMachine, status, errs)
		require.Contains(t, errs, c.want)
		require.Contains(t, errs, "0 of 2 replicas are complete, 2 are in part")
		require.FileExists(t, filepath.Join(outOf(args), experiment.SummaryFile))
	}
}

// losingAfter builds the library, of that many dispatches that are done.
func losingAfter(t *testing.T, dispatches int, flags string) string {
	t.Helper()
	library := filepath.Join(t.TempDir(), "losing.so")
	cc := exec.Command("cc", "-shared", "-fPIC", fmt.Sprintf("-DLEFT=%d", dispatches), "-x", "c", "-", "-ldl", "-o", library)
	cc.Args = append(cc.Args, strings.Fields(flags)...)
	cc.Stdin = strings.NewReader(losing)
	out, err := cc.CombinedOutput()
	require.NoError(t, err, string(out))
	return library
}
