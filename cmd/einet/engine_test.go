package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"weak"

	"einet/gpu"
	"einet/network"
	"einet/network/presets"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// einetOn runs the command line on a machine with that OpenGL.
func einetOn(t *testing.T, gl opengl, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	term := &terminal{out: &o, err: &e, args: args, log: logger(&e, false), gl: gl}
	status = term.run(t.Context())
	return status, o.String(), e.String()
}

// withoutGL is a machine without OpenGL, for two reasons.
func withoutGL() opengl {
	err := errors.Join(fmt.Errorf("%w: here", gpu.ErrUnavailable), errors.New("one cause"), errors.New("another"))
	return opengl{
		devices: func() ([]gpu.Device, error) { return nil, err },
		open:    func(string) (*gpu.Context, error) { return nil, err },
	}
}

// withGL is this machine, if it has OpenGL. Where EINET_REQUIRE_GL says that it must, a test that
// finds none fails.
func withGL(t *testing.T) opengl {
	gl := thisMachine()
	if devices, err := gl.devices(); len(devices) == 0 {
		if os.Getenv("EINET_REQUIRE_GL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return gl
}

// hardware is a machine whose first device passes for hardware, with changes.
func hardware(gl opengl, change func(*gpu.Device)) opengl {
	real := gl.devices
	gl.devices = func() ([]gpu.Device, error) {
		devices, err := real()
		if len(devices) == 0 {
			devices = []gpu.Device{{Renderer: "imagined"}}
		}
		devices = append([]gpu.Device{}, devices...)
		devices[0].Software = false
		change(&devices[0])
		return devices, err
	}
	return gl
}

// auto never falls back in silence, nor fails where the reference can do it.
func TestAutoFallsBackWithAWarning(t *testing.T) {
	none := func(*gpu.Device) {}
	dead := withoutGL()
	dead.devices = func() ([]gpu.Device, error) { return []gpu.Device{{Renderer: "imagined"}}, nil }
	cases := map[string]opengl{"another": dead}
	if gl := thisMachine(); !missingGL(gl) {
		inexact := hardware(gl, none)
		inexact.probe = func(*gpu.Context) error { return fmt.Errorf("fused: %w", gpu.ErrInexact) }
		cases["fused: "] = inexact
		cases["one buffer holds at most"] = hardware(gl, func(d *gpu.Device) { d.Limits.MaxStorageBlock = 1 << 10 })
		cases["state and synapses take"] = hardware(gl, func(d *gpu.Device) { d.Limits.MemoryBytes = 1 << 10 })
	}
	for why, gl := range cases {
		args := small(t, "--json", "-q")
		args[5] = "auto"
		status, out, errs := einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.Contains(t, errs, "WRN not the gpu engine but the cpu engine simulates")
		require.Contains(t, errs, why)
		require.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 1)
		var s Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		require.Equal(t, "cpu", s.Engine)

		args = small(t)
		args[5] = "gpu"
		if why != "another" { // by name, limits are the device's own
			if why == "fused: " {
				status, _, errs = einetOn(t, gl, args...)
				require.Equal(t, exitMachine, status, errs)
				require.NoDirExists(t, outOf(args))
			}
			continue
		}
		status, _, errs = einetOn(t, gl, args...)
		require.Equal(t, exitMachine, status)
		require.Equal(t, "einet: --engine gpu: no OpenGL 4.3 device: here; one cause; another; --engine cpu needs none\n", errs)
		require.NoDirExists(t, outOf(args))
	}
}

func missingGL(gl opengl) bool {
	devices, _ := gl.devices()
	return len(devices) == 0
}

// The hardware device is used where it is fit.
func TestAutoUsesHardware(t *testing.T) {
	gl := hardware(withGL(t), func(d *gpu.Device) { d.Limits.MemoryBytes = 1 << 30 })
	args := small(t, "--json")
	args[5] = "auto"
	status, out, errs := einetOn(t, gl, args...)
	require.Equal(t, exitDone, status, errs)
	require.NotContains(t, errs, "engine", "no word on another engine")
	require.Contains(t, out, `"engine": "gpu"`)
}

// A wrong --device is the user's fault, a driver that fails the machine's.
func TestStatusOfDevicesThatDoNotOpen(t *testing.T) {
	for _, k := range []struct {
		err    error
		status int
		want   string
	}{
		{&gpu.SelectorError{Selector: "x", Devices: []gpu.Device{{Renderer: "A"}}}, exitUsage, `einet: --device: gpu: no device "x"; there are 0: A (hardware, )` + "\n"},
		{errors.Join(errors.New("egl: broken"), errors.New("glfw: too")), exitMachine, "einet: --engine gpu: egl: broken; glfw: too\n"},
	} {
		gl := withoutGL()
		gl.open = func(string) (*gpu.Context, error) { return nil, k.err }
		args := small(t, "--device", "x")
		args[5] = "gpu"
		status, _, errs := einetOn(t, gl, args...)
		require.Equal(t, k.status, status)
		require.Equal(t, k.want, errs)
		require.NoDirExists(t, outOf(args))
	}
}

// Devices that work are not lost to others that do not.
func TestSomeDevicesDoNotOpen(t *testing.T) {
	gl := thisMachine()
	devices, _ := gl.devices()
	failing := errors.Join(errors.New("egl-device: broken"), errors.New("egl-surfaceless: broken"))
	gl.devices = func() ([]gpu.Device, error) {
		return append(devices, gpu.Device{Renderer: "imagined"})[:max(1, len(devices))], failing
	}
	status, out, errs := einetOn(t, gl, "devices")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "--device 0")
	warning := `WRN some OpenGL devices did not open reason="egl-device: broken; egl-surfaceless: broken"`
	require.Contains(t, errs, warning)
	if len(devices) == 0 {
		return
	}
	status, out, errs = einetOn(t, gl, "bench", "--sizes", "500", "--duration", "1ms", "--repetitions", "1", "-q")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "gpu ")
	require.Contains(t, errs, warning)
}

