//go:build !(goexperiment.simd && amd64)

package cpu

// best is the fastest set of kernels that this program has for this processor.
func best() *kernels { return &scalar }

// available are all sets that this processor has.
func available() []*kernels { return []*kernels{&scalar} }
