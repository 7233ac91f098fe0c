//go:build cgo && !nogl

package gpu

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestDevicesAreDescribed(t *testing.T) {
	devices, err := Devices()
	if len(devices) == 0 {
		missing(t, "%v", err)
	}
	software := false
	for i, d := range devices {
		t.Log(d, d.Version, d.Limits)
		require.Equal(t, i, d.Index)
		require.False(t, software && !d.Software, "hardware comes first")
		software = d.Software
		require.NotEmpty(t, d.Renderer)
		require.NotEmpty(t, d.Vendor)
		require.Contains(t, []string{"egl-device", "egl-surfaceless", "glfw"}, d.Platform)
		l := d.Limits
		require.GreaterOrEqual(t, l.MaxStorageBlocks, 8) // what OpenGL 4.3 promises
		require.GreaterOrEqual(t, l.MaxStorageBindings, 8)
		require.GreaterOrEqual(t, l.MaxStorageBlock, int64(1)<<24)
		require.GreaterOrEqual(t, l.MaxUniformBlock, int64(16384))
		require.GreaterOrEqual(t, l.MaxWorkGroupCount[0], 65535)
		require.GreaterOrEqual(t, l.MaxWorkGroupSize[2], 64)
		require.GreaterOrEqual(t, l.MaxInvocations, 1024)
		require.GreaterOrEqual(t, l.MaxShared, 32768)
		require.Positive(t, l.UniformAlign)
		require.Positive(t, l.StorageAlign)
		require.GreaterOrEqual(t, l.MemoryBytes, int64(0))
	}
}

func TestSelect(t *testing.T) {
	drivers := []driver{
		{Device: Device{Index: 0, Renderer: "NVIDIA H100/PCIe/SSE2", Platform: "egl-device"}},
		{Device: Device{Index: 1, Renderer: "zink (llvmpipe (LLVM 15))", Software: true, Platform: "egl-surfaceless"}},
		{Device: Device{Index: 2, Renderer: "llvmpipe (LLVM 15)", Software: true, Platform: "egl-device"}},
	}
	for selector, want := range map[string]int{"": 0, "1": 1, "h100": 0, "Zink": 1, "LLVMpipe": 2, "LLVM 15": 1} {
		i, err := selectDriver(drivers, selector)
		require.NoError(t, err)
		require.Equal(t, want, i, "%q", selector)
	}
	for _, selector := range []string{"3", "-1", "radeon"} {
		_, err := selectDriver(drivers, selector)
		var wrong *SelectorError
		require.ErrorAs(t, err, &wrong)
		require.Equal(t, selector, wrong.Selector)
		require.ErrorContains(t, err, `no device "`+selector+`"; there are 0: NVIDIA H100/PCIe/SSE2 (hardware, egl-device), 1: zink`)
	}
}

// Listing the devices leaves the environment of Go and of C as it was.
func TestZinkLeavesNoTrace(t *testing.T) {
	if _, err := Devices(); err != nil {
		t.Log(err)
	}
	require.Equal(t, os.Getenv("MESA_LOADER_DRIVER_OVERRIDE"), cgetenv("MESA_LOADER_DRIVER_OVERRIDE"))
	require.Equal(t, os.Getenv("LIBGL_ALWAYS_SOFTWARE"), cgetenv("LIBGL_ALWAYS_SOFTWARE"))
	require.Equal(t, os.Getenv("XDG_RUNTIME_DIR"), cgetenv("XDG_RUNTIME_DIR"))
}

// What the environment does is read once a process, so each case runs in one of
// its own: this test lists the devices when it is told to.
func TestDevicesOfOtherEnvironments(t *testing.T) {
	const list = "EINET_TEST_LIST"
	if os.Getenv(list) != "" {
		devices, err := Devices()
		for _, d := range devices {
			t.Log("device", d)
		}
		t.Log("error", err)
		return
	}
	open(t, "llvmpipe")
	for _, c := range []struct {
		name, env    string
		want, absent string
	}{
		{"a driver that the user chose is left alone", "GALLIUM_DRIVER=llvmpipe", "device 0: llvmpipe", "zink"},
		{"no lavapipe", "VK_DRIVER_FILES=/nowhere", "device 0: llvmpipe", "zink"},
		{"no driver that loads, and Mesa says nothing of its own", "LIBGL_DRIVERS_PATH=/nowhere", "no OpenGL 4.3 device: EGL reaches none", "libEGL"},
		{"no driver", "__EGL_VENDOR_LIBRARY_FILENAMES=/nowhere", "no OpenGL 4.3 device: EGL reaches none", "device 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.v", "-test.run=^"+t.Name()[:strings.Index(t.Name(), "/")]+"$")
			cmd.Env = append(os.Environ(), list+"=1", "DISPLAY=", "WAYLAND_DISPLAY=", c.env)
			out, err := cmd.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), c.want)
			require.NotContains(t, string(out), c.absent)
		})
	}
}

// display gives the test an X server: the one there is, or an Xvfb of its own.
func display(t *testing.T) {
	if os.Getenv("DISPLAY") != "" {
		return
	}
	server := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24")
	number, tell, err := os.Pipe()
	require.NoError(t, err)
	server.ExtraFiles = []*os.File{tell}
	if err := server.Start(); err != nil {
		missing(t, "GLFW needs a display: %v (package xvfb)", err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	require.NoError(t, tell.Close())
	line, err := bufio.NewReader(number).ReadString('\n')
	require.NoError(t, err, "Xvfb says no display number")
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(line))
}

// GLFW is the way where EGL reaches nothing and a display is there.
func TestWindowContext(t *testing.T) {
	display(t)
	drivers, failed := tryDrivers(glfwDrivers())
	require.Empty(t, failed)
	require.Len(t, drivers, 1)
	c, err := openDriver(drivers[0])
	require.NoError(t, err)
	defer c.Close()
	p := addOne(t, c)
	b, err := NewBuffer[uint32](c, "values", 100)
	require.NoError(t, err)
	require.NoError(t, b.Bind(0))
	require.NoError(t, p.Dispatch(p.Groups(100), 1, 1))
	require.EqualValues(t, 1, read(t, b)[99])
}