func TestDevicesWithoutOpenGL(t *testing.T) {
	status, out, errs := einetOn(t, withoutGL(), "devices")
	require.Equal(t, exitDone, status, errs)
	require.Contains(t, out, "unavailable: no OpenGL 4.3 device: here; one cause; another\n")
}

// What no device can hold is refused before it is built, and leaves nothing.
func TestRunChecksTheMemoryOfTheDevice(t *testing.T) {
	gl := withGL(t)
	dir := filepath.Join(t.TempDir(), "a", "b")
	status, _, errs := einetOn(t, gl, "run", "ei", "--scale", "100", "--engine", "gpu", "--out", dir)
	require.Equal(t, exitMachine, status, errs)
	require.Regexp(t, `^einet: ei: gpu: .*state and synapses take .*: use fewer neurons or synapses.*\n$`, errs)
	require.NoDirExists(t, filepath.Dir(dir))
}

// The host's copy of the synapses is freed once a GPU has its own.
func TestSynapsesAreFreedAfterUpload(t *testing.T) {
	gl := withGL(t)
	net, err := presets.Load("vs96", network.Options{})
	require.NoError(t, err)
	for engine, kept := range map[string]bool{"gpu": false, "reference": true} {
		r := &simulation{
			flags: &runCmd{engineFlags: engineFlags{Engine: engine}}, net: net, steps: 10,
			t: &terminal{err: &bytes.Buffer{}, log: logger(&bytes.Buffer{}, false), gl: gl},
		}
		require.NoError(t, r.start(t.Context()))
		synapses := weak.Make(r.built.connectome)
		want := r.built.connectome.Synapses()
		r.describe(0)
		r.release()
		runtime.GC()
		require.Equal(t, kept, synapses.Value() != nil, engine)
		require.Equal(t, want, r.summary.Synapses)
		require.Greater(t, r.summary.BytesPerSynapse, 2.0)
		require.NoError(t, r.engine.Advance(t.Context(), 10))
		require.NoError(t, r.engine.Close())
	}
}

// The tightest limit of the control groups counts, without what the kernel can
// drop.
func TestMemoryOfControlGroups(t *testing.T) {
	tries(t)
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	root := fstest.MapFS{
		"proc/self/cgroup":                     file("4:memory:/x\n0::/outer/inner\n"),
		"sys/fs/cgroup/memory.current":         file("1\n"), // the root has no limit
		"sys/fs/cgroup/outer/memory.max":       file("1000000\n"),
		"sys/fs/cgroup/outer/memory.current":   file("700000\n"),
		"sys/fs/cgroup/outer/memory.stat":      file("anon 5\ninactive_file 100000\n"),
		"sys/fs/cgroup/outer/inner/memory.max": file("max\n"),
	}
	n, ok := groupMemory(root)
	require.True(t, ok)
	require.EqualValues(t, 400_000, n)
	root["sys/fs/cgroup/outer/inner/memory.max"] = file("1000\n")
	root["sys/fs/cgroup/outer/inner/memory.current"] = file("3000\n")
	n, ok = groupMemory(root)
	require.True(t, ok)
	require.Zero(t, n)
	root["proc/self/cgroup"] = file("0::/../elsewhere\n")
	_, ok = groupMemory(root)
	require.False(t, ok)
	root["proc/self/cgroup"] = file("4:memory:/outer\n")
	_, ok = groupMemory(root)
	require.False(t, ok, "version 1, which is not mounted")
	root["sys/fs/cgroup/memory/outer/memory.limit_in_bytes"] = file("9223372036854771712\n")
	root["sys/fs/cgroup/memory/outer/memory.usage_in_bytes"] = file("100\n")
	_, ok = groupMemory(root)
	require.False(t, ok, "without a limit")
	root["sys/fs/cgroup/memory/memory.limit_in_bytes"] = file("1000000\n") // a container's own group
	root["sys/fs/cgroup/memory/memory.usage_in_bytes"] = file("900000\n")
	root["sys/fs/cgroup/memory/memory.stat"] = file("inactive_file 3\ntotal_inactive_file 50000\n")
	n, ok = groupMemory(root)
	require.True(t, ok)
	require.EqualValues(t, 150_000, n)
	root["proc/self/cgroup"] = file("5:cpu,memory:/outer\n0::/outer\n")
	n, ok = groupMemory(root)
	require.True(t, ok)
	require.EqualValues(t, 150_000, n, "the tighter of both versions")
	_, ok = groupMemory(fstest.MapFS{})
	require.False(t, ok)
}

// The limits of ulimit -v and -d count.
func TestMemoryOfTheProcess(t *testing.T) {
	tries(t)
	root := fstest.MapFS{"proc/self/statm": {Data: []byte("1000 900 10 5 0 300 0\n")}}
	page := int64(os.Getpagesize())
	limits := map[int]int64{}
	limit := func(resource int) (int64, bool) { n, ok := limits[resource]; return n, ok }
	_, ok := processMemory(root, limit)
	require.False(t, ok, "without a limit")
	limits[unix.RLIMIT_AS] = 5000*page + unnamed()
	n, ok := processMemory(root, limit)
	require.True(t, ok)
	require.Equal(t, 4000*page, n)
	limits[unix.RLIMIT_DATA] = 400*page + unnamed()
	n, _ = processMemory(root, limit)
	require.Equal(t, 100*page, n)
	limits[unix.RLIMIT_AS] = 7
	n, _ = processMemory(root, limit)
	require.Zero(t, n)
}
