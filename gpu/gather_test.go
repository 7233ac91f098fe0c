//go:build cgo && !nogl

package gpu

import (
	"testing"

	"einet/enginetest"
	"einet/network"
	"einet/sim"

	"github.com/stretchr/testify/require"
)

// Any neurons, more than one dispatch picks or few, of the second of two populations, in any order, while the simulation
// goes on; and guards behind them stay.
func TestGather(t *testing.T) {
	const size = 3*gatherAtOnce/2 + 5
	membrane := network.Population{Neuron: network.LIF, TauM: 20, EL: -65, VTh: network.Number(15), VReset: -70, V0: network.Between(-70, 10),
		PoissonInput: []network.PoissonInput{{Rate: 1000, Weight: 0.1, Synapse: network.Exponential, TauSyn: 5}}}
	a, b := membrane, membrane
	a.Name, a.Size, b.Name, b.Size = "A", 37, "B", size
	m, c := enginetest.Build(t, &network.Network{Name: "gather", Dt: 0.1, Duration: 10, Seed: 3, Populations: []network.Population{a, b}})
	onEach(t, func(t *testing.T, gl *Context) {
		e := start(t, gl, m, c, gl.Device().Limits.MaxStorageBlock)
		all := make([]float32, size)
		for _, count := range []int{3, size, 1, 200, gatherAtOnce, gatherAtOnce + 1} {
			require.NoError(t, e.Advance(t.Context(), 7))
			neurons := make([]int, count)
			for k := range neurons {
				neurons[k] = int(uint64(k) * 7919 % size)
			}
			for _, v := range sim.Variables(m, 1) {
				require.NoError(t, e.Read(v, 1, 0, all))
				got := make([]float32, count+1)
				got[count] = 77
				require.NoError(t, e.Gather(v, 1, neurons, got[:count]))
				for k, i := range neurons {
					require.Equal(t, all[i], got[k], "neuron %d", i)
				}
				require.Equal(t, float32(77), got[count])
			}
		}
		require.NotEqual(t, all[0], all[1])
	})
}
