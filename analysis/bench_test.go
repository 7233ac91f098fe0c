package analysis

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"einet/sim"
)

// Spikes of neurons that come by chance, a thousandth of them in each step.
func BenchmarkStatistics(b *testing.B) {
	for _, size := range []int{4_000, 40_000, 400_000} {
		b.Run(fmt.Sprintf("N=%d", size), func(b *testing.B) {
			var spikes []sim.Spike
			for step := uint32(1); len(spikes) < 400_000; step++ {
				for n := rand.IntN(2000); n < size; n += 1 + rand.IntN(2000) {
					spikes = append(spikes, sim.Spike{Step: step, Neuron: uint32(n)})
				}
			}
			for b.Loop() {
				NewStatistics([]int{size / 5 * 4, size / 5}, 0.1, 0).Add(spikes)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(spikes)), "ns/spike")
		})
	}
}
