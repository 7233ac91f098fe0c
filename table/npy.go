package table

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"strconv"
	"strings"
)

// npyMagic begins a numpy array file (numpy's NEP 1).
const npyMagic = "\x93NUMPY"

var (
	npyDescr   = regexp.MustCompile(`'descr':\s*'([^']*)'`)
	npyFields  = regexp.MustCompile(`'descr':\s*\[(.*?)\]`)
	npyField   = regexp.MustCompile(`\(\s*'([^']*)',\s*'([^']*)'\s*\)`)
	npyFortran = regexp.MustCompile(`'fortran_order':\s*True`)
	npyShape   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

const (
	mustNpy       = "must be a numpy array of little-endian float64, float32 or whole numbers that is not cut short"
	maxNpyColumns = 64
	maxNpyHeader  = 1 << 16
	maxNpySize    = 1 << 40 // elements
)

// elements are the types of numbers, by their names in numpy.
var elements = map[string]struct {
	size int
	at   func(b []byte) float64
}{
	"<f8": {8, func(b []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(b)) }},
	"<f4": {4, func(b []byte) float64 { return float64(math.Float32frombits(binary.LittleEndian.Uint32(b))) }},
	"<i8": {8, func(b []byte) float64 { return float64(int64(binary.LittleEndian.Uint64(b))) }},
	"<i4": {4, func(b []byte) float64 { return float64(int32(binary.LittleEndian.Uint32(b))) }},
	"<i2": {2, func(b []byte) float64 { return float64(int16(binary.LittleEndian.Uint16(b))) }},
	"|i1": {1, func(b []byte) float64 { return float64(int8(b[0])) }},
	"<u8": {8, func(b []byte) float64 { return float64(binary.LittleEndian.Uint64(b)) }},
	"<u4": {4, func(b []byte) float64 { return float64(binary.LittleEndian.Uint32(b)) }},
	"<u2": {2, func(b []byte) float64 { return float64(binary.LittleEndian.Uint16(b)) }},
	"|u1": {1, func(b []byte) float64 { return float64(b[0]) }},
}

// A column gives its elements one after the other.
type column func() (float64, error)

// An array is what the header of one of numpy's says.
type array struct {
	names   []string // of the fields, nil where it has none
	descr   []string // the type of each field, or one
	fortran bool
	dims    []int64
}

