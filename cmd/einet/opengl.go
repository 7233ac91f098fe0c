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
func thisMachine(ctx context.Context) engines.OpenGL {
	look := func() ([]gpu.Device, error) { return lookedAt(ctx) }
	open := func(selector string) (*gpu.Context, error) {
		if devices, err := look(); len(devices) == 0 {
			return nil, err
		}
		return gpu.Open(selector)
	}
	return engines.OpenGL{
		Devices: look, Open: open, Probe: engines.Probe, Dispatches: engines.Dispatches,
		May: hasGraphics, Lacks: func(devices []gpu.Device) string { return nvidiaHint("/", devices) },
	}
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

// A sighting is what a process says of itself and, if it was asked to look, of the OpenGL devices.
type sighting struct {
	Version string // of einet
	OpenGL  bool   // it was built with OpenGL, and so with HDF5
	Devices []gpu.Device
	Fault   string // of devices that did not open, or why there are none
}

// What the process is asked for, as its command line. No user needs these.
const (
	look  = "look-at-opengl"
	greet = "say-what-you-are"
)

// printSighting is that process.
func printSighting(w io.Writer, asked string) error {
	s := sighting{Version: versionString(), OpenGL: gpu.Built}
	if asked == look {
		devices, err := gpu.Devices()
		s.Devices = devices
		if err != nil {
			s.Fault = engines.OneLine(err)
		}
	}
	return json.NewEncoder(w).Encode(s)
}

func (s sighting) result() ([]gpu.Device, error) {
	switch {
	case len(s.Devices) == 0 && s.Fault == "":
		return nil, fmt.Errorf("%w: none was found", gpu.ErrUnavailable)
	case len(s.Devices) == 0:
		return nil, fmt.Errorf("%w: %s", gpu.ErrUnavailable, strings.TrimPrefix(s.Fault, gpu.ErrUnavailable.Error()+": "))
	case s.Fault != "":
		return s.Devices, errors.New(s.Fault)
	}
	return s.Devices, nil
}

// seen is the one look of this process.
var seen struct {
	sync.Mutex
	done bool
	sighting
	err error
}

// lookedAt lists the OpenGL devices, as gpu.Devices does. With none the error wraps gpu.ErrUnavailable but where a driver
// crashes or hangs.
func lookedAt(ctx context.Context) ([]gpu.Device, error) {
	seen.Lock()
	defer seen.Unlock()
	if !seen.done {
		if seen.sighting = handedOn(); seen.Version == "" {
			seen.sighting, seen.err = ask(ctx, look)
		}
		seen.done = ctx.Err() == nil
	}
	if seen.err != nil {
		return nil, seen.err
	}
	return seen.result()
}

// handedOn is what the einet saw whose place this one took; without a version where there was none.
func handedOn() (s sighting) {
	text := os.Getenv(sightingVariable)
	if text == "" || json.Unmarshal([]byte(text), &s) != nil || s.Version != versionString() {
		return sighting{}
	}
	return s
}

const (
	// sightingVariable hands what was seen to the einet that takes the place of the one that saw it.
	sightingVariable = "EINET_SIGHTING"
	// lookVariable is how long drivers may take, as times of flags are written. Those of a GPU that slept take seconds.
	lookVariable = "EINET_LOOK"
	longestLook  = 20 * time.Second
)

// looksFor is how long a look may take.
func looksFor() (time.Duration, error) {
	text := os.Getenv(lookVariable)
	if text == "" {
		return longestLook, nil
	}
	var s span
	if err := s.UnmarshalText([]byte(text)); err != nil || s.ms <= 0 {
		return 0, fmt.Errorf("%s=%s: must be a time, such as 60s", lookVariable, text)
	}
	return time.Duration(s.ms * float64(time.Millisecond)), nil
}

// ask asks the program with OpenGL, as a child process, for what it sees or is.
func ask(ctx context.Context, asked string) (s sighting, err error) {
	program, err := withOpenGL()
	if err != nil {
		return s, err
	}
	limit, err := looksFor()
	if err != nil {
		return s, err
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(timed, program, asked)
	cmd.WaitDelay = time.Second
	dieWithParent(cmd)
	out, err := cmd.Output() // keeps some of standard error too
	switch exit := (*exec.ExitError)(nil); {
	case ctx.Err() != nil:
		return s, ctx.Err()
	case timed.Err() != nil:
		return s, fmt.Errorf("the OpenGL driver did not answer within %v (%s=60s waits longer)", limit, lookVariable)
	case errors.As(err, &exit) && slices.Contains(notStarted, exit.ExitCode()):
		return s, fmt.Errorf("%w: %s does not start: %s", gpu.ErrUnavailable, program, cause(exit.Stderr, program))
	case errors.As(err, &exit):
		return s, fmt.Errorf("the OpenGL driver failed (%v): %s", exit, cause(exit.Stderr, program))
	case errors.Is(err, fs.ErrNotExist):
		return s, fmt.Errorf("%w: %s does not start: it is for systems with the GNU C library", gpu.ErrUnavailable, program)
	case err != nil:
		return s, fmt.Errorf("%w: %s can't be started: %w", gpu.ErrUnavailable, program, errors.Unwrap(err))
	}
	out = bytes.TrimSpace(out)
	if err := json.Unmarshal(out[bytes.LastIndexByte(out, '\n')+1:], &s); err != nil { // drivers may print, too
		return s, fmt.Errorf("%w: %s is no einet", gpu.ErrUnavailable, program)
	}
	switch {
	case s.Version == "":
		return s, fmt.Errorf("%w: %s is no einet", gpu.ErrUnavailable, program)
	case !s.OpenGL:
		return s, fmt.Errorf("%w: %s is an einet that was built without it", gpu.ErrUnavailable, program)
	case s.Version != versionString():
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
	case f.Device != "" || f.Resident > 0 || f.Engine == engines.GPU.Name:
		return anyDevice
	case f.Engine == engines.Auto:
		return hardwareDevice
	}
	return noDevice
}

func (c *benchCmd) wants() wish {
	switch {
	case len(c.Engines) == 0 && c.ofOthers():
		return hardwareDevice
	case len(c.Engines) == 0 || slices.Contains(c.Engines, "all") || slices.Contains(c.Engines, engines.GPU.Name):
		return anyDevice
	}
	return noDevice
}

func (*validateCmd) wants() wish { return anyDevice }

// handOver makes the sibling carry out the command, where this einet was built without OpenGL and the command would use a
// device that is there. Then it does not return.
func (t *terminal) handOver(ctx context.Context, k *kong.Context) error {
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
		return ctx.Err() // the command says why there are none, where that matters
	}
	err := t.become(ctx, seen.sighting)
	if errors.Is(err, gpu.ErrUnavailable) {
		return nil // the command says so, or goes without
	}
	return machine(err)
}

// becomeForHDF5 replaces this process by the sibling, whose OpenGL nobody needs then.
func (t *terminal) becomeForHDF5(ctx context.Context) error {
	if slices.Contains(t.args, standardInput) {
		return fmt.Errorf("what was read from standard input can't be handed to %s: call that, or give a file", sibling)
	}
	if _, err := ask(ctx, greet); err != nil {
		return err
	}
	return t.become(ctx, sighting{})
}

// become replaces this process by the sibling with the same arguments, and what was seen; it returns only where it can't.
func (t *terminal) become(ctx context.Context, s sighting) error {
	program, err := withOpenGL()
	if err != nil {
		return err
	}
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	err = unix.Exec(program, append([]string{program}, t.args...), append(os.Environ(), sightingVariable+"="+string(text)))
	return fmt.Errorf("%s: %w", program, err)
}
