package network

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
)

const (
	maxComponents = 256     // of an input: their sum stays in range
	MaxSamples    = 1 << 18 // numbers of all Samples: a resolved network holds them as text
)

// MustSamples is said where there are more.
var MustSamples = fmt.Sprintf("must be at most %d numbers in the samples of all inputs; a wider grid of samples needs fewer", MaxSamples)

// input checks every component. That of an input with no other is at the
// input's own path, whether it stands in a list or not.
func (c *checker) input(path string, in Input) {
	c.want(len(in) <= maxComponents, path, len(in), fmt.Sprintf("must be at most %d components", maxComponents))
	for i, part := range in {
		at := path
		if len(in) > 1 {
			at = fault.Path(path, strconv.Itoa(i))
		}
		if d, ok := part.(DC); ok {
			c.number(at, float64(d))
			continue
		}
		switch course, of := CourseOf(part); x := of.(type) {
		case nil: // nil or a pointer, of a Network built in Go
			c.fault(at, fmt.Sprintf("%T", part), "must be a DC, Step, Pulse, Ramp, Sinusoid or Samples")
		case *Samples:
			c.samplesOf(at+".samples", x)
		default:
			c.keys(fault.Path(at, course.Name), of, Keys(course.Name, ""))
		}
	}
}

// frequency refuses one whose samples at the steps are those of a lower one.
func (c *checker) frequency(path string, s *Sinusoid) {
	if c.want(s.Frequency > 0 && s.Frequency <= MaxMagnitude, path, s.Frequency, mustFrequency) {
		const slack = 1 + 1e-9 // decimal fractions
		c.want(!(s.Frequency*c.dt > 500*slack), path, s.Frequency,
			"must be at most "+fault.Number(500/c.dt)+" Hz, two steps of dt a period")
	}
}

// samplesOf reports the first fault of each list: there may be 100 000 alike.
func (c *checker) samplesOf(path string, s *Samples) {
	c.samples += len(s.Times) + len(s.Values)
	c.want(len(s.Values) > 0, path+".values", len(s.Values), "must be at least one value")
	isBad := func(x float64) bool { return !(math.Abs(x) <= MaxMagnitude) }
	if i := slices.IndexFunc(s.Values, isBad); i >= 0 {
		c.number(path+".values."+strconv.Itoa(i), s.Values[i])
		c.more(countIf(s.Values[i+1:], isBad))
	}
	if s.Times == nil {
		c.grid(path+".every", s.Every, 1)
		return
	}
	c.want(s.Every == 0, path+".every", s.Every, "must not stand beside times")
	c.want(len(s.Times) == len(s.Values), path+".times", len(s.Times),
		fmt.Sprintf("must be as many times as values, %d", len(s.Values)))
	for i, t := range s.Times {
		at, faults := path+".times."+strconv.Itoa(i), len(c.faults)
		if c.grid(at, t, 0); i > 0 {
			c.later(at, t, s.Times[i-1])
		}
		if len(c.faults) > faults {
			c.faults = c.faults[:faults+1]
			c.more(countTimes(s.Times[i+1:], t, c.dt))
			break
		}
	}
}

// later checks that a time is behind the one before.
func (c *checker) later(path string, t, before float64) {
	c.want(!(t <= before), path, t, MustBeLater(before))
}

// MustBeLater says what a time [ms] must be behind the one before.
func MustBeLater(before float64) string {
	return "must be later than the time before it, " + fault.Number(before)
}

// countTimes counts those of times that are not on the grid, or not later than the one before.
func countTimes(times []float64, before, dt float64) (count int) {
	for _, t := range times {
		if GridFault(t, dt, 0) != "" || t <= before {
			count++
		}
		before = t
	}
	return count
}

// more says in the last fault how many others are like it.
func (c *checker) more(count int) {
	c.faults[len(c.faults)-1].Allowed += fault.AndMore(count)
}
