package cpu

import (
	"fmt"
	"testing"

	"einet/cpuref"
	"einet/network"
	"einet/network/presets"
	"einet/sim"
	"einet/sim/enginetest"

	"github.com/stretchr/testify/require"
)

// BenchmarkNetwork simulates 1 s of presets on 1 and 2 threads, beside the
// reference.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"ei", "vs96"} {
		net, err := presets.Load(name, network.Options{})
		require.NoError(b, err)
		m, c := enginetest.Build(b, net)
		run := func(make func() sim.Engine) func(b *testing.B) {
			return func(b *testing.B) {
				e := make()
				var spikes []sim.Spike
				for b.Loop() {
					require.NoError(b, e.Advance(b.Context(), 10_000))
					spikes, err = e.Spikes(spikes[:0])
					require.NoError(b, err)
				}
				require.NoError(b, e.Close())
			}
		}
		b.Run(name+"/cpuref", run(func() sim.Engine { return cpuref.New(m, c) }))
		for _, k := range available() {
			for threads := 1; threads <= 2; threads++ {
				b.Run(fmt.Sprintf("%s/%s/%d", name, k.name, threads), run(func() sim.Engine {
					return newEngine(m, c, threads, k)
				}))
			}
		}
	}
}
