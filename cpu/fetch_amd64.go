//go:build goexperiment.simd && amd64

package cpu

import "unsafe"

// fetch asks for the cache line at p without waiting for them; p may point anywhere. To read
// there instead would hold up all that follows until the memory has answered.
//
//go:noescape
func fetch(p unsafe.Pointer)
