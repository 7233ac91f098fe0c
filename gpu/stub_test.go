//go:build !cgo || nogl

package gpu

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestStubSaysWhy(t *testing.T) {
	devices, err := Devices()
	require.Empty(t, devices)
	require.ErrorIs(t, err, ErrUnavailable)
	_, err = Open("")
	require.ErrorIs(t, err, ErrUnavailable)
	require.ErrorContains(t, err, "built without OpenGL")
}
