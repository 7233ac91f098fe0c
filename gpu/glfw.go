//go:build cgo && !nogl

package gpu

import (
	"errors"
	"fmt"
	"os"
	"unsafe"

	"github.com/go-gl/glfw/v3.3/glfw"
)

// glfwDrivers offers the display's own driver, for machines where EGL reaches
// nothing.
func glfwDrivers() []driver {
	// Without a display go-gl's glfw.Init returns nil and the next call panics.
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return nil
	}
	return []driver{{Device{Platform: "glfw"}, openWindow}}
}

// glfwContext is the context of a window that is never shown. GLFW asks for the
// main thread, which matters on macOS; on X11 and Wayland a thread that stays
// the same will do. GLFW is left initialised, since it is one for the process.
type glfwContext struct{ window *glfw.Window }

func openWindow() (n native, err error) {
	defer func() { // go-gl panics on what it does not expect
		if p := recover(); p != nil {
			err = fmt.Errorf("glfw: %v", p)
		}
	}()
	if err := glfw.Init(); err != nil {
		return nil, fmt.Errorf("glfw: %w", err)
	}
	glfw.WindowHint(glfw.ContextVersionMajor, 4)
	glfw.WindowHint(glfw.ContextVersionMinor, 3)
	glfw.WindowHint(glfw.OpenGLProfile, glfw.OpenGLCoreProfile)
	glfw.WindowHint(glfw.Visible, glfw.False)
	if debugContext {
		glfw.WindowHint(glfw.OpenGLDebugContext, glfw.True)
	}
	glfw.WindowHint(glfw.ContextRobustness, glfw.LoseContextOnReset)
	window, err := glfw.CreateWindow(1, 1, "einet", nil, nil)
	if err != nil { // a driver that can't say whether it was reset
		glfw.WindowHint(glfw.ContextRobustness, glfw.NoRobustness)
		window, err = glfw.CreateWindow(1, 1, "einet", nil, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("glfw: no OpenGL 4.3 core context: %w", err)
	}
	if window == nil {
		return nil, errors.New("glfw: no window")
	}
	return &glfwContext{window}, nil
}

func (c *glfwContext) makeCurrent() error {
	c.window.MakeContextCurrent()
	return nil
}

func (c *glfwContext) procAddr(name string) unsafe.Pointer { return glfw.GetProcAddress(name) }

func (c *glfwContext) release() {
	glfw.DetachCurrentContext()
	c.window.Destroy()
}
