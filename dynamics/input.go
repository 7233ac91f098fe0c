package dynamics

import (
	"math"
	"math/bits"
	"slices"

	"einet/libm"
	"einet/network"
)

// A course is one component of an input: at(n) is its value from step n to n+1
// [mV].
type course interface{ at(n int64) float64 }

// newInput turns the times of an input into steps.
func newInput(in network.Input, dt float64) []course {
	step := func(ms float64) int64 { return int64(steps(ms, dt)) }
	courses := make([]course, len(in))
	for i, part := range in {
		switch p := part.(type) {
		case network.DC:
			courses[i] = level{0, math.MaxInt64, float64(p)}
		case network.Step:
			courses[i] = level{step(p.At), math.MaxInt64, p.By}
		case network.Pulse:
			courses[i] = level{step(p.At), step(p.At) + step(p.Duration), p.Amplitude}
		case network.Ramp:
			courses[i] = ramp{step(p.At), step(p.Duration), p.By}
		case network.Sinusoid:
			courses[i] = sinusoid{p.Amplitude, float64(p.Frequency*dt) / 1000, math.Mod(p.Phase, 360) / 360}
		case network.Samples:
			courses[i] = newSamples(p, step)
		}
	}
	return courses
}

// A level is a value from one step to another, which is not in it.
type level struct {
	from, to int64
	value    float64
}

func (l level) at(n int64) float64 {
	if n < l.from || n >= l.to {
		return 0
	}
	return l.value
}

type ramp struct {
	from, width int64
	by          float64
}

func (r ramp) at(n int64) float64 {
	part := float64(n-r.from) / float64(r.width)
	return float64(r.by * min(max(part, 0), 1))
}

type sinusoid struct {
	amplitude float64
	perStep   float64 // periods
	phase     float64 // periods
}

// at takes whole periods off before the sine, so that what is left of 10^9
// periods is still good to 10^-7 of one.
func (s sinusoid) at(n int64) float64 {
	periods := fraction(fraction(float64(s.perStep*float64(n))) + s.phase)
	return float64(s.amplitude * libm.Sin(float64(2*math.Pi*periods)))
}

// fraction is x less the nearest whole number.
func fraction(x float64) float64 { return x - math.Floor(x+0.5) }

func newSamples(s network.Samples, step func(ms float64) int64) course {
	if s.Times == nil {
		return regular{step(s.Every), s.Values}
	}
	from := make([]int64, len(s.Times))
	for i, t := range s.Times {
		from[i] = step(t)
	}
	return irregular{from, s.Values}
}

// A regular course has its values at whole multiples of so many steps.
type regular struct {
	every  int64
	values []float64
}

func (r regular) at(n int64) float64 {
	return r.values[min(n/r.every, int64(len(r.values)-1))]
}

// An irregular course has each value from a step of its own.
type irregular struct {
	from   []int64
	values []float64
}

func (r irregular) at(n int64) float64 {
	i, found := slices.BinarySearch(r.from, n)
	switch {
	case found:
		return r.values[i]
	case i == 0:
		return 0
	}
	return r.values[i-1]
}

// input is the sum of the courses, in file order.
func (p *Population) input(n int64) float64 {
	sum := 0.0
	for _, c := range p.courses {
		sum += c.at(n)
	}
	return sum
}

// Drive writes what the external input adds in steps first+1, first+2, ... of
// population pop, one for each element of dst: to V for LIF [mV], to the current for
// LIFCond [pA]. For these it is spread so that the rounding of V is no bias.
func (m *Model) Drive(pop int, first int64, dst []float32) {
	p := &m.Populations[pop]
	resolution := 0.0
	switch p.Neuron {
	case network.LIF:
		resolution = m.Network.Populations[pop].Resolution()
	case network.LIFCond:
		resolution = m.Network.Populations[pop].Resolution() / float64(p.PerC)
	default: // a model, whose input is not spread
	}
	var x float64
	for i := range dst {
		if i == 0 || !p.steady {
			x = float64(p.scale * p.input(first+int64(i)))
		}
		dst[i] = float32(x + float64(resolution*spread(first+int64(i))))
	}
}

// spread is d[n] of docs/equations.md, in (-1/2, 1/2): van der Corput's sequence, 2^k
// successive numbers of which lie one in each of 2^k parts.
func spread(n int64) float64 {
	return (float64(bits.Reverse32(uint32(n+1)))+0.5)*0x1p-32 - 0.5
}

// Input is the external input of population pop from step n to n+1 [mV, or pA where
// the population has C_m]; of a Poisson source its rate [Hz].
func (m *Model) Input(pop int, n int64) float64 { return m.Populations[pop].input(n) }
