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

// A Group is an open file or group.
type Group struct {
	id   C.hid_t
	file bool
}

// opened is what open opens or makes by its name.
func opened(name string, file bool, what string, open func(name *C.char) C.hid_t) (*Group, error) {
	library.Lock()
	defer library.Unlock()
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	id := open(n)
	if id < 0 {
		return nil, fmt.Errorf("%s: cannot %s", name, what)
	}
	return &Group{id, file}, nil
}

// Create makes a file, in place of one that is there.
func Create(path string) (*Group, error) {
	if err := Absent(); err != nil {
		return nil, err
	}
	return opened(path, true, "be made as an HDF5 file", func(p *C.char) C.hid_t { return C.hdf5_create_file(p) })
}

// Open opens a file for reading.
func Open(path string) (*Group, error) {
	if err := Absent(); err != nil {
		return nil, err
	}
	return opened(path, true, "be read as an HDF5 file", func(p *C.char) C.hid_t { return C.hdf5_open_file(p) })
}

// Close closes the file or group.
func (g *Group) Close() error {
	library.Lock()
	defer library.Unlock()
	var status C.herr_t
	if g.file {
		status = C.hdf5_close_file(g.id)
	} else {
		status = C.hdf5_close_group(g.id)
	}
	if status < 0 {
		return errors.New("HDF5 file: cannot be closed")
	}
	return nil
}

// Make makes a group in this one.
func (g *Group) Make(child string) (*Group, error) {
	return opened(child, false, "be made as a group", func(n *C.char) C.hid_t { return C.hdf5_make_group(g.id, n) })
}

// Group opens a group in this one.
func (g *Group) Group(child string) (*Group, error) {
	return opened(child, false, "be found as a group", func(n *C.char) C.hid_t { return C.hdf5_open_group(g.id, n) })
}

// Members are the names of what a group holds, in order.
func (g *Group) Members() ([]string, error) {
	library.Lock()
	defer library.Unlock()
	count := C.hdf5_members(g.id)
	if count < 0 {
		return nil, errors.New("HDF5 group: cannot be listed")
	}
	var all []string
	for i := range count {
		n := C.hdf5_member(g.id, C.hsize_t(i))
		if n == nil {
			return nil, errors.New("HDF5 group: cannot be listed")
		}
		all = append(all, C.GoString(n))
		C.free(unsafe.Pointer(n))
	}
	return all, nil
}

// Text is an attribute of text of a group or dataset, by its path.
func (g *Group) Text(object, attribute string) (string, error) {
	library.Lock()
	defer library.Unlock()
	n, k := name(object), name(attribute)
	defer C.free(unsafe.Pointer(n))
	defer C.free(unsafe.Pointer(k))
	id := C.hdf5_open_any(g.id, n)
	if id < 0 {
		return "", fmt.Errorf("%s: missing", object)
	}
	defer C.hdf5_close_any(id)
	if C.hdf5_has_attribute(id, k) <= 0 {
		return "", fmt.Errorf("attribute %s: missing", attribute)
	}
	text := C.hdf5_get_string(id, k)
	if text == nil {
		return "", fmt.Errorf("attribute %s: must be a text", attribute)
	}
	defer C.free(unsafe.Pointer(text))
	return C.GoString(text), nil
}

func failed(status C.int, what string) error {
	if status < 0 {
		return fmt.Errorf("HDF5: %s cannot be written", what)
	}
	return nil
}

func (g *Group) text(key, value string) error {
	library.Lock()
	defer library.Unlock()
	k, v := name(key), name(value)
	defer C.free(unsafe.Pointer(k))
	defer C.free(unsafe.Pointer(v))
	return failed(C.hdf5_put_string(g.id, k, v), "attribute "+key)
}

func (g *Group) uints(key string, values []uint32) error {
	library.Lock()
	defer library.Unlock()
	k := name(key)
	defer C.free(unsafe.Pointer(k))
	return failed(C.hdf5_put_uints(g.id, k, C.hsize_t(len(values)), (*C.uint32_t)(&values[0])), "attribute "+key)
}

// pairs writes rows of two numbers.
func (g *Group) pairs(dataset string, values []uint64) error {
	library.Lock()
	defer library.Unlock()
	k := name(dataset)
	defer C.free(unsafe.Pointer(k))
	var first *C.uint64_t
	if len(values) > 0 {
		first = (*C.uint64_t)(&values[0])
	}
	return failed(C.hdf5_put_matrix(g.id, k, C.hsize_t(len(values)/2), 2, first), "dataset "+dataset)
}

// alsoNamed gives a dataset of the group a second name.
func (g *Group) alsoNamed(dataset, other string) error {
	library.Lock()
	defer library.Unlock()
	k, o := name(dataset), name(other)
	defer C.free(unsafe.Pointer(k))
	defer C.free(unsafe.Pointer(o))
	return failed(C.hdf5_name_too(g.id, k, o), "dataset "+other)
}

func (g *Group) sortedByTime() error {
	library.Lock()
	defer library.Unlock()
	return failed(C.hdf5_put_sorting(g.id, 2), "attribute sorting")
}
