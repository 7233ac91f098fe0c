package network

import (
	"math"
	"slices"
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
