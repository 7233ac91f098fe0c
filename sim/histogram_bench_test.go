package sim_test

import (
	"math/rand/v2"
	"testing"

	"einet/sim"
)

func BenchmarkBins(b *testing.B) {
	values, same := make([]float32, 8000), make([]float32, 8000)
	for k := range values {
		values[k] = float32(10 * rand.NormFloat64())
	}
	bins := sim.Bins{Low: -100, High: 100, Counts: make([]uint32, 50)}
	for name, list := range map[string][]float32{"normal": values, "same": same} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				bins.Count(list)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/8000, "ns/value")
		})
	}
}
