package network

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

const (
	mustFile    = "must be the path of a CSV or .npy file"
	maxListFile = 1 << 36 // bytes
)

// readTable reads the file whose path a node is, row by row. The path is relative to
// the file in which it stands, or to the current folder for a flag; what is returned is
// absolute. The file's checksum must be sum, where that is not empty. The fault lacks
// its path in the network. Before the first row expect is told how many there may be.
func readTable(n *node, sum string, most int64, expect func(rows int), row rowReader) (File, *FieldError) {
	if n.kind != scalar || n.text == "" {
		return File{}, &FieldError{Place: n.place, Value: n.String(), Allowed: mustFile}
	}
	file := n.text
	if !filepath.IsAbs(file) && n.place.Line > 0 {
		file = filepath.Join(filepath.Dir(n.place.Source), file)
	}
	refuse := func(where, allowed string) (File, *FieldError) {
		return File{}, &FieldError{Place: n.place, Value: where, Allowed: allowed}
	}
	f, size, err := openFile(file, most)
	if err != nil {
		return refuse(file, err.Error())
	}
	defer f.Close()
	hash, lines := sha256.New(), lineCounter(0)
	if _, err := io.Copy(io.MultiWriter(hash, &lines), f); err != nil {
		return refuse(file, "can't be read: "+err.Error())
	}
	found := File{Path: file, SHA256: fmt.Sprintf("%x", hash.Sum(nil))}
	if sum != "" && sum != found.SHA256 {
		return refuse(file, fmt.Sprintf("has changed: its SHA-256 is %s, not %s", found.SHA256, sum))
	}
	if line, allowed := readRows(f, size, int(lines), expect, row); allowed != "" {
		if line > 0 {
			file += ":" + strconv.Itoa(line)
		}
		return refuse(file, allowed)
	}
	if absolute, err := filepath.Abs(file); err == nil {
		found.Path = absolute
	}
	return found, nil
}

// A lineCounter counts the lines that are written to it.
type lineCounter int

func (c *lineCounter) Write(p []byte) (int, error) {
	*c += lineCounter(bytes.Count(p, []byte{'\n'}))
	return len(p), nil
}

// readRows reads a table as its first bytes have it.
func readRows(f *os.File, size int64, lines int, expect func(int), row rowReader) (line int, allowed string) {
	var magic [len(npyMagic)]byte
	if _, err := f.ReadAt(magic[:], 0); err == nil && string(magic[:]) == npyMagic {
		return 0, readNpy(f, size, expect, row)
	}
	expect(lines + 1)
	return readCSV(io.NewSectionReader(f, 0, size), row)
}

// openFile refuses what is no file before opening it: opening a pipe may never
// return.
func openFile(file string, most int64) (f *os.File, size int64, err error) {
	info, err := os.Stat(file)
	if err == nil && !info.Mode().IsRegular() {
		return nil, 0, errors.New("must be a file")
	}
	if err == nil {
		f, err = os.Open(file)
	}
	var of *fs.PathError
	switch {
	case errors.As(err, &of):
		return nil, 0, fmt.Errorf("can't be read: %w", of.Err)
	case err != nil:
		return nil, 0, err
	case info.Size() > most:
		f.Close()
		return nil, 0, fmt.Errorf("must be at most %d bytes", most)
	}
	return f, info.Size(), nil
}
