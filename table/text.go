package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// maxLine is the most bytes of a line of text.
const maxLine = 1 << 16

// A text is a table of text under way.
type text struct {
	*Reader
	gdf      bool     // NEST's .gdf, whose order is another one
	columns  *Columns // nil until the first row or heading
	count    int      // of columns
	stated   []string // by a comment columns = [...]
	comments []comment
	separate byte
	fields   [][]byte
	row      Row
}

// A comment is one that may be a heading.
type comment struct {
	line  int
	text  string
	names []string
}

// readText reads rows of numbers, separated by commas, semicolons, tabs or blanks, as many in each
// as in the first. The line is that of what is not allowed.
func (f *File) readText(r *Reader) (line int, allowed string) {
	from, err := f.content()
	if err != nil {
		return 0, "can't be read: " + err.Error()
	}
	t := &text{Reader: r, gdf: strings.EqualFold(filepath.Ext(strings.TrimSuffix(f.Path, ".gz")), ".gdf")}
	watched := &watched{from: from}
	lines := bufio.NewScanner(watched)
	lines.Buffer(make([]byte, 0, maxLine), maxLine)
	for lines.Scan() {
		line++
		content := lines.Bytes()
		if line == 1 {
			content = bytes.TrimPrefix(content, []byte("\ufeff"))
		}
		if content = bytes.TrimSpace(content); len(content) == 0 {
			continue
		}
		if content[0] == '#' {
			if t.columns == nil {
				t.comment(line, string(bytes.TrimLeft(content, "# \t")))
			}
			continue
		}
		at, allowed, more := t.line(line, content, f.lines, watched)
		if allowed != "" && watched.err == nil {
			return at, allowed
		}
		if !more {
			return 0, ""
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return line + 1, fmt.Sprintf("must have fewer than %d bytes in a line", maxLine)
	case err != nil:
		return 0, "can't be read: " + err.Error()
	}
	return 0, ""
}

// watched notes why a file could not be read on: its last line is then cut short.
type watched struct {
	from io.Reader
	err  error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	if err != io.EOF {
		w.err = err
	}
	return n, err
}

// line takes one that is no comment. What is wrong with a row is kept; more is false where no more need be read.
func (t *text) line(line int, content []byte, lines int, watched *watched) (at int, allowed string, more bool) {
	first := t.columns == nil
	if first {
		t.separate = separator(content)
	}
	var ok bool
	if t.fields, ok = split(t.fields[:0], content, t.separate); !ok {
		if first {
			return line, "is no line of CSV", false
		}
		return 0, "", t.keep(line, "is no line of CSV", watched)
	}
	if first {
		heading := areNames(t.fields)
		if heading && t.separate == ' ' {
			t.fields, _ = split(t.fields[:0], joinUnits(content), ' ')
		}
		if at, allowed = t.head(line, heading); allowed != "" {
			return at, allowed, false
		}
		if t.separate == '\t' && !t.columns.has[Population] {
			t.separate = ' ' // numbers hold no blanks, and NEST 2 ends its lines in a tab
		}
		if allowed = t.begin(t.columns, max(lines+1-line, 0)); allowed != "" {
			return line, allowed, false
		}
		if heading {
			return 0, "", true
		}
	}
	if t.Most > 0 && t.rows >= t.Most {
		return line, t.TooMany, false
	}
	return 0, "", t.keep(line, t.cells(), watched)
}

// keep takes a row of which says tells what is wrong with its cells, if anything. A row that the file's end cut short while it
// could not be read is none.
func (t *text) keep(line int, says string, watched *watched) bool {
	t.row.Line = line
	return watched.err != nil || t.take(&t.row, says)
}

// head finds the columns, from the names that the reader has, from the heading, from a comment, or
// from the documented order.
func (t *text) head(line int, heading bool) (at int, allowed string) {
	t.count = len(t.fields)
	if len(t.Names) > 0 {
		if len(t.Names) != t.count {
			return line, fmt.Sprintf("must have %d columns, as the option columns names, not %d", len(t.Names), t.count)
		}
		t.columns, allowed = t.Kind.columns(t.Names)
		return line, allowed
	}
	var headed, stated *Columns
	if heading {
		names := make([]string, t.count)
		for i, f := range t.fields {
			names[i] = string(f)
		}
		if headed, allowed = t.Kind.columns(names); allowed != "" {
			return line, allowed
		}
	}
	if stated, at, allowed = t.byComment(); allowed != "" {
		return at, allowed
	}
	switch {
	case headed != nil && stated != nil && !headed.same(stated):
		return line, "the names of columns contradict the comment above them; the option columns says which they are"
	case headed != nil:
		t.columns = headed
	case stated != nil:
		t.columns = stated
	case t.gdf && t.Kind == SpikeTable:
		return line, "has no names of columns, as a .gdf of NEST: give them as columns, such as " + t.Kind.example(t.count)
	default:
		t.columns, allowed = t.documented(t.count)
	}
	return line, allowed
}

var (
	pynnColumns = regexp.MustCompile(`(?i)^columns?\s*[:=]\s*[\[(]?(.*?)[\])]?$`)
	inBrackets  = regexp.MustCompile(`\s*[\[(/]\s*([A-Za-zµμ]+)\s*[\])]?`)
)

// joinUnits makes one word of "time [ms]".
func joinUnits(names []byte) []byte { return inBrackets.ReplaceAll(names, []byte("_$1")) }

// comment keeps one that may name columns: PyNN's columns = ["i", "j"], or just the names, as numpy writes them.
func (t *text) comment(line int, content string) {
	content = strings.TrimSpace(content)
	if m := pynnColumns.FindStringSubmatch(content); m != nil {
		t.stated = strings.Split(m[1], ",")
		if !strings.Contains(m[1], ",") {
			t.stated = strings.Fields(m[1])
		}
		for i, s := range t.stated {
			t.stated[i] = strings.Trim(strings.TrimSpace(s), `"'`)
		}
		return
	}
	if content == "" || strings.ContainsAny(content, "=:") {
		return
	}
	joined := joinUnits([]byte(content))
	fields, ok := split(nil, joined, separator(joined))
	if !ok {
		return
	}
	c := comment{line: line, text: content}
	for _, f := range fields {
		c.names = append(c.names, string(f))
	}
	t.comments = append(t.comments, c)
}

// byComment is the columns that a comment names, nil if none does. One that only seems to is a fault.
func (t *text) byComment() (c *Columns, line int, allowed string) {
	if t.stated != nil {
		if len(t.stated) != t.count {
			return nil, 0, fmt.Sprintf("states %d columns, but has %d", len(t.stated), t.count)
		}
		c, allowed = t.Kind.columns(t.stated)
		return c, 0, allowed
	}
	for _, note := range t.comments {
		known := 0
		for _, n := range note.names {
			if role, _, ok := t.Kind.known(n); ok && role != Ignored {
				known++
			}
		}
		all := known == len(note.names)
		switch {
		case all && len(note.names) == t.count:
			if c, allowed = t.Kind.columns(note.names); allowed != "" {
				return nil, note.line, allowed
			}
		case all && known > 1, known > 0 && len(note.names) == t.count:
			return nil, note.line, fmt.Sprintf("%s names columns, but not all or not as many as there are, %d; the option columns says which they are", quoted(note.text), t.count)
		}
	}
	return c, 0, ""
}

// cells reads the row's numbers, or says what is wrong with them.
func (t *text) cells() string {
	if len(t.fields) != t.count {
		return fmt.Sprintf("must have as many columns as the lines before it, %d, not %d", t.count, len(t.fields))
	}
	for i, field := range t.fields {
		switch role := t.columns.at[i]; role {
		case Ignored:
		case Population:
			t.row.Text = string(field)
		default:
			x, ok := parseCell(field)
			if !ok {
				return t.columns.called(i) + " must hold numbers, not " + quoted(string(field))
			}
			t.row.Cells[role] = x
		}
	}
	return ""
}

// separator is what divides the fields of a line: a comma if there is one, a semicolon, a tab, or blanks.
func separator(line []byte) byte {
	for _, s := range []byte{',', ';', '\t'} {
		if bytes.IndexByte(line, s) >= 0 {
			return s
		}
	}
	return ' '
}

// split splits at commas, semicolons or tabs, so that a value left out is seen, or else at blanks.
func split(fields [][]byte, row []byte, at byte) ([][]byte, bool) {
	blank := at == ' ' || at == '\t'
	if bytes.IndexByte(row, '"') >= 0 {
		r := csv.NewReader(bytes.NewReader(row))
		r.Comma, r.TrimLeadingSpace = rune(at), true
		record, err := r.Read()
		for _, field := range record {
			if field = strings.TrimSpace(field); field != "" || !blank {
				fields = append(fields, []byte(field))
			}
		}
		return fields, err == nil
	}
	if at == ' ' {
		for field := range bytes.FieldsSeq(row) {
			fields = append(fields, field)
		}
		return fields, true
	}
	for field := range bytes.SplitSeq(row, []byte{at}) {
		if field = bytes.TrimSpace(field); len(field) > 0 || !blank {
			fields = append(fields, field)
		}
	}
	return fields, true
}

// parseCell reads a finite number in decimal notation, without a detour for the indices
// that lists are made of.
func parseCell(field []byte) (float64, bool) {
	x := int64(0)
	for _, digit := range field {
		if digit < '0' || digit > '9' || len(field) > 15 {
			return parseDecimal(string(field))
		}
		x = 10*x + int64(digit-'0')
	}
	return float64(x), len(field) > 0
}

func parseDecimal(field string) (float64, bool) {
	if strings.Trim(field, "0123456789+-.eE") != "" {
		return math.NaN(), false
	}
	x, err := strconv.ParseFloat(field, 64)
	return x, err == nil
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
