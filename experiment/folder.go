package experiment

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"einet/engines"
	"einet/record"
)

// OpenSet begins the files of a command for a folder, and tells of what others have left there.
func OpenSet(seen record.Folder, dir string, tell engines.Tell) (*record.Set, error) {
	s, err := record.NewSet(seen)
	if err != nil {
		return nil, fmt.Errorf("--out %s: can't be made or written: %w", dir, err)
	}
	if len(s.Removed) > 0 {
		tell("removed what an einet that died had not finished there", "files", strings.Join(s.Removed, ", "))
	}
	if len(s.Stopped) > 0 {
		tell("an einet died there while it put its files into place: the folder holds what it replaced or was to be, and stays until you remove it",
			"folder", strings.Join(s.Stopped, ", "))
	}
	if len(s.Resumable) > 0 {
		tell("a run that was ended from outside has left a checkpoint there: einet run --resume goes on with it", "folder", dir)
	}
	if s.Others > 0 {
		tell("another einet writes there too: who ends first has the folder, the other's files go into a new one beside it", "folder", dir)
	}
	return s, nil
}

// Commit puts the files of a command into its folder. Where they can't go there it says where they are.
func Commit(s *record.Set, names, stale []string) (dir string, err error) {
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
	return dir, err
}

// DefaultFolder is that of the results of a network of that name.
func DefaultFolder(name string) string { return filepath.Join("results", name) }

// Vacant is an error unless files can be written into dir, of which no earlier run or
// the like, as what says, is there. The last of them marks a complete one.
func Vacant(dir string, files []string, what string, force bool) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return usage(fmt.Errorf("--out %s: is a file, must be a folder", dir))
	}
	for i, f := range slices.Backward(files) {
		if _, err := os.Stat(filepath.Join(dir, f)); err == nil && !force {
			which := "an earlier " + what
			if i < len(files)-1 {
				which = "part of an earlier " + what
			}
			return usage(fmt.Errorf("--out %s: holds %s (%s): choose another folder, or --force to replace it", dir, which, f))
		}
	}
	at := filepath.Clean(dir)
	for at != filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		at = filepath.Dir(at)
	}
	probe, err := os.CreateTemp(at, ".einet-*")
	if err != nil {
		can := "written"
		if at != filepath.Clean(dir) {
			can = "made"
		}
		return fmt.Errorf("--out %s: can't be %s: %w", dir, can, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}
