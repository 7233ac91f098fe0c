//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// storage is the untyped side of a buffer: bytes that the device holds. It
// works on the copy-write target, which no shader and no indexed binding uses.
type storage struct {
	c     *Context
	id    uint32
	label string
	bytes int // as asked for; the device holds at least that, in whole words
}

// Storage is any Buffer, whatever its elements.
type Storage interface{ base() *storage }

func (s *storage) base() *storage { return s }

// Label is the buffer's name in messages.
func (s *storage) Label() string { return s.label }

// Bytes is the size of the buffer's elements.
func (s *storage) Bytes() int { return s.bytes }

func newStorage(c *Context, label string, bytes int, data unsafe.Pointer) (*storage, error) {
	if limit := c.device.Limits.MaxStorageBlock; int64(bytes) > limit {
		return nil, fmt.Errorf("gpu: buffer %q needs %d bytes (%.1f MiB), %s takes at most %d (%.1f MiB) in one buffer: %w",
			label, bytes, mib(bytes), c.device.Renderer, limit, mib(int(limit)), ErrLimit)
	}
	s := &storage{c: c, label: label, bytes: bytes}
	return s, c.Do(func() error {
		if err := c.check("before allocating buffer " + label); err != nil {
			return err
		}
		// Whole words, so that 16-bit elements can be read as uint; never empty,
		// since an empty buffer cannot be bound.
		room := max(4, (bytes+3)&^3)
		gl.GenBuffers(1, &s.id)
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
		if room == bytes {
			gl.BufferData(gl.COPY_WRITE_BUFFER, room, data, gl.DYNAMIC_COPY)
		} else {
			gl.BufferData(gl.COPY_WRITE_BUFFER, room, nil, gl.DYNAMIC_COPY)
		}
		err := c.check(fmt.Sprintf("allocating buffer %q of %d bytes (%.1f MiB)", label, room, mib(room)))
		if err != nil {
			gl.DeleteBuffers(1, &s.id)
			return err
		}
		gl.ObjectLabel(gl.BUFFER, s.id, int32(len(label)), gl.Str(label+"\x00"))
		switch {
		case data == nil:
			s.clear(0, room)
		case room != bytes:
			s.clear(0, room)
			gl.BufferSubData(gl.COPY_WRITE_BUFFER, 0, bytes, data)
		}
		return c.check("filling buffer " + label)
	})
}

func mib(bytes int) float64 { return float64(bytes) / (1 << 20) }

// clear zeroes bytes of the buffer bound to the copy-write target.
func (s *storage) clear(offset, n int) {
	if n == 0 {
		return
	}
	if offset%4 == 0 && n%4 == 0 {
		gl.ClearBufferSubData(gl.COPY_WRITE_BUFFER, gl.R32UI, offset, n, gl.RED_INTEGER, gl.UNSIGNED_INT, nil)
		return
	}
	gl.ClearBufferSubData(gl.COPY_WRITE_BUFFER, gl.R8UI, offset, n, gl.RED_INTEGER, gl.UNSIGNED_BYTE, nil)
}

// on runs f with the buffer bound to the copy-write target, then checks.
func (s *storage) on(what string, f func()) error {
	return s.c.Do(func() error {
		if s.id == 0 {
			return fmt.Errorf("gpu: %s buffer %q: it was deleted", what, s.label)
		}
		gl.BindBuffer(gl.COPY_WRITE_BUFFER, s.id)
		f()
		s.c.work.calls += 2
		return s.c.check(what + " buffer " + s.label)
	})
}

// bind puts bytes of the buffer on an indexed binding point; n < 0 is all.
func (s *storage) bind(target uint32, binding, offset, n int) error {
	return s.c.Do(func() error { return s.bindHere(target, binding, offset, n) })
}

// bindHere is bind on the context's thread.
func (s *storage) bindHere(target uint32, binding, offset, n int) error {
	if s.id == 0 {
		return fmt.Errorf("gpu: binding buffer %q: it was deleted", s.label)
	}
	s.c.work.calls++
	if n < 0 {
		gl.BindBufferBase(target, uint32(binding), s.id)
	} else {
		gl.BindBufferRange(target, uint32(binding), s.id, offset, n)
	}
	if debugContext {
		return s.c.check(fmt.Sprintf("binding buffer %q to %d", s.label, binding))
	}
	return nil
}

// bindCounts makes the buffer the one that indirect dispatches read, on the context's thread.
func (s *storage) bindCounts() {
	gl.BindBuffer(gl.DISPATCH_INDIRECT_BUFFER, s.id)
	s.c.work.calls++
}

// Delete frees the buffer. Deleting twice is fine.
func (s *storage) Delete() {
	// The only error is that of a closed context, which has freed its buffers.
	_ = s.c.Do(func() error {
		gl.DeleteBuffers(1, &s.id) // silently ignores 0
		s.id = 0
		return nil
	})
}
