//go:build !cgo

package hdf5

import "fmt"

func absent() error {
	return fmt.Errorf("%w, which this einet, built without cgo, can't load", ErrAbsent)
}

// A Group is an open file or group.
type Group struct{}

// Create makes a file, in place of one that is there.
func Create(string) (*Group, error) { return nil, Absent() }

// Open opens a file for reading.
func Open(string) (*Group, error) { return nil, Absent() }

// Close closes the file or group.
func (*Group) Close() error { return nil }

// Make makes a group in this one.
func (*Group) Make(string) (*Group, error) { return nil, Absent() }

// Group opens a group in this one.
func (*Group) Group(string) (*Group, error) { return nil, Absent() }

// Members are the names of what a group holds, in order.
func (*Group) Members() ([]string, error) { return nil, Absent() }

// Text is an attribute of text of a group or dataset.
func (*Group) Text(object, attribute string) (string, error) { return "", Absent() }

func (*Group) uints(string, []uint32) error { return Absent() }
func (*Group) sortedByTime() error          { return Absent() }
func (*Group) pairs(string, []uint64) error { return Absent() }
func (*Group) alsoNamed(_, _ string) error  { return Absent() }

func (*Group) makeRows(string, int, int, string) (dataset, error) { return dataset{}, Absent() }

type dataset struct{}

func (dataset) close() error                   { return nil }
func (dataset) writeRows(int, []float32) error { return Absent() }

// NewColumn makes an empty column in a group, with attributes of text.
func NewColumn[T Element](*Group, string, map[string]string) (*Column[T], error) {
	return nil, Absent()
}

func write[T Element](dataset, []T) error { return Absent() }

// Read reads a whole column, and its attribute units, empty if it has none.
func Read[T Element](*Group, string) (values []T, units string, err error) {
	return nil, "", Absent()
}
