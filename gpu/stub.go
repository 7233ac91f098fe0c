//go:build !cgo || nogl

package gpu

import "fmt"

// Built tells whether this build has OpenGL.
const Built = false

var errStub = fmt.Errorf("%w: this einet was built without OpenGL (CGO_ENABLED=0 or -tags nogl)", ErrUnavailable)

// Devices reports that there are none in this build.
func Devices() ([]Device, error) { return nil, errStub }

// A Context cannot be had in this build.
type Context struct{}

// Open reports ErrUnavailable in this build.
func Open(string) (*Context, error) { return nil, errStub }

// Fill reports ErrUnavailable in this build.
func Fill(*Context, int64) (free func(), filled int64, err error) { return func() {}, 0, errStub }

// Device is the zero Device in this build.
func (c *Context) Device() Device { return Device{} }

// Do reports ErrUnavailable in this build.
func (c *Context) Do(func() error) error { return errStub }

// Close does nothing in this build.
func (c *Context) Close() error { return nil }
