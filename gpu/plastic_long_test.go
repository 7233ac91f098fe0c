//go:build long && cgo && !nogl

package gpu

import (
	"testing"

	"einet/enginetest"
)

// The random networks that TestLearns leaves out.
func TestLearnsAtLength(t *testing.T) {
	networks := enginetest.Learning()
	onEach(t, func(t *testing.T, c *Context) { learnsOn(t, c, networks[len(networks)-4:]) })
}
