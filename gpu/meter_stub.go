//go:build !cgo || nogl

package gpu

import "einet/connectome"

// Count reports ErrUnavailable in this build.
func (e *Engine) Count(*connectome.Connectome) error { return errStub }

// Counters reports ErrUnavailable in this build.
func (e *Engine) Counters() (Counters, error) { return Counters{}, errStub }
