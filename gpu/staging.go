//go:build cgo && !nogl

package gpu

import (
	"context"
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A staging is memory of the host that a device copies to. Only it is ever read: a buffer that the host reads waits for all
// that was queued since, and drivers move it to the host's memory, where kernels are slow. Where the device can
// (GL_ARB_buffer_storage) it stays mapped, and reading it is no call of OpenGL.
type staging struct {
	c      *Context
	id     uint32
	bytes  int
	mapped unsafe.Pointer // nil where it can't be
}

// newStaging makes one. It holds no less than a word.
func newStaging(c *Context, label string, bytes int) (*staging, error) {
	s := &staging{c: c, bytes: max(4, bytes)}
	return s, c.Do(func() error {
		const flags = gl.MAP_READ_BIT | gl.MAP_PERSISTENT_BIT | gl.MAP_COHERENT_BIT
		gl.GenBuffers(1, &s.id)
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
		if c.maps {
			gl.BufferStorage(gl.COPY_WRITE_BUFFER, s.bytes, nil, flags|gl.CLIENT_STORAGE_BIT)
			s.mapped = gl.MapBufferRange(gl.COPY_WRITE_BUFFER, 0, s.bytes, flags)
		} else {
			gl.BufferData(gl.COPY_WRITE_BUFFER, s.bytes, nil, gl.STREAM_READ)
		}
		gl.ObjectLabel(gl.BUFFER, s.id, int32(len(label)), gl.Str(label+"\x00"))
		if err := c.check(fmt.Sprintf("allocating %q of %d bytes", label, s.bytes)); err != nil {
			gl.DeleteBuffers(1, &s.id)
			return err
		}
		if c.maps && s.mapped == nil {
			return fmt.Errorf("gpu: %s: %q of %d bytes can't be mapped: %w", c.device.Renderer, label, s.bytes, ErrMemory)
		}
		return nil
	})
}

// copy queues a copy of bytes of a buffer to a place. What dispatches before it wrote is in it; a fence behind it tells that it
// is done.
func (s *staging) copy(from Storage, offset, at, n int) error {
	f := from.base()
	if offset < 0 || n < 0 || offset > f.bytes-n || at < 0 || at > s.bytes-n {
		return fmt.Errorf("gpu: copying bytes [%d, %d) of buffer %q, which has %d, to %d of %d", offset, offset+n, f.label, f.bytes, at, s.bytes)
	}
	if n == 0 {
		return nil
	}
	return s.c.Do(func() error {
		if f.id == 0 {
			return fmt.Errorf("gpu: copying buffer %q: it was deleted", f.label)
		}
		gl.BindBuffer(gl.COPY_READ_BUFFER, f.id)
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
		gl.CopyBufferSubData(gl.COPY_READ_BUFFER, gl.COPY_WRITE_BUFFER, offset, at, n)
		s.c.work.calls += 3
		return nil
	})
}

// readStaged fills dst with what lies from a place on, behind a fence that was waited for.
func readStaged[T any](s *staging, at int, dst []T) error {
	n := len(dst) * size[T]()
	if at < 0 || at > s.bytes-n {
		return fmt.Errorf("gpu: reading bytes [%d, %d) of %d", at, at+n, s.bytes)
	}
	if n == 0 {
		return nil
	}
	if s.mapped != nil {
		copy(dst, unsafe.Slice((*T)(unsafe.Add(s.mapped, at)), len(dst)))
		return nil
	}
	return s.c.Do(func() error {
		s.c.work.waits++
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
		gl.GetBufferSubData(gl.COPY_WRITE_BUFFER, at, n, pointer(dst))
		return s.c.check("reading what was copied to the host")
	})
}

// Delete frees it. Deleting twice is fine.
func (s *staging) Delete() {
	_ = s.c.Do(func() error {
		gl.DeleteBuffers(1, &s.id) // and unmaps it
		s.id, s.mapped = 0, nil
		return nil
	})
}

// backBytes is the most that is read back at once.
const backBytes = 4 << 20

// A readBack is what a context reads buffers through. Behind the data of each reading lies its number: where that is not there the
// device did not copy. The last word is nobody's: that of queueMore.
type readBack struct {
	*staging
	numbers *Buffer[uint32]
	number  uint32
}

// back is the context's.
func (c *Context) back() (*readBack, error) {
	if c.reads != nil {
		return c.reads, nil
	}
	s, err := newStaging(c, "read back", backBytes+8)
	if err != nil {
		return nil, err
	}
	numbers, err := NewBuffer[uint32](c, "number of what is read", 1)
	if err != nil {
		s.Delete()
		return nil, err
	}
	c.reads = &readBack{staging: s, numbers: numbers}
	return c.reads, nil
}

// readThrough fills dst with a buffer's bytes from an offset on, after waiting for all that was queued.
func readThrough[T any](c *Context, from Storage, offset int, dst []T) error {
	each := max(1, backBytes/size[T]())
	for len(dst) > 0 {
		n := min(each, len(dst))
		if err := c.Do(func() error { return readPiece(c, from, offset, dst[:n]) }); err != nil {
			return err
		}
		offset, dst = offset+n*size[T](), dst[n:]
	}
	return nil
}

func readPiece[T any](c *Context, from Storage, offset int, dst []T) error {
	r, err := c.back()
	if err != nil {
		return err
	}
	n := len(dst) * size[T]()
	r.number++
	if err := r.numbers.Upload(0, []uint32{r.number}); err != nil {
		return err
	}
	if err := r.copy(from, offset, 0, n); err != nil {
		return err
	}
	if err := r.copy(r.numbers, 0, backBytes, 4); err != nil {
		return err
	}
	fence, err := c.Fence()
	if err != nil {
		return err
	}
	defer fence.Delete()
	if err := fence.Wait(context.Background()); err != nil {
		return err
	}
	what := "reading buffer " + from.base().label
	err = c.behind(func() error {
		number := []uint32{r.number - 1}
		if err := readStaged(r.staging, backBytes, number); err != nil {
			return err
		}
		if number[0] != r.number {
			return c.dropped(what)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := readStaged(r.staging, 0, dst); err != nil {
		return err
	}
	return c.checkReset(what)
}
