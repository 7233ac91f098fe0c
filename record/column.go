package record

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"io"
	"os"
)

// A column spools the elements, of four bytes, of an array whose length is not known yet.
type column struct {
	file *os.File
	buf  []byte // at the end of the file, not yet written
	n    int64
}

// columnBuffer is how much of a column waits in memory.
const columnBuffer = 1 << 16

func newColumn(path string) (*column, error) {
	f, err := createTemp(path)
	if err != nil {
		return nil, err
	}
	return &column{file: f, buf: make([]byte, 0, columnBuffer)}, nil
}

func (c *column) append(v uint32) error {
	c.buf = binary.LittleEndian.AppendUint32(c.buf, v)
	c.n++
	if len(c.buf) == columnBuffer {
		return c.flush()
	}
	return nil
}

func (c *column) flush() error {
	_, err := c.file.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}

// copyTo writes the column as the array name, of as many rows of the given shape as it has.
func (c *column) copyTo(z *zip.Writer, name, descr string, row ...int64) error {
	err := c.flush()
	if err != nil {
		return err
	}
	if _, err = c.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	size := int64(1)
	for _, n := range row {
		size *= n
	}
	w, err := create(z, name, descr, append([]int64{c.n / max(1, size)}, row...)...)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, c.file)
	if err == nil && n != 4*c.n {
		err = errors.New("a temporary file was changed by another program")
	}
	return err
}

func (c *column) discard() error { return discard(c.file) }
