package rng

import (
	"math"

	"einet/libm"
)

// PoissonThresholds are the T_j of the Poisson distribution of a mean: a word means
// as many events as thresholds are at or below it. They ascend; the mean is at most
// 500.
func PoissonThresholds(mean float64) []uint32 {
	var thresholds []uint32
	term, sum := libm.Exp(-mean), 0.0
	for j := 0.0; ; j++ {
		sum += term
		t := math.Floor(float64(sum * 0x1p32))
		if t >= 0x1p32 || j > mean && len(thresholds) > 0 && t <= float64(thresholds[len(thresholds)-1]) {
			return thresholds
		}
		thresholds = append(thresholds, uint32(t))
		term = float64(term*mean) / (j + 1)
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
