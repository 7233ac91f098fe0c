package record

import (
	"archive/zip"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// This file speaks the part of numpy's .npy format (versions 1 to 3, C order)
// that einet writes. npyio, which the tests read these files with, cannot be
// used here: it wants whole arrays in memory and panics on damaged headers.

// element is what an array may hold.
type element interface {
	uint32 | int64 | float32 | float64
}

// descr is numpy's name of an element type.
func descr[T element]() string {
	switch any(*new(T)).(type) {
	case uint32:
		return "<u4"
	case int64:
		return "<i8"
	case float32:
		return "<f4"
	default:
		return "<f8"
	}
}

const npyMagic = "\x93NUMPY"

// npyHeader is the preamble of an array, padded so that the data start at a
// multiple of 64 bytes.
func npyHeader(descr string, shape ...int64) []byte {
	var dims strings.Builder
	for _, n := range shape {
		fmt.Fprintf(&dims, "%d,", n)
	}
	dict := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", descr, dims.String())
	pad := 63 - (len(npyMagic)+4+len(dict))%64
	dict += strings.Repeat(" ", pad) + "\n"
	b := append([]byte(npyMagic), 1, 0)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(dict)))
	return append(b, dict...)
}

// create begins the member NAME.npy of an archive. It is stored, not deflated
// (a reader may map it), and undated: equal runs leave equal files.
func create(z *zip.Writer, name, descr string, shape ...int64) (io.Writer, error) {
	w, err := z.CreateHeader(&zip.FileHeader{Name: name + ".npy", Method: zip.Store})
	if err != nil {
		return nil, err
	}
	_, err = w.Write(npyHeader(descr, shape...))
	return w, err
}

// writeArray writes data as one array of the given shape; none is a scalar's.
func writeArray[T element](z *zip.Writer, name string, data []T, shape ...int64) error {
	w, err := create(z, name, descr[T](), shape...)
	if err != nil {
		return err
	}
	for len(data) > 0 { // in pieces, for each is copied
		n := min(len(data), elementsAtOnce)
		if err := binary.Write(w, binary.LittleEndian, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

const elementsAtOnce = 1 << 13

// writeVector writes data as a one-dimensional array.
func writeVector[T element](z *zip.Writer, name string, data []T) error {
	return writeArray(z, name, data, int64(len(data)))
}

// writeNames writes strings as numpy's fixed-width unicode.
func writeNames(z *zip.Writer, name string, values []string) error {
	width := 1
	for _, s := range values {
		width = max(width, len([]rune(s)))
	}
	w, err := create(z, name, fmt.Sprintf("<U%d", width), int64(len(values)))
	if err != nil {
		return err
	}
	for _, s := range values {
		cell := make([]rune, width)
		copy(cell, []rune(s))
		if err := binary.Write(w, binary.LittleEndian, cell); err != nil {
			return err
		}
	}
	return nil
}
