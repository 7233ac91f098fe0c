package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"einet/engines"
	"einet/experiment"
	"einet/gpu"
)

// einetOn runs the command line on a machine with that OpenGL.
func einetOn(t *testing.T, gl engines.OpenGL, args ...string) (status int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	term := &terminal{out: &o, err: &e, args: args, log: logger(&e, false), gl: gl}
	status = term.run(t.Context())
	return status, o.String(), e.String()
}

// withoutGL is a machine without OpenGL, for two reasons.
func withoutGL() engines.OpenGL {
	err := errors.Join(fmt.Errorf("%w: here", gpu.ErrUnavailable), errors.New("one cause"), errors.New("another"))
	return engines.OpenGL{
		Devices: func() ([]gpu.Device, error) { return nil, err },
		Open:    func(string) (*gpu.Context, error) { return nil, err },
	}
}

// withGL is this machine, if it has OpenGL. Where EINET_REQUIRE_GL says that it must, a test that
// finds none fails.
func withGL(t *testing.T) engines.OpenGL {
	gl := thisMachine(t.Context())
	if devices, err := gl.Devices(); len(devices) == 0 {
		if os.Getenv("EINET_REQUIRE_GL") == "1" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	return gl
}

// hardware is a machine whose first device passes for hardware, with changes.
func hardware(gl engines.OpenGL, change func(*gpu.Device)) engines.OpenGL {
	listed := gl.Devices
	gl.May = nil
	gl.Devices = func() ([]gpu.Device, error) {
		devices, err := listed()
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
	dead.Devices = func() ([]gpu.Device, error) { return []gpu.Device{{Renderer: "imagined"}}, nil }
	cases := map[string]engines.OpenGL{"another": dead}
	if gl := thisMachine(t.Context()); !missingGL(gl) {
		inexact := hardware(gl, none)
		inexact.Probe = func(*gpu.Context) error { return fmt.Errorf("fused: %w", gpu.ErrInexact) }
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
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		require.Equal(t, "cpu", s.Engine)
		require.Contains(t, s.EngineWhy, why)

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

func missingGL(gl engines.OpenGL) bool {
	devices, _ := gl.Devices()
	return len(devices) == 0
}

// The hardware device is used where it is fit, unless the processor is sooner, and the summary says why.
func TestAutoUsesHardware(t *testing.T) {
	gl := hardware(withGL(t), func(d *gpu.Device) { d.Limits.MemoryBytes = 1 << 30 })
	for engine, dispatches := range map[string]time.Duration{"gpu": 1, "cpu": time.Hour} {
		gl.Dispatches = func(context.Context, *gpu.Context) time.Duration { return dispatches }
		args := small(t, "--json")
		args[5] = "auto"
		status, out, errs := einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.NotContains(t, errs, "engine", "no word on another engine")
		require.Contains(t, out, `"engine": "`+engine+`"`)
		require.Regexp(t, `"engine_why": "a (step|window of [0-9]+ steps) takes the cpu engine .* us, two dispatches take .* us"`, out)

		args = small(t)
		args[5] = "auto"
		status, out, errs = einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.Regexp(t, `engine +`+engine+` on .* \(auto: a (step|window of [0-9]+ steps) takes `, out)
	}
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
		gl.Open = func(string) (*gpu.Context, error) { return nil, k.err }
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
	gl := thisMachine(t.Context())
	devices, _ := gl.Devices()
	failing := errors.Join(errors.New("egl-device: broken"), errors.New("egl-surfaceless: broken"))
	gl.Devices = func() ([]gpu.Device, error) {
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

// Several windows in a dispatch give the same spikes, and are refused in one line where work groups are not there at once.
func TestResidentWorkGroups(t *testing.T) {
	gl := withGL(t)
	digests := map[string]bool{}
	for _, on := range []string{"--engine=cpu", "--resident=1"} {
		status, out, errs := einetOn(t, gl, "run", "vs96", "--duration", "50ms", "--no-plots", "--json", "-q", "--out", filepath.Join(t.TempDir(), "run"), on)
		require.Equal(t, exitDone, status, errs)
		var s experiment.Summary
		require.NoError(t, json.Unmarshal([]byte(out), &s))
		require.Equal(t, on == "--resident=1", s.Engine == "gpu")
		digests[s.Digest] = true
	}
	require.Len(t, digests, 1)
	for _, k := range []struct {
		args, says string
		status     int
	}{
		{"--resident=-1", "--resident -1: must be a number of work groups", exitUsage},
		{"--resident=2 --engine=cpu", "--resident: only the gpu engine has dispatches", exitUsage},
		{"--resident=4096 --device=llvmpipe", "4096 work groups are not there at once", exitMachine},
		{"--resident=1 --device=llvmpipe --connectivity=procedural", "its synapses are drawn again", exitMachine},
		{"--resident=1 --device=llvmpipe --replicas=2", "--resident: says nothing of --replicas", exitUsage},
	} {
		dir := filepath.Join(t.TempDir(), "run")
		status, _, errs := einetOn(t, gl, append([]string{"run", "vs96", "--duration", "5ms", "-q", "--out", dir}, strings.Fields(k.args)...)...)
		require.Equal(t, k.status, status, "%s: %s", k.args, errs)
		require.Contains(t, errs, k.says)
		require.Equal(t, 1, strings.Count(strings.TrimSpace(errs), "\n")+1, errs)
		require.NoFileExists(t, filepath.Join(dir, "summary.json"))
	}
}
