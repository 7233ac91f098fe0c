//go:build long && cgo && !nogl

package gpu

import (
	"fmt"
	"testing"

	"einet/connectome"
	"einet/dynamics"
	"einet/enginetest"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// The whole conformance suite with sums in shared memory where a network can have them, on one page and on many.
func TestConformanceOfAllWithSums(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		for name, pageBytes := range map[string]int64{"a page": c.Device().Limits.MaxStorageBlock, "pages": 1 << 14} {
			t.Run(name, func(t *testing.T) { enginetest.Run(t, withSums(c, pageBytes, false)) })
		}
	})
}

// The same where synapses are drawn again.
func TestConformanceOfAllDrawnSums(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		with, without := 0, 0
		make := withSums(c, c.Device().Limits.MaxStorageBlock, false)
		enginetest.RunProcedural(t, enginetest.Procedural(false), func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
			e := make(t, m, syn)
			if e.(*Engine).HasSums() {
				with++
			} else {
				without++
			}
			return e
		})
		require.NotZero(t, with)
		require.NotZero(t, without, "out-degrees, and delays that differ within a projection")
	})
}

// The whole suite where several windows are one dispatch: of one work group, and of two where a device has them at once, which may give up when the
// machine is busy.
func TestConformanceOfAllResidentWindows(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		for groups := 1; groups <= 2; groups++ {
			resident, gaveUp := 0, 0
			t.Run(fmt.Sprint(groups), func(t *testing.T) {
				enginetest.Run(t, func(t testing.TB, m *dynamics.Model, syn *connectome.Connectome) sim.Engine {
					e := start(t, c, m, syn, c.Device().Limits.MaxStorageBlock)
					e.bounds.resident.groups = groups
					if err := e.makeResident(); err != nil {
						require.ErrorIs(t, err, ErrLimit)
						e.dropResident()
						return e
					}
					resident++
					t.Cleanup(func() {
						if e.resident.gaveUp {
							gaveUp++
						}
					})
					return e
				})
			})
			t.Logf("%d work groups: %d engines, of which %d gave up", groups, resident, gaveUp)
			if groups == 1 {
				require.Greater(t, resident, 40)
				require.Zero(t, gaveUp)
			}
		}
	})
}
