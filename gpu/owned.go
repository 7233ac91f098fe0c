//go:build cgo && !nogl

package gpu

// owned is what an engine has on a device and frees when it closes.
type owned struct {
	c       *Context
	buffers []interface{ Delete() }
}

func (o *owned) owner() *owned { return o }

// free deletes the buffers.
func (o *owned) free() {
	for _, b := range o.buffers {
		b.Delete()
	}
	o.buffers = nil
}

// keep makes a buffer, which its owner frees.
func keep[T any](o interface{ owner() *owned }, label string, n int, data []T) (*Buffer[T], error) {
	of := o.owner()
	b, err := makeBuffer(of.c, label, n, data)
	if err == nil {
		of.buffers = append(of.buffers, b)
	}
	return b, err
}
