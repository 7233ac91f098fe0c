package analysis

import (
	"math"
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/stat"
)

// A Correlogram is the correlation of two series of time as a function of the
// lag of the second behind the first.
type Correlogram struct {
	LagMs []float64 // [2*L+1] from -L to L bins; positive: the second follows the first
	Value []float64 // [2*L+1] Pearson's coefficient
}

// Correlate is the cross-correlogram of two series of equal length in bins of
// binMs [ms], up to maxLag bins, at most their length less one, to either side:
// at lag k the sum over t of (a[t]-mean a)(b[t+k]-mean b) over the series'
// length and standard deviations. Beyond their ends the series are taken as
// their mean, so that few overlapping bins cannot make a peak. NaN where a
// series is constant. It takes the time of three Fourier transforms, however
// many lags there are.
func Correlate(a, b []float64, binMs float64, maxLag int) Correlogram {
	n := min(len(a), len(b))
	maxLag = max(0, min(maxLag, n-1))
	sums := crossSums(standardised(a[:n]), standardised(b[:n]), maxLag)
	var c Correlogram
	for lag := -maxLag; lag <= maxLag; lag++ {
		c.LagMs = append(c.LagMs, float64(lag)*binMs)
		c.Value = append(c.Value, sums[(lag+len(sums))%len(sums)]/float64(n))
	}
	return c
}

// crossSums are the sums over t of x[t] y[t+k] for each lag k from -maxLag to maxLag, that of
// k at k modulo their number. Zeros behind the series keep their ends apart, up to a power of
// two: the transform of a length with a large prime factor takes the square of the length.
func crossSums(x, y []float64, maxLag int) []float64 {
	size := 1 << bits.Len(uint(len(x)+maxLag))
	fft := fourier.NewFFT(size)
	padded := make([]float64, size)
	copy(padded, x)
	a := fft.Coefficients(nil, padded)
	clear(padded)
	copy(padded, y)
	b := fft.Coefficients(nil, padded)
	for k := range a {
		a[k] = complex(real(a[k]), -imag(a[k])) * b[k] / complex(float64(size), 0)
	}
	return fft.Sequence(padded, a)
}

// standardised is a series less its mean, over its standard deviation.
func standardised(series []float64) []float64 {
	mean, variance := stat.PopMeanVariance(series, nil)
	sd := math.Sqrt(variance)
	list := make([]float64, len(series))
	for k, x := range series {
		list[k] = (x - mean) / sd
	}
	return list
}

// Peak is the lag [ms] of the largest coefficient, and that; NaN where there
// is none. Of equal ones it is the first.
func (c Correlogram) Peak() (lagMs, value float64) {
	lagMs, value = math.NaN(), math.NaN()
	for k, x := range c.Value {
		if !math.IsNaN(x) && !(x <= value) {
			lagMs, value = c.LagMs[k], x
		}
	}
	return lagMs, value
}
