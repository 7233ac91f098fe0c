//go:build cgo && !nogl

package gpu

import (
	"fmt"
	"reflect"
	"unsafe"

	"github.com/go-gl/gl/v4.3-core/gl"
)

// A Buffer is an array of T in the device's memory. T has a fixed size and no
// pointers: a number (not int, uint or bool), an array or a struct of such.
// The padding of structs is the caller's to match with std430 or std140.
type Buffer[T any] struct {
	*storage
	n int
}

// NewBuffer makes a buffer of n zeros. The label names it in messages. A buffer
// beyond the device's MaxStorageBlock is refused with ErrLimit; a device that
// is out of memory answers ErrMemory.
func NewBuffer[T any](c *Context, label string, n int) (*Buffer[T], error) {
	if n < 0 {
		return nil, fmt.Errorf("gpu: buffer %q: length %d", label, n)
	}
	return makeBuffer[T](c, label, n, nil)
}

// NewBufferFrom makes a buffer that holds a copy of data.
func NewBufferFrom[T any](c *Context, label string, data []T) (*Buffer[T], error) {
	return makeBuffer(c, label, len(data), data)
}

func makeBuffer[T any](c *Context, label string, n int, data []T) (*Buffer[T], error) {
	if t := reflect.TypeFor[T](); !flat(t) {
		return nil, fmt.Errorf("gpu: buffer %q: elements of type %s have no fixed layout", label, t)
	}
	s, err := newStorage(c, label, n*size[T](), pointer(data))
	if err != nil {
		return nil, err
	}
	return &Buffer[T]{s, n}, nil
}

// flat tells whether a type's memory is the same on every machine of one byte
// order.
func flat(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Uint16,
		reflect.Uint32, reflect.Uint64, reflect.Float32, reflect.Float64:
		return true
	case reflect.Array:
		return t.Len() > 0 && flat(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			if !flat(t.Field(i).Type) {
				return false
			}
		}
		return t.NumField() > 0
	}
	return false
}

func size[T any]() int {
	var zero T
	return int(unsafe.Sizeof(zero))
}

func pointer[T any](data []T) unsafe.Pointer {
	if len(data) == 0 {
		return nil
	}
	return unsafe.Pointer(unsafe.SliceData(data))
}

// Len is the number of elements.
func (b *Buffer[T]) Len() int { return b.n }

// Upload copies data into the buffer from element first on.
func (b *Buffer[T]) Upload(first int, data []T) error {
	if err := b.within("uploading to", first, len(data)); err != nil || len(data) == 0 {
		return err
	}
	return b.on("uploading to", func() {
		gl.BufferSubData(gl.COPY_WRITE_BUFFER, first*size[T](), len(data)*size[T](), pointer(data))
	})
}

// Read fills dst with the buffer's elements from first on, after waiting for
// the dispatches that write them.
func (b *Buffer[T]) Read(first int, dst []T) error {
	if err := b.within("reading", first, len(dst)); err != nil || len(dst) == 0 {
		return err
	}
	return readThrough(b.c, b, first*size[T](), dst)
}

// Clear zeroes the buffer, on the device.
func (b *Buffer[T]) Clear() error { return b.ClearRange(0, b.n) }

// ClearRange zeroes n elements from first on, on the device.
func (b *Buffer[T]) ClearRange(first, n int) error {
	if err := b.within("clearing", first, n); err != nil {
		return err
	}
	return b.on("clearing", func() { b.clear(first*size[T](), n*size[T]()) })
}

// Bind makes the buffer the storage block at that binding.
func (b *Buffer[T]) Bind(binding int) error {
	if err := b.point("storage", binding); err != nil {
		return err
	}
	return b.bind(gl.SHADER_STORAGE_BUFFER, binding, 0, -1)
}

// BindRange makes n elements from first on the storage block at that binding.
// Their first byte must be a multiple of Limits.StorageAlign.
func (b *Buffer[T]) BindRange(binding, first, n int) error {
	if err := b.point("storage", binding); err != nil {
		return err
	}
	return b.bindRange(gl.SHADER_STORAGE_BUFFER, b.c.device.Limits.StorageAlign, binding, first, n)
}

// BindUniform makes n elements from first on the uniform block at that binding.
// Their first byte must be a multiple of Limits.UniformAlign.
func (b *Buffer[T]) BindUniform(binding, first, n int) error {
	limits := b.c.device.Limits
	if bytes := n * size[T](); int64(bytes) > limits.MaxUniformBlock {
		return fmt.Errorf("gpu: buffer %q: a uniform block of %d bytes, the device takes %d: %w",
			b.label, bytes, limits.MaxUniformBlock, ErrLimit)
	}
	return b.bindRange(gl.UNIFORM_BUFFER, limits.UniformAlign, binding, first, n)
}

func (b *Buffer[T]) bindRange(target uint32, align, binding, first, n int) error {
	if err := b.within("binding", first, n); err != nil {
		return err
	}
	offset := first * size[T]()
	if offset%align != 0 || n == 0 {
		return fmt.Errorf("gpu: binding buffer %q: elements [%d, %d) begin at byte %d, which the device wants in multiples of %d, and must not be empty",
			b.label, first, first+n, offset, align)
	}
	return b.bind(target, binding, offset, n*size[T]())
}

func (b *Buffer[T]) point(kind string, binding int) error {
	if n := b.c.device.Limits.MaxStorageBindings; binding < 0 || binding >= n {
		return fmt.Errorf("gpu: buffer %q: %s binding %d, the device has %d: %w", b.label, kind, binding, n, ErrLimit)
	}
	return nil
}

func (b *Buffer[T]) within(what string, first, n int) error {
	if first < 0 || n < 0 || first > b.n-n {
		return fmt.Errorf("gpu: %s buffer %q: elements [%d, %d) of %d", what, b.label, first, first+n, b.n)
	}
	return nil
}
