//go:build cgo && !nogl

package gpu

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-gl/gl/v4.3-core/gl"
)

var glErrors = map[uint32]string{
	gl.INVALID_ENUM:                  "GL_INVALID_ENUM",
	gl.INVALID_VALUE:                 "GL_INVALID_VALUE",
	gl.INVALID_OPERATION:             "GL_INVALID_OPERATION",
	gl.INVALID_FRAMEBUFFER_OPERATION: "GL_INVALID_FRAMEBUFFER_OPERATION",
	gl.OUT_OF_MEMORY:                 "GL_OUT_OF_MEMORY",
	gl.CONTEXT_LOST:                  "GL_CONTEXT_LOST",
}

// Check reports the GL errors since the last check; what says what was being
// done. Allocations, uploads, reads and fences check by themselves; dispatches
// only in a gldebug build, since asking may stall the driver.
func (c *Context) Check(what string) error {
	return c.Do(func() error { return c.check(what) })
}

func (c *Context) check(what string) error {
	var names []string
	oom, lost := false, false
	for range 16 { // a lost context may answer with an error for ever
		code := gl.GetError()
		if code == gl.NO_ERROR {
			break
		}
		oom, lost = oom || code == gl.OUT_OF_MEMORY, lost || code == gl.CONTEXT_LOST
		name, ok := glErrors[code]
		if !ok {
			name = fmt.Sprintf("GL error %#x", code)
		}
		names = append(names, name)
	}
	names = append(names, debugMessages()...)
	if len(names) == 0 {
		return nil
	}
	if lost {
		return c.dropped(what)
	}
	err := errors.New(strings.Join(names, "; "))
	if oom {
		err = fmt.Errorf("%w (%w)", ErrMemory, err)
	}
	return fmt.Errorf("gpu: %s: %s: %w", c.device.Renderer, what, err)
}
