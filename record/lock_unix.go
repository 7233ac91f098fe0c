//go:build unix

package record

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// What became of a lock: ours, another process's, or none where the file system has no locks.
type lockState int

const (
	ours lockState = iota
	taken
	unlockable
)

// tryLock locks a folder until the file that it returns is closed or the process ends, however it
// ends.
func tryLock(dir string) (*os.File, lockState, error) {
	f, err := os.Open(dir)
	if err != nil {
		return nil, unlockable, err
	}
	switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
	case err == nil:
		return f, ours, nil
	case errors.Is(err, unix.EWOULDBLOCK):
		return nil, taken, f.Close()
	}
	return f, unlockable, nil
}
