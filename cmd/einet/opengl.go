package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"
	"golang.org/x/sys/unix"

	"einet/engines"
	"einet/gpu"
)

// thisMachine is the OpenGL that there is. A driver that crashes or hangs must not take einet with it, so a child process
// looks at the devices first.
func thisMachine() engines.OpenGL {
	open := func(selector string) (*gpu.Context, error) {
		if devices, err := lookedAt(); len(devices) == 0 {
			return nil, err
		}
		return gpu.Open(selector)
	}
	return engines.OpenGL{Devices: lookedAt, Open: open, Probe: engines.Probe, May: hasGraphics, Lacks: func(devices []gpu.Device) string { return nvidiaHint("/", devices) }}
}

// graphics are the device files that the drivers of graphics hardware open.
var graphics = []string{"dri/*", "nvidia*", "dxg", "mali*", "kgsl*", "nvhost*", "pvr*"}

// hasGraphics tells whether the machine may have graphics hardware. Where it has none a look at its devices is saved.
func hasGraphics() bool {
	return runtime.GOOS != "linux" || slices.ContainsFunc(graphics, func(pattern string) bool {
		found, _ := filepath.Glob(filepath.Join("/dev", pattern))
		return len(found) > 0
	})
}

// A sighting is what a process found that looked at the OpenGL devices.
type sighting struct {
	Version string // of einet
	Devices []gpu.Device
	Fault   string // of devices that did not open, or why there are none
}

// look is the command line of the process that looks. No user needs it.
const look = "look-at-opengl"

// printSighting is that process.
func printSighting(w io.Writer) error {
	devices, err := gpu.Devices()
	s := sighting{Version: versionString(), Devices: devices}
	if err != nil {
		s.Fault = engines.OneLine(err)
	}
	return json.NewEncoder(w).Encode(s)
}

func (s sighting) result() ([]gpu.Device, error) {
	switch {
	case s.Fault == "":
		return s.Devices, nil
	case len(s.Devices) == 0:
		return nil, fmt.Errorf("%w: %s", gpu.ErrUnavailable, strings.TrimPrefix(s.Fault, gpu.ErrUnavailable.Error()+": "))
	}
	return s.Devices, errors.New(s.Fault)
}

// seen is the one look of this process.
var seen = sync.OnceValues(sight)

// lookedAt lists the OpenGL devices, as gpu.Devices does. With none the error wraps gpu.ErrUnavailable but where a driver
// crashes or hangs.
func lookedAt() ([]gpu.Device, error) {
	s, err := seen()
	if err != nil {
		return nil, err
	}
	return s.result()
}

const (
	// sightingVariable hands what was seen to the einet that takes the place of the one that saw it.
	sightingVariable = "EINET_SIGHTING"
	// lookVariable is how long drivers may take, as Go writes times. Those of a GPU that slept take seconds.
	lookVariable = "EINET_LOOK"
	longestLook  = 20 * time.Second
)

// sight looks at the OpenGL devices in a child process.
func sight() (s sighting, err error) {
	if text := os.Getenv(sightingVariable); text != "" && json.Unmarshal([]byte(text), &s) == nil {
		return s, nil
	}
	program, err := withOpenGL()
	if err != nil {
		return s, err
	}
	limit := longestLook
	if d, err := time.ParseDuration(os.Getenv(lookVariable)); err == nil {
		limit = d
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, look)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output() // keeps some of standard error too
	switch exit := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return s, fmt.Errorf("the OpenGL driver did not answer within %v (%s=60s waits longer)", limit, lookVariable)
	case errors.As(err, &exit) && slices.Contains(notStarted, exit.ExitCode()):
		return s, fmt.Errorf("%w: %s does not start: %s", gpu.ErrUnavailable, program, cause(exit.Stderr, program))
	case errors.As(err, &exit):
		return s, fmt.Errorf("the OpenGL driver failed (%v): %s", exit, cause(exit.Stderr, program))
	case errors.Is(err, fs.ErrNotExist):
		return s, fmt.Errorf("%w: %s does not start: it is for systems with the GNU C library", gpu.ErrUnavailable, program)
	case err != nil:
		return s, fmt.Errorf("%w: %w", gpu.ErrUnavailable, err)
	}
	out = bytes.TrimSpace(out)
	if err := json.Unmarshal(out[bytes.LastIndexByte(out, '\n')+1:], &s); err != nil { // drivers may print, too
		return s, fmt.Errorf("%w: %s is no einet", gpu.ErrUnavailable, program)
	}
	if s.Version != versionString() {
		return s, fmt.Errorf("%w: %s is of another version, %s instead of %s", gpu.ErrUnavailable, program, s.Version, versionString())
	}
	return s, nil
}

