//go:build !goexperiment.simd || !amd64

package cpu

import "unsafe"

// fetch does nothing where Go has no instruction for it.
func fetch(unsafe.Pointer) {}
