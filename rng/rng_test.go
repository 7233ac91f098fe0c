package rng_test

import (
	"math"
	"testing"

	"einet/rng"

	"github.com/stretchr/testify/require"
)

// The known answers that Random123 ships for philox4x32-10 (its kat_vectors).
func TestPhiloxKnownAnswers(t *testing.T) {
	for _, k := range []struct {
		ctr, want [4]uint32
		key       [2]uint32
	}{
		{[4]uint32{0, 0, 0, 0}, [4]uint32{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}, [2]uint32{0, 0}},
		{[4]uint32{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, [4]uint32{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}, [2]uint32{0xffffffff, 0xffffffff}},
		{[4]uint32{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, [4]uint32{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}, [2]uint32{0xa4093822, 0x299f31d0}},
	} {
		w0, w1, w2, w3 := rng.Philox(rng.Key{Seed: k.key[0], Stream: k.key[1]}, k.ctr[0], k.ctr[1], k.ctr[2], k.ctr[3])
		require.Equal(t, k.want, [4]uint32{w0, w1, w2, w3})
	}
}

func TestNeuronUsesEveryWordOnce(t *testing.T) {
	key := rng.Key{Seed: 7, Stream: rng.Stream(rng.InitialV, 3, 0)}
	seen := map[uint32]bool{}
	for i := range uint32(256) {
		seen[rng.Neuron(key, i, 1, 0)] = true
	}
	require.Len(t, seen, 256)
	w0, w1, w2, w3 := rng.Philox(key, 16*2+5, 9, 4, 0)
	for k, w := range []uint32{w0, w1, w2, w3} {
		require.Equal(t, w, rng.Neuron(key, uint32(128+16*k+5), 9, 4))
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := map[uint32]bool{}
	for _, p := range []rng.Purpose{rng.Connectivity, rng.InitialV} {
		for _, o := range []uint32{0, 1, 1<<12 - 1} {
			for _, k := range []uint32{0, 1, 1<<14 - 1} {
				seen[rng.Stream(p, o, k)] = true
			}
		}
	}
	require.Len(t, seen, 18)
}

func TestExponentialAgainstLogarithm(t *testing.T) {
	check := func(w uint32) {
		u := (float64(w) + 0.5) * 0x1p-32
		want := -math.Log1p(-(1 - u))
		require.InEpsilon(t, want, rng.Exponential(w), 3e-7, "w = %d", w)
	}
	for _, w := range []uint32{0, 1, 2, 3, 1 << 31, 1<<31 - 1, 0xb504f333, 0xb504f334, 0xb504f335, 0xffffff00, 0xffffff7f, 0xffffff80, 0xffffffff} {
		check(w)
	}
	for w := uint64(0); w < 1<<32; w += 40_503 {
		check(uint32(w))
	}
}

// A geometric variate has mean (1-p)/p and variance (1-p)/p^2.
func TestGeometricMoments(t *testing.T) {
	const n = 400_000
	for _, p := range []float64{0.9, 0.25, 0.02, 0.001} {
		moments := func(success float64) (mean, variance float64) {
			g := rng.NewGeometric(-1 / math.Log1p(-success))
			var sum, squares float64
			for i := range uint32(n / 4) {
				w0, w1, w2, w3 := rng.Philox(rng.Key{Seed: 1}, i, 0, 0, 0)
				for _, w := range []uint32{w0, w1, w2, w3} {
					k := float64(g.Skip(w, 1<<30))
					sum += k
					squares += k * k
				}
			}
			mean = sum / n
			return mean, squares/n - mean*mean
		}
		mean, sd := (1-p)/p, math.Sqrt(1-p)/p
		got, variance := moments(p)
		require.InDelta(t, mean, got, 4*sd/math.Sqrt(n), "p = %v", p)
		require.InEpsilon(t, sd*sd, variance, 0.05, "p = %v", p)
		// Negative control: 5 % off must be seen.
		off, _ := moments(1.05 * p)
		require.Greater(t, math.Abs(off-mean), 4*sd/math.Sqrt(n), "p = %v", p)
	}
}

func TestGeometricLimits(t *testing.T) {
	require.Equal(t, int32(0), rng.NewGeometric(0).Skip(0, 4096), "p = 1 never skips")
	require.Equal(t, int32(4096), rng.NewGeometric(1e9).Skip(1, 4096))
	require.Equal(t, int32(4096), rng.NewGeometric(math.Inf(1)).Skip(1, 4096), "p = 0 always skips")
}

func TestUniform(t *testing.T) {
	require.Equal(t, -52.0, rng.Uniform(0, -52, -50))
	require.Less(t, rng.Uniform(math.MaxUint32, -52, -50), -50.0)
	require.Equal(t, 7.5, rng.Uniform(1<<31, 0, 15))
}

func BenchmarkPhilox(b *testing.B) {
	var sink uint32
	for i := range b.N {
		w, _, _, _ := rng.Philox(rng.Key{}, uint32(i), 0, 0, 0)
		sink ^= w
	}
	_ = sink
}

func BenchmarkGeometric(b *testing.B) {
	g := rng.NewGeometric(3.5)
	var sink int32
	for i := range b.N {
		sink += g.Skip(uint32(i)*2654435761, 4096)
	}
	_ = sink
}

// Sixteen counters at once are sixteen counters, also where they run over 32 bits.
func TestPhilox16(t *testing.T) {
	for i, c0 := range []uint32{0, 16, 0x12345678, math.MaxUint32 - 7} {
		k := rng.Key{Seed: 0xdeadbeef * uint32(i), Stream: 77 + uint32(i)<<31}
		var words [4][16]uint32
		rng.Philox16(k, c0, 5, math.MaxUint32, uint32(i), &words)
		for j := range uint32(16) {
			w0, w1, w2, w3 := rng.Philox(k, c0+j, 5, math.MaxUint32, uint32(i))
			require.Equal(t, [4]uint32{w0, w1, w2, w3}, [4]uint32{words[0][j], words[1][j], words[2][j], words[3][j]})
		}
	}
}

func TestNeuronsAreEachTheirOwn(t *testing.T) {
	key := rng.Key{Seed: 3, Stream: rng.Stream(rng.PoissonInputs, 2, 5)}
	for _, n := range []int{1, 15, 16, 17, 64, 100, 300} {
		dst := make([]uint32, n)
		rng.Neurons(key, 77, 2, dst)
		for i, w := range dst {
			require.Equal(t, rng.Neuron(key, uint32(i), 77, 2), w)
		}
	}
}
