package fault

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Shown gives the faults the lines of the file in which they are.
func Shown(faults []Error, text []byte, file string) []Error {
	lines := strings.Split(string(text), "\n")
	for i := range faults {
		if f := &faults[i]; f.Source == file && f.Line >= 1 && f.Line <= len(lines) {
			f.line = strings.TrimRight(strings.TrimPrefix(lines[f.Line-1], "\ufeff"), "\r")
		}
	}
	return faults
}

// Snippet is the line of the file in which the fault is, the part around it where it is
// long, and below that a caret at the fault. It is empty where there is no such line, as
// for a flag.
func (e Error) Snippet() string {
	const before, width = 60, 100
	if e.line == "" || !utf8.ValidString(e.line) || strings.ContainsRune(e.line, 0) {
		return ""
	}
	line := []rune(strings.ReplaceAll(e.line, "\t", " "))
	at := min(max(e.Column-1, 0), len(line))
	if len(line) > width {
		from, whole := min(max(at-before, 0), len(line)-width), len(line)
		line, at = slices.Clone(line[from:from+width]), at-from
		if from+width < whole {
			line = append(line, []rune("...")...)
		}
		if from > 0 {
			line, at = append([]rune("..."), line...), at+3
		}
	}
	number, start := strconv.Itoa(e.Line), OneLine(string(line[:at]))
	margin := strings.Repeat(" ", len(number))
	return number + " | " + start + OneLine(string(line[at:])) + "\n" + margin + " | " + strings.Repeat(" ", utf8.RuneCountInString(start)) + "^"
}
