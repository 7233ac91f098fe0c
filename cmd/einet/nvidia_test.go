package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"einet/gpu"
)

// A GPU without its OpenGL library is told of, with what brings it.
func TestNVIDIAHint(t *testing.T) {
	root := t.TempDir()
	put := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o666))
	}
	software := []gpu.Device{{Renderer: "llvmpipe", Software: true}}
	require.Empty(t, nvidiaHint(root, software))
	put("dev/nvidiactl", "")
	require.Empty(t, nvidiaHint(root, software), "no GPU")
	put("dev/nvidia0", "")
	require.Contains(t, nvidiaHint(root, software), "there is an NVIDIA GPU (/dev/nvidia0), but no OpenGL driver for it answers: install")
	require.Contains(t, nvidiaHint(root, nil), "libnvidia-gl-VERSION on Ubuntu")
	require.Empty(t, nvidiaHint(root, append([]gpu.Device{{Renderer: "NVIDIA H100"}}, software...)))
	put("sys/module/nvidia/version", "550.54.15\n")
	require.Contains(t, nvidiaHint(root, software), "libnvidia-gl-550 on Ubuntu")
	put(".dockerenv", "")
	require.Contains(t, nvidiaHint(root, software), "NVIDIA_DRIVER_CAPABILITIES=all")
	put("usr/lib/x86_64-linux-gnu/libEGL_nvidia.so.0", "")
	require.Contains(t, nvidiaHint(root, software), "10_nvidia.json")
	put("usr/share/glvnd/egl_vendor.d/10_nvidia.json", "")
	require.Contains(t, nvidiaHint(root, software), "NVIDIA_DRIVER_CAPABILITIES=all")
}

// Whoever lets einet choose, or asks for the gpu engine, hears of it; a device by its name was meant.
func TestHintIsTold(t *testing.T) {
	gl := withGL(t)
	gl.May = nil
	gl.Lacks = func(devices []gpu.Device) string { return "the library is missing" }
	for _, c := range []struct {
		args []string
		told bool
	}{
		{[]string{"--engine", "auto"}, true}, {[]string{"--engine", "gpu"}, true},
		{[]string{"--device", "llvmpipe"}, false}, {[]string{"--engine", "cpu"}, false},
	} {
		args := append([]string{"run", "vs96", "--duration", "5", "--no-plots", "-q", "--out", filepath.Join(t.TempDir(), "run")}, c.args...)
		status, _, errs := einetOn(t, gl, args...)
		require.Equal(t, exitDone, status, errs)
		require.Equal(t, c.told, strings.Contains(errs, "the library is missing"), "%v: %s", c.args, errs)
	}
	_, _, errs := einetOn(t, gl, "devices")
	require.Contains(t, errs, "the library is missing")
}
