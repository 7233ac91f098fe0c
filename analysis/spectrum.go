package analysis

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
	"gonum.org/v1/gonum/dsp/window"
	"gonum.org/v1/gonum/stat"
)

// A Spectrum is a power spectral density. It is two-sided: the variance of the
// series is its integral over positive and negative frequencies, twice that
// over Hz. So a Poisson train of a given rate has Power = rate, and the mean
// rate of N such trains rate/N.
type Spectrum struct {
	Hz    []float64 // [bins] frequency, from 0 to half the sampling rate
	Power []float64 // [bins] density, Hz^2/Hz for a rate in Hz
}

// Welch estimates the spectrum of a series in bins of binMs [ms] from segments
// of that many bins, half overlapping, under a Hann window (Welch, IEEE Trans.
// Audio Electroacoust. 15 (1967) 70). The series' mean is taken off first; the
// lowest frequency still holds less than its share. Frequencies are
// 1/(segment*binMs) apart. With K segments, overlaps counted, the relative
// standard error of each density is 1.03/sqrt(K). Empty where the series is
// shorter than a segment or the segment than 4 bins.
func Welch(series []float64, binMs float64, segment int) Spectrum {
	if segment < 4 || len(series) < segment {
		return Spectrum{}
	}
	weights := make([]float64, segment)
	for k := range weights {
		weights[k] = 1
	}
	window.Hann(weights)
	square := 0.0
	for _, w := range weights {
		square += w * w
	}
	fft := fourier.NewFFT(segment)
	s := Spectrum{Power: make([]float64, segment/2+1)}
	mean, seconds := stat.Mean(series, nil), binMs/1000
	piece := make([]float64, segment)
	var modes []complex128
	segments := 0
	for first := 0; first+segment <= len(series); first += segment / 2 {
		for k := range piece {
			piece[k] = weights[k] * (series[first+k] - mean)
		}
		modes = fft.Coefficients(modes, piece)
		for k, z := range modes {
			s.Power[k] += seconds / square * (real(z)*real(z) + imag(z)*imag(z))
		}
		segments++
	}
	for k := range s.Power {
		s.Power[k] /= float64(segments)
		s.Hz = append(s.Hz, fft.Freq(k)/seconds)
	}
	return s
}

// peakSegment is the length of the segments that PeakHz takes, in bins.
const peakSegment = 256

// PeakHz is the frequency [Hz] at which the power of population i's rate over the steps
// fromStep to toStep is largest, to the spectrum's resolution of a 256th of the bins' rate;
// NaN where the run is too short for a spectrum.
func (c *PopulationCounts) PeakHz(i int, fromStep, toStep int64) float64 {
	return c.PeakHzWithin(i, fromStep, toStep, 0, math.Inf(1))
}

// PeakHzWithin is the same among the frequencies above low and up to high [Hz].
func (c *PopulationCounts) PeakHzWithin(i int, fromStep, toStep int64, low, high float64) float64 {
	var series []float64
	for _, n := range c.Between(i, fromStep, toStep) {
		series = append(series, float64(n))
	}
	s := Welch(series, c.BinMs(), peakSegment)
	peak := 0
	for k := range s.Power {
		if s.Hz[k] > low && s.Hz[k] <= high && (peak == 0 || s.Power[k] > s.Power[peak]) {
			peak = k
		}
	}
	if peak == 0 || s.Power[peak] == 0 {
		return math.NaN()
	}
	return s.Hz[peak]
}
