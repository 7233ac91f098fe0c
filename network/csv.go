package network

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// readCSV reads numbers separated by commas or by blanks. Empty lines and those
// that begin with # count for nothing, nor does a first line of names.
func readCSV(data []byte) (t table, line int, allowed string) {
	first := true
	for row := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		line++
		row = strings.TrimSpace(row)
		if row == "" || row[0] == '#' {
			continue
		}
		fields := splitRow(row)
		if first && areNames(fields) {
			first = false
			continue
		}
		first = false
		for _, field := range fields {
			x, ok := parseDecimal(field)
			if !ok {
				return t, line, "must hold numbers, not " + clip(strconv.Quote(field))
			}
			t.cells = append(t.cells, x)
		}
		if t.columns == 0 {
			t.columns = len(fields)
		}
		if t.columns != len(fields) {
			return t, line, fmt.Sprintf("must have as many columns as the lines before it, %d, not %d", t.columns, len(fields))
		}
	}
	t.columns = max(t.columns, 1) // not what is wrong with an empty file
	return t, 0, ""
}

// splitRow splits at commas where there are any, so that a value left out is
// seen.
func splitRow(row string) []string {
	if !strings.Contains(row, ",") {
		return strings.Fields(row)
	}
	fields := strings.Split(row, ",")
	for i, field := range fields {
		fields[i] = strings.TrimSpace(field)
	}
	return fields
}

// areNames tells whether no field is meant as a number, such as nan or 1e999.
func areNames(fields []string) bool {
	for _, field := range fields {
		if _, err := strconv.ParseFloat(field, 64); !errors.Is(err, strconv.ErrSyntax) {
			return false
		}
	}
	return true
}
