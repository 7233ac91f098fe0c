// Package sweep simulates a network at every combination of some values, and keeps what came of each in a folder: a table, arrays
// and figures with theory's boundaries.
//
// Its one invariant: a point's result is in its folder whole or not at all, and is that of this point: what is run again simulates
// only what is missing, and takes nothing that another network, time or version of einet left.
package sweep

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// An Axis is a value of the network that is varied.
type Axis struct {
	Name   string   `json:"name"`   // of its column: as it was given
	Path   string   `json:"path"`   // of the network, as --set has it
	Values []string `json:"values"` // as --set has them
	Log    bool     `json:"log,omitempty"`
}

// MostRuns is how many a sweep may have, and mostValues an axis.
const (
	mostValues = 10000
	MostRuns   = 100_000
)

const allowedValues = "must be lo:hi:n for n equal steps, log:lo:hi:n for equal factors, or a list such as 1,2,5"

// ownKeys are those of a network that stand at its top and may be varied; other names without a dot are constants.
var ownKeys = []string{"dt", "duration", "trial"}

// ParseAxis reads PATH=VALUES. A name without a dot is one of the network's constants.
func ParseAxis(text string) (Axis, error) {
	fail := func(format string, args ...any) (Axis, error) {
		return Axis{}, fmt.Errorf("--vary %s: %s", text, fmt.Sprintf(format, args...))
	}
	name, values, ok := strings.Cut(text, "=")
	name, values = strings.TrimSpace(name), strings.TrimSpace(values)
	if !ok || name == "" || values == "" {
		return fail("must be PATH=VALUES, such as g=3:8:16, eta=0.5,1,2 or projections.*.delay=log:0.1:10:5")
	}
	a := Axis{Name: name, Path: name}
	switch {
	case name == "seed":
		return fail("the seeds of a sweep are as many as --seeds says")
	case !strings.Contains(name, ".") && !slices.Contains(ownKeys, name):
		a.Path = "constants." + name
	}
	rest, isLog := strings.CutPrefix(values, "log:")
	a.Log = isLog
	if parts := strings.Split(rest, ":"); isLog || len(parts) == 3 && !strings.ContainsAny(values, "{[,") {
		if len(parts) != 3 {
			return fail(allowedValues)
		}
		var err error
		if a.Values, err = between(parts[0], parts[1], parts[2], isLog); err != nil {
			return fail("%s", err)
		}
		return a, nil
	}
	a.Values = listed(values)
	switch {
	case slices.Contains(a.Values, ""):
		return fail("a value is empty: %s", allowedValues)
	case len(a.Values) > mostValues:
		return fail("%d values: must be at most %d", len(a.Values), mostValues)
	}
	for i, v := range a.Values {
		if slices.Contains(a.Values[:i], v) {
			return fail("%s is there twice", v)
		}
	}
	return a, nil
}

// between are n values from lo to hi, at equal distances or, in the logarithm, equal factors. Both may have a unit, the same one.
func between(first, last, number string, inLog bool) ([]string, error) {
	n, err := strconv.Atoi(strings.TrimSpace(number))
	if err != nil || n < 2 || n > mostValues {
		return nil, fmt.Errorf("%q: the number of values must be from 2 to %d", strings.TrimSpace(number), mostValues)
	}
	lo, unit, ok := quantity(first)
	hi, other, okToo := quantity(last)
	switch {
	case !ok || !okToo:
		return nil, errors.New(allowedValues)
	case unit != other:
		return nil, fmt.Errorf("both ends must have one unit, and are in %q and %q", unit, other)
	case lo == hi:
		return nil, errors.New("both ends are the same")
	case inLog && !(lo > 0 && hi > 0):
		return nil, errors.New("both ends of a logarithmic range must be above 0")
	}
	var values []string
	for k := range n {
		a := Axis{Log: inLog}
		text := strconv.FormatFloat(a.along(lo, hi, float64(k)/float64(n-1)), 'g', digits, 64)
		if y, err := strconv.ParseFloat(text, 64); err == nil {
			text = strconv.FormatFloat(y, 'g', -1, 64) // without trailing zeros
		}
		if unit != "" {
			text += " " + unit
		}
		values = append(values, text)
	}
	return values, nil
}

// along is a part of the way from one number to another.
func (a *Axis) along(from, to, part float64) float64 {
	if a.Log {
		return from * math.Pow(to/from, part)
	}
	return from + (to-from)*part
}

// digits are those of the values of ranges: what is printed is what is simulated.
const digits = 12

// quantity is a number and its unit, which may be empty.
func quantity(text string) (x float64, unit string, ok bool) {
	text = strings.TrimSpace(text)
	number := strings.TrimRight(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	return x, text[len(number):], err == nil && !math.IsInf(x, 0) && !math.IsNaN(x)
}

// listed are the parts between commas that stand in no brackets or quotes. Brackets around all of them may be there.
func listed(text string) []string {
	if inner, ok := bracketed(text); ok {
		text = inner
	}
	var parts []string
	depth, quote, start := 0, rune(0), 0
	for i, r := range text {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '[' || r == '{' || r == '(':
			depth++
		case r == ']' || r == '}' || r == ')':
			depth--
		case r == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(text[start:i]))
			start = i + 1
		}
	}
	return append(parts, strings.TrimSpace(text[start:]))
}

// bracketed is what stands in the brackets that enclose the whole text.
func bracketed(text string) (inner string, ok bool) {
	if !strings.HasPrefix(text, "[") || !strings.HasSuffix(text, "]") {
		return "", false
	}
	depth := 0
	for i, r := range text {
		switch r {
		case '[':
			depth++
		case ']':
			depth--
		}
		if depth == 0 && i < len(text)-1 {
			return "", false
		}
	}
	return text[1 : len(text)-1], true
}

// Numbers are the values of an axis as numbers, in the unit that they have; ok is false where they are none, or of several units.
func (a *Axis) Numbers() (numbers []float64, unit string, ok bool) {
	for i, v := range a.Values {
		x, u, ok := quantity(v)
		if !ok || i > 0 && u != unit {
			return nil, "", false
		}
		numbers, unit = append(numbers, x), u
	}
	return numbers, unit, true
}

// Grid are the numbers of points along each axis.
func grid(axes []Axis) (sizes []int, points int, err error) {
	points = 1
	for i, a := range axes {
		for _, b := range axes[:i] {
			if a.Path == b.Path {
				return nil, 0, fmt.Errorf("--vary %s: is there twice", a.Name)
			}
		}
		sizes = append(sizes, len(a.Values))
		if points *= len(a.Values); points > MostRuns {
			return nil, 0, fmt.Errorf("--vary: there are more than %d points", MostRuns)
		}
	}
	return sizes, points, nil
}
