package network

import (
	"regexp"
	"slices"
	"strings"
)

// The shapes of names: those of populations and projections may be used in
// paths and expressions, a network's names a folder.
const (
	namePattern    = `[A-Za-z][A-Za-z0-9_]{0,63}`
	networkPattern = `[A-Za-z0-9][A-Za-z0-9_.-]{0,63}`
)

var (
	memberName  = regexp.MustCompile(`^` + namePattern + `$`)
	networkName = regexp.MustCompile(`^` + networkPattern + `$`)
	notInName   = regexp.MustCompile(`[^A-Za-z0-9_.-]`)
)

// fileName makes a network's name of a file's: "nets/my net.yaml" is my_net.
func fileName(file string) string {
	base := file[strings.LastIndexAny(file, `/\`)+1:]
	base = strings.TrimSuffix(strings.TrimSuffix(base, ".yaml"), ".yml")
	base = notInName.ReplaceAllString(base, "_")
	base = strings.TrimLeft(base, "_.-")
	if base == "" {
		return "network"
	}
	return base[:min(len(base), 64)]
}

// listing joins names for an error, the first of them where they are many.
func listing(names []string) string {
	const most = 24
	if len(names) > most {
		names = append(slices.Clone(names[:most]), "...")
	}
	return strings.Join(names, ", ")
}

// meant follows what is allowed with the word that a slip of the keyboard made this one of.
func meant(word, words string) string {
	return didYouMean(word, strings.Split(words, "|"))
}

func didYouMean(word string, names []string) string {
	if guess := closest(word, names); guess != "" {
		return "; did you mean " + guess + "?"
	}
	return ""
}

// Meant is the name that word may stand for: that which a slip of the keyboard made it of, or the one that begins with it; or "".
func Meant(word string, names []string) string {
	if guess := closest(word, names); guess != "" {
		return guess
	}
	near := func(name string) bool {
		name, word := strings.ToLower(name), strings.ToLower(word)
		return len(word) > 1 && (strings.HasPrefix(name, word) || edits(word, name) == 1)
	}
	if i := slices.IndexFunc(names, near); i >= 0 && !slices.ContainsFunc(names[i+1:], near) {
		return names[i]
	}
	return ""
}

// closest is the name that a slip of the keyboard made of word, or "".
func closest(word string, names []string) string {
	best, least := "", 1+len(word)/3
	for _, name := range names {
		if d := edits(strings.ToLower(word), strings.ToLower(name)); d < least {
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
