package network

import (
	"encoding/binary"
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

// maxColumns is that of a list of synapses.
const maxColumns = 4

const mustNpy = "must be a numpy array of little-endian float64, float32, int64 or int32 that is not cut short"

// readNpy reads an array of shape [n], [n, 1] or [n, 2].
func readNpy(data []byte) (t table, line int, allowed string) {
	dict, body, ok := npyHeader(data)
	descr, shape := npyDescr.FindStringSubmatch(dict), npyShape.FindStringSubmatch(dict)
	if !ok || descr == nil || shape == nil {
		return t, 0, mustNpy
	}
	rows, columns, ok := npyDims(shape[1])
	if !ok {
		return t, 0, mustColumns
	}
	wide := map[string]int{"<f8": 8, "<i8": 8, "<f4": 4, "<i4": 4}[descr[1]]
	if wide == 0 || len(body) != rows*columns*wide {
		return t, 0, mustNpy
	}
	t = table{columns, make([]float64, 0, rows*columns)}
	for i := range rows {
		for j := range columns {
			at := i*columns + j
			if npyFortran.MatchString(dict) {
				at = j*rows + i
			}
			t.cells = append(t.cells, npyElement(descr[1], body[at*wide:]))
		}
	}
	return t, 0, ""
}

// npyHeader cuts a file into the header's Python dictionary and the elements.
func npyHeader(data []byte) (dict string, body []byte, ok bool) {
	const fixed = 8 // magic and version
	if len(data) < fixed+4 {
		return "", nil, false
	}
	size, from := int(binary.LittleEndian.Uint16(data[fixed:])), fixed+2
	if data[6] > 1 { // version 2 on
		size, from = int(binary.LittleEndian.Uint32(data[fixed:])), fixed+4
	}
	if size > len(data)-from {
		return "", nil, false
	}
	return string(data[from : from+size]), data[from+size:], true
}

// npyDims reads a shape such as "100, 2".
func npyDims(shape string) (rows, columns int, ok bool) {
	dims := []int{}
	for field := range strings.SplitSeq(shape, ",") {
		if field = strings.TrimSpace(field); field == "" {
			continue
		}
		n, err := strconv.Atoi(field)
		if err != nil || n > maxListFile {
			return 0, 0, false
		}
		dims = append(dims, n)
	}
	switch {
	case len(dims) == 1:
		return dims[0], 1, true
	case len(dims) == 2 && dims[1] >= 1 && dims[1] <= maxColumns:
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
	}
	return float64(int32(binary.LittleEndian.Uint32(at)))
}
