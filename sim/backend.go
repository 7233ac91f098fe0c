package sim

import (
	"context"

	"einet/connectome"
	"einet/dynamics"
)

// A Backend makes engines of one kind on one device, so that several can be
// compared. Open may be called at once from several goroutines, and the engines
// used so.
type Backend struct {
	Name   string // such as reference or gpu
	Device string // the processor or renderer
	Open   func(context.Context, *dynamics.Model, *connectome.Connectome) (Engine, error)
}
