package network

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// maxSampleBytes is more than maxSamples numbers take in any notation that is
// no waste.
const maxSampleBytes = 1 << 24

const mustColumns = "must be one column of values, or one of times [ms] and one of values"

// A table is what a file of samples holds: one column or two.
type table struct {
	columns int
	cells   []float64 // row by row
}

// readSamples reads values, and their times where the file has them, from a
// CSV or .npy file. Its path is relative to the file in which it stands, or to
// the current folder for a flag. The fault lacks its path in the network.
func readSamples(n *node) (times, values []float64, fault *FieldError) {
	refuse := func(value, allowed string) *FieldError {
		return &FieldError{Place: n.place, Value: value, Allowed: allowed}
	}
	if n.kind != scalar || n.text == "" {
		return nil, nil, refuse(n.String(), "must be the path of a CSV or .npy file")
	}
	file := n.text
	if !filepath.IsAbs(file) && n.place.Line > 0 {
		file = filepath.Join(filepath.Dir(n.place.Source), file)
	}
	data, err := readFile(file, maxSampleBytes)
	if err != nil {
		return nil, nil, refuse(file, err.Error())
	}
	read := readCSV
	if bytes.HasPrefix(data, []byte(npyMagic)) {
		read = readNpy
	}
	t, line, allowed := read(data)
	if allowed == "" {
		allowed = t.check()
	}
	if allowed != "" {
		if line > 0 {
			file += ":" + strconv.Itoa(line)
		}
		return nil, nil, refuse(file, allowed)
	}
	times, values = t.split()
	return times, values, nil
}

// readFile refuses what is no file before opening it: opening a pipe may never
// return.
func readFile(file string, most int64) ([]byte, error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("must be a file")
	}
	var data []byte
	if err == nil {
		var f *os.File
		if f, err = os.Open(file); err == nil {
			defer f.Close()
			data, err = io.ReadAll(io.LimitReader(f, most+1))
		}
	}
	var of *fs.PathError
	switch {
	case errors.As(err, &of):
		return nil, fmt.Errorf("can't be read: %w", of.Err)
	case err == nil && int64(len(data)) > most:
		return nil, fmt.Errorf("must be at most %d bytes", most)
	}
	return data, err
}

// check says what is wrong with a table's shape.
func (t table) check() string {
	switch {
	case t.columns != 1 && t.columns != 2:
		return mustColumns
	case len(t.cells) == 0:
		return "must hold at least one value"
	case len(t.cells) > maxSamples:
		return mustSamples
	}
	return ""
}

func (t table) split() (times, values []float64) {
	if t.columns == 1 {
		return nil, t.cells
	}
	for i := 0; i < len(t.cells); i += 2 {
		times, values = append(times, t.cells[i]), append(values, t.cells[i+1])
	}
	return times, values
}
