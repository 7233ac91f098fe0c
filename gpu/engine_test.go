//go:build cgo && !nogl

package gpu

import (
	"context"
	"testing"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
	"einet/sim/enginetest"

	"github.com/stretchr/testify/require"
)

func TestConformance(t *testing.T) {
	eachDevice(t, func(t *testing.T, c *Context) {
		enginetest.Run(t, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			e, err := New(context.Background(), c, m, syn)
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, e.Close()) })
			return e
		})
	})
}
