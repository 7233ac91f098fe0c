// Package fault says what is wrong with a value that somebody wrote: one line with its place, its
// path in the description, the value and what is allowed there.
package fault

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Place is where a value was written: a file with line and column, both from
// 1, or a flag such as "--set populations.E.size=-5", which has no line. The
// zero Place is that of a value set in Go.
type Place struct {
	Source       string
	Line, Column int
}

// longestPath is how many letters the path of a file may have, and any part of an error.
const longestPath = 1 << 12

// String is "net.yaml:7:12", the flag, or nothing.
func (p Place) String() string {
	if p.Line == 0 {
		return clip(p.Source, 200)
	}
	return clip(p.Source, longestPath) + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// An Error is one fault of a network's description. language.Load and Network.Validate join
// one for every fault they find; errors.As reaches the first.
type Error struct {
	Place
	Path    string // such as populations.E.size; may be empty
	Value   string // as written, "missing" or "unknown key"; empty where there is no value to blame
	Allowed string // what is allowed there

	line string // of the file, where it has the fault
}

// Error is the one line "place: path: value: what is allowed", without the
// parts that are empty.
func (e Error) Error() string {
	parts := slices.DeleteFunc(
		[]string{e.Place.String(), clippedPath(e.Path), e.Value, e.Allowed},
		func(s string) bool { return s == "" })
	for i := range parts {
		parts[i] = OneLine(clip(parts[i], longestPath))
	}
	return strings.Join(parts, ": ")
}

// OneLine keeps an error on one line, whatever the text that it quotes.
func OneLine(s string) string {
	var b strings.Builder
	for _, r := range s {
		if unicode.IsPrint(r) {
			b.WriteRune(r)
		} else {
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		}
	}
	return b.String()
}

// Clip shortens a quoted value, or a name, to what helps to find it. The names that a network may have are told whole.
func Clip(s string) string { return clip(s, 64) }

func clip(s string, longest int) string {
	letters := 0
	for i := range s {
		if letters++; letters > longest {
			return s[:i] + "..."
		}
	}
	return s
}

// clippedPath is a path whose names are clipped, each and all together.
func clippedPath(path string) string {
	const most = 16 // names of a path; the language needs 8
	names := strings.SplitN(path, ".", most+1)
	for i := range names {
		names[i] = Clip(names[i])
	}
	return strings.Join(names, ".")
}

// Join makes one error of all faults, in the order of the file and then of the
// flags. It is nil without faults.
func Join(faults []Error) error {
	slices.SortStableFunc(faults, func(a, b Error) int {
		if flagA, flagB := a.Line == 0, b.Line == 0; flagA != flagB {
			if flagA {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	errs := make([]error, len(faults))
	for i, f := range faults {
		errs[i] = f
	}
	return errors.Join(errs...)
}

// Path appends a key to a path.
func Path(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// Number writes a number for a reader: 12 digits hide what a decimal fraction's
// rounding left.
func Number(x float64) string { return strconv.FormatFloat(x, 'g', 12, 64) }

// Exact writes a number so that it reads back as the same.
func Exact(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }
