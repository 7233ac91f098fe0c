package record

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Folder is what was in a folder when it was looked at.
type Folder struct {
	dir      string
	files    map[string]fs.FileInfo
	discards bool
	taken    []*Left
}

// Look looks at a folder, which need not be there.
func Look(dir string) Folder {
	f := Folder{dir: dir, files: map[string]fs.FileInfo{}}
	entries, _ := os.ReadDir(dir) // of one that can't be read, nothing was seen
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			f.files[e.Name()] = info
		}
	}
	return f
}

// Discarding is the folder, from which the checkpoints of runs that died may go, too.
func (f Folder) Discarding() Folder {
	f.discards = true
	return f
}

// Taking is the folder, in which what a run has left is taken by the set itself.
func (f Folder) Taking(left ...*Left) Folder {
	f.taken = left
	return f
}

// has says whether a file is the one that was seen.
func (f Folder) has(name string, info fs.FileInfo) bool {
	seen, ok := f.files[name]
	return ok && os.SameFile(seen, info) && seen.Size() == info.Size() && seen.ModTime().Equal(info.ModTime())
}

// A Set is the files of a run, which appear together in their folder and in the
// place of an earlier run's, or not at all. They are written into a hidden folder
// beside their place, and Commit moves them. Commit or Abort must be called; an
// Abort after Commit does nothing, so that it can be deferred.
//
// Sets of several processes may be under way for one folder: the hidden folders are
// locked, as long as their processes live, and the folder itself while a set begins or is put in place.
type Set struct {
	Removed []string // hidden folders that processes which have died left, and that are gone now
	Stopped []string // those of processes that died amid a Commit: they stay, for an earlier run's files may be in them
	Others  int      // sets of other processes that are under way for the folder

	Resumable []string // those of processes that died with a checkpoint: they stay

	seen  Folder
	stage string   // where the files are written
	made  []string // folders that were made on the way to seen.dir, innermost first
	held  *os.File // the lock of stage
	spare *os.File // what is reserved
}

// ErrTaken is the error of a set whose folder others have put files into.
var ErrTaken = errors.New("other files have appeared there in the meantime")

const (
	hidden      = ".einet-" // and a number: the hidden folders
	earlier     = "earlier" // of files that a set replaces
	reserveFile = "reserve"
)

// NewSet begins a set of files for a folder, which it makes if need be. Whatever appears in it after it
// was seen is not replaced.
func NewSet(seen Folder) (*Set, error) {
	s := &Set{seen: seen}
	for at := filepath.Clean(seen.dir); ; at = filepath.Dir(at) {
		if _, err := os.Stat(at); !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			break
		}
		s.made = append(s.made, at)
	}
	err := os.MkdirAll(seen.dir, 0o777)
	if err == nil {
		err = s.begin()
	}
	if err != nil {
		return nil, errors.Join(err, s.Abort())
	}
	return s, nil
}

// begin clears away what is dead, and makes the hidden folder.
func (s *Set) begin() error {
	lock, err := waitFor(s.seen.dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := s.clear(); err != nil {
		return err
	}
	if s.stage, err = os.MkdirTemp(s.seen.dir, hidden); err != nil {
		return err
	}
	s.held, _, err = tryLock(s.stage)
	return err
}

// clear removes the hidden folders of processes that have died.
func (s *Set) clear() error {
	entries, err := os.ReadDir(s.seen.dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), hidden) {
			continue
		}
		at := filepath.Join(s.seen.dir, e.Name())
		if slices.ContainsFunc(s.seen.taken, func(l *Left) bool { return filepath.Base(l.Stage) == e.Name() }) {
			continue
		}
		lock, state, err := tryLock(at)
		switch {
		case err != nil:
			continue // gone
		case state == unlockable:
			lock.Close()
			continue // not to be told
		case state == taken:
			s.Others++
			continue
		}
		if _, err := os.Lstat(filepath.Join(at, earlier)); err == nil {
			s.Stopped = append(s.Stopped, at)
		} else if _, err := os.Lstat(filepath.Join(at, CheckpointFile)); err == nil && !s.seen.discards {
			s.Resumable = append(s.Resumable, at)
		} else if err := removeStage(at); err == nil {
			s.Removed = append(s.Removed, at)
		}
		lock.Close()
	}
	return nil
}

// waitFor locks a folder that others lock for moments only.
func waitFor(dir string) (*os.File, error) {
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		lock, state, err := tryLock(dir)
		switch {
		case err != nil || state != taken:
			return lock, err
		case time.Since(start) > 10*time.Second:
			return nil, fmt.Errorf("%s: another process has locked it", dir)
		}
	}
}

// Path is where to write the file that is to be called name.
func (s *Set) Path(name string) string { return filepath.Join(s.stage, name) }

