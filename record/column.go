package record

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"syscall"
)

// ErrFull is the error of a file that grows and takes no more: the disk is full, say. Nothing is lost: what it
// does not take waits in memory, and Close may find room for it yet.
var ErrFull = errors.New("no more can be recorded")

// A spool is the temporary file in which the columns of one file grow, in chunks: one open
// file, however many columns there are.
type spool struct {
	path    string // of the file that is to be
	file    *os.File
	columns int
	chunk   int   // bytes of a column that wait in memory
	end     int64 // where the next chunk goes; 0 before the first
	full    error // why the file takes no more
	drain   bool  // chunks leave the spool as they are copied
}

// Chunks are whole blocks of the file system, so that they can leave, of some size that is fast to read back. All
// columns together wait in waiting bytes, unless the smallest chunks are more.
const (
	largestChunk  = 1 << 16
	smallestChunk = 1 << 12
	waiting       = 1 << 24
)

// beforeChunks is what a spool leaves free at its beginning, beside a chunk of each column, which takes no room on disk. So the file
// that a full spool is made into is smaller than the spool, also with what came when it was full,
// and passes where the size of files is bounded.
const beforeChunks = 1 << 22

func newSpool(path string) (*spool, error) {
	f, err := createTemp(path)
	if err != nil {
		return nil, err
	}
	return &spool{path: path, file: f, chunk: largestChunk}, nil
}

// column begins a column. All begin before the first value.
func (s *spool) column() *column {
	s.columns++
	s.chunk = min(largestChunk, max(smallestChunk, waiting/s.columns/smallestChunk*smallestChunk))
	return &column{spool: s}
}

func (s *spool) discard() error { return discard(s.file) }

// write makes the file that the spool is for. Where there is no room for it beside the spool, the chunks make room.
func (s *spool) write(assemble func(io.Writer) error) error {
	err := WriteFile(s.path, assemble)
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		s.drain = true
		err = WriteFile(s.path, assemble)
	}
	return err
}

// A column spools the elements, of four bytes, of an array whose length is not known yet.
type column struct {
	spool  *spool
	chunks []stretch
	buf    []byte // behind the chunks, not yet written
	n      int64
	sum    uint32 // of the chunks: CRC-32C
}

// A stretch of the spool's file.
type stretch struct {
	at, size int64
}

// append takes a value. What goes wrong the spool remembers.
func (c *column) append(v uint32) {
	c.buf = binary.LittleEndian.AppendUint32(c.buf, v)
	c.n++
	if len(c.buf) >= c.spool.chunk && c.spool.full == nil {
		c.flush()
	}
}

// flush writes a chunk.
func (c *column) flush() {
	s := c.spool
	if s.end == 0 {
		s.end = beforeChunks + int64(s.columns)*int64(s.chunk)
	}
	if _, err := s.file.WriteAt(c.buf, s.end); err != nil {
		s.full = fmt.Errorf("%w: %w", ErrFull, err)
		return
	}
	c.chunks = append(c.chunks, stretch{s.end, int64(len(c.buf))})
	c.sum = crc32.Update(c.sum, castagnoli, c.buf)
	s.end += int64(len(c.buf))
	c.buf = c.buf[:0]
}

// copyTo writes the column as the array name, of as many rows of the given shape as it has.
func (c *column) copyTo(z *zip.Writer, name, descr string, row ...int64) error {
	size := int64(1)
	for _, n := range row {
		size *= n
	}
	w, err := create(z, name, descr, append([]int64{c.n / max(1, size)}, row...)...)
	if err != nil {
		return err
	}
	for _, k := range c.chunks {
		n, err := io.Copy(w, io.NewSectionReader(c.spool.file, k.at, k.size))
		if err != nil {
			return err
		}
		if n != k.size {
			return errors.New("a temporary file was changed by another program")
		}
		if c.spool.drain {
			free(c.spool.file, k.at, k.size)
		}
	}
	_, err = w.Write(c.buf)
	return err
}
