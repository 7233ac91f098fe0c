package stattest

import (
	"math"
	"math/bits"
)

// Continuous holds a sample to a continuous distribution function: in 128 equally likely cells, and by its
// largest distance.
func Continuous(sample []float64, cdf func(x float64) float64) []P {
	return Law(func(x float64, _ Fault) float64 { return cdf(x) }).Cut(sample, math.Inf(-1), math.Inf(1), Fault{})
}

// A Law is a distribution function in closed form, that can be given the faults "mean", in standard deviations, and
// "sd", in parts of it.
type Law func(x float64, f Fault) float64

// UniformLaw is uniform between a and b.
func UniformLaw(a, b float64) Law {
	return func(x float64, f Fault) float64 {
		u := ((x-(a+b)/2)/(b-a) - f.Of("mean")/math.Sqrt(12)) / f.Times("sd")
		return min(max(u+0.5, 0), 1)
	}
}

// NormalLaw is normal.
func NormalLaw(mean, sd float64) Law {
	return func(x float64, f Fault) float64 {
		return NormalCDF((x - mean - sd*f.Of("mean")) / (sd * f.Times("sd")))
	}
}

// LogNormalLaw is that of a variable which has this mean and standard deviation and whose logarithm is normal.
func LogNormalLaw(mean, sd float64) Law {
	return func(x float64, f Fault) float64 {
		mu, sigma := Logarithm(mean+sd*f.Of("mean"), sd*f.Times("sd"))
		return NormalCDF((math.Log(x) - mu) / sigma)
	}
}

// Logarithm is the mean and the standard deviation of the logarithm of a lognormal variable with these.
func Logarithm(mean, sd float64) (mu, sigma float64) {
	variance := math.Log(1 + sd*sd/(mean*mean))
	return math.Log(mean) - variance/2, math.Sqrt(variance)
}

// Mirrored is the law of minus the variable.
func (l Law) Mirrored() Law { return func(x float64, f Fault) float64 { return 1 - l(-x, f) } }

// Cut holds a sample to a law whose values beyond lo and hi were made these bounds: how many are there
// and in cells between, which are equally likely, and by the largest distance of those between. Bounds may be infinite.
func (l Law) Cut(sample []float64, lo, hi float64, f Fault) []P {
	below, above := 0.0, 0.0
	if !math.IsInf(lo, 0) {
		below = l(lo, f)
	}
	if !math.IsInf(hi, 0) {
		above = 1 - l(hi, f)
	}
	counts, between := make([]float64, cells+2), make([]float64, 0, len(sample))
	for _, x := range sample {
		switch {
		case x <= lo:
			counts[0]++
		case x >= hi:
			counts[cells+1]++
		default:
			u := min(max((l(x, f)-below)/(1-below-above), 0), 1)
			counts[1+min(int(cells*u), cells-1)]++
			between = append(between, u)
		}
	}
	p := []P{Discrete(counts, func(k int) float64 {
		if k == 0 {
			return below
		}
		return (1 - below - above) / cells
	}), {"KS", KS(between, func(u float64) float64 { return u })}}
	if below+above > 0 {
		at := Discrete([]float64{counts[0], counts[cells+1], float64(len(between))}, func(k int) float64 { return [2]float64{below, above}[k] })
		p = append(p, P{"bounds", at.P})
	}
	return p
}

// NormalCDF is the standard normal distribution function.
func NormalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// Normal holds a sample to the standard normal law: as Continuous does, its mean, its
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
		P{"kurtosis", Tail(fourth / math.Sqrt(24*n))}, P{"tails", pearson(counts, want, fewest)})
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