// readNpyHeader reads a header from its beginning to its end.
func readNpyHeader(r io.Reader) (*array, bool) {
	var fixed [8]byte
	if _, err := io.ReadFull(r, fixed[:]); err != nil || string(fixed[:len(npyMagic)]) != npyMagic {
		return nil, false
	}
	var size [4]byte
	wide := 2 // bytes of the header's length: 4 from version 2 on
	if fixed[6] > 1 {
		wide = 4
	}
	if _, err := io.ReadFull(r, size[:wide]); err != nil {
		return nil, false
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxNpyHeader {
		return nil, false
	}
	dict := make([]byte, n)
	if _, err := io.ReadFull(r, dict); err != nil {
		return nil, false
	}
	return parseNpyHeader(string(dict))
}

// parseNpyHeader reads the header's Python dictionary.
func parseNpyHeader(dict string) (*array, bool) {
	a := &array{fortran: npyFortran.MatchString(dict)}
	if fields := npyFields.FindStringSubmatch(dict); fields != nil {
		for _, f := range npyField.FindAllStringSubmatch(fields[1], -1) {
			a.names, a.descr = append(a.names, f[1]), append(a.descr, f[2])
		}
		if npyField.ReplaceAllString(fields[1], "") != strings.Repeat(", ", max(len(a.names)-1, 0)) {
			return nil, false // a field of a shape of its own, say
		}
	} else if descr := npyDescr.FindStringSubmatch(dict); descr != nil {
		a.descr = descr[1:]
	}
	shape := npyShape.FindStringSubmatch(dict)
	if len(a.descr) == 0 || shape == nil {
		return nil, false
	}
	total := int64(1)
	for field := range strings.SplitSeq(shape[1], ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || n > maxNpySize || n > 0 && total > maxNpySize/n {
			return nil, false
		}
		a.dims, total = append(a.dims, n), total*max(n, 1)
	}
	return a, true
}

// rowSize is the bytes of all fields, 0 if any is no number.
func (a *array) rowSize() int64 {
	total := 0
	for _, d := range a.descr {
		e, ok := elements[d]
		if !ok {
			return 0
		}
		total += e.size
	}
	return int64(total)
}

// readNpy reads an array of one or two dimensions, or of one with named fields, row by row.
func (f *File) readNpy(r *Reader) string {
	content, size, says := f.whole()
	if says != "" {
		return says
	}
	head := io.NewSectionReader(content, 0, size)
	a, ok := readNpyHeader(head)
	if !ok {
		return mustNpy
	}
	body, _ := head.Seek(0, io.SeekCurrent)
	rows, count := int64(0), int64(1)
	switch {
	case len(a.dims) == 1:
		rows = a.dims[0]
	case len(a.dims) == 2 && a.names == nil && a.dims[1] >= 1 && a.dims[1] <= maxNpyColumns:
		rows, count = a.dims[0], a.dims[1]
	default:
		return "must be an array of one or two dimensions"
	}
	wide := a.rowSize()
	if wide == 0 || size-body != rows*count*wide {
		return mustNpy
	}
	at := func(from, length int64) io.Reader {
		return bufio.NewReaderSize(io.NewSectionReader(content, from, length), maxLine)
	}
	var columns []column
	// A row's elements lie together, or each in a column of its own.
	together := at(body, size-body)
	for j := range max(count, int64(len(a.descr))) {
		descr, from := a.descr[0], together
		if a.names != nil {
			descr = a.descr[j]
		} else if a.fortran {
			from = at(body+j*rows*wide, rows*wide)
		}
		columns = append(columns, elementsOf(descr, from))
	}
	return r.pour(a.names, columns, rows, int(rows))
}

// whole is what a file holds for reading at any place; what is compressed is unpacked into memory.
func (f *File) whole() (io.ReaderAt, int64, string) {
	if !f.gzip {
		return f.file, f.size, ""
	}
	from, err := f.content()
	var all []byte
	if err == nil {
		all, err = io.ReadAll(from)
	}
	if err != nil {
		return nil, 0, "can't be read: " + err.Error()
	}
	return bytes.NewReader(all), int64(len(all)), ""
}

// elementsOf reads elements of a type.
func elementsOf(descr string, from io.Reader) column {
	e := elements[descr]
	b := make([]byte, e.size)
	return func() (float64, error) {
		if _, err := io.ReadFull(from, b); err != nil {
			return 0, err
		}
		return e.at(b), nil
	}
}

// pour gives the rows of columns to the reader, which is told to expect so many. Of a file that names
// them, names are not nil.
func (r *Reader) pour(names []string, columns []column, rows int64, expect int) (allowed string) {
	var c *Columns
	switch {
	case len(r.Names) > 0 && len(r.Names) != len(columns):
		return fmt.Sprintf("must have %d columns, as the option columns names, not %d", len(r.Names), len(columns))
	case len(r.Names) > 0:
		c, allowed = r.Kind.columns(r.Names)
	case names != nil:
		c, allowed = r.Kind.columns(names)
	default:
		c, allowed = r.documented(len(columns))
	}
	if allowed == "" && c.has[Population] {
		allowed = "the column " + quoted(c.names[Population]) + " must be left out: it is read from texts only"
	}
	if allowed == "" {
		allowed = r.begin(c, expect)
	}
	if allowed != "" {
		return allowed
	}
	if r.Most > 0 && rows > int64(r.Most) {
		return r.TooMany
	}
	var row Row
	for range rows {
		says := ""
		for j, next := range columns {
			x, err := next()
			if err != nil {
				return "is cut short or damaged"
			}
			role := c.at[j]
			if role == Ignored {
				continue
			}
			if row.Cells[role] = x; says == "" && (math.IsNaN(x) || math.IsInf(x, 0)) {
				says = fmt.Sprintf("%s must hold finite numbers, not %g", c.called(j), x)
			}
		}
		if !r.take(&row, says) {
			break
		}
	}
	return ""
}
