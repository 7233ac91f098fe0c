//go:build cgo

package hdf5

// #include <stdlib.h>
// #include "library.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// A dataset is an open column.
type dataset struct {
	id     C.hid_t
	name   string
	length *int64
}

// NewColumn makes an empty column in a group, with attributes of text.
func NewColumn[T Element](g *Group, column string, attributes map[string]string) (*Column[T], error) {
	d, err := g.makeColumn(column, kind[T]())
	if err != nil {
		return nil, err
	}
	for key, value := range attributes {
		if err := (&Group{id: d.id}).text(key, value); err != nil {
			return nil, errors.Join(err, d.close())
		}
	}
	return &Column[T]{data: d}, nil
}

func (g *Group) makeColumn(column string, kind C.int) (dataset, error) {
	library.Lock()
	defer library.Unlock()
	n := name(column)
	defer C.free(unsafe.Pointer(n))
	id := C.hdf5_make_column(g.id, n, kind, chunkLength)
	if id < 0 {
		return dataset{}, fmt.Errorf("HDF5: dataset %s cannot be made", column)
	}
	return dataset{id, column, new(int64)}, nil
}

func (d dataset) close() error {
	library.Lock()
	defer library.Unlock()
	if C.hdf5_close_data(d.id) < 0 {
		return fmt.Errorf("HDF5: dataset %s cannot be closed", d.name)
	}
	return nil
}

func write[T Element](d dataset, values []T) error {
	if len(values) == 0 {
		return nil
	}
	library.Lock()
	defer library.Unlock()
	if C.hdf5_append(d.id, kind[T](), C.hsize_t(*d.length), C.hsize_t(len(values)), unsafe.Pointer(&values[0])) < 0 {
		return fmt.Errorf("HDF5: dataset %s cannot be written (is the disk full?)", d.name)
	}
	*d.length += int64(len(values))
	return nil
}

// makeRows makes a matrix of float32, with an attribute units, whose rows are yet to be written.
func (g *Group) makeRows(matrix string, rows, columns int, units string) (dataset, error) {
	library.Lock()
	n := name(matrix)
	id := C.hdf5_make_rows(g.id, n, C.hsize_t(rows), C.hsize_t(columns))
	C.free(unsafe.Pointer(n))
	library.Unlock()
	if id < 0 {
		return dataset{}, fmt.Errorf("HDF5: dataset %s cannot be made", matrix)
	}
	d := dataset{id, matrix, new(int64)}
	if err := (&Group{id: id}).text("units", units); err != nil {
		return dataset{}, errors.Join(err, d.close())
	}
	return d, nil
}

// writeRows writes the next rows of a matrix.
func (d dataset) writeRows(columns int, values []float32) error {
	if len(values) == 0 {
		return nil
	}
	library.Lock()
	defer library.Unlock()
	rows := int64(len(values) / columns)
	if C.hdf5_write_rows(d.id, C.hsize_t(*d.length), C.hsize_t(rows), C.hsize_t(columns), (*C.float)(&values[0])) < 0 {
		return fmt.Errorf("HDF5: dataset %s cannot be written (is the disk full?)", d.name)
	}
	*d.length += rows
	return nil
}

// maxLength bounds what is read of a column.
const maxLength = 1 << 28

// Read reads a whole column, and its attribute units, empty if it has none.
func Read[T Element](g *Group, column string) (values []T, units string, err error) {
	library.Lock()
	defer library.Unlock()
	n := name(column)
	defer C.free(unsafe.Pointer(n))
	id := C.hdf5_open_data(g.id, n)
	if id < 0 {
		return nil, "", fmt.Errorf("dataset %s: missing", column)
	}
	defer C.hdf5_close_data(id)
	length := C.hdf5_length(id)
	if length < 0 || length > maxLength {
		return nil, "", fmt.Errorf("dataset %s: must be one column of numbers", column)
	}
	if fault := C.hdf5_fault(id, C.hsize_t(length)); fault != nil {
		return nil, "", fmt.Errorf("dataset %s: %s", column, C.GoString(fault))
	}
	key := name("units")
	defer C.free(unsafe.Pointer(key))
	text := C.hdf5_get_string(id, key)
	if text == nil {
		return nil, "", fmt.Errorf("dataset %s: attribute units cannot be read as text", column)
	}
	defer C.free(unsafe.Pointer(text))
	values = make([]T, length)
	if length > 0 && C.hdf5_read_all(id, kind[T](), unsafe.Pointer(&values[0])) < 0 {
		return nil, "", fmt.Errorf("dataset %s: cannot be read", column)
	}
	return values, C.GoString(text), nil
}
