package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"einet/network/language"
)

// A span is a time that a flag gives, in ms. It is written as in the network language, 500,
// "500 ms" or 0.5s. Minutes and hours are no units: 500m is a slip of 500ms.
type span struct {
	ms   float64
	text string // as it was given
}

// maxSpan [ms] is more than any run's steps of dt, and what Go's own durations hold.
const maxSpan = 1e12

// inSpan is a span that no flag gave.
func inSpan(ms float64) span {
	return span{ms, strconv.FormatFloat(ms, 'g', -1, 64) + " ms"}
}

// UnmarshalText reads a flag's value.
func (s *span) UnmarshalText(text []byte) error {
	given := strings.TrimSpace(string(text))
	ms, ok := language.ParseTime(strings.NewReplacer("µs", "us", "μs", "us").Replace(given))
	if !ok {
		return fmt.Errorf(`%s: must be a time, such as 500 (ms), "500 ms" or 0.5s; its units are ms, s and us`, given)
	}
	if math.Abs(ms) > maxSpan {
		return fmt.Errorf("%s: must be a time of at most %g ms", given, maxSpan)
	}
	*s = span{ms, given}
	return nil
}

// String is the span as it was given; where that names no unit, with its unit.
func (s span) String() string {
	if _, err := strconv.ParseFloat(s.text, 64); err == nil {
		return s.text + " ms"
	}
	return s.text
}
