//go:build cgo && !nogl

package gpu

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A driver is a Device that can be opened. Before it was opened once only its
// Platform is known.
type driver struct {
	Device
	open func() (native, error) // on the thread that will use it
}

// found remembers the drivers: EGL's displays belong to the process and must be
// initialised only once, in a certain order.
var found struct {
	sync.Mutex
	drivers []driver
	failed  error
}

// Devices lists what can be opened, hardware before software. Each is opened
// for a moment, at the first call only. The error tells which devices did not
// open; it may come with others that did. With none it wraps ErrUnavailable.
func Devices() ([]Device, error) {
	drivers, err := drivers()
	return described(drivers), err
}

func described(drivers []driver) []Device {
	devices := make([]Device, len(drivers))
	for i, d := range drivers {
		devices[i] = d.Device
	}
	return devices
}

// Open opens the device that selector names: an index into Devices, or a part
// of the renderer's name in any case, of which the beginning is preferred
// ("llvmpipe" is not "zink (llvmpipe ...)"). An empty selector is the first
// device: hardware where there is some. A selector that names none is a
// *SelectorError.
func Open(selector string) (*Context, error) {
	drivers, err := drivers()
	if len(drivers) == 0 {
		return nil, err
	}
	i, err := selectDriver(drivers, selector)
	if err != nil {
		return nil, err
	}
	return openDriver(drivers[i])
}

func drivers() ([]driver, error) {
	found.Lock()
	defer found.Unlock()
	if len(found.drivers) == 0 {
		found.drivers, found.failed = findDrivers()
	}
	return found.drivers, found.failed
}

func findDrivers() ([]driver, error) {
	candidates, failed := eglDrivers()
	drivers, errs := tryDrivers(candidates)
	failed = append(failed, errs...)
	if len(drivers) == 0 {
		drivers, errs = tryDrivers(glfwDrivers())
		failed = append(failed, errs...)
	}
	if len(drivers) == 0 {
		none := fmt.Errorf("%w: EGL reaches none and no display offers one "+
			"(Debian and Ubuntu: the GPU's driver, or Mesa's in libegl1 and libgl1-mesa-dri)", ErrUnavailable)
		return nil, errors.Join(append([]error{none}, failed...)...)
	}
	slices.SortStableFunc(drivers, func(a, b driver) int { return rank(a) - rank(b) })
	for i := range drivers {
		drivers[i].Index = i
	}
	return drivers, errors.Join(failed...)
}

func rank(d driver) int {
	if d.Software {
		return 1
	}
	return 0
}

// tryDrivers opens each candidate to learn what it is, and drops those that
// are another way to the same thing. Two devices of one name are two GPUs.
func tryDrivers(candidates []driver) (drivers []driver, failed []error) {
	for _, d := range candidates {
		c, err := openDriver(d)
		if err != nil {
			failed = append(failed, err)
			continue
		}
		d.Device = c.Device()
		c.Close()
		again := slices.ContainsFunc(drivers, func(e driver) bool { return e.Renderer == d.Renderer })
		if again && (d.Software || d.Platform != "egl-device") {
			continue
		}
		drivers = append(drivers, d)
	}
	return drivers, failed
}

func selectDriver(drivers []driver, selector string) (int, error) {
	if selector == "" {
		return 0, nil
	}
	if i, err := strconv.Atoi(selector); err == nil && i >= 0 && i < len(drivers) {
		return i, nil
	}
	want := strings.ToLower(selector)
	for _, match := range []func(name, want string) bool{strings.HasPrefix, strings.Contains} {
		for i, d := range drivers {
			if match(strings.ToLower(d.Renderer), want) {
				return i, nil
			}
		}
	}
	return 0, &SelectorError{selector, described(drivers)}
}
