package cpu

import (
	"fmt"
	"testing"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
	"einet/sim/enginetest"

	"github.com/stretchr/testify/require"
)

// eager is an engine whose workers are all at work however little there is.
func eager(t testing.TB, m *dynamics.Model, c *connectome.Connectome, threads int, k *kernels) *Engine {
	e := newEngine(m, c, threads, k)
	e.plan.always = true
	t.Cleanup(func() { require.NoError(t, e.Close()) })
	return e
}

func TestConformance(t *testing.T) {
	for _, k := range available() {
		for threads := 1; threads <= 3; threads++ {
			t.Run(fmt.Sprintf("%s/%d", k.name, threads), func(t *testing.T) {
				enginetest.Run(t, func(t testing.TB, m *dynamics.Model, c *connectome.Connectome) sim.Engine {
					return eager(t, m, c, threads, k)
				})
			})
		}
	}
}
