package cpu

import (
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Nobody passes before all have come, whoever waits busily or asleep.
func TestBarrier(t *testing.T) {
	for workers := 1; workers <= 5; workers++ {
		p := newPool(workers)
		var arrived atomic.Int64
		const rounds = 3000
		for range 3 {
			arrived.Store(0)
			p.run(workers, func(worker int) {
				for round := range int64(rounds) {
					arrived.Add(1)
					p.barrier.wait(worker)
					if n := arrived.Load(); n < (round+1)*int64(workers) {
						t.Errorf("worker %d passed when %d had come", worker, n)
					}
					p.barrier.wait(worker)
				}
			})
			require.EqualValues(t, rounds*workers, arrived.Load())
		}
		p.close()
	}
}

func BenchmarkBarrier(b *testing.B) {
	p := newPool(2)
	defer p.close()
	const rounds = 200
	round := func() {
		p.run(2, func(worker int) {
			for range rounds {
				p.barrier.wait(worker)
			}
		})
	}
	for b.Loop() {
		round()
	}
	b.ReportMetric(float64(fastest(round).Nanoseconds())/rounds, "least-ns/wait")
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/rounds, "ns/wait")
}
