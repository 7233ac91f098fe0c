package record

import (
	"math"
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

// room is how many bytes there is room for on the disk of a folder.
func room(dir string) (bytes int64, ok bool) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil || s.Bavail > math.MaxInt64/uint64(s.Bsize) {
		return 0, false
	}
	return int64(s.Bavail) * s.Bsize, true
}
