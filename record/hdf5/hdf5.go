// Package hdf5 writes and reads the few kinds of HDF5 objects that SONATA's files
// consist of: groups, columns that grow, attributes. Its one invariant: what it does
// not understand is an error, never a guess. It needs the HDF5 library and a build with the tag hdf5,
// which make sets where the library is; without them every call fails with ErrAbsent.
//
// Files are written in place: who wants them whole or not at all writes them where
// nobody looks and moves them (record.Set).
package hdf5

import "errors"

// ErrAbsent is the error of every call in a build without the HDF5 library.
var ErrAbsent = errors.New("this einet was built without HDF5, which SONATA files need: install libhdf5-dev and build it again with make")

// Available says whether this build has the HDF5 library.
func Available() bool { return available }

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
