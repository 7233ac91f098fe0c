package record

import (
	"archive/zip"
	"errors"
	"io"
	"math"
)

// A Stream writes an npz file whose arrays grow, row by row, while it is open. It
// holds none of them in memory: each goes to a temporary file beside the target, and Close
// joins them. Close or Abort must be called; an Abort after Close does nothing.
type Stream struct {
	path   string
	fixed  []func(z *zip.Writer) error
	arrays []streamed
	closed bool
}

type streamed struct {
	*column
	name, descr string
	row         []int64
}

// CreateStream begins the file at path. Nothing appears there before Close.
func CreateStream(path string) *Stream { return &Stream{path: path} }

// FixedFloats adds an array that is known.
func (s *Stream) FixedFloats(name string, values []float64) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeVector(z, name, values) })
}

// FixedInts adds an array that is known.
func (s *Stream) FixedInts(name string, values []int64) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeVector(z, name, values) })
}

// FixedNames adds an array of strings.
func (s *Stream) FixedNames(name string, values []string) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeNames(z, name, values) })
}

func (s *Stream) add(name, descr string, row []int64) (*column, error) {
	c, err := newColumn(s.path)
	if err == nil {
		s.arrays = append(s.arrays, streamed{c, name, descr, row})
	}
	return c, err
}

// A FloatColumn is a growing array of float32.
type FloatColumn struct{ c *column }

// A UintColumn is a growing array of uint32.
type UintColumn struct{ c *column }

// Floats begins an array [rows, row...] of float32.
func (s *Stream) Floats(name string, row ...int64) (FloatColumn, error) {
	c, err := s.add(name, descr[float32](), row)
	return FloatColumn{c}, err
}

// Uints begins an array [rows, row...] of uint32.
func (s *Stream) Uints(name string, row ...int64) (UintColumn, error) {
	c, err := s.add(name, descr[uint32](), row)
	return UintColumn{c}, err
}

// Append adds values, a row's or several rows'.
func (f FloatColumn) Append(values ...float32) error {
	for _, v := range values {
		if err := f.c.append(math.Float32bits(v)); err != nil {
			return err
		}
	}
	return nil
}

// Append adds values, a row's or several rows'.
func (u UintColumn) Append(values ...uint32) error {
	for _, v := range values {
		if err := u.c.append(v); err != nil {
			return err
		}
	}
	return nil
}

// Close writes the file and frees the temporary ones. When it fails there is no file, or
// the older one.
func (s *Stream) Close() error {
	if s.closed {
		return nil
	}
	return errors.Join(WriteFile(s.path, s.assemble), s.Abort())
}

func (s *Stream) assemble(to io.Writer) error {
	z := zip.NewWriter(to)
	for _, write := range s.fixed {
		if err := write(z); err != nil {
			return err
		}
	}
	for _, a := range s.arrays {
		if err := a.copyTo(z, a.name, a.descr, a.row...); err != nil {
			return err
		}
	}
	return z.Close()
}

// Abort leaves nothing behind.
func (s *Stream) Abort() error {
	if s.closed {
		return nil
	}
	s.closed = true
	var errs []error
	for _, a := range s.arrays {
		errs = append(errs, a.discard())
	}
	return errors.Join(errs...)
}
