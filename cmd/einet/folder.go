package main

import (
	"errors"
	"fmt"
	"strings"

	"einet/record"
)

// openSet begins the files of a command for a folder, and tells of what others have left there.
func (t *terminal) openSet(seen record.Folder, dir string) (*record.Set, error) {
	s, err := record.NewSet(seen)
	if err != nil {
		return nil, machine(fmt.Errorf("--out %s: can't be made or written: %w", dir, err))
	}
	if len(s.Removed) > 0 {
		t.log.Warn("removed what an einet that died had not finished there", "files", strings.Join(s.Removed, ", "))
	}
	if len(s.Stopped) > 0 {
		t.log.Warn("an einet died there while it put its files into place: the folder holds what it replaced or was to be, and stays until you remove it",
			"folder", strings.Join(s.Stopped, ", "))
	}
	if s.Others > 0 {
		t.log.Warn("another einet writes there too: who ends first has the folder, the other's files go into a new one beside it", "folder", dir)
	}
	return s, nil
}

// commit puts the files of a command into its folder. Where they can't go there it says where they are.
func commit(s *record.Set, names, stale []string) (dir string, err error) {
	dir, err = s.Commit(names, stale)
	if err == nil {
		return dir, nil
	}
	if dir != "" {
		err = fmt.Errorf("%w: the new files are in %s", err, dir)
	}
	if errors.Is(err, record.ErrTaken) {
		return dir, usage(fmt.Errorf("--out %w", err))
	}
	return dir, machine(err)
}
