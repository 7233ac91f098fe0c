// Package checkpoint is the file that a run under way is kept in: sections with names, each checked by sums, in an order that
// the reader knows, too. Its one invariant: what a reader hands out is what the writer was given, or there is an error.
// docs/checkpoint.md has the format.
package checkpoint

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
)

// Format is the number of the format. It is raised when the file changes, and when the same network, seed and step come to mean other
// spikes: what an earlier einet has begun this one could not go on with.
const Format = 1

const (
	magic     = "einet checkpoint\n"
	frameSize = 1 << 16 // of what is summed at once, at most
	longest   = 255     // bytes of a name
	end       = "end"   // the last section
)

var table = crc32.MakeTable(crc32.Castagnoli)

// ErrForeign is wrapped by the error of a file that is no checkpoint, or of another format.
var ErrForeign = errors.New("can't be resumed by this einet")

// A Writer writes a checkpoint.
type Writer struct{ out *bufio.Writer }

// NewWriter begins a checkpoint. Errors of w are told by Close, or before.
func NewWriter(w io.Writer) *Writer {
	out := bufio.NewWriterSize(w, frameSize)
	_, _ = out.WriteString(magic) // a bufio.Writer keeps its error
	_, _ = out.Write(binary.LittleEndian.AppendUint32(nil, Format))
	return &Writer{out}
}

// Put writes the next section.
func (w *Writer) Put(name string, keep func(*Section)) error {
	s := &Section{name: name, out: w.out}
	_ = w.out.WriteByte(byte(len(name)))
	_, err := w.out.WriteString(name)
	if len(name) > longest {
		err = fmt.Errorf("section %s: the name must have at most %d bytes", name, longest)
	}
	if err != nil {
		return err
	}
	s.sum = crc32.Checksum([]byte(name), table)
	keep(s)
	s.flush()
	if s.err == nil {
		s.frame() // an empty one ends the section
	}
	return s.err
}

// Close ends the checkpoint.
func (w *Writer) Close() error {
	err := w.Put(end, func(*Section) {})
	return errors.Join(err, w.out.Flush())
}

// A Reader reads a checkpoint.
type Reader struct{ in *bufio.Reader }

// NewReader begins to read a checkpoint.
func NewReader(r io.Reader) (*Reader, error) {
	in := bufio.NewReaderSize(r, frameSize)
	head := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(in, head); err != nil || string(head[:len(magic)]) != magic {
		return nil, fmt.Errorf("is no checkpoint of einet: %w", ErrForeign)
	}
	if format := binary.LittleEndian.Uint32(head[len(magic):]); format != Format {
		return nil, fmt.Errorf("format %d: must be %d: %w", format, Format, ErrForeign)
	}
	return &Reader{in}, nil
}

// Get reads the next section, which must have that name. All of it must be read.
func (r *Reader) Get(name string, keep func(*Section)) error {
	found, err := r.name()
	if err == nil && found != name {
		err = fmt.Errorf("section %q: must be %q here", found, name)
	}
	if err != nil {
		return err
	}
	s := &Section{name: name, in: r.in, sum: crc32.Checksum([]byte(name), table)}
	keep(s)
	if s.err == nil && s.at < len(s.buf) || s.err == nil && !s.ended && s.next() {
		s.Fail(errors.New("holds more than it should"))
	}
	return s.err
}

func (r *Reader) name() (string, error) {
	n, err := r.in.ReadByte()
	if err != nil {
		return "", errCut
	}
	name := make([]byte, n)
	if _, err := io.ReadFull(r.in, name); err != nil {
		return "", errCut
	}
	return string(name), nil
}

var errCut = errors.New("ends before it is whole")

// Close makes sure that nothing is missing, and that nothing follows.
func (r *Reader) Close() error {
	if err := r.Get(end, func(*Section) {}); err != nil {
		return err
	}
	if _, err := r.in.ReadByte(); err != io.EOF {
		return errors.New("holds more than it should")
	}
	return nil
}
