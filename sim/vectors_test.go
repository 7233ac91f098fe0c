package sim

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// What vectors do is what plain Go does, of each length, and nothing beside it is written.
func TestVectorsAreTheirScalars(t *testing.T) {
	const room, guard = 40, 7
	b := Bins{Low: -3, High: 5, Counts: make([]uint32, 11)}
	p := b.places()
	a, c := make([]float32, room), make([]float32, room)
	for k := range a {
		a[k], c[k] = float32(4*rand.NormFloat64()), float32(rand.NormFloat64())
	}
	copy(a[3:], []float32{-3, 5, float32(math.Inf(1)), float32(math.Inf(-1)), math.MaxFloat32, float32(math.NaN())})
	for n := range room - 1 {
		want, got := make([]int32, room), make([]int32, room)
		want[n], got[n] = guard, guard
		p.guessScalar(a[:n], want[:n])
		p.guess(a[:n], got[:n])
		require.Equal(t, want, got, "places of %d", n)

		wantSum, gotSum := make([]float32, room), make([]float32, room)
		wantSum[n], gotSum[n] = guard, guard
		sumScalar(wantSum[:n], a[:n], c[:n])
		sum(gotSum[:n], a[:n], c[:n])
		for k := range room {
			require.Equal(t, math.Float32bits(wantSum[k]), math.Float32bits(gotSum[k]), "sum %d of %d", k, n)
		}
	}
}
