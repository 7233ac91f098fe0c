//go:build !(goexperiment.simd && amd64 && linux)

package native

import "unsafe"

// Available tells whether the processor has the instructions.
func Available() bool { return false }

func executable([]byte) ([]byte, error) { return nil, ErrUnavailable }

func release([]byte) error { return nil }

func enter(unsafe.Pointer, *frame) {}
