package sonata

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

func sha(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}

// A typeTable is a table of node or edge types.
type typeTable struct {
	file string
	rows []typeRow
}

// A typeRow is one of its types. Attributes that are NULL or empty are not there.
type typeRow struct {
	id         int64
	population string // empty: of every one
	line       int
	attributes map[string]string
}

// find is the type of that number in a population, nil where there is none.
func (t *typeTable) find(id int64, population string) *typeRow {
	var any *typeRow
	for i := range t.rows {
		if row := &t.rows[i]; row.id == id && row.population == population {
			return row
		} else if row.id == id && row.population == "" {
			any = row
		}
	}
	return any
}

// mostTypes bounds the rows of a table of types.
const mostTypes = 1 << 16

// types reads a table of types: blanks between columns, as SONATA has it, or commas or tabs; quotes around what holds them.
func (r *reader) types(file, idColumn string) *typeTable {
	t := &typeTable{file: file}
	if file == "" {
		return t
	}
	text := r.read(file, mostBytes)
	if text == nil {
		return nil
	}
	heading, _, _ := bytes.Cut(text, []byte("\n"))
	separator := ' '
	for _, s := range []rune{'\t', ',', ' '} {
		if bytes.ContainsRune(bytes.TrimSpace(heading), s) {
			separator = s
			break
		}
	}
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.Comma, in.LazyQuotes, in.FieldsPerRecord = separator, true, -1
	var names []string
	for {
		cells, err := in.Read()
		if err == io.EOF {
			break
		}
		line, _ := in.FieldPos(0)
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			r.fault(file, wrong.Line, "", "", wrong.Err.Error())
			return nil
		} else if err != nil {
			r.fault(file, line, "", "", err.Error())
			return nil
		}
		if separator == ' ' { // which may be several
			cells = withoutEmpty(cells)
		}
		if len(cells) == 0 {
			continue
		}
		if names == nil {
			names = cells
			continue
		}
		if len(cells) != len(names) {
			r.fault(file, line, "", fmt.Sprintf("%d columns", len(cells)), fmt.Sprintf("must be %d, as many as in the heading", len(names)))
			return nil
		}
		row := typeRow{id: -1, line: line, attributes: map[string]string{}}
		for i, cell := range cells {
			cell = strings.TrimSpace(cell)
			switch name := strings.TrimSpace(names[i]); {
			case name == idColumn:
				if row.id, err = strconv.ParseInt(cell, 10, 64); err != nil || row.id < 0 {
					r.fault(file, line, idColumn, cell, "must be a whole number, from 0")
					return nil
				}
			case cell == "" || cell == "NULL" || cell == "None":
			case name == "population":
				row.population = cell
			default:
				row.attributes[name] = cell
			}
		}
		if row.id < 0 {
			r.fault(file, 1, "", "", "must have a column "+idColumn+"; its columns are "+strings.Join(names, ", "))
			return nil
		}
		for _, other := range t.rows {
			if other.id == row.id && other.population == row.population {
				r.fault(file, line, fmt.Sprintf("%s %d", idColumn, row.id), "", fmt.Sprintf("stands here twice, first in line %d", other.line))
				return nil
			}
		}
		if t.rows = append(t.rows, row); len(t.rows) > mostTypes {
			r.fault(file, line, "", "", fmt.Sprintf("must be at most %d types", mostTypes))
			return nil
		}
	}
	return t
}

func withoutEmpty(cells []string) []string {
	kept := cells[:0]
	for _, c := range cells {
		if c != "" {
			kept = append(kept, c)
		}
	}
	return kept
}
