//go:build !goexperiment.simd || !amd64

package cpu

// fetch does nothing where Go has no instruction for it.
func fetch(uintptr, int) {}
