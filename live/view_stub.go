//go:build !cgo || nogl

package live

import (
	"context"
	"fmt"

	"einet/network"
)

// Built tells whether this build can open a window.
const Built = false

// View reports ErrNoWindow in this build.
func View(context.Context, *network.Network, Options) error {
	return fmt.Errorf("%w: this einet was built without OpenGL (CGO_ENABLED=0 or -tags nogl)", ErrNoWindow)
}
