package network

import (
	"bufio"
	"encoding/binary"
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
	npyFortran = regexp.MustCompile(`'fortran_order':\s*True`)
	npyShape   = regexp.MustCompile(`'shape':\s*\(([0-9, ]*)\)`)
)

const (
	mustNpy       = "must be a numpy array of little-endian float64, float32, int64, int32 or uint32 that is not cut short"
	maxNpyColumns = 64
	maxNpyHeader  = 1 << 16
)

// readNpy reads an array of one or two dimensions from a file of so many bytes, row by
// row.
func readNpy(r io.ReaderAt, size int64, expect func(int), row rowReader) (allowed string) {
	dict, body, ok := npyHeader(r)
	descr, shape := npyDescr.FindStringSubmatch(dict), npyShape.FindStringSubmatch(dict)
	if !ok || descr == nil || shape == nil {
		return mustNpy
	}
	rows, columns, ok := npyDims(shape[1])
	if !ok {
		return "must be an array of one or two dimensions"
	}
	wide := map[string]int64{"<f8": 8, "<i8": 8, "<f4": 4, "<i4": 4, "<u4": 4}[descr[1]]
	if wide == 0 || size-body != rows*columns*wide {
		return mustNpy
	}
	expect(int(rows))
	// A row's elements lie together, or each in a column of its own.
	sources := make([]io.Reader, columns)
	inRows := bufio.NewReaderSize(io.NewSectionReader(r, body, size-body), maxRow)
	for j := range columns {
		sources[j] = inRows
		if npyFortran.MatchString(dict) {
			sources[j] = bufio.NewReaderSize(io.NewSectionReader(r, body+j*rows*wide, rows*wide), maxRow)
		}
	}
	cells, element := make([]float64, columns), make([]byte, wide)
	for range rows {
		for j, from := range sources {
			if _, err := io.ReadFull(from, element); err != nil {
				return "can't be read: " + err.Error()
			}
			cells[j] = npyElement(descr[1], element)
		}
		if allowed := row(cells); allowed != "" {
			return allowed
		}
	}
	return ""
}

// npyHeader reads the header's Python dictionary and finds where the elements begin.
func npyHeader(r io.ReaderAt) (dict string, body int64, ok bool) {
	const magicAndVersion = 8
	var fixed [magicAndVersion + 4]byte
	if _, err := r.ReadAt(fixed[:], 0); err != nil {
		return "", 0, false
	}
	size, from := int64(binary.LittleEndian.Uint16(fixed[magicAndVersion:])), int64(magicAndVersion+2)
	if fixed[6] > 1 { // version 2 on
		size, from = int64(binary.LittleEndian.Uint32(fixed[magicAndVersion:])), magicAndVersion+4
	}
	if size > maxNpyHeader {
		return "", 0, false
	}
	text := make([]byte, size)
	if _, err := r.ReadAt(text, from); err != nil && err != io.EOF {
		return "", 0, false
	}
	return string(text), from + size, true
}

// npyDims reads a shape such as "100, 2".
func npyDims(shape string) (rows, columns int64, ok bool) {
	var dims []int64
	for field := range strings.SplitSeq(shape, ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil || n > maxListFile {
			return 0, 0, false
		}
		dims = append(dims, n)
	}
	switch {
	case len(dims) == 1:
		return dims[0], 1, true
	case len(dims) == 2 && dims[1] >= 1 && dims[1] <= maxNpyColumns:
		return dims[0], dims[1], true
	}
	return 0, 0, false
}

func npyElement(descr string, at []byte) float64 {
	switch descr {
	case "<f8":
		return math.Float64frombits(binary.LittleEndian.Uint64(at))
	case "<f4":
		return float64(math.Float32frombits(binary.LittleEndian.Uint32(at)))
	case "<i8":
		return float64(int64(binary.LittleEndian.Uint64(at)))
	case "<u4":
		return float64(binary.LittleEndian.Uint32(at))
	}
	return float64(int32(binary.LittleEndian.Uint32(at)))
}