// notStarted are the exit statuses of the dynamic linker where a library is missing, lacks something or is too old.
var notStarted = []int{127, 1}

// cause is the line of standard error that says what happened.
func cause(stderr []byte, program string) string {
	for line := range strings.Lines(string(stderr)) {
		if line = strings.TrimSpace(line); line != "" {
			return strings.TrimPrefix(line, program+": ")
		}
	}
	return "without a word"
}

// sibling is the build of einet with OpenGL and HDF5. It lies beside the one without, which needs no library and so starts
// on any Linux.
const sibling = "einet-gl"

// withOpenGL is the program that can look at the devices: this one, or its sibling.
func withOpenGL() (string, error) {
	self, err := os.Executable()
	if err != nil { // there may be no /proc
		if self, err = exec.LookPath(os.Args[0]); err != nil {
			return "", fmt.Errorf("%w: where this einet lies is not known", gpu.ErrUnavailable)
		}
	}
	if gpu.Built {
		return self, nil
	}
	if real, err := filepath.EvalSymlinks(self); err == nil {
		self = real
	}
	path := filepath.Join(filepath.Dir(self), sibling)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%w: this einet needs %s beside it for OpenGL and HDF5, and %s is not there", gpu.ErrUnavailable, sibling, path)
	}
	return path, nil
}

// A wish is for an OpenGL device.
type wish int

const (
	noDevice wish = iota
	hardwareDevice
	anyDevice
)

// wants says what device the flags ask for.
func (f *engineFlags) wants() wish {
	switch {
	case f.Device != "" || f.Engine == engines.GPU.Name:
		return anyDevice
	case f.Engine == engines.Auto:
		return hardwareDevice
	}
	return noDevice
}

func (c *benchCmd) wants() wish {
	switch {
	case len(c.Engines) == 0 && c.Suite == "peers":
		return hardwareDevice
	case len(c.Engines) == 0 || slices.Contains(c.Engines, "all") || slices.Contains(c.Engines, engines.GPU.Name):
		return anyDevice
	}
	return noDevice
}

func (*validateCmd) wants() wish { return anyDevice }

// handOver makes the sibling carry out the command, where this einet was built without OpenGL and the command would use a
// device that is there. Then it does not return.
func (t *terminal) handOver(k *kong.Context) error {
	if gpu.Built || k.Selected() == nil || k.Selected().Target.Kind() != reflect.Struct {
		return nil
	}
	command, ok := k.Selected().Target.Addr().Interface().(interface{ wants() wish })
	if !ok {
		return nil
	}
	var devices []gpu.Device
	switch command.wants() {
	case hardwareDevice:
		devices, _ = t.gl.Hardware()
	case anyDevice:
		devices, _ = t.gl.Devices()
	}
	if len(devices) == 0 {
		return nil // the command says why, where that matters
	}
	return t.become()
}

// become replaces this process by the sibling with the same arguments; it returns only where it can't.
func (t *terminal) become() error {
	s, err := seen()
	if err != nil {
		return err
	}
	program, err := withOpenGL()
	if err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	err = unix.Exec(program, append([]string{program}, t.args...), append(os.Environ(), sightingVariable+"="+string(text)))
	return fmt.Errorf("%s: %w", program, err)
}
