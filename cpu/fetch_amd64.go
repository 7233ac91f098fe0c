//go:build goexperiment.simd && amd64

package cpu

// fetch asks for the cache line at an address, which may be anywhere, without waiting for it.
// To read there instead would hold up all that follows until the memory has answered.
//
//go:noescape
func fetch(address uintptr)