// Reserve takes room on the disk, so much or a quarter of what there is, and an open file, which Release gives back: for what is
// yet to be written when the disk is full, or no more files can be opened. It is an error where not even the file can.
func (s *Set) Reserve(bytes int64) error {
	if free, ok := room(s.stage); ok {
		bytes = min(bytes, free/4)
	}
	var err error
	if s.spare, err = os.Create(s.Path(reserveFile)); err != nil {
		return err
	}
	for ; bytes >= smallestChunk && reserve(s.spare, bytes) != nil; bytes /= 2 {
		_ = s.spare.Truncate(0)
	}
	return nil
}

// Release gives back what was reserved.
func (s *Set) Release() {
	if s.spare != nil {
		_ = discard(s.spare)
	}
	s.spare = nil
}

// Commit removes the files called stale from the folder and puts in the named
// ones, which have been written to their Paths. The last of them marks a complete
// set: it is the first to go and the last to come. When a step fails, those before
// are undone and the folder is as it was. (A machine that stops in between
// leaves no last file, and the earlier ones in the hidden folder.)
//
// It returns where the files are. With an error they are in a new folder beside, DIR-2 for
// DIR or the next that is free, or nowhere (""). ErrTaken says that what would be replaced has appeared since the folder was seen.
func (s *Set) Commit(names, stale []string) (dir string, err error) {
	if err = s.place(names, stale); err == nil {
		return s.seen.dir, s.finish()
	}
	dir, failed := s.beside(names)
	if failed != nil {
		return "", errors.Join(err, failed)
	}
	return dir, errors.Join(err, s.finish())
}

// finish removes the hidden folder of a set that is in place.
func (s *Set) finish() error {
	s.made = nil
	return s.Abort()
}

// place puts the files into the folder.
func (s *Set) place(names, stale []string) error {
	lock, err := waitFor(s.seen.dir)
	if err != nil {
		return err
	}
	defer lock.Close()
	leave := slices.Concat(names, stale)
	slices.Reverse(leave[:len(names)])
	for _, name := range leave {
		info, err := os.Lstat(filepath.Join(s.seen.dir, name))
		if err == nil && !s.seen.has(name, info) {
			return fmt.Errorf("%s: %w (%s)", s.seen.dir, ErrTaken, name)
		}
	}
	m := &moves{}
	if err := s.replace(m, leave, names); err != nil {
		return errors.Join(err, m.undo(), os.RemoveAll(filepath.Join(s.stage, earlier)))
	}
	return nil
}

// replace moves the files called leave out of the folder and the named ones in.
func (s *Set) replace(m *moves, leave, names []string) error {
	old := filepath.Join(s.stage, earlier)
	if err := os.Mkdir(old, 0o777); err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, name := range leave {
		at := filepath.Join(s.seen.dir, name)
		info, err := os.Lstat(at)
		switch {
		case errors.Is(err, fs.ErrNotExist) || gone[name]:
			continue
		case err != nil:
			return err
		case info.IsDir():
			return fmt.Errorf("%s: is a folder, a file must go there", at)
		}
		if err := m.move(at, filepath.Join(old, name)); err != nil {
			return err
		}
		gone[name] = true
	}
	return s.moveTo(m, s.seen.dir, names)
}

func (s *Set) moveTo(m *moves, dir string, names []string) error {
	for _, name := range names {
		if err := m.move(s.Path(name), filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}

// beside puts the files into a new folder beside the one that they were for.
func (s *Set) beside(names []string) (string, error) {
	at, err := "", fs.ErrExist
	for k := 2; errors.Is(err, fs.ErrExist); k++ {
		at = fmt.Sprintf("%s-%d", filepath.Clean(s.seen.dir), k)
		err = os.Mkdir(at, 0o777)
	}
	if err != nil {
		return "", err
	}
	m := &moves{}
	if err := s.moveTo(m, at, names); err != nil {
		return "", errors.Join(err, m.undo(), os.Remove(at))
	}
	return at, nil
}

// moves are files that were moved, which can be undone.
type moves struct{ done [][2]string }

func (m *moves) move(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	m.done = append(m.done, [2]string{from, to})
	return nil
}

func (m *moves) undo() error {
	var errs []error
	for _, d := range slices.Backward(m.done) {
		errs = append(errs, os.Rename(d[1], d[0]))
	}
	return errors.Join(errs...)
}

// Abort leaves nothing of the set behind, nor of the folders that were made for
// it unless others have used them since.
func (s *Set) Abort() error {
	var err error
	s.Release()
	if s.held != nil {
		err = s.held.Close() // first, for to remove a folder takes open files too
	}
	if s.stage != "" {
		err = errors.Join(err, removeStage(s.stage))
	}
	for _, dir := range s.made {
		_ = os.Remove(dir) // fails where it was never made or is in use
	}
	s.stage, s.made, s.held = "", nil, nil
	return err
}
