//go:build cgo

package hdf5

/*
#cgo linux LDFLAGS: -ldl
#include <stdlib.h>
#include "library.h"
*/
import "C"

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"unsafe"
)

// names are those that the library has on Linux: of builds for one process first (Debian has it beside that for MPI), the newest
// first.
var names = func() (all []string) {
	for _, base := range []string{"libhdf5_serial.so", "libhdf5.so"} {
		for _, version := range []string{".320", ".310", ".200", ".103", ".101", ""} {
			all = append(all, base+version)
		}
	}
	return all
}()

// absent is why the library can't be used; nil where it can. It is looked for at the first call.
var absent = sync.OnceValue(find)

func find() error {
	if file := os.Getenv(variable); file != "" {
		if wrong := load(file); wrong != "" {
			return fmt.Errorf("%w: %s=%s: %s", ErrAbsent, variable, file, wrong)
		}
		return nil
	}
	var broken []string
	for _, name := range names {
		wrong := load(name)
		if wrong == "" {
			return nil
		}
		if !strings.Contains(wrong, "No such file") {
			broken = append(broken, name+": "+strings.TrimPrefix(wrong, name+": "))
		}
	}
	if len(broken) > 0 {
		return fmt.Errorf("%w, and the one that is here cannot be used: %s", ErrAbsent, strings.Join(broken, "; "))
	}
	return fmt.Errorf("%w, which is not on this machine (Debian and Ubuntu: apt install hdf5-tools; elsewhere: %s=/path/to/libhdf5.so)", ErrAbsent, variable)
}

// load loads the library from a file and returns what is wrong with it.
func load(file string) (wrong string) {
	path := name(file)
	defer C.free(unsafe.Pointer(path))
	if fault := C.hdf5_load(path); fault != nil {
		return C.GoString(fault)
	}
	return ""
}

// The library of Debian is not made for several threads.
var library quiet

// quiet is a lock, under which the library says nothing by itself: it remembers that of each thread.
type quiet struct{ sync.Mutex }

func (q *quiet) Lock() {
	q.Mutex.Lock()
	C.hdf5_quiet()
}

func kind[T Element]() C.int {
	switch any(*new(T)).(type) {
	case uint32:
		return 0
	case uint64:
		return 1
	case float32:
		return 2
	}
	return 3
}

// name is a C string, which the caller frees.
func name(s string) *C.char { return C.CString(s) }
