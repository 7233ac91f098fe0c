package enginetest

import (
	"testing"

	"einet/network"

	"github.com/stretchr/testify/require"
)

// full has neurons that fire in every step, all of them, in windows of five: rings and mail are as full as can be.
func full() *network.Network {
	fast := func(name string, size int) network.Population { return population(name, size, 0.2, 2000) }
	return named("full", []network.Population{fast("E", 203), fast("I", 70)},
		projection("E", "E", 0.2, 0.05, 0.5, 2), projection("E", "I", 0.2, 0.05, 0.7, 2),
		projection("I", "E", 0.3, -0.1, 0.5, 2), projection("I", "I", 0.3, -0.1, 0.9, 2))
}

// fires: where every neuron fires in every step, no spike is lost.
func fires(t *testing.T, make Factory) {
	m, c := Build(t, full())
	reference, engine := newReference(t, m, c), make(t, m, c)
	for _, steps := range []int{1, 5, 37, shorter(300)} {
		require.NoError(t, reference.Advance(t.Context(), steps))
		require.NoError(t, engine.Advance(t.Context(), steps))
		require.Equal(t, steps*m.Network.Neurons(), compareSpikes(t, reference, engine))
	}
	compareState(t, m, reference, engine)
}
