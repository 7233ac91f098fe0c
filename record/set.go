package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// A Set is the files of a run, which appear together in their folder and in the
// place of an earlier run's, or not at all. They are written into a hidden folder
// beside their place, and Commit moves them. Commit or Abort must be called; an
// Abort after Commit does nothing, so that it can be deferred.
type Set struct {
	dir   string
	stage string   // where the files are written
	made  []string // folders that were made on the way to dir, innermost first
}

// NewSet begins a set of files for the folder dir, which it makes if need be.
func NewSet(dir string) (*Set, error) {
	s := &Set{dir: dir}
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		s.made = append(s.made, at)
	}
	err := os.MkdirAll(dir, 0o777)
	if err == nil {
		s.stage, err = os.MkdirTemp(dir, ".einet-")
	}
	if err != nil {
		return nil, errors.Join(err, s.Abort())
	}
	return s, nil
}

// Path is where to write the file that is to be called name.
func (s *Set) Path(name string) string { return filepath.Join(s.stage, name) }

// Commit removes the files called stale from the folder and puts in the named
// ones, which have been written to their Paths. The last of them marks a complete
// set: it is the first to go and the last to come. When a step fails, those before
// are undone and the folder is as it was. (A machine that stops in between
// leaves no last file, and the earlier ones in the hidden folder.)
func (s *Set) Commit(names, stale []string) (err error) {
	var undo []func() error
	defer func() {
		for i := len(undo) - 1; err != nil && i >= 0; i-- {
			err = errors.Join(err, undo[i]())
		}
	}()
	move := func(from, to string) error {
		if err := os.Rename(from, to); err != nil {
			return err
		}
		undo = append(undo, func() error { return os.Rename(to, from) })
		return nil
	}
	old := filepath.Join(s.stage, "earlier")
	if err := os.Mkdir(old, 0o777); err != nil {
		return err
	}
	leave := slices.Concat(names, stale)
	slices.Reverse(leave[:len(names)])
	gone := map[string]bool{}
	for _, name := range leave {
		at := filepath.Join(s.dir, name)
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) || gone[name]:
			continue
		case err != nil:
			return err
		case info.IsDir():
			return fmt.Errorf("%s: is a folder, a file must go there", at)
		}
		if err := move(at, filepath.Join(old, name)); err != nil {
			return err
		}
		gone[name] = true
	}
	for _, name := range names {
		if err := move(s.Path(name), filepath.Join(s.dir, name)); err != nil {
			return err
		}
	}
	undo = nil
	stage := s.stage
	s.stage, s.made = "", nil
	return os.RemoveAll(stage)
}

// Abort leaves nothing of the set behind, nor of the folders that were made for
// it unless others have used them since.
func (s *Set) Abort() error {
	var err error
	if s.stage != "" {
		err = os.RemoveAll(s.stage)
	}
	for _, dir := range s.made {
		_ = os.Remove(dir) // fails where it was never made or is in use
	}
	s.stage, s.made = "", nil
	return err
}
