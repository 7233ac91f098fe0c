//go:build goexperiment.simd && amd64 && linux

package native

import (
	"simd/archsimd"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Available tells whether the processor has the instructions.
func Available() bool { return archsimd.X86.AVX512() }

// executable is memory with this content that may be run, and no longer written.
func executable(image []byte) ([]byte, error) {
	memory, err := unix.Mmap(-1, 0, len(image), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return nil, err
	}
	copy(memory, image)
	if err := unix.Mprotect(memory, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		unix.Munmap(memory)
		return nil, err
	}
	return memory, nil
}

func release(memory []byte) error { return unix.Munmap(memory) }

// enter runs code. Go knows no function there: it neither interrupts the code nor moves the stack meanwhile, and a profile
// has it as ExternalCode.
//
//go:noescape
func enter(code unsafe.Pointer, f *frame)
