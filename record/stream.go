package record

import (
	"archive/zip"
	"errors"
	"io"
	"math"
)

// A Stream writes an npz file whose arrays grow, row by row, while it is open. It
// holds none of them in memory: they go to a temporary file beside the target, and Close
// sorts them out. Close or Abort must be called; an Abort after Close does nothing.
type Stream struct {
	path   string
	fixed  []func(z *zip.Writer) error
	arrays []streamed
	spool  *spool // nil before the first array
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

// FixedSingles adds an array that is known.
func (s *Stream) FixedSingles(name string, values []float32) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeVector(z, name, values) })
}

// FixedUints adds an array that is known.
func (s *Stream) FixedUints(name string, values []uint32) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeVector(z, name, values) })
}

// FixedInts adds an array that is known.
func (s *Stream) FixedInts(name string, values []int64) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeVector(z, name, values) })
}

// FixedGrid adds an array of several dimensions that is known, in C order.
func (s *Stream) FixedGrid(name string, values []float64, shape ...int64) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeArray(z, name, values, shape...) })
}

// FixedNames adds an array of strings.
func (s *Stream) FixedNames(name string, values []string) {
	s.fixed = append(s.fixed, func(z *zip.Writer) error { return writeNames(z, name, values) })
}

func (s *Stream) add(name, descr string, row []int64) (*column, error) {
	if s.spool == nil {
		var err error
		if s.spool, err = newSpool(s.path); err != nil {
			return nil, err
		}
	}
	c := s.spool.column()
	s.arrays = append(s.arrays, streamed{c, name, descr, row})
	return c, nil
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

// Append adds values, a row's or several rows'. All are taken, also where the error is ErrFull.
func (f FloatColumn) Append(values ...float32) error {
	for _, v := range values {
		f.c.append(math.Float32bits(v))
	}
	return f.c.spool.full
}

// Append adds values, a row's or several rows'. All are taken, also where the error is ErrFull.
func (u UintColumn) Append(values ...uint32) error {
	for _, v := range values {
		u.c.append(v)
	}
	return u.c.spool.full
}

// Close writes the file and frees the temporary one. When it fails there is no file, or
// the older one.
func (s *Stream) Close() error {
	if s.closed {
		return nil
	}
	write := WriteFile
	if s.spool != nil {
		write = func(_ string, assemble func(io.Writer) error) error { return s.spool.write(assemble) }
	}
	return errors.Join(write(s.path, s.assemble), s.Abort())
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
	if s.spool == nil {
		return nil
	}
	return s.spool.discard()
}
