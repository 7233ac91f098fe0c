package cpu

import (
	"math"
	"math/rand/v2"
	"testing"

	"einet/rng"

	"github.com/stretchr/testify/require"
)

// Every kernel draws rng's words, for counters and keys of all sizes.
func TestWordsKernels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 5))
	for _, k := range available() {
		for i := range 200 {
			key := rng.Key{Seed: rnd.Uint32(), Stream: rnd.Uint32()}
			group, step, draw := rnd.Uint32N(1<<28), rnd.Uint32(), rnd.Uint32()
			if i == 0 {
				group, step, draw = 1<<28-1, math.MaxUint32, math.MaxUint32
			}
			var words [4][lanes]uint32
			k.words(key, group, step, draw, &words)
			for n := range uint32(64) {
				require.Equal(t, rng.Neuron(key, 64*(group%(1<<26))+n, step, draw), neuronWord(k, key, 64*(group%(1<<26))+n, step, draw), k.name)
			}
			w0, w1, w2, w3 := rng.Philox(key, lanes*group+7, step, draw, 0)
			require.Equal(t, [4]uint32{w0, w1, w2, w3}, [4]uint32{words[0][7], words[1][7], words[2][7], words[3][7]}, k.name)
		}
	}
}

func neuronWord(k *kernels, key rng.Key, i, step, draw uint32) uint32 {
	var words [4][lanes]uint32
	k.words(key, i/64, step, draw, &words)
	return words[i%64/lanes][i%lanes]
}

// Counts are rng.Count's, whatever the number of thresholds, and the order of lanes is kept.
func TestPoissonKernels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 6))
	for _, k := range available() {
		for _, mean := range []float64{1e-9, 0.01, 0.8, 1.28, 2, 30, 500} {
			thresholds := rng.PoissonThresholds(mean)
			for n := range 200 {
				tiles := n % 5
				var words [5][lanes]uint32
				var want, got [5][lanes]int32
				for i := range words {
					for lane := range words[i] {
						words[i][lane] = rnd.Uint32() | uint32(int32(rnd.Uint32())>>31)&^uint32(rnd.IntN(1<<12))
						want[i][lane] = int32(lane + 100*i)
					}
				}
				got = want
				poissonScalar(want[:tiles], words[:tiles], thresholds, -12345)
				k.poisson(got[:tiles], words[:tiles], thresholds, -12345)
				require.Equal(t, want, got, "%s, mean %g, %d tiles", k.name, mean, tiles)
			}
		}
	}
}

// BenchmarkWords and BenchmarkPoisson are the time for a word, and for a count of mean
// 1.28 from a word that is there.
func BenchmarkWords(b *testing.B) {
	for _, k := range available() {
		b.Run(k.name, func(b *testing.B) {
			var words [4][lanes]uint32
			n := uint32(0)
			for b.Loop() {
				k.words(rng.Key{Seed: 1, Stream: 2}, n, 3, 4, &words)
				n++
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/64, "ns/word")
		})
	}
}

func BenchmarkPoisson(b *testing.B) {
	thresholds := rng.PoissonThresholds(1.28)
	words := make([][lanes]uint32, 256)
	for i := range words {
		for lane := range words[i] {
			words[i][lane] = rand.Uint32()
		}
	}
	for _, k := range available() {
		b.Run(k.name, func(b *testing.B) {
			arriving := make([][lanes]int32, 4)
			for b.Loop() {
				for i := 0; i < len(words); i += 4 {
					k.poisson(arriving, words[i:i+4], thresholds, 3)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(lanes*len(words)), "ns/count")
		})
	}
}

// Normal numbers are rng.Normal's, of words in every cell of its table and at its ends.
func TestNormalKernels(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 7))
	for _, k := range available() {
		for n := range uint32(2000) {
			tiles := n % 5
			var words [4][lanes]uint32
			var got [5][lanes]float32
			for i := range words {
				for lane := range words[i] {
					words[i][lane] = rnd.Uint32()>>rnd.IntN(31)&^(1<<31) | rnd.Uint32()<<31
				}
				words[i][n%lanes] = [...]uint32{0, 1, 1<<31 - 1, 1<<31 - 2, 1 << 31, math.MaxUint32}[n%6]
			}
			k.normal(got[:tiles], words[:tiles])
			require.Zero(t, got[tiles])
			for i := range tiles {
				for lane, w := range words[i] {
					require.Equal(t, math.Float32bits(rng.NormalTable().Z(w)), math.Float32bits(got[i][lane]), "%s, %#x", k.name, w)
				}
			}
		}
	}
}
