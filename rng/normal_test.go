package rng

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// moments of a function of words: over all cells of the table, each word as likely.
func tableMoments(n *Normal) (second, fourth, sixth float64) {
	for k := range len(n.Slope) - 1 {
		octave, part := k/cellsPerOctave, k%cellsPerOctave
		x0 := math.Ldexp(1+float64(part)/cellsPerOctave, octave-1)
		x1 := math.Ldexp(1+float64(part+1)/cellsPerOctave, octave-1)
		first, last := math.Ceil(x0-0.5), math.Ceil(x1-0.5)
		if count := last - first; count > 0 {
			const points = 64 // or all, where there are fewer
			step := max(1, math.Floor(count/points))
			taken := 0.0
			var s [3]float64
			for q := first + math.Floor(step/2); q < last; q += step {
				z := float64(n.Slope[k])*(q+0.5) + float64(n.Offset[k])
				s[0], s[1], s[2] = s[0]+z*z, s[1]+math.Pow(z, 4), s[2]+math.Pow(z, 6)
				taken++
			}
			second, fourth, sixth = second+s[0]*count/taken, fourth+s[1]*count/taken, sixth+s[2]*count/taken
		}
	}
	return second * 0x1p-31, fourth * 0x1p-31, sixth * 0x1p-31
}

// Over all 2^32 words the numbers have the moments of a standard normal variable: odd ones are
// zero by symmetry, the even ones 1, 3, 15.
func TestNormalMoments(t *testing.T) {
	second, fourth, sixth := tableMoments(NormalTable())
	require.InDelta(t, 1, second, 1e-5)
	require.InDelta(t, 3, fourth, 2e-3)
	require.InDelta(t, 15, sixth, 3e-2)
	wrong := newNormal()
	for k := range wrong.Slope {
		wrong.Slope[k], wrong.Offset[k] = 1.001*wrong.Slope[k], 1.001*wrong.Offset[k]
	}
	second, _, _ = tableMoments(wrong)
	require.Greater(t, math.Abs(second-1), 1e-3, "control")
}

// chiSquare of counts against expectations, in standard deviations from its mean.
func chiSquare(counts, want []float64) float64 {
	sum, cells := 0.0, 0.0
	for k := range counts {
		if want[k] >= 5 {
			sum += (counts[k] - want[k]) * (counts[k] - want[k]) / want[k]
			cells++
		}
	}
	return (sum - cells) / math.Sqrt(2*cells)
}

// The numbers of random words are normal, in 200 bins of the whole line and in the tails.
func TestNormalDistribution(t *testing.T) {
	const words, bins = 4_000_000, 200
	table := NormalTable()
	fit := func(scale float64) float64 {
		r := rand.New(rand.NewPCG(3, 4))
		counts, want := make([]float64, bins), make([]float64, bins)
		edge := func(k int) float64 { return -5 + 10*float64(k)/bins }
		cdf := func(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
		for k := range want {
			want[k] = words * (cdf(edge(k+1)) - cdf(edge(k)))
		}
		for range words {
			if k := int(math.Floor((scale*float64(table.Z(r.Uint32())) + 5) / 10 * bins)); k >= 0 && k < bins {
				counts[k]++
			}
		}
		return chiSquare(counts, want)
	}
	require.Less(t, math.Abs(fit(1)), 4.0)
	require.Greater(t, fit(1.005), 4.0, "control: a standard deviation 0.5 % off")
	require.InDelta(t, 6.3, float64(table.Z(0)), 0.1, "the largest")
	require.Equal(t, table.Z(12345), -table.Z(12345|1<<31))
}

func poisson(mean float64, k int) float64 {
	l, _ := math.Lgamma(float64(k) + 1)
	return math.Exp(float64(k)*math.Log(mean) - mean - l)
}

// Counts are Poisson, for means from rare events to hundreds.
func TestPoissonDistribution(t *testing.T) {
	const words = 1_000_000
	for _, mean := range []float64{1e-4, 0.1, 0.8, 2, 13, 120, 500} {
		fit := func(with float64) float64 {
			thresholds := PoissonThresholds(with)
			r := rand.New(rand.NewPCG(7, 8))
			cells := int(mean+10*math.Sqrt(mean)) + 10
			counts, want := make([]float64, cells), make([]float64, cells)
			for k := range want {
				want[k] = words * poisson(mean, k)
			}
			for range words {
				if k := Count(r.Uint32(), thresholds); k < cells {
					counts[k]++
				}
			}
			return chiSquare(counts, want)
		}
		require.Less(t, math.Abs(fit(mean)), 4.0, "mean %g", mean)
		off := mean + 0.02*math.Max(math.Sqrt(mean), 1e-2)
		require.Greater(t, fit(off), 4.0, "control: mean %g for %g", off, mean)

		sum, square := 0.0, 0.0 // exactly, from the thresholds
		thresholds := PoissonThresholds(mean)
		for j, t := range thresholds {
			above := 1 - float64(t)*0x1p-32 // P(count > j)
			sum += above
			square += above * float64(2*j+1)
		}
		require.InEpsilon(t, mean, sum, 1e-5)
		require.InEpsilon(t, mean, square-sum*sum, 1e-4)
	}
	require.Empty(t, PoissonThresholds(0))
}

// Pinned: other engines and other versions must draw the same.
func TestPinnedDraws(t *testing.T) {
	table := NormalTable()
	require.Len(t, table.Slope, 1025)
	var z []float32
	for _, w := range []uint32{0, 1, 1000, 123456789, 0x7fffffff, 0x80000000, 0xdeadbeef} {
		z = append(z, table.Z(w))
	}
	require.Equal(t, []float32{6.337872, 6.166346, 5.039789, 1.8995543, 0, -6.337872, -0.33229208}, z)
	require.Equal(t, []uint32{581260615, 1743781846, 2906303077, 3681317231}, PoissonThresholds(2)[:4])
}
