package cpu

import (
	"math/rand/v2"
	"testing"

	"einet/connectome"

	"github.com/stretchr/testify/require"
)

func someSources(rnd *rand.Rand, n int) []uint32 {
	sources := make([]uint32, n, n+lanes)
	for i := range sources {
		sources[i] = uint32(rnd.IntN(20_000))
	}
	return sources
}

// Every kernel counts the targets that the scalar one does: for few sources and many, whole
// chunks and parts, rows of thousands of words and of one.
func TestRedrawKernels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 5))
	for _, k := range available() {
		for _, p := range []float64{1e-6, 1e-3, 0.02, 0.25, 0.9, 1} {
			events := int32(0)
			for sources := range 50 {
				d := chance{connectome.NewBernoulli(uint32(sources), 3, p), sources%2 == 1}
				n, chunk := int32(1+rnd.IntN(connectome.Chunk)), uint32(rnd.IntN(5))
				if sources%3 == 0 {
					n = connectome.Chunk
				}
				fired := someSources(rnd, sources)
				var want, got counts
				for i := range want {
					want[i] = rnd.Int32N(9)
				}
				got = want
				before := want
				redrawScalar(&want, &d, chunk, n, fired)
				k.redraw(&got, &d, chunk, n, fired)
				require.Equal(t, want[:n], got[:n], "%s, p %g, %d sources, %d targets", k.name, p, sources, n)
				for i := range n {
					events += want[i] - before[i]
				}
			}
			require.True(t, events > 0 || p < 1e-3)
		}
	}
}

// Nobody is left out as its own target but where it should be.
func TestRedrawOwn(t *testing.T) {
	for _, k := range available() {
		for _, left := range []bool{false, true} {
			var c counts
			d := chance{connectome.NewBernoulli(1, 0, 1), left}
			k.redraw(&c, &d, 2, 100, append(make([]uint32, 0, 40), 5, 2*connectome.Chunk+7, 2*connectome.Chunk+7, 2*connectome.Chunk+2000))
			for i := range 100 {
				want := int32(4)
				if left && i == 7 {
					want = 2
				}
				require.Equal(t, want, c[i], "%s, target %d", k.name, i)
			}
		}
	}
}

// A weight times the counts is added, and nothing beside.
func TestFold(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 6))
	for _, k := range available() {
		for tiles := range 20 {
			c := make([]int32, lanes*tiles+5)
			for i := range c {
				c[i] = rnd.Int32N(100)
			}
			want, got := make([][lanes]int32, tiles+2), make([][lanes]int32, tiles+2)
			for i := range want {
				for lane := range want[i] {
					want[i][lane] = int32(rnd.Uint32())
				}
			}
			copy(got, want)
			for i := range lanes * tiles {
				want[1+i/lanes][i%lanes] += -77777 * c[i]
			}
			k.fold(got[1:tiles+1], c, -77777)
			require.Equal(t, want, got, "%s, %d tiles", k.name, tiles)
		}
	}
}

// BenchmarkRedraw draws rows of 82 and 4 targets; an event is one of them.
func BenchmarkRedraw(b *testing.B) {
	for _, k := range available() {
		for name, p := range map[string]float64{"p=0.02": 0.02, "p=0.001": 0.001} {
			b.Run(k.name+"/"+name, func(b *testing.B) {
				d, c := chance{connectome.NewBernoulli(1, 0, p), false}, new(counts)
				fired := someSources(rand.New(rand.NewPCG(1, 5)), 1000)
				run := func() { k.redraw(c, &d, 3, connectome.Chunk, fired) }
				for b.Loop() {
					run()
				}
				events := p * connectome.Chunk * float64(len(fired))
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/events, "ns/event")
				b.ReportMetric(float64(fastest(run).Nanoseconds())/events, "least-ns/event")
			})
		}
	}
}
