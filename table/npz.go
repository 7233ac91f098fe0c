package table

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
)

// readNpz reads the arrays of an archive of numpy's that are the columns: those whose names say so, or
// those that the reader names.
func (f *File) readNpz(r *Reader) string {
	z, err := zip.NewReader(f.file, f.size)
	if err != nil {
		return "looks like a zip archive, but is cut short or damaged"
	}
	found, says := vectors(z)
	if says != "" {
		return says
	}
	if found, says = r.ofGroup(found); says != "" {
		return says
	}
	if found, says = r.choose(found); says != "" {
		return says
	}
	names, columns := make([]string, len(found)), make([]column, len(found))
	total := int64(0)
	for i, v := range found {
		if v.descr == "" {
			return "array " + v.name + ": " + mustVector
		}
		wide := int64(elements[v.descr].size)
		if uint64(v.length) > v.file.UncompressedSize64/uint64(wide) {
			return "array " + v.name + ": is cut short or damaged"
		}
		if total += v.length * wide; total > f.mostUnpacked() {
			return mustBeFewer
		}
		if v.length != found[0].length {
			return fmt.Sprintf("arrays %s and %s have %d and %d elements, must have as many", found[0].name, v.name, found[0].length, v.length)
		}
		member, err := v.file.Open()
		if err != nil {
			return "array " + v.name + ": is cut short or damaged"
		}
		defer member.Close()
		from := bufio.NewReaderSize(member, maxLine)
		if _, ok := readNpyHeader(from); !ok {
			return "array " + v.name + ": " + mustNpy
		}
		names[i], columns[i] = v.name, elementsOf(v.descr, ending(from, v))
	}
	named := r.Names
	r.Names = nil // they named arrays
	says = r.pour(names, columns, found[0].length, int(min(found[0].length, f.size*mostDeflated/int64(elements[found[0].descr].size), maxExpected)))
	r.Names = named
	return says
}

const mustVector = "must be of little-endian numbers in one dimension, or left out: the option columns names those arrays that are columns"

// maxExpected bounds the rows that an archive is believed to hold before it is read, and mostDeflated what deflate makes of a byte.
const (
	maxExpected  = 1 << 22
	mostDeflated = 1032
)

// A vector is an array of one dimension in an archive, or another, which can be no column.
type vector struct {
	name   string
	file   *zip.File
	descr  string // empty unless it is of numbers in one dimension
	length int64  // -1 of other dimensions
}

// vectors finds them all. Of an array that can't be read the name alone is known.
func vectors(z *zip.Reader) (found []vector, says string) {
	others := 0
	for _, m := range z.File {
		name, ok := strings.CutSuffix(m.Name, ".npy")
		if !ok {
			continue
		}
		others++
		member, err := m.Open()
		if err != nil {
			return nil, "array " + name + ": is cut short or damaged"
		}
		a, ok := readNpyHeader(member)
		member.Close()
		v := vector{name: name, file: m, length: -1}
		if ok && len(a.dims) == 1 {
			v.length = a.dims[0]
		}
		if v.length >= 0 && a.names == nil && a.rowSize() > 0 {
			v.descr = a.descr[0]
		}
		found = append(found, v)
	}
	if others == 0 {
		return nil, "looks like a zip archive that is none of numpy's: it holds no .npy"
	}
	return found, ""
}

// ofGroup picks the arrays of one list of einet's export, which are called LIST_source and so on, and takes the
// list's name off theirs. Other archives it leaves alone.
func (r *Reader) ofGroup(all []vector) (chosen []vector, says string) {
	var groups []string
	for _, v := range all {
		if list, ok := strings.CutSuffix(v.name, "_source"); ok && len(r.Names) == 0 && r.Kind == EdgeTable {
			groups = append(groups, list)
		}
	}
	if len(groups) == 0 && r.Group == "" {
		return all, ""
	}
	list, says := r.pick(groups)
	if says != "" {
		return nil, says
	}
	for _, v := range all {
		name, ok := strings.CutPrefix(v.name, list+"_")
		if _, _, known := r.Kind.known(name); ok && known {
			v.name = name
			chosen = append(chosen, v)
		}
	}
	return chosen, ""
}

// choose picks the arrays that are columns, by their names. Others that are as long would be columns too, whose
// names nobody knows.
func (r *Reader) choose(all []vector) (chosen []vector, says string) {
	var names []string
	for _, v := range all {
		names = append(names, v.name)
	}
	for _, name := range r.Names {
		i := slices.Index(names, name)
		if i < 0 {
			return nil, fmt.Sprintf("holds no array %s; there are %s", quoted(name), strings.Join(names, ", "))
		}
		chosen = append(chosen, all[i])
	}
	if len(r.Names) > 0 {
		return chosen, ""
	}
	for _, v := range all {
		if role, _, ok := r.Kind.known(v.name); ok && role != Ignored {
			chosen = append(chosen, v)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Sprintf("holds no arrays of %s: must have %s; there are %s", r.Kind.rows, r.Kind.what, strings.Join(names, ", "))
	}
	for _, v := range all {
		if _, _, ok := r.Kind.known(v.name); !ok && v.length == chosen[0].length && !strings.HasPrefix(v.name, "population_") && v.name != recordedNeuron {
			return nil, fmt.Sprintf("no column of %s is called %s; the option columns names those arrays that are columns", r.Kind.rows, quoted(v.name))
		}
	}
	return chosen, ""
}

// ending reads a vector's elements and, with the last, to the end of the member, which makes the archive check its
// checksum.
func ending(from io.Reader, v vector) io.Reader {
	return &toEnd{from, v.length * int64(elements[v.descr].size)}
}

type toEnd struct {
	from io.Reader
	left int64
}

func (t *toEnd) Read(p []byte) (int, error) {
	n, err := t.from.Read(p[:min(int64(len(p)), t.left)])
	if t.left -= int64(n); t.left == 0 && err == nil {
		if rest, end := io.Copy(io.Discard, t.from); end != nil || rest > 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return n, err
}
