//go:build cgo && !nogl

package gpu

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func eachDevice(t *testing.T, f func(t *testing.T, c *Context)) {
	devices, err := Devices()
	require.NoError(t, err)
	for _, d := range devices {
		t.Run(d.Renderer, func(t *testing.T) {
			c, err := Open(d.Renderer)
			require.NoError(t, err)
			defer c.Close()
			f(t, c)
		})
	}
}
