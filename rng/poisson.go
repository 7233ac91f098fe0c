package rng

import (
	"math"

	"einet/libm"
)

// PoissonThresholds are the T_j of the Poisson distribution of a mean: a word means
// as many events as thresholds are at or below it. They ascend; the mean is at most
// 500.
func PoissonThresholds(mean float64) []uint32 { return AppendPoissonThresholds(nil, mean) }

// AppendPoissonThresholds appends the PoissonThresholds of a mean to dst.
func AppendPoissonThresholds(dst []uint32, mean float64) []uint32 {
	first := len(dst)
	term, sum := libm.Exp(-mean), 0.0
	for j := 0.0; ; j++ {
		sum += term
		t := math.Floor(float64(sum * 0x1p32))
		if t >= 0x1p32 || j > mean && len(dst) > first && t <= float64(dst[len(dst)-1]) {
			return dst
		}
		dst = append(dst, uint32(t))
		term = float64(term*mean) / (j + 1)
	}
}

// MostPoisson bounds the number of PoissonThresholds of every mean up to this one: the least
// count whose probability, or that of a larger one, is below 2^-33.
func MostPoisson(mean float64) int {
	term, sum := libm.Exp(-mean), 0.0
	for j := 0; ; j++ {
		sum += term
		if sum > 1-0x1p-33 {
			return j + 1
		}
		term = float64(term*mean) / float64(j+1)
	}
}

// Count is the number of thresholds at or below a word.
func Count(w uint32, thresholds []uint32) int {
	n := 0
	for _, t := range thresholds {
		if w < t {
			break
		}
		n++
	}
	return n
}
