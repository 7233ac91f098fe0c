package table

import "fmt"

// badRows keep the first row that is not as it should be, and count those behind it.
type badRows struct {
	line, row int // of the first, each from 1; the line is 0 where there are none
	says      string
	more      int
	looked    int // rows behind the first
}

// lookFor is how many rows behind the first bad one are looked at: a fault is told at once.
const lookFor = 1 << 20

// take gives a row to the reader, unless says tells what is wrong with its cells. It is false where no
// more rows need be read.
func (r *Reader) take(row *Row, says string) bool {
	r.rows++
	if says == "" {
		says = r.Row(row)
	}
	b := &r.bad
	switch {
	case b.says != "":
		b.looked++
		if says != "" {
			b.more++
		}
	case says != "":
		b.line, b.row, b.says = row.Line, r.rows, says
	}
	return b.looked < lookFor
}

// fault is what the bad rows are told as, nil where there are none.
func (b *badRows) fault(f *File) *Fault {
	if b.says == "" {
		return nil
	}
	return &Fault{Path: f.Path, Line: b.line, Row: b.row, Says: b.says + MoreRows(b.more, b.looked == lookFor)}
}

// MoreRows says how many rows more are bad; or as many at least.
func MoreRows(count int, least bool) string {
	if count == 0 {
		return ""
	}
	words := map[bool]string{true: "at least "}[least]
	if count == 1 {
		return fmt.Sprintf(" (and %s1 more row)", words)
	}
	return fmt.Sprintf(" (and %s%d more rows)", words, count)
}
