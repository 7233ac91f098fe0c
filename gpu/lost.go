//go:build cgo && !nogl

package gpu

import (
	"fmt"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// resets are what a driver says of the reset of a device.
var resets = map[uint32]string{
	gl.GUILTY_CONTEXT_RESET_ARB:   "for what this program asked of it",
	gl.INNOCENT_CONTEXT_RESET_ARB: "for what another program asked of it",
	gl.UNKNOWN_CONTEXT_RESET_ARB:  "for a reason that it does not tell",
}

// askReset chooses how the current context is asked whether its device was reset; nil where it can't say.
func askReset() func() uint32 {
	var strategy int32
	ask, robust := gl.GetGraphicsResetStatus, getInt(gl.MAJOR_VERSION) > 4 || getInt(gl.MINOR_VERSION) >= 5
	switch {
	case robust || hasExtension("GL_KHR_robustness"): // the name is the same on the desktop
	case hasExtension("GL_ARB_robustness"):
		ask = gl.GetGraphicsResetStatusARB
	default:
		return nil
	}
	if gl.GetIntegerv(gl.RESET_NOTIFICATION_STRATEGY_ARB, &strategy); strategy != gl.LOSE_CONTEXT_ON_RESET_ARB {
		return nil
	}
	return ask
}

// checkReset is an error wrapping ErrLost where the driver says that it was reset.
func (c *Context) checkReset(what string) error {
	return c.Do(func() error {
		if c.status == nil {
			return nil
		}
		status := c.status()
		if status == gl.NO_ERROR {
			return nil
		}
		reason, ok := resets[status]
		if !ok {
			reason = fmt.Sprintf("with status %#x", status)
		}
		return fmt.Errorf("gpu: %s: %s: its driver reset it, %s: %w", c.device.Renderer, what, reason, ErrLost)
	})
}

// dropped is the error of work of which there is no sign that it was done.
func (c *Context) dropped(what string) error {
	if err := c.checkReset(what); err != nil {
		return err
	}
	return fmt.Errorf("gpu: %s: %s: its driver dropped the work without a word: %w", c.device.Renderer, what, ErrLost)
}
