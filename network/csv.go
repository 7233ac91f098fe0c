package network

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// A rowReader is called with the cells of each row of a table, which it must not keep.
// What it answers, if anything, is what is allowed there instead.
type rowReader func(cells []float64) (allowed string)

// maxRow is the most bytes of a line of a table.
const maxRow = 1 << 16

// readCSV reads numbers separated by commas or by blanks, as many in each row as in the
// first. Empty lines and those that begin with # count for nothing, nor does a first
// line of names. The line is that of what is not allowed.
func readCSV(r io.Reader, row rowReader) (line int, allowed string) {
	var cells []float64
	var fields [][]byte
	columns, first := 0, true
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 0, maxRow), maxRow)
	for lines.Scan() {
		line++
		text := lines.Bytes()
		if line == 1 {
			text = bytes.TrimPrefix(text, []byte("\ufeff"))
		}
		if text = bytes.TrimSpace(text); len(text) == 0 || text[0] == '#' {
			continue
		}
		fields = splitRow(fields[:0], text)
		if first && areNames(fields) {
			first = false
			continue
		}
		first, cells = false, cells[:0]
		for _, field := range fields {
			x, ok := parseCell(field)
			if !ok {
				return line, "must hold numbers, not " + clip(strconv.Quote(string(field)))
			}
			cells = append(cells, x)
		}
		if columns == 0 {
			columns = len(cells)
		}
		if columns != len(cells) {
			return line, fmt.Sprintf("must have as many columns as the lines before it, %d, not %d", columns, len(cells))
		}
		if allowed := row(cells); allowed != "" {
			return line, allowed
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return line + 1, fmt.Sprintf("must have fewer than %d bytes in a line", maxRow)
	case err != nil:
		return 0, "can't be read: " + err.Error()
	}
	return 0, ""
}

// splitRow splits at commas where there are any, so that a value left out is
// seen.
func splitRow(fields [][]byte, row []byte) [][]byte {
	if bytes.IndexByte(row, ',') < 0 {
		for field := range bytes.FieldsSeq(row) {
			fields = append(fields, field)
		}
		return fields
	}
	for field := range bytes.SplitSeq(row, []byte{','}) {
		fields = append(fields, bytes.TrimSpace(field))
	}
	return fields
}

// parseCell is parseDecimal, without a detour for the indices that lists are made of.
func parseCell(field []byte) (float64, bool) {
	if len(field) == 0 || len(field) > 15 {
		return parseDecimal(string(field))
	}
	x := int64(0)
	for _, digit := range field {
		if digit < '0' || digit > '9' {
			return parseDecimal(string(field))
		}
		x = 10*x + int64(digit-'0')
	}
	return float64(x), true
}

// areNames tells whether no field is meant as a number, such as nan or 1e999.
func areNames(fields [][]byte) bool {
	for _, field := range fields {
		if _, err := strconv.ParseFloat(string(field), 64); !errors.Is(err, strconv.ErrSyntax) {
			return false
		}
	}
	return true
}
