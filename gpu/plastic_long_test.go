//go:build long && cgo && !nogl

package gpu

import (
	"testing"

	"einet/enginetest"
)

// The random networks that TestLearns leaves out.
func TestLearnsAtLength(t *testing.T) {
	networks := enginetest.Learning()
	learnsOn(t, networks[len(networks)-4:])
}
