package fault

import (
	"fmt"
	"slices"
	"strings"
)

// Listing joins names for an error, the first of them where they are many.
func Listing(names []string) string {
	const most = 24
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "...")
	}
	clipped := make([]string, len(names))
	for i, name := range names {
		clipped[i] = Clip(name)
	}
	return strings.Join(clipped, ", ")
}

// DidYouMean follows what is allowed with the name that a slip of the keyboard made this word of, if any.
func DidYouMean(word string, names []string) string {
	if guess := Closest(word, names); guess != "" {
		return "; did you mean " + guess + "?"
	}
	return ""
}

// Meant is the name that word may stand for: that which a slip of the keyboard made it of, or the one that begins with it, or
// two that do ("a or b"); or "".
func Meant(word string, names []string) string {
	if guess := Closest(word, names); guess != "" {
		return guess
	}
	near := func(name string) bool {
		name, word := strings.ToLower(name), strings.ToLower(word)
		return len(word) > 1 && (strings.HasPrefix(name, word) || edits(word, name) == 1)
	}
	all := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !near(name) })
	if len(all) > 2 {
		return ""
	}
	return strings.Join(all, " or ")
}

// Closest is the name that a slip of the keyboard made of word, or "".
func Closest(word string, names []string) string {
	best, least := "", 1+len(word)/3
	for _, name := range names {
		d := edits(strings.ToLower(word), strings.ToLower(name))
		begins := d == least && best != "" && strings.HasPrefix(strings.ToLower(name), strings.ToLower(word)) // tau_fac is tau_facil rather than tau_rec
		if d < least || begins {
			best, least = name, d
		}
	}
	return best
}

// edits is the Levenshtein distance of two words, in which neighbours that change places are one
// edit (optimal string alignment). Words too long to be a slip of a name are infinitely far.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 1 << 30
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before, last, row = last, row, before
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, row[j]+1, last[j+1]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
	}
	return row[len(b)]
}

// AndMore says that as many faults more are of the kind.
func AndMore(count int) string {
	if count == 0 {
		return ""
	}
	return fmt.Sprintf(" (and %d more)", count)
}
