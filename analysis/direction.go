package analysis

import "math"

// LagAsymmetry is Pearson's coefficient of a series with another that follows it
// by lag bins, less that with the other leading by as much: positive where what
// a does comes back in b later, such as the rates of excitatory and inhibitory
// neurons. Time reversed changes its sign; series whose relation has no
// direction have 0. NaN where a series is constant or not longer than the lag.
func LagAsymmetry(a, b []float64, lag int) float64 {
	if min(len(a), len(b)) <= lag {
		return math.NaN()
	}
	c := Correlate(a, b, 1, lag)
	return c.Value[2*lag] - c.Value[0]
}

// Autocorrelation is Pearson's coefficient of a series with itself lag bins
// later. NaN where it is constant or not longer than the lag.
func Autocorrelation(a []float64, lag int) float64 {
	if len(a) <= lag {
		return math.NaN()
	}
	return Correlate(a, a, 1, lag).Value[2*lag]
}

// IncrementSkewness is the third moment of a series' increments over lag bins,
// over their mean square to the power 3/2: negative where it rises slower than
// it falls, as a sawtooth does. Time reversed changes its sign, and a series
// that looks the same backwards has 0 (Ramsey & Rothman, J. Money Credit Bank.
// 28 (1996) 1, whose bicovariances it is three times the difference of). NaN
// without increments.
func IncrementSkewness(series []float64, lag int) float64 {
	squares, cubes, n := 0.0, 0.0, 0
	for t := lag; t < len(series); t++ {
		d := series[t] - series[t-lag]
		squares += d * d
		cubes += d * d * d
		n++
	}
	if n == 0 || squares == 0 {
		return math.NaN()
	}
	return cubes / float64(n) / math.Pow(squares/float64(n), 1.5)
}
