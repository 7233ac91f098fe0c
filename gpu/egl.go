//go:build cgo && !nogl

package gpu

/*
#cgo pkg-config: egl
#include <stdlib.h>
#include <EGL/egl.h>
#include <EGL/eglext.h>

static EGLint devices(EGLDeviceEXT *out, EGLint max) {
	PFNEGLQUERYDEVICESEXTPROC query = (PFNEGLQUERYDEVICESEXTPROC)eglGetProcAddress("eglQueryDevicesEXT");
	EGLint n = 0;
	return query && query(max, out, &n) ? n : 0;
}

static const char *deviceExtensions(EGLDeviceEXT device) {
	PFNEGLQUERYDEVICESTRINGEXTPROC query = (PFNEGLQUERYDEVICESTRINGEXTPROC)eglGetProcAddress("eglQueryDeviceStringEXT");
	return query ? query(device, EGL_EXTENSIONS) : NULL;
}

static EGLDisplay display(EGLenum platform, void *native) {
	PFNEGLGETPLATFORMDISPLAYEXTPROC get = (PFNEGLGETPLATFORMDISPLAYEXTPROC)eglGetProcAddress("eglGetPlatformDisplayEXT");
	return get ? get(platform, native, NULL) : EGL_NO_DISPLAY;
}

// A context is to say when its device was reset, and to be lost then, rather than to go on without what it had. Drivers that
// can't say refuse the attribute.
static EGLContext context(EGLDisplay display, EGLConfig config, int debug, int notify) {
	EGLint attributes[] = {
		EGL_CONTEXT_MAJOR_VERSION_KHR, 4,
		EGL_CONTEXT_MINOR_VERSION_KHR, 3,
		EGL_CONTEXT_OPENGL_PROFILE_MASK_KHR, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT_KHR,
		EGL_CONTEXT_FLAGS_KHR, debug ? EGL_CONTEXT_OPENGL_DEBUG_BIT_KHR : 0,
		notify ? EGL_CONTEXT_OPENGL_RESET_NOTIFICATION_STRATEGY_KHR : EGL_NONE, EGL_LOSE_CONTEXT_ON_RESET_KHR,
		EGL_NONE,
	};
	return eglCreateContext(display, config, EGL_NO_CONTEXT, attributes);
}

static EGLConfig config(EGLDisplay display) {
	EGLint attributes[] = {EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_NONE};
	EGLConfig config = EGL_NO_CONFIG_KHR;
	EGLint n = 0;
	return eglChooseConfig(display, attributes, &config, 1, &n) && n ? config : EGL_NO_CONFIG_KHR;
}

static EGLSurface pbuffer(EGLDisplay display, EGLConfig config) {
	EGLint attributes[] = {EGL_WIDTH, 1, EGL_HEIGHT, 1, EGL_NONE};
	return eglCreatePbufferSurface(display, config, attributes);
}

static void *procAddress(const char *name) { return (void *)eglGetProcAddress(name); }
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
	"unsafe"
)

var eglErrors = map[C.EGLint]string{
	C.EGL_NOT_INITIALIZED: "EGL_NOT_INITIALIZED",
	C.EGL_BAD_ACCESS:      "EGL_BAD_ACCESS",
	C.EGL_BAD_ALLOC:       "EGL_BAD_ALLOC",
	C.EGL_BAD_ATTRIBUTE:   "EGL_BAD_ATTRIBUTE",
	C.EGL_BAD_CONFIG:      "EGL_BAD_CONFIG",
	C.EGL_BAD_DISPLAY:     "EGL_BAD_DISPLAY",
	C.EGL_BAD_MATCH:       "EGL_BAD_MATCH",
	C.EGL_BAD_PARAMETER:   "EGL_BAD_PARAMETER",
	C.EGL_CONTEXT_LOST:    "EGL_CONTEXT_LOST",
}

func eglError(what string) error {
	code := C.eglGetError()
	if name, ok := eglErrors[code]; ok {
		return fmt.Errorf("%s: %s", what, name)
	}
	return fmt.Errorf("%s: EGL error %#x", what, int(code))
}

// An eglDisplay is a connection to a driver. EGL keeps one per platform and
// device for the whole process, which is why none is ever terminated: that
// would take it from every context at once.
type eglDisplay struct {
	handle     C.EGLDisplay
	extensions []string
}

// openDisplay connects to a driver; a display that was open already is returned
// as it is.
func openDisplay(platform C.EGLenum, nativeDisplay unsafe.Pointer) (*eglDisplay, error) {
	handle := C.display(platform, nativeDisplay)
	if handle == 0 {
		return nil, eglError("eglGetPlatformDisplay")
	}
	if C.eglInitialize(handle, nil, nil) == C.EGL_FALSE {
		return nil, eglError("eglInitialize")
	}
	return &eglDisplay{handle, eglStrings(C.eglQueryString(handle, C.EGL_EXTENSIONS))}, nil
}

func eglStrings(s *C.char) []string {
	if s == nil {
		return nil
	}
	return strings.Fields(C.GoString(s))
}

// eglContext is a context of a display, without a surface where the driver
// can, else with one of a single pixel.
type eglContext struct {
	display C.EGLDisplay
	context C.EGLContext
	surface C.EGLSurface
}

// open creates a context for the calling thread.
func (d *eglDisplay) open() (native, error) {
	if C.eglBindAPI(C.EGL_OPENGL_API) == C.EGL_FALSE { // kept by EGL per thread
		return nil, eglError("eglBindAPI(OpenGL)")
	}
	var config C.EGLConfig // none
	surfaceless := d.has("EGL_KHR_surfaceless_context")
	if !surfaceless || !(d.has("EGL_KHR_no_config_context") || d.has("EGL_MESA_configless_context")) {
		if config = C.config(d.handle); config == 0 {
			return nil, eglError("eglChooseConfig")
		}
	}
	c := &eglContext{display: d.handle}
	debug := C.int(0)
	if debugContext {
		debug = 1
	}
	if c.context = C.context(d.handle, config, debug, 1); c.context == nil {
		c.context = C.context(d.handle, config, debug, 0)
	}
	if c.context == nil {
		return nil, fmt.Errorf("no OpenGL 4.3 core context: %w", eglError("eglCreateContext"))
	}
	if !surfaceless {
		if c.surface = C.pbuffer(d.handle, config); c.surface == nil {
			C.eglDestroyContext(d.handle, c.context)
			return nil, eglError("eglCreatePbufferSurface")
		}
	}
	return c, nil
}

func (d *eglDisplay) has(extension string) bool {
	for _, e := range d.extensions {
		if e == extension {
			return true
		}
	}
	return false
}

func (c *eglContext) makeCurrent() error {
	if C.eglMakeCurrent(c.display, c.surface, c.surface, c.context) == C.EGL_FALSE {
		return eglError("eglMakeCurrent")
	}
	return nil
}

func (c *eglContext) procAddr(name string) unsafe.Pointer {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	return C.procAddress(cname)
}

func (c *eglContext) release() {
	C.eglMakeCurrent(c.display, nil, nil, nil)
	C.eglDestroyContext(c.display, c.context)
	if c.surface != nil {
		C.eglDestroySurface(c.display, c.surface)
	}
	C.eglReleaseThread()
}

// eglDrivers lists what EGL reaches without a window, and what failed.
func eglDrivers() (drivers []driver, failed []error) {
	// Mesa's libEGL would comment on what fails here, and is reported, in lines of
	// its own. It reads this at its first complaint, whenever that is, so it stays.
	if _, ok := os.LookupEnv("EGL_LOG_LEVEL"); !ok {
		setenv(map[string]string{"EGL_LOG_LEVEL": "fatal"})
	}
	extensions := eglStrings(C.eglQueryString(0, C.EGL_EXTENSIONS))
	client := &eglDisplay{extensions: extensions}
	surfaceless := client.has("EGL_MESA_platform_surfaceless")
	add := func(platform string, software bool, display *eglDisplay, err error) {
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", platform, err))
			return
		}
		drivers = append(drivers, driver{Device{Platform: platform, Software: software}, display.open})
	}

	var last *eglDisplay
	var err error
	if client.has("EGL_EXT_platform_device") {
		if surfaceless {
			// Before any other display, while no driver has threads that could
			// look at the environment; listed last.
			last = zinkDisplay()
		}
		var devices [32]C.EGLDeviceEXT
		for i := range C.devices(&devices[0], C.EGLint(len(devices))) {
			software := strings.Contains(C.GoString(C.deviceExtensions(devices[i])), "EGL_MESA_device_software")
			display, err := openDisplay(C.EGL_PLATFORM_DEVICE_EXT, unsafe.Pointer(devices[i]))
			add("egl-device", software, display, err)
		}
	}
	if surfaceless {
		if last == nil {
			last, err = openDisplay(C.EGL_PLATFORM_SURFACELESS_MESA, nil)
		}
		add("egl-surfaceless", false, last, err)
	}
	return drivers, failed
}
