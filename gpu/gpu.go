// Package gpu runs networks on OpenGL 4.3 compute shaders. Below the engine it
// is a thin typed layer: a Device is something to compute on, a Context owns a
// device's GL state and the one operating-system thread that may touch it, a
// Buffer knows its length and element type, a Program knows its local size and
// puts the memory barrier behind each dispatch.
//
// Its one invariant: every GL call of a Context happens on that Context's own
// thread, whichever goroutine asks.
//
// Without cgo, or with the build tag nogl, the package builds to a stub that
// knows no device and answers ErrUnavailable. The build tag gldebug asks for a
// debug context and turns the driver's error messages into errors.
package gpu

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"einet/shaders"
)

var (
	// ErrUnavailable is wrapped by what Open and Devices return where no OpenGL
	// 4.3 device can be had.
	ErrUnavailable = errors.New("no OpenGL 4.3 device")
	// ErrLimit is wrapped by errors that name a limit of the device.
	ErrLimit = errors.New("beyond the device's limit")
	// ErrMemory is wrapped by errors of a device that ran out of memory.
	ErrMemory = errors.New("out of device memory")
	// ErrLost is wrapped by errors of a device that did not do what it was given: its driver
	// dropped it, as drivers do after a reset.
	ErrLost = errors.New("the device is lost")
	// ErrClosed is returned by every use of a closed Context.
	ErrClosed = errors.New("gpu: the context is closed")
)

// A Device is something that runs OpenGL 4.3 compute shaders: a GPU, or a
// driver that computes on the CPU.
type Device struct {
	Index    int    // its place in Devices
	Renderer string // GL_RENDERER, the name to show and to select by
	Vendor   string
	Version  string // GL_VERSION, with the driver's own version
	Software bool   // computes on the CPU
	Platform string // how it is reached: egl-device, egl-surfaceless or glfw
	Limits   Limits
}

func (d Device) String() string {
	kind := "hardware"
	if d.Software {
		kind = "software"
	}
	return fmt.Sprintf("%d: %s (%s, %s)", d.Index, d.Renderer, kind, d.Platform)
}

// KernelHash identifies the source of the kernels, with how programs are printed.
func KernelHash() string {
	cells := probeCells()
	return shaders.Hash() + fmt.Sprintf("%x", sha256.Sum256([]byte(cells.printedSteps().Text)))
}

// A SelectorError is Open's where no device is the one that was asked for.
type SelectorError struct {
	Selector string
	Devices  []Device // what there is
}

func (e *SelectorError) Error() string {
	list := make([]string, len(e.Devices))
	for i, d := range e.Devices {
		list[i] = d.String()
	}
	return fmt.Sprintf("gpu: no device %q; there are %s", e.Selector, strings.Join(list, ", "))
}

// Limits are what a device's driver promises to accept.
type Limits struct {
	MaxStorageBlock    int64  // bytes of one storage buffer as a shader sees it
	MaxStorageBlocks   int    // storage buffers of one compute shader
	MaxStorageBindings int    // binding points for storage buffers
	MaxUniformBlock    int64  // bytes of one uniform block
	MaxWorkGroupCount  [3]int // of one dispatch
	MaxWorkGroupSize   [3]int
	MaxInvocations     int // of one work group
	MaxShared          int // bytes of shared memory of one work group
	UniformAlign       int // bytes that the offset of a uniform range is a multiple of
	StorageAlign       int
	MemoryBytes        int64 // of the device's own memory; 0 where the driver does not tell or there is none
	FreeBytes          int64 // of it when the device was opened; likewise
}

// Free is the memory that a network can have: what was free or, where that is not known, all. 0 where neither is.
func (l *Limits) Free() int64 {
	if l.FreeBytes > 0 {
		return l.FreeBytes
	}
	return l.MemoryBytes
}
