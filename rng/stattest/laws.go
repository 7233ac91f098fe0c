package stattest

import (
	"math"
	"math/bits"
)

// Continuous holds a sample, which it sorts, to a continuous distribution function: in 128 equally
// likely cells, and by its largest distance.
func Continuous(sample []float64, cdf func(x float64) float64) []P {
	counts, want := make([]float64, cells), make([]float64, cells)
	for _, x := range sample {
		counts[min(max(int(cells*cdf(x)), 0), cells-1)]++
	}
	for k := range want {
		want[k] = float64(len(sample)) / cells
	}
	return []P{{"cells", ChiSquare(counts, want)}, {"KS", KS(sample, cdf)}}
}

// NormalCDF is the standard normal distribution function.
func NormalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Normal holds a sample, which it sorts, to the standard normal law: as Continuous does, its mean, its
// variance, its kurtosis, by the mean of the Hermite polynomial z^4 - 6z^2 + 3, whose variance is 24, and its
// tails: how much is beyond 3, 3.5, 4, 4.5 and 5 on both sides.
func Normal(sample []float64) []P {
	var first, second, fourth float64
	counts, want := make([]float64, 6), make([]float64, 6)
	for _, z := range sample {
		s := z * z
		first, second, fourth = first+z, second+s, fourth+s*s-6*s+3
		counts[min(max(int(2*(math.Abs(z)-2.5)), 0), 5)]++
	}
	n := float64(len(sample))
	for k := range want {
		lo, hi := 2.5+float64(k)/2, 3+float64(k)/2
		switch k {
		case 0:
			lo = 0
		case 5:
			hi = math.Inf(1)
		}
		want[k] = 2 * n * (Tail(lo) - Tail(hi))
	}
	return append(Continuous(sample, NormalCDF),
		P{"mean", Tail(first / math.Sqrt(n))}, P{"variance", Above(second, len(sample))},
		P{"kurtosis", Tail(fourth / math.Sqrt(24*n))}, P{"tails", ChiSquare(counts, want)})
}

// Discrete holds counts of 0, 1, 2, ..., the last one of that or more, to the probabilities of these but the last,
// which has the rest.
func Discrete(counts []float64, probability func(k int) float64) P {
	want, n, rest := make([]float64, len(counts)), sum(counts), 1.0
	for k := range len(want) - 1 {
		p := probability(k)
		want[k], rest = n*p, rest-p
	}
	want[len(want)-1] = n * max(rest, 0)
	return P{"cells", ChiSquare(counts, want)}
}

// Words holds pairs of words, n of them, to independence: their upper four bits and their lower four by
// tables of 256 pairs, each bit of one with each of the other, and in how many bits they differ, which is binomial.
func Words(n int, pair func(k int) (a, b uint32)) []P {
	upper, lower := NewTable(16, 16), NewTable(16, 16)
	var differ [32][4][256]int32 // [rotation of b][byte][of a xor b]
	distance := make([]float64, 33)
	for k := range n {
		a, b := pair(k)
		upper.Add(int(a>>28), int(b>>28))
		lower.Add(int(a&15), int(b&15))
		distance[bits.OnesCount32(a^b)]++
		for r := range 32 {
			x := a ^ bits.RotateLeft32(b, r)
			differ[r][0][x&255]++
			differ[r][1][x>>8&255]++
			differ[r][2][x>>16&255]++
			differ[r][3][x>>24]++
		}
	}
	return []P{
		{"upper bits", upper.Independent()}, {"lower bits", lower.Independent()}, {"bits with bits", bitPairs(n, &differ)},
		Discrete(distance, func(k int) float64 {
			l, _ := math.Lgamma(float64(k + 1))
			m, _ := math.Lgamma(float64(33 - k))
			all, _ := math.Lgamma(33)
			return math.Exp(all - l - m - 32*math.Ln2)
		}),
	}
}

// bitPairs is the chi-square of how often each of 32 bits differs from each of 32 others: of fair and independent bits
// these 1024 numbers are independent.
func bitPairs(n int, differ *[32][4][256]int32) float64 {
	statistic := 0.0
	for r := range differ {
		for b := range 4 {
			for bit := range 8 {
				count := 0
				for x, m := range differ[r][b] {
					count += int(m) * (x >> bit & 1)
				}
				z := (2*float64(count) - float64(n)) / math.Sqrt(float64(n))
				statistic += z * z
			}
		}
	}
	return Above(statistic, 32*32)
}
