//go:build !(goexperiment.simd && amd64)

package cpu

// A learning is nothing: there are no routines that need it.
type learning struct{}

// best is the fastest set of kernels that this program has for this processor.
func best() *kernels { return &scalar }

// available are all sets that this processor has.
func available() []*kernels { return []*kernels{&scalar} }
