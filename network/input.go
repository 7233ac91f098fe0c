package network

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"einet/fault"
)

// An Input is the external input R*I of a population [mV]: the sum of its
// components in file order, zero without any. It is constant from each step to
// the next, at what it is where the step begins.
type Input []Component

// A Component is one term of an Input: a DC, Step, Pulse, Ramp, Sinusoid or
// Samples. Its times count from the start of the simulation.
type Component interface {
	bounds() (lo, hi float64) // of its value over all time
}

// A Course is a kind of Component but DC: the name that it has in a description, how to make one of which the fields
// are to be set, and what it is as a Component.
type Course struct {
	Name  string
	New   func() any
	Value func(of any) Component
	of    func(part Component) (of any, ok bool)
}

// Courses are all of them.
var Courses = []Course{
	course[Step]("step"), course[Pulse]("pulse"), course[Ramp]("ramp"), course[Sinusoid]("sinusoid"), course[Samples]("samples"),
}

func course[T Component](name string) Course {
	return Course{
		Name: name, New: func() any { return new(T) }, Value: func(of any) Component { return *of.(*T) },
		of: func(part Component) (any, bool) { x, ok := part.(T); return &x, ok },
	}
}

// CourseOf is a component's course and a pointer to a copy of it; nil of a DC.
func CourseOf(part Component) (*Course, any) {
	for i := range Courses {
		if of, ok := Courses[i].of(part); ok {
			return &Courses[i], of
		}
	}
	return nil, nil
}

// A DC is constant [mV].
type DC float64

// A Step adds By from At on.
type Step struct {
	At float64 // [ms], a multiple of dt
	By float64 // [mV]
}

// A Pulse adds Amplitude from At on, for a Duration.
type Pulse struct {
	At        float64 // [ms], a multiple of dt
	Duration  float64 // [ms], a multiple of dt, at least dt
	Amplitude float64 // [mV]
}

// A Ramp rises linearly from zero at At to By at At+Duration, and stays there.
type Ramp struct {
	At       float64 // [ms], a multiple of dt
	Duration float64 // [ms], a multiple of dt, at least dt
	By       float64 // [mV]
}

// A Sinusoid is Amplitude sin(2 pi Frequency t + Phase), from the start.
type Sinusoid struct {
	Amplitude float64 // [mV]
	Frequency float64 // [Hz], at least two steps a period
	Phase     float64 // [degrees], as NEST's ac_generator has it
}

// Samples are values that hold until the next, the last of them for good.
// Before the first there is nothing. Either Every says when they begin, or
// Times do.
type Samples struct {
	Every  float64   // [ms] from each to the next, the first at the start; a multiple of dt
	Times  []float64 // [ms] ascending multiples of dt, as many as Values; nil with Every
	Values []float64 // [mV]
}

// Constant is the input's value [mV] where it is the same at all times.
func (in Input) Constant() (mV float64, ok bool) {
	for _, part := range in {
		dc, isDC := part.(DC)
		if !isDC {
			return math.NaN(), false
		}
		mV += float64(dc)
	}
	return mV, true
}

// Bounds enclose the input's values at all times [mV]: they are the sums of
// what its components reach at their lowest and at their highest.
func (in Input) Bounds() (lo, hi float64) {
	for _, part := range in {
		l, h := part.bounds()
		lo, hi = lo+l, hi+h
	}
	return lo, hi
}

func (d DC) bounds() (lo, hi float64)       { return float64(d), float64(d) }
func (s Step) bounds() (lo, hi float64)     { return min(0, s.By), max(0, s.By) }
func (p Pulse) bounds() (lo, hi float64)    { return min(0, p.Amplitude), max(0, p.Amplitude) }
func (r Ramp) bounds() (lo, hi float64)     { return min(0, r.By), max(0, r.By) }
func (s Sinusoid) bounds() (lo, hi float64) { return -math.Abs(s.Amplitude), math.Abs(s.Amplitude) }

func (s Samples) bounds() (lo, hi float64) {
	for _, x := range s.Values {
		lo, hi = min(lo, x), max(hi, x)
	}
	return lo, hi
}

// scaled is the input with every amplitude multiplied by s.
func (in Input) scaled(s float64) Input {
	if in == nil {
		return nil
	}
	out := make(Input, len(in))
	for i, part := range in {
		if d, ok := part.(DC); ok {
			out[i] = DC(float64(d) * s)
			continue
		}
		course, of := CourseOf(part)
		for _, k := range Keys(course.Name, "") {
			if k.Unit != UnitOfCurrents {
				continue
			}
			switch x := k.At(of).(type) {
			case *float64:
				*x *= s
			case *[]float64:
				*x = slices.Clone(*x)
				for j := range *x {
					(*x)[j] *= s
				}
			}
		}
		out[i] = course.Value(of)
	}
	return out
}

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
