//go:build goexperiment.simd && amd64

package cpu

// fetch asks for that many cache lines, one at least, from an address on, which may be anywhere, without
// waiting for them. To read there instead would hold up all that follows until the memory has answered.
//
//go:noescape
func fetch(address uintptr, lines int)
