package connectome

import (
	"syscall"
	"unsafe"
)

// hugePage is what the system maps at once where it is asked for it, on amd64 and most others.
const hugePage = 2 << 20

// makeLarge is make for what is read here and there: with huge pages, where the system has
// them, a look at an address costs no further looks at the tables of pages.
func makeLarge[T any](n int) []T {
	s := make([]T, n)
	if bytes := n * int(unsafe.Sizeof(*new(T))); bytes >= 2*hugePage {
		memory := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), bytes)
		skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(memory))) & (hugePage - 1))
		_ = syscall.Madvise(memory[skip:], syscall.MADV_HUGEPAGE) // a hint: without it all is right, but slower
	}
	return s
}
