//go:build cgo && !nogl

package gpu

// #include <stdlib.h>
// #include <EGL/egl.h>
// #include <EGL/eglext.h>
import "C"

import (
	"os"
	"path/filepath"
	"strings"
	"unsafe"
)

// Mesa has a second software driver with a GLSL compiler path of its own: zink,
// OpenGL over Vulkan, on lavapipe, Vulkan on the CPU. Two drivers that agree are
// better evidence than one, so einet lists both. Mesa chooses the driver of a
// display when it initialises it, by the environment; the surfaceless display
// and the device displays are different ones, so the first can be zink while
// the others stay what they are.

// zinkDisplay initialises the surfaceless display as zink over lavapipe. It
// returns nil where lavapipe is not installed, where the user chose a driver
// himself, and where it does not work.
func zinkDisplay() *eglDisplay {
	for _, name := range []string{"MESA_LOADER_DRIVER_OVERRIDE", "GALLIUM_DRIVER"} {
		if os.Getenv(name) != "" {
			return nil
		}
	}
	// Without lavapipe Mesa would print complaints to stderr.
	if !hasLavapipe() {
		return nil
	}
	restore := setenv(map[string]string{
		"LIBGL_ALWAYS_SOFTWARE":       "1",
		"MESA_LOADER_DRIVER_OVERRIDE": "zink",
	})
	defer restore()
	if os.Getenv("XDG_RUNTIME_DIR") == "" {
		defer setenv(map[string]string{"XDG_RUNTIME_DIR": os.TempDir()})()
	}
	display, err := openDisplay(C.EGL_PLATFORM_SURFACELESS_MESA, nil)
	if err != nil {
		return nil // the caller tries the display again without zink
	}
	return display
}

// setenv changes C's environment, and only that: Go's own copy, which child
// processes inherit, stays. The function it returns undoes the change.
func setenv(values map[string]string) (restore func()) {
	set := func(name, value string) {
		cname, cvalue := C.CString(name), C.CString(value)
		defer C.free(unsafe.Pointer(cname))
		defer C.free(unsafe.Pointer(cvalue))
		C.setenv(cname, cvalue, 1)
	}
	for name, value := range values {
		set(name, value)
	}
	return func() {
		for name := range values {
			if old, ok := os.LookupEnv(name); ok {
				set(name, old)
				continue
			}
			cname := C.CString(name)
			C.unsetenv(cname)
			C.free(unsafe.Pointer(cname))
		}
	}
}

// cgetenv reads C's environment, which drivers see.
func cgetenv(name string) string {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	return C.GoString(C.getenv(cname)) // "" for none
}

// hasLavapipe looks for lavapipe's manifest where the Vulkan loader would.
func hasLavapipe() bool {
	for _, name := range []string{"VK_DRIVER_FILES", "VK_ICD_FILENAMES"} {
		if list := os.Getenv(name); list != "" {
			return strings.Contains(list, "lvp_icd")
		}
	}
	dirs := []string{"/etc", "/usr/local/etc", "/usr/local/share", "/usr/share"}
	dirs = append(dirs, filepath.SplitList(os.Getenv("XDG_DATA_DIRS"))...)
	for _, dir := range dirs {
		if found, _ := filepath.Glob(filepath.Join(dir, "vulkan/icd.d/lvp_icd*.json")); len(found) > 0 {
			return true
		}
	}
	return false
}
