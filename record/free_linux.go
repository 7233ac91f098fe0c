package record

import (
	"os"

	"golang.org/x/sys/unix"
)

// free gives a stretch of a file back to the file system, where that can be done.
func free(f *os.File, at, size int64) {
	_ = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, size)
}

// reserve takes room on the disk for a file, where that can be done.
func reserve(f *os.File, size int64) error {
	return unix.Fallocate(int(f.Fd()), 0, 0, size)
}
