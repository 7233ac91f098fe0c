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

// MostResident is 0 in this build.
func (e *Engine) MostResident(int) int { return 0 }

// HasSums is false in this build.
func (e *Engine) HasSums() bool { return false }

// NewWith reports ErrUnavailable in this build.
func NewWith(context.Context, *Context, *dynamics.Model, *connectome.Connectome, Options) (*Engine, error) {
	return nil, errStub
}

// Probe reports ErrUnavailable in this build.
func Probe(*Context) error { return errStub }

// Replicas cannot be had in this build.
type Replicas struct{}

// NewReplicas reports ErrUnavailable in this build.
func NewReplicas(context.Context, *Context, []*dynamics.Model, *connectome.Connectome) (*Replicas, error) {
	return nil, errStub
}

// Advance reports ErrUnavailable in this build.
func (*Replicas) Advance(context.Context, int) error { return errStub }

// Step is 0 in this build.
func (*Replicas) Step() int64 { return 0 }

// Spikes reports ErrUnavailable in this build.
func (*Replicas) Spikes(_ int, dst []sim.Spike) ([]sim.Spike, error) { return dst, errStub }

// Close does nothing in this build.
func (*Replicas) Close() error { return nil }
