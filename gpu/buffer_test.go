//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBufferRoundTripKeepsItsNeighbours(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		const guard = 0xDEADBEEF
		b, err := NewBuffer[uint32](c, "values", 100)
		require.NoError(t, err)
		require.Equal(t, make([]uint32, 100), read(t, b), "a new buffer is zero")

		want := sequence(guard, 100)
		require.NoError(t, b.Upload(0, want))
		require.NoError(t, b.Upload(40, []uint32{1, 2, 3}))
		copy(want[40:], []uint32{1, 2, 3})
		require.Equal(t, want, read(t, b))

		dst := sequence(guard, 5)
		require.NoError(t, b.Read(40, dst[1:4]))
		require.Equal(t, []uint32{guard, 1, 2, 3, guard + 4}, dst)

		require.NoError(t, b.ClearRange(40, 2))
		want[40], want[41] = 0, 0
		require.Equal(t, want, read(t, b))
		require.NoError(t, b.Clear())
		require.Equal(t, make([]uint32, 100), read(t, b))
	})
}

func TestBufferOfSmallAndLargeElements(t *testing.T) {
	onEach(t, func(t *testing.T, c *Context) {
		// Three half words: the last word is half used, and cleared in halves.
		short := []uint16{1, 2, 3}
		b, err := NewBufferFrom(c, "short", short)
		require.NoError(t, err)
		require.Equal(t, 6, b.Bytes())
		require.NoError(t, b.ClearRange(1, 1))
		require.NoError(t, b.Read(0, short))
		require.Equal(t, []uint16{1, 0, 3}, short)

		type pair struct {
			V float32
			N [3]int32
		}
		pairs := []pair{{1.5, [3]int32{1, 2, 3}}, {-0.25, [3]int32{4, 5, -6}}}
		p, err := NewBufferFrom(c, "pairs", pairs)
		require.NoError(t, err)
		got := make([]pair, 2)
		require.NoError(t, p.Read(0, got))
		require.Equal(t, pairs, got)

		empty, err := NewBufferFrom(c, "empty", []float32{})
		require.NoError(t, err)
		require.Zero(t, empty.Len())
		require.NoError(t, empty.Bind(0), "an empty buffer can be bound")
		require.NoError(t, empty.Clear())
	})
}

func TestBufferRefusesWhatHasNoLayout(t *testing.T) {
	c := open(t, "")
	for _, err := range []error{
		second(NewBuffer[int](c, "x", 1)),
		second(NewBuffer[bool](c, "x", 1)),
		second(NewBuffer[*float32](c, "x", 1)),
		second(NewBuffer[[]float32](c, "x", 1)),
		second(NewBuffer[struct{ S string }](c, "x", 1)),
		second(NewBuffer[struct{}](c, "x", 1)),
	} {
		require.ErrorContains(t, err, `buffer "x": elements of type`)
	}
}

func second[T any](_ T, err error) error { return err }

func TestBufferBeyondTheLimitIsRefusedWithNumbers(t *testing.T) {
	c := open(t, "")
	limit := c.Device().Limits.MaxStorageBlock
	require.GreaterOrEqual(t, limit, int64(1)<<24, "OpenGL 4.3 promises 16 MiB")
	_, err := NewBuffer[uint32](c, "synapses", int(limit/4)+1)
	require.ErrorIs(t, err, ErrLimit)
	require.ErrorContains(t, err, `"synapses"`)
	require.ErrorContains(t, err, fmt.Sprint(limit/4*4+4))
	require.ErrorContains(t, err, fmt.Sprint(limit))
}

func TestBufferRefusesWhatIsOutside(t *testing.T) {
	c := open(t, "")
	b, err := NewBuffer[uint32](c, "values", 10)
	require.NoError(t, err)
	for _, err := range []error{
		b.Upload(8, make([]uint32, 3)),
		b.Upload(-1, make([]uint32, 1)),
		b.Read(11, nil),
		b.ClearRange(0, 11),
		b.ClearRange(1<<62, 1<<62),
		b.BindRange(0, 8, 3),
		b.BindUniform(0, 8, 3),
	} {
		require.ErrorContains(t, err, `"values"`)
	}
	require.ErrorIs(t, b.Bind(c.Device().Limits.MaxStorageBindings), ErrLimit)
	require.Error(t, b.Bind(-1))
	require.Error(t, second(NewBuffer[uint32](c, "x", -1)))
	b.Delete()
	b.Delete()
	require.ErrorContains(t, b.Clear(), "deleted")
	require.ErrorContains(t, b.Bind(0), "deleted")
}
