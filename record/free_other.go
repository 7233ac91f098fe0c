//go:build !linux

package record

import (
	"errors"
	"os"
)

// free would give a stretch of a file back to the file system.
func free(*os.File, int64, int64) {}

// reserve would take room on the disk for a file.
func reserve(*os.File, int64) error { return errors.ErrUnsupported }

// room would be how many bytes there is room for on the disk of a folder.
func room(string) (int64, bool) { return 0, false }
