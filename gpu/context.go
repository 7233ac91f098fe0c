//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"strings"
	"sync"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// Built tells whether this build has OpenGL.
const Built = true

// native is a GL context as its platform makes it. It is used on one thread.
type native interface {
	makeCurrent() error
	procAddr(name string) unsafe.Pointer
	release()
}

// A Context is an open device: its GL state and the thread that owns it. All
// methods of a Context, and of the buffers and programs in it, may be called
// from any goroutine; each moves to the Context's thread, so a sequence of
// them belongs into one Do.
//
// Several Contexts may be open at once, each on its own thread, also of
// different drivers: go-gl keeps one set of function pointers, but they lead to
// libglvnd's dispatcher, which goes by the context that is current on the
// calling thread.
type Context struct {
	device  Device
	thread  *thread
	native  native
	program uint32        // in use
	maps    bool          // whether memory of the host stays mapped
	probed  bool          // whether its arithmetic is right
	reads   *readBack     // what buffers are read through, once one was
	status  func() uint32 // whether the device was reset; nil where the driver can't say
	work    work          // so far; touched on the thread only
}

// work counts what was asked of a device.
type work struct {
	calls      int64 // of OpenGL, those that ask for errors aside
	dispatches int64
	waits      int64 // of the host for the device: fences, and copies to the host
}

// openDriver opens a driver on a new thread and asks what it is.
func openDriver(d driver) (*Context, error) {
	c := &Context{device: d.Device, thread: newThread()}
	err := c.Do(func() error {
		n, err := d.open()
		if err != nil {
			return err
		}
		c.native = n
		if err := n.makeCurrent(); err != nil {
			return err
		}
		if err := loadGL(n); err != nil {
			return err
		}
		enableDebug()
		return c.describe()
	})
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("%s: %w", d.Platform, err)
	}
	return c, nil
}

// Do runs f on the context's thread, with the context current, and returns its
// error. Inside f, Do calls straight through.
func (c *Context) Do(f func() error) error { return c.thread.do(f) }

// Device tells what the context runs on.
func (c *Context) Device() Device { return c.device }

// Close frees the context with everything in it, and ends its thread. Closing
// twice is fine.
func (c *Context) Close() error {
	err := c.Do(func() error {
		if c.native != nil {
			c.native.release()
		}
		c.thread.stopped = true
		return nil
	})
	if err == ErrClosed {
		return nil
	}
	return err
}

// Finish waits until the device has done all it was given, and reports what
// went wrong meanwhile.
func (c *Context) Finish() error {
	return c.Do(func() error {
		gl.Finish()
		return c.check("finish")
	})
}

var loadOnce struct {
	sync.Mutex
	done bool
}

// loadGL fills go-gl's function pointers, once for the process: they are
// libglvnd's, the same for every context, and writing them again would race
// with other contexts' threads.
func loadGL(n native) error {
	loadOnce.Lock()
	defer loadOnce.Unlock()
	if loadOnce.done {
		return nil
	}
	if err := gl.InitWithProcAddrFunc(n.procAddr); err != nil {
		return fmt.Errorf("OpenGL 4.3 core is needed: no %w", err)
	}
	loadOnce.done = true
	return nil
}

var softwareNames = []string{"llvmpipe", "softpipe", "swrast", "lavapipe", "swiftshader", "software rasterizer"}

// describe asks the current context for its name, version and limits.
func (c *Context) describe() error {
	d := &c.device
	d.Renderer = gl.GoStr(gl.GetString(gl.RENDERER))
	d.Vendor = gl.GoStr(gl.GetString(gl.VENDOR))
	d.Version = gl.GoStr(gl.GetString(gl.VERSION))
	if major, minor := getInt(gl.MAJOR_VERSION), getInt(gl.MINOR_VERSION); major < 4 || major == 4 && minor < 3 {
		return fmt.Errorf("OpenGL 4.3 core is needed: %s has %s", d.Renderer, d.Version)
	}
	for _, name := range softwareNames {
		d.Software = d.Software || strings.Contains(strings.ToLower(d.Renderer), name)
	}
	d.Limits = askLimits()
	c.status = askReset()
	c.maps = getInt(gl.MAJOR_VERSION)*10+getInt(gl.MINOR_VERSION) >= 44 || hasExtension("GL_ARB_buffer_storage")
	if d.Software {
		d.Limits.MemoryBytes, d.Limits.FreeBytes = 0, 0 // the machine's; what lavapipe says (2 GiB) is made up
	}
	return c.check("asking for limits")
}
