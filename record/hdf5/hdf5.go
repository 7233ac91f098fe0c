// Package hdf5 writes and reads the few kinds of HDF5 objects that SONATA's files
// consist of: groups, columns that grow, attributes. Its one invariant: what it does
// not understand is an error, never a guess. It loads the HDF5 library when the first file is made or opened; without
// the library, and in a build without cgo, that fails with ErrAbsent. The variable EINET_HDF5 names the library's file where
// it lies in an unusual place.
//
// Files of others are read by a process of its own (OpenTree), for the library is not made for files that are damaged. Open and Read
// are for files that einet itself has written.
//
// Files are written in place: who wants them whole or not at all writes them where
// nobody looks and moves them (record.Set).
package hdf5

import (
	"errors"
	"sync/atomic"
)

// ErrAbsent is wrapped by the errors of all calls where the HDF5 library can't be loaded.
var ErrAbsent = errors.New("SONATA files need the HDF5 library")

// variable names the library's file.
const variable = "EINET_HDF5"

// Absent is why SONATA's files can't be read or written here: the error of every call; nil where they can.
func Absent() error {
	err := absent()
	if err != nil {
		missed.Add(1)
	}
	return err
}

var missed atomic.Int64

// Missed is how often the library was asked for and was absent: the error of a reader may have lost that.
func Missed() int64 { return missed.Load() }

// An Element is what a column may hold.
type Element interface {
	uint32 | uint64 | float32 | float64
}

// chunkLength is the number of elements that a column is stored and buffered by.
const chunkLength = 1 << 14

// A Column is a one-dimensional dataset that grows while it is written.
type Column[T Element] struct {
	data dataset
	buf  []T
}

// Append adds values at the end.
func (c *Column[T]) Append(values ...T) error {
	c.buf = append(c.buf, values...)
	if len(c.buf) < chunkLength {
		return nil
	}
	return c.flush()
}

func (c *Column[T]) flush() error {
	err := write(c.data, c.buf)
	c.buf = c.buf[:0]
	return err
}

// Close writes what is left and closes the column.
func (c *Column[T]) Close() error { return errors.Join(c.flush(), c.data.close()) }
