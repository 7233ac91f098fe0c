//go:build !cgo || nogl

package gpu

import (
	"context"

	"einet/connectome"
	"einet/dynamics"
	"einet/sim"
)

// An Engine cannot be had in this build.
type Engine struct{ sim.Engine }

// New reports ErrUnavailable in this build.
func New(context.Context, *Context, *dynamics.Model, *connectome.Connectome) (*Engine, error) {
	return nil, errStub
}

// Probe reports ErrUnavailable in this build.
func Probe(*Context) error { return errStub }
