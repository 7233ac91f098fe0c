//go:build cgo && !nogl

package gpu

import (
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/go-gl/gl/v4.3-core/gl"
	"github.com/stretchr/testify/require"
)

func TestDoRunsOnOneThread(t *testing.T) {
	c := open(t, "")
	var wg sync.WaitGroup
	count := 0 // without a lock: one thread is the lock
	for range 8 {
		wg.Go(func() {
			for range 50 {
				c.Do(func() error {
					count++
					runtime.Gosched()
					return c.Do(func() error { count++; return nil }) // straight through
				})
			}
		})
	}
	wg.Wait()
	require.Equal(t, 800, count)

	boom := errors.New("boom")
	require.Equal(t, boom, c.Do(func() error { return boom }))
	require.Panics(t, func() { c.Do(func() error { panic("boom") }) })
	require.NoError(t, c.Do(func() error { return nil }), "a panic leaves the context alive")
}

func TestClosedContextSaysSo(t *testing.T) {
	c := open(t, "")
	b, err := NewBuffer[uint32](c, "values", 1)
	require.NoError(t, err)
	require.NoError(t, c.Close())
	require.NoError(t, c.Close())
	require.ErrorIs(t, c.Do(func() error { return nil }), ErrClosed)
	require.ErrorIs(t, b.Clear(), ErrClosed)
	b.Delete()
}

// A function that ends its goroutine, as a failing require does, takes the
// context with it but neither hangs nor crashes.
func TestDoSurvivesGoexit(t *testing.T) {
	c := open(t, "")
	require.Error(t, c.Do(func() error { runtime.Goexit(); return nil }))
	<-c.thread.dead
	require.ErrorIs(t, c.Do(func() error { return nil }), ErrClosed)
}

func TestGLErrorsBecomeErrors(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		require.NoError(t, c.Check("nothing"))
		require.NoError(t, c.Do(func() error { gl.Enable(0xBAD); return nil }))
		err := c.Check("enabling nonsense")
		require.ErrorContains(t, err, "enabling nonsense: GL_INVALID_ENUM")
		require.Equal(t, debugContext, strings.Contains(err.Error(), "glEnable"), "gldebug has the driver's own words: %v", err)
		require.NoError(t, c.Check("once is enough"))
		require.NoError(t, c.Finish())
	})
}

// Both of Mesa's software drivers work at once, each on its thread, although
// go-gl has one set of function pointers.
func TestTwoDriversAtOnce(t *testing.T) {
	if !hasLavapipe() {
		missing(t, "lavapipe (package mesa-vulkan-drivers) is not installed")
	}
	var wg sync.WaitGroup
	for _, selector := range []string{"llvmpipe", "zink"} {
		c := open(t, selector)
		require.True(t, strings.HasPrefix(c.Device().Renderer, selector), c.Device().Renderer)
		p := addOne(t, c)
		b, err := NewBuffer[uint32](c, "values", 5000)
		require.NoError(t, err)
		require.NoError(t, b.Bind(0))
		wg.Go(func() {
			for i := range 100 {
				if err := errors.Join(p.Dispatch(p.Groups(b.Len()), 1, 1), b.Read(0, make([]uint32, 5000))); err != nil {
					t.Error(selector, i, err)
					return
				}
			}
		})
		t.Cleanup(func() {
			for _, v := range read(t, b) {
				require.EqualValues(t, 100, v, selector)
			}
		})
	}
	wg.Wait()
}
