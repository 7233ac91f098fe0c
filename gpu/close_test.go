//go:build cgo && !nogl

package gpu

import (
	"context"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/stretchr/testify/require"

	"einet/connectome"
	"einet/dynamics"
	"einet/enginetest"
	"einet/sim"
)

// objects counts what a context holds: buffers, programs, shaders and queries. Their names are small numbers in Mesa, of which that of
// one that was deleted is given again.
func objects(t *testing.T, c *Context) int {
	t.Helper()
	const names = 1 << 14
	n := 0
	require.NoError(t, c.Do(func() error {
		for name := range uint32(names) {
			for _, is := range []func(uint32) bool{gl.IsBuffer, gl.IsProgram, gl.IsShader, gl.IsQuery} {
				if is(name) {
					n++
				}
			}
		}
		return nil
	}))
	return n
}

func TestObjectsAreCounted(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		before := objects(t, c)
		var b [3]*Buffer[uint32]
		for i := range b {
			var err error
			b[i], err = NewBuffer[uint32](c, "some", 16)
			require.NoError(t, err)
		}
		require.Equal(t, before+3, objects(t, c))
		for _, b := range b {
			b.Delete()
		}
		require.Equal(t, before, objects(t, c))
	})
}

func TestCloseFreesAll(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		enginetest.Frees(t, enginetest.Networks()[:2], func() int { return objects(t, c) }, func(m *dynamics.Model, syn *connectome.Connectome) (sim.Engine, error) {
			return newEngine(context.Background(), c, m, syn, c.Device().Limits.MaxStorageBlock, boundsOf(c.Device()))
		})
		t.Run("replicas", func(t *testing.T) {
			enginetest.Frees(t, enginetest.Networks()[:1], func() int { return objects(t, c) }, func(m *dynamics.Model, syn *connectome.Connectome) (sim.Engine, error) {
				r, err := newReplicas(context.Background(), c, []*dynamics.Model{m, m}, syn, 10)
				return one{r, 1}, err
			})
		})
	})
}

// Contexts, too: of them the driver keeps threads and files until they are closed.
func TestContextsAreFreed(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		d := found.drivers[c.Device().Index]
		enginetest.LeavesNothing(t, func() int { return objects(t, c) }, func(int) {
			another, err := openDriver(d)
			require.NoError(t, err)
			_, err = NewBufferFrom(another, "some", make([]uint32, 1000))
			require.NoError(t, err)
			require.NoError(t, another.Finish())
			require.NoError(t, another.Close())
		})
	})
}
